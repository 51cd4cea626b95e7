"""Logic gates: all four cases of two inputs, to be learned by heart."""

from __future__ import annotations

import numpy as np

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.params import Choice, ParamSet, Values

ANSWERS = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "NAND": (1, 1, 1, 0), "XOR": (0, 1, 1, 0)}
"""What each gate says to 00, 01, 10 and 11."""
_BITS = ((0, 0), (0, 1), (1, 0), (1, 1))
ZERO_ONE, MINUS_PLUS = "0 and 1", "-1 and 1"


def _load(values: Values, loading: Loading) -> Loaded:
    bits = np.array(_BITS, np.float32)
    inputs = 2 * bits - 1 if values["signal"] == MINUS_PLUS else bits
    return Loaded({"inputs": inputs, "output": np.array(ANSWERS[str(values["gate"])], np.int64)})


GATES = DatasetType(
    name="gates",
    title="Logic gates",
    summary="All four cases of AND, OR, NAND or XOR.",
    fields=(
        Field("inputs", (2,), "float32", kind="vector", columns=("a", "b")),
        Field("output", (), "int64", kind="label", names=("0", "1")),
    ),
    group="points",
    samples=len(_BITS),
    load=_load,
    params=ParamSet(
        (
            Choice("gate", "AND", ANSWERS, "What is computed of the two inputs.", telling=True),
            Choice("signal", ZERO_ONE, (ZERO_ONE, MINUS_PLUS), "The numbers that stand for no and yes at the inputs."),
        )
    ),
    split="none",
    source="All cases that there are.",
    licence="Public domain (CC0 1.0)",
    help="The output is a class, 0 or 1, which all losses take: PerceptronLoss, BCEWithLogitsLoss and MSELoss with one "
    "output of the network, CrossEntropyLoss with two. There are four samples only, which are learned and tested.",
    aliases=("and", "or", "nand", "xor", "logic", "boolean", "perceptron", "truth table"),
)
