import pytest
import torch
from torch import nn

from nnstudio.modules.encoder import TransformerEncoder

OPTIONS = [{}, {"norm_first": True, "activation": "gelu"}]
CAUSAL = torch.ones(5, 5, dtype=torch.bool).triu(1)
PADDING = torch.tensor([[False, False, False, False, True], [False, False, False, True, True]])


def twins(final_norm: bool, **options) -> tuple[TransformerEncoder, nn.TransformerEncoder]:
    """Both from the same seed."""
    torch.manual_seed(0)
    mine = TransformerEncoder(8, 2, 3, 16, 0.1, final_norm=final_norm, **options)
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, 0.1, batch_first=True, **options)
    norm = nn.LayerNorm(8) if final_norm else None
    return mine, nn.TransformerEncoder(layer, 3, norm, enable_nested_tensor=False)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("final_norm", [False, True])
def test_weights_are_those_of_torch(options, final_norm):
    mine, theirs = (model.state_dict() for model in twins(final_norm, **options))
    assert list(mine) == list(theirs)
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)
    assert ("norm.weight" in mine) == final_norm


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("graded", [True, False])
@pytest.mark.parametrize("mask", [None, CAUSAL])
@pytest.mark.parametrize("padding", [None, PADDING])
def test_is_what_torch_computes(options, training, graded, mask, padding):
    x = torch.randn(2, 5, 8)
    results = []
    for model in twins(True, **options):
        torch.manual_seed(1)
        with torch.set_grad_enabled(graded):
            results.append(model.train(training)(x, mask, padding))
    torch.testing.assert_close(*results)
