import pytest
import torch

from nnstudio.modules.augment import Augment


def spot(height, width, row, column, count=200):
    """Images of nothing but one bright point."""
    x = torch.zeros(count, 1, height, width)
    x[:, 0, row, column] = 1.0
    return x


def centres(images):
    """Where each image's light lies on the average: down and across."""
    light = images[:, 0] / images[:, 0].sum((1, 2), keepdim=True)
    down = (light.sum(2) * torch.arange(images.shape[2])).sum(1)
    return down, (light.sum(1) * torch.arange(images.shape[3])).sum(1)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def test_in_use_images_are_as_they_are():
    x = torch.rand(3, 3, 8, 8)
    assert Augment(0.3, 0.5, 90.0, 1.0).eval()(x) is x


def test_without_anything_to_do_images_are_as_they_are():
    x = torch.rand(3, 3, 8, 8)
    assert torch.equal(Augment(0.0, 0.0, 0.0, 0.0)(x), x)


def test_a_shift_goes_up_to_its_share_of_the_size_in_all_directions():
    down, across = centres(Augment(shift=0.25, rotation=0.0)(spot(21, 41, 10, 20)))
    assert 4.5 < (down - 10).abs().max() <= 0.25 * 21 + 1e-3
    assert 9 < (across - 20).abs().max() <= 0.25 * 41 + 1e-3
    assert (down - 10).mean().abs() < 1
    assert len(across.round(decimals=3).unique()) > 150


def test_a_turn_keeps_the_distance_from_the_middle_in_images_of_any_sides():
    down, across = centres(Augment(shift=0.0, rotation=30.0)(spot(31, 61, 15, 40)))
    down, across = down - 15, across - 30
    assert torch.hypot(down, across) == pytest.approx(torch.full((200,), 10.0), abs=0.1)
    angles = torch.rad2deg(torch.atan2(down, across))
    assert 28 < angles.abs().max() < 30.5
    assert angles.mean().abs() < 3


def test_every_other_image_is_mirrored_left_to_right():
    x = torch.rand(200, 3, 5, 8)
    y = Augment(shift=0.0, flip=0.5, rotation=0.0)(x)
    kept = [torch.allclose(a, b, atol=1e-5) for a, b in zip(x, y, strict=True)]
    mirrored = [torch.allclose(a.flip(-1), b, atol=1e-5) for a, b in zip(x, y, strict=True)]
    assert all(one != other for one, other in zip(kept, mirrored, strict=True))
    assert 70 < sum(mirrored) < 130
    assert torch.allclose(Augment(shift=0.0, flip=1.0, rotation=0.0)(x), x.flip(-1), atol=1e-5)


def test_noise_of_that_deviation():
    x = torch.zeros(50, 1, 20, 20)
    assert Augment(0.0, 0.0, 0.0, noise=0.3)(x).std().item() == pytest.approx(0.3, rel=0.02)
