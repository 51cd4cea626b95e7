"""What stands in the header of the predictions panel: the tabs of its views, and what a view can use."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from nnstudio.ui import icons, theme
from nnstudio.ui.data.tabs import ViewTabs
from nnstudio.ui.judging import board as views
from nnstudio.ui.judging.ramp import ramp
from nnstudio.ui.panels.parts.card import ARROW
from nnstudio.ui.panels.parts.header import FlatCombo, Header, tool_button
from nnstudio.ui.panels.parts.legend import ScaleBar

ROOM = 84
"""Pixels of the header that another view, freeze, save and gaps take."""
CHIP, LEAST_CHIP = 52, 40
"""What a chip takes beside its words, with its gaps, and its words at least."""


class Controls(QObject):
    """Puts itself into a header. Only what the view can use is shown."""

    viewed = Signal(str)
    """Another view is wanted."""
    turned = Signal(int)
    """Pages to go on, or back."""
    cleared = Signal()
    """All samples are to be shown again."""
    column_chosen = Signal()

    def __init__(self, header: Header) -> None:
        super().__init__(header)
        self._header = header
        self._filter_words = ""
        self.tabs = ViewTabs(self.tr("What is shown of the predictions"))
        self.chip = self._made_chip()
        self.scale = ScaleBar()
        self.percent = tool_button("percent", self.tr("Shares of each true class, in percent"), checkable=True)
        self.columns = FlatCombo(self.tr("Which number of a sample is judged"))
        self.pager, self.place = QWidget(), QLabel(textFormat=Qt.TextFormat.PlainText)
        self.back = tool_button("chevron-left", self.tr("Previous page"))
        self.forth = tool_button("chevron-right", self.tr("Next page"))
        self._arrange()
        self.tabs.chosen.connect(self.viewed)
        self.chip.clicked.connect(lambda: self.cleared.emit())
        self.columns.activated.connect(lambda _row: self.column_chosen.emit())
        self.back.clicked.connect(lambda: self.turned.emit(-1))
        self.forth.clicked.connect(lambda: self.turned.emit(1))
        theme.current().changed.connect(self._dress)

    @property
    def column(self) -> int:
        """The number of a sample that is judged, -1 for all."""
        return int(self.columns.currentData() or 0) if self.columns.count() else -1

    def show_for(self, view: str, filter_words: str, columns: Sequence[str]) -> None:
        """Show what the view can use."""
        self.chip.setVisible(view == views.SAMPLES and bool(filter_words))
        self._filter_words = filter_words
        self.chip.setToolTip(self.tr("{0}: show all samples again").format(filter_words))
        self.percent.setVisible(view == views.CONFUSION)
        self.scale.setVisible(view == views.CONFUSION)
        self._dress()
        self._list_columns(columns)
        self.columns.setVisible(view == views.RESIDUALS and len(columns) > 1)

    def show_page(self, page: int, pages: int) -> None:
        """Which of the pages is shown; nothing of one alone."""
        self.pager.setVisible(pages > 1)
        self.place.setText(f"{page + 1} / {pages}")
        self.back.setEnabled(page > 0)
        self.forth.setEnabled(page < pages - 1)

    def hide(self) -> None:
        """There is nothing to show."""
        for control in (self.tabs, *self._controls):
            control.hide()

    def fit(self, caption: str) -> None:
        """Tabs become a picker, and then the scale is short, where there is not room for them and the caption."""
        self._fit_chip()
        taken = sum(each.sizeHint().width() + 8 for each in self._controls if not each.isHidden())
        words = self._header.fontMetrics().horizontalAdvance(caption) + 12
        self.tabs.set_compact(self.tabs.full_width > self._header.width() - taken - ROOM - words)
        self.scale.set_short(self.tabs.compact)

    # Inside

    def _fit_chip(self) -> None:
        """As much of its words as there is room for beside a picker and the pages; all of them are in the tip."""
        words, names = self.chip.fontMetrics(), self._filter_words.split(ARROW)
        others = self.tabs.combo.sizeHint().width() + self.pager.sizeHint().width() + ROOM
        room = max(self._header.width() - others - CHIP, LEAST_CHIP)
        if words.horizontalAdvance(self._filter_words) > room:
            each = (room - words.horizontalAdvance(ARROW) * (len(names) - 1)) // len(names)
            names = [words.elidedText(name, Qt.TextElideMode.ElideRight, each) for name in names]
        self.chip.setText(ARROW.join(names))

    @property
    def _controls(self) -> tuple[QWidget, ...]:
        return (self.chip, self.scale, self.percent, self.columns, self.pager)

    def _arrange(self) -> None:
        row = QHBoxLayout(self.pager)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.back, self.place, self.forth):
            row.addWidget(widget)
        self.place.setProperty("class", "muted")
        self._header.add_first(self.tabs)
        self._header.frozen_changed.connect(self.tabs.setDisabled)
        self._header.add_key(self.scale)
        for control in self._controls:
            if control is not self.scale:
                self._header.add_control(control)

    def _made_chip(self) -> QToolButton:
        chip = QToolButton()
        chip.setIcon(icons.icon("close", "muted"))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setMinimumWidth(1)  # it does not make a panel wide
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.setStyleSheet("QToolButton { padding: 1px 6px; border-radius: 8px; }")
        return chip

    def _list_columns(self, columns: Sequence[str]) -> None:
        if list(columns) != [self.columns.itemText(row) for row in range(1, self.columns.count())]:
            self.columns.clear()
            for number, name in enumerate([self.tr("all numbers"), *columns] if columns else [], -1):
                self.columns.addItem(name, number)

    def _dress(self) -> None:
        self.scale.set_scale("0", "100 %", ramp())
