"""A monkey at the window: real mouse, keys, menus, drops and pastes, in an order that only its seed knows.

What it does follows from the seed and the drawing alone, so that a failure can be seen again: the last events are in
the message.
"""

from __future__ import annotations

import sys
import traceback
from collections import deque
from random import Random
from types import TracebackType
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.ui.canvas.gestures.drop import MIME
from nnstudio.ui.window import MainWindow
from tests.graph.drawings import holds, written

BUTTON, KEY, NO_KEY = Qt.MouseButton, Qt.Key, Qt.KeyboardModifier.NoModifier
MODIFIERS = (
    NO_KEY,
    NO_KEY,
    NO_KEY,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)
KEYS = (
    *(KEY.Key_Space, KEY.Key_Tab, KEY.Key_Escape, KEY.Key_Return, KEY.Key_Delete, KEY.Key_Backspace, KEY.Key_Home),
    *(KEY.Key_Left, KEY.Key_Right, KEY.Key_Up, KEY.Key_Down, KEY.Key_F2, KEY.Key_F6, KEY.Key_F, KEY.Key_M, KEY.Key_C),
    *(KEY.Key_A, KEY.Key_D, KEY.Key_G, KEY.Key_L, KEY.Key_X, KEY.Key_V, KEY.Key_Z, KEY.Key_Plus, KEY.Key_Minus),
    *(KEY.Key_1, KEY.Key_9, KEY.Key_PageDown, KEY.Key_End, KEY.Key_F3),
)
WORDS = ("conv", "dense", "relu", "zzz", "12", "-3", "add", "lstm", "mha", "[1, 2]", "name_1", "'")
LAYERS = ("Linear", "Conv2d", "ReLU", "Add", "Concatenate", "Dataset", "CrossEntropyLoss", "Flatten", "Value", "LSTM")
UNTOUCHED = {"quit", "restart_engine", "train", "train_on", "open_runs"}
"""Commands that would end the monkey's world, or start another."""
NOISE = ("propagateSizeHints", "does not support raise()", "does not support grabbing")
"""What the offscreen platform says of itself."""


class Silent:
    """Stands in for every dialog: nobody answers, and unsaved work may be left or not, as the monkey likes."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def ask_unsaved(self, *_: object) -> str:
        return self._random.choice(["discard", "cancel"])

    def __getattr__(self, name: str) -> Any:
        return lambda *_args, **_more: None


class Watch:
    """Hears every exception that nobody caught, and every warning of Qt, while it is entered."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __enter__(self) -> Watch:
        self._hook, sys.excepthook = sys.excepthook, self._raised
        self._handler = qInstallMessageHandler(self._told)
        return self

    def __exit__(self, *_: object) -> None:
        sys.excepthook = self._hook
        qInstallMessageHandler(self._handler)

    def _raised(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.heard.append("".join(traceback.format_exception(kind, error, trace)))

    def _told(self, kind: QtMsgType, _context: object, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(noise in message for noise in NOISE):
            self.heard.append(f"{kind.name}: {message}")


class Monkey:
    """`first` is what each project was when the monkey first saw it."""

    def __init__(self, window: MainWindow, random: Random, watch: Watch) -> None:
        self.window, self.random, self.watch = window, random, watch
        self.first: dict[Session, bytes] = {}
        self.log: deque[str] = deque(maxlen=25)
        self.counts: dict[str, int] = {}
        self.most_steps = 0
        window.bridge.session_changed.connect(self._meet)
        self._meet(window.bridge.session)
        self._acts = (
            *([self._click] * 10), *([self._drag] * 16), *([self._key] * 16), *([self._command] * 12),
            *([self._undo] * 5), *([self._redo] * 3), *([self._type] * 3), self._wheel, self._double,
            *([self._menu] * 2), *([self._drop] * 3), *([self._paste] * 2),
        )  # fmt: skip

    def play(self, events: int) -> None:
        """So many events. Raises AssertionError at the first that does harm."""
        for number in range(events):
            act = self.random.choice(self._acts)
            self.counts[act.__name__] = self.counts.get(act.__name__, 0) + 1
            act()
            self._tidy()
            self._check(thorough=number % 100 == 99)
        self.window.canvas.interrupt()
        self._check(thorough=True)

    def take_all_back(self) -> None:
        """Undo everything in every project: each is what it was."""
        self._settle()
        for session, first in self.first.items():
            document = session.document
            self.most_steps = max(self.most_steps, len(document.history.done))
            while document.undo():
                pass
            assert written(document) == first, self._story("undoing all does not give the first drawing")

    # What it knows

    def _meet(self, session: Session) -> None:
        self.first.setdefault(session, written(session.document))

    def _check(self, *, thorough: bool) -> None:
        assert not self.watch.heard, self._story(self.watch.heard[0])
        bridge, scene = self.window.bridge, self.window.canvas.canvas
        assert scene.nodes.keys() == bridge.sheet.nodes.keys(), self._story("the canvas shows other nodes")
        assert scene.links.keys() == set(bridge.sheet.links), self._story("the canvas shows other wires")
        if thorough:
            try:
                holds(bridge.session.document)
            except AssertionError as error:
                raise AssertionError(self._story(f"the document is broken: {error}")) from error

    def _story(self, what: str) -> str:
        return "\n".join([what, "", "The last events:", *self.log])

    def _tidy(self) -> None:
        """Menus and dialogs that were opened are closed, most of them after something was chosen."""
        self._settle()
        for _ in range(5):
            popup = QApplication.activePopupWidget()
            if popup is None:
                break
            for key in self.random.choices([KEY.Key_Down, KEY.Key_Up, KEY.Key_Return], k=self.random.randint(0, 4)):
                if QApplication.activePopupWidget() is popup:
                    QTest.keyClick(popup, key)
            if QApplication.activePopupWidget() is popup:
                popup.close()
            self._settle()
        for widget in QApplication.topLevelWidgets():
            if widget.isWindow() and widget.isVisible() and widget is not self.window:
                widget.close()
        if not self.window.isActiveWindow():
            self.window.activateWindow()
        self._settle()

    def _settle(self) -> None:
        for _ in range(2):
            QApplication.processEvents()

    # Where

    def _place(self) -> QPoint:
        """A card, a port, a wire, or anywhere."""
        view, scene = self.window.canvas, self.window.canvas.canvas
        what = self.random.random()
        if scene.nodes and what < 0.75:
            item = self.random.choice(list(scene.nodes.values()))
            spots = item.plan.spots
            if spots and what < 0.45:
                return view.mapFromScene(item.pos() + self.random.choice(spots).at)
            inside = QPointF(self.random.uniform(4, 170), self.random.uniform(4, 26))
            return view.mapFromScene(item.pos() + inside)
        if scene.links and what < 0.9:
            path = self.random.choice(list(scene.links.values())).path
            return view.mapFromScene(path.pointAtPercent(self.random.random()))
        room = view.viewport().rect()
        return QPoint(self.random.randint(0, room.width()), self.random.randint(0, room.height()))

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window.canvas

    # What it does

    def _note(self, words: str) -> None:
        self.log.append(words)

    def _click(self) -> None:
        at, held = self._place(), self.random.choice(MODIFIERS)
        self._note(f"click {at.toTuple()} {held}")
        QTest.mouseClick(self.window.canvas.viewport(), BUTTON.LeftButton, held, at)

    def _double(self) -> None:
        at = self._place()
        self._note(f"double click {at.toTuple()}")
        QTest.mouseDClick(self.window.canvas.viewport(), BUTTON.LeftButton, NO_KEY, at)

    def _drag(self) -> None:
        """Perhaps with a key in the middle, and perhaps its release is lost."""
        start, end, held = self._place(), self._place(), self.random.choice(MODIFIERS)
        button = self.random.choice([BUTTON.LeftButton] * 6 + [BUTTON.MiddleButton, BUTTON.RightButton])
        self._note(f"drag {start.toTuple()} → {end.toTuple()} {held} {button}")
        port = self.window.canvas.viewport()
        QTest.mousePress(port, button, held, start)
        for part in (0.1, 0.5, 1.0):
            self._move(start + (end - start) * part, button, held)
        if self.random.random() < 0.15:
            key = self.random.choice(KEYS)
            self._note(f"  with {key}")
            QTest.keyClick(self.window.canvas, key)
        if self.random.random() < 0.95:
            QTest.mouseRelease(port, button, held, end)
        else:
            self._note("  without a release")

    def _move(self, at: QPoint, button: Qt.MouseButton, held: Qt.KeyboardModifier) -> None:
        port = self.window.canvas.viewport()
        where = QPointF(port.mapToGlobal(at))
        event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), where, BUTTON.NoButton, button, held)
        QApplication.sendEvent(port, event)

    def _wheel(self) -> None:
        at, turn = QPointF(self._place()), self.random.choice([-240, -120, 120, 240])
        held = self.random.choice(MODIFIERS)
        self._note(f"wheel {turn} {held}")
        port = self.window.canvas.viewport()
        event = QWheelEvent(
            at, QPointF(port.mapToGlobal(at)), QPoint(), QPoint(0, turn), BUTTON.NoButton, held,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(port, event)

    def _key(self) -> None:
        key, held = self.random.choice(KEYS), self.random.choice(MODIFIERS)
        if self.random.random() < 0.7:
            self.window.canvas.setFocus()
        self._note(f"key {key} {held} at {type(self._focus()).__name__}")
        QTest.keyClick(self._focus(), key, held)

    def _type(self) -> None:
        text = self.random.choice(WORDS)
        self._note(f"type {text!r} at {type(self._focus()).__name__}")
        QTest.keyClicks(self._focus(), text)
        if self.random.random() < 0.7:
            QTest.keyClick(self._focus(), KEY.Key_Return)

    def _command(self) -> None:
        actions = self.window.actions_table
        possible = [
            row.key for row in actions.table if row.key not in UNTOUCHED and actions.action(row.key).isEnabled()
        ]
        key = self.random.choice(possible)
        self._note(f"command {key}")
        actions.action(key).trigger()

    def _undo(self) -> None:
        self._note("undo")
        self.window.actions_table.action("undo").trigger()

    def _redo(self) -> None:
        self._note("redo")
        self.window.actions_table.action("redo").trigger()

    def _menu(self) -> None:
        """The menu under the right button; `_tidy` chooses from it."""
        at = self._place()
        self._note(f"menu at {at.toTuple()}")
        QTest.mouseClick(self.window.canvas.viewport(), BUTTON.RightButton, NO_KEY, at)

    def _drop(self) -> None:
        """A layer from the palette. The drag itself is the desktop's, which there is none of here."""
        name, at = self.random.choice(LAYERS), self._place()
        self._note(f"drop {name} at {at.toTuple()}")
        data = QMimeData()
        data.setData(MIME, name.encode())
        port = self.window.canvas.viewport()
        allowed, left = Qt.DropAction.CopyAction, BUTTON.LeftButton
        QApplication.sendEvent(port, QDragEnterEvent(at, allowed, data, left, NO_KEY))
        QApplication.sendEvent(port, QDropEvent(QPointF(at), allowed, data, left, NO_KEY))

    def _paste(self) -> None:
        """A drawing of its own, something that is none, or what was copied."""
        text = self.random.choice([written(_small()).decode(), "no drawing", '{"nnstudio": 1}', ""])
        self._note(f"paste {text[:20]!r}")
        if text:
            QGuiApplication.clipboard().setText(text)
        self.window.canvas.setFocus()
        held = Qt.KeyboardModifier.ControlModifier
        QTest.keyClick(self.window.canvas, KEY.Key_V, held)


def _small() -> Document:
    """Something to paste."""
    document = Document("pasted")
    document.connect(document.add("Linear", "linear", out_features=3), document.add("ReLU", "relu", at=(240, 0)))
    return document
