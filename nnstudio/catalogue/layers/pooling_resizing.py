"""Layers that change the size of images in other ways than by windows."""

from __future__ import annotations

from nnstudio.catalogue.layers.convolution import grid
from nnstudio.catalogue.layers.pooling import family
from nnstudio.catalogue.shapes import resizing
from nnstudio.catalogue.spec import Code, Derived, Function, In, LayerType, Literal, Module, Named, Port, Site
from nnstudio.params import Bool, Choice, Int, Param, ParamSet, Value

__all__ = ["family"]

_GRID = (Port("x", "N C L ...", wants="a signal N×C×L, an image N×C×H×W, or a volume"),)
_SIDES = ("left", "right", "top", "bottom")


def _sides(what: str, high: int) -> tuple[Param, ...]:
    return tuple(Int(side, 1, f"{what} {side}.", low=0, high=high, argument=False, telling=True) for side in _SIDES)


def _padding(site: Site) -> Value:
    return tuple(site.number(side) for side in _SIDES)


def _negative(site: Site) -> Value:
    return tuple(-site.number(side) for side in _SIDES)


def _upsample(site: Site) -> Code:
    return Module("nn.Upsample", fixed=(("align_corners", True),) if site.params["align_corners"] else ())


GlobalAvgPool = LayerType(
    "GlobalAvgPool",
    "Takes the mean of each channel over the whole image, signal or volume.",
    inputs=(Port("x", "N C L ...", wants="channels with at least one size, as an image N×C×H×W"),),
    outputs=(Port("y", "N C"),),
    shape=resizing.global_mean,
    code=Function("torch.mean", call=(In("x"), Named("dim", Literal(Derived(resizing.places))))),
    help="One number is left of each channel, so a Linear can follow at once, whatever the size of the image. It takes "
    "the place of Flatten and needs far fewer weights behind it.",
    formula="y[c] = mean over all places of x[c]",
    paper="Lin, Chen, Yan, Network In Network, 2013",
    aliases=(
        "gap",
        "globalaveragepooling2dlayer",
        "mean",
        "global average pooling",
        "global average pooling 2d",
    ),
    stem="pool",
)

Upsample = LayerType(
    "Upsample",
    "Makes an image or a signal larger by filling in between its points.",
    inputs=_GRID,
    outputs=(Port("y", "N C L ..."),),
    params=ParamSet(
        (
            Int("scale_factor", 2, "How many times larger.", low=1, high=64, torch_default=None, telling=True),
            Choice(
                "mode",
                "nearest",
                tuple(resizing.MODES),
                "nearest repeats points; linear is for signals, bilinear and bicubic for images.",
            ),
            Bool("align_corners", False, "The corners stay where they are. Not with nearest.", argument=False),
        )
    ),
    shape=resizing.upsample,
    code=_upsample,
    help="Nothing in it is learned. Put a Conv2d behind it for the way up in a U-Net or a generator; unlike "
    "ConvTranspose2d this leaves no pattern of squares.",
    formula="N×C×H×W → N×C×(s·H)×(s·W)",
    aliases=(
        "upsampling2d",
        "resize",
        "interpolate",
        "resize2dlayer",
        "enlarge",
        "upsampling",
        "upsampling1d",
        "bilinear",
        "nearest neighbour",
    ),
)

PixelShuffle = LayerType(
    "PixelShuffle",
    "Makes an image larger out of its channels.",
    inputs=grid(2),
    outputs=(Port("y", "N C H W"),),
    params=ParamSet((Int("upscale_factor", 2, "How many times larger.", low=1, high=64, required=True, telling=True),)),
    shape=resizing.pixel_shuffle,
    code=Module("nn.PixelShuffle"),
    help="Four channels become one of twice the height and width, with upscale_factor 2. Put a Conv2d before it, which "
    "computes all points of the large image; super-resolution does it so.",
    formula="N×(C·r²)×H×W → N×C×(r·H)×(r·W)",
    paper="Shi et al., Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional "
    "Neural Network, 2016",
    aliases=("depth to space", "depthtospace2dlayer", "sub-pixel", "super-resolution"),
    stem="shuffle",
)

ZeroPad2d = LayerType(
    "ZeroPad2d",
    "Puts zeros around an image.",
    inputs=grid(2),
    outputs=(Port("y", "N C H W"),),
    params=ParamSet(_sides("Columns or rows at the", 512)),
    shape=resizing.zero_pad,
    code=Module("nn.ZeroPad2d", inferred=(Derived(_padding, "padding"),)),
    help="For a padding that is not the same on all sides, before a convolution with padding 0. It also brings images "
    "to a size that later layers can halve.",
    formula="N×C×H×W → N×C×(top + H + bottom)×(left + W + right)",
    aliases=("zero padding", "zeropadding2d", "border", "frame"),
    stem="pad",
)

Crop = LayerType(
    "Crop",
    "Cuts off the edges of an image.",
    inputs=grid(2),
    outputs=(Port("y", "N C H W"),),
    params=ParamSet(_sides("Columns or rows cut off at the", 65_536)),
    shape=resizing.crop,
    code=Function("F.pad", call=(In("x"), Literal(Derived(_negative)))),
    help="Brings a larger image to the size of a smaller one, so that Concatenate or Add can take both. The first "
    "U-Net does it on each of its bridges.",
    formula="N×C×H×W → N×C×(H - top - bottom)×(W - left - right)",
    paper="Ronneberger, Fischer, Brox, U-Net: Convolutional Networks for Biomedical Image Segmentation, 2015",
    aliases=("cropping2d", "crop2dlayer", "cut", "trim", "unet", "center crop"),
)
