"""Examples of each building block: how to make it, and what it takes, with two samples."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from nnstudio.modules.attention_decoder import AttentionDecoder
from nnstudio.modules.augment import Augment
from nnstudio.modules.bahdanau import BahdanauAttention
from nnstudio.modules.carlini_wagner_loss import CarliniWagnerLoss
from nnstudio.modules.class_token import ClassToken
from nnstudio.modules.decoder import TransformerDecoder
from nnstudio.modules.dot_product import ScaledDotProductAttention
from nnstudio.modules.encoder import TransformerEncoder
from nnstudio.modules.features import PolynomialFeatures, SineFeatures
from nnstudio.modules.learned_positions import LearnedPositions
from nnstudio.modules.luong import LuongAttention
from nnstudio.modules.masks import causal_mask, padding_mask
from nnstudio.modules.noise import GaussianNoise
from nnstudio.modules.patches import PatchEmbedding
from nnstudio.modules.perceptron_loss import PerceptronLoss
from nnstudio.modules.positions import SinusoidalPositions
from nnstudio.modules.recurrent_decoder import RecurrentDecoder
from nnstudio.modules.rotary import RotaryMultiheadAttention
from nnstudio.modules.separable import SeparableConv2d
from nnstudio.modules.sine import Sine
from nnstudio.modules.standardize import Standardize
from nnstudio.modules.step import Heaviside


class Masks(nn.Module):
    """The functions of masks.py as a module."""

    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return causal_mask(tokens), padding_mask(tokens, 0)


def numbers(*shape: int) -> torch.Tensor:
    return torch.linspace(-1.0, 1.0, torch.Size(shape).numel()).reshape(shape).sin()


TOKENS = torch.tensor([[2, 3, 4, 0], [5, 1, 0, 0]])
HIDDEN = torch.tensor([[False, False, True], [False, True, True]])
CAUSAL = torch.ones(4, 4, dtype=torch.bool).triu(1)


@dataclass(frozen=True)
class Block:
    """`batched` says of each input whether its first axis is the batch; where it is left out, all are."""

    name: str
    make: Callable[[], nn.Module]
    inputs: tuple[torch.Tensor | None, ...]
    batched: tuple[bool, ...] = ()

    def axes(self) -> tuple[bool, ...]:
        return self.batched or (True,) * len(self.inputs)


def rotary(**options) -> Callable[[], nn.Module]:
    return lambda: RotaryMultiheadAttention(8, 2, **options)


def reader(*inputs: torch.Tensor | None) -> tuple[torch.Tensor | None, ...]:
    """A query and a memory of three places, and what else is given."""
    return (numbers(2, 4, 6), numbers(2, 3, 5), *inputs)


def fitted(block: Standardize, x: torch.Tensor) -> Standardize:
    block.fit([x.to(block.mean.device)])
    return block


def pupil(attention: str) -> Callable[[], nn.Module]:
    return lambda: AttentionDecoder(5, 7, 3, 5, attention)


BLOCKS = [
    Block("heaviside", Heaviside, (numbers(2, 5),)),
    Block("sine", lambda: Sine(30.0), (numbers(2, 5),)),
    Block("polynomial", lambda: PolynomialFeatures(3), (numbers(2, 4, 3),)),
    Block("powers", lambda: PolynomialFeatures(3, interactions=False), (numbers(2, 3),)),
    Block("sine features", lambda: SineFeatures(cosine=True), (numbers(2, 3),)),
    Block("noise", GaussianNoise, (numbers(2, 3),)),
    Block("augment", lambda: Augment(0.2, 0.5, 20.0, 0.1), (numbers(2, 3, 6, 5),)),
    Block("standardize", lambda: fitted(Standardize(3), numbers(5, 3)), (numbers(2, 4, 3),)),
    Block("standardize images", lambda: fitted(Standardize((3, 1, 1)), numbers(5, 3, 2, 2)), (numbers(2, 3, 2, 2),)),
    Block("separable", lambda: SeparableConv2d(3, 5, 3, padding="same"), (numbers(2, 3, 6, 6),)),
    Block("patches", lambda: PatchEmbedding(3, 8, 2), (numbers(2, 3, 6, 4),)),
    Block("class token", lambda: ClassToken(6), (numbers(2, 4, 6),)),
    Block("sinusoidal", lambda: SinusoidalPositions(6), (numbers(2, 4, 6),)),
    Block("learned", lambda: LearnedPositions(9, 6), (numbers(2, 4, 6),)),
    Block("masks", Masks, (TOKENS,)),
    Block("dot product", lambda: ScaledDotProductAttention(causal=True), (numbers(2, 4, 6),) * 3),
    Block(
        "dot product masked",
        ScaledDotProductAttention,
        (*(numbers(2, 4, 6),) * 3, CAUSAL),
        (True, True, True, False),
    ),
    Block("rotary", rotary(causal=True), (numbers(2, 4, 8),) * 3),
    Block(
        "rotary masked",
        rotary(bias=False),
        (*(numbers(2, 4, 8),) * 3, CAUSAL, TOKENS == 0),
        (True, True, True, False, True),
    ),
    Block("bahdanau", lambda: BahdanauAttention(6, 5, 4), reader(HIDDEN)),
    Block("luong dot", lambda: LuongAttention(6, 6, "dot"), (numbers(2, 4, 6), numbers(2, 3, 6))),
    Block("luong general", lambda: LuongAttention(6, 5), reader(HIDDEN)),
    Block("luong concat", lambda: LuongAttention(6, 5, "concat"), reader(HIDDEN)),
    Block("lstm decoder", lambda: RecurrentDecoder(6, 2, 7, 3), (TOKENS, numbers(2, 2, 6), numbers(2, 2, 6))),
    Block("gru decoder", lambda: RecurrentDecoder(6, 1, 7, 3, "GRU"), (TOKENS, numbers(2, 1, 6))),
    Block("rnn decoder", lambda: RecurrentDecoder(6, 1, 7, 3, "RNN"), (TOKENS, numbers(2, 1, 6))),
    Block("bahdanau decoder", pupil("bahdanau"), (TOKENS, numbers(2, 3, 5), HIDDEN)),
    Block("dot decoder", pupil("dot"), (TOKENS, numbers(2, 3, 5))),
    Block("general decoder", pupil("general"), (TOKENS, numbers(2, 3, 5), HIDDEN)),
    Block("concat decoder", pupil("concat"), (TOKENS, numbers(2, 3, 5), HIDDEN)),
    Block(
        "encoder",
        lambda: TransformerEncoder(8, 2, 2, 16, final_norm=True),
        (numbers(2, 4, 8), CAUSAL, TOKENS == 0),
        (True, False, True),
    ),
    Block(
        "decoder",
        lambda: TransformerDecoder(8, 2, 2, 16, norm_first=True),
        (numbers(2, 4, 8), numbers(2, 3, 8), CAUSAL, None, TOKENS == 0, HIDDEN),
        (True, True, False, False, True, True),
    ),
    Block("perceptron loss", PerceptronLoss, (numbers(2, 1), torch.tensor([[1], [0]]))),
    Block("carlini wagner", CarliniWagnerLoss, (numbers(2, 4), torch.tensor([0, 3]))),
]
