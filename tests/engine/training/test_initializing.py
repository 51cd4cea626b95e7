import msgspec
import pytest
import torch
from torch import nn

from nnstudio.engine.model import weights
from nnstudio.engine.model.build import build
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.initializing import initialize, weights_by_kind
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg
from nnstudio.training.initializations import KINDS
from nnstudio.training.registry import initializations

LAYERS = {
    "linear": [nn.Linear(6, 6), nn.MultiheadAttention(6, 2), nn.MultiheadAttention(6, 2, kdim=4, vdim=4)],
    "convolution": [nn.Conv1d(2, 3, 3), nn.Conv2d(2, 3, 3), nn.ConvTranspose2d(2, 3, 3)],
    "recurrent": [nn.LSTM(3, 4, num_layers=2), nn.GRU(3, 4, bidirectional=True), nn.RNNCell(3, 4)],
    "embedding": [nn.Embedding(5, 4, padding_idx=2), nn.EmbeddingBag(5, 4)],
}


def state(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


@pytest.mark.parametrize("scheme", [name for name in initializations() if name != "default"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_scheme_draws_what_torch_draws_for_its_kind_alone(kind, scheme):
    every = nn.ModuleList([layer for layers in LAYERS.values() for layer in layers])
    before = state(every)
    torch.manual_seed(1)
    initialize(every, {kind: scheme})
    after, declared = every.state_dict(), initializations()[scheme]
    mine = [p for layer in LAYERS[kind] for module in layer.modules() for _, p in weights_by_kind(module)]
    changed = {name for name in after if not torch.equal(before[name], after[name])}
    assert changed == {name for name, p in every.named_parameters() if any(p is each for each in mine)}
    assert not any("bias" in name for name in changed)
    torch.manual_seed(1)
    for weight in mine:
        drawn = getattr(nn.init, declared.function)(torch.empty_like(weight), **declared.arguments)
        if kind == "embedding" and len(drawn) == 5 and weight is LAYERS["embedding"][0].weight:
            drawn[2] = 0  # what stands for nothing
        assert torch.equal(weight, drawn)
    every.load_state_dict(before)


def test_a_shared_weight_is_drawn_once():
    head, embedding = nn.Linear(4, 5), nn.Embedding(5, 4)
    head.weight = embedding.weight
    initialize(nn.Sequential(embedding, head), {"linear": "zeros", "embedding": "normal"})
    assert head.weight.abs().sum() > 0


@pytest.mark.parametrize(
    ("schemes", "match"), [({"linear": "magic"}, "no initialization"), ({"pool": "zeros"}, "kind")]
)
def test_what_is_not_offered_is_refused(schemes, match):
    with pytest.raises(EngineError, match=match):
        initialize(nn.Linear(2, 2), schemes)


def test_the_seed_gives_the_same_weights_and_given_ones_stay(moons):
    plan = msg.Plan(seed=5, initialization={"linear": "xavier_normal"})
    first, again = (make_subject(moons, plan=plan).model for _ in range(2))
    assert torch.equal(first.linear1.weight, again.linear1.weight)
    assert not torch.equal(first.linear1.weight, build(moons, seed=5).module.linear1.weight)
    assert torch.equal(first.linear1.bias, build(moons, seed=5).module.linear1.bias)
    given = build(moons, seed=9).module
    kept = msgspec.structs.replace(moons, weights=weights.save(given))
    assert torch.equal(make_subject(kept, plan=plan).model.linear1.weight, given.linear1.weight)
    source = moons.source.replace("nn.Linear(2, 16)", "nn.Linear(2, 8)").replace("16", "8")
    other = make_subject(msgspec.structs.replace(kept, source=source), plan=plan)
    assert "linear1" in other.fresh  # and drawn by the scheme
    torch.manual_seed(5)
    fresh = build(msgspec.structs.replace(moons, source=source), seed=5, schemes=plan.initialization).module
    assert torch.equal(other.model.linear1.weight, fresh.linear1.weight)


def test_a_run_that_begins_with_zeros_shows_it(moons, moons_data):
    subject = make_subject(moons, plan=msg.Plan(initialization={"linear": "zeros"}))
    run = Trainer(subject.model, moons, msg.Plan(lr=0.0), moons_data)
    run.step()
    assert run.take().losses[0] == pytest.approx(0.7, abs=0.2)
    assert not run.model.head.weight.any()
