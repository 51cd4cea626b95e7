"""Search in the document: a slim bar over the canvas that counts what it finds and goes from one to the next.

What is found in the drawing that is shown stays as it is, and the rest fades.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit

from nnstudio.graph.finding import Finder, Place
from nnstudio.ui import buttons, keymap
from nnstudio.ui.canvas.stage import Stage

WIDTH, INSET = 380, 8
FADED = 0.3
"""How much is seen of what was not found."""


class FindBar(QFrame):
    """Over the top right corner of the canvas. The text stays when it is closed."""

    def __init__(self, view: Stage) -> None:
        super().__init__(view)
        self._view, self._bridge = view, view.bridge
        self._finder: Finder | None = None
        self.found: list[Place] = []
        self._at = -1
        self.setProperty("class", "popup")
        self.field = QLineEdit(placeholderText=self.tr("Find in the project…"))
        self.field.setAccessibleName(self.tr("Find in the project"))
        self.count = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.count.setProperty("class", "muted")
        self._arrange()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._look_again)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        view.installEventFilter(self)
        self._bridge.document_changed.connect(self._outdated)
        for signal in (self._bridge.session_changed, self._bridge.sheet_changed):
            signal.connect(self._outdated)
        self.hide()

    def begin(self) -> None:
        """Open it, with the last text to type over."""
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._search()

    def end(self) -> None:
        """Close it; everything is seen in full again, and the canvas has the keys."""
        self.hide()
        self._fade(None)
        self._view.setFocus(Qt.FocusReason.PopupFocusReason)

    def go(self, steps: int) -> None:
        """To the next one, or with -1 to the one before; without anything to look for, begin."""
        if not self.field.text().strip():
            self.begin()
            return
        if self._finder is None:
            self._look()
        if self.found:
            self._at = (self._at + steps) % len(self.found) if self._at >= 0 else min(steps, 0) % len(self.found)
            self._show(self.found[self._at])
        self._tell()

    def event(self, event: QEvent) -> bool:
        """Keys of the canvas mean nothing in here; those with Ctrl that the window has stay."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return super().event(event)
        if event.modifiers() & _COMMANDS and event.key() in _WINDOW_KEYS:
            return False
        event.accept()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field's keys; and the bar keeps to its corner."""
        if watched is self._view and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is not self.field or not isinstance(event, QKeyEvent):
            return False
        key, back = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        enters = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3) and not event.modifiers() & _COMMANDS
        mine = enters or key == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and mine:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and mine:
            self.go(-1 if back else 1) if enters else self.end()
            return True
        return False

    # Inside

    def _search(self) -> None:
        self._at = -1
        self._look()
        self._tell()

    def _outdated(self, *_: object) -> None:
        """The document is another one, or says something else."""
        self._finder = None
        if self.isVisible():
            self._later.start()

    def _look_again(self) -> None:
        here = self.found[self._at] if 0 <= self._at < len(self.found) else None
        self._look()
        self._at = self.found.index(here) if here in self.found else -1
        self._tell()

    def _look(self) -> None:
        if self._finder is None:
            self._finder = Finder(self._bridge.session.document)
        self.found = self._finder.find(self.field.text())
        if self.isVisible():
            self._fade({place.key for place in self.found} if self.field.text().strip() else None)

    def _show(self, place: Place) -> None:
        """Choose it and bring it into view, in the drawing it lies in."""
        if place.is_mark:
            if self._bridge.sheet.block != place.sheet:
                self._bridge.show_sheet(place.sheet)
            self._view.canvas.choose((place.key,))
        else:
            self._bridge.select((place.key,))
        self._view.reveal((place.key,))

    def _fade(self, found: set[str] | None) -> None:
        """Everything but what was found; nothing without a search."""
        canvas = self._view.canvas
        for key, item in (*canvas.nodes.items(), *canvas.marks.items.items()):
            item.setOpacity(1.0 if found is None or key in found else FADED)

    def _tell(self) -> None:
        text = self.field.text().strip()
        if not text:
            words = ""
        elif not self.found:
            words = self.tr("Nothing found")
        elif self._at < 0:
            words = self.tr("{0} found").format(len(self.found))
        else:
            words = self.tr("{0} of {1}").format(self._at + 1, len(self.found))
        self.count.setText(words)
        self.count.setProperty("class", "warning" if words and not self.found else "muted")
        self.count.style().polish(self.count)
        for button in self._steps:
            button.setEnabled(bool(self.found))
        if QAccessible.isActive() and words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, words))

    def _place(self) -> None:
        width = min(WIDTH, self._view.width() - 2 * INSET)
        self.setFixedSize(width, self.sizeHint().height())
        self.move(self._view.width() - width - INSET, INSET)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 6, 6)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance(self.tr("Nothing found")) + 4)
        row.addWidget(self.count)
        before = buttons.small("chevron-up", self.tr("The one before"), lambda: self.go(-1))
        after = buttons.small("chevron-down", self.tr("The next one"), lambda: self.go(1))
        keymap.tip(before, self.tr("The one before"), "find_previous")
        keymap.tip(after, self.tr("The next one"), "find_next")
        self._steps = (before, after)
        for button in (before, after, buttons.small("close", self.tr("Close (Escape)"), self.end)):
            row.addWidget(button)


_WINDOW_KEYS = (Qt.Key.Key_F, Qt.Key.Key_S, Qt.Key.Key_W, Qt.Key.Key_N, Qt.Key.Key_O, Qt.Key.Key_Q)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
