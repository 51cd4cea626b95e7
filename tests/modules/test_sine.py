import math

import torch

from nnstudio.modules.sine import Sine


def test_the_waves_are_w0_times_as_fast():
    x = torch.linspace(-1, 1, 7)
    torch.testing.assert_close(Sine(30.0)(x), torch.tensor([math.sin(30 * value) for value in x.tolist()]))
    assert torch.equal(Sine()(x), x.sin())
