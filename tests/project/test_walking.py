"""A walk through a recorded batch, in the drawing: without Qt, and without an engine."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest

from nnstudio.errors import EngineError
from nnstudio.graph.document import Document
from nnstudio.project.events import Walked
from nnstudio.project.session import Session
from nnstudio.project.walking import Walk
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.protocol.fake import FakeEngine

FORWARD = ("point", "stack.0.linear", "stack.1.linear", "head", "")
BACKWARD = ("", "head", "stack.1.linear", "stack.0.linear")
ALIASES = {"stack.1.linear": ("stack",)}


def drawing() -> Document:
    """Data → a block that is repeated → a muted layer → head → loss."""
    document = Document("blocks")
    data = document.add("Dataset", "points", dataset="moons")
    flat = document.add("Linear", "linear", out_features=2)
    document.connect(data, flat)
    block = document.make_block([flat], "Part")
    document.set(block, repeat=2)
    document.rename(block, "stack")
    tanh = document.add("Tanh", "tanh")
    head = document.add("Linear", "head", out_features=2)
    loss = document.add("CrossEntropyLoss", "loss")
    document.connect(block, tanh)
    document.connect(tanh, head)
    document.connect(head, loss)
    document.connect("points.label", "loss.target")
    document.mute(tanh)
    return document


def recorded(step: int = 0, **more: object) -> msg.Recorded:
    """A batch of 3 whose numbers tell where they are from."""
    steps, arrays = [], {}
    for number, (name, backward) in enumerate([*((n, False) for n in FORWARD), *((n, True) for n in BACKWARD)]):
        key = f"{backward}:{name}"
        shape = (3, 4) if name else ()
        arrays[key] = msg.Array.of(np.full(shape[1:], number, np.float32))
        told = msg.NodeStep(name, backward, shape, key, mean=number, given=name == "point")
        steps.append(told if name not in ALIASES else msg_alias(told))
    values = {"request": 1, "step": step, "loss": 4.0, "steps": tuple(steps), "arrays": arrays, "samples": 3}
    return msg.Recorded(**{**values, **more})


def msg_alias(step: msg.NodeStep) -> msg.NodeStep:
    return msg.NodeStep(step.name, step.backward, step.shape, step.array, step.mean, aliases=ALIASES[step.name])


@pytest.fixture
def document() -> Document:
    return drawing()


def test_there_and_back_again(document: Document) -> None:
    walk = Walk(recorded(), document)
    assert (walk.position, walk.backward, walk.count, walk.turn) == (0, False, (1, 5), 5)
    assert walk.go_to(5)
    assert (walk.backward, walk.count, walk.at_end) == (True, (1, 4), False)
    assert walk.go_to(99)
    assert (walk.position, walk.at_end, walk.count) == (8, True, (4, 4))
    assert not walk.go_to(99)
    assert walk.go_to(-1)
    assert walk.position == 0


def test_operations_are_found_in_the_drawing(document: Document) -> None:
    ids = {node.name: node.id for node in document.nodes.values()}
    inner = next(
        node.id for node in document.sheet(document.node("stack").block).nodes.values() if node.type == "Linear"
    )
    walk = Walk(recorded(), document)
    inside = (ids["stack"], inner)
    assert [stop.places for stop in walk.stops[:5]] == [
        ((ids["points"],),), (inside,), (inside, (ids["stack"],)), ((ids["head"],),), ((ids["loss"],),),
    ]  # fmt: skip
    walk.go_to(1)
    assert walk.here(()) == ids["stack"], "the block is where one is, seen from outside"
    assert walk.here((ids["stack"],)) == inner
    assert not walk.reached((ids["stack"],))
    walk.go_to(2)
    assert walk.reached((ids["stack"],))
    assert walk.here((ids["head"],)) == ""


def test_what_is_known_grows_and_shrinks_with_the_walk(document: Document) -> None:
    head = (document.node("head").id,)
    stack, linear = walk_inside(document)
    walk = Walk(recorded(), document)
    assert walk.value(head) is None
    walk.go_to(1)
    first = walk.value((stack, linear))
    walk.go_to(3)
    assert first is not None
    assert walk.value((stack, linear)) is walk.stops[2].step, "the last of the repetitions"
    assert walk.value(head) is walk.stops[3].step
    assert walk.gradient(head) is None
    walk.go_to(6)
    assert walk.gradient(head) is walk.stops[6].step
    assert walk.reached(head)
    assert not walk.reached((stack,))
    walk.go_to(1)
    assert (walk.value(head), walk.gradient(head)) == (None, None)
    numbers = walk.numbers(first)
    assert numbers is not None
    assert numbers.tolist() == [1.0] * 4


def walk_inside(document: Document) -> tuple[str, str]:
    block = document.node("stack")
    nodes = document.sheet(block.block).nodes.values()
    return block.id, next(node.id for node in nodes if node.type == "Linear")


def test_sources_pass_through_what_is_muted(document: Document) -> None:
    walk = Walk(recorded(), document)
    walk.go_to(3)
    assert [(name, step.name) for name, step in walk.sources()] == [("stack", "stack.1.linear")]
    assert walk.sample_shape(walk.current.step) == (4,)
    walk.go_to(4)
    assert [name for name, _ in walk.sources()] == ["head", "points"]


def test_norms_of_the_gradients_by_the_weights_of_a_node(document: Document) -> None:
    norms = {"head.weight": 0.5, "head.bias": 0.1, "stack.0.linear.weight": 2.0}
    walk = Walk(recorded(weight_norms=norms), document)
    assert walk.weight_norms() == {}
    walk.go_to(6)
    assert walk.weight_norms() == {"weight": 0.5, "bias": 0.1}
    walk.go_to(5)
    assert walk.weight_norms() == {}, "the loss has none"


def test_what_is_in_no_drawing_is_passed_over(document: Document) -> None:
    steps = (msg.NodeStep("typed.h", False, (3, 4)), msg.NodeStep("head", False, (3, 10)))
    assert [stop.step.name for stop in Walk(recorded(steps=steps), document).stops] == ["head"]
    with pytest.raises(EngineError, match="nothing"):
        Walk(recorded(steps=steps[:1]), document)


def test_several_losses_are_places_of_their_own_and_the_sum_is_none(document: Document) -> None:
    document.add("MSELoss", "second")
    steps = (msg.NodeStep("loss", False, ()), msg.NodeStep("second", False, ()), msg.NodeStep("", False, ()))
    walk = Walk(recorded(steps=steps), document)
    assert [len(stop.places) for stop in walk.stops] == [1, 1, 0]
    walk.go_to(2)
    assert (walk.here(()), walk.sources()) == ("", [])


def test_further_outputs_are_at_their_node() -> None:
    document = Document("lstm")
    lstm = document.add("LSTM", "lstm")
    port = lstm.outputs[1].name
    steps = (msg.NodeStep("lstm", False, (3, 4)), msg.NodeStep(f"lstm_{port}", False, (3, 4)))
    walk = Walk(recorded(steps=steps), document)
    assert [stop.places for stop in walk.stops] == [((lstm.id,),)] * 2
    assert walk.example((lstm.id,)) is walk.stops[0].step, "the first output is what a card shows"


# The walk of a session


class Case:
    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.session = Session(drawing(), self.engine)
        self.engine.on_event = self.session.handle
        self.engine.start()
        self.engine.replies[msg.Record] = lambda request, number: recorded(sample=request.sample)
        self.told = 0
        self.session.subscribe(self.hear)

    def hear(self, event: object) -> None:
        self.told += isinstance(event, Walked)

    @property
    def walk(self) -> Walk | None:
        return self.session.walking.walk

    def begin(self) -> None:
        self.session.walking.take(self.session.walking.record())
        assert self.walk is not None


@pytest.fixture
def case() -> Case:
    return Case()


def test_it_is_told_when_it_begins_goes_on_and_ends(case: Case) -> None:
    case.begin()
    assert case.told == 1
    case.session.walking.go_to(3)
    case.session.walking.go_to(3)
    assert case.told == 2
    case.session.walking.forget()
    case.session.walking.forget()
    assert (case.walk, case.told) == (None, 3)


def test_another_sample_at_the_same_place(case: Case) -> None:
    case.begin()
    case.session.walking.go_to(6)
    case.session.walking.take(case.session.walking.record(2))
    assert case.walk is not None
    assert (case.walk.position, case.walk.recorded.sample) == (6, 2)


def test_the_engine_gets_the_drawing_as_it_is_before_it_records(case: Case) -> None:
    session, engine = case.session, case.engine
    slow: Future[msg.AnyReply] = Future()
    session.showing.give(session.model(), slow)
    session.document.set("head", bias=False)
    engine.asked.clear()
    session.walking.record()
    load, record = engine.asked
    assert isinstance(load, msg.Load)
    assert "bias=False" in load.model.source
    assert isinstance(record, msg.Record)


def test_a_refusal_is_told_and_ends_nothing(case: Case) -> None:
    case.begin()
    case.engine.refuse = EngineError("The run is going on.", fix="Pause it first.")
    with pytest.raises(EngineError, match="going on"):
        case.session.walking.take(case.session.walking.record())
    assert case.walk is not None


def test_an_answer_that_nobody_waits_for_any_more_is_dropped(case: Case) -> None:
    asked = case.session.walking.record()
    case.session.document.set("head", bias=False)
    case.session.walking.take(asked)
    assert case.walk is None
    other: Future[msg.AnyReply] = Future()
    case.session.walking.take(other)
    assert case.walk is None


@pytest.mark.parametrize(
    ("happens", "stays"),
    [
        (lambda c: c.session.document.set("head", bias=False), False),
        (lambda c: c.session.document.set_plan(batch_size=64), False),
        (lambda c: c.session.document.rename("head", "last"), False),
        (lambda c: c.session.document.move({c.session.document.node("head").id: (5.0, 5.0)}), True),
        (lambda c: c.session.document.retitle("other"), True),
        (lambda c: c.session.handle(EngineChange("lost", "gone")), False),
        (lambda c: c.session.handle(msg.RunState(run=1, state="training", epoch=0, step=0)), False),
    ],
)
def test_it_is_forgotten_when_it_is_true_no_longer(case: Case, happens: object, stays: bool) -> None:
    case.begin()
    happens(case)  # type: ignore[operator]
    assert (case.walk is not None) == stays


def test_a_run_that_stands_where_it_was_recorded_is_still_the_same(case: Case) -> None:
    case.engine.replies[msg.Record] = lambda request, number: recorded(step=7)
    case.session.train()
    case.engine.state("training")
    case.engine.state("paused", 1, 7)
    case.begin()
    case.engine.state("paused", 1, 7)
    assert case.walk is not None
    changed = msg.Changed(run=case.engine.run, step=7, what="lr", before="1", after="2")
    case.engine.on_event(changed)
    assert case.walk is None
