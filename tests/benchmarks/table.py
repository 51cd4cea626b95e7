"""One row for each measurement, and how they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """`ratio` is ours over the rival's; `goal` says what it should be, as "≤ 0.6". Where that is not about the ratio,
    `reached` says whether it is.
    """

    what: str
    ours: str
    rival: str = ""
    ratio: float | None = None
    goal: str = ""
    reached: bool | None = None

    @property
    def verdict(self) -> str:
        if self.reached is not None:
            return "reached" if self.reached else "MISSED"
        if self.ratio is None or not self.goal:
            return ""
        limit = float(self.goal.split()[1])
        good = self.ratio <= limit if self.goal.startswith("≤") else self.ratio >= limit
        return "reached" if good else "MISSED"


def paired(ours: list[float], rivals: list[float]) -> float:
    """The median ratio of pairs measured right after each other: what drifts on a busy machine drifts for both."""
    return median(a / b for a, b in zip(ours, rivals, strict=True))


def show(rows: list[Row]) -> str:
    """A table for a terminal, or for a report in Markdown."""
    lines = ["| what | ours | rival | ratio | goal | |", "|---|---|---|---|---|---|"]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"| {row.what} | {row.ours} | {row.rival} | {ratio} | {row.goal} | {row.verdict} |")
    return "\n".join(lines)
