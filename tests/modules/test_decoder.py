import pytest
import torch
from torch import nn

from nnstudio.modules.decoder import TransformerDecoder

OPTIONS = [{}, {"norm_first": True, "activation": "gelu"}]
CAUSAL = torch.ones(5, 5, dtype=torch.bool).triu(1)
PADDING = torch.tensor([[False, False, False, False, True], [False, False, False, True, True]])
HIDDEN = torch.tensor([[False, False, True], [False, True, True]])
BAND = torch.arange(3) > torch.arange(5).unsqueeze(1)


def twins(final_norm: bool, **options) -> tuple[TransformerDecoder, nn.TransformerDecoder]:
    """Both from the same seed."""
    torch.manual_seed(0)
    mine = TransformerDecoder(8, 2, 3, 16, 0.1, final_norm=final_norm, **options)
    torch.manual_seed(0)
    layer = nn.TransformerDecoderLayer(8, 2, 16, 0.1, batch_first=True, **options)
    return mine, nn.TransformerDecoder(layer, 3, nn.LayerNorm(8) if final_norm else None)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("final_norm", [False, True])
def test_weights_are_those_of_torch(options, final_norm):
    mine, theirs = (model.state_dict() for model in twins(final_norm, **options))
    assert list(mine) == list(theirs)
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)
    assert ("norm.weight" in mine) == final_norm


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("masks", [(), (CAUSAL,), (CAUSAL, BAND, PADDING, HIDDEN), (None, None, None, HIDDEN)])
def test_is_what_torch_computes(options, training, masks):
    x, memory = torch.randn(2, 5, 8), torch.randn(2, 3, 8)
    results = []
    for model in twins(True, **options):
        torch.manual_seed(1)
        results.append(model.train(training)(x, memory, *masks))
    torch.testing.assert_close(*results)
