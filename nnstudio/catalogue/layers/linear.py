"""Layers that multiply by a matrix."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Family, LayerType, Module, Port, dim
from nnstudio.params import Bool, Int, ParamSet

family = Family("linear", "Linear", 20)

Linear = LayerType(
    "Linear",
    "Multiplies by a learned matrix and adds a bias; every output sees every input.",
    inputs=(Port("x", "N ... F", wants="a vector", insert="Flatten", refuses="image"),),
    params=ParamSet(
        (
            Int("out_features", 64, "Length of the output.", low=1, high=1_000_000, required=True, telling=True),
            Bool("bias", True, "Add a learned number to each output."),
        )
    ),
    shape=shapes.linear,
    code=Module("nn.Linear", inferred=(dim("x", "F"),)),
    weights=shapes.linear_weights,
    flops=shapes.linear_flops,
    help="The plainest layer with weights, also called dense or fully connected. Use it for vectors, and as the "
    "last layer with one output for each class. It works on the last size, so a sequence is treated step by step.",
    formula="y = x·Wᵀ + b",
    aliases=("dense", "fc", "fully connected", "affine"),
)
