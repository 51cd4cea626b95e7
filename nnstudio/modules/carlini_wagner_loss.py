"""How far an attack still is from its aim."""

import math

import torch
from torch import nn


class CarliniWagnerLoss(nn.Module):
    """Mean of max(score of the true class - best score of another, -confidence); untargeted (Carlini & Wagner 2017).

    Minimised over the input of a model: at -confidence another class leads by that margin.
    """

    def __init__(self, confidence: float = 0.0) -> None:
        super().__init__()
        self.confidence = confidence

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Scores N×K and classes N int64 to a scalar."""
        true = target.unsqueeze(1)
        others = prediction.scatter(1, true, -math.inf).amax(dim=1)
        lead = prediction.gather(1, true).squeeze(1) - others
        return lead.clamp(min=-self.confidence).mean()
