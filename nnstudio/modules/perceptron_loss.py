"""The loss of the first learning machine."""

import torch
from torch import nn


class PerceptronLoss(nn.Module):
    """mean(max(0, -t·x)) for scores x and targets t = ±1 (Rosenblatt 1958). A target of 0 means -1.

    Its gradient is the perceptron rule: x is moved by t where the sign is wrong, and not at all where it is right.
    """

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Prediction and target of one shape, N or N×1, to a scalar."""
        if prediction.shape != target.shape:
            raise ValueError(
                f"The prediction has the shape {tuple(prediction.shape)} and the target {tuple(target.shape)}: "
                "make them equal."
            )
        sign = torch.where(target > 0, 1.0, -1.0).to(prediction.dtype)
        margin = sign * prediction
        # A score of 0 counts as wrong, with the gradient of a wrong one: else nothing would move from zero weights.
        return torch.where(margin <= 0, -margin, 0.0).mean()
