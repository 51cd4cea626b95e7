"""Functions of each number alone, which let a network bend; and softmax."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Family, LayerType, Module, Port
from nnstudio.params import Choice, Int, ParamSet

family = Family("activation", "Activation", 50)

_ANY = (Port("x"),)

ReLU = LayerType(
    "ReLU",
    "Keeps what is positive and makes the rest zero.",
    inputs=_ANY,
    shape=shapes.flow,
    code=Module("nn.ReLU"),
    help="The usual choice between layers: cheap, and its gradient does not fade where it is positive. A unit that "
    "is negative for every sample stops learning.",
    formula="y = max(0, x)",
    paper="Nair, Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010",
    aliases=("rectifier", "rectified linear unit"),
)

GELU = LayerType(
    "GELU",
    "A smooth ReLU: weighs each number by how likely a normal one is below it.",
    inputs=_ANY,
    params=ParamSet((Choice("approximate", "none", ("none", "tanh"), '"tanh" is a little faster.'),)),
    shape=shapes.flow,
    code=Module("nn.GELU"),
    help="The usual choice in Transformers. It bends where ReLU breaks, so small negative values still pass a little.",
    formula="y = x·Φ(x), Φ the normal distribution",
    paper="Hendrycks, Gimpel, Gaussian Error Linear Units, 2016",
    aliases=("gaussian error linear unit",),
)

Sigmoid = LayerType(
    "Sigmoid",
    "Squeezes every number to between 0 and 1.",
    inputs=_ANY,
    shape=shapes.flow,
    code=Module("nn.Sigmoid"),
    help="Turns a score into a probability. Between layers it makes gradients small; for a yes-or-no output use "
    "BCEWithLogitsLoss on the bare score instead.",
    formula="y = 1 / (1 + e⁻ˣ)",
    aliases=("logistic",),
)

Tanh = LayerType(
    "Tanh",
    "Squeezes every number to between -1 and 1.",
    inputs=_ANY,
    shape=shapes.flow,
    code=Module("nn.Tanh"),
    help="Like Sigmoid but centred on zero. It suits small networks on two-dimensional data, and recurrent ones.",
    formula="y = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)",
    aliases=("hyperbolic tangent",),
)

Softmax = LayerType(
    "Softmax",
    "Turns scores into shares that sum to 1.",
    inputs=(Port("x", "N D ...", wants="at least one size after the batch"),),
    params=ParamSet((Int("dim", -1, "Along which size the shares sum to 1.", low=-8, high=8, torch_default=None),)),
    shape=shapes.softmax,
    code=Module("nn.Softmax"),
    help="Shows scores as probabilities. Do not put it before CrossEntropyLoss, which has it built in.",
    formula="yᵢ = e^xᵢ / Σⱼ e^xⱼ",
    aliases=("probabilities",),
)
