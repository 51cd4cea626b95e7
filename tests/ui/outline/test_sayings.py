"""Each row says in words what a sighted person sees."""

from __future__ import annotations

from nnstudio.graph.document import Document
from nnstudio.project.session import Session
from nnstudio.protocol.fake import FakeEngine
from nnstudio.ui.outline.model import OutlineModel
from nnstudio.ui.outline.sayings import MOST_NAMES, Sayings
from tests.ui.studio import classifier, faulty


def said(document: Document, name: str) -> str:
    choice = Sayings(Session(document, FakeEngine()).compiled).of(document, document.node(name).id)
    return ", ".join(filter(None, (choice.title, choice.detail, choice.warning)))


def test_a_node_says_its_type_its_shape_and_its_wires() -> None:
    document = classifier()
    assert said(document, "conv") == "conv, Conv2d, out 4×8×8, from digits, to relu"
    assert said(document, "digits") == "digits, Dataset, out image 1×8×8, label scalar, to conv, loss"
    assert said(document, "loss") == "loss, CrossEntropyLoss, out scalar, from head, digits"


def test_problems_notes_and_muting_are_said() -> None:
    document = faulty()
    text = said(document, "head")
    assert text.startswith("head, Linear, ")
    assert "error: Linear 'head' gets N×4×8×8 and needs a vector." in text
    document.mute("relu")
    document.set_looks([document.node("relu")], note="try GELU")
    assert "muted, try GELU" in said(document, "relu")
    document.tune(["head"], frozen=True, lr=0.5)
    assert "frozen, lr 0.5" in said(document, "head")


def test_many_wires_are_counted() -> None:
    document = Document("many")
    total = document.add("Add", "total")
    for number in range(MOST_NAMES + 2):
        document.connect(document.add("Value", f"v{number}_"), total)
    assert said(document, "total").endswith("v5_ and 2 more")


def test_frames_and_comments_say_their_words() -> None:
    document = classifier()
    frame = document.add_frame((0, 0), (300, 300), "The encoder")
    comment = document.add_comment((0, 0), (300, 300), "First line\n\nsecond " + "long " * 40)
    sayings = Sayings(Session(document, FakeEngine()).compiled)
    assert (sayings.of(document, frame.id).title, sayings.of(document, frame.id).note) == ("The encoder", "frame")
    assert sayings.of(document, comment.id).title.startswith("First line second long")
    assert sayings.of(document, comment.id).title.endswith("…")
    empty = document.add_comment((0, 0), (300, 300), "")
    assert sayings.of(document, empty.id).title == "without words"


def test_a_block_says_its_name(qtmodeltester) -> None:  # type: ignore[no-untyped-def]
    document = classifier()
    made = document.make_block([document.node("conv"), document.node("relu")], "Step")
    assert said(document, made.name).startswith("step, Step, out ")
    model = OutlineModel()
    model.show(document, Session(document, FakeEngine()).compiled)
    model.find((made.id,), document.node("conv").id if "conv" in document else "n2")
    qtmodeltester.check(model)
