"""Fixed functions of the inputs, as further inputs."""

import torch
from torch import nn


class PolynomialFeatures(nn.Module):
    """N×...×F to N×...×G: x, then the monomials of degree 2, then of degree 3, up to `degree`.

    For two features a, b and degree 2: a, b, a², ab, b². Without interactions, powers alone: a, b, a², b².
    """

    def __init__(self, degree: int = 2, interactions: bool = True) -> None:
        super().__init__()
        if degree < 1:
            raise ValueError(f"degree is {degree}: give 1 or more.")
        self.degree = degree
        self.interactions = interactions

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.interactions:
            return torch.cat([x**power for power in range(1, self.degree + 1)], dim=-1)
        # monomials[i] are those of one degree that begin with feature i; begun with no later feature, none comes twice.
        features = torch.split(x, 1, dim=-1)
        monomials = list(features)
        found = [x]
        for _ in range(1, self.degree):
            monomials = [feature * torch.cat(monomials[i:], dim=-1) for i, feature in enumerate(features)]
            found += monomials
        return torch.cat(found, dim=-1)


class SineFeatures(nn.Module):
    """N×...×F to N×...×2F: x, then sin x; with `cosine` to N×...×3F: then cos x."""

    def __init__(self, cosine: bool = False) -> None:
        super().__init__()
        self.cosine = cosine

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        features = [x, x.sin(), x.cos()] if self.cosine else [x, x.sin()]
        return torch.cat(features, dim=-1)
