import torch

from nnstudio.modules.class_token import ClassToken


def test_the_same_token_stands_before_each_sequence():
    layer = ClassToken(6)
    x = torch.randn(3, 4, 6)
    y = layer(x)
    assert torch.equal(y[:, 1:], x)
    assert torch.equal(y[:, 0], layer.token[0].repeat(3, 1))


def test_starts_small():
    torch.manual_seed(0)
    assert abs(ClassToken(10_000).token.std().item() - 0.02) < 0.001
