import torch

from nnstudio.modules.noise import GaussianNoise


def test_noise_of_that_size_while_training_only():
    torch.manual_seed(0)
    x = torch.full((200, 200), 3.0)
    noisy = GaussianNoise(0.5)
    noise = noisy(x) - x
    assert abs(noise.mean().item()) < 0.01
    assert abs(noise.std().item() - 0.5) < 0.01
    assert torch.equal(noisy.eval()(x), x)
