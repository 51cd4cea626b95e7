"""Shows hints one at a time, where they are of use, and never again what was read, put away or done."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from nnstudio.compiler.result import Compiled
from nnstudio.discovery import declared
from nnstudio.settings import Settings
from nnstudio.ui.command import Place
from nnstudio.ui.hints.bubble import Bubble
from nnstudio.ui.hints.hint import Hint, Moment, node_rect

LOOK_MS = 500
"""After something has happened, until a hint may come; and how often a shown one looks whether it still fits."""
PAUSE_S = 6.0
"""At least between two hints."""
CROWD = 200
READ_S = 4.0
"""A hint that was shown so long counts as read, whatever became of it."""


def all_hints() -> list[Hint]:
    """Every hint, the first steps first."""
    return sorted((hint for _, hint in declared("nnstudio.ui.hints", Hint)), key=lambda hint: hint.order)


class Guide(QObject):
    """Does nothing until `start`: tests and demonstrations are no newcomers."""

    def __init__(self, place: Place, settings: Settings) -> None:
        super().__init__(place.shell)
        self._place = place
        self._settings = settings
        self.moment = Moment(place)
        self.shown: Hint | None = None
        self.bubble = Bubble(place.shell)
        self.bubble.got_it.connect(self._got_it)
        self.bubble.no_more.connect(self._no_more)
        self._since = self._last = 0.0
        self._faults = 0
        self._hints: list[Hint] = []
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look from now on what a newcomer could need."""
        if self._hints:
            return
        self._hints = all_hints()
        bridge = self._place.bridge
        bridge.document_changed.connect(self._changed)
        bridge.recompiled.connect(self._recompiled)
        bridge.run_changed.connect(self._run_changed)
        bridge.selection_changed.connect(self._selected)
        bridge.session_changed.connect(self._wake)
        self._settings.subscribe(self._setting_changed)
        self._wake()

    def again(self) -> None:
        """All hints from the beginning."""
        self._settings.hints_seen = ()
        self._settings.hints = True
        self.moment = Moment(self._place)
        self._last = 0.0
        self.start()
        self._wake()

    def look(self) -> None:
        """Show what is due, or put away what is not any more."""
        self._forget_done()
        if self.shown is not None:
            self._keep_or_hide(self.shown)
        elif self._may_speak():
            self._show_first()
        if self.shown is None and monotonic() - self._last >= PAUSE_S:
            self._timer.stop()  # until something happens

    # What is shown

    def _show_first(self) -> None:
        unseen = (hint for hint in self._hints if hint.key not in self._settings.hints_seen)
        for hint in unseen:
            if hint.due(self.moment) and self._place_at(hint):
                self.shown, self._since = hint, monotonic()
                self.bubble.show()
                self.bubble.raise_()
                return

    def _place_at(self, hint: Hint) -> bool:
        anchor = hint.anchor(self.moment)
        self.bubble.say(hint.text())
        return not anchor.isEmpty() and self.bubble.point_at(anchor, self._place.shell.rect(), self._cards())

    def _cards(self) -> list[QRect]:
        """The cards in sight, which had better not be covered; of a crowd some are, whatever one does."""
        nodes = self._place.bridge.sheet.nodes
        return [node_rect(self.moment, node) for node in nodes] if len(nodes) <= CROWD else []

    def _keep_or_hide(self, hint: Hint) -> None:
        """It stays while it is of use, and goes along with what it explains."""
        fits = self._settings.hints and self._is_quiet() and hint.due(self.moment)
        if not (fits and self._place_at(hint)):
            self._put_away(read=monotonic() - self._since >= READ_S)

    def _put_away(self, *, read: bool) -> None:
        hint, self.shown = self.shown, None
        had_keyboard = self.bubble.isAncestorOf(QApplication.focusWidget() or self._place.shell)
        self.bubble.hide()
        self._last = monotonic()
        if hint is not None and read:
            self._remember(hint)
        if had_keyboard:
            self._place.canvas.setFocus()

    def _may_speak(self) -> bool:
        return self._settings.hints and monotonic() - self._last >= PAUSE_S and self._is_quiet()

    def _is_quiet(self) -> bool:
        """Nobody is in the middle of something."""
        pressed = QGuiApplication.mouseButtons().value != 0
        return not (pressed or self._place.canvas.busy() or QApplication.activePopupWidget() or self._is_covered())

    def _is_covered(self) -> bool:
        return bool(self._place.shell.asides.in_front())

    # What is remembered

    def _forget_done(self) -> None:
        """Who has done it needs no hint."""
        for hint in self._hints:
            if hint.key not in self._settings.hints_seen and hint.done(self.moment):
                self._remember(hint)
                if self.shown is hint:
                    self._put_away(read=True)

    def _remember(self, hint: Hint) -> None:
        if hint.key not in self._settings.hints_seen:
            self._settings.hints_seen = (*self._settings.hints_seen, hint.key)

    def _got_it(self) -> None:
        self._put_away(read=True)
        self._wake()

    def _no_more(self) -> None:
        self._settings.hints = False
        self._put_away(read=True)

    # What happens

    def _wake(self, *_: object) -> None:
        if self._settings.hints and not self._timer.isActive():
            self._timer.start()

    def _changed(self, change: object) -> None:
        self.moment.changes.add(type(change))
        self._wake()

    def _recompiled(self, compiled: Compiled) -> None:
        faults = len(compiled.errors)
        self.moment.mended = self.moment.mended or (self._faults > 0 and not faults)
        self._faults = faults
        self._wake()

    def _run_changed(self, *_: object) -> None:
        self.moment.trained = self.moment.trained or self._place.run.run.active
        self._wake()

    def _selected(self, nodes: tuple[str, ...]) -> None:
        self.moment.looked = self.moment.looked or (bool(nodes) and self._place.run.run.step > 0)
        self._wake()

    def _setting_changed(self, name: str) -> None:
        if name == "hints":
            self._wake()
            self.look()
