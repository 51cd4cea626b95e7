"""More pictures out of those that there are."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Augment(nn.Module):
    """N×C×H×W: while training, each image a little elsewhere, turned, mirrored and noisy; otherwise y = x.

    Each is moved by up to `shift` of its size, turned by up to `rotation` degrees, mirrored left to right with
    probability `flip`, and gets normal noise of deviation `noise`. What comes in from outside is 0.
    """

    def __init__(self, shift: float = 0.1, flip: float = 0.0, rotation: float = 10.0, noise: float = 0.0) -> None:
        super().__init__()
        self.shift, self.flip, self.rotation, self.noise = shift, flip, rotation, noise

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        if self.shift or self.flip or self.rotation:
            x = F.grid_sample(x, self.places(x), align_corners=False)
        return x + self.noise * torch.randn_like(x) if self.noise else x

    def places(self, x: torch.Tensor) -> torch.Tensor:
        """N×H×W×2: the place in each image, from -1 to 1 across and down, where each of its new points comes from."""
        height, width = x.shape[2:]
        turn, right, down = (torch.rand(3, len(x), 1, 1, device=x.device) * 2 - 1).unbind()
        mirror = 1 - 2 * (torch.rand(len(x), 1, 1, device=x.device) < self.flip).to(x.dtype)
        sin, cos = (turn * math.radians(self.rotation)).sin(), (turn * math.radians(self.rotation)).cos()
        across = (torch.arange(width, device=x.device) * 2 + 1) / width - 1
        below = ((torch.arange(height, device=x.device) * 2 + 1) / height - 1)[:, None]
        from_x = across * cos - below * sin * (height / width) + right * 2 * self.shift
        from_y = across * sin * (width / height) + below * cos + down * 2 * self.shift
        return torch.stack([mirror * from_x, from_y], dim=-1)
