"""What is offered first: what is meant by the text, then what fits, then what the person is used to."""

from __future__ import annotations

from nnstudio.graph.document import Document
from nnstudio.graph.fitting import DOUBTFUL, FITS
from nnstudio.habits import Habits
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui import stock
from nnstudio.ui.offers import LIKELY, Held, Offers
from tests.ui.studio import classifier


def held(document: Document, name: str, port: str, is_output: bool = True, needed: bool = True) -> Held:
    node = document.node(name)
    spec = Session(document, FakeEngine()).compiled.facts[node.id].outputs.get(port) if is_output else None
    return Held(node, node.port("output" if is_output else "input", port), is_output, spec, needed)


def keys(offers: Offers, text: str = "") -> list[str]:
    return [offer.item.key for offer in offers.find(text)]


def test_without_a_wire_everything_is_offered_and_a_beginning_first() -> None:
    offers = Offers(Document(), Habits())
    assert keys(offers)[0] == "Dataset"
    assert set(keys(offers)) == {item.key for item in stock.everything(None)}


def test_only_what_can_take_the_wire_and_what_fits_first() -> None:
    offers = Offers(classifier(), Habits(), held(classifier(), "conv", "y"))
    found = offers.find("")
    assert "Dataset" not in keys(offers)
    assert "Embedding" not in keys(offers)
    answers = [offer.fit.answer for offer in found]
    assert answers == sorted(answers, key=[FITS, DOUBTFUL].index)
    assert keys(offers)[:2] == ["ReLU", "BatchNorm2d"]
    assert keys(offers, "conv")[0] == "Conv2d"
    assert offers.find("linear")[0].fit.answer == DOUBTFUL
    assert "vector" in offers.find("linear")[0].fit.reason
    assert keys(offers, "embed")[0] == "PatchEmbedding"
    assert keys(offers, "dataset") == []
    assert offers.is_known("dataset")
    assert not offers.is_known("no such thing")


def test_a_chosen_node_leaves_nothing_out() -> None:
    offers = Offers(classifier(), Habits(), held(classifier(), "conv", "y", needed=False))
    assert keys(offers)[0] == "ReLU"
    assert "Dataset" in keys(offers)


def test_an_input_is_offered_what_gives_such_shapes() -> None:
    offers = Offers(classifier(), Habits(), held(classifier(), "head", "x", is_output=False))
    assert "CrossEntropyLoss" in keys(offers)  # it gives a number, which may be wired and does not fit
    assert "ArgMax" not in keys(offers)
    assert keys(offers).index("Flatten") < LIKELY


def test_a_loss_does_not_judge_the_data() -> None:
    offers = Offers(classifier(), Habits(), held(classifier(), "digits", "image"))
    assert offers.find("cross entropy")[0].fit.answer == DOUBTFUL
    labels = Offers(classifier(), Habits(), held(classifier(), "digits", "label"))
    assert (labels.find("cross entropy")[0].fit.answer, labels.find("cross entropy")[0].fit.port) == (FITS, "target")


def test_habits_decide_among_equals_and_never_over_a_better_match() -> None:
    habits = Habits()
    document = classifier()
    for _ in range(30):
        habits.added("ConvTranspose2d", after="Conv2d")
    offers = Offers(document, habits, held(document, "conv", "y"))
    assert keys(offers)[0] == "ConvTranspose2d"
    assert keys(offers, "conv")[0] == "ConvTranspose2d"
    assert keys(offers, "conv2d")[0] == "Conv2d"
    assert keys(offers, "relu")[0] == "ReLU"
    elsewhere = Offers(document, habits, held(document, "head", "y"))
    assert keys(elsewhere)[0] != "ConvTranspose2d"


def test_inside_a_block_is_offered_what_it_may_hold() -> None:
    document = classifier()
    made = document.make_block([document.node("conv"), document.node("relu")], "Step")
    inside = Offers(document.sheet(made.block), Habits())
    assert {"CrossEntropyLoss", "Dataset", f"block:{made.block}"}.isdisjoint(keys(inside))
    assert f"block:{made.block}" in keys(Offers(document, Habits()), "step")


def test_a_broken_file_of_the_library_is_offered_still(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "broken.nnstudio.json").write_text("{")
    monkeypatch.setattr(stock.paths, "resource", lambda *parts: tmp_path.joinpath(*parts))
    stock.library.cache_clear()
    try:
        document = classifier()
        offers = Offers(document, Habits(), held(document, "conv", "y"))
        assert offers.find("broken")[0].fit.answer == DOUBTFUL
    finally:
        stock.library.cache_clear()
