"""What holds for each building block: it runs on the meta device, exports with an open batch, and repeats itself."""

import importlib
import pkgutil
import warnings

import pytest
import torch
from torch.utils import _pytree as pytree

from nnstudio import modules
from tests.modules.blocks import BLOCKS, Block

blocks = pytest.mark.parametrize("block", BLOCKS, ids=[block.name for block in BLOCKS])


def made(block: Block, device: str = "cpu") -> torch.nn.Module:
    torch.manual_seed(0)
    with torch.device(device):
        return block.make()


def samples(block: Block, places: list[int]) -> tuple[torch.Tensor | None, ...]:
    """The inputs of the block with these of its two samples."""
    return tuple(
        tensor[places] if batched and tensor is not None else tensor
        for tensor, batched in zip(block.inputs, block.axes(), strict=True)
    )


def leaves(result: object) -> list[torch.Tensor]:
    return [leaf for leaf in pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor)]


@blocks
@pytest.mark.parametrize("training", [True, False])
def test_shapes_on_meta_are_those_of_the_cpu(block, training):
    real = leaves(made(block).train(training)(*block.inputs))
    with torch.device("meta"):
        given = [None if tensor is None else tensor.to("meta") for tensor in block.inputs]
        shown = leaves(made(block, "meta").train(training)(*given))
    assert all(leaf.is_meta for leaf in shown)
    assert [(leaf.shape, leaf.dtype) for leaf in shown] == [(leaf.shape, leaf.dtype) for leaf in real]


@blocks
@pytest.mark.parametrize("training", [True, False])
def test_the_same_seed_gives_the_same(block, training):
    first, second = (leaves(made(block).train(training)(*block.inputs)) for _ in range(2))
    assert all(map(torch.equal, first, second))


@blocks
def test_evaluation_draws_nothing(block):
    model = made(block).eval()
    before = torch.get_rng_state()
    model(*block.inputs)
    assert torch.equal(torch.get_rng_state(), before)


@blocks
def test_samples_do_not_meet(block):
    """What a sample gives in evaluation does not hang on the other in the batch; losses are means."""
    model = made(block).eval()
    together = leaves(model(*block.inputs))
    singles = [leaves(model(*samples(block, [place]))) for place in range(2)]
    for whole, first, second in zip(together, *singles, strict=True):
        joined = (first + second) / 2 if whole.dim() == 0 else torch.cat([first, second])
        expected = joined if whole.shape == joined.shape else first  # the causal mask has no batch
        torch.testing.assert_close(whole, expected)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.name != "masks"], ids=lambda block: block.name)
def test_every_weight_and_input_gets_a_gradient(block):
    model = made(block).train()
    inputs = [tensor.clone() if isinstance(tensor, torch.Tensor) else None for tensor in block.inputs]
    floating = [tensor.requires_grad_() for tensor in inputs if tensor is not None and tensor.is_floating_point()]
    results = [leaf for leaf in leaves(model(*inputs)) if leaf.is_floating_point()]
    sum((leaf * torch.linspace(0.5, 1.5, leaf.numel()).view_as(leaf)).sum() for leaf in results).backward()
    for name, weight in [*model.named_parameters(), *((f"input {i}", x) for i, x in enumerate(floating))]:
        assert weight.grad is not None, name
        assert torch.isfinite(weight.grad).all(), name
        assert weight.grad.abs().sum() > 0, name


FIVE = [0, 1, 1, 0, 1]


def open_batch(block: Block) -> tuple[dict[int, torch.export.Dim] | None, ...]:
    batch = torch.export.Dim("batch")
    return tuple({0: batch} if batched else None for batched in block.axes())


@blocks
@pytest.mark.parametrize("graded", [True, False], ids=["graded", "not graded"])
def test_exports_with_an_open_batch(block, graded):
    """Without gradients torch takes other ways through its transformer."""
    model = made(block).eval()
    with torch.set_grad_enabled(graded):
        program = torch.export.export(model, block.inputs, dynamic_shapes=open_batch(block))
        expected, found = leaves(model(*samples(block, FIVE))), leaves(program.module()(*samples(block, FIVE)))
    for mine, theirs in zip(expected, found, strict=True):
        torch.testing.assert_close(theirs, mine)


@pytest.mark.slow
@blocks
def test_onnx_runs_the_same_with_any_batch(block):
    runtime = pytest.importorskip("onnxruntime")
    model = made(block).eval()
    program = _onnx(model, block)
    session = runtime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [given.name for given in program.model.graph.inputs]
    used = [given.name for given in session.get_inputs()]
    for places in ([0], FIVE):
        given = [tensor for tensor in samples(block, places) if tensor is not None]
        feed = {name: tensor.numpy() for name, tensor in zip(names, given, strict=True) if name in used}
        for mine, theirs in zip(leaves(model(*samples(block, places))), session.run(None, feed), strict=True):
            torch.testing.assert_close(torch.from_numpy(theirs), mine, atol=1e-5, rtol=1e-5)


def _onnx(model: torch.nn.Module, block: Block):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, about its own affairs
        return torch.onnx.export(
            model, block.inputs, dynamic_shapes=open_batch(block), dynamo=True, external_data=False, verbose=False
        )


def test_every_building_block_is_here():
    names = [f"nnstudio.modules.{found.name}" for found in pkgutil.iter_modules(modules.__path__)]
    classes = {
        kind
        for name in names
        for kind in vars(importlib.import_module(name)).values()
        if isinstance(kind, type) and kind.__module__ == name
    }
    assert len(classes) >= 20
    assert classes <= {type(block.make()) for block in BLOCKS}
