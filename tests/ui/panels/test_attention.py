"""Attention: which node and sample, the grid of heads and layers, the three views and what the mouse reads out."""

import csv
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest

from nnstudio.graph.document import Document
from nnstudio.ui import theme
from nnstudio.ui.panels.parts.heads import EVERY, MEAN, ROLLOUT
from nnstudio.ui.panels.parts.map_grid import SMALL
from nnstudio.ui.panels.parts.plane import HUES
from nnstudio.ui.panels.parts.token_lines import Token, key_of
from tests.ui.studio import faulty

TEXT = ["t", "o", " ", "b"]


def gpt() -> Document:
    """Characters through a causal encoder."""
    document = Document("gpt")
    document.add("Dataset", "text", dataset="python_reference", context=4)
    document.add("Embedding", "embedding", embedding_dim=8)
    document.add("TransformerEncoder", "decoder", nhead=2, num_layers=2, dim_feedforward=8, causal=True)
    document.add("Linear", "head", out_features=97)
    document.connect("text.text", "embedding")
    document.connect("embedding.y", "decoder")
    document.connect("decoder", "head")
    return document


def vit() -> Document:
    """Digits in four patches, with a class token before them."""
    document = Document("vit")
    document.add("Dataset", "digits", dataset="digits")
    document.add("PatchEmbedding", "patches", embed_dim=8, patch_size=4)
    document.add("ClassToken", "class_token")
    document.add("TransformerEncoder", "encoder", nhead=2, num_layers=1, dim_feedforward=8)
    document.connect("digits.image", "patches")
    document.connect("patches", "class_token")
    document.connect("class_token", "encoder")
    return document


def weights(heads: int, queries: int, keys: int, causal: bool = False) -> np.ndarray:
    """Different in every place, and each row sums to 1."""
    made = np.arange(1.0, heads * queries * keys + 1, dtype=np.float32).reshape(heads, queries, keys)
    if causal:
        made *= np.tril(np.ones((queries, keys), np.float32))
    return made / made.sum(axis=-1, keepdims=True)


def send_text(studio, **facts):
    arrays = {f"weights:{layer}": weights(2, 4, 4, causal=True) for layer in range(2)}
    arrays["rollout:1"] = weights(1, 4, 4, causal=True)[0]
    facts = {"sample": 0, "samples": 9, "tokens:text": TEXT} | facts
    told = {"paths": [f"decoder.layers.{n}.self_attn" for n in range(2)], "kinds": ["self"] * 2}
    studio.frame("attention", arrays, queries=[4, 4], keys=[4, 4], **told, **facts)


def send_patches(studio):
    image = np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 8, 8)
    told = {"paths": ["encoder.layers.0.self_attn"], "kinds": ["self"], "queries": [5], "keys": [5]}
    arrays = {"weights:0": weights(2, 5, 5), "rollout:0": weights(1, 5, 5)[0], "input:image": image}
    studio.frame("attention", arrays, sample=3, samples=9, label_name="7", **told)


def shown(studio, document, *size):
    studio.open(document)
    return studio.panel("attention", *([size] if size else []))


def drawn(panel) -> int:
    return sum(len(bundle.lines) for bundle in panel.board.lines.lines())


def test_the_attention_is_asked_for_with_all_its_heads(studio):
    panel = shown(studio, gpt())
    assert panel.choice.name == "decoder"
    assert studio.options("attention") == {"node": "decoder", "sample": 0, "rollout": True}
    assert [panel.choice.combo.itemText(row) for row in range(panel.choice.combo.count())] == ["decoder"]


def test_tokens_stand_at_both_sides_and_the_mouse_reads_out_who_looks_at_whom(studio):
    panel = shown(studio, gpt())
    send_text(studio)
    assert panel.board.map.looks.rows == panel.board.map.looks.columns == ("t", "o", "␣", "b")
    mean = weights(2, 4, 4, causal=True).mean(axis=0)
    spot = panel.board.map.cell_rect(3, 1).center()
    assert panel.board.map.cell_at(spot) == (3, 1)
    assert panel.board.map.describe((3, 1)) == f"“b” (3) looks at “o” (1)\n{mean[3, 1]:.4g}"
    assert panel.board.map.cell_at(QPointF(-1, -1)) is None
    assert "mean" in panel.picture_line()


def test_the_grid_has_every_head_of_every_layer_and_chooses_the_large_one(studio):
    panel = shown(studio, gpt())
    send_text(studio)
    assert panel.board.grid.columns == ("mean", "head 1", "head 2", "rollout")
    assert panel.board.grid.rows == ("layer 1", "layer 2")
    QTest.mouseClick(panel.board.grid, Qt.MouseButton.LeftButton, pos=panel.board.grid.place(1, 2).center().toPoint())
    assert (panel.layer, panel.head) == (1, 1)
    assert np.array_equal(panel.board.map.looks.weights, weights(2, 4, 4, causal=True)[1])
    QTest.keyClick(panel.board.grid, Qt.Key.Key_Right)
    assert (panel.layer, panel.head) == (1, ROLLOUT)
    assert np.array_equal(panel.board.map.looks.weights, weights(1, 4, 4, causal=True)[0])
    send_text(studio)
    assert (panel.layer, panel.head) == (1, ROLLOUT)


def test_lines_can_be_isolated_by_a_token(studio):
    panel = shown(studio, gpt())
    send_text(studio)
    panel.choose_view("lines")
    panel.choose_map(0, MEAN)
    every = drawn(panel)
    spot = panel.board.lines.position(Token(True, 1))
    assert panel.board.lines.at(spot) == Token(True, 1)
    QTest.mouseMove(panel.board.lines, spot.toPoint())
    assert panel.board.lines.token == Token(True, 1)
    assert drawn(panel) == 2 < every
    first, best, second = panel.board.lines.describe(panel.board.lines.token).split("\n")
    assert first == "“o” (1) looks at"
    assert float(best.split()[0]) > float(second.split()[0])
    QTest.keyClick(panel.board.lines, Qt.Key.Key_Up)
    assert panel.board.lines.token == Token(False, 1)
    assert panel.board.lines.describe(panel.board.lines.token).startswith("“o” (1) is looked at by")
    QTest.keyClick(panel.board.lines, Qt.Key.Key_Escape)
    assert panel.board.lines.token is None


def test_lines_of_all_heads_have_the_hue_of_their_head_and_are_told_by_it(studio):
    panel = shown(studio, gpt())
    send_text(studio)
    assert panel.head == MEAN
    panel.choose_view("lines")
    assert panel.head == EVERY
    assert panel.board.grid.columns == ("all", "mean", "head 1", "head 2", "rollout")
    bundles = panel.board.lines.lines()
    assert {bundle.head for bundle in bundles} == {0, 1}
    assert {bundle.pen.color().name() for bundle in bundles} == {key.shade.name() for key in panel.legend.keys}
    assert all(key.shade.alpha() == 255 for key in panel.legend.keys), "a faint line takes nothing from the legend"
    assert [key.text for key in panel.legend.keys] == ["head 1", "head 2"]
    QTest.keyClick(panel.board.lines, Qt.Key.Key_Right)
    _first, best, *_ = panel.board.lines.describe(panel.board.lines.token).split("\n")
    assert best == "1  “t” (0) · head 1"
    assert panel.header.caption == "sample 0 · layer 1 · all heads · self-attention"
    panel.grab()
    panel.choose_map(1, 1)
    assert {bundle.head for bundle in panel.board.lines.lines()} == {1}
    assert [key.text for key in panel.legend.keys] == ["head 2"]
    panel.choose_map(1, MEAN)
    assert not panel.legend.keys
    panel.choose_view("map")
    assert panel.head == MEAN
    assert panel.board.grid.columns[0] == "mean"


def test_names_over_narrow_columns_do_not_run_into_each_other(studio):
    panel = shown(studio, gpt(), 486, 200)
    told = {"paths": ["decoder.layers.0.self_attn"], "kinds": ["self"], "queries": [4], "keys": [4]}
    studio.frame("attention", {"weights:0": weights(32, 4, 4)}, **told)
    panel.choose_view("lines")
    panel.choose_map(0, 20)
    grid = panel.board.grid
    metrics = QFontMetricsF(theme.base_font(SMALL))
    ends = [
        (grid.place(0, column).center().x(), metrics.horizontalAdvance(title) / 2) for column, title in grid.titles()
    ]
    assert 4 < len(ends) < 34
    assert (22, "21") in grid.titles()
    gaps = [right - wide - (left + half) for (left, half), (right, wide) in pairwise(ends)]
    assert min(gaps) > 0


def test_heads_of_the_same_hue_differ_by_a_dash():
    solid, dashed = key_of(0, "1"), key_of(len(HUES), "9")
    assert solid.token == dashed.token
    assert dashed.dashed
    assert not solid.dashed


def test_in_a_small_window_the_caption_says_which_sample_it_is(studio):
    panel = shown(studio, gpt(), 486, 200)
    send_text(studio)
    panel.choose_view("lines")
    studio.settle()
    assert "sample 0" in panel.header._caption.shown


@pytest.mark.parametrize("size", [(560, 230), (260, 500)])
def test_every_token_is_found_where_it_is_drawn(studio, size):
    panel = shown(studio, gpt(), *size)
    send_text(studio)
    panel.choose_view("lines")
    tokens = [Token(asks, place) for asks in (True, False) for place in range(4)]
    assert [panel.board.lines.at(panel.board.lines.position(token)) for token in tokens] == tokens
    panel.grab()


def test_weights_lie_over_the_picture_and_a_click_asks_another_patch(studio):
    panel = shown(studio, vit())
    send_patches(studio)
    assert panel.view == "picture"
    assert panel.board.large.currentWidget() is panel.board.picture
    assert panel.board.picture.looks.rows == ("class", "1,1", "1,2", "2,1", "2,2")
    spot = panel.board.picture.area.bottomRight() - QPointF(3, 3)
    assert panel.board.picture.place_at(spot) == 4
    mean = weights(2, 5, 5).mean(axis=0)
    assert panel.board.picture.describe(4) == f"“class” (0) looks at “2,2” (4)\n{mean[0, 4]:.4g}"
    QTest.mouseClick(panel.board.picture, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert panel.asking == panel.board.picture.asking == 4
    QTest.keyClick(panel.board.picture, Qt.Key.Key_Left)
    assert panel.asking == 3
    assert panel.picture_line().endswith("sample 3 · “7” · mean · self-attention")


def test_patches_have_the_colour_of_their_weight(studio):
    panel = shown(studio, vit())
    send_patches(studio)
    patches = panel.board.picture.patches
    image = patches.over(np.array([0.0, 1.0, 0.1, 0.1, 0.1], np.float32), 1.0)
    assert image.width() == image.height() == 8
    assert image.pixelColor(1, 1).red() > image.pixelColor(6, 1).red() + 60


def test_names_that_would_lie_over_each_other_wait_for_the_mouse(studio):
    panel = shown(studio, vit())
    send_patches(studio)
    panel.choose_view("lines")
    lines = panel.board.lines
    assert lines._letters(lines.looks.rows, 40.0) > 0
    assert lines._letters(lines.looks.rows, 14.0) == 0
    assert lines._letters(("2", "0", "5", "-", "1", "2", "-", "0", "3", "<end>"), 14.0) > 0


def test_what_only_fills_up_and_is_hidden_is_left_out(studio):
    document = gpt()
    panel = shown(studio, document)
    hidden = weights(2, 4, 4)
    hidden[:, :, 2:] = 0
    told = {"paths": ["decoder.layers.0.self_attn"], "kinds": ["self"], "queries": [4], "keys": [4]}
    studio.frame("attention", {"weights:0": hidden}, **told, **{"tokens:text": ["a", "b", "<pad>", "<pad>"]})
    assert panel.board.map.looks.rows == panel.board.map.looks.columns == ("a", "b")


def test_several_kinds_of_attention_are_chosen_from(studio):
    panel = shown(studio, gpt())
    told = {"paths": ["decoder.layers.0.self_attn", "decoder.layers.0.multihead_attn"], "kinds": ["self", "cross"]}
    arrays = {"weights:0": weights(1, 4, 4), "weights:1": weights(1, 4, 6)}
    studio.frame("attention", arrays, queries=[4, 4], keys=[4, 6], **told)
    assert [panel.kinds.itemText(row) for row in range(2)] == ["self-attention", "cross-attention"]
    panel.kinds.setCurrentIndex(1)
    panel.kinds.activated.emit(1)
    assert panel.board.map.looks.weights.shape == (4, 6)
    assert panel.head == 0


def test_all_of_it_is_saved(studio, tmp_path):
    panel = shown(studio, gpt())
    send_text(studio)
    for suffix in ("csv", "png", "svg"):
        panel.save(str(tmp_path / f"a.{suffix}"), suffix)
    with (tmp_path / "a.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 2 * 4 * 4
    last = rows[-1]
    assert (last["layer"], last["head"], last["query name"], last["key name"]) == ("2", "2", "b", "b")
    assert float(last["weight"]) == pytest.approx(float(weights(2, 4, 4, causal=True)[1, 3, 3]))
    assert "<image" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_without_attention_it_says_what_to_add(studio):
    panel = studio.panel("attention")
    assert panel.empty.text == "Add a MultiheadAttention or a TransformerEncoder to see where each place looks."
    assert studio.probes() == []
    studio.open(faulty())
    assert "Mend the problem first" in panel.empty.text
    assert panel.tabs.isHidden()


def test_the_whole_network_can_be_looked_at_where_there_are_several(studio):
    document = gpt()
    document.add("TransformerEncoder", "second", nhead=2, num_layers=1, dim_feedforward=8)
    document.connect("decoder", "second")
    panel = shown(studio, document)
    assert not panel.whole.isHidden()
    panel.whole.click()
    assert studio.options("attention")["node"] == ""


def test_a_frame_of_the_node_before_is_not_taken_for_another(studio):
    document = gpt()
    document.add("TransformerEncoder", "second", nhead=2, num_layers=1, dim_feedforward=8)
    document.connect("decoder", "second")
    panel = shown(studio, document)
    studio.bridge.select((document.node("second").id,))
    send_text(studio)
    assert panel.is_empty


def test_selecting_a_node_on_the_canvas_shows_it(studio):
    document = gpt()
    document.add("TransformerEncoder", "second", nhead=2, num_layers=1, dim_feedforward=8)
    document.connect("decoder", "second")
    panel = shown(studio, document)
    studio.bridge.select((document.node("second").id,))
    assert studio.options("attention")["node"] == "second"
    studio.bridge.select((document.node("head").id,))
    assert panel.choice.name == "second"


def test_attentions_of_one_kind_are_told_apart_by_where_their_paths_differ(studio):
    panel = shown(studio, gpt())
    paths = [
        "decoder.encoder.layers.0.self_attn",
        "decoder.decoder.layers.0.self_attn",
        "decoder.decoder.layers.0.mult",
    ]
    told = {"paths": paths, "kinds": ["self", "self", "cross"]}
    arrays = {f"weights:{number}": weights(2, 4, 4) for number in range(3)}
    studio.frame("attention", arrays, queries=[4] * 3, keys=[4] * 3, **told)
    titles = [panel.kinds.itemText(row) for row in range(panel.kinds.count())]
    assert titles == ["self · encoder", "self · decoder", "cross-attention"]
