"""Nobody can break the window: thousands of random events, and undoing them all gives the first drawing."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.settings import Settings
from nnstudio.ui.window import MainWindow
from tests.graph.drawings import documents, written
from tests.ui.monkey import Monkey, Silent, Watch
from tests.ui.studio import gone, open_studio

SEEDS = st.integers(0, 2**32 - 1)
AS_IT_COMES = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failure is not made smaller: another seed is another story."""


def play(document: Document, seed: int, events: int) -> Monkey:
    """A window on the document, as a file would give it, and the monkey at it."""
    random = Random(seed)
    studio = open_studio(storage.document_from(written(document)))
    window = MainWindow(studio.bridge, Settings(), Silent(random))  # type: ignore[arg-type]  # a stand-in
    window.show()
    window.activateWindow()
    with Watch() as watch:
        monkey = Monkey(window, random, watch)
        try:
            monkey.play(events)
            monkey.take_all_back()
        finally:
            gone(window)
    return monkey


@pytest.mark.timeout(600)
@settings(max_examples=4, phases=AS_IT_COMES, suppress_health_check=list(HealthCheck), derandomize=True)
@given(document=documents(), seed=SEEDS)
def test_a_thousand_events_do_no_harm(qapp: object, document: Document, seed: int) -> None:
    monkey = play(document, seed, 250)
    assert monkey.most_steps > 0


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=20, phases=AS_IT_COMES, suppress_health_check=list(HealthCheck))
@given(document=documents(), seed=SEEDS)
def test_twenty_thousand_events_do_no_harm(qapp: object, document: Document, seed: int) -> None:
    play(document, seed, 1000)
