"""The line at the bottom of the window: problems, size of the model, when it was saved, and the zoom."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from nnstudio.ui import icons
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector.texts import parameter_words


class StatusBar(QStatusBar):
    """Follows the bridge."""

    problems_asked = Signal()
    """The person wants to see the problems."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.setSizeGripEnabled(False)
        self.problems = QToolButton(autoRaise=True)
        self.problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.problems.setIconSize(QSize(12, 12))
        self.problems.setProperty("class", "muted")
        self.problems.setStyleSheet("font-size: 12px; padding: 0 6px; margin: 0 0 0 4px;")
        self.problems.setToolTip(self.tr("Show the problems"))
        self.parameters = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.saved = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.zoom = QLabel("100 %", textFormat=Qt.TextFormat.PlainText)
        self.zoom.setToolTip(self.tr("How large the drawing is shown"))
        for widget in (self.problems, self.parameters, self.saved):
            self.addWidget(widget)
        self.addPermanentWidget(self.zoom)
        self.problems.clicked.connect(self.problems_asked)
        for signal in (bridge.session_changed, bridge.history_changed):
            signal.connect(self.refresh)
        self.refresh()

    def show_zoom(self, zoom: float) -> None:
        """1.0 is as large as drawn."""
        self.zoom.setText(f"{100 * zoom:.0f} %")

    def refresh(self, *_: object) -> None:
        """Show everything as it is now."""
        session = self._bridge.session
        compiled = session.compiled
        if session.document.nodes:
            self._show_problems(len(compiled.listed), bool(compiled.errors))
        else:
            self.problems.setText(self.tr("nothing drawn yet"))
            self.problems.setIcon(icons.icon("info", "muted"))
        self.parameters.setText(parameter_words(compiled.parameters))
        self.saved.setText(self._saved_words())

    def _show_problems(self, count: int, errors: bool) -> None:
        words = {0: self.tr("no problems"), 1: self.tr("1 problem")}
        self.problems.setText(words.get(count, self.tr("{0} problems").format(count)))
        look = ("error", "bad") if errors else ("warning", "warning")
        self.problems.setIcon(icons.icon(*look) if count else icons.icon("check", "muted"))

    def _saved_words(self) -> str:
        session = self._bridge.session
        if session.path is None:
            return self.tr("not saved") if session.dirty else ""
        if session.dirty:
            return self.tr("changes not saved")
        try:
            when = datetime.fromtimestamp(session.path.stat().st_mtime)
        except OSError:
            return self.tr("the file is gone")
        today = when.date() == datetime.now().date()
        return self.tr("saved {0}").format(when.strftime("%H:%M" if today else "%Y-%m-%d"))
