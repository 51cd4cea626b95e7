import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nnstudio.modules import rotary
from nnstudio.modules.rotary import RotaryMultiheadAttention, rotate_pairs

OPTIONS = [{}, {"bias": False}]


def twins(**options) -> tuple[RotaryMultiheadAttention, nn.MultiheadAttention]:
    """Both from the same seed."""
    torch.manual_seed(0)
    mine = RotaryMultiheadAttention(12, 3, **options)
    torch.manual_seed(0)
    return mine, nn.MultiheadAttention(12, 3, batch_first=True, **options)


@pytest.mark.parametrize("options", OPTIONS)
def test_starts_with_the_weights_of_torch(options):
    mine, theirs = (layer.state_dict() for layer in twins(**options))
    assert list(mine) == list(theirs)
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


@pytest.fixture
def all_at_zero(monkeypatch):
    """Every token stands at place 0, so nothing is turned."""
    monkeypatch.setattr(rotary, "rotate_pairs", lambda x, places, base: rotate_pairs(x, 0 * places, base))


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("masked", ["", "attn", "attn of each sample", "padding", "both"])
def test_without_turning_it_is_the_layer_of_torch(all_at_zero, options, masked):
    mine, theirs = twins(**options)
    query, key, value = torch.randn(2, 4, 12), torch.randn(2, 5, 12), torch.randn(2, 5, 12)
    hidden = torch.rand(2, 4, 5) < 0.4 if "each" in masked else torch.rand(4, 5) < 0.4
    hidden[..., 0] = False
    padding = torch.tensor([[False, False, False, False, True], [False, False, False, True, True]])
    attn_mask = hidden if masked in ("both", "attn", "attn of each sample") else None
    key_padding_mask = padding if masked in ("both", "padding") else None
    y, weights = mine(query, key, value, attn_mask, key_padding_mask)
    of_each_head = attn_mask.repeat_interleave(3, dim=0) if "each" in masked else attn_mask
    expected = theirs(query, key, value, key_padding_mask, attn_mask=of_each_head, average_attn_weights=False)
    torch.testing.assert_close(y, expected[0])
    torch.testing.assert_close(weights, expected[1])


def test_causal_is_the_causal_mask():
    x = torch.randn(2, 5, 12)
    torch.manual_seed(0)
    causal = RotaryMultiheadAttention(12, 3, causal=True)
    y, weights = causal(x, x, x)
    assert not weights.triu(1).any()
    expected, _ = twins()[0](x, x, x, torch.ones(5, 5, dtype=torch.bool).triu(1))
    torch.testing.assert_close(y, expected)


@given(st.sampled_from([2, 4, 10]), st.sampled_from([10.0, 10000.0]))
def test_a_pair_is_turned_like_a_complex_number(size, base):
    x = torch.randn(2, 3, 7, size, dtype=torch.float64)
    places = torch.arange(7)
    rates = torch.tensor([base ** (-2 * i / size) for i in range(size // 2)], dtype=torch.float64)
    turns = torch.polar(torch.ones(7, size // 2, dtype=torch.float64), places.unsqueeze(1) * rates)
    expected = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2))) * turns).flatten(-2)
    torch.testing.assert_close(rotate_pairs(x, places, base), expected, atol=1e-5, rtol=1e-5)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(-40, 40))
def test_a_score_depends_on_the_distance_alone(query_place, key_place, shift):
    query, key = torch.randn(2, 1, 1, 1, 8)

    def score(offset: int) -> torch.Tensor:
        turned = [
            rotate_pairs(x, torch.tensor([place + offset]), 10000.0)
            for x, place in ((query, query_place), (key, key_place))
        ]
        return (turned[0] * turned[1]).sum()

    torch.testing.assert_close(score(shift), score(0), atol=1e-4, rtol=1e-4)


def test_moving_a_whole_sequence_changes_no_score_and_swapping_it_does():
    torch.manual_seed(0)
    layer, x, more = RotaryMultiheadAttention(12, 3), torch.randn(1, 4, 12), torch.randn(1, 3, 12)
    shifted = torch.cat([more, x], dim=1)
    hidden = torch.zeros(7, 7, dtype=torch.bool)
    hidden[:, :3] = True
    _, weights = layer(x, x, x)
    _, moved = layer(shifted, shifted, shifted, hidden)
    torch.testing.assert_close(moved[..., 3:, 3:], weights, atol=1e-5, rtol=1e-4)
    _, swapped = layer(x.flip(1), x.flip(1), x.flip(1))
    assert not torch.allclose(swapped.flip(2, 3), weights, atol=1e-3)


@pytest.mark.parametrize(("embed_dim", "num_heads"), [(9, 3), (10, 4)])
def test_heads_that_do_not_divide_are_refused(embed_dim, num_heads):
    with pytest.raises(ValueError, match=f"make embed_dim a multiple of {2 * num_heads}"):
        RotaryMultiheadAttention(embed_dim, num_heads)
