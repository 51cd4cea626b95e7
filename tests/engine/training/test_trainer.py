import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.engine.data.datasets import load, split_order
from nnstudio.engine.model.build import build
from nnstudio.engine.model.subject import make_subject
from nnstudio.engine.training import feeding, metrics, tally
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import DataError, EngineError
from nnstudio.protocol import messages as msg


def losses_of(model, plan, steps):
    subject = make_subject(model, seed=plan.seed)
    run = Trainer(subject.model, model, plan, subject.data)
    for _ in range(steps):
        run.step()
    return run.take(), run


def by_hand(model, plan, make, steps):
    """The loop of the module's docstring."""
    data = load(model.data)
    torch.manual_seed(plan.seed)
    net = make()
    form = {"fused": True} if plan.optimizer == "Adam" else {}
    optimizer = getattr(torch.optim, plan.optimizer)(
        net.parameters(), lr=plan.lr, weight_decay=plan.weight_decay, **plan.optimizer_params, **form
    )
    shuffle = torch.Generator().manual_seed(plan.seed)
    x, y = data.train[model.inputs[0]], data.train["label"]
    losses, accuracies = [], []
    while True:
        for rows in torch.randperm(len(x), generator=shuffle).split(plan.batch_size):
            out = net(x[rows])
            loss = nn.functional.cross_entropy(out, y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            accuracies.append((out.argmax(1) == y[rows]).float().mean().item())
            if len(losses) == steps:
                return np.float32(losses), np.float32(accuracies)


def cnn():
    return nn.Sequential(nn.Conv2d(1, 16, 3, padding="same"), nn.ReLU(), nn.Flatten(), nn.Linear(1024, 10))


@pytest.mark.parametrize(
    "plan",
    [
        msg.Plan(seed=3),
        msg.Plan(weight_decay=0.01, lr=0.01, batch_size=50),
        msg.Plan(optimizer="SGD", lr=0.1, optimizer_params={"momentum": 0.9}, weight_decay=0.001, seed=1),
    ],
)
def test_the_numbers_are_those_of_a_loop_written_by_hand(digits, plan):
    steps = 100  # more than two epochs, each with a last batch that is smaller
    figures, _ = losses_of(digits, plan, steps)
    losses, accuracies = by_hand(digits, plan, cnn, steps)
    assert np.array_equal(figures.losses, losses)
    assert np.allclose(figures.accuracies, accuracies, atol=1e-6)


def test_another_seed_gives_other_numbers(moons):
    first, again, other = (losses_of(moons, msg.Plan(seed=seed), 30)[0].losses for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_it_learns(digits):
    figures, run = losses_of(digits, msg.Plan(), 45 * 4)
    assert figures.losses[-20:].mean() < 0.5 < figures.losses[:20].mean()
    scores = run.test()
    assert scores.accuracy > 0.9
    assert scores.loss < 0.4


def test_epochs_are_counted_from_one(moons, moons_data):
    subject = make_subject(moons)
    run = Trainer(subject.model, moons, msg.Plan(batch_size=100), moons_data)
    assert run.feed.steps_per_epoch == -(-moons_data.train_samples // 100)
    seen = []
    for _ in range(run.feed.steps_per_epoch + 1):
        run.step()
        seen.append((run.epoch, run.epoch_ended))
    assert seen == [(1, False)] * (run.feed.steps_per_epoch - 1) + [(1, True), (2, False)]


def test_small_buffers_give_the_same_numbers(moons, monkeypatch):
    whole, _ = losses_of(moons, msg.Plan(batch_size=24), 60)
    monkeypatch.setattr(feeding, "GATHERED_BYTES", 1)
    monkeypatch.setattr(tally, "KEPT_ELEMENTS", 1)
    single, _ = losses_of(moons, msg.Plan(batch_size=24), 60)
    assert np.array_equal(whole.losses, single.losses)
    assert np.array_equal(whole.accuracies, single.accuracies)
    assert np.array_equal(whole.sizes, single.sizes)


def test_the_evaluation_leaves_no_trace(moons, moons_data):
    def run(*, evaluated):
        subject = make_subject(moons)
        run = Trainer(subject.model, moons, msg.Plan(), moons_data)
        for _ in range(40):
            run.step()
            if evaluated:
                run.test()
        return run.take().losses, run

    plain, _ = run(evaluated=False)
    evaluated, trained = run(evaluated=True)
    assert np.array_equal(plain, evaluated)
    assert all(module.training for module in trained.model.modules())
    # and it is in eval mode: with dropout it would differ from time to time
    assert trained.test() == trained.test()


def test_evaluation_in_batches_is_the_mean_over_samples(moons, moons_data):
    subject = make_subject(moons)
    whole = metrics.evaluate(subject.model, moons, moons_data.test, 10_000)
    parts = metrics.evaluate(subject.model, moons, moons_data.test, 7)
    assert parts.loss == pytest.approx(whole.loss, rel=1e-5)
    assert parts.accuracy == pytest.approx(whole.accuracy)


@pytest.mark.parametrize("scores", [torch.randn(7, 5, 11), torch.randint(3, (50, 6)).float(), torch.randn(4, 3, 8)])
@pytest.mark.parametrize("dim", [1, -1])
def test_the_largest_is_the_one_torch_finds_also_of_equals_and_of_no_numbers(scores, dim):
    scores.view(-1)[3] = torch.nan
    dim %= scores.ndim
    assert torch.equal(metrics.largest(scores, dim), scores.argmax(dim))


@pytest.mark.parametrize(("width", "samples"), [(20_000, metrics.TEST_ELEMENTS // 20_000), (200, metrics.TEST_BATCH)])
def test_a_net_with_wide_layers_is_tested_with_fewer_samples_at_a_time(moons, moons_data, width, samples):
    model = nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 1))
    assert metrics.quick_batch(model, moons, moons_data.test) == samples
    assert all(not module._forward_hooks and module.training for module in model.modules())


@pytest.mark.parametrize(
    ("task", "prediction", "target", "right"),
    [
        ("classes", [[0.1, 0.9], [0.9, 0.1]], [1, 1], [1, 0]),
        ("logit", [[0.3], [-0.3], [0.3]], [1.0, 0.0, 0.0], [1, 1, 0]),
        ("probability", [[0.3], [0.7], [0.3]], [0.0, 1.0, 1.0], [1, 1, 0]),
        ("logit", [[1.0, -1.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]], [0.5, 1.0]),
    ],
)
def test_right_and_wrong_by_task(task, prediction, target, right):
    assert metrics.correct(task, torch.tensor(prediction), torch.tensor(target)).tolist() == right


def test_values_have_no_accuracy(moons, moons_data):
    values = msgspec.structs.replace(moons, task="values")
    figures, run = losses_of(values, msg.Plan(), 5)
    assert len(figures.accuracies) == 0
    assert run.test().accuracy is None


def test_models_that_cannot_train_say_why(moons, moons_data):
    source = moons.source.replace("def compute_loss", "def other_loss")
    with pytest.raises(EngineError, match="no loss"):
        losses_of(msgspec.structs.replace(moons, source=source), msg.Plan(), 1)
    with pytest.raises(EngineError, match="Adagrad"):
        losses_of(moons, msg.Plan(optimizer="Magic"), 1)
    frozen = build(moons).module.requires_grad_(False)
    with pytest.raises(EngineError, match="no weights"):
        Trainer(frozen, moons, msg.Plan(), moons_data)
    with pytest.raises(DataError, match="no 'image'"):
        make_subject(msgspec.structs.replace(moons, inputs=("image",)))


def test_the_split_is_by_seed_and_leaves_nobody_out():
    train, test = split_order(10, 0.2, 4)
    assert sorted([*train.tolist(), *test.tolist()]) == list(range(10))
    assert len(test) == 2
    assert torch.equal(split_order(10, 0.2, 4)[0], train)
    assert not torch.equal(split_order(10, 0.2, 5)[0], train)
    assert [len(part) for part in split_order(2, 0.01, 0)] == [1, 1]
    with pytest.raises(DataError, match="two samples"):
        split_order(1, 0.5, 0)


def test_data_sets_are_loaded_once(moons):
    assert load(moons.data) is load(moons.data)
    assert load(msgspec.structs.replace(moons.data, seed=9)) is not load(moons.data)


DROPOUT = """import torch
from torch import nn


class Dropping(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 16)
        self.norm = nn.BatchNorm1d(16)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(16, 2)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, point):
        return self.head(self.dropout(self.norm(self.hidden(point).relu())))

    def compute_loss(self, head, label):
        return self.loss(head, label)
"""


@pytest.mark.parametrize("steps", [0, 3, 10, 17])  # 10 steps are an epoch
@pytest.mark.parametrize("optimizer", ["Adam", "SGD"])
def test_it_goes_on_from_a_state_to_the_last_bit(moons, steps, optimizer):
    model = msgspec.structs.replace(moons, source=DROPOUT, class_name="Dropping")
    plan = msg.Plan(optimizer=optimizer, schedule="cosine", seed=5)
    whole, run = losses_of(model, plan, 40)
    again = losses_of(model, plan, steps)[1]
    state = again.state()
    for _ in range(5):  # what comes after does not touch what was kept
        again.step()
    torch.manual_seed(99)
    fresh = Trainer(make_subject(model, seed=77).model, model, plan, load(model.data))
    fresh.restore(state)
    assert (fresh.steps, fresh.epoch) == (steps, -(-steps // 10))
    for _ in range(40 - steps):
        fresh.step()
    assert np.array_equal(fresh.take().losses, whole.losses[steps:])
    assert fresh.total_steps == run.total_steps == 100


def test_another_batch_size_counts_from_the_next_step(moons):
    _, run = losses_of(moons, msg.Plan(), 3)
    run.feed.batch_size = 100
    assert run.total_steps == 3 + 3 + 9 * 4  # 320 samples, 96 of them taken
    seen = [len(run.feed.next()[0][0]) for _ in range(3)]
    assert seen == [100, 100, 24]
    assert run.feed.epoch_ended


def test_a_state_of_another_network_is_refused(moons, digits):
    _, run = losses_of(moons, msg.Plan(), 3)
    _, other = losses_of(digits, msg.Plan(), 1)
    with pytest.raises(EngineError, match="another network"):
        other.restore(run.state())
