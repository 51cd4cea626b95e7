import numpy as np
import pytest

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset

GATES = {
    "AND": lambda a, b: a and b,
    "OR": lambda a, b: a or b,
    "NAND": lambda a, b: not (a and b),
    "XOR": lambda a, b: a != b,
}


@pytest.mark.parametrize("signal", ["0 and 1", "-1 and 1"])
@pytest.mark.parametrize("gate", GATES)
def test_says_what_the_gate_says(gate, signal):
    declared = dataset("gates")
    arrays = declared.load(declared.params.check({"gate": gate, "signal": signal}), Loading()).arrays
    inputs = arrays["inputs"]
    assert len(np.unique(inputs, axis=0)) == 4
    assert inputs.min() == (0 if signal == "0 and 1" else -1)
    for (a, b), output in zip(inputs > 0, arrays["output"], strict=True):
        assert output == GATES[gate](a, b)
