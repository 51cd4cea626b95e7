"""Runs are kept as the settings say, and what is kept can be seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from nnstudio.project.session import Trouble
from nnstudio.settings import Settings
from nnstudio.ui.bridge import Bridge


class Recording(QObject):
    """Passes the settings on to the projects, as they are and as they change."""

    def __init__(self, bridge: Bridge, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._settings = bridge, settings
        settings.subscribe(self._changed)
        self._changed()

    def open_folder(self) -> None:
        """Show the folder of runs in the system's own browser of files."""
        base = self._bridge.wishes.base
        if base.is_dir():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(base)))
        else:
            self._bridge.trouble.emit(
                Trouble(
                    self.tr("There is no folder '{0}' yet.").format(base),
                    self.tr("It is made with the first run that is kept there."),
                )
            )

    def _changed(self, _: str = "") -> None:
        wishes, settings = self._bridge.wishes, self._settings
        wishes.keep, wishes.folder = settings.keep_runs, settings.runs_folder
        wishes.tensorboard = settings.tensorboard
