import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.engine.training.state import Packed, pack, unpack
from nnstudio.errors import EngineError

PLAIN = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(max_size=5)
TENSORS = st.lists(st.floats(width=32, allow_nan=False), max_size=4).map(torch.tensor)
KEYS = st.integers(0, 9) | st.text("ab.", min_size=1, max_size=3)
TREES = st.recursive(
    PLAIN | TENSORS,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def same(one, other):
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and torch.equal(one, other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@given(TREES)
def test_what_is_packed_comes_out_again(tree):
    assert same(tree, unpack(pack(tree)))


def test_tensors_are_copies():
    weight = torch.zeros(3)
    packed = pack({"weight": weight})
    weight.add_(1)
    assert unpack(packed)["weight"].tolist() == [0, 0, 0]


def test_what_does_not_fit_together_is_refused():
    packed = pack({"weight": torch.zeros(3)})
    with pytest.raises(EngineError, match="damaged"):
        unpack(Packed({}, packed.facts))
    with pytest.raises(TypeError):
        pack({"what": {1, 2}})
