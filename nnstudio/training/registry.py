"""Finds the declared optimizers, schedules and initializations."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from nnstudio.discovery import declared
from nnstudio.errors import BadParameter
from nnstudio.training.spec import InitializationType, OptimizerType, ScheduleType

T = TypeVar("T", OptimizerType, ScheduleType, InitializationType)


@cache
def optimizers() -> dict[str, OptimizerType]:
    """All by name, in the order they are declared in."""
    return _found(OptimizerType)


@cache
def schedules() -> dict[str, ScheduleType]:
    """All by name, in the order they are declared in."""
    return _found(ScheduleType)


@cache
def initializations() -> dict[str, InitializationType]:
    """All by name, in the order they are declared in."""
    return _found(InitializationType)


def optimizer(name: str) -> OptimizerType:
    """The one of that name. Raises BadParameter."""
    return _named(name, optimizers(), "optimizer")


def schedule(name: str) -> ScheduleType:
    """The one of that name. Raises BadParameter."""
    return _named(name, schedules(), "schedule")


def initialization(name: str) -> InitializationType:
    """The one of that name. Raises BadParameter."""
    return _named(name, initializations(), "initialization")


def _found(kind: type[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for _, each in declared("nnstudio.training", kind):
        if found.setdefault(each.name, each) is not each:
            raise ValueError(f"two are called {each.name}")
    return found


def _named(name: str, known: dict[str, T], what: str) -> T:
    try:
        return known[name]
    except KeyError:
        fix = f"There are: {', '.join(known)}."
        raise BadParameter(f"There is no {what} '{name}'.", name=what, fix=fix) from None
