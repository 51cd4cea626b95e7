"""Layers that bring several wires together."""

from __future__ import annotations

from nnstudio.catalogue.shapes import merge
from nnstudio.catalogue.spec import Family, Function, Infix, LayerType, Port
from nnstudio.params import Int, ParamSet

family = Family("merge", "Merge", 80)

_NUMBERS = (Port("x", "...", many=True),)
_TENSORS = (Port("x", "...", many=True, dtype="any"),)
_OUT = (Port("y", "..."),)
_ANY_OUT = (Port("y", "...", dtype="any"),)

Add = LayerType(
    "Add",
    "Adds its inputs, element by element.",
    inputs=_NUMBERS,
    outputs=_OUT,
    shape=merge.combined,
    code=Infix("+"),
    help="Two paths of the same shape become one; this is how a residual connection comes back. A size of 1 is "
    "stretched to fit.",
    formula="y = x₁ + x₂ + …",
    paper="He et al., Deep Residual Learning for Image Recognition, 2015",
    aliases=(
        "sum",
        "plus",
        "residual",
        "skip connection",
        "additionlayer",
        "skip",
        "shortcut",
        "resnet",
        "elementwise sum",
    ),
)

Multiply = LayerType(
    "Multiply",
    "Multiplies its inputs, element by element.",
    inputs=_NUMBERS,
    outputs=_OUT,
    shape=merge.combined,
    code=Infix("*"),
    help="One path weighs the other: with a Sigmoid on one side it is a gate, as in squeeze and excitation. A size of "
    "1 is stretched to fit.",
    formula="y = x₁·x₂·…",
    aliases=("times", "product", "gate", "multiplicationlayer", "hadamard", "mul", "elementwise product"),
)

Average = LayerType(
    "Average",
    "The mean of its inputs, element by element.",
    inputs=_NUMBERS,
    outputs=_OUT,
    shape=merge.combined,
    code=Function("average"),
    help="Several paths count the same, and the sum does not grow with their number. Behind several models it makes an "
    "ensemble.",
    formula="y = (x₁ + x₂ + … + xₙ) / n",
    aliases=("mean of inputs", "ensemble"),
    stem="averaged",
)

Maximum = LayerType(
    "Maximum",
    "The largest of its inputs, element by element.",
    inputs=_NUMBERS,
    outputs=_OUT,
    shape=merge.combined,
    code=Function("maximum"),
    help="Of several paths the strongest answer wins; after several Linear layers it makes a Maxout unit. Only the one "
    "that won gets a gradient.",
    formula="y = max(x₁, x₂, …)",
    paper="Goodfellow et al., Maxout Networks, 2013",
    aliases=("maxout", "largest", "elementwise max"),
    stem="largest",
)

Concatenate = LayerType(
    "Concatenate",
    "Puts its inputs one after the other along one size.",
    inputs=_TENSORS,
    outputs=_ANY_OUT,
    params=ParamSet((Int("dim", 1, "Along which size; 1 is channels or features.", low=-8, high=8, torch_default=0),)),
    shape=merge.concatenate,
    code=Function("torch.cat", packed=True),
    help="Keeps what each path found, side by side, for the next layer to choose from. All sizes but the one named "
    "must agree.",
    formula="y = [x₁, x₂, …]",
    aliases=("cat", "join", "depthconcatenationlayer", "merge"),
    stem="cat",
)

Stack = LayerType(
    "Stack",
    "Puts its inputs side by side along a new size.",
    inputs=_TENSORS,
    outputs=_ANY_OUT,
    params=ParamSet((Int("dim", 1, "Where the new size is; 1 is first.", low=-8, high=8, torch_default=0),)),
    shape=merge.stack,
    code=Function("torch.stack", packed=True),
    help="Vectors become a sequence, or pictures channels. The inputs are of one shape; use Concatenate to go on along "
    "a size that is there.",
    formula="N×D, N×D → N×2×D",
    aliases=("new size", "sequence of"),
)
