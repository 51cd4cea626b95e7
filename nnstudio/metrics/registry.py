"""Finds the declared metrics, and reads any figure of an epoch by its name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Protocol

from nnstudio.discovery import declared
from nnstudio.metrics.spec import Judged, MetricType

ALWAYS = {"test_loss": "lower", "test_accuracy": "higher", "train_loss": "lower"}
"""Figures that every epoch has, where the task has them at all, and which way is better."""


class Row(Protocol):
    """What is told of one epoch."""

    @property
    def test_loss(self) -> float: ...
    @property
    def train_loss(self) -> float: ...
    @property
    def test_accuracy(self) -> float | None: ...
    @property
    def metrics(self) -> Mapping[str, float]: ...


@cache
def metrics() -> dict[str, MetricType]:
    """All by name, in the order they are declared in."""
    found: dict[str, MetricType] = {}
    for _, metric in declared("nnstudio.metrics", MetricType):
        if found.setdefault(metric.name, metric) is not metric:
            raise ValueError(f"two metrics are called {metric.name}")
    return found


@cache
def metrics_of(task: str) -> dict[str, MetricType]:
    """Those of a task, by name."""
    return {name: metric for name, metric in metrics().items() if task in metric.tasks}


def computed(judged: Judged, names: tuple[str, ...]) -> dict[str, float]:
    """These figures of the answers; those that are not defined for them are left out."""
    found = {name: metrics()[name].of(judged) for name in names}
    return {name: value for name, value in found.items() if value is not None}


@cache
def monitors() -> tuple[str, ...]:
    """Names of all that a run can watch: to stop early, and to know its best epoch."""
    return (*ALWAYS, *(name for name, metric in metrics().items() if metric.compute))


def higher_is_better(monitor: str) -> bool:
    """Which way is up for one of `monitors`."""
    return (ALWAYS.get(monitor) or metrics()[monitor].better) == "higher"


def figure(row: Row, monitor: str) -> float | None:
    """One of `monitors` in an epoch; None where the epoch does not have it."""
    if monitor in ALWAYS:
        value: float | None = getattr(row, monitor)
        return value
    return row.metrics.get(monitor)
