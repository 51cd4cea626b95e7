"""Small tabs in a panel's header; one picker instead of them where there is not room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLayout, QSizePolicy, QToolButton, QWidget

from nnstudio.ui.panels.parts.header import FlatCombo, Header

BUTTONS = 90
"""Pixels of a header that the buttons of all panels and the gaps take."""
CAPTION = 120
"""Pixels that a caption wants before there is room for tabs."""
_STYLE = "QToolButton { padding: 1px 4px; border-radius: 4px; font-size: 12px; }"


@dataclass(frozen=True)
class View:
    """One of the views that can be chosen."""

    key: str
    title: str
    tip: str


class ViewTabs(QWidget):
    """One of `views` is chosen at any time, if there are any."""

    chosen = Signal(str)
    """The person wants another view."""

    def __init__(self, tip: str) -> None:
        super().__init__()
        self.views: tuple[View, ...] = ()
        self.key = ""
        self.compact = False
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self.combo = FlatCombo(tip)
        self.combo.activated.connect(lambda index: self._choose(self.combo.itemData(index)))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(1)
        self._row.addWidget(self.combo)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # tabs do not make a panel wide
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_compact(False)

    def show_views(self, views: Sequence[View]) -> None:
        """Offer these; the chosen one stays where it is among them, else the first is."""
        if tuple(views) != self.views:
            self.views = tuple(views)
            self._rebuild()
        keys = [view.key for view in self.views]
        self.set_key(self.key if self.key in keys else next(iter(keys), ""))

    def set_key(self, key: str) -> None:
        """Show which one is chosen, without telling."""
        self.key = key
        if key in self._buttons:
            self._buttons[key].setChecked(True)
        self.combo.setCurrentIndex(self.combo.findData(key))

    @property
    def full_width(self) -> int:
        """What all tabs take."""
        return sum(button.sizeHint().width() + 1 for button in self._buttons.values())

    def sizeHint(self) -> QSize:
        width = self.combo.sizeHint().width() if self.compact else self.full_width
        return QSize(width, self.combo.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.combo.sizeHint().width(), self.combo.sizeHint().height())

    def set_compact(self, compact: bool) -> None:
        """One picker instead of tabs."""
        self.compact = compact
        self.updateGeometry()
        self.combo.setVisible(compact and bool(self.views))
        for button in self._buttons.values():
            button.setVisible(not compact)

    def fit(self, header: Header, controls: Sequence[QWidget]) -> None:
        """One picker instead of tabs where a header has not room for them, its controls and a caption."""
        taken = sum(control.sizeHint().width() + 8 for control in controls if not control.isHidden())
        caption = min(header.fontMetrics().horizontalAdvance(header.caption), CAPTION)
        self.set_compact(self.full_width + caption > header.width() - taken - BUTTONS)

    def _rebuild(self) -> None:
        for button in self._buttons.values():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {view.key: self._button(view) for view in self.views}
        self.combo.clear()
        for view in self.views:
            self.combo.addItem(view.title, view.key)
            self.combo.setItemData(self.combo.count() - 1, view.tip, Qt.ItemDataRole.ToolTipRole)
        self.set_compact(self.compact)

    def _button(self, view: View) -> QToolButton:
        button = QToolButton()
        button.setText(view.title)
        button.setCheckable(True)
        button.setToolTip(view.tip)
        button.setAccessibleName(view.title)
        button.setAccessibleDescription(view.tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setStyleSheet(_STYLE)
        button.clicked.connect(lambda _=False, key=view.key: self._choose(key))
        self._group.addButton(button)
        self._row.addWidget(button)
        return button

    def _choose(self, key: str) -> None:
        if key != self.key:
            self.set_key(key)
            self.chosen.emit(key)
