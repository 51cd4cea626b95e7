import torch
from torch import nn

from nnstudio.modules.masks import causal_mask, padding_mask


def test_the_causal_mask_is_that_of_torch():
    expected = nn.Transformer.generate_square_subsequent_mask(5) == float("-inf")
    assert torch.equal(causal_mask(torch.zeros(2, 5, 3)), expected)
    assert torch.equal(causal_mask(torch.zeros(2, 5, dtype=torch.int64)), expected)


def test_padding_is_hidden():
    tokens = torch.tensor([[4, 0, 0], [1, 2, 0]])
    assert padding_mask(tokens, 0).tolist() == [[False, True, True], [False, False, True]]
