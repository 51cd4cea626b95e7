"""Small pieces that the inspector's pages are put together from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nnstudio.catalogue.spec import Dim, LayerType, Site
from nnstudio.compiler.custom import ALLOW
from nnstudio.compiler.result import NodeFacts, Problem
from nnstudio.errors import ShapeError
from nnstudio.params import Param
from nnstudio.ui import icons, theme

CODE_COLUMNS = 34
"""Beyond this, a line of code is broken after its bracket."""


@dataclass(frozen=True, kw_only=True)
class TextParam(Param):
    """A line of free text, as a name or a title: whoever takes it judges it."""

    default: str = ""
    kind: ClassVar[str] = "text"

    def _check(self, value: object) -> str:
        return str(value).strip()

    def wants(self) -> str:
        return "a text"


def label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """A plain text that can be selected; `look` is a class of the style sheet."""
    made = QLabel(text, textFormat=Qt.TextFormat.PlainText, wordWrap=wrap)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if look:
        made.setProperty("class", look)
    return made


class NameLabel(QLabel):
    """A name on one line, without its middle where there is no room; the tip has all of it, or what `tip` says."""

    def __init__(self) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText)
        self.tip = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    @property
    def short(self) -> str:
        """What there is room for."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip(self.tip or (self.text() if self.short != self.text() else ""))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.short == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter, self.short)


def rule() -> QFrame:
    """A thin line between two parts."""
    return QFrame(frameShape=QFrame.Shape.HLine)


def clear(layout: QVBoxLayout) -> None:
    """Take everything out of a layout."""
    while item := layout.takeAt(0):
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class CodeBox(QPlainTextEdit):
    """A few lines of source, as high as they are."""

    def __init__(self) -> None:
        super().__init__(readOnly=True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.setFont(theme.mono_font())
        self.setAccessibleName(self.tr("Source"))
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def show_code(self, lines: list[str]) -> None:
        """Show lines of source, broken so that they fit."""
        text = "\n".join(broken(line) for line in lines)
        if text != self.toPlainText():
            self.setPlainText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self, _: object = None) -> None:
        margin, block, lines = self.document().documentMargin(), self.document().firstBlock(), 0
        while block.isValid():
            self.blockBoundingRect(block)  # lays it out, which otherwise happens when it is painted
            lines, block = lines + max(block.layout().lineCount(), 1), block.next()
        frame = self.height() - self.viewport().height()
        self.setFixedHeight(round(lines * self.fontMetrics().lineSpacing() + 2 * margin + max(frame, 10)))


class ProblemCard(QFrame):
    """A problem with the button that mends it, where there is a way."""

    def __init__(self, problem: Problem, fix: Callable[[Problem], None]) -> None:
        super().__init__()
        self.setProperty("class", "card")
        look = "warning" if problem.severity == "warning" else "bad"
        sign = QLabel()
        sign.setPixmap(icons.icon("warning" if look == "warning" else "error", look).pixmap(16))
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(label(str(problem), wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        if problem.remedy is not None:
            self.button = QPushButton(problem.remedy.label)
            allows = problem.remedy.kind == ALLOW
            tip = (
                self.tr("Let exactly this text run, now and later")
                if allows
                else self.tr("Mend it; Undo takes it back")
            )
            self.button.setToolTip(tip)
            self.button.clicked.connect(lambda: fix(problem))
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)


def page_layout(page: QWidget) -> QVBoxLayout:
    """The column that a page's parts stand in."""
    column = QVBoxLayout(page)
    column.setContentsMargins(14, 6, 14, 16)
    column.setSpacing(8)
    return column


def broken(line: str) -> str:
    """A line of source without its remark, broken after the first bracket where it is long."""
    line = line.split("  # ")[0].strip()
    found = re.match(r"([^(]*\()(.*)$", line)
    if len(line) <= CODE_COLUMNS or not found:
        return line
    return f"{found[1]}\n    {found[2]}"


def inferred_sizes(layer: LayerType, facts: NodeFacts, params: Mapping[str, object]) -> str:
    """The sizes that follow from what comes in, by PyTorch's names: `in_channels 1`."""
    dims = [item for item in getattr(layer.code, "inferred", ()) if isinstance(item, Dim)]
    try:
        site: Site = layer.place(dict(params), facts.inputs)  # type: ignore[arg-type]  # checked by the document
    except (ShapeError, KeyError):
        return ""
    named = [(_size_name(item, params), site.dims.get(f"{item.port}.{item.size}")) for item in dims]
    return " · ".join(f"{name} {size}" for name, size in named if size is not None)


def _size_name(item: Dim, params: Mapping[str, object]) -> str:
    word = {"C": "channels", "F": "features"}.get(item.size, item.size)
    return f"in_{word}" if f"out_{word}" in params else word
