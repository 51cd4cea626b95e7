"""Drawings at random: the text that is exported, with the weights beside it, is the model that the engine has."""

import io
from dataclasses import asdict
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings

from nnstudio.engine.model.build import build
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.protocol import messages as msg
from tests.compiler.drawings import compiled_and_well, tensors_along, valid_drawings

ANY_SPEED = list(HealthCheck)
QUIET = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")


def check(document: Document, data: Node) -> None:
    """Bit for bit, in eval mode."""
    compiled = compiled_and_well(document)
    if not compiled.source:
        return
    free = tuple(msg.FreeInput(**asdict(each)) for each in compiled.signature.free)
    model = msg.Model(compiled.source, compiled.class_name, msg.DataRef(""), compiled.signature.inputs, free=free)
    engine = build(model, seed=5).module.eval()
    beside = io.BytesIO()
    torch.save(engine.state_dict(), beside)
    beside.seek(0)
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(compiled.source, "<exported>", "exec"), space)
    exported = space[compiled.class_name]()
    exported.load_state_dict(torch.load(beside, weights_only=True))
    inputs = [tensor.detach() for tensor in tensors_along(compiled, data, 3, "cpu")]
    with torch.no_grad():
        ours, theirs = engine(*inputs), exported.eval()(*inputs)
    for one, other in zip(_all(ours), _all(theirs), strict=True):
        assert torch.equal(one.nan_to_num(), other.nan_to_num())


def _all(made: Any) -> tuple[torch.Tensor, ...]:
    return made if isinstance(made, tuple) else (made,)


@QUIET
@settings(max_examples=40, suppress_health_check=ANY_SPEED)
@given(drawing=valid_drawings())
def test_the_exported_text_is_the_model(drawing: tuple[Document, Node]) -> None:
    check(*drawing)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@QUIET
@settings(max_examples=500, suppress_health_check=ANY_SPEED)
@given(drawing=valid_drawings())
def test_the_exported_text_is_the_model_many_times(drawing: tuple[Document, Node]) -> None:
    check(*drawing)
