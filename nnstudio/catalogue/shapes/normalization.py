"""Scales and shifts."""

from __future__ import annotations

from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec, shape_text
from nnstudio.errors import ShapeError
from nnstudio.params import Value


def _kept(site: Site) -> TensorSpec:
    spec = site.one()
    return spec.with_shape(spec.shape, spec.kind)


# By channel


def batch_norm_1d(site: Site) -> TensorSpec:
    """nn.BatchNorm1d: a vector or a signal."""
    spec = site.one()
    if len(spec.shape) > 3:
        raise ShapeError(
            f"gets {shape_text(spec.shape)} and needs a vector N×C or a signal N×C×L.",
            port="x",
            fix="Insert Flatten before it.",
            insert="Flatten",
        )
    return _kept(site)


def channel_weights(site: Site) -> dict[str, Shape]:
    """nn.BatchNorm1d, 2d, 3d, nn.GroupNorm and nn.InstanceNorm2d: a scale and a shift for each channel."""
    names = ("weight", "bias") if site.params["affine"] else ()
    return dict.fromkeys(names, (site.dims["x.C"],))


def group_norm(site: Site) -> TensorSpec:
    """nn.GroupNorm: groups of equally many channels."""
    channels, groups = site.dims["x.C"], site.number("num_groups")
    if channels % groups:
        near = max(number for number in range(1, groups + 1) if channels % number == 0)
        raise ShapeError(
            f"gets {channels} channels, which are not to be shared out to {groups} groups evenly.",
            port="x",
            fix=f"Set num_groups to {near}, or to another number that divides {channels}.",
            sets={"num_groups": near},
        )
    return _kept(site)


def instance_norm(site: Site) -> TensorSpec:
    """nn.InstanceNorm2d: each channel of each image by itself, so that it needs more than one point."""
    spec = site.one()
    if spec.shape[2:] == (1, 1):
        raise ShapeError(
            f"gets {shape_text(spec.shape)}, and of a single point there is no deviation.",
            port="x",
            fix="Put it where the image is larger.",
        )
    return _kept(site)


# Over the last sizes


def layer_norm(site: Site) -> TensorSpec:
    """nn.LayerNorm and nn.RMSNorm over the last `dims` sizes, never the batch."""
    spec, dims = site.one(), site.number("dims")
    most = len(spec.per_sample)
    if dims > most:
        raise ShapeError(
            f"has dims {dims}, and gets {shape_text(spec.shape)} with {most} to normalize over.",
            port="x",
            fix=f"Set dims to {most}.",
            sets={"dims": most},
        )
    return _kept(site)


def normalized_shape(site: Site) -> Value:
    """Those sizes as PyTorch takes them: a number, or several."""
    sizes = _last(site)
    return sizes[0] if len(sizes) == 1 else sizes


def _last(site: Site) -> tuple[int, ...]:
    """The last sizes; N for those that are not there."""
    dims = site.number("dims")
    return ((N,) * dims + site.one().shape)[-dims:]


def layer_norm_weights(site: Site) -> dict[str, Shape]:
    """nn.LayerNorm: a scale and a shift for each number of the last sizes."""
    if not site.params["elementwise_affine"]:
        return {}
    return dict.fromkeys(("weight", "bias") if site.params["bias"] else ("weight",), _last(site))


def rms_norm_weights(site: Site) -> dict[str, Shape]:
    """nn.RMSNorm: a scale for each number of the last sizes."""
    return {"weight": _last(site)} if site.params["elementwise_affine"] else {}


# Over the whole training set


def standardized_shape(site: Site) -> Value:
    """Of Standardize: one mean for each channel of images and volumes, else one for each feature, which come last."""
    sizes = site.one().per_sample
    return (sizes[0], *(1 for _ in sizes[1:])) if len(sizes) > 2 else sizes[-1]
