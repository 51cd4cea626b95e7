"""What a hint is: what it says, beside what, when it is of use, and what shows that it is not needed any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QPoint, QRect
from PySide6.QtWidgets import QWidget

from nnstudio.ui.command import Place


@dataclass
class Moment:
    """How things stand in the window, and what the person has done in it so far."""

    place: Place
    changes: set[type] = field(default_factory=set)
    """Kinds of changes of the drawing."""
    trained: bool = False
    """A run was begun."""
    mended: bool = False
    """There were errors, and then there were none."""
    looked: bool = False
    """A node was chosen after a run had begun."""


@dataclass(frozen=True)
class Hint:
    """One row. `anchor` gives what is explained, in the window's coordinates; an empty one while it is out of sight.

    Where several are due, that of the smallest `order` is shown.
    """

    key: str
    order: int
    text: Callable[[], str]
    anchor: Callable[[Moment], QRect]
    due: Callable[[Moment], bool]
    done: Callable[[Moment], bool]


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("Hints", text)


def widget_rect(moment: Moment, widget: QWidget) -> QRect:
    """Where a widget is in the window."""
    if widget.visibleRegion().isEmpty():
        return QRect()
    return QRect(widget.mapTo(moment.place.shell, QPoint(0, 0)), widget.size())


def node_rect(moment: Moment, node: str) -> QRect:
    """Where a node's card is in the window, with all that hangs on it, as far as it is in view."""
    canvas = moment.place.canvas
    item = canvas.canvas.nodes.get(node)
    if item is None or canvas.visibleRegion().isEmpty():
        return QRect()
    view = canvas.viewport()
    seen = canvas.mapFromScene(item.sceneBoundingRect()).boundingRect().intersected(view.rect())
    return seen.translated(view.mapTo(moment.place.shell, QPoint(0, 0)))
