"""The list of commands over the window: type, choose with the arrows, Enter does it, Escape goes back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from nnstudio.ui import theme
from nnstudio.ui.finder.offers import Offer, Offers
from nnstudio.ui.finder.rows import OFFER, ROW, OfferDelegate, OfferModel

WIDTH, TOP = 640, 56
MOST_ROWS = 9
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: MOST_ROWS, Qt.Key.Key_PageUp: -MOST_ROWS}


class Finder(QFrame):
    """A part of the window, not a dialog: it goes as soon as the person turns to something else."""

    def __init__(self, window: QWidget, gather: Callable[[], Offers]) -> None:
        """`gather` tells what is offered at the moment."""
        super().__init__(window)
        self._window = window
        self._gather = gather
        self._offers = gather()
        self._before: QWidget | None = None
        self.setProperty("class", "card")
        self.setAccessibleName(self.tr("Commands"))
        self.field = QLineEdit(placeholderText=self.tr("Type a command, a layer, an example…"))
        self.field.setAccessibleName(self.tr("Command"))
        self.model = OfferModel()
        self.list = QListView()
        self.empty = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._arrange()
        self.hide()
        self.field.textEdited.connect(self._search)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._run)
        window.installEventFilter(self)
        theme.current().changed.connect(self.list.viewport().update)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def open(self) -> None:
        """Offer what can be done now; called again, begin anew."""
        if not self.isVisible():
            self._before = self._window.focusWidget()
        self._offers = self._gather()
        self.field.clear()
        self._search("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_and_go_back(self) -> None:
        """The keyboard is again where it was."""
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.close_and_go_back()
        else:
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True

    def _step(self, rows: int) -> None:
        """From end to end a single step goes round."""
        count, here = self.model.rowCount(), self.list.currentIndex().row()
        if not count:
            return
        there = (here + rows) % count if abs(rows) == 1 else min(max(here + rows, 0), count - 1)
        self.list.setCurrentIndex(self.model.index(there))

    def _search(self, text: str) -> None:
        found = self._offers.find(text)
        self.model.show(found)
        self.list.setVisible(bool(found))
        self.empty.setVisible(not found)
        self.empty.setText(self.tr("Nothing is called '{0}'. Try another word for it.").format(text.strip()))
        self.list.setCurrentIndex(self.model.index(0))
        self._place()

    def _run(self, index: QModelIndex) -> None:
        """Do what is chosen, as if it were chosen where the person was before."""
        offer: Offer | None = index.data(OFFER)
        if offer is None or not offer.possible:
            return
        self.close_and_go_back()
        self._offers.used(offer)
        offer.call()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.isVisible() and new is not self and not self.isAncestorOf(new):
            self._before = None
            self.hide()

    def _place(self) -> None:
        rows = min(self.model.rowCount(), MOST_ROWS)
        self.list.setFixedHeight(min(rows * ROW, max(self._window.height() - TOP - 120, 3 * ROW)) + 2)
        width = min(WIDTH, self._window.width() - 48)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((self._window.width() - width) // 2, TOP)

    def _arrange(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(OfferDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setProperty("class", "bare")
        self.list.setAccessibleName(self.tr("Commands found"))
        self.empty.setProperty("class", "muted")
        self.empty.setContentsMargins(12, 8, 12, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self.empty)
