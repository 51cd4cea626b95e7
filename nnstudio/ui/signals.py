"""What the bridge tells the window, as Qt signals.

They are `Signal(object)`: PySide6 loses data in `Signal(dict)`.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Signals(QObject):
    """Of the project that is shown, but for `projects_changed` and `elsewhere`."""

    session_leaving = Signal(object)
    """Session: another project is about to be shown instead of this one."""
    session_changed = Signal(object)
    """Session: another project is shown."""
    projects_changed = Signal()
    """Projects were opened, closed or moved, or something changed that their tabs tell."""
    elsewhere = Signal(object, object)
    """Session and its event: something happened in a project that is open and not shown."""
    sheet_changed = Signal(object)
    """graph.document.Sheet: another drawing of the same project is shown, the main one or the inside of a block."""
    document_changed = Signal(object)
    """graph.changes.Change: one change of the document, as it happens."""
    history_changed = Signal()
    """After every finished step, undo and redo; also when the project was saved."""
    recompiled = Signal(object)
    """compiler.result.Compiled."""
    run_changed = Signal(object)
    """session.Run: state, progress or an epoch has changed."""
    runs_changed = Signal()
    """Runs were found, shown, hidden, named or removed: what is told of them beside the one in front."""
    checkpoint_chosen = Signal(object, object, object)
    """session.Run, one of its checkpoints and a place on the screen: somebody wants to do something with it."""
    progress = Signal(object)
    """protocol.messages.Progress."""
    epoch_done = Signal(object)
    """protocol.messages.EpochDone."""
    walked = Signal()
    """The walk through a recorded batch has begun, has come to another operation, or is over."""
    engine_changed = Signal(object)
    """protocol.client.EngineChange."""
    engine_ready = Signal(object)
    """protocol.messages.EngineReady: torch version, devices, probes and exports."""
    frame = Signal(object)
    """protocol.messages.ProbeFrame."""
    data_progress = Signal(object)
    """protocol.messages.DataProgress: how far some work on data is."""
    selection_changed = Signal(object)
    """tuple of node ids, the last chosen one last."""
    sample_changed = Signal(int)
    """Index into the test set: the sample that panels and nodes show."""
    starts_anew = Signal(object)
    """tuple of names: nodes whose weights no longer fit."""
    file_wanted = Signal(object)
    """events.FileWanted: the person is to choose a file for a Dataset node."""
    file_failed = Signal(object)
    """Session: the engine could not read a file as the drawing says."""
    trouble = Signal(object)
    """session.Trouble: to be shown by notices."""
    command_wanted = Signal(str)
    """The key of a command that is to be done, as if it was chosen in the menu."""
    panel_wanted = Signal(str)
    """The key of a panel that is to come to the front, and to get the keyboard."""
