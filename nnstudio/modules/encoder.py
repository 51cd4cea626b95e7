"""The encoder of the transformer, as one layer."""

import torch
from torch import nn


class TransformerEncoder(nn.TransformerEncoder):
    """nn.TransformerEncoder of `num_layers` equal layers, N×L×D to N×L×D (Vaswani 2017).

    `final_norm` normalises what comes out, as one does with `norm_first`.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        num_layers: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        norm_first: bool = False,
        final_norm: bool = False,
    ) -> None:
        layer = nn.TransformerEncoderLayer(
            d_model, nhead, dim_feedforward, dropout, activation, batch_first=True, norm_first=norm_first
        )
        norm = nn.LayerNorm(d_model) if final_norm else None
        super().__init__(layer, num_layers, norm, enable_nested_tensor=False)

    def forward(
        self,
        src: torch.Tensor,
        mask: torch.Tensor | None = None,
        src_key_padding_mask: torch.Tensor | None = None,
        is_causal: bool | None = False,
    ) -> torch.Tensor:
        """Masks are bool and True where hidden: L×L, and N×L for padding."""
        # Left unsaid, torch looks into the mask whether it is causal, which a traced model cannot.
        return super().forward(src, mask, src_key_padding_mask, is_causal)
