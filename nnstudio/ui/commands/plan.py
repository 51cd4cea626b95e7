"""How to train: the plan, and its learning rate by a key."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    run, shell = place.run, place.shell
    return (
        Command(
            "plan", "train", tr("Training &Plan…"), tr("Optimizer, learning rate, batch size and more"),
            lambda: shell.runbar.open_plan(), "Ctrl+T", line=True,
        ),
        Command(
            "lr_double", "train", tr("Learning Rate ×&2"),
            tr("Twice the learning rate, from the next step on"), lambda: run.scale_lr(2.0), "Alt+PgUp",
        ),
        Command(
            "lr_half", "train", tr("Learning Rate ÷2"),
            tr("Half the learning rate, from the next step on"), lambda: run.scale_lr(0.5), "Alt+PgDown",
        ),
    )  # fmt: skip


topic = Topic(51, _commands)
