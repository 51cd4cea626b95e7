"""A project as the engine gets it: the model as a message, with values as they travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from nnstudio.compiler.result import Compiled
from nnstudio.graph import weights
from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.params import Value
from nnstudio.protocol import messages as msg


def model_message(document: Document, compiled: Compiled, kept: Trained | None) -> msg.Model:
    """The model with those weights, or with fresh ones; the split is that with which they were trained."""
    split = kept or document.plan
    params = dict(document.node(compiled.dataset).params) if compiled.dataset else {}
    name = str(params.pop("dataset", ""))
    called = {name: getattr(compiled.signature, name) for name in compiled.signature.__dataclass_fields__}
    return msg.Model(
        source=compiled.source,
        class_name=compiled.class_name,
        data=msg.DataRef(name, _options(params), split.seed, split.test_split),
        **called | {"free": tuple(msg.FreeInput(**asdict(each)) for each in compiled.signature.free)},
        weights=kept.weights if kept else b"",
    )


def left_behind(document: Document, compiled: Compiled) -> tuple[str, ...]:
    """Names of the nodes that the document's weights do not fit."""
    known = weights.shapes(document.trained.weights) if document.trained else {}
    named = [(node.name, compiled.facts[key].weights) for key, node in document.nodes.items() if key in compiled.facts]
    return tuple(
        name
        for name, shapes in named
        if any(known.get(f"{name}.{part}" if part else name) != shapes[part] for part in shapes)
    )


def plan_message(document: Document) -> msg.Plan:
    """What of the training plan concerns the engine."""
    return msg.Plan(**{name: getattr(document.plan, name) for name in msg.Plan.__struct_fields__})


def _options(values: Mapping[str, Value]) -> dict[str, msg.Option]:
    return {name: _option(value) for name, value in values.items()}


def _option(value: Value) -> msg.Option:
    """A value as it travels: data sets have no parameters of nested lists."""
    if not isinstance(value, tuple):
        return value
    return [item for item in value if isinstance(item, int | str)]
