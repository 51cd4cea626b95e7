"""An image as a sequence."""

import torch
from torch import nn


class PatchEmbedding(nn.Module):
    """N×C×H×W to N×P×D: the image cut into P patches, row by row, each mapped to D numbers (ViT, Dosovitskiy 2021)."""

    def __init__(self, in_channels: int, embed_dim: int, patch_size: int | tuple[int, int]) -> None:
        super().__init__()
        self.projection = nn.Conv2d(in_channels, embed_dim, patch_size, stride=patch_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        patches: torch.Tensor = self.projection(x)
        return patches.flatten(2).transpose(1, 2)
