import torch
from hypothesis import example, given
from hypothesis import strategies as st

from nnstudio.modules.step import Heaviside

finite = st.floats(-(2.0**100), 2.0**100, width=32)


@given(st.lists(finite, min_size=1))
@example([0.0, -0.0, 1e-45, -1e-45])
def test_is_exactly_zero_or_one_and_passes_the_gradient_on(values):
    x = torch.tensor(values, requires_grad=True)
    y = Heaviside()(x)
    assert torch.equal(y, torch.heaviside(x.detach(), torch.ones(())))
    upstream = torch.arange(1.0, len(values) + 1)
    (y * upstream).sum().backward()
    assert torch.equal(x.grad, upstream)
