"""What a live panel is, and how the window finds them all.

A panel is one module with one PanelType at its top level. It is fed by the bridge, never has a refresh button, and
costs nothing while nobody looks at it: its probe is asked for only while it is visible and not frozen.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QPoint, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QStackedLayout, QVBoxLayout, QWidget

from nnstudio.compiler.result import Compiled
from nnstudio.discovery import declared
from nnstudio.project.session import Run, Session, Trouble
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts import picture_files
from nnstudio.ui.panels.parts.empty import EmptyState
from nnstudio.ui.panels.parts.feed import Feed
from nnstudio.ui.panels.parts.header import Header
from nnstudio.ui.panels.parts.suits import no_project
from nnstudio.ui.panels.parts.warm import load_now, warm, warm_up

REFRESH_MS = 50
"""Shortest time between two pictures: twenty a second."""

GROUPS = ("left", "middle", "right")


@dataclass(frozen=True)
class PanelType:
    """The declaration of a panel. `title` and `summary` are English; `label()` and `tip()` are translated."""

    key: str
    title: str
    icon: str
    group: str
    order: int
    make: Callable[[Bridge], Panel]
    summary: str
    suits: Callable[[Compiled], bool] = no_project
    """Whether it is made for such a project: it comes to the front of its group when one is opened."""
    open: bool = True
    """Whether its tab is there from the beginning; else it is opened from the menu, or by a project that it suits."""
    several: bool = True
    """Whether it can be opened several times, as one that shows a node or a sample."""
    at_once: bool = False
    """Whether it is made with the window; else when somebody first sees it."""

    def label(self) -> str:
        return QCoreApplication.translate("panels", self.title)

    def tip(self) -> str:
        return QCoreApplication.translate("panels", self.summary)


class Panel(QWidget):
    """Base of all panels: a slim header above a body that shows either data or what would bring some.

    A panel calls `schedule()` when something has changed and draws in `refresh()`, which runs at most twenty times a
    second and only while somebody looks. Panels fed by a probe call `subscribe_probe` and draw in `on_frame`.
    """

    badge_changed = Signal(str)
    """A short text to put behind the title, such as a count; empty for none."""
    another_asked = Signal()
    """Another view of this panel is wanted."""

    title: ClassVar[str] = ""
    """In English, as in the PanelType."""
    icon: ClassVar[str] = ""
    plots: ClassVar[bool] = False
    """Whether it will need pyqtgraph, which is loaded beside the window's thread once there is a run to draw."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.bridge = bridge
        self.badge = ""
        self.header = Header(self)
        self.body = QWidget(self)
        self.empty = EmptyState(self)
        self._caption = ""
        self._due = False
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._fire)
        self.feed = Feed(bridge, self)
        self.feed.arrived.connect(self.schedule)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.body)
        self._arrange()
        self.setWindowTitle(QCoreApplication.translate("panels", self.title))
        bridge.session_changed.connect(self.header.follow_again)
        bridge.recompiled.connect(self._mark_caption)
        self.header.frozen_changed.connect(self._attend)
        self.header.save_asked.connect(self.ask_and_save)
        self.header.another_asked.connect(self.another_asked)
        if self.plots:
            bridge.run_changed.connect(self._expect_plots)

    @property
    def session(self) -> Session | None:
        """The session that is shown, if there is one yet."""
        return self.bridge.current

    @property
    def looking(self) -> bool:
        """Whether the panel follows: it is in front and not frozen."""
        return self._shown and self._in_front and not self.header.frozen

    def come_forward(self, in_front: bool) -> None:
        """Whether its tab is the one that is seen; Qt keeps those behind it shown, out of the window."""
        self._in_front = in_front
        self._attend()
        if self._due:
            self._fire()  # at once: keys may go to it next

    # What a panel shows

    def set_body(self, body: QWidget) -> None:
        """Put `body` in place of the one before."""
        shown = self._stack.currentWidget() is self.body
        self._stack.removeWidget(self.body)
        self.body.deleteLater()
        self.body = body
        self._stack.addWidget(body)
        if shown:
            self._stack.setCurrentWidget(body)

    def show_empty(self, text: str) -> None:
        """Say what would fill the panel."""
        self.empty.set_text(text, self.icon)
        self._stack.setCurrentWidget(self.empty)
        self.header.set_saving(False)

    def show_nothing(self, advice: str) -> None:
        """Say what would fill the panel, or what has to be mended first."""
        self.show_caption("")
        self.show_empty(self.obstacle() or advice)

    def show_caption(self, text: str) -> None:
        """Say what a frame shows. While the drawing has errors, that is the network before the last edit."""
        self._caption = text
        words = [text, self.tr("before the last edit")] if text and self.obstacle() else [text]
        self.header.set_caption(" · ".join(words))

    def _mark_caption(self, _compiled: Compiled) -> None:
        if self._caption:
            self.show_caption(self._caption)

    def obstacle(self) -> str:
        """What has to be mended before there can be another frame, or an empty string."""
        errors = self.session.compiled.errors if self.session and self.drawn else ()
        return self.tr("Mend the problem first: {0}").format(errors[0].message) if errors else ""

    def waiting(self) -> str:
        """Why there is no frame yet although nothing is wrong."""
        other = self.bridge.training_elsewhere if self.session else None
        if other is None:
            return QCoreApplication.translate("panels", "The first look is on its way.")
        words = QCoreApplication.translate("panels", "'{0}' is training. There is something to see here when it ends.")
        return words.format(other.document.title)

    @property
    def drawn(self) -> bool:
        """Whether there is anything in the drawing."""
        return self.session is not None and bool(self.session.document.nodes)

    def name_of(self, node: str) -> str:
        """A node's name by its id, wherever it lies; empty for none."""
        document = self.session.document if self.session else None
        return document.node(node).name if document is not None and node and node in document else ""

    def name_now(self, name: str) -> str:
        """What the drawing calls a module or a tensor of the engine: a run goes by the names of its beginning."""
        steering = self.session.steering if self.session else None
        return steering.following.name_now(name) if steering and steering.active else name

    def name_then(self, name: str) -> str:
        """What the engine calls a module or a tensor of the drawing; empty for one that the run does not have."""
        steering = self.session.steering if self.session else None
        return steering.following.name_then(name) if steering and steering.active else name

    def show_body(self) -> None:
        self._stack.setCurrentWidget(self.body)
        self.header.set_saving(True)

    @property
    def is_empty(self) -> bool:
        return self._stack.currentWidget() is self.empty

    def set_badge(self, text: str) -> None:
        if text != self.badge:
            self.badge = text
            self.badge_changed.emit(text)

    # How it is fed

    def subscribe_probe(self, name: str, options: Mapping[str, Option]) -> None:
        """Want this probe's frames with these options. They are asked for only while somebody looks."""
        self.feed.ask(name, options)

    def schedule(self) -> None:
        """Something has changed: `refresh` soon, or when somebody looks again."""
        self._due = True
        if self.looking and not self._timer.isActive():
            spent = self._clock.elapsed() if self._clock.isValid() else REFRESH_MS
            self._timer.start(int(max(0, REFRESH_MS - spent)))

    def plots_ready(self) -> bool:
        """Whether a plot can be made now; if not, `refresh` comes again when it can."""
        if warm():
            return True
        load_now()
        self._timer.start(REFRESH_MS)
        return False

    def refresh(self) -> None:
        """Draw what is known now. Here: the newest frame."""
        frame = self.feed.take()
        if frame is None or not self.drawn:  # what a network says that is no more
            return
        if frame.problem:
            self.on_problem(frame)
        else:
            self.on_frame(frame)

    def on_frame(self, frame: ProbeFrame) -> None:
        """A frame of the probe came in; overridden by panels that ask for one."""

    def on_problem(self, frame: ProbeFrame) -> None:
        """The probe could not look, and says why."""
        self.show_caption("")
        self.show_empty(frame.problem)

    # What can be taken away

    def rows(self) -> Iterable[Sequence[object]]:
        """What the panel shows as a table, the column names first."""
        return []

    def picture_line(self) -> str:
        """What is written over a saved picture."""
        return " · ".join(filter(None, (self.windowTitle(), self.header.caption)))

    def paint_body(self, painter: QPainter, at: QPoint) -> None:
        """Paint the body into a file."""
        QWidget.render(self.body, painter, at)  # QWidget's own: a graphics view has another render

    def save_png(self, path: Path | str) -> None:
        """Write the picture with its caption. Raises OSError."""
        picture_files.save_png(self._picture(), Path(path))

    def save_svg(self, path: Path | str) -> None:
        """Write the picture with its caption. Raises OSError."""
        picture_files.save_svg(self._picture(), Path(path))

    def save_csv(self, path: Path | str) -> None:
        """Write `rows()`. Raises OSError."""
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(self.rows())

    def ask_and_save(self, suffix: str) -> None:
        """Let the person choose a file, and write it."""
        name = f"{self.windowTitle().lower()}.{suffix}"
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save {0}").format(self.windowTitle()), name, f"*.{suffix}")
        if path:
            self.save(path if Path(path).suffix else f"{path}.{suffix}", suffix)

    def save(self, path: str, suffix: str) -> None:
        """Write a file of that kind; a failure is shown as a notice."""
        try:
            {"png": self.save_png, "svg": self.save_svg, "csv": self.save_csv}[suffix](path)
        except OSError as error:
            message = self.tr("{0} could not be written: {1}.").format(path, error.strerror or error)
            self.bridge.trouble.emit(Trouble(message, self.tr("Choose another place.")))

    # Inside

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._shown = True
        self._expect_plots()
        self._attend()

    def _expect_plots(self, _run: Run | None = None) -> None:
        """Be ready for the first curve; not before there will be one, as it takes twenty megabytes."""
        if not (self.plots and self._shown and self.session):
            return
        if self.session.run.active:
            load_now()
        elif self.session.run.epochs:
            warm_up()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._shown = False
        self._attend()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_empty:
            self.body.setGeometry(self.empty.geometry())
            self.on_room()

    def on_room(self) -> None:
        """The body, not shown yet, has another size: what is asked for may depend on it."""

    _shown = False
    _in_front = True

    def _attend(self) -> None:
        self.feed.look(self.looking)
        if self._due:
            self.schedule()

    def _picture(self) -> picture_files.Picture:
        return picture_files.Picture(self.picture_line(), self.header.keys, self.body.size(), self.paint_body)

    def _fire(self) -> None:
        if self.looking:
            self._due = False
            self._clock.restart()
            self.refresh()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 10)
        layout.setSpacing(4)
        layout.addWidget(self.header)
        layout.addLayout(self._stack, 1)


@cache
def panel_types() -> list[PanelType]:
    """Every PanelType at the top level of a module of this package, by group and order."""
    found = [panel for _, panel in declared("nnstudio.ui.panels", PanelType)]
    keys = [panel.key for panel in found]
    if len(set(keys)) != len(keys):
        raise ValueError(f"two panels have the same key: {keys}")
    return sorted(found, key=lambda panel: (GROUPS.index(panel.group), panel.order))
