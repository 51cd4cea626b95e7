"""The canvas under hands, beside NodeGraphQt in the same run where it can do the work.

Each task runs in a process of its own, offscreen, so the CPU paints. Times are the seconds that the process worked,
which on a machine with nothing else to do are those on the clock; the clock's are told beside them. Of frames it is the
95th percentile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.benchmarks import rival_env
from tests.benchmarks.table import Row

RIVAL = Path(__file__).with_name("canvas_rival.py")
Results = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """A row: what is told, which task and drawing it comes from, and its goal in milliseconds."""

    what: str
    task: str
    nodes: int
    name: str
    goal: float = 0.0
    rival: str = ""
    """The name of what the rival did; empty where it can not do that, or not in the time that there is."""


ROWS = (
    Wanted("open 300 nodes", "opening", 300, "open", rival="open"),
    Wanted("open 1,000 nodes", "opening", 1_000, "open", 500, "open"),
    Wanted("open 10,000 nodes", "opening", 10_000, "open", 5_000),
    Wanted("delete all 1,000", "opening", 1_000, "delete", 500, "delete"),
    Wanted("undo that", "opening", 1_000, "undo", 500, "undo"),
    Wanted("redo that", "opening", 1_000, "redo", 500, "redo"),
    Wanted("delete all 10,000", "opening", 10_000, "delete"),
    Wanted("undo that", "opening", 10_000, "undo"),
    Wanted("pan over 1,000 nodes, all in view", "moving", 1_000, "pan, all in view", 16.7, "pan, all in view"),
    Wanted("pan over 1,000 nodes at 45 %", "moving", 1_000, "pan at 45 %", 16.7),
    Wanted("pan over 1,000 nodes at 100 %", "moving", 1_000, "pan at 100 %", 16.7, "pan at 100 %"),
    Wanted("zoom over 1,000 nodes, from all to one", "moving", 1_000, "zoom", 16.7, "zoom"),
    Wanted("pan over 10,000 nodes, all in view", "moving", 10_000, "pan, all in view", 16.7),
    Wanted("pan over 10,000 nodes at 45 %", "moving", 10_000, "pan at 45 %", 16.7),
    Wanted("pan over 10,000 nodes at 100 %", "moving", 10_000, "pan at 100 %", 16.7),
    Wanted("zoom over 10,000 nodes, from all to one", "moving", 10_000, "zoom", 16.7),
    Wanted("fit all 10,000 nodes", "moving", 10_000, "fit all", 60),
    Wanted("drag a node with 50 wires, at 100 %", "dragging", 1_000, "one", 16.7, "one"),
    Wanted("drag a node with 50 wires, at 30 %", "dragging", 1_000, "one, far", 16.7),
    Wanted("drag 500 nodes, at 100 %", "dragging", 1_000, "half", 33, "half"),
    Wanted("drag 500 nodes, at 50 %", "dragging", 1_000, "half, middling", 33),
    Wanted("drag 500 nodes, all in view", "dragging", 1_000, "half, far", 33),
    Wanted("key in a field to new shapes, 300 nodes", "typing", 300, "key", 50),
)
MEMORY = (
    ("memory: the window, empty", "window", 0.0),
    ("memory: with 1,000 nodes", "opened", 170.0),
    ("memory: after a look at them from far and near", "looked at", 170.0),
)


def measure() -> list[Row]:
    """Ours and the rival's in turn."""
    interpreter, why = rival_env.python()
    if interpreter is None:
        print(f"NodeGraphQt is left out: {why}", file=sys.stderr)
    tasks = list(dict.fromkeys((row.task, row.nodes) for row in ROWS))
    rivals = {(row.task, row.nodes) for row in ROWS if row.rival} if interpreter else set()
    ours: dict[tuple[str, int], Results] = {}
    theirs: dict[tuple[str, int], Results] = {}
    for task in tasks:
        ours[task] = _run([sys.executable, "-m", "tests.benchmarks.canvas_ours"], task)
        if task in rivals:
            theirs[task] = _run([str(interpreter), str(RIVAL)], task)
    rows = [_row(row, ours[row.task, row.nodes], theirs.get((row.task, row.nodes), {})) for row in ROWS]
    return rows + _memory()


def _run(command: list[str], task: tuple[str, int]) -> Results:
    """In a process of its own, so that nothing measured before weighs on it."""
    kept = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [*command, task[0], str(task[1])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=kept)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr[-2000:]}")
    results: Results = json.loads(done.stdout.splitlines()[-1])
    return results


def _row(row: Wanted, ours: Results, theirs: Results) -> Row:
    mine = _milliseconds(ours[row.name])
    goal = f"≤ {row.goal:g} ms" if row.goal else ""
    reached = mine[0] <= row.goal if row.goal else None
    if not (row.rival and theirs):
        return Row(row.what, _told(*mine), "", None, goal, reached)
    other = _milliseconds(theirs[row.rival])
    return Row(row.what, _told(*mine), f"NodeGraphQt {_told(*other)}", mine[0] / other[0], goal, reached)


def _milliseconds(spent: list[tuple[float, float]]) -> tuple[float, float]:
    """Of work and on the clock: the usual where it was done a few times, the 95th percentile of frames."""
    clock, work = ([1000 * pair[i] for pair in spent] for i in (0, 1))
    if len(spent) < 20:
        return median(work), median(clock)
    return quantiles(work, n=20)[18], quantiles(clock, n=20)[18]


def _told(work: float, clock: float) -> str:
    return f"{work:,.0f} ms ({clock:,.0f})" if work >= 100 else f"{work:.1f} ms ({clock:.1f})"


def _memory() -> list[Row]:
    found = _run([sys.executable, "-m", "tests.benchmarks.canvas_ours"], ("memory", 1_000))
    return [
        Row(what, f"{found[name][0]:.0f} MB", "", None, f"≤ {goal:g} MB" if goal else "", _within(found[name][0], goal))
        for what, name, goal in MEMORY
    ]


def _within(value: float, goal: float) -> bool | None:
    return value <= goal if goal else None
