"""The first batch, raw and prepared, as the trainer will take it."""

import copy

import pytest
import torch

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import DataError
from nnstudio.probes.spec import probes
from nnstudio.protocol import messages as msg

SOURCE = """
from torch import nn
from nnstudio.modules.augment import Augment
from nnstudio.modules.standardize import Standardize

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.standardize = Standardize((1, 1, 1))
        self.augment = Augment(0.2, 0.5, 20.0, 0.1)
        self.norm = nn.BatchNorm2d(1)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(64, 10)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, image):
        standardize = self.standardize(image)
        augment = self.augment(standardize)
        norm = self.norm(augment)
        flatten = self.flatten(norm)
        return self.head(flatten)

    def compute_loss(self, head, label):
        return self.loss(head, label)
"""
MODEL = msg.Model(
    SOURCE, "Net", msg.DataRef("digits"), inputs=("image",), targets=("label",), outputs=("head",), target="label"
)
PLAN = msg.Plan(seed=4, batch_size=20)
OPTIONS = {"nodes": ["standardize", "augment", "norm", "gone"], "seed": 4, "batch_size": 20}


@pytest.fixture
def run():
    subject = make_subject(MODEL, seed=PLAN.seed)
    return Trainer(subject.model, MODEL, PLAN, subject.data), subject


def seen(subject, **options):
    with looking(subject.model):
        return probes()["batch"].look(subject.look(), {**OPTIONS, **options})


def test_it_is_the_batch_that_the_trainer_takes_first(run):
    trainer, subject = run
    found = seen(subject)
    taken = []
    hook = trainer.model.register_forward_pre_hook(lambda _, inputs: taken.append(inputs[0]))
    trainer.step()
    hook.remove()
    assert torch.equal(torch.from_numpy(found.arrays["input:image"]), taken[0])
    assert found.facts["size"] == len(found.arrays["target"]) == 20
    assert set(found.arrays) == {"input:image", "target", "standardize", "augment", "norm"}


def test_layers_that_prepare_do_it_as_in_training(run):
    _, subject = run
    found, again, other = seen(subject), seen(subject), seen(subject, draw=1)
    raw, standardized = (torch.from_numpy(found.arrays[name]) for name in ("input:image", "standardize"))
    assert torch.equal(subject.model.standardize(raw), standardized)
    assert not (found.arrays["augment"] == found.arrays["standardize"]).all()
    assert (found.arrays["augment"] == again.arrays["augment"]).all()
    assert not (found.arrays["augment"] == other.arrays["augment"]).all()
    assert (found.arrays["input:image"] == other.arrays["input:image"]).all()


def test_a_look_leaves_no_trace(run):
    _, subject = run
    state, before = torch.get_rng_state(), copy.deepcopy(subject.model.state_dict())
    modes = [module.training for module in subject.model.modules()]
    seen(subject)
    assert torch.equal(torch.get_rng_state(), state)
    assert [module.training for module in subject.model.modules()] == modes
    assert all(torch.equal(tensor, before[name]) for name, tensor in subject.model.state_dict().items())


def test_only_some_of_a_large_batch_are_shown(run):
    _, subject = run
    found = seen(subject, batch_size=100_000, count=5)
    assert found.facts["size"] == subject.data.train_samples
    assert {len(array) for array in found.arrays.values()} == {5}


def test_without_data_there_are_no_batches():
    model = msg.Model(
        "from torch import nn\nclass Net(nn.Identity): pass",
        "Net",
        msg.DataRef(""),
        inputs=("x",),
        outputs=("y",),
        free=(msg.FreeInput("x", (3,)),),
    )
    subject = make_subject(model)
    with looking(subject.model), pytest.raises(DataError, match="no batches"):
        probes()["batch"].look(subject.look(), {})


def test_options_are_checked(run):
    with pytest.raises(DataError, match="seed"):
        seen(run[1], seed="now")
