"""The curve of a schedule is what its factor gives, step by step."""

from __future__ import annotations

import pytest

from nnstudio.training.course import course
from nnstudio.training.registry import schedule, schedules
from nnstudio.training.spec import Progress

KNOWN = [kind for kind in schedules().values() if kind.factor is not None]


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.name)
@pytest.mark.parametrize(("epochs", "steps"), [(1, 1), (3, 7), (1_000_000, 1_000_000)])
def test_every_schedule_has_a_curve_whatever_the_length(kind, epochs: int, steps: int) -> None:  # type: ignore[no-untyped-def]  # a ScheduleType
    known = course(kind, kind.params.defaults(), 0.1, epochs, steps)
    assert known is not None
    points = known.sampled(41)
    assert len(points) == max(2, min(41, epochs * steps))
    assert (points[0][0], points[-1][0]) == (0.0, 1.0)
    assert all(0.0 <= rate <= 0.1 * (1 + 1e-9) for _, rate in points)
    assert points[-1][1] == known.rate(epochs * steps - 1)


def test_a_rate_is_that_of_the_step_and_its_epoch() -> None:
    kind = schedule("step")
    known = course(kind, {"step_size": 2, "gamma": 0.5}, 1.0, 6, 10)
    assert known is not None
    assert kind.factor is not None
    assert [known.rate(step) for step in (0, 19, 20, 40)] == [1.0, 1.0, 0.5, 0.25]
    assert known.rate(45) == kind.factor(Progress(45, 60, 4), known.values)
    assert (known.step_at(0.5), known.step_at(2.0), known.step_at(-1.0)) == (30, 59, 0)
    assert known.epoch_at(0.25) == 1.5


def test_what_follows_the_loss_has_no_curve() -> None:
    assert course(schedule("plateau"), {}, 0.1, 3, 10) is None
