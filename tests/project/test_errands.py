"""Work on data, asked of the engine."""

from __future__ import annotations

from pathlib import Path

from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.project.errands import Errands
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine


def errands() -> tuple[Errands, FakeEngine, Document]:
    document, engine = Document(), FakeEngine()
    document.add("Dataset", "moons", dataset="moons", samples=100)
    engine.start()
    return Errands(document, engine.ask), engine, document


def test_the_data_of_a_node_travel_as_the_project_splits_them() -> None:
    work, _, document = errands()
    document.set_plan(seed=3, test_split=0.5)
    assert work.data("moons") == msg.DataRef("moons", {"samples": 100, "noise": 0.08}, 3, 0.5)
    document.set_trained(Trained(b"", (), seed=1, test_split=0.1))
    assert (work.data("moons").seed, work.data("moons").test_split) == (1, 0.1)


def test_every_errand_has_a_key_of_its_own_by_which_it_is_given_up() -> None:
    work, engine, _ = errands()
    data = work.data("moons")
    made = [work.preview(data, "train", 5, 10), work.summarize(data), work.inspect(Path("x.csv")), work.fetch(data)]
    made.append(work.check(data))
    assert len({errand.key for errand in made}) == 5
    assert [request.key for request in engine.asked] == [errand.key for errand in made]  # type: ignore[union-attr]
    work.cancel(made[0].key)
    assert engine.asked[-1] == msg.Cancel(key=made[0].key)
