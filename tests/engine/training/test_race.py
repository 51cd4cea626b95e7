import dataclasses

import msgspec
import numpy as np
import pytest

from nnstudio.engine.jobs import Jobs
from nnstudio.engine.looking.stream import Stream
from nnstudio.engine.records import keeping
from nnstudio.engine.records.scribe import wait_until_written
from nnstudio.engine.training import race as race_module
from nnstudio.engine.training import run as run_module
from nnstudio.engine.training import starting
from nnstudio.engine.training.race import MOST_RUNS
from nnstudio.engine.training.starting import Starter
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg


@pytest.fixture
def desk():
    """A starter, what it sends, and the stream that the lead is looked at with."""
    sent = []
    jobs = Jobs(sent.append, lambda key: False)
    return Starter(sent.append, lambda data: jobs.loading(data, "")), sent, Stream(sent.append)


@pytest.fixture
def short_turns(monkeypatch):
    """One step each."""
    monkeypatch.setattr(race_module, "TURN", 0.0)


def alone(desk, entrant):
    starter, sent, stream = desk
    sent.clear()
    run = starter.run(entrant, 1, stream).run
    run.begin()
    while run.state == "training":
        run.advance()
    return losses(sent, run.number)


def start(desk, *entrants):
    starter, sent, stream = desk
    sent.clear()
    race, told = starter.race(msg.StartRace(id=7, entrants=entrants), stream)
    race.begin()
    return race, [each.run for each in told.runs]


def finish(race):
    while race.state == "training":
        race.advance()


def losses(sent, number):
    return np.concatenate([e.losses.numpy() for e in sent if isinstance(e, msg.Progress) and e.run == number])


def last_state(sent, number):
    return [event for event in sent if isinstance(event, msg.RunState) and event.run == number][-1]


def entrants(model, *plans):
    return [msg.Entrant(model, msg.Plan(**{"epochs": 3} | plan)) for plan in plans]


def test_each_computes_what_it_computes_alone(desk, moons, short_turns):
    """Dropout draws from torch's one generator at each step of each."""
    raced = entrants(moons, {}, {"seed": 3}, {"batch_size": 50}, {"optimizer": "SGD", "lr": 0.1})
    plain = [alone(desk, each) for each in raced]
    race, numbers = start(desk, *raced)
    race.advance()
    race.pause()
    race.step()
    finish(race)
    race.step(epoch=True)
    finish(race)
    race.go()
    finish(race)
    assert [last_state(desk[1], number).state for number in numbers] == ["finished"] * 4
    for number, expected in zip(numbers, plain, strict=True):
        assert np.array_equal(losses(desk[1], number), expected)


def test_curves_grow_together_by_epochs(desk, moons, short_turns):
    race, numbers = start(desk, *entrants(moons, {"batch_size": 8}, {"batch_size": 64}))
    for _ in range(60):
        race.advance()
    race.pause()
    seen = [last_state(desk[1], number).step * size for number, size in zip(numbers, (8, 64), strict=True)]
    assert abs(seen[0] - seen[1]) <= 2 * 64


def test_one_in_trouble_ends_alone(desk, moons, short_turns):
    race, numbers = start(desk, *entrants(moons, {}, {"optimizer": "SGD", "lr": 1e30}, {"seed": 2}))
    finish(race)
    states = [last_state(desk[1], number) for number in numbers]
    assert [state.state for state in states] == ["finished", "failed", "finished"]
    assert states[1].kind == "nan"
    assert "start again" in states[1].fix
    assert states[1].step < states[0].step
    assert not race.active


def test_one_can_be_stopped_alone(desk, moons, short_turns):
    race, numbers = start(desk, *entrants(moons, {}, {"seed": 1}))
    race.advance()
    race.stop(numbers[1])
    assert (last_state(desk[1], numbers[1]).state, race.state) == ("stopped", "training")
    finish(race)
    assert last_state(desk[1], numbers[0]).state == "finished"
    assert not race.active


def test_only_the_lead_gives_its_weights(desk, moons, short_turns):
    race, numbers = start(desk, *entrants(moons, {"epochs": 1}, {"epochs": 1, "seed": 1}))
    finish(race)
    assert {event.run for event in desk[1] if isinstance(event, msg.Weights)} == {numbers[0]}


def test_many_tell_no_more_than_a_few(desk, moons):
    race, _ = start(desk, *entrants(moons, *({"seed": seed % 3} for seed in range(16))))
    assert {each.run.report_every for each in race._lanes} == {8 * race_module.REPORT_EVERY}


def test_the_same_data_are_loaded_once(desk, moons, monkeypatch):
    loaded = []
    load_for = starting.load_for
    monkeypatch.setattr(starting, "load_for", lambda *given: loaded.append(given) or load_for(*given))
    other = msgspec.structs.replace(moons, data=msg.DataRef("moons", seed=5))
    race, _ = start(desk, *entrants(moons, {}, {"lr": 0.1}), *entrants(other, {}), *entrants(moons, {}))
    assert len(loaded) == 2
    data = [each.run.subject.data for each in race._lanes]
    assert data[0] is data[1] is data[3] is not data[2]


def test_panels_are_served_after_the_lead_is_over(desk, moons, short_turns):
    race, numbers = start(desk, *entrants(moons, {}, {"epochs": 30}))
    while race.lead.state == "training":
        race.advance()
    desk[2].subscribe(msg.Subscribe(subscription=4, probe="boundary"))
    race.advance()
    (frame,) = [event for event in desk[1] if isinstance(event, msg.ProbeFrame)]
    assert (frame.step, frame.subject, frame.problem) == (last_state(desk[1], numbers[0]).step, 7, "")
    assert race.state == "training"


def test_time_of_others_is_no_time_of_its_own(desk, moons, monkeypatch):
    clock = [0.0]
    for module in (race_module, run_module):
        monkeypatch.setattr(module, "perf_counter", lambda: clock[0])
    race, _ = start(desk, *entrants(moons, {}, {}, {}))
    for seconds, lane in enumerate(race._lanes, 1):
        with lane.turn():
            clock[0] += seconds
    assert [lane.run.account.sums.seconds for lane in race._lanes] == [1.0, 2.0, 3.0]


def test_nothing_is_changed_on_the_way(desk, moons):
    race, _ = start(desk, *entrants(moons, {}, {"seed": 1}))
    with pytest.raises(EngineError, match=r"runs of a race are compared"):
        race.change_layer("dropout", {"p": 0.1})


def test_too_many_and_none_are_refused(desk, moons):
    with pytest.raises(EngineError, match="at least one"):
        start(desk)
    with pytest.raises(EngineError, match=f"65 runs are more than the {MOST_RUNS}"):
        start(desk, *entrants(moons, *({"seed": seed} for seed in range(65))))


def test_what_does_not_fit_together_is_refused_before_anything_is_built(desk, moons, monkeypatch):
    needs = starting.needs_of(moons, msg.Plan())
    one = sum(needs.memory.values())
    monkeypatch.setattr(starting, "needs_of", lambda *_: dataclasses.replace(needs, free=one + 100))
    start(desk, *entrants(moons, {}))
    with pytest.raises(EngineError, match=r"3 runs need .* of memory, and .* are free.") as refused:
        start(desk, *entrants(moons, {}, {"lr": 0.1}, {"seed": 1}))
    assert refused.value.kind == "memory"


def test_which_of_them_is_wrong_is_said(desk, moons):
    good, bad = entrants(moons, {}, {"batch_size": 1})
    bad = msgspec.structs.replace(bad, keeping=msg.Keeping(label="batch_size 1"))
    with pytest.raises(EngineError, match=r"^batch_size 1: BatchNorm needs more than one sample"):
        start(desk, good, bad)


def test_one_goes_on_alone_from_its_checkpoint_to_the_last_bit(desk, moons, short_turns, tmp_path):
    raced = entrants(moons, {"seed": 1}, {"seed": 2, "lr": 0.01})
    plain = alone(desk, raced[1])
    kept = [
        msgspec.structs.replace(each, keeping=msg.Keeping(folder=str(tmp_path / f"{n}")))
        for n, each in enumerate(raced)
    ]
    race, numbers = start(desk, *kept)
    for _ in range(9):
        race.advance()
    race.pause()
    begun = losses(desk[1], numbers[1])
    wait_until_written()
    (path,) = (tmp_path / "1" / "checkpoints").glob("last*")
    race.stop(keep_weights=False)
    resumed = msgspec.structs.replace(raced[1], keeping=msg.Keeping(resume=str(path)))
    assert np.array_equal(np.concatenate([begun, alone(desk, resumed)]), plain)


def test_records_of_many_take_no_more_time_than_that_of_one(desk, moons):
    race, _ = start(desk, *entrants(moons, {}, {}, {}, {}))
    assert {lane.run.keeper._share for lane in race._lanes} == {keeping.SHARE / 4}
    assert {(lane.run.safety.rivals, lane.run.figuring.rivals) for lane in race._lanes} == {(4, 4)}
