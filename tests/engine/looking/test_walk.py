"""What is recorded of one batch, against torch by hand; and that nobody notices it."""

import copy
import math

import msgspec
import numpy as np
import pytest
import torch

from nnstudio.engine.looking import excerpt
from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.looking.walk import FIRST_BATCH, record, record_first
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training.run import Run
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

FIVE = """
import torch
from torch import nn


class Five(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(4.0))
        self.b = nn.Parameter(torch.tensor(-2.0))
        self.d = nn.Parameter(torch.tensor(5.0))

    def forward(self):
        a = self.a
        b = self.b
        d = self.d
        c = a * b
        e = c + d
        return e

    def compute_loss(self, e):
        return e
"""

MANY = """
import torch
from torch import nn


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        linear = self.linear(x)
        act = torch.tanh(linear)
        return act


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(4, 4)

    def forward(self, x, memory):
        left = self.left(x) + memory
        return left, left.relu()


class Many(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 4, batch_first=True)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.stack = nn.Sequential(*(Pair() for _ in range(2)))
        self.pairs = nn.ModuleList(Twice() for _ in range(2))
        self.relu = nn.ReLU(inplace=True)
        self.same = nn.Identity()
        self.head = nn.Linear(4, 2)
        self.loss1 = nn.CrossEntropyLoss()
        self.loss2 = nn.MSELoss()

    def forward(self, point):
        steps = point.unsqueeze(1)
        lstm, (lstm_hidden, _) = self.lstm(steps)
        attention, attention_weights = self.attention(lstm, lstm, lstm)
        flat = attention[:, 0]
        stack = self.stack(flat)
        pairs, pairs_right = stack, stack
        for part in self.pairs:
            pairs, pairs_right = part(pairs, pairs_right)
        relu = self.relu(pairs)
        same = self.same(relu)
        head = self.head(same)
        return head, stack

    def compute_loss(self, head, stack, label):
        loss1 = self.loss1(head, label)
        zero = torch.zeros_like(stack)
        loss2 = self.loss2(stack, zero)
        return loss1 + 0.5 * loss2
"""


@pytest.fixture
def five():
    return make_subject(msg.Model(FIVE, "Five", msg.DataRef(""), inputs=(), outputs=("e",)))


@pytest.fixture
def many(moons):
    return make_subject(msgspec.structs.replace(moons, source=MANY, class_name="Many", outputs=("head", "stack")))


def names(recorded, backward):
    return [step.name for step in recorded.steps if step.backward == backward]


def step_of(recorded, name, backward=False):
    return next(step for step in recorded.steps if step.name == name and step.backward == backward)


def numbers(recorded, name, backward=False):
    return recorded.arrays[step_of(recorded, name, backward).array].numpy()


def test_five_nodes_forward_then_backward(five):
    recorded = record_first(five)
    assert names(recorded, False) == ["a", "b", "d", "c", "e", ""]
    values = {step.name: numbers(recorded, step.name).item() for step in recorded.steps if not step.backward}
    assert values == {"a": 4.0, "b": -2.0, "d": 5.0, "c": -8.0, "e": -3.0, "": -3.0}
    assert names(recorded, True)[:2] == ["", "e"]
    gradients = {step.name: numbers(recorded, step.name, True).item() for step in recorded.steps if step.backward}
    assert gradients == {"": 1.0, "e": 1.0, "d": 1.0, "c": 1.0, "a": -2.0, "b": 4.0}
    assert recorded.loss == -3.0
    assert recorded.weight_norms == {"a": 2.0, "b": 4.0, "d": 1.0}


def test_the_chain_rule_of_numbers(five):
    recorded = record_first(five)
    terms = {step.name: [(term.by, term.local) for term in step.terms] for step in recorded.steps if step.backward}
    assert terms == {
        "": [], "e": [("", 1.0)], "d": [("e", 1.0)], "c": [("e", 1.0)], "a": [("c", -2.0)], "b": [("c", 4.0)],
    }  # fmt: skip


def test_a_number_used_twice_has_two_terms_and_one_used_in_passing_counts_once(five):
    forward = "        c = a * b + torch.tanh(a)\n        e = c * d * a\n"
    source = FIVE.replace("        c = a * b\n        e = c + d\n", forward)
    recorded = record_first(make_subject(msgspec.structs.replace(five.spec, source=source)))
    (by_c, by_e) = step_of(recorded, "a", True).terms
    assert (by_c.by, by_e.by) == ("c", "e")
    assert by_c.local == pytest.approx(-2 + 1 - math.tanh(4) ** 2)
    assert by_e.local == pytest.approx((-8 + math.tanh(4)) * 5)
    total = by_c.local * 20 + by_e.local
    assert numbers(recorded, "a", True).item() == pytest.approx(total)


def test_a_batch_of_a_network_as_torch_has_it(digits):
    subject = make_subject(digits)
    recorded = record_first(subject, sample=3)
    image, label = (subject.data.train[name][:FIRST_BATCH] for name in ("image", "label"))
    twin = copy.deepcopy(subject.model)
    found = [image]
    for layer in (twin.conv1, twin.relu1, twin.flatten, twin.head):
        found.append(layer(found[-1]))
        found[-1].retain_grad()
    loss = torch.nn.functional.cross_entropy(found[-1], label)
    loss.backward()
    assert names(recorded, False) == ["image", "conv1", "relu1", "flatten", "head", ""]
    assert names(recorded, True) == ["", "head", "flatten", "relu1", "conv1"]
    assert recorded.loss == loss.item()
    for name, value in zip(names(recorded, False)[1:-1], found[1:], strict=True):
        forward, backward = step_of(recorded, name), step_of(recorded, name, True)
        assert forward.shape == backward.shape == tuple(value.shape)
        assert np.array_equal(numbers(recorded, name), value[3].detach().numpy())
        assert np.array_equal(numbers(recorded, name, True), value.grad[3].numpy())
        assert forward.mean == pytest.approx(value.mean().item(), abs=1e-6)
        assert forward.std == pytest.approx(value.std(correction=0).item(), rel=1e-5)
        assert (forward.low, forward.high) == (value.min().item(), value.max().item())
        assert backward.norm == pytest.approx(value.grad.norm().item(), rel=1e-5)
    assert np.array_equal(recorded.weights["conv1.weight"].numpy(), twin.conv1.weight.grad.numpy())
    assert recorded.weight_norms["head.weight"] == pytest.approx(twin.head.weight.grad.norm().item(), rel=1e-5)
    assert step_of(recorded, "image").given
    assert (recorded.samples, recorded.sample) == (FIRST_BATCH, 3)


def test_tuples_blocks_loops_changes_in_place_and_several_losses(many):
    recorded = record_first(many)
    forward = names(recorded, False)
    assert [name for name in forward if "." not in name] == [
        "point", "steps", "lstm", "lstm_hidden", "attention", "attention_weights", "flat", "pairs_right", "relu",
        "same", "head", "loss1", "zero", "loss2", "",
    ]  # fmt: skip
    assert forward.index("stack.0.linear") < forward.index("stack.0.act") < forward.index("stack.1.linear")
    assert step_of(recorded, "stack.1.act").aliases == ("stack", "pairs.0.x", "pairs.0.memory")
    assert step_of(recorded, "pairs.1.left").aliases == ("pairs",)
    assert (numbers(recorded, "pairs.1.left") < 0).any(), "as it was before ReLU changed it"
    assert np.array_equal(numbers(recorded, "pairs.1.left").clip(0), numbers(recorded, "relu"))
    backward = names(recorded, True)
    assert len(backward) == len(set(backward))
    order = [name for name in backward if name in ("head", "same", "relu", "pairs.1.left", "stack.1.act", "lstm")]
    assert order == ["head", "same", "relu", "pairs.1.left", "stack.1.act", "lstm"]
    assert "attention_weights" not in backward
    assert numbers(recorded, "loss2", True).item() == 0.5
    assert not many.model.training or many.model.head.weight.grad is None


def test_no_hook_stays_and_no_gradient_is_left(five):
    record_first(five)
    assert all(weight.grad is None and not weight._backward_hooks for weight in five.model.parameters())
    source = FIVE.replace("return e\n\n    def", "raise ValueError('no')\n\n    def")
    broken = make_subject(msgspec.structs.replace(five.spec, source=source))
    with pytest.raises(ValueError, match="no"):
        record_first(broken)
    assert not broken.model.a._backward_hooks


@pytest.fixture
def runs(moons):
    def make(**plan):
        sent = []
        plan = msg.Plan(**plan)
        subject = make_subject(moons, seed=plan.seed)
        return Run(1, subject, plan, sent.append, Stream(sent.append)), sent

    return make


def test_recording_changes_nothing_not_a_bit(runs):
    plain, _ = runs(batch_size=50, epochs=3)
    steps = 2 * plain.trainer.feed.steps_per_epoch + 2
    for _ in range(steps):
        plain.trainer.step()
    expected = plain.trainer.take().losses
    watched, _ = runs(batch_size=50, epochs=3)
    recorded = []
    for step in range(steps):
        epoch, taken = watched.trainer.epoch, watched.trainer.feed.place.taken
        recorded.append(watched.record(sample=step, request=0).loss)
        assert watched.record(sample=0, request=0).loss == recorded[-1]
        assert (watched.trainer.epoch, watched.trainer.feed.place.taken) == (epoch, taken)
        watched.trainer.step()
    assert np.array_equal(watched.trainer.take().losses, expected)
    assert recorded == expected.tolist(), "the batch and the dropout that come next"
    for name, tensor in plain.subject.model.state_dict().items():
        assert torch.equal(watched.subject.model.state_dict()[name], tensor)


def test_the_batch_that_comes_after_another_size_was_set(runs):
    run, _ = runs(batch_size=50)
    run.trainer.step()
    run.trainer.feed.batch_size = 20
    recorded = run.record(sample=99, request=0)
    assert (recorded.samples, recorded.sample) == (20, 19)
    run.trainer.step()
    assert run.trainer.take().losses[1] == np.float32(recorded.loss)


def test_the_precision_is_that_of_the_run(runs):
    run, _ = runs(precision="bfloat16", batch_size=50)
    recorded = run.record(sample=0, request=0)
    run.trainer.step()
    assert run.trainer.take().losses[0] == np.float32(recorded.loss)
    plain, _ = runs(batch_size=50)
    assert plain.record(sample=0, request=0).loss != recorded.loss


def test_a_run_that_goes_on_is_not_recorded(runs):
    run, _ = runs()
    run.go()
    with pytest.raises(EngineError, match="going on") as caught:
        run.record(sample=0, request=0)
    assert caught.value.fix == "Pause it first."
    run.advance()
    run.pause()
    assert run.record(sample=0, request=7).request == 7


def test_without_a_loss_there_is_the_forward_pass(five):
    source = FIVE.partition("    def compute_loss")[0]
    recorded = record_first(make_subject(msgspec.structs.replace(five.spec, source=source)))
    assert recorded.loss is None
    assert names(recorded, False) == ["a", "b", "d", "c", "e"]
    assert names(recorded, True) == []


def test_a_loss_without_weights_has_no_backward_pass(five):
    subject = make_subject(five.spec)
    for weight in subject.model.parameters():
        weight.requires_grad_(requires_grad=False)
    recorded = record_first(subject)
    assert (recorded.loss, names(recorded, True)) == (-3.0, [])


def test_what_is_large_is_cut_and_what_is_too_much_left_out(digits, monkeypatch):
    assert excerpt.cut(torch.rand(64, 56, 56)).shape == (1, 56, 56)
    assert excerpt.cut(torch.rand(3, 224, 224)).shape == (1, 56, 56)
    assert excerpt.cut(torch.rand(5000)).shape == (4096,)
    assert excerpt.cut(torch.rand(16, 8, 8)).shape == (16, 8, 8)
    assert math.prod(excerpt.cut(torch.rand(2, 3, 900, 1)).shape) <= excerpt.MOST_NUMBERS
    monkeypatch.setattr(excerpt, "MOST_BYTES", 5000)
    recorded = record_first(make_subject(digits))
    assert sum(len(array.data) for array in recorded.arrays.values()) <= 5000
    missing = [step for step in recorded.steps if not step.array]
    assert recorded.left_out == len(missing) > 0
    assert all(step.norm > 0 for step in missing)
    assert msg.decode_message(msg.encode(recorded)) == recorded


def test_records_say_the_same_again(digits):
    subject = make_subject(digits)
    inputs, targets = ((subject.data.train[name][:8],) for name in ("image", "label"))
    assert record(subject, inputs, targets) == record(subject, inputs, targets)
