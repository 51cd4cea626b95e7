"""Lays out, aligns and distributes. A layout moves before the eyes; the document changes once, at the end.

What takes long is worked out beside the window. Until the end everything can be put back, with Escape, and is by
itself where the drawing is edited meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QPointF, Qt, QVariantAnimation
from PySide6.QtWidgets import QGraphicsScene, QStyle

from nnstudio.graph.layout import aligning
from nnstudio.graph.layout.layered import lay_out
from nnstudio.graph.layout.moving import holds_cards, rearrange
from nnstudio.graph.layout.parts import Stopped
from nnstudio.graph.nodes import Position
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.facts import is_edit
from nnstudio.ui.canvas.stage import Stage
from nnstudio.ui.canvas.tools import measures

Places: TypeAlias = dict[str, Position]
DURATION_MS = 250
AT_ONCE = 300
"""Up to so many nodes are laid out within a moment; more of them beside the window."""
MOVING = 600
"""More nodes than that are put to their new places at once: they could not be moved smoothly."""


class Arranger(QObject):
    """One layout at a time."""

    def __init__(self, view: Stage, edits: Edits) -> None:
        super().__init__(view)
        self._view, self._scene, self._edits = view, view.canvas, edits
        self._stop: threading.Event | None = None
        self._places: Places = {}
        self._starts: dict[str, QPointF] = {}
        self._motion = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=DURATION_MS)
        self._motion.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._motion.valueChanged.connect(self._move_to)
        self._motion.finished.connect(self._arrive)
        view.bridge.document_changed.connect(self._edited)

    @property
    def active(self) -> bool:
        """Whether a layout is being worked out or moves."""
        return self._stop is not None or self.moving

    @property
    def moving(self) -> bool:
        """Whether cards are on their way."""
        return self._motion.state() == QAbstractAnimation.State.Running

    # What is done

    def lay_out(self) -> None:
        """The chosen nodes, if there are several; else the whole drawing."""
        self.cancel()
        scene = self._scene
        chosen = scene.chosen if len(scene.chosen) > 1 else tuple(scene.nodes)
        if not chosen:
            return
        work = self._work(chosen)
        if len(chosen) <= AT_ONCE:
            self._go(work(lambda: None))
        else:
            self._work_beside(work)

    def align(self, edge: str) -> None:
        """Bring one of aligning.EDGES of the chosen cards on one level."""
        self._rearrange(self.tr("Align"), lambda cards: aligning.align(cards, edge))

    def distribute(self, axis: str) -> None:
        """The same gap between the chosen cards, along one of aligning.AXES."""
        self._rearrange(self.tr("Distribute"), lambda cards: aligning.distribute(cards, axis))

    def snap(self) -> None:
        """The chosen cards on the grid."""
        self._rearrange(self.tr("Snap to grid"), aligning.snap)

    def cancel(self) -> bool:
        """Put everything back. False where there was nothing to put back."""
        was_active = self.active
        if self._stop is not None:
            self._stop.set()
            self._end_work()
        if self.moving:
            self._motion.stop()
            self._put_back()
        return was_active

    def hurry(self) -> None:
        """Somebody takes hold of the drawing: cards are where they go."""
        if self.moving:
            self._motion.stop()
            self._arrive()

    # Working out

    def _work(self, chosen: tuple[str, ...]) -> Callable[[Callable[[], None]], Places]:
        """All that it takes, as numbers: the drawing itself is the window's alone."""
        scene = self._scene
        boxes, wires = measures.boxes(scene, chosen), measures.wires(scene, chosen)
        across, down = zip(*(scene.sheet.node(key).at for key in chosen), strict=True)
        corner = min(across), min(down)
        wrap = not holds_cards(scene.sheet, measures.sizes(scene))
        around = measures.others(scene, chosen)
        return lambda check: lay_out(boxes, wires, corner, around=around, wrap=wrap, check=check)

    def _work_beside(self, work: Callable[[Callable[[], None]], Places]) -> None:
        stop = self._stop = threading.Event()
        future: Future[Places] = Future()
        self._view.bridge.when(future, partial(self._worked_out, stop))
        self._view.viewport().setCursor(Qt.CursorShape.BusyCursor)

        def check() -> None:
            if stop.is_set():
                raise Stopped

        def run() -> None:
            try:
                future.set_result(work(check))
            except BaseException as error:  # noqa: BLE001 - whatever it is, the window's thread hears of it
                future.set_exception(error)

        threading.Thread(target=run, name="nnstudio-layout", daemon=True).start()

    def _worked_out(self, stop: threading.Event, future: Future[Places]) -> None:
        if self._stop is stop:
            self._end_work()
            self._go(future.result())

    def _end_work(self) -> None:
        self._stop = None
        self._view.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    # Moving

    def _go(self, places: Places) -> None:
        nodes = self._scene.nodes
        self._places = {key: at for key, at in places.items() if self._scene.sheet.node(key).at != at}
        self._starts = {key: nodes[key].pos() for key in self._places}
        if not self._places:
            return
        if len(self._places) > MOVING or not self._animated():
            self._arrive()
            return
        self._scene.ignore_obstacles(tuple(nodes))
        self._motion.start()

    def _animated(self) -> bool:
        """Whether the person wants to see things move."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        return self._view.isVisible() and self._view.style().styleHint(hint, None, self._view) > 0

    def _move_to(self, share: float) -> None:
        if not self.moving:
            return
        for key, start in self._starts.items():
            self._scene.nodes[key].setPos(start + (QPointF(*self._places[key]) - start) * share)
        self._scene.follow(self._starts)

    def _arrive(self) -> None:
        """Make it an edit. What it changes is none from elsewhere, so nothing is on its way any more by then."""
        places = self._places
        self._put_back()
        with self._edits.telling(), self._indexed_anew(len(places)):
            rearrange(self._scene.sheet, self.tr("Lay out"), places, measures.sizes(self._scene))
            self._scene.wires.settle()
        if len(self._scene.chosen) < 2 and not self._view.navigator.seen().contains(self._scene.content_rect()):
            self._view.fit_all()

    @contextmanager
    def _indexed_anew(self, count: int) -> Iterator[None]:
        """Where many things move at once, the scene's index is built once, and not mended for each of them."""
        if count <= MOVING:
            yield
            return
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        try:
            yield
        finally:
            self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)

    def _put_back(self) -> None:
        there = [key for key in self._starts if key in self._scene.nodes]
        self._places, self._starts = {}, {}
        for key in there:
            self._scene.nodes[key].setPos(*self._scene.sheet.node(key).at)
        self._scene.moved(there)

    def _edited(self, change: object) -> None:
        """An edit from elsewhere, as an undo."""
        if is_edit(change):
            self.cancel()

    def _rearrange(self, name: str, find: Callable[[aligning.Cards], Places]) -> None:
        self.cancel()
        places = find(measures.cards(self._scene, self._scene.chosen))
        with self._edits.telling(), self._scene.sheet.transaction(name):
            self._scene.sheet.move(places)
