"""The menus of the buttons Train and Step: what else they can do, with the keys for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from nnstudio.ui import keymap
from nnstudio.ui.run.run_control import RunControl


@dataclass(frozen=True)
class Way:
    """One row. `command` is the one of the table that does the same; `tip` is told while `why` says nothing."""

    text: str
    command: str
    call: Callable[[], object]
    why: Callable[[], str]
    tip: Callable[[], str]


class WayMenu(QMenu):
    """Brought up to date whenever it is opened."""

    def __init__(self, button: QToolButton, ways: tuple[Way, ...]) -> None:
        super().__init__(button)
        self.setToolTipsVisible(True)
        self._rows: list[tuple[QAction, Way]] = []
        for way in ways:
            action = self.addAction(way.text)
            action.triggered.connect(lambda _=False, way=way: way.call())
            self._rows.append((action, way))
        self.aboutToShow.connect(self.refresh)
        button.setMenu(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    def refresh(self) -> None:
        """Keys, and what is possible, as they are now."""
        for action, way in self._rows:
            key = keymap.key_of(way.command)
            action.setText(f"{way.text}\t{key}" if key else way.text)
            reason = way.why()
            action.setEnabled(not reason)
            action.setToolTip(reason or way.tip())


def train_menu(button: QToolButton, control: RunControl) -> WayMenu:
    """From the beginning, on from the weights, or on from a checkpoint."""
    return WayMenu(
        button,
        (
            Way(
                _tr("Train from the beginning"), "train", control.train, control.why_not_train,
                lambda: _tr("The weights begin anew from the seed"),
            ),
            Way(_tr("Train on"), "train_on", control.train_on, control.why_not_train_on, control.train_on_words),
            Way(
                _tr("Resume from…"), "resume_from", control.checkpoints_wanted.emit, control.why_not_resume_from,
                lambda: _tr("Go on from a checkpoint of an earlier run"),
            ),
            Way(
                _tr("Race…"), "race", control.race_wanted.emit, control.why_no_race,
                lambda: _tr("Train under several plans side by side"),
            ),
        ),
    )  # fmt: skip


def step_menu(button: QToolButton, control: RunControl, choose: Callable[[str, bool], object]) -> WayMenu:
    """Which step the button takes from now on; it takes one at once."""
    batch, epoch = _tr("Step batch"), _tr("Step epoch")
    tips = (_tr("One more batch, and stand still"), _tr("On to the end of the epoch, and stand still"))
    return WayMenu(
        button,
        (
            Way(batch, "step", lambda: choose(batch, False), control.why_not_step, lambda: tips[0]),
            Way(epoch, "step_epoch", lambda: choose(epoch, True), control.why_not_step, lambda: tips[1]),
        ),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunMenus", text)
