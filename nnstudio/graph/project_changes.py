"""Changes of a project beside its drawings: see graph.changes, which has them all."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.graph.race import Race
from nnstudio.graph.training import TrainingPlan


@dataclass(frozen=True)
class PlanSet:
    """The training plan is another one. Whole plans: which parameters there are depends on the optimizer."""

    old: TrainingPlan
    new: TrainingPlan

    def inverse(self) -> PlanSet:
        return PlanSet(self.new, self.old)


@dataclass(frozen=True)
class RaceSet:
    """Other things vary in a race, or nothing does."""

    old: Race | None
    new: Race | None

    def inverse(self) -> RaceSet:
        return RaceSet(self.new, self.old)


@dataclass(frozen=True)
class Retitled:
    """The project has another title."""

    old: str
    new: str

    def inverse(self) -> Retitled:
        return Retitled(self.new, self.old)
