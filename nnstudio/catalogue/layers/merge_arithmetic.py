"""Arithmetic with wires: numbers, small tensors and batches mixed."""

from __future__ import annotations

from typing import Any

from nnstudio.catalogue.layers.merge import family as family
from nnstudio.catalogue.shapes import elementwise, merge, products
from nnstudio.catalogue.spec import Derived, Function, Infix, LayerType, Module, Port, Site
from nnstudio.params import Choice, Float, Int, Param, ParamSet

_PAIR = (Port("a", "..."), Port("b", "..."))
_OUT = (Port("y", "..."),)


def _infix(type_name: str, operator: str, summary: str, **words: Any) -> LayerType:
    return LayerType(
        type_name, summary, inputs=_PAIR, outputs=_OUT, **({"shape": merge.of_two} | words), code=Infix(operator)
    )


def _each(type_name: str, function: str, summary: str, *params: Param, **words: Any) -> LayerType:
    """A function of each number alone."""
    more: dict[str, Any] = {"shape": elementwise.flow, "code": Function(function)} | words
    return LayerType(type_name, summary, inputs=(Port("x", "..."),), outputs=_OUT, params=ParamSet(params), **more)


Subtract = _infix(
    "Subtract",
    "-",
    "Takes 'b' away from 'a', element by element.",
    help="A difference, as an error or a change from one step to the next. A size of 1 is stretched to fit.",
    formula="y = a - b",
    aliases=("minus", "difference", "sub"),
)

Divide = _infix(
    "Divide",
    "/",
    "Divides 'a' by 'b', element by element.",
    help="A share or a rate. Where 'b' is zero the result is no number, so keep it away from there, as with Clamp.",
    formula="y = a / b",
    aliases=("ratio", "quotient", "div"),
)

MatMul = _infix(
    "MatMul",
    "@",
    "Multiplies matrices: rows of 'a' with columns of 'b'.",
    shape=products.matmul,
    flops=products.matmul_flops,
    help="Products that are not with learned weights: scores of queries and keys, or a table of similarities. Sizes "
    "before the last two are samples or heads, each multiplied by itself.",
    formula="y[i, j] = Σₖ a[i, k]·b[k, j]",
    aliases=("matrix product", "bmm", "matrix multiply", "mm"),
)

Dot = LayerType(
    "Dot",
    "Multiplies two vectors and sums up.",
    inputs=_PAIR,
    outputs=_OUT,
    shape=products.dot,
    code=Function("torch.linalg.vecdot"),
    help="How far two vectors point the same way, one number for each pair along the last size. The score in matrix "
    "factorization and in recommenders.",
    formula="y = Σᵢ aᵢ·bᵢ",
    aliases=("inner product", "scalar product", "dot product"),
)

CosineSimilarity = LayerType(
    "CosineSimilarity",
    "The cosine of the angle between two vectors.",
    inputs=(Port("x1", "...", help="The one."), Port("x2", "...", help="The other.")),
    outputs=_OUT,
    params=ParamSet(
        (
            Int("dim", 1, "Along which size the vectors lie.", low=-8, high=8),
            Float("eps", 1e-8, "The least length that a vector is taken to have.", low=0.0, high=1.0),
        )
    ),
    shape=products.cosine,
    code=Module("nn.CosineSimilarity"),
    help="From -1 for opposite to 1 for the same direction, whatever the lengths. Use it to compare embeddings of "
    "words or pictures.",
    formula="y = a·b / (|a|·|b|)",
    aliases=("cosine", "similarity", "angle"),
    stem="similarity",
)

Scale = _each(
    "Scale",
    "torch.mul",
    "Multiplies every number by one you type in.",
    Float("factor", 2.0, "What they are multiplied by.", low=-1e6, high=1e6, telling=True, argument=False),
    code=Function("torch.mul", inferred=(Derived(lambda site: site.params["factor"], "other"),)),
    help="Brings values to another range, as pictures from 0…255 to 0…1, or scores to 1/√D of them. The factor is not "
    "learned; Multiply by a Value to learn it.",
    formula="y = factor·x",
    aliases=("rescale", "times", "scalinglayer", "factor"),
)

Power = _each(
    "Power",
    "torch.pow",
    "Raises every number to a power.",
    Float("exponent", 2.0, "The power.", low=-16.0, high=16.0, required=True, telling=True),
    help="Squares, cubes, or with -1 one divided by x. A fraction as power wants positive numbers.",
    formula="y = x^exponent",
    aliases=("square", "pow", "reciprocal"),
)

Exp = _each(
    "Exp",
    "torch.exp",
    "The exponential of every number.",
    help="Turns a logarithm back, as the log-variance of an autoencoder into a variance. It grows very fast: 100 is "
    "too large for it.",
    formula="y = eˣ",
    aliases=("exponential",),
)

Log = _each(
    "Log",
    "torch.log",
    "The natural logarithm of every number.",
    help="For positive numbers alone: at zero it is minus infinity. After Softmax or Sigmoid use LogSoftmax or "
    "LogSigmoid instead.",
    formula="y = ln x",
    aliases=("logarithm", "ln"),
)

Sqrt = _each(
    "Sqrt",
    "torch.sqrt",
    "The square root of every number.",
    help="Turns a variance into a spread, or a sum of squares into a length. For numbers of zero or more; at zero its "
    "slope is infinite.",
    formula="y = √x",
    aliases=("square root", "root"),
)

Abs = _each(
    "Abs",
    "torch.abs",
    "Takes the sign away from every number.",
    help="The size of a difference, or of a weight. Its slope is 1 or -1, and 0 at zero.",
    formula="y = |x|",
    aliases=("absolute value", "magnitude"),
)

Negative = _each(
    "Negative",
    "torch.neg",
    "Turns the sign of every number.",
    help="What was large becomes small: with it Minimize makes something as large as it can. Nothing else changes.",
    formula="y = -x",
    aliases=("minus", "negate", "neg"),
)

Clamp = _each(
    "Clamp",
    "torch.clamp",
    "Cuts off what is below a lowest and above a highest value.",
    Float("min", 0.0, "The lowest; empty for none.", low=-1e6, high=1e6, optional=True, torch_default=None),
    Float("max", 1.0, "The highest; empty for none.", low=-1e6, high=1e6, optional=True, torch_default=None),
    shape=products.clamp,
    help="Keeps values where the next step can work with them, as above zero before Log. What is cut off has no "
    "gradient.",
    formula="y = min(max(x, min), max)",
    aliases=("clip", "limit", "bounds"),
)


def _comparison(site: Site) -> Infix:
    return Infix(str(site.params["operator"]))


Compare = LayerType(
    "Compare",
    "Says for each pair of numbers whether the comparison holds.",
    inputs=(Port("a", "...", dtype="any"), Port("b", "...", dtype="any")),
    outputs=(Port("y", "...", dtype="bool"),),
    params=ParamSet(
        (
            Choice(
                "operator", ">", (">", ">=", "<", "<=", "==", "!="), "How 'a' is to 'b'.", telling=True, argument=False
            ),
        )
    ),
    shape=merge.compare,
    code=_comparison,
    help="Makes yes or no of numbers, as a mask for Where or for an attention. Connect a Constant to 'b' to compare "
    "with a number you type in. No gradient comes back.",
    formula="y = a > b",
    aliases=("greater", "less", "equal", "mask", "condition"),
)

Where = LayerType(
    "Where",
    "Takes 'x' where the condition holds, and 'y' elsewhere.",
    inputs=(
        Port("condition", "...", dtype="bool", help="Yes or no, as Compare gives."),
        Port("x", "...", dtype="any", help="Taken where yes."),
        Port("y", "...", dtype="any", help="Taken where no."),
    ),
    outputs=(Port("out", "...", dtype="any"),),
    shape=merge.where,
    code=Function("torch.where"),
    help="Chooses number by number between two tensors, as to hide masked places. Each side gets a gradient only where "
    "it was taken.",
    formula="out = x where condition, else y",
    aliases=("choose", "if", "mask", "select by mask", "switch", "conditional"),
)
