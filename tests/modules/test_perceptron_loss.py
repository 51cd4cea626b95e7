import pytest
import torch
from sklearn.linear_model import Perceptron
from torch import nn

from nnstudio.modules.perceptron_loss import PerceptronLoss


def test_wrong_scores_cost_their_size_and_right_ones_nothing():
    prediction = torch.tensor([2.0, -3.0, 4.0, -5.0])
    assert PerceptronLoss()(prediction, torch.tensor([1, 1, 0, 0])).item() == pytest.approx((0 + 3 + 4 + 0) / 4)
    assert PerceptronLoss()(prediction, torch.tensor([1, 1, -1, -1])).item() == pytest.approx((0 + 3 + 4 + 0) / 4)


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_a_step_is_the_perceptron_rule(low):
    """One pass from zero weights, a sample at a time, ends where scikit-learn's perceptron does."""
    torch.manual_seed(0)
    x = torch.randn(60, 3, dtype=torch.float64)
    target = torch.where(x @ torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64) + 0.3 > 0, 1.0, low)
    model = nn.Linear(3, 1, dtype=torch.float64)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for sample, label in zip(x, target, strict=True):
        optimizer.zero_grad()
        PerceptronLoss()(model(sample), label.unsqueeze(0)).backward()
        optimizer.step()
    oracle = Perceptron(max_iter=1, tol=None, shuffle=False).fit(x.numpy(), target.numpy())
    torch.testing.assert_close(model.weight.detach(), torch.from_numpy(oracle.coef_))
    torch.testing.assert_close(model.bias.detach(), torch.from_numpy(oracle.intercept_))


def test_two_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(4, 1\) and the target \(4,\): make them equal"):
        PerceptronLoss()(torch.zeros(4, 1), torch.zeros(4))
