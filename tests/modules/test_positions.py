import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.modules.positions import SinusoidalPositions


def test_the_second_place_of_six_columns():
    waves = SinusoidalPositions(6)(torch.zeros(1, 2, 6))[0]
    assert waves[0].tolist() == [0, 1, 0, 1, 0, 1]
    assert waves[1].tolist() == pytest.approx([0.8415, 0.5403, 0.0464, 0.9989, 0.0022, 1.0], abs=5e-5)


@given(st.integers(1, 9), st.integers(1, 40))
def test_waves_are_those_of_the_paper_also_for_odd_sizes(embed_dim, length):
    expected = torch.tensor(
        [
            [(math.cos if j % 2 else math.sin)(p / 10000 ** ((j - j % 2) / embed_dim)) for j in range(embed_dim)]
            for p in range(length)
        ]
    )
    x = torch.randn(2, length, embed_dim)
    torch.testing.assert_close(SinusoidalPositions(embed_dim)(x), x + expected, atol=1e-5, rtol=1e-5)


def test_dropout_while_training_only():
    layer, x = SinusoidalPositions(4, dropout=0.5), torch.ones(8, 16, 4)
    assert (layer(x) == 0).any()
    assert torch.equal(layer.eval()(x), SinusoidalPositions(4)(x))


def test_keeps_half_precision():
    assert SinusoidalPositions(4)(torch.zeros(1, 3, 4, dtype=torch.bfloat16)).dtype is torch.bfloat16
