"""Where a layer does something else than torch, or than layers usually do, and why. Short tables, each with reasons."""

from collections.abc import Iterable

_NUMBERS = ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss", "PerceptronLoss")
_MAX_POOLS = ("MaxPool1d", "MaxPool2d", "MaxPool3d")
_ALONG = ("Softmax", "LogSoftmax", "Unflatten", "Squeeze", "Transpose", "Sum", "Mean", "Variance", "Max", "Min")
_OF_TOKENS = ("Embedding", "EmbeddingBag", "OneHot", "RecurrentDecoder", "AttentionDecoder")
_MASKED = ("MultiheadAttention", "BahdanauAttention", "LuongAttention", "AttentionDecoder")


def _all(layers: Iterable[str], words: str, why: str) -> dict[tuple[str, str], str]:
    """The same for several layers."""
    return {(layer, words): why for layer in layers}


STRICTER = {
    **_all(_MAX_POOLS, "padding alone", "minus infinity comes out, and the gradient corrupts the memory"),
    **_all(("Crop", "ConvTranspose1d", "ConvTranspose2d"), "leaves nothing", "no layer can work on no numbers"),
    **_all(("ConvTranspose1d", "ConvTranspose2d"), "not smaller than its stride", "meta alone lets it pass"),
    ("PatchEmbedding", "do not fill"): "the edge of the image would be dropped without a word",
    ("Concatenate", "has dim"): "one after the other along the batch is another batch",
    ("Permute", "and the sizes of"): "the batch would no longer be first",
    ("Squeeze", "not 1"): "torch leaves a size alone that is not 1, and nothing would happen",
    ("LSTM", "gets c0 and no h0"): "torch wants both or none, so one alone would never arrive",
    ("LSTM", "gets h0 and no c0"): "torch wants both or none, so one alone would never arrive",
    ("MatMul", "lone vector"): "how much work torch counts depends on which of the two has a gradient",
    ("Clamp", "above its max"): "every number would become max",
    ("Pad", "which are whole"): "torch cuts the value off to a whole one without a word",
    **_all(("Dot", "CosineSimilarity"), "can not be combined", "a sample would meet the numbers of the others"),
    **_all(_MASKED, "gets a mask", "a single yes or no would stand for all places"),
    ("ScaledDotProductAttention", "gets a mask"): "a larger mask would make several results of one",
    ("ScaledDotProductAttention", "for keys"): "each sample has values of its own",
    ("CarliniWagnerLoss", "no other class"): "the lead over nothing is infinite",
    ("KLDivLoss", "to judge it by"): "one distribution would be stretched over others without a word",
    ("CosineEmbeddingLoss", "classes as target"): "a pair is alike or not",
    **_all(
        ("Linear", "SineFeatures", "PolynomialFeatures"),
        "needs a vector",
        "each pixel row by itself is hardly ever meant",
    ),
    **_all(_ALONG, "not among", "along the batch a result would depend on who else is in it"),
    **_all(_NUMBERS, "classes as target", "class numbers are names, not amounts"),
    **_all(("CosineEmbeddingLoss", "TripletMarginLoss"), "to compare with", "a single number would become a vector"),
    **_all(_OF_TOKENS, "different tokens", "torch notices only once such a token comes, and on the meta device never"),
    **_all(_OF_TOKENS, "nothing says how many", "a table of no rows fails only once a token comes"),
    **_all(("RecurrentDecoder", "AttentionDecoder"), "tokens count from", "a longer sequence would begin with it"),
    **_all(
        ("MultiheadAttention", "ScaledDotProductAttention"),
        "which of them come later",
        "the mask would hide places by chance",
    ),
    **_all(
        ("MultiheadAttention", "ScaledDotProductAttention"),
        "is causal and gets a mask as well",
        "the one would take the other's place",
    ),
}
"""What a shape rule refuses on purpose though torch computes it: layer and words of the refusal, and why."""
