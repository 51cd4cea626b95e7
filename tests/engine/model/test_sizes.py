"""Sizes that are told without computing, against those of a real step."""

import msgspec
import pytest
import torch

from nnstudio.engine.model.sizes import size_of
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.state import tensors_in
from nnstudio.engine.training.trainer import Trainer
from nnstudio.protocol import messages as msg
from nnstudio.training.registry import optimizers

SEQUENCES = """import torch
from torch import nn
from torch.nn import functional


class Reader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        {layer}
        self.head = nn.Linear(8, 20)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        embedding = self.embedding(text)
        {line}
        return self.head(y)

    def compute_loss(self, y: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return self.loss(y.flatten(0, 1), label.flatten())
"""


def reader(layer, line, length=300):
    free = tuple(msg.FreeInput(name, (length,), "int64", 20) for name in ("text", "label"))
    source = SEQUENCES.format(layer=layer, line=line)
    return msg.Model(
        source, "Reader", msg.DataRef(""), ("text",), ("label",), ("y",), "y", "label", "tokens", free=free
    )


@pytest.mark.parametrize("name", optimizers())
def test_what_an_optimizer_keeps_is_declared(digits, name):
    hidden = digits.source.replace("nn.Linear(1024, 10)", "nn.Sequential(nn.Linear(1024, 64), nn.Linear(64, 10))")
    digits = msgspec.structs.replace(digits, source=hidden)
    own = {"history_size": 3, "max_iter": 4} if name == "LBFGS" else {}
    own |= {"momentum": 0.5} if name in ("SGD", "RMSprop") else {}
    plan = msg.Plan(optimizer=name, lr=1e-3, optimizer_params=own)
    run = Trainer(make_subject(digits, plan=plan).model, digits, plan, make_subject(digits).data)
    for _ in range(2):
        run.step()
    kept = sum(tensor.nbytes for tensor in tensors_in(run.updater.state()))
    assert size_of(digits, plan, 32).optimizer == pytest.approx(kept, rel=0.25, abs=200)


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        ("self.layer = nn.LSTM(8, 8, num_layers=2, batch_first=True)", "y, _ = self.layer(embedding)"),
        ("self.layer = nn.GRU(8, 4, bidirectional=True, batch_first=True)", "y, _ = self.layer(embedding)"),
        ("self.layer = nn.RNN(8, 8, batch_first=True)", "y, _ = self.layer(embedding)"),
        ("self.layer = nn.LSTM(8, 16, proj_size=8, batch_first=True)", "y, (h, c) = self.layer(embedding)"),
        ("", "y = functional.scaled_dot_product_attention(embedding, embedding, embedding)"),
    ],
)
def test_long_sequences_are_told_at_once(layer, line):
    """Place by place torch would take seconds for it, and attention would count its squares."""
    model = reader(layer, line)
    size = size_of(model, msg.Plan(), 4)
    unit = 4 * 300 * 8 * 4  # bytes of a tensor of batch, places and features
    assert size.calls > 5
    assert 5 * unit < size.activations < 40 * unit
    original = torch.nn.functional.scaled_dot_product_attention
    assert original.__module__ != "nnstudio.engine.model.sizes"


def test_a_model_that_fails_has_weights_all_the_same(digits):
    wrong = msgspec.structs.replace(digits, source=digits.source.replace("nn.Linear(1024", "nn.Linear(1000"))
    size = size_of(wrong, msg.Plan(), 32)
    assert size.weights == size.parameters * 4 > 0
    assert size.calls == 0


def test_the_same_question_is_answered_from_memory(digits):
    assert size_of(digits, msg.Plan(), 8) is size_of(digits, msg.Plan(lr=0.5), 8)
    assert size_of(digits, msg.Plan(), 8) is not size_of(digits, msg.Plan(), 9)
