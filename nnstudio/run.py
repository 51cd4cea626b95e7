"""A training run as the window's side knows it: put together from what the engine tells."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnstudio.errors import NNStudioError, is_cancelled
from nnstudio.graph.training import EpochRow
from nnstudio.protocol import messages as msg


@dataclass
class Run:
    """`state` is "idle", "starting", "training", "paused", "finished", "stopped" or "failed" (with a message)."""

    number: int = 0
    state: str = "idle"
    epoch: int = 0
    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 0
    steps_per_second: float = 0.0
    losses: list[float] = field(default_factory=list)
    """Training loss of every step."""
    accuracies: list[float] = field(default_factory=list)
    """Share of right answers in every step's batch; empty where the loss has none."""
    epochs: list[EpochRow] = field(default_factory=list)
    message: str = ""
    fix: str = ""

    @property
    def active(self) -> bool:
        """Whether it goes on, or could."""
        return self.state in ("starting", "training", "paused")

    def take_state(self, event: msg.RunState) -> None:
        self.number, self.state, self.message, self.fix = event.run, event.state, event.message, event.fix
        self.epoch, self.step = event.epoch, event.step

    def fail(self, message: str, fix: str) -> None:
        self.state, self.message, self.fix = "failed", message, fix

    def refuse(self, error: NNStudioError) -> None:
        """The engine did not begin it: that is a failure, unless somebody had given it up."""
        if is_cancelled(error):
            self.state = "stopped"
        else:
            self.fail(error.message, error.fix)

    def take_progress(self, event: msg.Progress) -> None:
        self.epoch, self.step, self.total_steps = event.epoch, event.step, event.total_steps
        self.steps_per_second = event.steps_per_second
        self.losses.extend(event.losses.numpy().tolist())
        self.accuracies.extend(event.accuracies.numpy().tolist())

    def take_epoch(self, event: msg.EpochDone) -> None:
        self.epochs.append(
            EpochRow(
                epoch=event.epoch,
                train_loss=event.train_loss,
                test_loss=event.test_loss,
                train_accuracy=event.train_accuracy,
                test_accuracy=event.test_accuracy,
                seconds=event.seconds,
            )
        )
