"""The whole way: document to problems, shapes and source."""

from __future__ import annotations

from nnstudio.compiler.check import check, datasets_in
from nnstudio.compiler.custom import Answers, NothingKnown, code_of, problems, text_of, typed_nodes
from nnstudio.compiler.infer import Inference, everywhere, infer, infer_unused
from nnstudio.compiler.plan import Plan, make_plan
from nnstudio.compiler.result import Compiled, NodeFacts, Problem
from nnstudio.compiler.source import class_name_of, write_source
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node


def compile_document(document: Document, answers: Answers | None = None) -> Compiled:
    """Never raises for a drawing that is wrong: what is wrong is in the problems.

    `answers` knows the layers that a person typed in; without it, their shapes are not known.
    """
    return Compiler(answers).compile(document)


class Compiler:
    """Understands a document again and again while it is edited: what did not change is not inferred anew."""

    def __init__(self, answers: Answers | None = None) -> None:
        self._answers = answers or NothingKnown()
        self._before: Inference | None = None

    def compile(self, document: Document) -> Compiled:
        """Never raises for a drawing that is wrong: what is wrong is in the problems."""
        inference = infer(document, self._before, self._answers)
        self._before = inference
        dataset = next(iter(datasets_in(document)), None)
        plan = make_plan(inference, dataset)
        source, lines, typed = "", dict[int, str](), dict[int, tuple[str, int]]()
        told = check(document, inference, plan)
        unread = self._unread(document)
        if plan.forward or unread:
            source, lines, typed = write_source(document, plan, inference, dataset, unread)
        return Compiled(
            problems=(*self._own_problems(document, plan, told), *told),
            facts=_all_facts(document, inference, self._answers),
            source=source,
            class_name=class_name_of(document.title),
            lines=lines,
            typed=typed,
            signature=plan.signature,
            dataset=dataset.id if dataset else "",
            has_loss=bool(plan.loss),
            parameters=sum(facts.parameters for facts in inference.facts.values()),
            flops=sum(facts.flops for facts in inference.facts.values()),
        )

    def _own_problems(self, document: Document, plan: Plan, told: list[Problem]) -> list[Problem]:
        """Of layers that a person typed in, beyond what is told of shapes."""
        blocks = [block.name for block in document.blocks.values()]
        taken = [class_name_of(document.title), *blocks, *plan.fields.values()]
        return list(problems(document, told, self._answers, taken))

    def _unread(self, document: Document) -> list[Node]:
        """Typed-in layers whose code waits to be read: the source shows it, and does not run."""
        nodes = [node for node in typed_nodes(document) if not node.muted]
        return [node for node in nodes if not self._answers.allows(code_of(node)) and not text_of(node).problem]


def _all_facts(document: Document, main: Inference, answers: Answers) -> dict[str, NodeFacts]:
    """Of every node; those in a block have the facts of the first place where it is used, or of their own."""
    facts: dict[str, NodeFacts] = {}
    used: set[str] = set()
    for inference in everywhere(main):
        used.add(inference.sheet.block)
        for node, found in inference.facts.items():
            facts.setdefault(node, found)
    for inference in infer_unused(document, used, answers):
        for node, found in inference.facts.items():
            facts.setdefault(node, found)
    return facts
