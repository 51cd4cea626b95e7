"""Scalars for TensorBoard, written by torch's own SummaryWriter where the package `tensorboard` is there."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from nnstudio.errors import EngineError
from nnstudio.runs.record import EpochRow

if TYPE_CHECKING:
    from nnstudio.engine.records.recording import Leaf

PACKAGE = "tensorboard"


def check_there() -> None:
    """Raise EngineError without the package, saying what to do."""
    if find_spec(PACKAGE) is None:
        message = "Nothing is written for TensorBoard: its package is not installed."
        raise EngineError(message, fix='Install it with: pip install "nnstudio[tensorboard]"')


class Board:
    """Writes into one folder; belongs to one thread."""

    def __init__(self, folder: Path) -> None:
        """Raises EngineError where the package is not there, or does not load."""
        check_there()
        try:
            from torch.utils.tensorboard import SummaryWriter  # takes seconds, so only for who wants it
        except Exception as error:  # a package of other people's, in any version
            raise EngineError(f"TensorBoard's package does not load: {error}", fix="Install it again.") from error
        self._writer = SummaryWriter(str(folder))

    def add(self, leaf: Leaf) -> None:
        """The mean loss of each piece of the leaf at its last step, and all figures of its epochs."""
        for piece in leaf.pieces:
            self._scalar("loss/step", float(piece.losses.mean()), piece.step)
            self._scalar("lr", piece.lr, piece.step)
        for row in leaf.epochs:
            for name, value in _figures(row).items():
                self._scalar(name, value, row.epoch)
        self._writer.flush()

    def _scalar(self, name: str, value: float | None, at: int) -> None:
        if value is not None:
            self._writer.add_scalar(name, value, at)


def _figures(row: EpochRow) -> dict[str, float | None]:
    return {
        "loss/train": row.train_loss,
        "loss/test": row.test_loss,
        "accuracy/train": row.train_accuracy,
        "accuracy/test": row.test_accuracy,
    } | {f"metrics/{name}": value for name, value in row.metrics.items()}
