"""The whole way: document to problems, shapes and source."""

from __future__ import annotations

from nnstudio.compiler.check import check, datasets_in
from nnstudio.compiler.infer import infer
from nnstudio.compiler.plan import make_plan
from nnstudio.compiler.result import Compiled
from nnstudio.compiler.source import class_name_of, write_source
from nnstudio.graph.document import Document


def compile_document(document: Document) -> Compiled:
    """Never raises for a drawing that is wrong: what is wrong is in the problems."""
    inference = infer(document)
    dataset = next(iter(datasets_in(document)), None)
    plan = make_plan(inference, dataset)
    source, lines = "", dict[int, str]()
    if dataset is not None and plan.forward:
        source, lines = write_source(document.title, plan, inference, dataset)
    return Compiled(
        problems=tuple(check(inference, plan)),
        facts=inference.facts,
        source=source,
        class_name=class_name_of(document.title),
        lines=lines,
        signature=plan.signature,
        dataset=dataset.id if dataset else "",
    )
