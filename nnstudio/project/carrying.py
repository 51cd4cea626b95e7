"""A project as the engine gets it: the model as a message, with values as they travel."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec

from nnstudio import paths
from nnstudio.compiler.result import Compiled
from nnstudio.data.registry import dataset
from nnstudio.graph import weights
from nnstudio.graph.document import Document
from nnstudio.graph.leads import placed
from nnstudio.graph.nodes import PLANNED
from nnstudio.graph.training import Trained, TrainingPlan, plan_params
from nnstudio.params import Value, Values
from nnstudio.protocol import messages as msg
from nnstudio.training.initializations import KINDS
from nnstudio.training.registry import optimizer, schedule

_NOT_FLAT = ("optimizer_params", "schedule_params", "initialization", "groups", "device")


def model_message(document: Document, compiled: Compiled, kept: Trained | None) -> msg.Model:
    """The model with those weights, or with fresh ones; the split is that with which they were trained."""
    split = kept or document.plan
    called = {name: getattr(compiled.signature, name) for name in compiled.signature.__dataclass_fields__}
    return msg.Model(
        source=compiled.source,
        class_name=compiled.class_name,
        data=data_ref(document, compiled.dataset, split),
        **called | {"free": tuple(msg.FreeInput(**asdict(each)) for each in compiled.signature.free)},
        weights=kept.weights if kept else b"",
    )


def data_ref(document: Document, node: str, split: Trained | TrainingPlan) -> msg.DataRef:
    """The data of a Dataset node, split in that way; no data where there is no such node."""
    if not node:
        return msg.DataRef("", {}, split.seed, split.test_split)
    params = dict(document.node(node).params)
    name = str(params.pop("dataset"))
    folder = str(paths.data_dir() / "datasets") if dataset(name).download else ""
    return msg.DataRef(
        name, {key: as_lists(value) for key, value in params.items()}, split.seed, split.test_split, folder
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


def plan_message(document: Document, device: str = "cpu") -> msg.Plan:
    """What of the training plan concerns the engine; the device is the person's, not the project's."""
    plan = document.plan
    known: dict[str, Any] = {name: plan.values[name] for name in msg.Plan.__struct_fields__ if name in plan.values}
    return msgspec.structs.replace(
        msg.Plan(),
        **{"weight_decay": 0.0} | known,
        optimizer_params=_travelling(plan.own(optimizer(plan.optimizer).params)),
        schedule_params=_travelling(plan.own(schedule(plan.schedule).params)),
        initialization={kind: str(plan.values[f"init_{kind}"]) for kind in KINDS},
        device=device,
        groups=tuning_groups(document),
    )


def tuning_groups(document: Document) -> tuple[msg.Group, ...]:
    """The nodes that are trained otherwise than the plan says, at all their places; a block before what is inside.

    What holds for a block is told again of what is inside, so the longest prefix alone says all of a weight.
    """
    found = placed(document.drawing, lambda node: node.tuning != PLANNED)
    return tuple(msg.Group(place.name, place.tuning.lr, place.tuning.frozen) for place in found)


def plan_values(plan: msg.Plan, split: msg.DataRef) -> dict[str, Any]:
    """A plan message the other way round: the values of the training plan that it came from."""
    values = {name: getattr(plan, name) for name in plan.__struct_fields__ if name not in _NOT_FLAT}
    values |= plan.optimizer_params | plan.schedule_params | {"test_split": split.test_split}
    values |= {f"init_{kind}": scheme for kind, scheme in plan.initialization.items()}
    known = plan_params(values)
    return {name: value for name, value in values.items() if name in known}


def _travelling(values: Values) -> dict[str, Any]:
    return {name: as_lists(value) for name, value in values.items()}


def as_lists(value: Value) -> Any:
    """A value as it travels; whoever gets it checks it by its parameter, which takes lists."""
    return [as_lists(item) for item in value] if isinstance(value, tuple) else value
