"""Layers that multiply by a matrix."""

from __future__ import annotations

from nnstudio.catalogue.shapes import linear
from nnstudio.catalogue.spec import Family, LayerType, Module, Port, dim
from nnstudio.params import Bool, Int, ParamSet

family = Family("linear", "Linear", 20)


def _params(most: int) -> ParamSet:
    return ParamSet(
        (
            Int("out_features", 64, "Length of the output.", low=1, high=most, required=True, telling=True),
            Bool("bias", True, "Add a learned number to each output."),
        )
    )


Linear = LayerType(
    "Linear",
    "Multiplies by a learned matrix and adds a bias; every output sees every input.",
    inputs=(Port("x", "N ... F", wants="a vector", insert="Flatten", refuses="image"),),
    params=_params(1_000_000),
    shape=linear.linear,
    code=Module("nn.Linear", inferred=(dim("x", "F", "in_features"),)),
    weights=linear.linear_weights,
    flops=linear.linear_flops,
    help="The plainest layer with weights, also called dense or fully connected. Use it for vectors, and as the "
    "last layer with one output for each class. It works on the last size, so a sequence is treated step by step.",
    formula="y = x·Wᵀ + b",
    aliases=("dense", "fc", "fully connected", "affine", "mlp", "neurons", "projection", "feedforward", "gemm"),
)

Bilinear = LayerType(
    "Bilinear",
    "Weighs each product of a number here and a number there, by learned weights.",
    inputs=(
        Port("x1", "N ... A", wants="a vector", help="The one vector."),
        Port("x2", "N ... B", wants="a vector", help="The other, which may be of another length."),
    ),
    params=_params(10_000),  # torch computes one output after the other
    shape=linear.bilinear,
    code=Module("nn.Bilinear", inferred=(dim("x1", "A", "in1_features"), dim("x2", "B", "in2_features"))),
    weights=linear.bilinear_weights,
    help="Learns how two vectors go together, where Linear on both side by side can only add. Its weights are as many "
    "as the three lengths multiplied, so keep them small.",
    formula="yₖ = x₁ᵀ·Wₖ·x₂ + bₖ",
    aliases=("interaction", "tensor product"),
)

Identity = LayerType(
    "Identity",
    "Gives back what comes in.",
    inputs=(Port("x", "...", dtype="any"),),
    outputs=(Port("y", "...", dtype="any"),),
    shape=lambda site: site.one(),
    code=Module("nn.Identity"),
    help="A place with a name where nothing happens. Use it to look at a value, to gather wires, or in place of a "
    "layer you have yet to choose.",
    formula="y = x",
    aliases=("pass through", "nothing", "no-op", "skip"),
)
