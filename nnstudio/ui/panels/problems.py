"""What keeps the drawing from running, and what looks like a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from nnstudio.compiler.result import Problem
from nnstudio.errors import NNStudioError
from nnstudio.project.session import Trouble
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.problem_row import ProblemRow
from nnstudio.ui.panels.spec import Panel, PanelType

MOST = 100
"""Rows; nobody reads more, and each is a few widgets."""


class ProblemsPanel(Panel):
    """A row for each problem, errors first. The badge is their number."""

    title = str(QT_TRANSLATE_NOOP("panels", "Problems"))
    icon = "problems"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.problems: tuple[Problem, ...] = ()
        self._drawn: tuple[tuple[Problem, str], ...] = ()
        self.listed: list[ProblemRow] = []
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its rows take the keys, and show that they do
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area = area
        self.set_body(area)
        bridge.recompiled.connect(self._on_change)
        bridge.session_changed.connect(self._on_change)
        self._on_change(None)

    def refresh(self) -> None:
        rows = tuple((problem, self._node_name(problem)) for problem in self.problems)
        if rows != self._drawn:
            self._drawn = rows
            self._rebuild(rows)
        if rows:
            self.show_body()
        else:
            self.show_empty(self.tr("No problems: ready to train.") if self.drawn else self._advice())

    def rows(self) -> Iterable[Sequence[object]]:
        yield "severity", "node", "message", "fix"
        for problem in self.problems:
            yield problem.severity, self._node_name(problem), problem.message, problem.fix

    # Inside

    def _on_change(self, _what: object) -> None:
        """The count is kept up with even while nobody looks at the list."""
        found = self.session.compiled.listed if self.session and self.drawn else ()
        self.problems = tuple(sorted(found, key=lambda problem: problem.severity != "error"))
        self.set_badge(str(len(self.problems)) if self.problems else "")
        self.header.set_caption(self._count())
        self.schedule()

    def _count(self) -> str:
        errors = sum(problem.severity == "error" for problem in self.problems)
        warnings = len(self.problems) - errors
        texts = [
            _counted(errors, self.tr("1 error"), self.tr("{0} errors")),
            _counted(warnings, self.tr("1 warning"), self.tr("{0} warnings")),
        ]
        return " · ".join(filter(None, texts))

    def _advice(self) -> str:
        return self.tr("Nothing is drawn yet: press Space on the canvas to add a layer.")

    def _rebuild(self, rows: Sequence[tuple[Problem, str]]) -> None:
        content = QWidget()
        content.setProperty("class", "content")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.setSpacing(6)
        self.listed = [ProblemRow(problem, name) for problem, name in rows[:MOST]]
        for row in self.listed:
            row.chosen.connect(self._on_chosen)
            row.fix_asked.connect(self._on_fix, Qt.ConnectionType.QueuedConnection)
            layout.addWidget(row)
        if len(rows) > MOST:
            layout.addWidget(QLabel(self.tr("and {0} more").format(len(rows) - MOST)))
        layout.addStretch(1)
        self._area.setWidget(content)

    def _node_name(self, problem: Problem) -> str:
        return self.name_of(problem.node)

    def _on_chosen(self, problem: Problem) -> None:
        if problem.node:
            self.bridge.select((problem.node,))

    def _on_fix(self, problem: Problem) -> None:
        """Queued, as the fix makes this list anew, and its button with it."""
        if self.session is None:
            return
        try:
            self.session.apply_fix(problem)
        except NNStudioError as error:
            self.bridge.trouble.emit(Trouble(error.message, error.fix))


def _counted(count: int, one: str, several: str) -> str:
    return "" if not count else one if count == 1 else several.format(count)


PROBLEMS = PanelType(
    key="problems",
    title=ProblemsPanel.title,
    icon=ProblemsPanel.icon,
    group="right",
    order=30,
    make=ProblemsPanel,
    several=False,
    at_once=True,
    summary=str(QT_TRANSLATE_NOOP("panels", "What keeps the drawing from running, and what to do about it.")),
)
