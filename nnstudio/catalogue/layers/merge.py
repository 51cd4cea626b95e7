"""Layers that bring several wires together."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Family, Function, Infix, LayerType, Port
from nnstudio.params import Int, ParamSet

family = Family("merge", "Merge", 80)

Add = LayerType(
    "Add",
    "Adds its inputs, element by element.",
    inputs=(Port("x", many=True),),
    shape=shapes.broadcast,
    code=Infix("+"),
    help="Two paths of the same shape become one; this is how a residual connection comes back. A size of 1 is "
    "stretched to fit.",
    formula="y = x₁ + x₂ + …",
    paper="He et al., Deep Residual Learning for Image Recognition, 2015",
    aliases=("sum", "plus", "residual", "skip connection"),
)

Concatenate = LayerType(
    "Concatenate",
    "Puts its inputs one after the other along one size.",
    inputs=(Port("x", "N D ...", many=True, wants="at least one size after the batch"),),
    params=ParamSet((Int("dim", 1, "Along which size; 1 is channels or features.", low=-8, high=8, torch_default=0),)),
    shape=shapes.concatenate,
    code=Function("torch.cat"),
    help="Keeps what each path found, side by side, for the next layer to choose from. All sizes but the one named "
    "must agree.",
    formula="y = [x₁, x₂, …]",
    aliases=("cat", "join"),
    stem="cat",
)
