"""How a run is told from others: its colour, its dash and its name, the same in the table and in every plot."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from nnstudio.project.run import Run
from nnstudio.ui import theme

HUES = ("recurrent", "data", "transformer", "convolution", "activation", "linear", "block", "normalization")
"""Families whose hues are told apart; the one of the training in front has the accent."""
DASHES: tuple[tuple[float, ...], ...] = ((), (5.0, 2.5), (1.5, 2.0), (6.0, 2.0, 1.5, 2.0), (3.0, 1.5))
"""As many as share no divisor with the hues: forty runs look different, and neighbours do in both."""


def token(run: Run, *, lead: bool = False) -> str:
    """Its colour, as a legend's Key and `shade` take it."""
    return "accent" if lead else f"family:{HUES[run.hue % len(HUES)]}"


def shade(token: str) -> QColor:
    """A token's colour in the theme."""
    kind, _, name = token.partition(":")
    return theme.family_color(name) if kind == "family" else theme.color(token)


def dash(run: Run, *, lead: bool = False) -> tuple[float, ...]:
    """Its dash, as QPen takes it; empty for a line."""
    return () if lead else DASHES[run.hue % len(DASHES)]


def name(run: Run) -> str:
    """Its label, or when it began."""
    if run.label:
        return run.label
    return began(run) or QCoreApplication.translate("Runs", "as opened")


def began(run: Run) -> str:
    """When it began: the time of a run of today, else the day too; empty where nobody knows."""
    try:
        moment = datetime.fromisoformat(run.began)
    except ValueError:
        return ""
    return f"{moment:%H:%M:%S}" if moment.date() == date.today() else f"{moment:%Y-%m-%d %H:%M}"
