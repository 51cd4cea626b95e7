"""The rivals: training loops as one would write them. Reads a model's source, prints steps a second."""

from __future__ import annotations

import sys
import time

import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset


def data() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Digits, the last fifth for testing."""
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16
    labels = torch.tensor(digits.target)
    split = len(labels) - round(len(labels) * 0.2)
    return images[:split], labels[:split], images[split:], labels[split:]


def hand(model: torch.nn.Module, epochs: int) -> int:
    """Batches indexed from tensors in memory."""
    images, labels, test_images, test_labels = data()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    losses = []
    for _ in range(epochs):
        model.train()
        for rows in torch.randperm(len(labels)).split(32):
            loss = model.compute_loss(model(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        test(model, test_images, test_labels)
    return len(losses)


def loader(model: torch.nn.Module, epochs: int) -> int:
    """Batches from a DataLoader, as in most tutorials."""
    images, labels, test_images, test_labels = data()
    batches = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    losses = []
    for _ in range(epochs):
        model.train()
        for image, label in batches:
            loss = model.compute_loss(model(image), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        test(model, test_images, test_labels)
    return len(losses)


def test(model: torch.nn.Module, images: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """Loss and accuracy on the test set."""
    model.eval()
    with torch.no_grad():
        scores = model(images)
        return model.compute_loss(scores, labels).item(), (scores.argmax(1) == labels).float().mean().item()


def main() -> None:
    """Argument 1 names the loop, argument 2 the epochs; the source comes on standard input."""
    torch.set_num_threads(1)
    space: dict[str, object] = {"__name__": "rival"}
    exec(compile(sys.stdin.read(), "<model>", "exec"), space)
    model = next(kind for kind in space.values() if isinstance(kind, type) and issubclass(kind, torch.nn.Module))()
    loop = {"hand": hand, "loader": loader}[sys.argv[1]]
    loop(model, 1)
    began = time.perf_counter()
    count = loop(model, int(sys.argv[2]))
    print(count / (time.perf_counter() - began))


if __name__ == "__main__":
    main()
