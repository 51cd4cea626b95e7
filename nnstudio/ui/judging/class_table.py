"""Precision, recall and F1 of each class, as a table that any column sorts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui import theme
from nnstudio.ui.judging.cards import class_word, names_of

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ROOT = QModelIndex()
_ROW = 24
NAME, SUPPORT = 0, 1
_AROUND = 26
"""The gaps at a heading, and the mark of the order."""
# Only the geometry: the colours stay the theme's own.
_STYLE = "QTableView::item { padding: 0 12px 0 2px; } QHeaderView::section { padding: 4px 16px 4px 4px; }\
 QHeaderView::up-arrow, QHeaderView::down-arrow { right: 3px; }"


def figures_of(support: NDArray[Any], predicted: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
    """Support, precision, recall and F1 by class; NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(predicted > 0, right / np.maximum(predicted, 1), np.nan)
        recall = np.where(support > 0, right / np.maximum(support, 1), np.nan)
        f1 = np.where(support + predicted > 0, 2 * right / np.maximum(support + predicted, 1), np.nan)
    return np.stack([support, precision, recall, f1], axis=1).astype(np.float64)


class ClassModel(QAbstractTableModel):
    """A row a class, in the order that was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.labels: NDArray[np.int64] = np.zeros(0, np.int64)
        self.figures: NDArray[np.float64] = np.zeros((0, 4))
        self.order: NDArray[np.int64] = np.zeros(0, np.int64)
        self.sorted_by, self.descending = NAME, False

    def show_frame(self, frame: ProbeFrame) -> None:
        """Other figures; where there are as many classes, what is selected stays."""
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        names, labels = names_of(frame), arrays["classes"]
        other = len(labels) != len(self.labels)
        if other:
            self.beginResetModel()
        self.labels, self.names = labels, [class_word(label, names) for label in labels.tolist()]
        self.figures = figures_of(arrays["support"], arrays["predicted"], arrays["right"])
        self._sort()
        if other:
            self.endResetModel()
        elif len(labels):
            self.dataChanged.emit(self.index(0, 0), self.index(len(labels) - 1, 4))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self.sorted_by, self.descending = column, order == Qt.SortOrder.DescendingOrder
        self._sort()
        self.layoutChanged.emit()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else 5

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        if role == _Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if index.column() == NAME else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role not in (_Role.DisplayRole, _Role.ToolTipRole, _Role.AccessibleTextRole):
            return None
        row = int(self.order[index.row()])
        if index.column() == NAME:
            return self.names[row]
        value = float(self.figures[row, index.column() - 1])
        if index.column() == SUPPORT:
            return f"{int(value):,}"
        if not np.isfinite(value):
            return "–" if role != _Role.ToolTipRole else tr("There is nothing to divide by.")
        return f"{value:.3f}" if role != _Role.ToolTipRole else f"{value:.7f}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == _Role.DisplayRole:
            return _titles()[section]
        if role == _Role.ToolTipRole:
            return _tips()[section]
        if role == _Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == NAME else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _sort(self) -> None:
        keys = np.arange(len(self.labels)) if self.sorted_by == NAME else self.figures[:, self.sorted_by - 1]
        filled = np.nan_to_num(keys.astype(np.float64), nan=-1.0)
        self.order = np.argsort(-filled if self.descending else filled, kind="stable")


class ClassTable(QTableView):
    """`chosen` tells a class whose samples are to be seen."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.classes = ClassModel()
        self.setModel(self.classes)
        self._dress()
        self.activated.connect(self._chosen)
        self.clicked.connect(self._chosen)

    def _chosen(self, index: QModelIndex) -> None:
        self.chosen.emit(int(self.classes.labels[self.classes.order[index.row()]]))

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFont(theme.tabular(self.font()))
        self.setStyleSheet(_STYLE)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # measuring the cells takes longer than a frame has
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in range(SUPPORT, self.classes.columnCount()):
            widest = max(map(self.fontMetrics().horizontalAdvance, (_titles()[column], "0.000")))
            self.setColumnWidth(column, widest + _AROUND)
        header.setHighlightSections(False)
        self.setAccessibleName(self.tr("Figures of each class"))


def _titles() -> tuple[str, ...]:
    return tr("class"), tr("samples"), tr("precision"), tr("recall"), tr("F1")


def _tips() -> tuple[str, ...]:
    return (
        tr("A click on a class shows its samples."),
        tr("How many test samples are of this class"),
        tr("Of those predicted as this class, the share that is of it"),
        tr("Of those that are of this class, the share that is predicted as it"),
        tr("The harmonic mean of precision and recall"),
    )


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("ClassTable", text)
