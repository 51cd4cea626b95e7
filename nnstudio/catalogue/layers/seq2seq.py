"""Decoders, which write a sequence token by token."""

from __future__ import annotations

from nnstudio.catalogue.layers.embedding import TOKENS
from nnstudio.catalogue.layers.recurrent import family as family
from nnstudio.catalogue.shapes import embedding, seq2seq
from nnstudio.catalogue.spec import Derived, LayerType, Module, Port, Site, dim
from nnstudio.params import Choice, Float, Int, ParamSet, Value

_TARGET = Port("target", "N T", dtype="int64", wants="tokens N×T", help="The tokens to be written, T of them.")
_WIDTH = Int("embedding_dim", 32, "Length of a token's vector.", low=1, high=65_536, required=True)
_FORCING = Float("teacher_forcing", 1.0, "How often training goes on from the true token.", low=0.0, high=1.0)
_START = Int("start", 1, "The token that stands before the first.", low=0, high=1_000_000)


def _tokens(site: Site) -> Value:
    return embedding.vocabulary(site, "target")


RecurrentDecoder = LayerType(
    "RecurrentDecoder",
    "Writes a sequence from a state: at each step a score for every token that may come next.",
    inputs=(
        _TARGET,
        Port(
            "state", "N S H", wants="a state N×S×H", help="The last state of the encoder; S layers make S layers here."
        ),
        Port("cell_state", "N S H", optional=True, wants="a state N×S×H", help="The cell of an LSTM; zero if free."),
    ),
    outputs=(Port("y", "N T V", help="A score for each of V tokens, at each step."),),
    params=ParamSet(
        (
            TOKENS,
            _WIDTH,
            Choice("cell", "LSTM", ("LSTM", "GRU", "RNN"), "What goes from step to step."),
            _FORCING,
            _START,
        )
    ),
    shape=seq2seq.recurrent_decoder,
    code=Module(
        "RecurrentDecoder",
        (dim("state", "H", "state_size"), dim("state", "S", "num_layers"), Derived(_tokens, "num_embeddings")),
    ),
    weights=seq2seq.recurrent_decoder_weights,
    flops=seq2seq.recurrent_decoder_flops,
    help="The second half of a model that turns one sequence into another: the encoder's last state is all it knows of "
    "the first. Each step is given the token before it. With teacher_forcing below 1 it sometimes goes on from its own "
    "guess while training, as it must in use.",
    formula="P(yₜ) = softmax(W·hₜ), hₜ from yₜ₋₁ and hₜ₋₁",
    paper="Sutskever, Vinyals, Le, Sequence to Sequence Learning with Neural Networks, 2014",
    aliases=("seq2seq", "encoder decoder", "teacher forcing", "translation", "language model", "bidirectional"),
    stem="decoder",
)

AttentionDecoder = LayerType(
    "AttentionDecoder",
    "Writes a sequence while it looks back at another, at each step where it needs to.",
    inputs=(
        _TARGET,
        Port("memory", "N S M", wants="a sequence N×S×M", help="What the encoder made of the other sequence."),
        Port("mask", "N S", optional=True, dtype="bool", wants="a mask N×S", help="True where the memory is hidden."),
    ),
    outputs=(
        Port("y", "N T V", help="A score for each of V tokens, at each step."),
        Port("weights", "N T S", help="Where each step looked."),
    ),
    params=ParamSet(
        (
            TOKENS,
            _WIDTH,
            Int("hidden_size", 64, "Length of its state.", low=1, high=65_536, required=True, telling=True),
            Choice(
                "attention",
                "bahdanau",
                ("bahdanau", "dot", "general", "concat"),
                '"bahdanau" looks before a step; the others, of Luong, after it.',
            ),
            _FORCING,
            _START,
        )
    ),
    shape=seq2seq.attention_decoder,
    code=Module(
        "AttentionDecoder",
        (dim("memory", "M", "memory_size"), Derived(_tokens, "num_embeddings")),
        returns=("y", "weights"),
    ),
    weights=seq2seq.attention_decoder_weights,
    flops=seq2seq.attention_decoder_flops,
    help="Like RecurrentDecoder, but the first sequence need not pass through one state: every step weighs all places "
    "of it anew. The weights show which word of one sequence stands for which of the other.",
    formula="cₜ = Σ αₜₛ·mₛ, P(yₜ) = softmax(W·tanh(V·[cₜ; hₜ]))",
    paper="Bahdanau, Cho, Bengio, Neural Machine Translation by Jointly Learning to Align and Translate, 2015",
    aliases=("seq2seq", "encoder decoder", "alignment", "translation", "bahdanau", "luong"),
    stem="decoder",
)
