"""Functions of each number alone that keep it within bounds; and those that share out or gate."""

from __future__ import annotations

from nnstudio.catalogue.layers.activation import ANY, ANY_OUT, pointwise
from nnstudio.catalogue.layers.activation import family as family
from nnstudio.catalogue.shapes import elementwise
from nnstudio.catalogue.spec import LayerType, Module
from nnstudio.params import Float, Int, IntParam, ParamSet


def _dim(help: str, **more: object) -> IntParam:
    return Int("dim", -1, help, low=-8, high=8, **more)


Sigmoid = pointwise(
    "Sigmoid",
    "Squeezes every number to between 0 and 1.",
    help="Turns a score into a probability. Between layers it makes gradients small; for a yes-or-no output use "
    "BCEWithLogitsLoss on the bare score instead.",
    formula="y = 1 / (1 + e⁻ˣ)",
    aliases=("logistic", "sigmoidlayer"),
)

LogSigmoid = pointwise(
    "LogSigmoid",
    "The logarithm of a sigmoid, computed so that it never overflows.",
    help="The log of the probability of a yes. Use it in losses of your own, where Sigmoid and Log one after the other "
    "would lose all precision for large negative numbers.",
    formula="y = -ln(1 + e⁻ˣ)",
    aliases=("log sigmoid", "log probability"),
)

Hardsigmoid = pointwise(
    "Hardsigmoid",
    "Sigmoid drawn with straight pieces.",
    help="Cheap to compute, for small devices and for gates. Below -3 it is 0 and above 3 it is 1, and there it has no "
    "gradient.",
    formula="y = min(max(0, x + 3), 6) / 6",
    paper="Courbariaux, Bengio, David, BinaryConnect, 2015",
    aliases=("hard sigmoid", "hsigmoid"),
)

Tanh = pointwise(
    "Tanh",
    "Squeezes every number to between -1 and 1.",
    help="Like Sigmoid but centred on zero. It suits small networks on two-dimensional data, and recurrent ones.",
    formula="y = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)",
    aliases=("hyperbolic tangent", "tanhlayer"),
)

Hardtanh = LayerType(
    "Hardtanh",
    "Cuts off what is below a lowest and above a highest value.",
    inputs=ANY,
    outputs=ANY_OUT,
    params=ParamSet(
        (
            Float("min_val", -1.0, "The lowest value.", low=-1e6, high=1e6),
            Float("max_val", 1.0, "The highest value.", low=-1e6, high=1e6),
        )
    ),
    shape=elementwise.hardtanh,
    code=Module("nn.Hardtanh"),
    help="Tanh drawn with straight pieces: between its bounds every number passes as it is. Outside there is no "
    "gradient, so keep the bounds wide.",
    formula="y = min(max(min_val, x), max_val)",
    paper="Collobert et al., Natural Language Processing (Almost) from Scratch, 2011",
    aliases=("hard tanh", "clip"),
)

Softsign = pointwise(
    "Softsign",
    "Squeezes every number to between -1 and 1, more gently than Tanh.",
    help="It comes near its bounds slowly, so its gradient fades later than that of Tanh. Nothing in it needs an "
    "exponential.",
    formula="y = x / (1 + |x|)",
    paper="Turian, Bergstra, Bengio, Quadratic Features and Deep Architectures for Chunking, 2009",
    aliases=("soft sign",),
)

Softmax = LayerType(
    "Softmax",
    "Turns scores into shares that sum to 1.",
    inputs=ANY,
    outputs=ANY_OUT,
    params=ParamSet((_dim("Along which size the shares sum to 1.", torch_default=None),)),
    shape=elementwise.along_size,
    code=Module("nn.Softmax"),
    help="Shows scores as probabilities. Do not put it before CrossEntropyLoss, which has it built in.",
    formula="yᵢ = e^xᵢ / Σⱼ e^xⱼ",
    aliases=("probabilities", "softmaxlayer"),
)

LogSoftmax = LayerType(
    "LogSoftmax",
    "The logarithms of the shares that Softmax gives.",
    inputs=ANY,
    outputs=ANY_OUT,
    params=ParamSet((_dim("Along which size the shares sum to 1.", torch_default=None),)),
    shape=elementwise.along_size,
    code=Module("nn.LogSoftmax"),
    help="What NLLLoss and KLDivLoss want as prediction. It is exact where Softmax and Log one after the other would "
    "give minus infinity.",
    formula="yᵢ = xᵢ - ln Σⱼ e^xⱼ",
    aliases=("log softmax", "log probabilities"),
)

GLU = LayerType(
    "GLU",
    "Halves a size: one half, weighed by the sigmoid of the other.",
    inputs=ANY,
    outputs=ANY_OUT,
    params=ParamSet((_dim("Which size is halved."),)),
    shape=elementwise.glu,
    code=Module("nn.GLU"),
    help="A gate: half of the features decide how much of the other half passes. Give the layer before it twice as "
    "many outputs as you want to have.",
    formula="y = a·σ(b), x = [a, b]",
    paper="Dauphin et al., Language Modeling with Gated Convolutional Networks, 2017",
    aliases=("gated linear unit", "gate"),
)

Heaviside = LayerType(
    "Heaviside",
    "Says 1 where a number is zero or more, and 0 where it is negative.",
    inputs=ANY,
    outputs=ANY_OUT,
    shape=elementwise.flow,
    code=Module("Heaviside"),
    help="The neuron that fires or does not, as in the perceptron. A step has no slope to learn from, so the gradient "
    "passes straight through it, as if it were not there.",
    formula="y = 1 for x ≥ 0, else 0",
    paper="McCulloch, Pitts, A Logical Calculus of the Ideas Immanent in Nervous Activity, 1943",
    aliases=("step", "threshold", "hardlim", "perceptron", "binary"),
    stem="step",
)

Sine = LayerType(
    "Sine",
    "The sine of each number.",
    inputs=ANY,
    outputs=ANY_OUT,
    params=ParamSet((Float("w0", 1.0, "How fast it waves.", low=-1000.0, high=1000.0),)),
    shape=elementwise.flow,
    code=Module("Sine"),
    help="Networks with it represent pictures and sounds in fine detail, as functions of place or time. In SIREN the "
    "first layer has w0 30.",
    formula="y = sin(w0·x)",
    paper="Sitzmann et al., Implicit Neural Representations with Periodic Activation Functions, 2020",
    aliases=("siren", "sin", "periodic"),
)
