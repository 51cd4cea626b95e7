import msgspec
import pytest
import torch

from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg


def trainer_of(model, **plan):
    subject = make_subject(model)
    return Trainer(subject.model, model, msg.Plan(**plan), subject.data)


def with_source(model, *pairs):
    source = model.source
    for old, new in pairs:
        assert old in source
        source = source.replace(old, new)
    return msgspec.structs.replace(model, source=source)


@pytest.mark.parametrize(
    ("size", "found", "better"),
    [(319, "the last batch of an epoch has 1", 318), (29, "the last batch of an epoch has 1", 28), (1, "is 1", 2)],
)
def test_a_batch_too_small_for_batch_norm_is_refused_before_anything_is_trained(moons, size, found, better):
    assert make_subject(moons).data.train_samples == 320
    with pytest.raises(EngineError, match=f"BatchNorm needs more than one sample.*{found}") as caught:
        trainer_of(moons, batch_size=size)
    assert caught.value.fix == f"Change batch_size to {better}, say."
    trainer_of(moons, batch_size=better)


def test_without_a_better_size_the_fix_is_another(moons):
    small = msgspec.structs.replace(moons, data=msgspec.structs.replace(moons.data, test_split=1.0))
    with pytest.raises(EngineError) as caught:
        trainer_of(small)
    assert caught.value.fix == "Use more data, or take BatchNorm out."


def test_one_sample_is_enough_where_each_channel_has_several_values(digits):
    """BatchNorm2d over 8×8 pixels."""
    pairs = [("self.relu1 = nn.ReLU()", "self.relu1 = nn.BatchNorm2d(16)")]
    trainer_of(with_source(digits, *pairs), batch_size=1)


def test_a_loss_without_weights_is_refused(moons):
    pairs = [("head = self.head(dropout)  # N×2", "head = point")]
    with pytest.raises(EngineError) as caught:
        trainer_of(with_source(moons, *pairs))
    assert caught.value.message == "No weights lead to the loss 'loss'."
    assert "such as Linear" in caught.value.fix


def test_it_leaves_no_trace(moons):
    """Neither in the running averages of BatchNorm nor in the random numbers that Dropout takes."""
    subject = make_subject(moons, seed=4)
    before = {name: tensor.clone() for name, tensor in subject.model.state_dict().items()}
    numbers = torch.get_rng_state()
    Trainer(subject.model, moons, msg.Plan(), subject.data)
    assert torch.equal(torch.get_rng_state(), numbers)
    assert all(torch.equal(tensor, before[name]) for name, tensor in subject.model.state_dict().items())


def test_other_errors_are_left_to_the_run(moons):
    trainer_of(with_source(moons, ("nn.Linear(16, 2)", "nn.Linear(17, 2)")))
