"""Classic networks drawn from the catalogue have the published numbers of weights, and their source runs."""

import pytest
import torch

from nnstudio.compiler.compile import compile_document
from nnstudio.graph import storage
from tests.catalogue.harness import model_of
from tests.classics.nets import NETS


@pytest.mark.parametrize("name", NETS)
def test_published_number_of_weights(name):
    draw, count = NETS[name]
    document = draw()
    compiled = compile_document(document)
    assert compiled.errors == (), [str(problem) for problem in compiled.errors]
    assert compiled.parameters == count
    model = model_of(compiled, "meta")
    assert sum(weight.numel() for weight in model.parameters()) == count
    inputs = [
        torch.empty((2, *free.shape), dtype=getattr(torch, free.dtype), device="meta")
        for free in compiled.signature.free
    ]
    last = document.in_order()[-1]
    (spec,) = compiled.facts[last.id].outputs.values() if len(last.outputs) == 1 else (None,)
    output = model(*inputs)
    if spec is not None:
        assert tuple(output.shape) == (2, *spec.per_sample)


@pytest.mark.parametrize("name", NETS)
def test_survives_a_file(name):
    document = NETS[name][0]()
    again = storage.document_from(storage.graph_bytes(document))
    assert storage.graph_bytes(again) == storage.graph_bytes(document)
    assert compile_document(again).source == compile_document(document).source
