"""Layers with a memory, which go through a sequence step by step."""

from __future__ import annotations

from nnstudio.catalogue.shapes import recurrent
from nnstudio.catalogue.spec import Adapt, Derived, Family, In, LayerType, Method, Module, Pack, Port, dim
from nnstudio.params import Bool, Choice, Float, Int, Param, ParamSet

family = Family("recurrent", "Recurrent", 44)

_SEQUENCE = Port("x", "N L F", wants="a sequence N×L×F", help="L steps of F numbers each.")
_BATCH_FIRST = (("batch_first", True),)
_TO_TORCH = (Adapt("transpose", (0, 1)), Adapt("contiguous"))
"""PyTorch has the layers of a state in front of the batch, even where `batch_first` is asked for."""
_BACK = (Adapt("transpose", (0, 1)),)


def _state(name: str, words: str) -> Port:
    return Port(
        name, "N S H", optional=True, wants="a state N×S×H", help=f"{words} before the first step; zero if free."
    )


def _last(name: str, words: str) -> Port:
    return Port(name, "N S H", after=_BACK, help=f"{words} after the last step, for each layer and direction.")


def _params(*own: Param) -> ParamSet:
    return ParamSet(
        (
            Int("hidden_size", 64, "Length of the state.", low=1, high=65_536, required=True, telling=True),
            Int("num_layers", 1, "Layers on top of each other.", low=1, high=64),
            *own,
            Bool("bias", True, "Add learned numbers."),
            Float("dropout", 0.0, "Share dropped between layers while training.", low=0.0, high=1.0, live=True),
            Bool("bidirectional", False, "Also go through the sequence backwards, and put out both."),
        )
    )


_OUTPUTS = (Port("y", "N L H", help="The state of the last layer at every step."), _last("h", "The state"))
_INPUTS = (_SEQUENCE, _state("h0", "The state"))
_CALL = (In("x"), In("h0", after=_TO_TORCH))

RNN = LayerType(
    "RNN",
    "Goes through a sequence step by step; its state is made anew from each step and the state before.",
    inputs=_INPUTS,
    outputs=_OUTPUTS,
    params=_params(Choice("nonlinearity", "tanh", ("tanh", "relu"), "What bends the new state.")),
    shape=recurrent.recurrent("h"),
    code=Module("nn.RNN", (dim("x", "F", "input_size"),), fixed=_BATCH_FIRST, call=_CALL, returns=("y", "h")),
    weights=recurrent.recurrent_weights("RNN"),
    flops=recurrent.recurrent_flops("RNN"),
    help="The simplest memory: good for seeing how one works, and for short sequences. Over long ones its gradient "
    "fades or explodes; use LSTM or GRU there.",
    formula="hₜ = tanh(W·xₜ + U·hₜ₋₁ + b)",
    paper="Elman, Finding Structure in Time, 1990",
    aliases=("simplernn", "elman", "recurrent neural network", "sequence", "memory", "bidirectional", "vanilla rnn"),
)

LSTM = LayerType(
    "LSTM",
    "Goes through a sequence with a state and a cell that gates fill, keep and read.",
    inputs=(*_INPUTS, _state("c0", "The cell")),
    outputs=(*_OUTPUTS, _last("c", "The cell")),
    params=_params(),
    shape=recurrent.recurrent("h", "c"),
    code=Module(
        "nn.LSTM",
        (dim("x", "F", "input_size"),),
        fixed=_BATCH_FIRST,
        call=(In("x"), Pack((In("h0", after=_TO_TORCH), In("c0", after=_TO_TORCH)))),
        returns=("y", ("h", "c")),
    ),
    weights=recurrent.recurrent_weights("LSTM"),
    flops=recurrent.recurrent_flops("LSTM"),
    help="The gates learn what to keep, so it remembers over hundreds of steps. The usual recurrent layer for text, "
    "signals and time series. Follow it with LastStep to sum a sequence up, or use every step.",
    formula="cₜ = f⊙cₜ₋₁ + i⊙tanh(W·xₜ + U·hₜ₋₁ + b), hₜ = o⊙tanh(cₜ); f, i, o = σ(…)",
    paper="Hochreiter, Schmidhuber, Long Short-Term Memory, 1997",
    aliases=("lstmlayer", "bilstm", "long short-term memory", "recurrent", "sequence", "bidirectional"),
)

GRU = LayerType(
    "GRU",
    "Goes through a sequence with a state that two gates keep or renew.",
    inputs=_INPUTS,
    outputs=_OUTPUTS,
    params=_params(),
    shape=recurrent.recurrent("h"),
    code=Module("nn.GRU", (dim("x", "F", "input_size"),), fixed=_BATCH_FIRST, call=_CALL, returns=("y", "h")),
    weights=recurrent.recurrent_weights("GRU"),
    flops=recurrent.recurrent_flops("GRU"),
    help="Remembers about as well as an LSTM with three quarters of the weights and no cell of its own. A good first "
    "choice for sequences that are not very long.",
    formula="hₜ = (1 - z)⊙n + z⊙hₜ₋₁, n = tanh(W·xₜ + r⊙(U·hₜ₋₁)); r, z = σ(…)",
    paper="Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014",
    aliases=("grulayer", "gated recurrent unit", "sequence", "bidirectional", "bigru"),
)

_STEPS = (Port("x", "N L ...", dtype="any", wants="a sequence N×L×…"),)

LastStep = LayerType(
    "LastStep",
    "Keeps the last step of a sequence.",
    inputs=_STEPS,
    outputs=(Port("y", dtype="any"),),
    shape=recurrent.last_step,
    code=Method("select", (Derived(lambda site: (1, -1), "dim"),)),
    help="Behind a recurrent layer the last step has seen the whole sequence, so it sums it up. Use it before a Linear "
    "that names a class for the sequence.",
    formula="y = x[:, -1]",
    aliases=("last", "return_sequences", "sequence to one", "many to one", "last token", "last hidden state"),
    stem="last",
)

ReverseSequence = LayerType(
    "ReverseSequence",
    "Turns the order of the steps round.",
    inputs=_STEPS,
    outputs=(Port("y", dtype="any"),),
    shape=recurrent.reverse,
    code=Method("flip", (Derived(lambda site: 1, "dims"),)),
    help="A recurrent layer behind it reads the sequence from its end. Early models that translate read their input "
    "backwards, which brings its first words close to the first ones to write.",
    formula="yₜ = x of step L - 1 - t",
    paper="Sutskever, Vinyals, Le, Sequence to Sequence Learning with Neural Networks, 2014",
    aliases=("flip", "backwards", "go_backwards"),
    stem="reverse",
)
