"""Functions of each number alone, which let a network bend: those that let large numbers through."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue.shapes import elementwise
from nnstudio.catalogue.spec import Derived, Family, LayerType, Module, Port
from nnstudio.params import Choice, Float, Param, ParamSet

family = Family("activation", "Activation", 50)

ANY = (Port("x", "..."),)
ANY_OUT = (Port("y", "..."),)


def pointwise(type_name: str, summary: str, *params: Param, **words: Any) -> LayerType:
    """A layer of torch.nn that works on each number alone, so that every shape will do and stays."""
    return LayerType(
        type_name,
        summary,
        inputs=ANY,
        outputs=ANY_OUT,
        params=ParamSet(params),
        shape=elementwise.flow,
        code=Module(f"nn.{type_name}"),
        **words,
    )


ReLU = pointwise(
    "ReLU",
    "Keeps what is positive and makes the rest zero.",
    help="The usual choice between layers: cheap, and its gradient does not fade where it is positive. A unit that "
    "is negative for every sample stops learning.",
    formula="y = max(0, x)",
    paper="Nair, Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010",
    aliases=("rectifier", "rectified linear unit"),
)

ReLU6 = pointwise(
    "ReLU6",
    "A ReLU that stops at 6.",
    help="Its values stay in a narrow range, which few bits can hold. Use it in networks for small devices, as "
    "MobileNet does.",
    formula="y = min(max(0, x), 6)",
    paper="Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010",
    aliases=("clipped relu", "clippedrelulayer", "mobilenet"),
)

LeakyReLU = pointwise(
    "LeakyReLU",
    "A ReLU that lets a little of the negative through.",
    Float("negative_slope", 0.01, "Slope below zero.", low=0.0, high=1.0),
    help="A unit that is negative for every sample still has a gradient, so it can come back. Use it where units of a "
    "ReLU die, and in generative networks.",
    formula="y = x for x ≥ 0, else negative_slope·x",
    paper="Maas, Hannun, Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013",
    aliases=("leaky relu", "leakyrelulayer", "lrelu"),
    stem="leaky",
)

PReLU = LayerType(
    "PReLU",
    "A leaky ReLU whose slope below zero is learned.",
    inputs=ANY,
    outputs=ANY_OUT,
    params=ParamSet(
        (
            Choice("num_parameters", "one", ("one", "channels"), "One slope, or one for each channel.", argument=False),
            Float("init", 0.25, "The slope to begin with.", low=-1.0, high=1.0),
        )
    ),
    shape=elementwise.flow,
    code=Module("nn.PReLU", inferred=(Derived(elementwise.slopes, "num_parameters"),)),
    weights=lambda site: {"weight": (elementwise.slopes(site),)},
    help="The network finds out by itself how much of the negative is of use. One slope for each channel costs few "
    "weights; leave them out of weight decay, which would make it a ReLU again.",
    formula="y = x for x ≥ 0, else a·x with a learned",
    paper="He et al., Delving Deep into Rectifiers, 2015",
    aliases=("parametric relu", "prelulayer", "learned slope"),
)

ELU = pointwise(
    "ELU",
    "Keeps what is positive and bends the rest towards a lowest value.",
    Float("alpha", 1.0, "How far below zero it reaches.", low=0.0, high=100.0),
    help="Its outputs are nearer to zero on average than those of a ReLU, which helps the next layer to learn. It "
    "costs an exponential.",
    formula="y = x for x > 0, else alpha·(eˣ - 1)",
    paper="Clevert, Unterthiner, Hochreiter, Fast and Accurate Deep Network Learning by Exponential Linear Units, 2015",
    aliases=("exponential linear unit", "elulayer"),
)

SELU = pointwise(
    "SELU",
    "An ELU scaled so that mean 0 and variance 1 stay as they are from layer to layer.",
    help="Deep networks of Linear layers train with it without any normalization. It wants standardized data, weights "
    "drawn as LeCun did, and AlphaDropout instead of Dropout.",
    formula="y = 1.0507·(x for x > 0, else 1.6733·(eˣ - 1))",
    paper="Klambauer et al., Self-Normalizing Neural Networks, 2017",
    aliases=("self-normalizing", "scaled exponential linear unit"),
)

CELU = pointwise(
    "CELU",
    "An ELU whose slope is smooth at zero for every alpha.",
    Float("alpha", 1.0, "How far below zero it reaches.", low=0.01, high=100.0),
    help="With alpha 1 it is an ELU. With another alpha its slope has no jump at zero, so alpha is safe to change.",
    formula="y = max(0, x) + min(0, alpha·(e^(x/alpha) - 1))",
    paper="Barron, Continuously Differentiable Exponential Linear Units, 2017",
    aliases=("continuously differentiable elu",),
)

GELU = pointwise(
    "GELU",
    "A smooth ReLU: weighs each number by how likely a normal one is below it.",
    Choice("approximate", "none", ("none", "tanh"), '"tanh" is a little faster.'),
    help="The usual choice in Transformers. It bends where ReLU breaks, so small negative values still pass a little.",
    formula="y = x·Φ(x), Φ the normal distribution",
    paper="Hendrycks, Gimpel, Gaussian Error Linear Units, 2016",
    aliases=("gaussian error linear unit", "gelulayer"),
)

SiLU = pointwise(
    "SiLU",
    "Weighs each number by its own sigmoid.",
    help="Also called Swish. Smooth like GELU and a little cheaper; use it in deep convolutional networks, as "
    "EfficientNet does, and in the gates of newer language models.",
    formula="y = x / (1 + e⁻ˣ)",
    paper="Elfwing, Uchibe, Doya, Sigmoid-Weighted Linear Units for Neural Network Function Approximation, 2017",
    aliases=("swish", "swishlayer", "sigmoid linear unit"),
)

Mish = pointwise(
    "Mish",
    "A smooth ReLU that dips a little below zero.",
    help="Much like SiLU, with a slightly deeper dip, and dearer to compute. It is known from detectors of the YOLO "
    "family.",
    formula="y = x·tanh(ln(1 + eˣ))",
    paper="Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019",
    aliases=("yolo", "self regularized"),
)

Hardswish = pointwise(
    "Hardswish",
    "SiLU drawn with straight pieces.",
    help="Nearly the values of SiLU without an exponential, for small devices. Below -3 it is zero, above 3 it is x "
    "itself.",
    formula="y = x·min(max(0, x + 3), 6) / 6",
    paper="Howard et al., Searching for MobileNetV3, 2019",
    aliases=("hard swish", "hard silu", "mobilenet", "hswish"),
)

Softplus = pointwise(
    "Softplus",
    "A smooth ReLU that is always positive.",
    Float("beta", 1.0, "How sharply it bends; the larger, the nearer to ReLU.", low=0.01, high=1000.0),
    Float("threshold", 20.0, "Where beta·x is above it, the line itself.", low=0.0, high=80.0),
    help="Use it at the end of a network that puts out what can not be negative, such as a spread or a rate. Between "
    "layers a ReLU is cheaper and does as well.",
    formula="y = ln(1 + e^(beta·x)) / beta",
    paper="Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2000",
    aliases=("softpluslayer", "smooth relu", "positive"),
)
