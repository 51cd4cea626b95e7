"""A training without a window that ends where nobody can help it."""

import pytest

from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.headless import Headless


def test_a_run_in_trouble_has_failed_and_nobody_is_told_to_resume_it(monkeypatch: pytest.MonkeyPatch) -> None:
    headless = Headless(storage.load(examples()["xor"]))
    monkeypatch.setattr(headless, "stop", lambda: None)
    run = headless.session.run
    run.state, run.trouble, run.message = "paused", "nan", "The loss became NaN."
    run.fix = "Lower the learning rate, which is 9, and resume."  # as the engine words it: see engine.training.trouble
    assert headless.over
    headless.end()
    assert (run.state, run.fix) == ("failed", "Lower the learning rate, which is 9, and train again.")
