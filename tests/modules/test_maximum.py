import torch

from nnstudio.modules.maximum import maximum


def test_it_is_the_largest_of_a_stack():
    tensors = [torch.randn(3, 4) for _ in range(5)]
    assert torch.equal(maximum(*tensors), torch.stack(tensors).amax(0))


def test_shapes_are_stretched():
    wide, column = torch.randn(3, 4), torch.randn(3, 1)
    assert torch.equal(maximum(wide, column), torch.stack([wide, column.expand(3, 4)]).amax(0))


def test_the_largest_gets_the_gradient():
    low, high = torch.zeros(2, requires_grad=True), torch.ones(2, requires_grad=True)
    maximum(low, high).sum().backward()
    assert high.grad.tolist() == [1.0, 1.0]
    assert low.grad.tolist() == [0.0, 0.0]
