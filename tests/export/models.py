"""Small models as the compiler would write them, ready to be exported."""

import importlib.util
from pathlib import Path

import torch

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.export.check import work_of
from nnstudio.export.spec import Work
from nnstudio.protocol.messages import DataRef, Model

MAIN = """

if __name__ == "__main__":
    model = {name}()
    weights = Path(__file__).with_suffix(".weights.pt")
    if weights.exists():
        model.load_state_dict(torch.load(weights, weights_only=True))
    model.eval()
    print(model, sum(weight.numel() for weight in model.parameters()), "×")
"""

DIGITS = '''"""Digits CNN: a PyTorch model made with NNStudio."""

from pathlib import Path

import torch
from torch import nn


class DigitsCnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding="same")
        self.norm1 = nn.BatchNorm2d(8)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(8, 8, 3, padding="same")
        self.pool = nn.AdaptiveAvgPool2d((2, 3))
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(96, 10)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        conv1 = self.conv1(image)  # N×8×8×8
        norm1 = self.norm1(conv1)
        relu1 = self.relu1(norm1)
        conv2 = self.conv2(relu1)
        add = relu1 + conv2
        join = torch.cat([add, relu1], dim=1)  # N×16×8×8
        pool = self.pool(join)  # N×16×2×3
        flatten = self.flatten(pool)  # N×96
        dropout = self.dropout(flatten)
        head = self.head(dropout)  # N×10
        return head

    def compute_loss(self, head: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return self.loss(head, label)
''' + MAIN.format(name="DigitsCnn")

MOONS = '''"""Moons with two outputs."""

from pathlib import Path

import torch
from torch import nn


class Moons(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, 16)
        self.norm = nn.BatchNorm1d(16)
        self.tanh = nn.Tanh()
        self.head = nn.Linear(16, 1)

    def forward(self, point: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.hidden(point)
        norm = self.norm(hidden)
        tanh = self.tanh(norm)
        head = self.head(tanh)
        return head, tanh
''' + MAIN.format(name="Moons")

READER = '''"""Words and a number: two inputs, one of them whole numbers."""

from pathlib import Path

import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(11, 6)
        self.lstm = nn.LSTM(6, 7, batch_first=True)
        self.head = nn.Linear(9, 3)

    def forward(self, words: torch.Tensor, extra: torch.Tensor) -> torch.Tensor:
        embed = self.embed(words)  # N×T×6
        lstm, state = self.lstm(embed)  # N×T×7
        last = lstm[:, -1]
        join = torch.cat([last, extra], dim=1)  # N×9
        return self.head(join)
''' + MAIN.format(name="Reader")


def _module(source: str, folder: Path) -> object:
    file = folder / "source_for_test.py"
    file.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("source_for_test", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(source: str, spec: dict[str, object], inputs: list[torch.Tensor], folder: Path) -> Work:
    """The model built from its source, after one pass in training mode, for BatchNorm's sake."""
    model_spec = Model(source=source, data=DataRef(""), **spec)
    torch.manual_seed(0)
    model = getattr(_module(source, folder), model_spec.class_name)()
    model(*inputs)
    return work_of(model, model_spec, inputs)


def samples_of(name: str, field: str, count: int) -> torch.Tensor:
    declared = dataset(name)
    arrays = declared.load(declared.params.defaults(), Loading()).arrays
    return torch.from_numpy(arrays[field][-count:])


def digits(folder: Path) -> Work:
    spec = {"class_name": "DigitsCnn", "inputs": ("image",), "outputs": ("head",)}
    return make(DIGITS, spec, [samples_of("digits", "image", 360)], folder)


def moons(folder: Path) -> Work:
    spec = {"class_name": "Moons", "inputs": ("point",), "outputs": ("head", "tanh")}
    return make(MOONS, spec, [samples_of("moons", "point", 81)], folder)


def reader(folder: Path) -> Work:
    words = torch.randint(0, 11, (30, 5), generator=torch.Generator().manual_seed(1))
    spec = {"class_name": "Reader", "inputs": ("words", "extra"), "outputs": ("head",)}
    return make(READER, spec, [words, torch.linspace(-1, 1, 60).reshape(30, 2)], folder)


MODELS = {"digits": digits, "moons": moons, "reader": reader}
