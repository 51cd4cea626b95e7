"""Which epoch was the best so far, and whether there is any sense in going on."""

from __future__ import annotations

import math
from typing import Any

from nnstudio.errors import EngineError
from nnstudio.metrics.registry import figure, higher_is_better, monitors
from nnstudio.protocol.messages import EpochDone, Plan

_STATE = ("best", "best_epoch", "waited", "mark")


class Watch:
    """Follows what the plan monitors, from epoch to epoch."""

    def __init__(self, plan: Plan) -> None:
        """Raises EngineError for what can not be monitored."""
        if plan.monitor not in monitors():
            fix = f"Choose one of: {', '.join(monitors())}."
            raise EngineError(f"There is no figure '{plan.monitor}' to watch.", fix=fix)
        self.best = math.inf
        """Of all epochs, in such a way that less is better."""
        self.best_epoch = 0
        self.waited = 0
        """Epochs since the last one that counted as an improvement."""
        self.mark = math.inf
        """What counted as one: from there, less by `min_delta` at least."""
        self._plan = plan

    def follow(self, plan: Plan) -> None:
        """Go by another plan. What was the best by another measure is no longer."""
        if plan.monitor != self._plan.monitor:
            self.best, self.best_epoch, self.waited, self.mark = math.inf, 0, 0, math.inf
        self._plan = plan

    def take(self, done: EpochDone) -> bool:
        """One more epoch; whether it is the best so far. Without a figure, or with NaN, it is not."""
        value = self._value(done)
        self.waited += 1
        if value is None or math.isnan(value):
            return False
        if self.mark == math.inf or value < self.mark - self._plan.min_delta:
            self.mark, self.waited = value, 0
        if value >= self.best:
            return False
        self.best, self.best_epoch = value, done.epoch
        return True

    @property
    def over(self) -> bool:
        """Whether it has waited for an improvement for as long as the plan says."""
        return 0 < self._plan.early_stopping <= self.waited

    @property
    def may_be_over(self) -> bool:
        """Whether it is over after the epoch that comes, unless that brings an improvement."""
        return 0 < self._plan.early_stopping <= self.waited + 1

    def _value(self, done: EpochDone) -> float | None:
        """What is monitored, in such a way that less is better; None where the epoch does not have it."""
        value = figure(done, self._plan.monitor)
        return -value if value is not None and higher_is_better(self._plan.monitor) else value

    @property
    def words(self) -> str:
        """Why it is over."""
        what = self._plan.monitor.replace("_", " ")
        epochs = "1 epoch" if self.waited == 1 else f"{self.waited} epochs"
        best = f" The best was epoch {self.best_epoch}." if self.best_epoch else ""
        return f"Stopped early: the {what} has not improved for {epochs}.{best}"

    def state(self) -> dict[str, Any]:
        """As plain facts."""
        return {name: getattr(self, name) for name in _STATE}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there. Raises KeyError and ValueError for what is no such state."""
        self.best, self.mark = float(state["best"]), float(state["mark"])
        self.best_epoch, self.waited = int(state["best_epoch"]), int(state["waited"])
