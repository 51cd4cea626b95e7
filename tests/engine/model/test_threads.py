import msgspec
import pytest
import torch
from torch import nn

from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.model.threads import ALL_THREADS, SMALL_STEP, layer_flops, step_flops, threads_for


def test_one_thread_for_small_steps():
    assert threads_for(0) == threads_for(SMALL_STEP - 1) == 1
    assert threads_for(SMALL_STEP) == ALL_THREADS


def test_work_of_a_step(digits):
    subject = make_subject(digits)
    state = torch.get_rng_state()
    assert step_flops(subject, 32) == 3 * 32 * 2 * (16 * 9 * 64 + 1024 * 10)
    assert subject.model.training
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(module._forward_hooks for module in subject.model.modules())


def test_a_model_that_cannot_run_has_no_work(digits):
    wrong = msgspec.structs.replace(digits, source=digits.source.replace("nn.Linear(1024", "nn.Linear(1000"))
    assert step_flops(make_subject(wrong), 32) == 0


@pytest.mark.parametrize(
    ("layer", "shape", "places", "weights"),
    [
        (nn.Linear(4, 3), (1, 4), 1, 12),
        (nn.Linear(4, 3), (1, 7, 4), 7, 12),
        (nn.Conv2d(4, 6, 3, groups=2, padding=1), (1, 4, 5, 5), 25, 6 * 2 * 9),
        (nn.LSTM(4, 3, batch_first=True), (1, 7, 4), 7, 4 * 3 * (4 + 3)),
        (nn.BatchNorm1d(4).eval(), (1, 4), 1, 0),
        (nn.ReLU(), (1, 4), 1, 0),
    ],
)
def test_work_of_a_layer(layer, shape, places, weights):
    assert layer_flops(layer, layer(torch.rand(shape))) == 2 * places * weights


def test_looking_up_is_no_work():
    layer = nn.Embedding(10, 4)
    assert layer_flops(layer, layer(torch.zeros(1, 5, dtype=torch.int64))) == 0
