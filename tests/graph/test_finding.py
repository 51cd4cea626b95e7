"""Words are found wherever a document says them, in the order of the drawing."""

from __future__ import annotations

from nnstudio.graph.document import Document
from nnstudio.graph.finding import Finder, Place, sheets


def drawing() -> Document:
    document = Document("small")
    document.add("Dataset", "digits", dataset="digits")
    document.add("Conv2d", "edges", out_channels=24, kernel_size=(3, 5))
    document.add("ReLU", "relu")
    document.connect("digits.image", "edges")
    document.connect("edges", "relu")
    return document


def names(document: Document, text: str) -> list[str]:
    found = Finder(document).find(text)
    return [document.node(place.key).name for place in found if not place.is_mark]


def test_names_types_and_values_are_found_in_order() -> None:
    document = drawing()
    assert names(document, "relu") == ["relu"]
    assert names(document, "CONV2D") == ["edges"]
    assert names(document, "out_channels 24") == ["edges"]
    assert names(document, "24 conv") == ["edges"]
    assert names(document, "3x5") == names(document, "3×5") == names(document, "3, 5") == ["edges"]
    assert names(document, "d") == ["digits", "edges"]
    assert names(document, "  ") == []
    assert names(document, "no such thing") == []


def test_notes_frames_and_comments_are_found() -> None:
    document = drawing()
    document.set_looks([document.node("relu")], note="Why not GELU?")
    frame = document.add_frame((0, 0), (400, 300), "Encoder half")
    comment = document.add_comment((0, 400), (200, 100), "Try **dropout** here")
    assert names(document, "why gelu") == ["relu"]
    assert Finder(document).find("encoder") == [Place("", frame.id, is_mark=True)]
    assert Finder(document).find("dropout") == [Place("", comment.id, is_mark=True)]


def test_what_is_inside_blocks_is_found_once_and_unused_blocks_are_left_out() -> None:
    document = drawing()
    made = document.make_block([document.node("edges"), document.node("relu")], "Step")
    document.place(made.block)
    unused = document.add_block("Unused")
    document.inside(unused.id).add("Tanh", "lonely")
    assert [place.sheet for place in Finder(document).find("edges")] == [made.block]
    assert len(Finder(document).find("step")) == 2
    assert Finder(document).find("lonely") == []
    assert [sheet.block for sheet in sheets(document)] == ["", made.block]
