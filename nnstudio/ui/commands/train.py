"""The run and the engine."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    run = place.run

    def pause_text() -> str:
        return tr("Resume") if run.run.state == "paused" else tr("Pause")

    def unpaused() -> str:
        return tr("Step through a run: pause it first.")

    def idle() -> str:
        return tr("No run is going. Press Train.")

    return (
        Command(
            "train", "train", tr("&Train"), tr("Train from the beginning"), run.train, "Ctrl+Return; Ctrl+Enter",
            "train", run.can_train, why=run.why_not_train,
        ),
        Command(
            "pause", "train", tr("Pause"), tr("Stand still between two steps, or go on"), run.pause_or_resume, "F8",
            "pause", run.can_pause, pause_text, why=idle,
        ),
        Command(
            "step", "train", tr("Step &Batch"), tr("While paused: one more batch"), run.step, "F9", "step",
            run.can_step, why=unpaused,
        ),
        Command(
            "step_epoch", "train", tr("Step &Epoch"), tr("While paused: on to the end of the epoch"),
            lambda: run.step(epoch=True), "Shift+F9", "", run.can_step, why=unpaused,
        ),
        Command(
            "stop", "train", tr("&Stop"), tr("End the run; its weights stay"), run.stop, "Shift+F8", "stop",
            run.can_stop, why=idle,
        ),
        Command(
            "restart_engine", "train", tr("&Restart Engine"),
            tr("End the process that computes, and start it again; the drawing stays"), run.restart_engine, line=True,
        ),
    )  # fmt: skip


topic = Topic(50, _commands)
