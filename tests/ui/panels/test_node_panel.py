"""A panel of one node: what a new one gets from its base, and how little it has to say itself."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from nnstudio.graph.document import Document
from nnstudio.ui.panels.node_panel import NodePanel
from tests.ui.studio import faulty


class Largest(NodePanel):
    """A whole new panel: the largest weight of a node."""

    title = "Largest"
    icon = "weights"

    def __init__(self, bridge):
        super().__init__(bridge)
        self.words = QLabel()
        self.set_body(self.words)
        self.choose_among(lambda _node, facts: bool(facts.weights), "Node that is shown")
        self.begin()

    def ask(self, _what=None):
        self.subscribe_probe("weights" if self.key else "", {"node": self.name_then(self.key)} if self.key else {})

    def advice(self):
        return "Add a Linear."

    def on_frame(self, frame):
        self.words.setText(f"{frame.arrays['values'].numpy().max():g}")
        self.show_caption(self.name_now(str(frame.facts["node"])))
        self.show_body()


@pytest.fixture
def panel(studio):
    made = Largest(studio.bridge)
    studio.qtbot.addWidget(made)
    studio.panels.append(made)
    made.resize(400, 200)
    made.show()
    studio.settle()
    return made


def test_it_asks_for_the_node_that_is_chosen_and_shows_what_comes(studio, panel):
    assert panel.empty.text == "The first look is on its way."
    assert studio.options("weights") == {"node": panel.key}
    studio.bridge.select((studio.document.node("head").id,))
    assert studio.options("weights") == {"node": "head"}
    studio.frame("weights", {"values": np.array([1.0, 4.0], np.float32)}, node="head")
    assert (panel.words.text(), panel.header.caption) == ("4", "head")
    assert panel.picture_line() == "Largest · head · head"


def test_it_says_what_is_missing_and_what_has_to_be_mended(studio, panel):
    studio.open(Document("empty"))
    assert panel.empty.text == "Add a Linear."
    assert studio.probes() == []
    studio.open(faulty())
    assert "Mend the problem first" in panel.empty.text


def test_a_run_goes_by_the_names_of_its_beginning(studio, panel):
    panel.choice.choose(studio.document.node("head").id)
    studio.bridge.session.train()
    studio.engine.state("training")
    studio.document.rename("head", "last")
    studio.until(lambda: panel.key == "last")
    assert studio.options("weights") == {"node": "head"}
    studio.frame("weights", {"values": np.ones(1, np.float32)}, node="head")
    assert panel.header.caption == "last"
