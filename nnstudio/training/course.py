"""The learning rate over a whole run, before it is made: what a schedule gives at each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnstudio.training.spec import Progress, ScheduleType, Settings


@dataclass(frozen=True)
class Course:
    """`factor` is a schedule's, `values` its checked parameters."""

    factor: Callable[[Progress, Settings], float]
    values: Settings
    lr: float
    epochs: int
    steps_per_epoch: int

    @property
    def steps(self) -> int:
        return self.epochs * self.steps_per_epoch

    def rate(self, step: int) -> float:
        """The learning rate of the step after so many."""
        return self.lr * self.factor(Progress(step, self.steps, step // self.steps_per_epoch), self.values)

    def step_at(self, share: float) -> int:
        """The step that is under way when that share of the run is done."""
        return min(max(int(share * self.steps), 0), self.steps - 1)

    def epoch_at(self, share: float) -> float:
        """How many epochs are done by then."""
        return min(max(share, 0.0), 1.0) * self.epochs

    def sampled(self, points: int = 241) -> list[tuple[float, float]]:
        """Some points of the curve, each as the share of the run and the learning rate there; at most one a step."""
        count = max(2, min(points, self.steps))
        shares = [index / (count - 1) for index in range(count)]
        return [(share, self.rate(self.step_at(share))) for share in shares]


def course(kind: ScheduleType, values: Settings, lr: float, epochs: int, steps_per_epoch: int) -> Course | None:
    """None where the rate follows the test loss, so that nobody knows it before."""
    return None if kind.factor is None else Course(kind.factor, values, lr, epochs, steps_per_epoch)
