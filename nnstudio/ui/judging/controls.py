"""What stands in the header of the predictions panel: the tabs of its views, and what a view can use."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from nnstudio.ui import icons, theme
from nnstudio.ui.data.tabs import ViewTabs
from nnstudio.ui.judging import board as views
from nnstudio.ui.judging.ramp import ramp
from nnstudio.ui.panels.parts.header import FlatCombo, Header, tool_button
from nnstudio.ui.panels.parts.legend import ScaleBar

ROOM = 84
"""Pixels of the header that another view, freeze, save and gaps take."""


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
        self.tabs = ViewTabs(self.tr("What is shown of the predictions"))
        self.chip = self._made_chip()
        self.scale = ScaleBar()
        self.percent = tool_button("percent", self.tr("Shares of each true class, in percent"), checkable=True)
        self.columns = FlatCombo(self.tr("Which number of a sample is judged"))
        self.back = tool_button("chevron-left", self.tr("Previous page"))
        self.forth = tool_button("chevron-right", self.tr("Next page"))
        self.place = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.place.setProperty("class", "muted")
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
        self.chip.setText(filter_words)
        self.percent.setVisible(view == views.CONFUSION)
        self.scale.setVisible(view == views.CONFUSION)
        self._dress()
        self._list_columns(columns)
        self.columns.setVisible(view == views.RESIDUALS and len(columns) > 1)

    def show_page(self, page: int, pages: int) -> None:
        """Which of the pages is shown; nothing of one alone."""
        for widget in (self.back, self.place, self.forth):
            widget.setVisible(pages > 1)
        self.place.setText(f"{page + 1} / {pages}")
        self.back.setEnabled(page > 0)
        self.forth.setEnabled(page < pages - 1)

    def hide(self) -> None:
        """There is nothing to show."""
        for control in (self.tabs, *self._controls):
            control.hide()

    def fit(self, caption: str) -> None:
        """Tabs become a picker where there is not room for them and the caption."""
        taken = sum(each.sizeHint().width() + 8 for each in self._controls if not each.isHidden())
        words = self._header.fontMetrics().horizontalAdvance(caption) + 12
        self.tabs.set_compact(self.tabs.full_width > self._header.width() - taken - ROOM - words)

    # Inside

    @property
    def _controls(self) -> tuple[QWidget, ...]:
        return (self.chip, self.scale, self.percent, self.columns, self.back, self.place, self.forth)

    def _arrange(self) -> None:
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
        chip.setToolTip(self.tr("Show all samples again"))
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
