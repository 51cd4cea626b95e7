"""Opens the race dialog, and starts what it says."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nnstudio.errors import NNStudioError
from nnstudio.graph.race import Race
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.racing.dialog import RaceDialog
from nnstudio.ui.run.estimating import Estimating
from nnstudio.ui.run.run_control import RunControl

PANEL = "runs"
"""Where the runs of a race are compared."""


class Racing(QObject):
    """The dialog is made when it is first wanted, and follows the project in front."""

    def __init__(self, bridge: Bridge, control: RunControl, estimating: Estimating, window: QWidget) -> None:
        super().__init__(window)
        self._bridge, self._control, self._estimating = bridge, control, estimating
        self._window = window
        self.dialog: RaceDialog | None = None
        control.race_wanted.connect(self.open)
        estimating.told.connect(self._show_estimate)
        bridge.session_changed.connect(self._follow)
        for signal in (bridge.run_changed, bridge.engine_changed):
            signal.connect(self._refresh)

    def open(self) -> None:
        """Let the person say what varies."""
        if self.dialog is None:
            self.dialog = RaceDialog(self._window)
            self.dialog.wanted.connect(self._start)
        self._show()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _show(self) -> None:
        assert self.dialog is not None
        session = self._bridge.session
        others = [each for each in self._bridge.sessions if each is not session and each.document.nodes]
        self.dialog.show_project(session, others, self._control.why_not_train)
        self.dialog.show_estimate(self._estimating.found)

    def _follow(self, _: object = None) -> None:
        """Another project is in front: what was written stays with the one before."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.keep()
            self._show()

    def _refresh(self, _: object = None) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.refresh()

    def _show_estimate(self) -> None:
        if self.dialog is not None:
            self.dialog.show_estimate(self._estimating.found)

    def _start(self) -> None:
        dialog = self.dialog
        assert dialog is not None
        if dialog.session is not self._bridge.session:
            return
        try:
            race = dialog.race
        except NNStudioError:
            return  # told in its row
        dialog.keep()
        self._refused = ""
        self._control.begin(lambda: self._ask(self._bridge.session, race, dialog.others))
        if self._bridge.session.run.race and self._bridge.session.steering.active:
            dialog.hide()
            self._bridge.panel_wanted.emit(PANEL)
        elif self._refused:
            dialog.tell(self._refused)

    def _ask(self, session: Session, race: Race, others: list[Session]) -> Future[msg.AnyReply]:
        try:
            return session.steering.race(race, others)
        except NNStudioError as error:
            self._refused = str(error)
            raise
