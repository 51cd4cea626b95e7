"""What the places of an attention are: followed back through a drawing to its data."""

from nnstudio.compiler.compile import compile_document
from nnstudio.graph.document import Document
from nnstudio.ui.panels.parts.token_source import Source, has_attention, sources, spot_of
from tests.classics.drawing import Pen, inside


def found(document: Document, name: str, kind: str = "self") -> tuple[Source, Source]:
    return sources(document, compile_document(document).facts, name, kind)


def translation() -> Document:
    """Both halves of a Transformer on phrases, and its attentions as nodes of their own."""
    document = Document("translation")
    document.add("Dataset", "phrases", dataset="english_hindi")
    for name in ("source", "decoder_input"):
        document.add("Embedding", name, embedding_dim=8)
        document.connect(f"phrases.{name}", name)
    document.add("Transformer", "both", nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=8)
    document.connect("source.y", "both.src")
    document.connect("decoder_input.y", "both.tgt")
    return document


def test_a_transformer_reads_one_sequence_and_writes_the_other():
    document = translation()
    source, target = Source("source"), Source("decoder_input")
    assert found(document, "both.encoder.layers.0.self_attn") == (source, source)
    assert found(document, "both.decoder.layers.0.self_attn") == (target, target)
    assert found(document, "both.decoder.layers.0.multihead_attn", "cross") == (target, source)


def test_patches_have_a_grid_and_a_token_before_them():
    document = Document("vit")
    pen = Pen(document)
    pen.start("Dataset", dataset="digits")
    pen.layer("PatchEmbedding", embed_dim=8, patch_size=(2, 4))
    pen.layer("ClassToken")
    pen.layer("LearnedPositions")
    pen.layer("MultiheadAttention", "attention", num_heads=2)
    assert found(document, "attention")[0] == Source("image", 1, (4, 2))


def test_an_image_cut_by_a_convolution_has_its_grid_too():
    document = Document("conv")
    pen = Pen(document)
    pen.start("Dataset", dataset="digits")
    pen.layer("Conv2d", out_channels=8, kernel_size=2, stride=2, padding=0)
    pen.layer("Flatten", start_dim=2)
    pen.layer("Transpose", dim0=1, dim1=2)
    pen.layer("MultiheadAttention", "attention", num_heads=2)
    assert found(document, "attention")[1] == Source("image", 0, (4, 4))


def test_the_way_leads_out_of_blocks_and_through_them():
    document = Document("blocks")
    block, pen = inside(document, "Layer")
    x = pen.last
    pen.layer("MultiheadAttention", "attention", num_heads=2)
    pen.join("Add", x)
    pen.layer("Output", "y")
    outer = Pen(document)
    outer.start("Dataset", dataset="python_reference", context=6)
    outer.layer("Embedding", embedding_dim=8)
    first = outer.block(block, "first", repeat=2)
    outer.layer("MultiheadAttention", "last", num_heads=2)
    assert found(document, "first.1.attention") == (Source("text"), Source("text"))
    assert found(document, "last") == (Source("text"), Source("text"))
    spot = spot_of(document, "first.1.attention.in_proj_weight")
    assert spot is not None
    assert (spot.path, spot.node.name, spot.rest) == ((first.id,), "attention", "in_proj_weight")
    assert has_attention(document, first)


def test_a_softmax_is_attention_where_it_takes_a_product():
    document = Document("primitives")
    document.add("Dataset", "text", dataset="python_reference", context=6)
    for kind, name, params in (
        ("Embedding", "embedding", {"embedding_dim": 8}),
        ("Transpose", "keys", {"dim0": 1, "dim1": 2}),
        ("MatMul", "scores", {}),
        ("Softmax", "weights", {"dim": -1}),
        ("Softmax", "shares", {"dim": -1}),
    ):
        document.add(kind, name, **params)
    for start, end in (
        ("text.text", "embedding"),
        ("embedding.y", "keys"),
        ("embedding.y", "scores.a"),
        ("keys", "scores.b"),
        ("scores", "weights"),
        ("embedding.y", "shares"),
    ):
        document.connect(start, end)
    assert has_attention(document, document.node("weights"))
    assert not has_attention(document, document.node("shares"))
    assert found(document, "weights", "") == (Source("text"), Source("text"))


def test_what_is_not_there_any_more_has_no_source():
    assert found(translation(), "gone.layers.0.self_attn") == (Source(), Source())
