"""Transformers, whole and by the layer."""

from __future__ import annotations

from nnstudio.catalogue.shapes import transformer
from nnstudio.catalogue.spec import Call, Family, Helper, In, LayerType, Literal, Module, Named, Port, Site, dim
from nnstudio.params import Bool, Choice, Float, Int, Param, ParamSet

family = Family("transformer", "Transformer", 48)

_PAPER = "Vaswani et al., Attention Is All You Need, 2017"
_HIDDEN = "True where a place only fills up."
_SRC = Port("src", "N S D", wants="a sequence N×S×D", help="The sequence that is read.")
_TGT = Port("tgt", "N T D", wants="a sequence N×T×D", help="The sequence that is written, as far as it is known.")
_MEMORY = Port("memory", "N S D", wants="a sequence N×S×D", help="What an encoder made of the other sequence.")


def _padding(name: str, letter: str) -> Port:
    port = f"{name}_key_padding_mask"
    return Port(port, f"N {letter}", optional=True, dtype="bool", wants=f"a mask N×{letter}", help=_HIDDEN)


_BATCH_FIRST = (("batch_first", True),)
_NHEAD = Int("nhead", 2, "Heads of each attention.", low=1, high=1024, required=True, telling=True)
_LAYERS = Int("num_layers", 2, "Layers on top of each other.", low=1, high=48, required=True, telling=True)
_USUAL: tuple[Param, ...] = (
    Int("dim_feedforward", 2048, "Width of the network at every place.", low=1, high=65_536),
    Float("dropout", 0.1, "Share dropped while training.", low=0.0, high=1.0, live=True),
    Choice("activation", "relu", ("relu", "gelu"), "What bends the network at every place."),
)
_EPS = Float("layer_norm_eps", 1e-5, "Keeps the division safe.", low=1e-12, high=1.0)
_NORM_FIRST = Bool("norm_first", False, "Normalize before each part rather than after it; trains more steadily.")
_BIAS = Bool("bias", True, "Add learned numbers.")
_FINAL_NORM = Bool("final_norm", False, "Normalize what comes out; goes with norm_first.")


def _params(*own: Param, causal: bool) -> ParamSet:
    last = Bool("causal", causal, "No place that is written sees one after it.", argument=False)
    return ParamSet((*own, last))


def _is_causal(site: Site) -> bool:
    return bool(site.params["causal"])


def _encoder_call(mask: str) -> Call:
    return (
        In("src"),
        Named(mask, Helper("causal_mask", "src"), when=_is_causal),
        Named("src_key_padding_mask", In("src_key_padding_mask")),
    )


_DECODER_CALL: Call = (
    In("tgt"),
    In("memory"),
    Named("tgt_mask", Helper("causal_mask", "tgt"), when=_is_causal),
    Named("tgt_key_padding_mask", In("tgt_key_padding_mask")),
    Named("memory_key_padding_mask", In("memory_key_padding_mask")),
)
_ENCODER_INPUTS = (_SRC, _padding("src", "S"))
_DECODER_INPUTS = (_TGT, _MEMORY, _padding("tgt", "T"), _padding("memory", "S"))
_READ, _WRITTEN = (Port("y", "N S D"),), (Port("y", "N T D"),)

Transformer = LayerType(
    "Transformer",
    "The whole Transformer: an encoder that reads and a decoder that writes.",
    inputs=(_SRC, _TGT, _padding("src", "S"), _padding("tgt", "T")),
    outputs=_WRITTEN,
    params=_params(
        Int("nhead", 8, "Heads of each attention.", low=1, high=1024, telling=True),
        Int("num_encoder_layers", 6, "Layers that read.", low=1, high=48),
        Int("num_decoder_layers", 6, "Layers that write.", low=1, high=48),
        *_USUAL,
        _EPS,
        _NORM_FIRST,
        _BIAS,
        causal=True,
    ),
    shape=transformer.transformer,
    code=Module(
        "nn.Transformer",
        (dim("src", "D", "d_model"),),
        fixed=_BATCH_FIRST,
        call=(
            In("src"),
            In("tgt"),
            Named("tgt_mask", Helper("causal_mask", "tgt"), when=_is_causal),
            Named("tgt_is_causal", Literal(True), when=_is_causal),
            Named("src_key_padding_mask", In("src_key_padding_mask")),
            Named("tgt_key_padding_mask", In("tgt_key_padding_mask")),
            Named("memory_key_padding_mask", In("src_key_padding_mask")),
        ),
    ),
    weights=transformer.transformer_weights,
    flops=transformer.transformer_flops,
    help="Turns one sequence of vectors into another, as in translation. Both need an Embedding and positions before "
    "it, and a Linear to scores behind it; what goes in at 'tgt' begins one token earlier than what is to come out.",
    formula="y = decoder(tgt, encoder(src))",
    paper=_PAPER,
    aliases=("seq2seq", "encoder decoder", "translation", "attention is all you need"),
    stem="transformer",
)

TransformerEncoder = LayerType(
    "TransformerEncoder",
    "Several encoder layers of a Transformer on top of each other.",
    inputs=_ENCODER_INPUTS,
    outputs=_READ,
    params=_params(_NHEAD, _LAYERS, *_USUAL, _NORM_FIRST, _FINAL_NORM, causal=False),
    shape=transformer.encoder,
    code=Module("TransformerEncoder", (dim("src", "D", "d_model"),), call=_encoder_call("mask")),
    weights=transformer.encoder_weights,
    flops=transformer.encoder_flops,
    help="Reads a whole sequence at once and gives each place a vector that knows of all others. With causal on it is "
    "a language model like GPT: each place knows of those before it alone.",
    formula="y = layer(… layer(x))",
    paper=_PAPER,
    aliases=("encoder", "bert", "gpt", "vit", "self-attention"),
    stem="encoder",
)

TransformerDecoder = LayerType(
    "TransformerDecoder",
    "Several decoder layers of a Transformer on top of each other.",
    inputs=_DECODER_INPUTS,
    outputs=_WRITTEN,
    params=_params(_NHEAD, _LAYERS, *_USUAL, _NORM_FIRST, _FINAL_NORM, causal=True),
    shape=transformer.decoder,
    code=Module("TransformerDecoder", (dim("tgt", "D", "d_model"),), call=_DECODER_CALL),
    weights=transformer.decoder_weights,
    flops=transformer.decoder_flops,
    help="Writes one sequence while it looks at another, the memory, in every layer. It goes behind a "
    "TransformerEncoder, or behind any layer that makes a sequence of vectors of the same size.",
    formula="y = layer(… layer(x, memory), memory)",
    paper=_PAPER,
    aliases=("decoder", "cross-attention", "translation"),
    stem="decoder",
)

TransformerEncoderLayer = LayerType(
    "TransformerEncoderLayer",
    "One layer of a Transformer: attention of a sequence over itself, then a small network at every place.",
    inputs=_ENCODER_INPUTS,
    outputs=_READ,
    params=_params(_NHEAD, *_USUAL, _EPS, _NORM_FIRST, _BIAS, causal=False),
    shape=transformer.encoder,
    code=Module(
        "nn.TransformerEncoderLayer",
        (dim("src", "D", "d_model"),),
        fixed=_BATCH_FIRST,
        call=_encoder_call("src_mask"),
    ),
    weights=transformer.encoder_layer_weights,
    flops=transformer.encoder_layer_flops,
    help="The brick of BERT and of vision Transformers; with causal on, that of GPT. Put several behind each other, "
    "after an Embedding and something that tells places. The shape stays the same.",
    formula="a = norm(x + attention(x)), y = norm(a + W₂·relu(W₁·a))",
    paper=_PAPER,
    aliases=("encoder block", "bert", "gpt", "self-attention", "vit"),
    stem="encoder",
)

TransformerDecoderLayer = LayerType(
    "TransformerDecoderLayer",
    "One layer of a Transformer that writes: attention over itself, then over a memory, then a small network.",
    inputs=_DECODER_INPUTS,
    outputs=_WRITTEN,
    params=_params(_NHEAD, *_USUAL, _EPS, _NORM_FIRST, _BIAS, causal=True),
    shape=transformer.decoder,
    code=Module("nn.TransformerDecoderLayer", (dim("tgt", "D", "d_model"),), fixed=_BATCH_FIRST, call=_DECODER_CALL),
    weights=transformer.decoder_layer_weights,
    flops=transformer.decoder_layer_flops,
    help="Used where one sequence is written from another, as in translation: the memory is what an encoder made of "
    "the first. Keep causal on while it learns to predict the next token, or it will read the answer.",
    formula="a = norm(x + attention(x)), b = norm(a + attention(a, memory)), y = norm(b + W₂·relu(W₁·b))",
    paper=_PAPER,
    aliases=("decoder block", "cross-attention", "translation"),
    stem="decoder",
)
