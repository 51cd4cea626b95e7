"""The ready blocks: documents that compile, and that compute what torch's own layers of the same name compute."""

from collections.abc import Mapping

import pytest
import torch
from torch import nn

from nnstudio import paths
from nnstudio.compiler.compile import compile_document
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from tests.catalogue.harness import model_of
from tests.compiler.drawings import compiled_and_well

FILES = {path.name.removesuffix(".nnstudio.json"): path for path in paths.resource("blocks").glob("*.nnstudio.json")}
EXPECTED = {
    "residual", "pre-norm-encoder", "post-norm-encoder", "pre-norm-decoder", "post-norm-decoder", "self-attention",
    "inverted-bottleneck", "inception-branches", "u-net-step", "gpt-block", "vit-stem",
}  # fmt: skip
NORMS = {"norm1": "norm1", "norm2": "norm2", "norm3": "norm3"}


def model(name: str) -> nn.Module:
    """The block alone, made by the source of its document, in eval mode."""
    document = storage.load(FILES[name])
    (made,) = model_of(compiled_and_well(document), "cpu").eval().children()
    return made.double()  # so that rounding hides nothing


def test_the_library() -> None:
    assert set(FILES) == EXPECTED


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_block_is_a_sound_document(name: str) -> None:
    document = storage.load(FILES[name])
    compiled = compiled_and_well(document)
    assert len(document.blocks) == 1
    assert storage.graph_bytes(document) == FILES[name].read_bytes()
    net = model_of(compiled, "meta")
    inputs = [torch.empty((3, *free.shape), device="meta") for free in compiled.signature.free]
    made = net(*inputs)
    outputs = made if isinstance(made, tuple) else (made,)
    assert all(output.shape[0] == 3 for output in outputs)
    assert sum(weight.numel() for weight in net.parameters()) == compiled.parameters


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_block_can_be_brought_into_another_drawing(name: str) -> None:
    library = storage.load(FILES[name])
    document = Document("mine")
    block = document.import_block(library, next(iter(library.blocks)))
    again = document.import_block(library, next(iter(library.blocks)))
    assert again.id == block.id
    document.place(block.id)
    assert compile_document(document).source == ""


def attention(state: Mapping[str, torch.Tensor], theirs: str, ours: str) -> dict[str, torch.Tensor]:
    """torch's packed projections as the three Linears of the drawing."""
    weights = state[f"{theirs}.in_proj_weight"].chunk(3)
    biases = state[f"{theirs}.in_proj_bias"].chunk(3)
    found = {f"{ours}out.{part}": state[f"{theirs}.out_proj.{part}"] for part in ("weight", "bias")}
    for name, weight, bias in zip(("query", "key", "value"), weights, biases, strict=True):
        found |= {f"{ours}{name}.weight": weight, f"{ours}{name}.bias": bias}
    return found


def layers(state: Mapping[str, torch.Tensor], names: Mapping[str, str]) -> dict[str, torch.Tensor]:
    """Layers of two names each."""
    return {
        f"{ours}.{part}": state[f"{theirs}.{part}"]
        for theirs, ours in names.items()
        for part in ("weight", "bias")
        if f"{theirs}.{part}" in state
    }


@pytest.mark.parametrize(("name", "norm_first"), [("pre-norm-encoder", True), ("post-norm-encoder", False)])
def test_the_encoder_of_primitives_is_torchs(name: str, norm_first: bool) -> None:
    torch.manual_seed(0)
    theirs = nn.TransformerEncoderLayer(64, 4, 256, batch_first=True, norm_first=norm_first).double().eval()
    state = _stirred(theirs)
    ours = model(name)
    ours.load_state_dict(
        attention(state, "self_attn", "") | layers(state, {"linear1": "wide", "linear2": "narrow", **NORMS})
    )
    x = torch.randn(3, 10, 64, dtype=torch.float64)
    assert torch.allclose(ours(x), theirs(x), atol=1e-6, rtol=0)


@pytest.mark.parametrize(("name", "norm_first"), [("pre-norm-decoder", True), ("post-norm-decoder", False)])
def test_the_decoder_of_primitives_is_torchs(name: str, norm_first: bool) -> None:
    torch.manual_seed(0)
    theirs = nn.TransformerDecoderLayer(64, 4, 256, batch_first=True, norm_first=norm_first).double().eval()
    state = _stirred(theirs)
    ours = model(name)
    ours.load_state_dict(
        attention(state, "self_attn", "self_")
        | attention(state, "multihead_attn", "cross_")
        | layers(state, {"linear1": "wide", "linear2": "narrow", **NORMS})
    )
    x, memory = torch.randn(3, 10, 64, dtype=torch.float64), torch.randn(3, 12, 64, dtype=torch.float64)
    mask = nn.Transformer.generate_square_subsequent_mask(10, dtype=torch.float64)
    assert torch.allclose(ours(x, memory), theirs(x, memory, tgt_mask=mask), atol=1e-6, rtol=0)


def test_self_attention_of_primitives_is_torchs_function() -> None:
    torch.manual_seed(0)
    ours = model("self-attention")
    x = torch.randn(3, 10, 16, dtype=torch.float64)
    parts = {name: getattr(ours, name)(x) for name in ("query", "key", "value")}
    y, weights = ours(x)
    assert torch.allclose(y, nn.functional.scaled_dot_product_attention(**parts), atol=1e-6, rtol=0)
    assert torch.allclose(weights.sum(-1), torch.ones(3, 10, dtype=torch.float64))


def test_the_gpt_block_is_the_encoder_layer_with_a_mask() -> None:
    torch.manual_seed(0)
    theirs = (
        nn.TransformerEncoderLayer(64, 4, 256, batch_first=True, norm_first=True, activation="gelu").double().eval()
    )
    state = _stirred(theirs)
    ours = model("gpt-block")
    held = {name.replace("self_attn", "attention"): value for name, value in state.items() if "self_attn" in name}
    ours.load_state_dict(held | layers(state, {"linear1": "wide", "linear2": "narrow", **NORMS}))
    x = torch.randn(3, 10, 64, dtype=torch.float64)
    mask = nn.Transformer.generate_square_subsequent_mask(10, dtype=torch.float64)
    assert torch.allclose(ours(x), theirs(x, src_mask=mask), atol=1e-6, rtol=0)


def _stirred(module: nn.Module) -> dict[str, torch.Tensor]:
    """The state with every weight random: norms and biases would hide a mistake."""
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn_like(weight) * 0.2)
    return module.state_dict()
