"""The parts of the race dialog, and how they stand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.graph.race import LARGEST_SEED, MOST_RUNS
from nnstudio.ui import buttons, icons
from nnstudio.ui.inspector import parts
from nnstudio.ui.racing.presets import PRESETS
from nnstudio.ui.spin import spin_box

SIZE = (1008, 560)
SMALLEST = (920, 440)
RUNS_WIDTH = 296


class Face(QDialog):
    """On the left what varies, in `column`, and how it is combined; on the right the runs that this gives."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Race"))
        self.column, self.others_column = QVBoxLayout(), QVBoxLayout()
        self._make_parts()
        self._arrange()
        self.resize(*SIZE)
        self.setMinimumSize(*SMALLEST)

    def show_draws(self, *, shown: bool) -> None:
        """What is there for random draws alone."""
        for widget in (self.draws, self.seed, self._draw_words, self._seed_words):
            widget.setVisible(shown)

    def _make_parts(self) -> None:
        self.presets = [self._chip(self.tr(each.title), self.tr(each.tip)) for each in PRESETS]
        self.add = QPushButton(self.tr("Vary something else"))
        self.add.setIcon(icons.icon("plus"))
        self.add.setToolTip(self.tr("One more parameter of the plan or of a node"))
        self.add.setAutoDefault(False)
        self.nothing = parts.label(
            self.tr("Nothing varies but the seed. Add what is to be tried out."), "muted", wrap=True
        )
        self.mode = QComboBox()
        self.mode.addItems([self.tr("all combinations"), self.tr("random draws")])
        self.mode.setToolTip(self.tr("Each value with each other one, or so many drawn at random"))
        self.mode.setAccessibleName(self.tr("How they are combined"))
        self.draws = _spin(1, MOST_RUNS, self.tr("How many are drawn"))
        self.seed = _spin(0, LARGEST_SEED, self.tr("The same seed draws the same values"))
        self.repeats = _spin(1, MOST_RUNS, self.tr("Each run so often, with the plan's seed and those after it"))
        self._draw_words, self._seed_words = QLabel(self.tr("draws")), QLabel(self.tr("seed of the draws"))
        self.others_title = parts.label(self.tr("Also these open projects"), "heading")
        self.count = parts.label("", "title")
        self.runs = QListWidget()
        self.runs.setAccessibleName(self.tr("The runs"))
        self.runs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cost = parts.label("", "small", wrap=True)
        self.message = parts.label("", "bad", wrap=True)
        self.start = buttons.with_room(QPushButton(self.tr("Start the race")))
        self.start.setDefault(True)
        self.leave = QPushButton(self.tr("Close"))
        self.leave.setAutoDefault(False)

    def _arrange(self) -> None:
        whole = QHBoxLayout(self)
        whole.setContentsMargins(24, 16, 24, 16)
        whole.setSpacing(24)
        whole.addLayout(self._left(), 1)
        whole.addLayout(self._right())

    def _left(self) -> QVBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(parts.label(self.tr("What varies"), "heading"), 1)
        for button in self.presets:
            top.addWidget(button)
        inside = QWidget()
        inside.setProperty("class", "content")
        inside.setLayout(self.column)
        self.column.setContentsMargins(0, 0, 8, 0)
        self.column.setSpacing(8)
        self.column.addWidget(self.nothing)
        self.column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.others_column.setSpacing(4)
        self.others_column.addWidget(self.others_title)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addLayout(top)
        column.addWidget(area, 1)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._combining())
        column.addLayout(self.others_column)
        return column

    def _combining(self) -> QVBoxLayout:
        first = _line(QLabel(self.tr("Combine")), self.mode, self.draws, self._draw_words, self._seed_words, self.seed)
        second = _line(QLabel(self.tr("Repeat over")), self.repeats, QLabel(self.tr("seeds")))
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.count)
        column.addWidget(self.runs, 1)
        column.addWidget(self.cost)
        column.addWidget(self.message)
        last = QHBoxLayout()
        last.setSpacing(8)
        last.addStretch(1)
        last.addWidget(self.leave)
        last.addWidget(self.start)
        column.addLayout(last)
        for widget in (self.runs, self.message, self.cost):
            widget.setFixedWidth(RUNS_WIDTH)
        return column

    def _chip(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setProperty("class", "chip")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button


def _spin(low: int, high: int, tip: str) -> QSpinBox:
    made = spin_box(low, high, tip)
    made.setMinimumWidth(72)
    return made


def _line(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line
