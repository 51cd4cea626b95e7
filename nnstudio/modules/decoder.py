"""The decoder of the transformer, as one layer."""

import torch
from torch import nn


class TransformerDecoder(nn.TransformerDecoder):
    """nn.TransformerDecoder of `num_layers` equal layers, N×L×D with a memory N×S×D to N×L×D (Vaswani 2017).

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
        layer = nn.TransformerDecoderLayer(
            d_model, nhead, dim_feedforward, dropout, activation, batch_first=True, norm_first=norm_first
        )
        super().__init__(layer, num_layers, nn.LayerNorm(d_model) if final_norm else None)

    def forward(
        self,
        tgt: torch.Tensor,
        memory: torch.Tensor,
        tgt_mask: torch.Tensor | None = None,
        memory_mask: torch.Tensor | None = None,
        tgt_key_padding_mask: torch.Tensor | None = None,
        memory_key_padding_mask: torch.Tensor | None = None,
        tgt_is_causal: bool | None = False,
        memory_is_causal: bool = False,
    ) -> torch.Tensor:
        """Masks are bool and True where hidden: L×L and L×S, and N×L and N×S for padding."""
        # Left unsaid, torch looks into the mask whether it is causal, which a traced model cannot.
        return super().forward(
            tgt,
            memory,
            tgt_mask,
            memory_mask,
            tgt_key_padding_mask,
            memory_key_padding_mask,
            tgt_is_causal,
            memory_is_causal,
        )
