import pytest
import torch
from torch.nn import functional as F

from nnstudio.modules.bahdanau import BahdanauAttention
from nnstudio.modules.luong import LuongAttention

QUERY, MEMORY = torch.randn(2, 3, 6), torch.randn(2, 4, 5)
HIDDEN = torch.tensor([[False, False, True, True], [False, False, False, True]])


@pytest.mark.parametrize("mask", [None, HIDDEN])
def test_dot_is_unscaled_attention(mask):
    memory = torch.randn(2, 4, 6)
    seen = None if mask is None else ~mask.unsqueeze(1)
    context, weights = LuongAttention(6, 6, "dot")(QUERY, memory, mask)
    torch.testing.assert_close(context, F.scaled_dot_product_attention(QUERY, memory, memory, seen, scale=1.0))
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3))


@pytest.mark.parametrize("mask", [None, HIDDEN])
def test_general_is_bilinear(mask):
    layer = LuongAttention(6, 5)
    scores = torch.einsum("ntq,mq,nsm->nts", QUERY, layer.projection.weight, MEMORY)
    if mask is not None:
        scores[mask.unsqueeze(1).expand_as(scores)] = float("-inf")
    context, weights = layer(QUERY, MEMORY, mask)
    torch.testing.assert_close(weights, scores.softmax(-1))
    torch.testing.assert_close(context, scores.softmax(-1) @ MEMORY)


@pytest.mark.parametrize("mask", [None, HIDDEN])
def test_concat_is_additive_attention_with_its_two_matrices_side_by_side(mask):
    layer, additive = LuongAttention(6, 5, "concat"), BahdanauAttention(6, 5, 6)
    additive.load_state_dict(
        {
            "query_projection.weight": layer.projection.weight[:, :6],
            "memory_projection.weight": layer.projection.weight[:, 6:],
            "energy.weight": layer.energy.weight,
        }
    )
    for mine, theirs in zip(layer(QUERY, MEMORY, mask), additive(QUERY, MEMORY, mask), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_dot_of_two_sizes_is_refused():
    with pytest.raises(ValueError, match="6 and 5: choose general or concat"):
        LuongAttention(6, 5, "dot")


def test_an_unknown_score_is_refused():
    with pytest.raises(ValueError, match='score is "cosine": choose dot, general or concat'):
        LuongAttention(6, 6, "cosine")
