"""A batch, an operation at a time: forward, then backward, and back again."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr


def _commands(place: Place) -> tuple[Command, ...]:
    walk = place.shell.walk_control

    def nowhere() -> str:
        return tr("No batch is walked through. Choose Train ▸ Step Operation.")

    return (
        Command(
            "step_operation", "train", tr("Step &Operation"),
            tr("The batch that comes next, an operation at a time: forward, then backward"), walk.step, "F7", "step-on",
            walk.can_step, line=True, why=walk.why_not_step,
        ),
        Command(
            "step_back", "train", tr("Step Bac&k"), tr("To the operation before"), walk.step_back, "Shift+F7",
            "step-back", walk.can_go_back, why=nowhere,
        ),
        Command(
            "walk_start", "train/walk", tr("To the &Beginning"), tr("To the first operation of the batch"),
            walk.to_start, "Ctrl+Shift+F7", "to-start", walk.can_go_back, why=nowhere,
        ),
        Command(
            "walk_turn", "train/walk", tr("To the &Loss"), tr("To where the backward pass begins"), walk.to_turn,
            enabled=walk.walks, why=nowhere,
        ),
        Command(
            "walk_end", "train/walk", tr("To the &End"), tr("To the last operation of the backward pass"), walk.to_end,
            "Ctrl+F7", "to-end", walk.can_go_on, why=nowhere,
        ),
        Command(
            "walk_leave", "train/walk", tr("Lea&ve"), tr("Show the canvas as it is otherwise"), walk.leave, "Alt+F7",
            "close", walk.walks, line=True, why=nowhere,
        ),
    )  # fmt: skip


topic = Topic(51, _commands, lambda: {"train/walk": tr("&Walk")})
