import linecache

import msgspec
import pytest
import torch
from torch import nn

from nnstudio.engine.model import weights
from nnstudio.engine.model.build import KEPT_SOURCES, build
from nnstudio.errors import EngineError


def with_source(model, source):
    return msgspec.structs.replace(model, source=source)


def test_the_seed_makes_the_weights(moons):
    torch.manual_seed(5)
    expected = nn.Linear(2, 16).weight
    first, again, other = (build(moons, seed=seed).module for seed in (5, 5, 6))
    assert torch.equal(first.linear1.weight, expected)
    assert torch.equal(again.linear1.weight, expected)
    assert not torch.equal(other.linear1.weight, expected)


def test_weights_that_fit_are_taken_and_the_others_named(moons):
    trained = build(moons, seed=1).module
    trained.norm.running_mean += 3.0
    data = weights.save(trained)
    smaller = with_source(moons, moons.source.replace("head = nn.Linear(16, 2)", "head = nn.Linear(16, 3)"))
    built = build(msgspec.structs.replace(smaller, weights=data), seed=2)
    assert built.misfits == ("head.bias", "head.weight")
    assert built.fresh == ("head",)
    assert torch.equal(built.module.linear1.weight, trained.linear1.weight)
    assert torch.equal(built.module.norm.running_mean, trained.norm.running_mean)
    assert built.module.head.bias.shape == (3,)


def test_nodes_that_got_no_weights_are_named(moons):
    data = weights.save(nn.Sequential())
    assert build(msgspec.structs.replace(moons, weights=data)).fresh == ("linear1", "norm", "head")
    assert build(moons).fresh == ()


def test_shared_weights_are_saved_and_loaded(moons):
    tied = with_source(moons, moons.source.replace("self.loss =", "self.twin = self.linear1\n        self.loss ="))
    module = build(tied, seed=1).module
    loaded = build(msgspec.structs.replace(tied, weights=weights.save(module)), seed=2).module
    assert loaded.twin.weight is loaded.linear1.weight
    assert torch.equal(loaded.twin.weight, module.twin.weight)


def test_damaged_weights_are_refused_in_words(moons):
    with pytest.raises(EngineError, match="damaged"):
        build(msgspec.structs.replace(moons, weights=b"not safetensors"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("import torch\n", "import torch\nx = = 1\n", "Line 2, x = = 1: The source is not valid Python"),
        ("import torch\n", "import torch\nx = 1 / 0\n", "Line 2, x = 1 / 0: ZeroDivisionError"),
        ("nn.Linear(2, 16)", "nn.Linear(2, -1)", "Line 8, self.linear1 = nn.Linear(2, -1)"),
        ("nn.Linear(2, 16)", "nn.NoSuchLayer(2)", "NoSuchLayer"),
        ("class Moons", "class Suns", "no module called Moons"),
    ],
)
def test_errors_name_the_line(moons, old, new, words):
    with pytest.raises(EngineError) as caught:
        build(with_source(moons, moons.source.replace(old, new)))
    assert words in caught.value.message
    assert caught.value.line == (int(words.split()[1].rstrip(",")) if words.startswith("Line") else caught.value.line)


def test_the_namespace_is_fresh_and_ours_is_safe(moons):
    build(with_source(moons, moons.source + "\nleft_behind = 1\nassert __name__ == 'nnstudio_model'\n"))
    with pytest.raises(EngineError, match="left_behind"):
        build(with_source(moons, moons.source + "\nleft_behind\n"))


def test_lines_are_kept_for_a_few_sources_only(moons):
    for i in range(KEPT_SOURCES + 5):
        build(with_source(moons, moons.source + f"\n# {i}\n"))
    kept = [name for name in linecache.cache if name.startswith("<nnstudio_model ")]
    assert len(kept) == KEPT_SOURCES


def test_on_the_meta_device_nothing_is_computed(moons):
    assert build(moons, device="meta").module.linear1.weight.is_meta
