"""Painting the points that a network learns from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from nnstudio.data.registry import dataset
from nnstudio.graph.nodes import Node
from nnstudio.params import MOST_CLASSES, MOST_POINTS, Point, classes_in, points_of
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.painting import places
from nnstudio.ui.painting.board import Board
from nnstudio.ui.painting.strokes import Brush
from nnstudio.ui.painting.swatches import Swatches
from nnstudio.ui.panels.parts.header import tool_button
from nnstudio.ui.panels.spec import Panel, PanelType


class PaintPanel(Panel):
    """A board on the points of a Dataset node; each stroke is one step of the document."""

    title = str(QT_TRANSLATE_NOOP("panels", "Paint"))
    icon = "paint"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._node: Node | None = None
        names = _class_names()
        self.board = Board(names)
        self.board.painted.connect(self._keep)
        self.board.brush_changed.connect(self._show_brush)
        self.swatches = Swatches(names)
        self.swatches.chosen.connect(lambda label: self._take(replace(self.board.brush, label=label, erasing=False)))
        self.eraser = tool_button("erase", self.tr("Erase (E, or the right mouse button)"), checkable=True)
        self.eraser.clicked.connect(lambda on: self._take(replace(self.board.brush, erasing=on)))
        self.clearer = tool_button("delete", self.tr("Clear: take all points away"))
        self.clearer.clicked.connect(lambda: self._keep(()))
        self._tools: tuple[QWidget, ...] = (self.swatches, self.eraser, self.clearer)
        for tool in self._tools:
            self.header.add_control(tool, always=True)
        self.header.freeze_button.hide()  # what is painted is not seen later
        self.set_body(self.board)
        self.setFocusProxy(self.board)
        for signal in (bridge.session_changed, bridge.recompiled, bridge.selection_changed):
            signal.connect(self._look)
        self._look()

    def refresh(self) -> None:
        node = self._node
        for tool in self._tools:
            tool.setVisible(node is not None)
        if node is None:
            self._offer()
            return
        points = points_of(node.params[places.POINTS])
        self.board.set_points(points)
        self.clearer.setEnabled(bool(points))
        self._show_brush(self.board.brush)
        self.header.set_caption(self._caption_of(node, points))
        self.show_body()

    def rows(self) -> Iterable[Sequence[object]]:
        yield "x", "y", "class"
        for x, y, label in self.board.points:
            yield x, y, _class_names()[label]

    # Inside

    def _look(self, _what: object = None) -> None:
        """The drawing, or what is chosen in it, has changed."""
        session = self.session
        used = session.compiled.dataset if session else ""
        self._node = places.painted_node(session.document, self.bridge.selection, used) if session else None
        self.schedule()

    def _keep(self, points: tuple[Point, ...]) -> None:
        if self._node is not None and self.session is not None:
            places.paint(self.session.document, self._node, points)

    def _take(self, brush: Brush) -> None:
        self.board.set_brush(brush)
        self._show_brush(brush)
        self.board.setFocus()

    def _show_brush(self, brush: Brush) -> None:
        many = classes_in(self.board.points) > 2
        self.swatches.show_class(None if brush.erasing else brush.label, many=many)
        self.eraser.setChecked(brush.erasing)

    def _caption_of(self, node: Node, points: tuple[Point, ...]) -> str:
        count = self.tr("1 point") if len(points) == 1 else self.tr("{0} points").format(f"{len(points):,}")
        if len(points) >= MOST_POINTS:
            count = self.tr("{0}, the most there may be").format(count)
        several = len(places.painted_nodes(self.bridge.session.document)) > 1
        return f"{node.name} · {count}" if several else count

    def _offer(self) -> None:
        """While nothing is painted: what would bring points to paint."""
        self.header.set_caption("")
        found = self._copyable()
        if self.session is None:
            self.show_empty(self.tr("Open a project to paint points in."))
        elif found is None:
            words = self.tr("Choose the data set 'painted' in a Dataset node to paint points of your own.")
            self.show_empty(words)
            self.empty.offer(self.tr("Add a Dataset"), self._add, self.tr("One with points that you paint"))
        else:
            words = self.tr("Choose the data set 'painted' in '{0}' to paint the points yourself.").format(found.name)
            self.show_empty(words)
            copying = self.tr("Copy the points of {0}").format(found.params["dataset"])
            self.empty.offer(copying, self._copy, self.tr("Begin with the points that there are"))
            self.empty.offer_other(self.tr("Start anew"), self._start, self.tr("Begin with a few of two classes"))

    def _copyable(self) -> Node | None:
        session = self.session
        return places.copyable(session.document, session.compiled.dataset) if session else None

    def _add(self) -> None:
        places.add(self.bridge)

    def _copy(self) -> None:
        found = self._copyable()
        if found is not None:
            places.switch_with_copy(self.bridge, found)

    def _start(self) -> None:
        found = self._copyable()
        if found is not None:
            places.switch(self.bridge.session.document, found)


def _class_names() -> tuple[str, ...]:
    """All classes that can be painted."""
    every = tuple((0.0, 0.0, label) for label in range(MOST_CLASSES))
    return dataset(places.PAINTED).field("label", {places.POINTS: every}).names


PAINT = PanelType(
    key="paint",
    title=PaintPanel.title,
    icon=PaintPanel.icon,
    group="left",
    order=30,
    make=PaintPanel,
    several=False,
    summary=str(QT_TRANSLATE_NOOP("panels", "Points of several classes, painted by you for the network to learn.")),
)
