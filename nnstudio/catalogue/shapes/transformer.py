"""Transformers: attention and a small network at every place, in layers."""

from __future__ import annotations

from nnstudio.catalogue.shapes.attention import (
    attention_flops,
    check_heads,
    check_mask,
    check_same_size,
    projection_weights,
)
from nnstudio.catalogue.site import Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec


def encoder(site: Site) -> TensorSpec:
    """nn.TransformerEncoder and one layer of it: the shape stays."""
    _, length, size = site.one("src").shape
    check_heads(site, size, "nhead", "src")
    check_mask(site, "src_key_padding_mask", (N, length))
    return _as_sequence(site.one("src"))


def decoder(site: Site) -> TensorSpec:
    """nn.TransformerDecoder and one layer of it: the shape of what is written stays."""
    tgt, memory = site.one("tgt"), site.one("memory")
    check_heads(site, tgt.shape[2], "nhead", "tgt")
    check_same_size("tgt", tgt.shape[2], "memory", memory.shape[2])
    check_mask(site, "tgt_key_padding_mask", (N, tgt.shape[1]))
    check_mask(site, "memory_key_padding_mask", (N, memory.shape[1]))
    return _as_sequence(tgt)


def transformer(site: Site) -> TensorSpec:
    """nn.Transformer: the shape of what is written stays."""
    src, tgt = site.one("src"), site.one("tgt")
    check_heads(site, src.shape[2], "nhead", "src")
    check_same_size("src", src.shape[2], "tgt", tgt.shape[2])
    check_mask(site, "src_key_padding_mask", (N, src.shape[1]))
    check_mask(site, "tgt_key_padding_mask", (N, tgt.shape[1]))
    return _as_sequence(tgt)


def _as_sequence(spec: TensorSpec) -> TensorSpec:
    return spec.with_shape(spec.shape, "sequence")


# Weights


def encoder_layer_weights(site: Site) -> dict[str, Shape]:
    """nn.TransformerEncoderLayer."""
    return _layer_weights(site, site.dims["src.D"], crosses=False)


def decoder_layer_weights(site: Site) -> dict[str, Shape]:
    """nn.TransformerDecoderLayer: with a second attention, over the memory."""
    return _layer_weights(site, site.dims["tgt.D"], crosses=True)


def encoder_weights(site: Site) -> dict[str, Shape]:
    """nn.TransformerEncoder: so many layers, and a normalization at the end if asked for."""
    layers = _stacked(encoder_layer_weights(site), site.number("num_layers"))
    return layers | _final_norm(site, site.dims["src.D"])


def decoder_weights(site: Site) -> dict[str, Shape]:
    """nn.TransformerDecoder: so many layers, and a normalization at the end if asked for."""
    layers = _stacked(decoder_layer_weights(site), site.number("num_layers"))
    return layers | _final_norm(site, site.dims["tgt.D"])


def transformer_weights(site: Site) -> dict[str, Shape]:
    """nn.Transformer: encoder and decoder, each with a normalization at the end."""
    size, bias = site.dims["src.D"], _has_bias(site)
    parts = (("encoder", "num_encoder_layers", False), ("decoder", "num_decoder_layers", True))
    weights: dict[str, Shape] = {}
    for part, count, crosses in parts:
        layers = _stacked(_layer_weights(site, size, crosses=crosses), site.number(count))
        weights |= {f"{part}.{name}": shape for name, shape in (layers | _norm("norm", size, bias)).items()}
    return weights


def _layer_weights(site: Site, size: int, *, crosses: bool) -> dict[str, Shape]:
    width, bias = site.number("dim_feedforward"), _has_bias(site)
    weights = _affine("linear1", (width, size), bias) | _affine("linear2", (size, width), bias)
    for attention in ("self_attn", "multihead_attn")[: 2 if crosses else 1]:
        weights |= projection_weights(size, size, size, bias=bias, prefix=f"{attention}.")
    for number in (1, 2, 3)[: 3 if crosses else 2]:
        weights |= _norm(f"norm{number}", size, bias)
    return weights


def _has_bias(site: Site) -> bool:
    return bool(site.params.get("bias", True))


def _affine(name: str, shape: Shape, bias: bool) -> dict[str, Shape]:
    return {f"{name}.weight": shape} | ({f"{name}.bias": shape[:1]} if bias else {})


def _norm(name: str, size: int, bias: bool) -> dict[str, Shape]:
    return _affine(name, (size,), bias)


def _final_norm(site: Site, size: int) -> dict[str, Shape]:
    return _norm("norm", size, True) if site.params["final_norm"] else {}


def _stacked(weights: dict[str, Shape], count: int) -> dict[str, Shape]:
    return {f"layers.{layer}.{name}": shape for layer in range(count) for name, shape in weights.items()}


# Work


def encoder_layer_flops(site: Site) -> int:
    """Attention over itself, and the small network."""
    return _encoder_flops(site, site.one("src"))


def encoder_flops(site: Site) -> int:
    """All layers."""
    return site.number("num_layers") * encoder_layer_flops(site)


def decoder_layer_flops(site: Site) -> int:
    """Attention over itself and over the memory, and the small network."""
    return _decoder_flops(site, site.one("tgt"), site.one("memory"))


def decoder_flops(site: Site) -> int:
    """All layers."""
    return site.number("num_layers") * decoder_layer_flops(site)


def transformer_flops(site: Site) -> int:
    """All layers of both."""
    src, tgt = site.one("src"), site.one("tgt")
    reading = site.number("num_encoder_layers") * _encoder_flops(site, src)
    return reading + site.number("num_decoder_layers") * _decoder_flops(site, tgt, src)


def _encoder_flops(site: Site, src: TensorSpec) -> int:
    _, length, size = src.shape
    return attention_flops(length, length, size, size, size) + 4 * length * size * site.number("dim_feedforward")


def _decoder_flops(site: Site, tgt: TensorSpec, memory: TensorSpec) -> int:
    _, length, size = tgt.shape
    return _encoder_flops(site, tgt) + attention_flops(length, memory.shape[1], size, size, size)
