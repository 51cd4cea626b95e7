"""Images cut into pieces, and as sequences of them."""

from __future__ import annotations

from nnstudio.catalogue.layers.convolution import CHANNELS, dilation, family, grid, kernel, stride
from nnstudio.catalogue.shapes import patches, windows
from nnstudio.catalogue.spec import LayerType, Module, Port, dim
from nnstudio.params import Int, ParamSet, Size

__all__ = ["family"]

Unfold = LayerType(
    "Unfold",
    "Lays what each window of an image shows out as a column.",
    inputs=grid(2),
    params=ParamSet(
        (kernel(2), dilation(2), Size("padding", 0, "Zeros around the image.", low=0, high=1024), stride(2))
    ),
    shape=windows.unfold,
    code=Module("nn.Unfold"),
    help="Shows what a convolution sees: a matrix times these columns is a Conv2d. Use it to build windows into layers "
    "of your own.",
    formula="N×C×H×W → N×(C·k·k)×L, a column for each window",
    aliases=("im2col", "patches", "windows"),
)

PatchEmbedding = LayerType(
    "PatchEmbedding",
    "Cuts an image into patches and makes a vector of each.",
    inputs=grid(2),
    outputs=(Port("y", "N P D", help="A vector for each patch, row by row."),),
    params=ParamSet(
        (
            Int("embed_dim", 64, "Length of the vectors.", low=1, high=65_536, required=True, telling=True),
            Size("patch_size", 4, "Height and width of a patch.", high=1024, required=True, telling=True),
        )
    ),
    shape=patches.patches,
    code=Module("PatchEmbedding", inferred=(CHANNELS,)),
    weights=patches.patches_weights,
    flops=patches.patches_flops,
    help="The first layer of a Vision Transformer: it reads the patches as a text reads words. Height and width must "
    "be multiples of patch_size; follow it with ClassToken and LearnedPositions.",
    formula="yₚ = W·(numbers of patch p) + b",
    paper="Dosovitskiy et al., An Image Is Worth 16×16 Words: Transformers for Image Recognition at Scale, 2021",
    aliases=("vit", "vision transformer", "patchembeddinglayer", "patchify", "tokens"),
    stem="patches",
)

ClassToken = LayerType(
    "ClassToken",
    "Puts a learned vector before a sequence, which comes to stand for the whole of it.",
    inputs=(Port("x", "N L D", wants="a sequence N×L×D"),),
    outputs=(Port("y", "N L D"),),
    shape=patches.class_token,
    code=Module("ClassToken", inferred=(dim("x", "D", "embed_dim"),)),
    weights=patches.class_token_weights,
    help="Attention gathers in it what matters of the sequence. At the end take it out with Select, dim 1 and index 0, "
    "and classify that vector.",
    formula="y = [token, x₁, …, x_L]",
    paper="Devlin, Chang, Lee, Toutanova, BERT: Pre-training of Deep Bidirectional Transformers, 2019",
    aliases=("cls", "bert", "vit", "class embedding"),
    stem="token",
)
