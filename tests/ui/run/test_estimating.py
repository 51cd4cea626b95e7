"""What a training would take is asked in the background, and told before Train is pressed."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.protocol import messages as msg
from nnstudio.ui.run import estimating as module
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.run.runbar import RunBar
from tests.ui.studio import Studio, classifier, faulty, open_studio, settle, shown

MB = 1_000_000


class Estimates:
    """A toolbar whose engine knows what a training takes."""

    def __init__(self, qtbot: QtBot, studio: Studio) -> None:
        self.studio, self.qtbot = studio, qtbot
        self.free, self.seconds = 4000 * MB, 3.14
        studio.engine.replies[msg.Estimate] = self._reply
        self.bar = RunBar(studio.bridge, RunControl(studio.bridge))
        self.bar.resize(1280, 60)
        shown(qtbot, self.bar)
        self.wait()

    def _reply(self, request: msg.Estimate, number: int) -> msg.AnyReply:
        memory = {"weights": MB, "activations": 200_000}
        return msg.Estimated(
            request=number, memory=memory, free=self.free, flops=9, step_seconds=0.1, epoch_seconds=self.seconds
        )

    @property
    def asked(self) -> list[msg.Estimate]:
        return [request for request in self.studio.engine.asked if isinstance(request, msg.Estimate)]

    def wait(self) -> None:
        """Until nothing more is asked."""
        self.qtbot.waitUntil(lambda: not self.bar.estimating._timer.isActive(), timeout=3000)
        settle(self.studio.bridge)
        self.qtbot.waitUntil(lambda: not self.bar.estimating._timer.isActive(), timeout=3000)


@pytest.fixture
def estimates(qtbot: QtBot, qapp: object, monkeypatch: pytest.MonkeyPatch) -> Estimates:
    monkeypatch.setattr(module, "DELAY_MS", 5)
    return Estimates(qtbot, open_studio(classifier()))


def test_it_is_told_at_train_and_in_the_plan(estimates: Estimates) -> None:
    assert len(estimates.asked) == 1
    assert estimates.asked[0].model.weights == b""
    bar = estimates.bar
    assert bar.train.toolTip().endswith("\nabout 1.2 MB of memory, 3.1 s an epoch")
    assert bar.plan_popup.estimate.text() == "about 1.2 MB of memory, 3.1 s an epoch"
    assert bar.plan_popup.estimate.toolTip() == "weights: 1.0 MB\nactivations: 200 kB"
    assert not bar.caution.isVisible()


def test_many_edits_are_one_question_and_looks_are_none(estimates: Estimates) -> None:
    document = estimates.studio.document
    for size in (16, 64, 128):
        document.set_plan(batch_size=size)
    estimates.wait()
    assert [request.plan.batch_size for request in estimates.asked] == [32, 128]
    document.move({"head": (1.0, 2.0)})
    estimates.wait()
    assert len(estimates.asked) == 2
    document.set("conv", out_channels=7)
    estimates.wait()
    assert len(estimates.asked) == 3


def test_too_little_memory_is_told_before_train_is_pressed(estimates: Estimates) -> None:
    estimates.free, estimates.seconds = MB, 0.0
    estimates.studio.document.set_plan(batch_size=64)
    estimates.wait()
    words = "Needs about 1.2 MB, and 1.0 MB are free: make batch_size or the layers smaller."
    bar = estimates.bar
    assert bar.train.isEnabled()
    assert words in bar.train.toolTip()
    assert bar.caution.isVisible()
    assert bar.caution.toolTip() == words
    assert bar.plan_popup.estimate.text() == words
    bar.caution.click()
    assert bar.plan_popup.isVisible()


def test_nothing_is_asked_during_a_run_and_again_after_it(estimates: Estimates) -> None:
    studio = estimates.studio
    studio.bridge.session.train()
    studio.engine.state("training")
    settle(studio.bridge)
    studio.document.set_plan(batch_size=64)
    estimates.wait()
    assert len(estimates.asked) == 1
    assert estimates.bar.estimating.words == ""
    studio.engine.state("stopped", 1, 3)
    settle(studio.bridge)
    estimates.wait()
    assert [request.plan.batch_size for request in estimates.asked] == [32, 64]


def test_after_a_run_the_same_is_asked_again(estimates: Estimates) -> None:
    studio = estimates.studio
    studio.bridge.session.train()
    studio.engine.play(1)
    settle(studio.bridge)
    estimates.wait()
    assert len(estimates.asked) == 2


def test_one_question_at_a_time(estimates: Estimates, monkeypatch: pytest.MonkeyPatch) -> None:
    studio, pending = estimates.studio, []

    def ask(request: msg.AnyRequest) -> Future[msg.AnyReply]:
        pending.append(request)
        return futures[len(pending) - 1]

    futures: list[Future[msg.AnyReply]] = [Future() for _ in range(9)]
    monkeypatch.setattr(studio.engine, "ask", ask)
    for size in (64, 128):
        studio.document.set_plan(batch_size=size)
        estimates.wait()
    sizes = [request.plan.batch_size for request in pending if isinstance(request, msg.Estimate)]
    assert sizes == [64]
    futures[0].set_result(estimates._reply(pending[0], 1))
    settle(studio.bridge)
    estimates.wait()
    sizes = [request.plan.batch_size for request in pending if isinstance(request, msg.Estimate)]
    assert sizes == [64, 128]


def test_an_estimate_that_can_not_be_had_is_none(qtbot: QtBot, estimates: Estimates) -> None:
    studio = estimates.studio
    studio.engine.replies[msg.Estimate] = lambda request, number: msg.Failed(request=number, message="No.")
    studio.document.set_plan(batch_size=64)
    estimates.wait()
    assert estimates.bar.estimating.words == ""
    assert studio.told == []
    assert len(estimates.asked) == 2
    assert not estimates.bar.plan_popup.estimate.text()


def test_a_drawing_with_problems_is_not_estimated(qtbot: QtBot, qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DELAY_MS", 5)
    estimates = Estimates(qtbot, open_studio(faulty()))
    assert estimates.asked == []
    assert estimates.bar.estimating.words == ""


def test_another_engine_is_asked_anew(estimates: Estimates) -> None:
    estimates.studio.engine.die()
    settle(estimates.studio.bridge)
    estimates.wait()
    assert len(estimates.asked) == 2


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0004, "0.01 s"), (0.256, "0.26 s"), (12.3, "12 s"), (300, "5 min"), (9000, "2 h 30 min")]
)
def test_seconds_in_words(seconds: float, words: str) -> None:
    assert module._seconds_text(seconds) == words
