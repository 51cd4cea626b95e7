"""The source that the drawing stands for: what trains and what is exported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from nnstudio.compiler.result import Compiled
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.code_view import CodeView
from nnstudio.ui.panels.spec import Panel, PanelType

COPIED_MS = 1500


class CodePanel(Panel):
    """Read-only source. Lines and nodes go together: choosing one chooses the other."""

    title = str(QT_TRANSLATE_NOOP("panels", "Code"))
    icon = "code"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.view = CodeView()
        self.set_body(self.view)
        self.copy_button = QToolButton()
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setProperty("class", "muted")
        self.copy_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy_button.clicked.connect(self.copy)
        self.header.add_control(self.copy_button, always=True)
        self._shown_source = Compiled()
        self.view.line_clicked.connect(self._on_line)
        bridge.recompiled.connect(self._on_change)
        bridge.session_changed.connect(self._on_change)
        bridge.selection_changed.connect(self._on_selection)
        self.show_empty(self.tr("Add a layer to see its source."))
        self.schedule()

    def refresh(self) -> None:
        compiled = self.session.compiled if self.session else Compiled()
        self._shown_source = compiled
        self.copy_button.setVisible(bool(compiled.source))
        if not compiled.source:
            self.header.set_caption("")
            self.show_empty(self.tr("Add a layer to see its source."))
            return
        self.view.set_source(compiled.source)
        count = compiled.source.count("\n") + (not compiled.source.endswith("\n"))
        self.header.set_caption(self.tr("{0} · {1} lines").format(compiled.class_name, count))
        self.view.mark(self._lines())
        self.show_body()

    def copy(self) -> None:
        """Put the whole source on the clipboard."""
        QGuiApplication.clipboard().setText(self._shown_source.source)
        self.copy_button.setText(self.tr("Copied"))
        QTimer.singleShot(COPIED_MS, self, lambda: self.copy_button.setText(self.tr("Copy")))

    def rows(self) -> Iterable[Sequence[object]]:
        """Each line with the name of its node."""
        yield "line", "node", "source"
        for number, text in enumerate(self._shown_source.source.splitlines(), 1):
            yield number, self.name_of(self._shown_source.lines.get(number, "")), text

    # Inside

    def _lines(self) -> list[int]:
        chosen = set(self.bridge.selection)
        return [line for line, node in self._shown_source.lines.items() if node in chosen]

    def _on_change(self, _what: object) -> None:
        self.schedule()

    def _on_selection(self, _nodes: object) -> None:
        lines = self._lines()
        self.view.mark(lines)
        self.view.reveal(lines)

    def _on_line(self, line: int) -> None:
        node = self._shown_source.lines.get(line)
        if node:
            self.bridge.select((node,))


CODE = PanelType(
    key="code",
    title=CodePanel.title,
    icon=CodePanel.icon,
    group="right",
    order=20,
    make=CodePanel,
    several=False,
    summary=str(QT_TRANSLATE_NOOP("panels", "The PyTorch source of the drawing: what trains and what is exported.")),
)
