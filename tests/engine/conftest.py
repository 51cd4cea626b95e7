"""Small models as source text, of the kind that the compiler writes."""

import msgspec
import pytest
import torch

from nnstudio.engine.data.datasets import load
from nnstudio.engine.model.subject import make_subject
from nnstudio.protocol import messages as msg

DIGITS = '''"""Digits CNN: a PyTorch model made with NNStudio."""

from pathlib import Path

import torch
from torch import nn


class DigitsCnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding="same")
        self.relu1 = nn.ReLU()
        self.flatten = nn.Flatten()
        self.head = nn.Linear(1024, 10)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        conv1 = self.conv1(image)  # N×16×8×8
        relu1 = self.relu1(conv1)  # N×16×8×8
        flatten = self.flatten(relu1)  # N×1024
        head = self.head(flatten)  # N×10
        return head

    def compute_loss(self, head: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return self.loss(head, label)
'''

MOONS = """import torch
from torch import nn


class Moons(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(2, 16)
        self.norm = nn.BatchNorm1d(16)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(16, 2)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, point: torch.Tensor) -> torch.Tensor:
        linear1 = self.linear1(point)  # N×16
        norm = self.norm(linear1)  # N×16
        dropout = self.dropout(torch.relu(norm))  # N×16
        head = self.head(dropout)  # N×2
        return head

    def compute_loss(self, head: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return self.loss(head, label)
"""

SMALL = """import torch
from torch import nn


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 8)
        self.second = nn.Linear(8, 6)
        self.head = nn.Linear(6, 2)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, point):
        return self.head(self.second(self.first(point).tanh()).tanh())

    def compute_loss(self, head, label):
        return self.loss(head, label)
"""


@pytest.fixture(autouse=True)
def _one_thread():
    """As for any small run: on a busy machine, steps on several threads may take a hundred times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def digits() -> msg.Model:
    return msg.Model(
        DIGITS,
        "DigitsCnn",
        msg.DataRef("digits"),
        inputs=("image",),
        targets=("label",),
        outputs=("head",),
        prediction="head",
        target="label",
        task="classes",
    )


@pytest.fixture(scope="session")
def moons() -> msg.Model:
    """With batch norm and dropout: whatever disturbs modes or random numbers shows in its losses."""
    return msg.Model(
        MOONS,
        "Moons",
        msg.DataRef("moons"),
        inputs=("point",),
        targets=("label",),
        outputs=("head",),
        prediction="head",
        target="label",
        task="classes",
    )


@pytest.fixture(scope="session")
def small(moons) -> msg.Model:
    """Without chance in its layers, so that several can be stepped side by side."""
    return msgspec.structs.replace(moons, source=SMALL, class_name="Small")


@pytest.fixture
def moons_subject(moons):
    return make_subject(moons)


@pytest.fixture(scope="session")
def moons_data(moons):
    return load(moons.data)
