"""The menus about runs and their checkpoints. What is not possible now says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from nnstudio.project.run import Run
from nnstudio.protocol.messages import CheckpointSaved
from nnstudio.ui import icons
from nnstudio.ui.runs.deeds import Deeds
from nnstudio.ui.runs.marking import checkpoint_words

MOST = 20
"""Checkpoints in a menu at most, the latest."""


def fill_run(menu: QMenu, deeds: Deeds, runs: Sequence[Run], name: Callable[[Run], object]) -> None:
    """What can be done with the chosen runs; `name` lets the person write a name."""
    menu.setToolTipsVisible(True)
    visible = all(run.visible for run in runs)
    words = _tr("Hide in the Plots") if visible else _tr("Show in the Plots")
    act(menu, words, "", partial(deeds.show_all, runs, not visible))
    if len(runs) == 1:
        _fill_single(menu, deeds, runs[0], name)
    menu.addSeparator()
    reason = next(filter(None, map(deeds.why_not_delete, runs)), "")
    act(menu, _tr("Delete"), reason, partial(deeds.delete_all, runs), "delete")


def fill_checkpoints(menu: QMenu, deeds: Deeds, run: Run, *, branch: bool) -> None:
    """The checkpoints of a run, to go on from; the latest comes first."""
    menu.setToolTipsVisible(True)
    for saved in _latest(run):
        reason = deeds.why_not_go_on(run) if branch else deeds.why_not_resume(run, saved)
        act(menu, checkpoint_words(saved), reason, partial(deeds.go_on, run, saved, branch=branch))
    if not run.checkpoints:
        act(menu, deeds.why_no_checkpoint(run), deeds.why_no_checkpoint(run), lambda: None)


def fill_checkpoint(menu: QMenu, deeds: Deeds, run: Run, saved: CheckpointSaved) -> None:
    """What can be done with one checkpoint."""
    menu.setToolTipsVisible(True)
    title = act(menu, checkpoint_words(saved), "", lambda: None)
    title.setEnabled(False)
    menu.addSeparator()
    reason = deeds.why_not_resume(run, saved)
    act(menu, _tr("Resume from Here"), reason, partial(deeds.go_on, run, saved, branch=False), "train")
    reason = deeds.why_not_go_on(run)
    act(menu, _tr("Branch from Here with the Present Plan"), reason, partial(deeds.go_on, run, saved, branch=True))
    act(menu, _tr("Use These Weights"), deeds.why_not_use(run), partial(deeds.use, run, saved))


def act(menu: QMenu, text: str, reason: str, call: Callable[[], object], icon: str = "") -> QAction:
    """One row; where there is a reason why not, it is the tip of what can not be chosen."""
    action = menu.addAction(text.replace("&", "&&"))
    if icon:
        action.setIcon(icons.icon(icon))
    action.setEnabled(not reason)
    action.setToolTip(reason or text)
    action.triggered.connect(lambda _=False: call())
    return action


def _fill_single(menu: QMenu, deeds: Deeds, run: Run, name: Callable[[Run], object]) -> None:
    act(menu, _tr("Rename"), "", partial(name, run))
    if run.race:
        reason = deeds.adopting.why_not(run)
        act(menu, _tr("Use This One: Plan, Values and Weights"), reason, partial(deeds.adopting.adopt, run), "check")
        act(menu, _tr("Stop This One"), deeds.why_not_stop(run), partial(deeds.control.stop_one, run), "stop")
    menu.addSeparator()
    reason = deeds.why_not_go_on(run)
    for words, branch in ((_tr("Resume from"), False), (_tr("Branch with the Present Plan from"), True)):
        if reason:
            act(menu, words, reason, lambda: None)
        else:
            fill_checkpoints(menu.addMenu(words), deeds, run, branch=branch)
    reason = deeds.why_not_use(run)
    if reason:
        act(menu, _tr("Use Weights of"), reason, lambda: None)
    else:
        inner = menu.addMenu(_tr("Use Weights of"))
        for saved in _latest(run):
            act(inner, checkpoint_words(saved), "", partial(deeds.use, run, saved))
    menu.addSeparator()
    reason = deeds.why_no_folder(run)
    act(menu, _tr("Open Its Drawing"), reason, partial(deeds.open_drawing, run))
    act(menu, _tr("Open Folder"), reason, partial(deeds.open_folder, run), "open")


def _latest(run: Run) -> list[CheckpointSaved]:
    return sorted(run.checkpoints, key=lambda saved: saved.step, reverse=True)[:MOST]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Runs", text)
