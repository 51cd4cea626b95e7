"""A comment on the canvas: Markdown on a card, which grows with its text."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRectF, QSizeF, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QImage,
    QPainter,
    QPainterPath,
    QPalette,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnstudio.graph.marks import Comment
from nnstudio.ui import theme
from nnstudio.ui.canvas.items.mark_item import MarkItem, faded
from nnstudio.ui.canvas.metrics import RADIUS, STRIP, font
from nnstudio.ui.canvas.texts import tr

_PAD = 10.0
_LEAST = 24.0
_ABOVE_WIRES = 0.5
_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class CommentItem(MarkItem):
    """Shows its text as it reads; empty, it says how to write in it."""

    mark: Comment

    def __init__(self, mark: Comment) -> None:
        super().__init__(mark)
        self._text = _Reading()
        self.setZValue(_ABOVE_WIRES)
        self._read()

    @property
    def name(self) -> str:
        """Its first line, without the signs of Markdown."""
        first = next((line for line in self.mark.text.splitlines() if line.strip(" #*_>`-")), "")
        return re.sub(r"^[\s#>*-]+|[*_`]", "", first).strip()

    @property
    def face(self) -> QRectF:
        """At least as high as its text."""
        return QRectF(QPointF(), QSizeF(self._size.width(), max(self._size.height(), self._needed)))

    def set_mark(self, mark: Comment) -> None:  # type: ignore[override]  # a comment stays one
        super().set_mark(mark)
        self.prepareGeometryChange()
        self._read()

    def resize(self, size: QSizeF) -> None:
        super().resize(size)
        self._fit()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(self.face, RADIUS, RADIUS)
        strip = QPainterPath()
        strip.addRect(QRectF(0, 0, STRIP, self.face.height()))
        painter.fillPath(shape, theme.mix(theme.color("surface"), self.hue, 0.08))
        painter.fillPath(shape.intersected(strip), self.hue)
        self.paint_border(painter, faded(self.hue, 0.5))
        painter.save()
        painter.translate(STRIP + _PAD, _PAD)
        self._text.paint(painter, quiet=not self.mark.text.strip())
        painter.restore()

    def _read(self) -> None:
        if self.mark.text.strip():
            self._text.show_markdown(self.mark.text)
        else:
            self._text.setPlainText(tr("Double-click to write"))
        self._fit()

    def _fit(self) -> None:
        self._text.setTextWidth(max(self._size.width() - STRIP - 2 * _PAD, _LEAST))
        self._needed = self._text.size().height() + 2 * _PAD


def _heading(level: int) -> QTextCharFormat:
    """Qt counts such sizes in steps."""
    made = QTextCharFormat()
    made.setProperty(QTextFormat.Property.FontSizeAdjustment, {1: 2, 2: 1}.get(level, 0))
    return made


class _Reading(QTextDocument):
    """Text alone: what it points to, in files or elsewhere, is not looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.setDefaultFont(font(13))
        self.setDocumentMargin(0)
        self.setUndoRedoEnabled(False)

    def show_markdown(self, text: str) -> None:
        """Headings only a little larger than the rest: it is a card, not a page."""
        self.setMarkdown(text, _FEATURES)
        together = QTextCursor(self)
        together.beginEditBlock()  # else all of it is laid out anew for each heading
        block = self.begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            if level:
                cursor = QTextCursor(block)
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                cursor.mergeCharFormat(_heading(level))
            block = block.next()
        together.endEditBlock()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        return QImage()

    def paint(self, painter: QPainter, *, quiet: bool) -> None:
        """In the colours of the theme in force."""
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette(context.palette)
        palette.setColor(QPalette.ColorRole.Text, theme.color("muted" if quiet else "text"))
        context.palette = palette
        self.documentLayout().draw(painter, context)
