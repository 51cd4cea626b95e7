"""The runs as Qt's table views want them; and in the order that a column gives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from nnstudio.project.run import Run
from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.runs import looks
from nnstudio.ui.runs.columns import NAME, Column, columns, state_words

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
SWATCH = QSize(18, 12)
_STATES = {"failed": "bad", "interrupted": "warning", "training": "accent", "paused": "warning"}


class RunModel(QAbstractTableModel):
    """One row a run. `hidden` and `named` tell that the person has ticked or named one."""

    shown = Signal(object, bool)
    named = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self.columns: tuple[Column, ...] = columns(())
        self._leads: tuple[int, ...] = ()
        self._told: list[tuple[object, ...]] = []

    def take(self, runs: Sequence[Run], leads: Sequence[Run]) -> bool:
        """These are the runs by now, with those in front; true where there are others than before."""
        told, self._leads = columns(runs), tuple(id(run) for run in leads)
        before, self._told = self._told, [self._seen_of(run) for run in runs]
        same = [id(run) for run in runs] == [id(run) for run in self.runs]
        if same and [column.key for column in told] == [column.key for column in self.columns]:
            for row, (old, new) in enumerate(zip(before, self._told, strict=True)):
                if old != new:
                    self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))
            return False
        self.beginResetModel()
        self.runs, self.columns = list(runs), told
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt has it
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt has it
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return column.title
        if role == Role.TextAlignmentRole:
            return int(_alignment(column))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self.columns[index.column()].key == NAME:
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.runs):
            return None
        run, column = self.runs[index.row()], self.columns[index.column()]
        if role == Role.DisplayRole:
            return column.text(run)
        if role == Role.TextAlignmentRole:
            return int(_alignment(column))
        if role == Role.ToolTipRole:
            return self._tip(run)
        if role == Role.FontRole and id(run) in self._leads:
            return theme.base_font(weight=QFont.Weight.DemiBold)
        return self._look(run, column, role)

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        run = self.runs[index.row()]
        if role == Role.CheckStateRole:
            self.shown.emit(run, Qt.CheckState(value) == Qt.CheckState.Checked)
        elif role == Role.EditRole and str(value).strip() != looks.name(run):
            self.named.emit(run, str(value).strip())
        return True

    def key(self, index: Index) -> float | str | None:
        """What a row is sorted by in a column."""
        return self.columns[index.column()].value(self.runs[index.row()])

    def _seen_of(self, run: Run) -> tuple[object, ...]:
        """By which it is known whether a row has changed: of thousands of runs few do."""
        last = run.epochs[-1] if run.epochs else None
        figures = (run.state, run.step, run.seconds, len(run.epochs), last, run.plan)
        return (*figures, run.label, run.visible, run.whole, run.hue, run.folder, id(run) in self._leads)

    def _look(self, run: Run, column: Column, role: int) -> Any:
        if column.key == "state" and role == Role.ForegroundRole:
            return theme.color(_STATES.get(run.state, "muted"))
        if column.key != NAME:
            return None
        if role == Role.CheckStateRole:
            return Qt.CheckState.Checked if run.visible else Qt.CheckState.Unchecked
        if role == Role.EditRole:
            return looks.name(run)
        if role == Role.DecorationRole:
            return swatch(run, lead=id(run) in self._leads[:1])
        return None

    def _tip(self, run: Run) -> str:
        lines = [" · ".join(filter(None, (looks.name(run), looks.began(run) if run.label else "", state_words(run))))]
        lines += [text for text in (run.message, run.fix, run.folder) if text]
        return tips.plain("\n".join(lines))


class Sorted(QSortFilterProxyModel):
    """In the order of a column; what has no value comes last, whichever way round."""

    def __init__(self, model: RunModel) -> None:
        super().__init__()
        self._runs = model
        self.setSourceModel(model)
        self.setDynamicSortFilter(True)

    def lessThan(self, left: Index, right: Index) -> bool:
        one, other = self._runs.key(left), self._runs.key(right)
        if one is None or other is None:
            rising = self.sortOrder() is Qt.SortOrder.AscendingOrder
            return (other is None) is rising and one is not other
        return bool(one < other)  # type: ignore[operator]  # of one column, so of one type


def swatch(run: Run, *, lead: bool) -> QPixmap:
    """A piece of the run's line, as plots draw it. The same picture for the same line, however often it is asked for.

    Qt keeps what it makes of a picture to draw it in a row, and a new picture at every painting would leave another one
    there each time.
    """
    shade = looks.shade(looks.token(run, lead=lead)) if run.visible else theme.color("disabled")
    return _line(shade.rgba(), looks.dash(run, lead=lead))


@lru_cache(maxsize=128)
def _line(shade: int, dash: tuple[float, ...]) -> QPixmap:
    ratio = 2.0
    picture = QPixmap(SWATCH * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor.fromRgba(shade), 2)
    if dash:
        pen.setDashPattern([part / 2 for part in dash])
    painter.setPen(pen)
    painter.drawLine(1, SWATCH.height() // 2, SWATCH.width() - 1, SWATCH.height() // 2)
    painter.end()
    return picture


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
