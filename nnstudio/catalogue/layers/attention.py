"""Layers in which every place of a sequence looks at the places of another, or at those of its own."""

from __future__ import annotations

from nnstudio.catalogue.shapes import attention, seq2seq
from nnstudio.catalogue.spec import (
    Code,
    Family,
    Function,
    Helper,
    In,
    LayerType,
    Literal,
    Module,
    Named,
    Port,
    Site,
    Wired,
    dim,
)
from nnstudio.params import Bool, Choice, Float, Int, ParamSet

family = Family("attention", "Attention", 46)

_CAUSAL = "No place sees one that comes after it."
_HIDDEN = "True where a place may not look."
_PADDING = "True where a place only fills up."


def _multihead(site: Site) -> Code:
    """PyTorch's layer, or ours that turns queries and keys by their places."""
    key, value = attention.sources(site)
    size, ports = dim("query", "E", "embed_dim"), (In("query"), In(key), In(value))
    padding = Named("key_padding_mask", In("key_padding_mask"))
    mask = Named("attn_mask", In("attn_mask"))
    causal = bool(site.params["causal"])
    if site.params["rotary"]:
        fixed = (("causal", True),) if causal else ()
        return Module(
            "RotaryMultiheadAttention", (size,), fixed=fixed, call=(*ports, mask, padding), returns=("y", "weights")
        )
    if causal:
        mask = Named("attn_mask", Helper("causal_mask", "query"))
    seen = (Named("need_weights", Wired("weights")), Named("average_attn_weights", Literal(False), wired="weights"))
    return Module(
        "nn.MultiheadAttention",
        (size,),
        fixed=(*attention.other_sizes(site).items(), ("batch_first", True)),
        call=(*ports, padding, *seen, mask),
        returns=("y", "weights"),
    )


MultiheadAttention = LayerType(
    "MultiheadAttention",
    "Lets every place of a sequence gather what it needs from all places, in several ways at once.",
    inputs=(
        Port("query", "N L E", wants="a sequence N×L×E", help="The places that look."),
        Port("key", "N S K", optional=True, wants="a sequence N×S×K", help="Where they look; at themselves if free."),
        Port("value", "N S V", optional=True, wants="a sequence N×S×V", help="What they find there; the key if free."),
        Port("attn_mask", "L S", optional=True, dtype="bool", wants="a mask L×S", help=_HIDDEN),
        Port("key_padding_mask", "N S", optional=True, dtype="bool", wants="a mask N×S", help=_PADDING),
    ),
    outputs=(
        Port("y", "N L E", help="What each place found."),
        Port("weights", "N H L S", help="Where each place looked, for each head."),
    ),
    params=ParamSet(
        (
            Int("num_heads", 2, "Ways of looking, side by side.", low=1, high=1024, required=True, telling=True),
            Float("dropout", 0.0, "Share of the weights dropped while training.", low=0.0, high=1.0, live=True),
            Bool("bias", True, "Add learned numbers."),
            Bool("causal", False, _CAUSAL, argument=False),
            Bool("rotary", False, "Turn queries and keys by their places.", argument=False),
        )
    ),
    shape=attention.multihead,
    code=_multihead,
    weights=attention.multihead_weights,
    flops=attention.multihead_flops,
    help="The heart of the Transformer. With one wire a sequence looks at itself; connect 'key' to let it look at "
    "another. Use causal to predict what comes next, and rotary so that it feels how far apart two places are.",
    formula="y = [head₁, …, head_H]·W, headᵢ = softmax(Q·Kᵀ / √d)·V",
    paper="Vaswani et al., Attention Is All You Need, 2017",
    aliases=(
        "attention",
        "selfattentionlayer",
        "self-attention",
        "cross-attention",
        "mha",
        "rope",
        "rotary",
    ),
    stem="attention",
)

ScaledDotProductAttention = LayerType(
    "ScaledDotProductAttention",
    "Weighs values by how well their keys fit each query; nothing in it is learned.",
    inputs=(
        Port("query", "... L D", wants="queries …×L×D"),
        Port("key", "... S D", wants="keys …×S×D"),
        Port("value", "... S E", wants="values …×S×E"),
        Port("mask", "... L S", optional=True, dtype="bool", wants="a mask L×S", help=_HIDDEN),
    ),
    outputs=(
        Port("y", "... L E", help="The weighted sum of the values, for each query."),
        Port("weights", "... L S", help="How much each key counts; they sum to 1 for each query."),
    ),
    params=ParamSet(
        (
            Bool("causal", False, _CAUSAL),
            Float("dropout", 0.0, "Share of the weights dropped while training.", low=0.0, high=1.0, live=True),
        )
    ),
    shape=attention.dot_product,
    code=Module("ScaledDotProductAttention", returns=("y", "weights")),
    flops=attention.dot_product_flops,
    help="Attention without projections, to build your own from, or to work one out by hand on numbers typed in as "
    "Constants. A query that fits one key much better than the others takes almost all from its value.",
    formula="y = softmax(Q·Kᵀ / √D)·V",
    paper="Vaswani et al., Attention Is All You Need, 2017",
    aliases=("attentionlayer", "dot product attention", "sdpa", "qkv", "attention", "flash attention"),
    stem="attention",
)

_QUERIED = (
    Port("query", "N T Q", wants="a sequence N×T×Q", help="The states that look."),
    Port("memory", "N S M", wants="a sequence N×S×M", help="Where they look."),
    Port("mask", "N S", optional=True, dtype="bool", wants="a mask N×S", help="True where the memory is hidden."),
)
_FOUND = (
    Port("y", "N T M", help="The context: what each query found."),
    Port("weights", "N T S", help="Where each query looked; they sum to 1."),
)

BahdanauAttention = LayerType(
    "BahdanauAttention",
    "Scores each place of a memory by a small network of query and memory.",
    inputs=_QUERIED,
    outputs=_FOUND,
    params=ParamSet((Int("hidden_size", 64, "Its width.", low=1, high=65_536, required=True, telling=True),)),
    shape=seq2seq.aligned,
    code=Module(
        "BahdanauAttention",
        (dim("query", "Q", "query_size"), dim("memory", "M", "memory_size")),
        returns=("y", "weights"),
    ),
    weights=seq2seq.bahdanau_weights,
    flops=seq2seq.bahdanau_flops,
    help="The first attention, also called additive: query and memory may be of different sizes. Use it between a "
    "recurrent encoder and a decoder, or with a learned query to sum a sequence up.",
    formula="αₜₛ = softmax of v·tanh(W·qₜ + U·mₛ), y = Σ αₜₛ·mₛ",
    paper="Bahdanau, Cho, Bengio, Neural Machine Translation by Jointly Learning to Align and Translate, 2015",
    aliases=("additiveattention", "alignment", "seq2seq"),
    stem="attention",
)

LuongAttention = LayerType(
    "LuongAttention",
    "Scores each place of a memory by a product of query and memory.",
    inputs=_QUERIED,
    outputs=_FOUND,
    params=ParamSet(
        (Choice("score", "general", ("general", "dot", "concat"), '"general" learns a matrix.', telling=True),)
    ),
    shape=seq2seq.aligned,
    code=Module(
        "LuongAttention",
        (dim("query", "Q", "query_size"), dim("memory", "M", "memory_size")),
        returns=("y", "weights"),
    ),
    weights=seq2seq.luong_weights,
    flops=seq2seq.luong_flops,
    help="Cheaper than BahdanauAttention, since a product takes the place of a network. With score dot it has no "
    "weights, and query and memory need one size.",
    formula="αₜₛ = softmax of qₜ·W·mₛ, y = Σ αₜₛ·mₛ",
    paper="Luong, Pham, Manning, Effective Approaches to Attention-based Neural Machine Translation, 2015",
    aliases=("multiplicative attention", "dot attention", "seq2seq"),
    stem="attention",
)

CausalMask = LayerType(
    "CausalMask",
    "A mask that hides from each place of a sequence all that come after it.",
    inputs=(Port("x", "N L ...", dtype="any", wants="a sequence N×L×…", help="Its length alone counts."),),
    outputs=(Port("y", "L L", dtype="bool"),),
    shape=attention.causal_mask,
    code=Function("causal_mask"),
    help="Connect it to the mask of an attention, so that a model which predicts the next token can not look at it. "
    "Layers with an option causal make it by themselves.",
    formula="y[i, j] = j > i",
    aliases=("look-ahead mask", "triangular", "autoregressive", "causal", "tril", "subsequent mask"),
    stem="mask",
)

PaddingMask = LayerType(
    "PaddingMask",
    "A mask that hides the tokens which only fill a sample up.",
    inputs=(Port("x", "N L", dtype="int64", wants="tokens N×L"),),
    outputs=(Port("y", "N L", dtype="bool"),),
    params=ParamSet(
        (Int("padding_idx", 0, "The token that fills up.", low=0, high=1_000_000, required=True, telling=True),)
    ),
    shape=attention.padding_mask,
    code=Function("padding_mask"),
    help="Sequences in a batch are brought to one length with a token that means nothing. Connect this mask to an "
    "attention so that nobody looks there.",
    formula="y = (x = padding_idx)",
    aliases=("masking", "padding", "ignore", "key padding mask"),
    stem="mask",
)
