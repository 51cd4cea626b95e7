import torch
from torch.nn import functional as F

from nnstudio.modules.patches import PatchEmbedding


def test_each_patch_is_mapped_alone_row_by_row():
    layer = PatchEmbedding(3, 8, (2, 3))
    x = torch.randn(2, 3, 6, 9)
    patches = F.unfold(x, (2, 3), stride=(2, 3)).transpose(1, 2)
    expected = F.linear(patches, layer.projection.weight.flatten(1), layer.projection.bias)
    assert expected.shape == (2, 9, 8)
    torch.testing.assert_close(layer(x), expected)
