import torch

from nnstudio.modules.bahdanau import BahdanauAttention

QUERY, MEMORY = torch.randn(2, 3, 6), torch.randn(2, 4, 5)
HIDDEN = torch.tensor([[False, False, True, True], [False, False, False, True]])


def test_each_score_is_v_tanh_of_the_sum():
    layer = BahdanauAttention(6, 5, 7)
    W, U, v = layer.query_projection.weight, layer.memory_projection.weight, layer.energy.weight[0]
    context, weights = layer(QUERY, MEMORY)
    for n in range(2):
        for t in range(3):
            scores = torch.stack([v @ torch.tanh(W @ QUERY[n, t] + U @ place) for place in MEMORY[n]])
            expected = scores.exp() / scores.exp().sum()
            torch.testing.assert_close(weights[n, t], expected)
            torch.testing.assert_close(context[n, t], (expected.unsqueeze(1) * MEMORY[n]).sum(0))


def test_what_is_hidden_counts_as_absent():
    layer = BahdanauAttention(6, 5, 7)
    context, weights = layer(QUERY, MEMORY, HIDDEN)
    assert torch.equal(weights == 0, HIDDEN.unsqueeze(1).expand(2, 3, 4))
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3))
    for n, seen in enumerate((2, 3)):
        alone, _ = layer(QUERY[n : n + 1], MEMORY[n : n + 1, :seen])
        torch.testing.assert_close(context[n : n + 1], alone)


def test_where_all_is_hidden_weights_are_even():
    _, weights = BahdanauAttention(6, 5, 7)(QUERY, MEMORY, torch.ones_like(HIDDEN))
    torch.testing.assert_close(weights, torch.full((2, 3, 4), 0.25))
