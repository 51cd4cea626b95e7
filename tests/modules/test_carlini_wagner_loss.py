import torch
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.modules.carlini_wagner_loss import CarliniWagnerLoss


@given(st.integers(1, 6), st.integers(2, 5), st.sampled_from([0.0, 0.5]))
def test_is_the_lead_of_the_true_class_down_to_the_confidence(samples, classes, confidence):
    scores, target = torch.randn(samples, classes), torch.randint(classes, (samples,))
    costs = []
    for row, true in zip(scores.tolist(), target.tolist(), strict=True):
        best = max(score for place, score in enumerate(row) if place != true)
        costs.append(max(row[true] - best, -confidence))
    torch.testing.assert_close(CarliniWagnerLoss(confidence)(scores, target), torch.tensor(costs).mean())


def test_a_fooled_sample_pulls_no_more():
    scores = torch.tensor([[3.0, 1.0, 0.0], [0.0, 5.0, 1.0]], requires_grad=True)
    CarliniWagnerLoss()(scores, torch.tensor([0, 0])).backward()
    assert scores.grad.tolist() == [[0.5, -0.5, 0.0], [0.0, 0.0, 0.0]]
