"""Layers that keep a network from learning its samples by heart."""

from __future__ import annotations

from nnstudio.catalogue import shapes
from nnstudio.catalogue.spec import Family, LayerType, Module, Port
from nnstudio.params import Float, ParamSet

family = Family("regularization", "Regularization", 65)

Dropout = LayerType(
    "Dropout",
    "While training, makes a random share of the numbers zero.",
    inputs=(Port("x"),),
    params=ParamSet((Float("p", 0.5, "Share that is dropped.", low=0.0, high=1.0, telling=True),)),
    shape=shapes.flow,
    code=Module("nn.Dropout"),
    help="No unit can rely on another being there, so the network learns several ways to the same answer and "
    "overfits less. The rest is scaled up to make up for it; in use nothing is dropped.",
    formula="y = x·m / (1 - p), m random 0 or 1",
    paper="Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014",
)
