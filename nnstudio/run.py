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
    label: str = ""
    """What tells it from others that were started with it."""
    folder: str = ""
    """Where it is recorded, or empty."""
    state: str = "idle"
    epoch: int = 0
    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 0
    steps_per_second: float = 0.0
    lr: float = 0.0
    first_step: int = 0
    """Where it went on from; `losses[0]` is that of the step after it."""
    losses: list[float] = field(default_factory=list)
    """Training loss of every step."""
    accuracies: list[float] = field(default_factory=list)
    """Share of right answers in every step's batch; empty where the loss has none."""
    epochs: list[EpochRow] = field(default_factory=list)
    changes: list[msg.Changed] = field(default_factory=list)
    """What was changed on the way, in the order of the steps."""
    checkpoints: list[msg.CheckpointSaved] = field(default_factory=list)
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

    def take_started(self, reply: msg.Started) -> None:
        """The engine has begun it."""
        self.number, self.folder = reply.run, reply.folder
        self.steps_per_epoch = reply.steps_per_epoch
        self.first_step = self.step = reply.step

    def take_progress(self, event: msg.Progress) -> None:
        self.epoch, self.step, self.total_steps = event.epoch, event.step, event.total_steps
        self.steps_per_second, self.lr = event.steps_per_second, event.lr
        losses, accuracies = event.losses.numpy().tolist(), event.accuracies.numpy().tolist()
        self._go_back(max(0, event.step - len(losses) - self.first_step))
        self.losses.extend(losses)
        self.accuracies.extend(accuracies)

    def _go_back(self, steps: int) -> None:
        """Forget what came after so many steps: the run has gone back to there."""
        if steps >= len(self.losses):
            return
        del self.losses[steps:], self.accuracies[steps:]
        step = steps + self.first_step
        self.changes = [change for change in self.changes if change.step <= step]
        if self.steps_per_epoch:
            self.epochs = [row for row in self.epochs if row.epoch * self.steps_per_epoch <= step]

    def take_change(self, event: msg.Changed) -> None:
        self.changes.append(event)

    def take_checkpoint(self, event: msg.CheckpointSaved) -> None:
        """One file for each place: a best one takes the place of the best before."""
        self.checkpoints = [*(each for each in self.checkpoints if each.path != event.path), event]

    def take_epoch(self, event: msg.EpochDone) -> None:
        self.epochs.append(
            EpochRow(
                epoch=event.epoch,
                train_loss=event.train_loss,
                test_loss=event.test_loss,
                train_accuracy=event.train_accuracy,
                test_accuracy=event.test_accuracy,
                seconds=event.seconds,
                metrics=event.metrics,
            )
        )
