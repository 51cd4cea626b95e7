"""What is told of a run: its steps, taken into the means of the epoch; its changes, and how it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec
import numpy as np
from numpy.typing import NDArray
from torch import nn

from nnstudio.engine.model import weights
from nnstudio.engine.training.account import EpochSums
from nnstudio.engine.training.layers import Difference
from nnstudio.engine.training.tally import Figures
from nnstudio.engine.training.trainer import Trainer
from nnstudio.engine.training.trouble import NotFinite, loss_not_finite
from nnstudio.errors import EngineError, NNStudioError
from nnstudio.protocol import messages as msg


class Teller:
    """Of one run. `trouble` is a loss that is no number: nothing may be kept of the run before it has gone back."""

    def __init__(self, run: int, trainer: Trainer, sums: EpochSums, send: Callable[[msg.AnyEvent], None]) -> None:
        self._run, self._trainer, self._sums, self._send = run, trainer, sums, send
        self._untold: list[Figures] = []
        self._told = 0.0
        self.mark = 0.0
        """From when on time is the epoch's that goes."""
        self.trouble: NotFinite | None = None
        self.step_seconds = 0.0
        """What a step took lately, with all that is done beside; 0.0 before the first ones."""

    def set_off(self, now: float) -> None:
        """The run stood still until now."""
        self.mark = self._told = now

    def collect(self, now: float) -> None:
        """Take the figures of the last steps into the epoch's. Raises NotFinite where a loss is no number any more."""
        if self.trouble is not None:
            raise self.trouble
        figures = self._trainer.take()
        self._sums.seconds += now - self.mark
        self.mark = now
        if not len(figures.losses):
            return
        self._untold.append(figures)
        good = np.isfinite(figures.losses)
        if not good.all():
            first = int(np.argmin(good))
            step = self._trainer.steps - len(good) + first + 1
            self.trouble = loss_not_finite(step, float(figures.losses[first]))
            raise self.trouble
        self._sums.add(figures)

    def tell(self, now: float) -> None:
        """All steps that were not told yet. Raises NotFinite."""
        self.collect(now)
        if self._untold:
            self._tell(now, len(self._losses()))
        self._told = now

    def tell_state(self, state: str, error: EngineError | None = None, message: str = "") -> None:
        """How the run stands from now on, and why."""
        trainer = self._trainer
        event = msg.RunState(run=self._run, state=state, epoch=trainer.epoch, step=trainer.steps, message=message)
        if error is not None:
            told = {"message": error.message, "fix": error.fix, "line": error.line, "kind": error.kind}
            event = msgspec.structs.replace(event, **told)
        self._send(event)

    def tell_changes(self, differences: Iterable[Difference]) -> None:
        """What is otherwise from the next step on."""
        for each in differences:
            told = {"what": each.what, "before": each.before, "after": each.after}
            self._send(msg.Changed(run=self._run, step=self._trainer.steps, **told))

    def tell_weights(self, model: nn.Module) -> bool:
        """All weights, as they are; False where they can not be told, which a run need not end for."""
        try:
            self._send(msg.Weights(run=self._run, epoch=self._trainer.epoch, data=weights.save(model)))
        except NNStudioError as error:  # no memory for them, or too large for a message
            message = f"The drawing does not get the weights of this run. {error.message}"
            self._send(msg.Notice(run=self._run, message=message, fix=error.fix))
            return False
        return True

    def look(self, now: float) -> None:
        """The same, but what is found is only noted in `trouble`."""
        with suppress(NotFinite):
            self.tell(now)

    def go_back(self, now: float, last: int) -> None:
        """The trainer has gone back, from the step `last`: tell that, and what was not told of the way to here."""
        back = last - self._trainer.steps
        if self._untold or back:
            self._tell(now, max(0, len(self._losses()) - back))

    def tell_end(self, now: float) -> None:
        """The run has failed: tell all there is, whatever it is."""
        if self._untold:
            self._tell(now, len(self._losses()))

    def _losses(self) -> NDArray[np.float32]:
        return np.concatenate([np.zeros(0, np.float32), *(figures.losses for figures in self._untold)])

    def _tell(self, now: float, steps: int) -> None:
        """The first of the losses, and as many of the accuracies, if there are some."""
        trainer, losses = self._trainer, self._losses()[:steps]
        accuracies = np.concatenate([np.zeros(0, np.float32), *(figures.accuracies for figures in self._untold)])
        self._untold = []
        if len(losses):
            self.step_seconds = max(now - self._told, 1e-9) / len(losses)
        self._send(
            msg.Progress(
                run=self._run,
                epoch=trainer.epoch,
                step=trainer.steps,
                total_steps=trainer.total_steps,
                steps_per_second=len(losses) / max(now - self._told, 1e-9),
                losses=msg.Array.of(losses),
                accuracies=msg.Array.of(accuracies[:steps]),
                lr=trainer.updater.lr,
            )
        )
