"""The one place where a failure is shown to a person: slim notices over the canvas, never in the way of it.

Information goes by itself, and so does what was refused at once and can be seen to be; what went wrong stays until it
is closed, its cause is gone, or another project is opened. The texts may come from files and from the
engine, so they are plain text always.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from nnstudio.errors import EngineClosed, NNStudioError
from nnstudio.graph.nodes import Node
from nnstudio.project.session import Run, Session, Trouble
from nnstudio.protocol.client import EngineChange
from nnstudio.ui import icons, theme
from nnstudio.ui.bridge import Bridge

INFO_MS = 6000
"""How long information stays, when the mouse is not on it."""
LEAST_WORDS = 280
"""Room for the words beside a button; where there is less, the button stands below them."""
MOST = 3
"""Notices at a time; the oldest goes."""
WIDTH = 520
SIGN = 16
"""The icon before the words."""
_COLORS = {"info": "accent", "good": "good", "warning": "warning", "error": "bad"}
_ICONS = {"info": "info", "good": "check", "warning": "warning", "error": "error"}


class Notice(QFrame):
    """One message with what to do about it."""

    closed = Signal(object)

    def __init__(self, kind: str, message: str, fix: str, parent: QWidget, *, passing: bool = False) -> None:
        """A `passing` one goes by itself, whatever its kind."""
        super().__init__(parent)
        self.kind, self.message, self.fix = kind, message, fix
        self.action_button: QPushButton | None = None
        self._call: Callable[[], None] = lambda: None
        self._passing = passing or kind in ("info", "good")
        self._times = 1
        self.setProperty("class", "card")
        self.text = _plain(message)
        self.advice = _plain(fix, "muted")
        self.copy_button = self._button("copy", self.tr("Copy the text"), self.copy)
        self.close_button = self._button("close", self.tr("Close"), lambda: self.closed.emit(self))
        self._timer = QTimer(self, singleShot=True, interval=INFO_MS)
        self._timer.timeout.connect(lambda: self.closed.emit(self))
        self._arrange()
        self.setAccessibleName(f"{message} {fix}")
        self._wait()

    def again(self) -> None:
        """The same has happened once more."""
        self._times += 1
        self.text.setText(f"{self.message} (×{self._times})")
        self._wait()

    def offer(self, label: str, call: Callable[[], None]) -> None:
        """A button that does what the notice advises, and closes it. A later one takes its place."""
        self._call = call
        if self.action_button is None:
            self.action_button = QPushButton(self)
            self.action_button.clicked.connect(lambda: self._call())
            self.action_button.clicked.connect(lambda: self.closed.emit(self))
        self.action_button.setText(label)
        self._place(self.action_button)

    def copy(self) -> None:
        """Put the text on the clipboard."""
        QGuiApplication.clipboard().setText(f"{self.message} {self.fix}".strip())

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._wait()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card with a bar of the kind's colour at its left."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(0, 0, 0, 0)))
        painter.setBrush(theme.color(_COLORS[self.kind]))
        painter.drawRoundedRect(1, 6, 3, self.height() - 12, 1.5, 1.5)

    def _place(self, button: QPushButton) -> None:
        """Beside the words, or below where they would be squeezed."""
        for layout in (self._row, self._words):
            layout.removeWidget(button)
        others = sum(item.sizeHint().width() + self._row.spacing() for item in (self.copy_button, self.close_button))
        margins = self._row.contentsMargins()
        room = WIDTH - margins.left() - margins.right() - SIGN - 2 * self._row.spacing() - others
        if room - button.sizeHint().width() < LEAST_WORDS:
            self._words.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._row.insertWidget(2, button, 0, Qt.AlignmentFlag.AlignVCenter)
        button.show()  # at once: what is hidden has no room in the height

    def _wait(self) -> None:
        if self._passing:
            self._timer.start()

    def _button(self, icon: str, tip: str, call: Callable[[], None]) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setProperty("class", "muted")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(call)
        if icon in icons.names():
            button.setIcon(icons.icon(icon, "muted"))
        else:
            button.setText(tip.split()[0])
        return button

    def _arrange(self) -> None:
        sign = QLabel()
        sign.setPixmap(icons.icon(_ICONS[self.kind], _COLORS[self.kind]).pixmap(QSize(SIGN, SIGN)))
        self._words = words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.text)
        words.addWidget(self.advice)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.advice.setVisible(bool(self.fix))  # only now: without a parent it would be a window
        row.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)


class Notices(QObject):
    """Shows notices at the top of `host`, newest below."""

    def __init__(self, host: QWidget, bridge: Bridge) -> None:
        super().__init__(host)
        self._host = host
        self._bridge = bridge
        self._lost = False
        self._engine_words: set[str] = set()
        self._former: Session | None = None
        self._foreign: Notice | None = None
        self._stuck: Notice | None = None
        self.shown: list[Notice] = []
        host.installEventFilter(self)
        bridge.trouble.connect(self._trouble)
        bridge.engine_changed.connect(self._engine)
        bridge.starts_anew.connect(self._anew)
        bridge.run_changed.connect(self._run)
        bridge.session_changed.connect(self._opened)
        bridge.recompiled.connect(self._read)
        self._told_run: tuple[int, str] = (0, "")
        if bridge.current is not None:
            self._opened(bridge.current)

    def info(self, message: str, fix: str = "") -> Notice:
        """Something to know; goes by itself."""
        return self.show("info", message, fix)

    def good(self, message: str, fix: str = "") -> None:
        """Something worked; goes by itself."""
        self.show("good", message, fix)

    def offer(self, message: str, fix: str, label: str, call: Callable[[], None]) -> None:
        """Something was done, which can be taken back or gone on with; goes by itself."""
        self.show("good", message, fix).offer(label, call)
        self.arrange()

    def error(self, message: str, fix: str = "") -> None:
        """Something failed; stays until closed. The engine's end, which many may wait for, is told once."""
        if _joined(message, fix) not in self._engine_words:
            self.show("error", message, fix)

    def report(self, error: BaseException) -> None:
        """An exception, in its own words if it is one of ours. What the person called off is no failure."""
        if isinstance(error, CancelledError | EngineClosed):
            return
        if isinstance(error, NNStudioError):
            self.error(error.message, error.fix)
        else:
            self.error(self.tr("Something went wrong inside: {0}.").format(f"{type(error).__name__}: {error}"))

    def watch(
        self,
        future: Future[Any],
        done: Callable[[Any], None] = lambda reply: None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Call `done` with the reply once it is there. A failure is shown, or given to `failed` instead."""
        self._bridge.when(future, partial(self._answered, done, failed or self.report))

    def stuck(self, restart: Callable[[], None]) -> None:
        """The engine was asked to stop the run and has not; goes when the run ends."""
        words = self.tr("A step takes long, or code that was typed in never ends. Wait, or Train ▸ Restart Engine.")
        self._stuck = self.show("warning", self.tr("The engine does not answer."), words)
        self._stuck.offer(self.tr("Restart Engine"), restart)
        self.arrange()

    def show(self, kind: str, message: str, fix: str = "", *, passing: bool = False) -> Notice:
        """Show a notice, or count it up where the same is shown already."""
        for notice in self.shown:
            if (notice.kind, notice.message, notice.fix) == (kind, message, fix):
                notice.again()
                return notice
        notice = Notice(kind, message, fix, self._host, passing=passing)
        notice.closed.connect(self.close)
        self.shown.append(notice)
        for old in self.shown[:-MOST]:
            self.close(old)
        notice.show()
        self.arrange()
        return notice

    def close(self, notice: Notice) -> None:
        """Take a notice away."""
        if notice in self.shown:
            self.shown.remove(notice)
            notice.hide()
            notice.deleteLater()
            self.arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the top of the host, whatever its size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.arrange()
        return super().eventFilter(watched, event)

    def _answered(
        self, done: Callable[[Any], None], failed: Callable[[BaseException], None], future: Future[Any]
    ) -> None:
        error = CancelledError() if future.cancelled() else future.exception()
        if error is not None:
            failed(error)
        else:
            done(future.result())

    def _trouble(self, trouble: Trouble) -> None:
        if trouble.passing:
            self.show("warning", trouble.message, trouble.fix, passing=True)
        else:
            self.error(trouble.message, trouble.fix)

    def _opened(self, session: Session) -> None:
        if self._former is not None:
            self._close_all_but_engine_words()
        self._former = session
        self._told_run = (session.run.number, session.run.state)  # what became of it earlier is no news
        unread = session.measuring.unread(session.document)
        if unread:
            names = [self._name_and_block(session, node) for node in unread[:4]]
            listed = ", ".join(names) + ("…" if len(unread) > 4 else "")
            message = self.tr("This project carries code, which has not run: {0}.").format(listed)
            fix = self.tr("Choose the layer and read it; then allow it, or leave it.")
            self._foreign = self.show("warning", message, fix)

    def _name_and_block(self, session: Session, node: Node) -> str:
        block = session.document.sheet_of(node.id).block
        if not block:
            return f"'{node.name}'"
        return self.tr("'{0}' in block {1}").format(node.name, session.document.blocks[block].name)

    def _read(self, _: object) -> None:
        """The notice about foreign code goes once there is none that waits to be read."""
        session = self._former
        if self._foreign is not None and session is not None and not session.measuring.unread(session.document):
            self.close(self._foreign)
            self._foreign = None

    def _close_all_but_engine_words(self) -> None:
        """What was told of another project is of no use any more; the engine is the same."""
        for notice in [item for item in self.shown if _joined(item.message, item.fix) not in self._engine_words]:
            self.close(notice)
        self._foreign = self._stuck = None

    def _engine(self, change: EngineChange) -> None:
        if change.state in ("lost", "stopped"):
            self._lost = True
            restarting = change.state == "lost"
            fix = "" if restarting else self.tr("Choose Train ▸ Restart Engine to try again.")
            self._engine_words |= {change.message, _joined(change.message, fix)}
            self._close_engine_words()  # those who waited for an answer may have told already
            self.show("warning" if restarting else "error", change.message, fix)
        elif change.state == "ready" and self._lost:
            self._lost = False
            self._close_engine_words()
            self._engine_words.clear()
            self.good(self.tr("The engine is back. The drawing was not touched."))

    def _close_engine_words(self) -> None:
        """Take away what was told of the engine's end."""
        for notice in [item for item in self.shown if _joined(item.message, item.fix) in self._engine_words]:
            self.close(notice)

    def _anew(self, nodes: tuple[str, ...]) -> None:
        listed = ", ".join(f"'{name}'" for name in nodes[:4]) + ("…" if len(nodes) > 4 else "")
        message = self.tr("Not trained any more: {0}. The old weights do not fit.").format(listed)
        self.info(message, self.tr("Train ▸ Train On keeps the rest."))

    def _run(self, run: Run) -> None:
        if self._stuck is not None and not run.active:
            self.close(self._stuck)
            self._stuck = None
        told = (run.number, run.state)
        if told == self._told_run:
            return
        self._told_run = told
        # A run that the engine took with it is told as the engine's end; one that never began, by who asked for it.
        if run.state == "failed" and run.message and run.number and not self._lost:
            self.error(run.message, run.fix)

    def arrange(self) -> None:
        """Put the notices one below the other."""
        width = min(WIDTH, self._host.width() - 32)
        top = 12
        for notice in self.shown:
            height = notice.heightForWidth(width) if notice.hasHeightForWidth() else notice.sizeHint().height()
            notice.setGeometry((self._host.width() - width) // 2, top, width, max(height, 36))
            notice.raise_()
            top += notice.height() + 8


def _joined(message: str, fix: str) -> str:
    return f"{message} {fix}".strip()


def _plain(text: str, look: str = "") -> QLabel:
    made = QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setProperty("class", look)
    return made
