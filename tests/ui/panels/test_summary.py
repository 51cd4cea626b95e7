"""The summary: figures of every layer checked against torch, blocks, times, sorting and choosing."""

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint
from torch.utils.flop_counter import FlopCounterMode

from nnstudio.compiler.compile import compile_document
from nnstudio.graph.document import Document
from nnstudio.ui.panels.parts.layer_rows import flat, layer_rows, totals_of
from nnstudio.ui.panels.parts.layer_times import energy_text, time_text
from tests.catalogue.harness import model_of
from tests.classics.drawing import Pen, inside


def blocks() -> Document:
    document = Document("blocks")
    block, pen = inside(document, "Part")
    pen.layer("Conv2d", "conv", out_channels=4, padding="same")
    pen.layer("ReLU", "relu")
    pen.layer("Output", "y")
    pen = Pen(document)
    pen.start("Dataset", "digits", dataset="digits")
    pen.layer("Conv2d", "stem", out_channels=4, padding="same")
    pen.block(block, "part", repeat=3)
    pen.layer("Flatten", "flatten")
    pen.layer("Linear", "head", out_features=10)
    pen.layer("CrossEntropyLoss", "loss")
    document.connect("digits.label", "loss.target")
    return document


def sequence() -> Document:
    document = Document("sequence")
    pen = Pen(document)
    pen.start("Input", "x", shape=(12, 8))
    pen.layer("LSTM", "lstm", hidden_size=16)
    pen.layer("Linear", "head", out_features=5)
    return document


def transformer() -> Document:
    document = Document("transformer")
    pen = Pen(document)
    pen.start("Input", "x", shape=(12, 16))
    pen.layer("TransformerEncoderLayer", "encoder", nhead=2, dim_feedforward=32)
    pen.layer("Linear", "head", out_features=5)
    return document


def send(studio, names, forward, backward=None, batch=32):
    arrays = {"forward": np.array(forward, np.float32)}
    if backward is not None:
        arrays["backward"] = np.array(backward, np.float32)
    studio.frame("profile", arrays, names=names, batch=batch, passes=5)


@pytest.mark.parametrize("draw", [blocks, sequence, transformer])
def test_figures_are_those_of_torch(draw):
    document = draw()
    compiled = compile_document(document)
    rows = layer_rows(document, compiled)
    totals = totals_of(rows, 1)
    model = model_of(compiled, "meta").eval()  # on the CPU, torch does not count what its own attention does
    assert totals.parameters == sum(weight.numel() for weight in model.parameters())
    assert totals.weight_bytes == sum(weight.nbytes for weight in model.parameters())
    shape = (1, 8, 8) if compiled.dataset else compiled.signature.free[0].shape
    with FlopCounterMode(display=False) as counter, torch.enable_grad():
        model(torch.empty(1, *shape, device="meta"))
    assert totals.flops == counter.get_total_flops()


def test_a_repeated_block_counts_for_all_its_times():
    document = blocks()
    rows = {row.name: row for row in flat(layer_rows(document, compile_document(document)))}
    part, conv = rows["part"], rows["conv"]
    assert (part.parameters, conv.parameters, conv.times) == (444, 444, 3)
    assert part.flops == conv.flops == 3 * 2 * 64 * 4 * 36
    assert conv.output_bytes == 3 * 4 * 64 * 4
    assert part.output_bytes == conv.output_bytes + rows["relu"].output_bytes
    assert conv.variables == ("part.0.conv", "part.1.conv", "part.2.conv")
    assert conv.energy(1) == pytest.approx(2.3 * conv.flops + 160 * (2 * conv.output_bytes + conv.weight_bytes))
    assert part.energy(1) == pytest.approx(conv.energy(1) + rows["relu"].energy(1))


def test_the_layers_stand_before_the_engine_has_measured(studio):
    panel = studio.panel("summary", (900, 300))
    names = [item.text(0) for item in panel.table.items()]
    assert names == ["conv1", "relu1", "flatten", "head", "loss"]
    assert [item.text(3) for item in panel.table.items()] == ["—"] * 5
    assert [figure.word for figure in panel.strip.figures] == [
        "parameters",
        "FLOPs",
        "weights",
        "activations",
        "energy",
    ]
    assert panel.strip.figures[0].value == f"{40 + 2570:,}"
    assert panel.header.caption == "5 layers"
    assert studio.options("profile") == {"batch": 32}


def test_times_come_with_their_shares_and_are_smoothed(studio):
    panel = studio.panel("summary", (900, 300))
    names = ["conv1", "relu1", "flatten", "head", ""]
    for third in (1e-3, 9e-3, 1e-3):  # once the machine was busy otherwise
        send(studio, names, [third, 1e-4, 0, 4e-4, 5e-4], [2e-3, 0, 0, 0, 0])
    texts = [item.text(3) for item in panel.table.items()]
    assert texts == ["3 ms", "100 µs", "—", "400 µs", "500 µs"]
    assert panel.header.caption == "5 layers · 32 samples: forward 2 ms, backward 2 ms"
    assert panel.times.total(panel.layers) == (pytest.approx(2e-3), pytest.approx(2e-3))
    panel.grab()
    table = {row[0]: row for row in panel.rows()}
    assert table["conv1"][1:7] == ("Conv2d", 1, "4×8×8", 40, 4608, 160)
    assert table["conv1"][8:10] == (pytest.approx(1e-3), pytest.approx(2e-3))


def test_inside_of_a_block_each_layer_has_the_time_of_all_repeats(studio):
    studio.open(blocks())
    panel = studio.panel("summary", (900, 300))
    names = ["stem", "part.0.conv", "part.1.conv", "part.2.conv", "part", "part.0.relu"]
    send(studio, names, [1.0, 0.25, 0.25, 0.5, 1.5, 0.125], [0.0, 1.0, 1.0, 1.0, 0.0, 0.5])
    found = {item.text(0): item.text(3) for item in panel.table.items()}
    assert found["conv"] == "4 s"
    assert found["part"] == "5 s"  # its line, and all on the way back inside


def test_a_click_on_a_column_sorts_by_it_and_the_third_puts_it_back(studio):
    panel = studio.panel("summary", (900, 300))

    def order():
        return [panel.table.topLevelItem(place).text(0) for place in range(5)]

    as_computed = order()
    for wanted in ("head", "relu1"):
        panel.table.header().sectionClicked.emit(2)
        assert order()[0] == wanted
    panel.table.header().sectionClicked.emit(2)
    assert order() == as_computed


def test_a_click_shows_the_node_and_the_canvas_marks_the_row(studio):
    panel = studio.panel("summary", (900, 300))
    table = panel.table
    table.itemClicked.emit(table.topLevelItem(3), 0)
    assert studio.bridge.selection == (studio.document.node("head").id,)
    studio.bridge.select((studio.document.node("conv1").id,))
    assert [item.text(0) for item in table.selectedItems()] == ["conv1"]


def test_what_is_folded_stays_so(studio):
    studio.open(blocks())
    panel = studio.panel("summary", (900, 300))
    part = panel.table.topLevelItem(1)
    part.setExpanded(False)
    studio.document.set(studio.document.node("head"), out_features=12)
    studio.settle()
    assert not panel.table.topLevelItem(1).isExpanded()
    assert panel.table.topLevelItem(3).text(2) == "3,084"


def test_a_figure_says_how_it_comes_about(studio):
    panel = studio.panel("summary", (900, 300))
    place = panel.strip.places()[-1][1].center()
    assert "Horowitz" in panel.strip.describe(QPoint(int(place.x()), int(place.y())))


def test_with_nothing_drawn_it_says_what_to_add(studio):
    panel = studio.panel("summary")
    studio.open(Document("empty"))
    studio.settle()
    assert panel.empty.text == "Add a layer to see its size, its work and its time."
    assert studio.probes() == []


def test_what_the_engine_can_not_measure_does_not_hide_the_layers(studio):
    panel = studio.panel("summary", (900, 300))
    studio.engine.frame("profile", problem="There is no sample to measure with.")
    studio.settle()
    assert not panel.is_empty
    assert panel.header.caption == "There is no sample to measure with."


@pytest.mark.parametrize(("seconds", "text"), [(2.5, "2.5 s"), (0.0123, "12.3 ms"), (4.2e-5, "42 µs"), (0.0, "0 µs")])
def test_times_in_words(seconds, text):
    assert time_text(seconds) == text


@pytest.mark.parametrize(("energy", "text"), [(12.0, "12 pJ"), (5.4e4, "54 nJ"), (3.2e7, "32 µJ"), (1e13, "10 J")])
def test_energy_in_words(energy, text):
    assert energy_text(energy) == text


def test_another_batch_is_measured_anew_and_shares_the_way_of_the_weights(studio):
    panel = studio.panel("summary", (900, 300))
    before = panel.strip.figures[-1].value
    studio.document.set_plan(batch_size=1)
    studio.settle()
    assert studio.options("profile") == {"batch": 1}
    assert panel.strip.figures[-1].value != before


def test_columns_are_as_many_as_there_is_room_for_and_a_row_tells_all(studio):
    panel = studio.panel("summary")
    table = panel.table
    for width, least in ((372, 3), (780, 8), (372, 3)):
        panel.resize(width, 300)
        studio.settle()
        seen = [place for place in range(len(table.columns)) if not table.isColumnHidden(place)]
        assert seen == [*range(len(seen))]
        assert len(seen) >= least
        assert sum(map(table.columnWidth, seen)) <= table.viewport().width()
        assert all(table.columnWidth(place) >= table.header().sectionSizeHint(place) for place in seen)
    words = table.describe(table.items()[1])
    assert [column.title in words for column in table.columns[1:]] == [True] * 7
