import torch

from nnstudio.modules.average import average


def test_it_is_the_mean_of_a_stack():
    tensors = [torch.randn(3, 4) for _ in range(5)]
    torch.testing.assert_close(average(*tensors), torch.stack(tensors).mean(0))


def test_shapes_are_stretched():
    wide, column = torch.randn(3, 4), torch.randn(3, 1)
    torch.testing.assert_close(average(wide, column), (wide + column.expand(3, 4)) / 2)


def test_each_gets_its_share_of_the_gradient():
    tensors = [torch.randn(2, requires_grad=True) for _ in range(4)]
    average(*tensors).sum().backward()
    assert all(torch.equal(tensor.grad, torch.full((2,), 0.25)) for tensor in tensors)
