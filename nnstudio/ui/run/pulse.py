"""A run that goes on, told a few times a second: a small network ends a hundred epochs in one."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.project.session import Run
from nnstudio.ui.bridge import Bridge

EVERY_MS = 50


class Pulse(QObject):
    """`run_changed` for what need not follow each step: steps and epochs that come close behind others are told soon,
    all of them at once. Everything else is told as it happens.
    """

    told = Signal(object)
    """session.Run."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._going = self._due = False
        self._timer = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._timer.timeout.connect(self._rested)
        for signal in (bridge.progress, bridge.epoch_done):
            signal.connect(self._goes_on)
        bridge.run_changed.connect(self._hear)

    def _goes_on(self, _event: object) -> None:
        """What is told next of the run is no more than that."""
        self._going = True

    def _hear(self, run: Run) -> None:
        going, self._going, self._run = self._going, False, run
        if going and self._timer.isActive():
            self._due = True
        else:
            self._tell()

    def _rested(self) -> None:
        if self._due:
            self._tell()

    def _tell(self) -> None:
        self._due = False
        self._timer.start()
        self.told.emit(self._run)
