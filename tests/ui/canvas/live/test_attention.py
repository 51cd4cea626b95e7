"""Cards of attention show where it looks, and keep doing so while all others show what they put out."""

import numpy as np

from nnstudio.graph.document import Document
from nnstudio.ui.canvas.live.attention import AttentionPicture


def language() -> Document:
    document = Document("language")
    document.add("Dataset", "text", dataset="python_reference", context=6)
    document.add("Embedding", "embedding", (232, 0), embedding_dim=8)
    document.add("TransformerEncoder", "encoder", (464, 0), nhead=2, num_layers=1, dim_feedforward=8, causal=True)
    document.connect("text.text", "embedding")
    document.connect("embedding.y", "encoder")
    return document


def show(desk, qapp, probe, arrays):
    for live in (desk.view.live, desk.view.attention):
        live._pause.stop()  # eyes need a pause between two frames, and tests none
    desk.engine.frame(probe, arrays, {"sample": 0, "samples": 9})
    qapp.processEvents()


def options(desk, probe):
    return next(wanted.options for wanted in desk.engine.subscriptions.values() if wanted.probe == probe)


def test_a_card_of_attention_shows_the_mean_of_its_heads(make_desk, qapp):
    desk = make_desk(language())
    assert options(desk, "attention") == {"means": ["encoder"], "sample": 0}
    weights = np.tril(np.ones((6, 6), np.float32)) / np.arange(1, 7, dtype=np.float32)[:, None]
    show(desk, qapp, "attention", {"mean:encoder": weights})
    picture = desk.item("encoder").picture
    assert isinstance(picture, AttentionPicture)
    (image,) = picture.images()
    assert image.pixelColor(5, 0).alpha() == 0, "hidden"
    assert image.pixelColor(0, 5).alpha() == 255
    assert not desk.view.grab().isNull()
    show(desk, qapp, "activations", {"encoder": np.ones((6, 8), np.float32), "embedding": np.ones((6, 8), np.float32)})
    assert desk.item("encoder").picture is picture
    assert desk.item("embedding").picture is not None


def test_it_goes_when_the_sequence_is_shorter_now(make_desk, qapp):
    desk = make_desk(language())
    show(desk, qapp, "attention", {"mean:encoder": np.ones((6, 6), np.float32)})
    desk.document.set("text", context=4)
    qapp.processEvents()
    assert desk.item("encoder").picture is None
    assert not isinstance(desk.item("embedding").picture, AttentionPicture)


def test_without_attention_nothing_is_asked_for(desk):
    assert all(wanted.probe != "attention" for wanted in desk.engine.subscriptions.values())
