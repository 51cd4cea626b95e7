import pytest
import torch

from nnstudio.modules.learned_positions import LearnedPositions


def test_adds_the_first_rows():
    layer, x = LearnedPositions(5, 6), torch.randn(2, 3, 6)
    expected = x + torch.nn.functional.embedding(torch.arange(3), layer.weight)
    assert torch.equal(layer(x), expected)


@pytest.mark.parametrize("length", [1, 5])
def test_too_long_a_sequence_is_refused(length):
    with pytest.raises(ValueError, match=f"length is {length}: raise length"):
        LearnedPositions(length, 6)(torch.zeros(2, length + 1, 6))


def test_starts_small():
    torch.manual_seed(0)
    assert abs(LearnedPositions(100, 100).weight.std().item() - 0.02) < 0.001
