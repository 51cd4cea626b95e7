"""A race: the same network under several plans, or with other values of its nodes. Which runs that gives.

race = Race((Axis("training.lr", (0.1, 0.01)), Axis("dropout1.p", (0.2, 0.5))), repeats=3)
[entry.label for entry in entries(race, document.plan.seed)]
# "lr 0.1 · p 0.2 · seed 0", "lr 0.1 · p 0.2 · seed 1" ...
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from nnstudio.errors import DocumentError
from nnstudio.params import Value

MOST_RUNS = 64
MOST_AXES = 8
LONGEST_TEXT = 200
PLAN = "training"
SEED = f"{PLAN}.seed"
WITH_OWN = (f"{PLAN}.optimizer", f"{PLAN}.schedule")
"""Choices whose values may bring their own parameters along, as "SGD momentum=0.9"."""
LARGEST_SEED = 2**31 - 1
MODES = ("grid", "random")


@dataclass(frozen=True)
class Span:
    """Numbers from `low` to `high`: `count` of them in a grid, any at random; each so many times the last if `log`."""

    low: float
    high: float
    count: int = 5
    log: bool = False

    def values(self) -> tuple[float, ...]:
        """Both ends and what lies between, at equal distances."""
        if self.count == 1:
            return (self.low,)
        shares = [place / (self.count - 1) for place in range(self.count)]
        return tuple(_tidy(self._at(share)) for share in shares)

    def draw(self, dice: random.Random) -> float:
        return _tidy(self._at(dice.random()))

    def _at(self, share: float) -> float:
        if self.log:
            return float(math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low))))
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class Axis:
    """One thing that varies: `path` is "training.lr" or "dropout1.p", in a block "encoder.dropout1.p"."""

    path: str
    values: tuple[Value, ...] = ()
    span: Span | None = None
    """Instead of values. Of a parameter that takes whole numbers, they are rounded."""
    whole: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def choices(self) -> tuple[Value, ...]:
        """What a grid takes, each once."""
        return tuple(dict.fromkeys(map(self._rounded, self.span.values()))) if self.span else self.values

    def draw(self, dice: random.Random) -> Value:
        """One at random."""
        return self._rounded(self.span.draw(dice)) if self.span else dice.choice(self.values)

    def _rounded(self, value: float) -> Value:
        return round(value) if self.whole else value


@dataclass(frozen=True)
class Race:
    """`axes` in all combinations, or so many `draws` of them; each with `repeats` seeds, the plan's and those after."""

    axes: tuple[Axis, ...] = ()
    mode: str = "grid"
    draws: int = 10
    seed: int = 0
    """Of the draws."""
    repeats: int = 1


@dataclass(frozen=True)
class Entry:
    """One run of a race. Runs with the same `group` differ in the seed alone."""

    label: str
    group: str = ""
    plan: Mapping[str, Value] = field(default_factory=dict)
    """Parameters of the training plan."""
    nodes: tuple[tuple[str, str, Value], ...] = ()
    """Node, parameter and value."""


def check(race: Race) -> None:
    """Raise DocumentError where it can not be run as it is written, in whatever document."""
    if race.mode not in MODES:
        raise DocumentError(f"A race takes its values as {' or '.join(MODES)}, not '{race.mode[:20]}'.")
    if len(race.axes) > MOST_AXES:
        raise DocumentError(f"A race varies {MOST_AXES} things at most, not {len(race.axes)}.")
    twice = [path for path, times in Counter(axis.path for axis in race.axes).items() if times > 1]
    if twice:
        raise DocumentError(f"'{twice[0]}' is there twice.", fix="Put all its values in one row.")
    if race.repeats > 1 and any(axis.path == SEED for axis in race.axes):
        raise DocumentError("Seeds are varied twice.", fix="Repeat over one seed, or take the row of seeds out.")
    if not (1 <= race.draws <= MOST_RUNS and 1 <= race.repeats <= MOST_RUNS):
        raise DocumentError(f"Draws and repeats are from 1 to {MOST_RUNS}.")
    for axis in race.axes:
        _check_axis(axis)


def count(race: Race) -> int:
    """How many runs it is, without making them."""
    combined = race.draws if race.mode == "random" else math.prod(len(axis.choices()) for axis in race.axes)
    return (combined if race.axes else 1) * race.repeats


def entries(race: Race, seed: int) -> tuple[Entry, ...]:
    """The runs, in their order; `seed` is the plan's. Raises DocumentError, also for too many."""
    check(race)
    number = count(race)
    if number > MOST_RUNS:
        words = f"{number:,} runs are more than the {MOST_RUNS} of a race."
        raise DocumentError(words, fix="Leave out some values, or draw some of them at random.")
    return tuple(_entry(race, dict(values), seed + turn) for values in _combined(race) for turn in range(race.repeats))


def words(value: Value) -> str:
    """A value as a label shows it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _check_axis(axis: Axis) -> None:
    node, _, name = axis.path.rpartition(".")
    if not node or not name or len(axis.path) > LONGEST_TEXT:
        fix = f"Write it as {PLAN}.lr, or as dropout1.p."
        raise DocumentError(f"'{axis.path[:60]}' names no parameter.", fix=fix)
    span = axis.span
    if span is None:
        if not 1 <= len(axis.values) <= MOST_RUNS:
            raise DocumentError(f"'{axis.path}' needs values, {MOST_RUNS} at most.")
        return
    if not (math.isfinite(span.low) and math.isfinite(span.high) and span.low < span.high):
        raise DocumentError(
            f"'{axis.path}' goes from {span.low:g} to {span.high:g}.", fix="Let it end above its start."
        )
    if span.log and span.low <= 0:
        raise DocumentError(f"'{axis.path}' has a log scale from {span.low:g}.", fix="Let it start above 0.")
    if not 1 <= span.count <= MOST_RUNS:
        raise DocumentError(f"'{axis.path}' takes from 1 to {MOST_RUNS} values.")


def _combined(race: Race) -> Iterator[tuple[tuple[str, Value], ...]]:
    """The values of each combination, by path."""
    paths = [axis.path for axis in race.axes]
    if race.mode == "random" and race.axes:
        dice = random.Random(race.seed)
        for _ in range(race.draws):
            yield tuple((axis.path, axis.draw(dice)) for axis in race.axes)
        return
    for values in product(*(axis.choices() for axis in race.axes)):
        yield tuple(zip(paths, values, strict=True))


def _entry(race: Race, values: dict[str, Value], seed: int) -> Entry:
    if race.repeats > 1:
        values[SEED] = seed % (LARGEST_SEED + 1)
    names = Counter(path.rpartition(".")[2] for path in values)
    said = {path: _said(path, value, short=names[path.rpartition(".")[2]] == 1) for path, value in values.items()}
    plan: dict[str, Value] = {}
    for path, value in values.items():
        if path.startswith(f"{PLAN}."):
            plan.update(_own(path, value))
    nodes = tuple((*_split(path), value) for path, value in values.items() if not path.startswith(f"{PLAN}."))
    group = " · ".join(text for path, text in said.items() if path != SEED)
    return Entry(" · ".join(said.values()), group, plan, nodes)


def _said(path: str, value: Value, *, short: bool) -> str:
    if path in WITH_OWN:
        return words(value)
    return f"{path.rpartition('.')[2] if short else path.removeprefix(f'{PLAN}.')} {words(value)}"


def _split(path: str) -> tuple[str, str]:
    node, _, name = path.rpartition(".")
    return node, name


def _own(path: str, value: Value) -> dict[str, Value]:
    """The value, and what it brings along: "SGD momentum=0.9" is an optimizer and one of its parameters."""
    name = path.removeprefix(f"{PLAN}.")
    if path not in WITH_OWN or not isinstance(value, str):
        return {name: value}
    chosen, *rest = value.split()
    pairs = [part.partition("=") for part in rest]
    wrong = next((part for part, pair in zip(rest, pairs, strict=True) if not (pair[0] and pair[2])), "")
    if wrong:
        raise DocumentError(f"'{value[:60]}' can not be read at '{wrong[:20]}'.", fix="Write it as SGD momentum=0.9.")
    return {name: chosen, **{pair[0]: literal(pair[2]) for pair in pairs}}


def literal(text: str) -> Value:
    """What a person wrote: a number, true, false, none, or a word."""
    known: dict[str, Value] = {"true": True, "false": False, "none": None}
    if text.lower() in known:
        return known[text.lower()]
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if math.isfinite(number) else text
    return text


def _tidy(value: float) -> float:
    """Without the last digits, which come from computing alone."""
    return float(f"{value:.6g}")
