import pytest
import torch

from nnstudio.modules.standardize import Standardize

FACTOR = torch.tensor([1.0, 1e-4, 1e5])


def rows(*shape):
    torch.manual_seed(0)
    return torch.randn(shape)


def test_until_it_is_fitted_nothing_changes():
    x = rows(4, 3)
    assert torch.equal(Standardize(3)(x), x)


@pytest.mark.parametrize("size", [1, 7, 500])
def test_features_of_any_size_come_out_alike_however_many_come_at_once(size):
    x = rows(500, 3) * FACTOR + FACTOR * 50
    layer = Standardize(3)
    layer.fit(x.split(size))
    assert torch.allclose(layer.mean, x.double().mean(0).float(), rtol=1e-6)
    assert torch.allclose(layer.std, x.double().std(0, correction=0).float(), rtol=1e-5)
    y = layer(x)
    assert y.mean(0).abs().max() < 1e-3
    assert (y.std(0, correction=0) - 1).abs().max() < 1e-3


def test_images_by_channel_and_sequences_by_feature():
    image = rows(20, 3, 4, 5) + torch.tensor([1.0, 2.0, 3.0])[:, None, None]
    by_channel = Standardize((3, 1, 1))
    by_channel.fit([image[:8], image[8:]])
    assert torch.allclose(by_channel.mean.flatten(), image.mean((0, 2, 3)), atol=1e-6)
    assert torch.allclose(by_channel.std.flatten(), image.std((0, 2, 3), correction=0), atol=1e-6)
    sequence = rows(20, 6, 2) * torch.tensor([1.0, 9.0])
    by_feature = Standardize(2)
    by_feature.fit([sequence])
    assert torch.allclose(by_feature.std, sequence.std((0, 1), correction=0), rtol=1e-5)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.3e8])
def test_what_is_the_same_everywhere_becomes_nothing(value):
    x = torch.stack([rows(1000), torch.full((1000,), value)], dim=1)
    layer = Standardize(2)
    layer.fit(x.split(64))
    assert layer.std[1] == 1
    assert layer(x)[:, 1].abs().max() == 0


def test_fitted_again_it_forgets_what_was_before():
    layer = Standardize(3)
    layer.fit([rows(50, 3) * 9])
    again = Standardize(3)
    for each in (layer, again):
        each.fit([rows(40, 3)])
    assert torch.equal(layer.mean, again.mean)
    assert torch.equal(layer.std, again.std)


def test_it_has_nothing_to_train_and_all_of_it_is_saved():
    layer = Standardize(3)
    assert list(layer.parameters()) == []
    assert set(layer.state_dict()) == {"mean", "std"}
