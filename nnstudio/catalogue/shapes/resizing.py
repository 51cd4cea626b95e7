"""Images made larger and smaller, other than by windows."""

from __future__ import annotations

from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, TensorSpec, shape_text
from nnstudio.errors import ShapeError

MODES: dict[str, tuple[int, ...]] = {
    "nearest": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "bicubic": (2,),
    "trilinear": (3,),
}
"""Ways to fill in between points, and for how many axes PyTorch has them."""
_BEST = {1: "linear", 2: "bilinear", 3: "trilinear"}


def global_mean(site: Site) -> TensorSpec:
    """The mean over all axes behind the channels."""
    return TensorSpec((N, site.dims["x.C"]), kind="vector")


def places(site: Site) -> tuple[int, ...]:
    """Those axes."""
    return tuple(range(2, len(site.one().shape)))


def upsample(site: Site) -> TensorSpec:
    """nn.Upsample: every axis behind the channels, scale_factor times."""
    spec, mode = site.one(), str(site.params["mode"])
    axes = len(spec.shape) - 2
    if axes not in _BEST:
        raise ShapeError(
            f"gets {spec} and needs a signal, an image or a volume.",
            port="x",
            fix="Bring it to three, four or five sizes.",
        )
    if axes not in MODES[mode]:
        raise ShapeError(
            f"gets {spec}, for which there is no mode {mode}.",
            port="x",
            fix=f"Set mode to {_BEST[axes]}.",
            sets={"mode": _BEST[axes]},
        )
    if mode == "nearest" and site.params["align_corners"]:
        raise ShapeError(
            "has align_corners with mode nearest, which fills nothing in.",
            fix=f"Set mode to {_BEST[axes]}.",
            sets={"mode": _BEST[axes]},
        )
    scale = site.number("scale_factor")
    return spec.with_shape((*spec.shape[:2], *(size * scale for size in spec.shape[2:])), _kind(axes))


def _kind(axes: int) -> str:
    return "image" if axes == 2 else "any"


def pixel_shuffle(site: Site) -> TensorSpec:
    """nn.PixelShuffle: r² channels become one, r times as high and as wide."""
    factor = site.number("upscale_factor")
    _, channels, height, width = site.one().shape
    if channels % factor**2:
        more = channels + -channels % factor**2
        raise ShapeError(
            f"gets {channels} channels and needs a multiple of {factor**2}, for upscale_factor {factor}.",
            port="x",
            fix=f"Bring it to {more} channels: out_channels {more} of the convolution before it.",
            upstream={"out_channels": more},
        )
    return TensorSpec((N, channels // factor**2, height * factor, width * factor), kind="image")


def zero_pad(site: Site) -> TensorSpec:
    """nn.ZeroPad2d: larger on each side."""
    _, channels, height, width = site.one().shape
    left, right, top, bottom = _sides(site)
    return TensorSpec((N, channels, top + height + bottom, left + width + right), kind="image")


def crop(site: Site) -> TensorSpec:
    """F.pad with negative sizes. Raises ShapeError where nothing is left."""
    _, channels, height, width = site.one().shape
    left, right, top, bottom = _sides(site)
    rest = height - top - bottom, width - left - right
    if min(rest) < 1:
        gone = {"left": 0, "right": 0} if rest[0] > 0 else {"top": 0, "bottom": 0}
        gone = gone if max(rest) > 0 else dict.fromkeys(("left", "right", "top", "bottom"), 0)
        raise ShapeError(
            f"gets images {shape_text((height, width))}, of which it leaves nothing.",
            port="x",
            fix=f"Set {' and '.join(gone)} to 0, or cut off less.",
            sets=gone,
        )
    return TensorSpec((N, channels, *rest), kind="image")


def _sides(site: Site) -> tuple[int, int, int, int]:
    return site.number("left"), site.number("right"), site.number("top"), site.number("bottom")
