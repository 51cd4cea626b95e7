import msgspec
import pytest
import torch

from nnstudio.engine.model.measure import describe
from nnstudio.errors import EngineError


def test_shapes_parameters_and_work(digits):
    state = torch.get_rng_state()
    told = describe(digits, 8)
    assert told.request == 8
    assert told.shapes == {
        "image": (2, 1, 8, 8),
        "conv1": (2, 16, 8, 8),
        "relu1": (2, 16, 8, 8),
        "flatten": (2, 1024),
        "head": (2, 10),
    }
    assert told.parameters["conv1.weight"] == (16, 1, 3, 3)
    assert told.flops == 2 * (16 * 9 * 64 + 1024 * 10)
    assert torch.equal(torch.get_rng_state(), state)


def test_shapes_that_do_not_fit_name_the_line(digits):
    wrong = msgspec.structs.replace(digits, source=digits.source.replace("nn.Linear(1024", "nn.Linear(1000"))
    with pytest.raises(EngineError, match=r"Line 22, head = self\.head") as caught:
        describe(wrong)
    assert caught.value.line == 22
