"""The run and the engine."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    run = place.run

    def pause_text() -> str:
        return tr("Resume") if run.whole.state == "paused" else tr("Pause")

    def idle() -> str:
        return tr("No run is going. Press Train.")

    def unkept() -> str:
        return tr("For a run that has taken a step and is kept: see Keep runs in the settings.")

    return (
        Command(
            "train", "train", tr("&Train"), tr("Train from the beginning"), run.train, "Ctrl+Return; Ctrl+Enter",
            "train", run.can_train, why=run.why_not_train,
        ),
        Command(
            "train_on", "train", tr("Train O&n"),
            tr("Train on from the weights that there are; what does not fit starts anew"), run.train_on,
            "Ctrl+Shift+Return; Ctrl+Shift+Enter", "", run.can_train_on, why=run.why_not_train_on,
        ),
        Command(
            "resume_from", "train", tr("Resume &From…"), tr("Go on from a checkpoint of an earlier run"),
            run.checkpoints_wanted.emit, "", "", run.can_resume_from, why=run.why_not_resume_from,
        ),
        Command(
            "race", "train", tr("R&ace…"), tr("Train under several plans side by side, and compare them"),
            run.race_wanted.emit, "Ctrl+Alt+Return; Ctrl+Alt+Enter", "race", run.can_race, why=run.why_no_race,
        ),
        Command(
            "pause", "train", tr("Pause"), tr("Stand still between two steps, or go on"), run.pause_or_resume, "F8",
            "pause", run.can_pause, pause_text, why=idle,
        ),
        Command(
            "step", "train", tr("Step &Batch"), tr("One more batch, and stand still; where no run is going, the first"),
            run.step, "F9", "step", run.can_step, why=run.why_not_step,
        ),
        Command(
            "step_epoch", "train", tr("Step &Epoch"), tr("On to the end of the epoch, and stand still"),
            lambda: run.step(epoch=True), "Shift+F9", "", run.can_step, why=run.why_not_step,
        ),
        Command(
            "stop", "train", tr("&Stop"), tr("End the run; its weights stay"), run.stop, "Shift+F8", "stop",
            run.can_stop, why=idle,
        ),
        Command(
            "save_checkpoint", "train", tr("Save &Checkpoint"), tr("Keep the run as it stands, to go on from here"),
            run.save_checkpoint, "Ctrl+F8", "", run.can_save, line=True, why=unkept,
        ),
        Command(
            "open_runs", "train", tr("Open R&uns Folder"), tr("Show the files that runs have left"),
            lambda: place.shell.recording.open_folder(),
        ),
        Command(
            "restart_engine", "train", tr("&Restart Engine"),
            tr("End the process that computes, and start it again; the drawing stays"), run.restart_engine, line=True,
        ),
    )  # fmt: skip


topic = Topic(50, _commands)
