import math

import pytest

from nnstudio.errors import CompileError, DocumentError
from nnstudio.graph.document import Document
from nnstudio.graph.race import Axis, Entry, Race
from nnstudio.graph.training import EpochRow
from nnstudio.headless import Headless
from nnstudio.project import racing
from nnstudio.project.run import Run, best, summed
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine


def moons(title="moons"):
    """Two layers with dropout between them."""
    document = Document(title)
    document.add("Dataset", "moons", dataset="moons")
    document.add("Linear", "hidden", out_features=8)
    document.add("Dropout", "dropout", p=0.5)
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    for source, target in (("moons.point", "hidden"), ("hidden", "dropout"), ("dropout", "head")):
        document.connect(source, target)
    document.connect("head", "loss.prediction")
    document.connect("moons.label", "loss.target")
    document.history.clear()
    return document


@pytest.fixture
def session():
    engine = FakeEngine()
    session = Session(moons(), engine)
    engine.on_event = session.handle
    engine.start()
    return session


LR = Axis("training.lr", (0.1, 0.01))


def test_each_has_its_plan_and_its_drawing(session):
    race = Race((LR, Axis("hidden.out_features", (3, 5))), repeats=2)
    found = racing.line_up(session, race)
    assert [each.plan.lr for each in found] == [0.1] * 4 + [0.01] * 4
    assert [each.plan.seed for each in found] == [0, 1] * 4
    assert [each.model.data.seed for each in found] == [0, 1] * 4
    assert ["nn.Linear(2, 3)" in each.model.source for each in found] == [True, True, False, False] * 2
    assert '"out_features": 3' in found[0].drawing
    assert session.document.node("hidden").params["out_features"] == 8
    assert session.document.plan.lr == 0.001
    assert not session.document.history.done


def test_what_none_can_take_is_told_with_its_label(session):
    with pytest.raises(CompileError, match=r"^lr 0.1 · p 7: p takes"):
        racing.line_up(session, Race((LR, Axis("dropout.p", (7,)))))
    with pytest.raises(CompileError, match=r"^momentum 0.9: There is no parameter 'momentum'"):
        racing.line_up(session, Race((Axis("training.momentum", (0.9,)),)))
    with pytest.raises(CompileError, match=r"^p 1: There is no node 'gone'"):
        racing.line_up(session, Race((Axis("gone.p", (1,)),)))
    with pytest.raises(CompileError, match=r"^out_features 1: "):
        racing.line_up(session, Race((Axis("head.out_features", (1,)),)))
    with pytest.raises(DocumentError, match="more than the 64"):
        racing.line_up(session, Race(repeats=64, axes=(LR,)))


def test_nodes_in_blocks_are_found_by_the_instances_around():
    document = moons()
    document.make_block(["hidden", "dropout"], "Encoder")
    session = Session(document, FakeEngine())
    instance = next(node.name for node in document.nodes.values() if node.block)
    found = racing.line_up(session, Race((Axis(f"{instance}.dropout.p", (0.1, 0.2)),)))
    assert ["p=0.1" in each.model.source or "Dropout(0.1)" in each.model.source for each in found] == [True, False]


def test_networks_of_other_projects_see_the_same_samples(session):
    other = moons("wide")
    other.set("hidden", out_features=64)
    other.set_plan(seed=9, lr=0.5)
    session.document.set_plan(seed=3, test_split=0.4)
    found = racing.line_up(session, Race((LR,), repeats=2), [Session(other, FakeEngine())])
    labels = [each.entry.label for each in found]
    assert labels[::2] == ["moons · lr 0.1 · seed 3", "moons · lr 0.01 · seed 3", "wide · seed 3"]
    assert [each.own for each in found] == [True] * 4 + [False] * 2
    assert {(each.model.data.seed, each.model.data.test_split) for each in found} == {(3, 0.4), (4, 0.4)}
    assert found[-1].plan.lr == 0.5
    assert "nn.Linear(2, 64)" in found[-1].model.source


def test_a_race_is_told_run_by_run(session):
    engine = session.engine
    session.steering.race(Race((LR,), repeats=2))
    request = engine.asked[-1]
    assert isinstance(request, msg.StartRace)
    keepings = [each.keeping for each in request.entrants]
    assert [keeping.label for keeping in keepings][:2] == ["lr 0.1 · seed 0", "lr 0.1 · seed 1"]
    assert len({keeping.race for keeping in keepings}) == 1
    assert len({keeping.folder for keeping in keepings}) == 4
    runs = session.steering.runs
    assert [run.group for run in runs] == ["lr 0.1", "lr 0.1", "lr 0.01", "lr 0.01"]
    assert [run.state for run in runs] == ["starting"] * 4
    engine.on_event(msg.RunState(run=3, state="training", epoch=0, step=0))
    assert [run.number for run in runs] == [1, 2, 3, 4]
    assert [run.state for run in runs] == ["starting", "starting", "training", "starting"]
    assert session.run is runs[0]
    session.steering.stop(3)
    assert engine.asked[-1].run == 3


def test_weights_of_a_lead_with_other_nodes_stay_out_of_the_document(session):
    weights = session.model().weights
    session.steering.race(Race((Axis("dropout.p", (0.1, 0.2)),)))
    session.engine.on_event(msg.Weights(run=1, epoch=1, data=weights))
    assert session.document.trained is None
    session.steering.race(Race((LR,)))
    session.engine.on_event(msg.Weights(run=3, epoch=1, data=weights))
    assert session.document.trained is not None


def test_values_of_a_run_are_taken_as_one_step(session):
    document = session.document
    before = document.plan
    racing.take(document, Entry("lr 0.1", plan={"lr": 0.1, "seed": 4}, nodes=(("dropout", "p", 0.2),)))
    assert (document.plan.lr, document.plan.seed, document.node("dropout").params["p"]) == (0.1, 4, 0.2)
    document.undo()
    assert (document.plan, document.node("dropout").params["p"]) == (before, 0.5)
    assert not document.history.done


def test_a_race_without_a_window_gives_what_each_gives_alone():
    document = moons()
    document.set_plan(epochs=2)
    with Headless(document) as headless:
        runs = headless.race(Race((Axis("hidden.out_features", (4, 8)), Axis("training.lr", (0.01, 0.1)))))
        assert [run.state for run in runs] == ["finished"] * 4
        document.set_plan(lr=0.01)
        headless.train()
        assert headless.session.run.losses == list(runs[2].losses)
        assert [row.test_loss for row in headless.session.run.epochs] == [row.test_loss for row in runs[2].epochs]


def row(epoch, loss, accuracy=None):
    return EpochRow(epoch, loss, loss, accuracy, accuracy)


def test_several_runs_are_told_as_one():
    lead = Run(number=1, state="finished", epoch=3, step=30, total_steps=30, epochs=[row(3, 0.5, 0.8)])
    good = Run(label="lr 0.1", state="training", epoch=2, step=20, total_steps=40, steps_per_second=5.0)
    lost = Run(state="failed", epoch=1, step=4, total_steps=30, steps_per_second=9.0, epochs=[row(1, math.nan, 0.9)])
    good.epochs.append(row(2, 0.6, 0.9))
    whole = summed([lead, good, lost])
    assert (whole.state, whole.epoch, whole.step, whole.total_steps) == ("training", 2, 54, 74)
    assert (whole.steps_per_second, whole.label, whole.epochs) == (5.0, "lr 0.1", good.epochs)
    good.state = "stopped"
    assert summed([lead, good, lost]).state == "finished"
    assert summed([lost]) is lost


def test_without_accuracies_the_least_loss_is_best():
    runs = [Run(epochs=[row(1, loss)]) for loss in (0.5, 0.2, math.inf)]
    assert best([Run(), *runs]) is runs[1]
