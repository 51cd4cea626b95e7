"""How the samples are shared out between training and testing, and why that way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.ui import theme
from nnstudio.ui.data.source import Known
from nnstudio.ui.panels.parts import tips

HEIGHT = 36
RADIUS = 6.0


class SplitBar(QWidget):
    """All samples as one bar: the training part filled, the test part hollow."""

    def __init__(self) -> None:
        super().__init__()
        self.known: Known | None = None
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def spans(self) -> list[tuple[str, int, QRectF]]:
        """Each stretch: what it is, how many samples, and where."""
        known = self.known
        if known is None:
            return []
        if known.same:
            return [(self.tr("train and test"), known.train, QRectF(self.rect()))]
        parts = [(self.tr("train"), known.train), (self.tr("left out"), known.left_out), (self.tr("test"), known.test)]
        total, left, found = self._total, 0.0, []
        for name, count in parts:
            width = self.width() * count / total
            found.append((name, count, QRectF(left, 0, width, self.height())))
            left += width
        return [span for span in found if span[1]]

    def describe(self, point: QPointF) -> str:
        """The part under the mouse."""
        here = ((name, count) for name, count, at in self.spans() if at.contains(point))
        return next((f"{name}: {count:,} · {100 * count / self._total:.2f} %" for name, count in here), "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.base_font())
        shade = theme.color("accent")
        for name, count, place in self.spans():
            hollow = name == self.tr("test")
            painter.setPen(QPen(shade, 1.4) if hollow else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if hollow else theme.mix(theme.color("surface"), shade, 0.35))
            if name == self.tr("left out"):
                painter.setBrush(theme.color("hover"))
            painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            words = next((w for w in (f"{name} {count:,}", f"{count:,}") if self._fits(w, place)), "")
            painter.setPen(theme.color("text"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tips.show(self, event.position().toPoint(), self.describe(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        tips.show(self, self.rect().center(), "")

    @property
    def _total(self) -> int:
        return max(self.known.samples + self.known.left_out, 1) if self.known is not None else 1

    def _fits(self, words: str, place: QRectF) -> bool:
        return self.fontMetrics().horizontalAdvance(words) + 8 <= place.width()


class SplitView(QWidget):
    """The bar, and what it means in words."""

    settings_asked = Signal()
    """The person wants to change the share or the seed."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = SplitBar()
        self.words = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.more = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.more.setProperty("class", "muted")
        self.button = QPushButton(self.tr("Change share or seed"))
        self.button.setToolTip(self.tr("Show the settings of the project, where test_split and seed are"))
        self.button.clicked.connect(self.settings_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        for widget in (self.bar, self.words, self.more):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)

    def show_known(self, known: Known) -> None:
        """Tell how these are split."""
        self.bar.known = known
        self.bar.update()
        self.words.setText(self._words(known))
        self.more.setText(self._more(known))
        self.more.setVisible(bool(self.more.text()))
        self.button.setVisible(not known.same)

    def _words(self, known: Known) -> str:
        ref, split = known.shown.ref, known.shown.kind.split
        share = f"{100 * ref.test_split:g}"
        if split == "none":
            return self.tr("All samples are learned and tested: they are all the cases that there are.")
        if split == "in order":
            return self.tr(
                "In order: the last {0} % are kept for testing, as what comes after is to be foretold."
            ).format(share)
        words = self.tr("Shuffled with seed {0}: {1} % are kept for testing and never learned.")
        return words.format(ref.seed, share)

    def _more(self, known: Known) -> str:
        lines = []
        if known.left_out:
            words = self.tr("{0} between are left out, since they overlap with those.")
            lines.append(words.format(f"{known.left_out:,}"))
        document = known.shown.session.document
        plan, trained = document.plan, document.trained
        if trained is not None and (trained.seed, trained.test_split) != (plan.seed, plan.test_split):
            words = self.tr("The network was trained with this split; the next training takes seed {0} and {1} %.")
            lines.append(words.format(plan.seed, f"{100 * plan.test_split:g}"))
        return "\n".join(lines)
