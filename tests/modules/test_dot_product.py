import pytest
import torch
from torch.nn import functional as F

from nnstudio.modules.dot_product import ScaledDotProductAttention


def inputs(*lead: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    return torch.randn(*lead, 4, 6), torch.randn(*lead, 5, 6), torch.randn(*lead, 5, 3)


@pytest.mark.parametrize("lead", [(2,), (2, 3)])
@pytest.mark.parametrize("causal", [False, True])
def test_is_what_torch_computes(lead, causal):
    query, key, value = inputs(*lead)
    y, weights = ScaledDotProductAttention(causal)(query, key, value)
    torch.testing.assert_close(y, F.scaled_dot_product_attention(query, key, value, is_causal=causal))
    torch.testing.assert_close(weights.sum(-1), torch.ones(*lead, 4))
    assert not (causal and weights.triu(1).any())


@pytest.mark.parametrize("shape", [(4, 5), (2, 4, 5), (2, 1, 4, 5), (2, 3, 4, 5)])
def test_what_the_mask_hides_weighs_nothing(shape):
    query, key, value = inputs(2, 3)
    hidden = torch.rand(shape) < 0.5
    hidden[..., 0] = False
    each = (hidden.unsqueeze(1) if hidden.dim() == 3 else hidden).expand(2, 3, 4, 5)
    y, weights = ScaledDotProductAttention()(query, key, value, hidden)
    assert torch.equal(weights == 0, each)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 4))
    torch.testing.assert_close(y, F.scaled_dot_product_attention(query, key, value, ~each))


def test_a_mask_and_causal_both_hide():
    query, key, value = inputs(2)
    _, weights = ScaledDotProductAttention(causal=True)(query, key, value, torch.arange(5).expand(4, 5) == 1)
    assert torch.equal(weights == 0, (torch.ones(4, 5).triu(1).bool() | (torch.arange(5) == 1)).expand(2, 4, 5))


def test_where_all_is_hidden_nothing_breaks():
    query, key, value = (tensor.requires_grad_() for tensor in inputs(2))
    y, weights = ScaledDotProductAttention()(query, key, value, torch.ones(4, 5, dtype=torch.bool))
    torch.testing.assert_close(weights, torch.full((2, 4, 5), 0.2))
    y.sum().backward()
    assert all(torch.isfinite(tensor.grad).all() for tensor in (query, key, value))


def test_dropout_spares_the_weights_that_are_shown():
    query, key, value = inputs(2)
    layer = ScaledDotProductAttention(dropout=0.5)
    still, weights = layer.eval()(query, key, value)
    moved, shown = layer.train()(query, key, value)
    assert torch.equal(shown, weights)
    assert not torch.equal(moved, still)
