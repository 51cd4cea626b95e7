"""Element by element, and along one size."""

from __future__ import annotations

from nnstudio.catalogue.shapes.axes import axis_of, needs_sizes
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.errors import ShapeError


def flow(site: Site) -> TensorSpec:
    """Element by element, but the values are no longer what the data set calls a label."""
    spec = site.one()
    return spec.with_shape(spec.shape, spec.kind)


def along_size(site: Site) -> TensorSpec:
    """nn.Softmax along `dim`, which must exist and not be the batch."""
    axis_of(site)
    return flow(site)


def glu(site: Site) -> TensorSpec:
    """nn.GLU: the size `dim`, which is even, becomes half of it."""
    needs_sizes(site)
    spec, axis = site.one(), axis_of(site)
    size = spec.shape[axis]
    if size % 2:
        raise ShapeError(
            f"gets {spec}, and the {size} of dim {site.number('dim')} has no half.",
            port="x",
            fix="Give the layer before it an even number of outputs.",
        )
    return spec.with_shape((*spec.shape[:axis], size // 2, *spec.shape[axis + 1 :]), spec.kind)


def hardtanh(site: Site) -> TensorSpec:
    """nn.Hardtanh: the highest value is above the lowest."""
    low, high = site.params["min_val"], site.params["max_val"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    if low >= high:
        raise ShapeError(
            f"has min_val {low:g}, which is not below its max_val {high:g}.",
            fix="Set max_val to a larger number.",
            sets={"min_val": -1.0, "max_val": 1.0},
        )
    return flow(site)


def slopes(site: Site) -> int:
    """nn.PReLU: how many slopes are learned. The channels are the second size; where there is none, one slope."""
    shape = site.one().shape
    return shape[1] if site.params["num_parameters"] == "channels" and len(shape) > 1 else 1
