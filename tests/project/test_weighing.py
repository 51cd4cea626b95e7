"""Weights that a person types: into a run, into the document, and where there are none yet; with no real engine."""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from nnstudio.errors import CompileError, EngineError, NNStudioError
from nnstudio.graph import weights
from nnstudio.graph.document import Document
from nnstudio.graph.training import EpochRow, Trained
from nnstudio.project.session import Session
from nnstudio.project.weighing import Typed
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.protocol.fake import FakeEngine
from tests.graph.drawings import classifier


def file_of(**tensors: Any) -> bytes:
    """A safetensors file of float32."""
    header, numbers = {}, b""
    for name, values in tensors.items():
        data = np.asarray(values, np.float32)
        key, begin = name.replace("_", "."), len(numbers)
        numbers += data.tobytes()
        header[key] = {"dtype": "F32", "shape": data.shape, "data_offsets": [begin, len(numbers)]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers


FRESH = np.arange(640.0).reshape(10, 64)
KEPT = Trained(file_of(head_weight=FRESH, head_bias=np.zeros(10)), (EpochRow(1, 0.5, 0.5),), seed=3)


class Bench:
    """A classifier that is looked at, with an engine whose seed gives FRESH."""

    def __init__(self, trained: Trained | None = None) -> None:
        self.engine = FakeEngine()
        self.document = classifier()
        self.document.set_trained(trained)
        self.session = Session(self.document, self.engine)
        self.engine.on_event = self.session.handle
        self.engine.start()
        self.engine.replies[msg.ChangeWeight] = self._changed
        self.weights = {"head_weight": FRESH.copy(), "head_bias": np.zeros(10)}
        self.session.show()

    def _changed(self, request: msg.ChangeWeight, number: int) -> msg.AnyReply:
        self.weights[request.name.replace(".", "_")][request.index] = request.value.numpy()
        if request.tell:
            return msg.Weighed(request=number, data=file_of(**self.weights))
        return msg.Done(request=number)

    def type(self, value: Any, index: tuple[int, ...] = (), name: str = "head.weight", *, more: bool = False) -> Any:
        typed = Typed(name, np.asarray(value, np.float64), index)
        future = self.session.weighing.set([typed], more=more)
        return self.session.weighing.take(future) if future is not None else None

    def number(self, row: int, column: int, name: str = "head.weight") -> float:
        assert self.document.trained is not None
        found = weights.tensor(self.document.trained.weights, name)
        assert found is not None
        data = np.frombuffer(self.document.trained.weights[found.begin : found.end], np.float32).reshape(found.shape)
        return float(data[row, column] if data.ndim > 1 else data[row])

    @property
    def asked(self) -> list[msg.ChangeWeight]:
        return [request for request in self.engine.asked if isinstance(request, msg.ChangeWeight)]


def loads(engine: FakeEngine) -> int:
    return sum(isinstance(request, msg.Load) for request in engine.asked)


def test_a_number_typed_into_trained_weights_is_an_undo_step_and_seen_at_once() -> None:
    bench = Bench(KEPT)
    before = loads(bench.engine)
    assert bench.type(0.5, (2, 3)) is None
    assert bench.number(2, 3) == 0.5
    assert (bench.asked[0].name, bench.asked[0].index, bench.asked[0].tell) == ("head.weight", (2, 3), False)
    bench.session.show()
    assert loads(bench.engine) == before, "what the engine changed itself need not be loaded again"
    bench.document.undo()
    assert bench.document.trained == KEPT
    bench.session.show()
    assert loads(bench.engine) == before + 1


def test_rows_and_whole_tensors_are_typed_too() -> None:
    bench = Bench(KEPT)
    bench.type(np.full(64, 2.0), (1,))
    assert [bench.number(row, 63) for row in (0, 1, 2)] == [63.0, 2.0, 191.0]
    bench.type(np.ones(10), name="head.bias")
    assert bench.number(9, 0, "head.bias") == 1.0
    with pytest.raises(NNStudioError, match="another shape"):
        bench.type(np.ones(9), name="head.bias")
    with pytest.raises(NNStudioError, match="finite"):
        bench.type(float("nan"), (0, 0))
    assert len(bench.document.history.done) == 2


def test_without_trained_weights_those_of_the_seed_become_the_documents() -> None:
    bench = Bench()
    assert bench.type(0.5, (2, 3)) is None
    assert bench.number(2, 3) == 0.5
    assert bench.number(2, 4) == FRESH[2, 4]
    assert bench.document.trained is not None
    assert bench.document.trained.seed == bench.document.plan.seed
    assert bench.document.history.undo_name == "Set weights"
    assert bench.session.starting_anew == ()
    before = loads(bench.engine)
    bench.session.show()
    assert loads(bench.engine) == before
    bench.type(1.5, (0, 0))
    assert bench.document.history.undo_name == "Set head.weight"
    bench.document.undo()
    bench.document.undo()
    assert bench.document.trained is None


def test_a_drag_is_one_step_whether_or_not_there_were_weights() -> None:
    for trained in (KEPT, None):
        bench = Bench(trained)
        bench.type(0.5, (2, 3))
        for value in (0.6, 0.7, 0.8):
            bench.type(value, (2, 3), more=True)
        assert bench.number(2, 3) == pytest.approx(0.8)
        assert len(bench.document.history.done) == 1
        bench.document.undo()
        assert bench.document.trained == trained
        bench.document.redo()
        assert bench.number(2, 3) == pytest.approx(0.8)


def test_what_is_typed_while_the_weights_are_on_their_way_waits() -> None:
    bench = Bench()
    open_: Future[msg.AnyReply] = Future()
    ask, bench.engine.ask = bench.engine.ask, lambda request: open_  # type: ignore[method-assign]  # one slow answer
    assert bench.session.weighing.set([Typed("head.weight", np.array(0.5), (2, 3))]) is open_
    assert bench.session.weighing.set([Typed("head.weight", np.array(0.75), (2, 3))], more=True) is None
    assert bench.document.trained is None
    bench.engine.ask = ask  # type: ignore[method-assign]  # as it was
    bench.weights["head_weight"][2, 3] = 0.5
    open_.set_result(msg.Weighed(request=1, data=file_of(**bench.weights)))
    assert bench.session.weighing.take(open_) is None
    assert bench.number(2, 3) == 0.75
    assert len(bench.document.history.done) == 1


def test_a_drawing_that_changed_meanwhile_gets_none_of_it() -> None:
    bench = Bench()
    future = bench.session.weighing.set([Typed("head.weight", np.array(0.5), (2, 3))])
    assert future is not None
    bench.document.set("head", out_features=9)
    error = bench.session.weighing.take(future)
    assert error is not None
    assert "changed meanwhile" in error.message
    assert bench.document.trained is None
    assert bench.session.weighing.take(future) is None, "and nothing waits any more"


def test_in_a_run_numbers_go_to_the_run_under_its_names() -> None:
    bench = Bench(KEPT)
    bench.session.train()
    bench.engine.state("training")
    bench.document.rename("head", "out")
    steps = len(bench.document.history.done)
    bench.type(0.5, (2, 3), "out.weight")
    assert (bench.asked[-1].name, bench.asked[-1].tell) == ("head.weight", False)
    assert len(bench.document.history.done) == steps
    bench.engine.refuse = EngineError("No.")
    error = bench.type(0.5, (2, 3), "out.weight")
    assert error is not None
    assert error.message == "No."


def test_a_value_node_keeps_its_number_as_a_parameter() -> None:
    document = Document("hand")
    node = document.add("Value", "a", value=((1.0, 2.0),))
    session = Session(document, FakeEngine())
    session.weighing.set_parameter(node.id, ((1.0, 3.0),))
    session.weighing.set_parameter(node.id, ((1.0, 4.0),), more=True)
    assert document.node("a").params["value"] == ((1.0, 4.0),)
    assert [step.name for step in document.history.done][1:] == ["Set value"]


def by_hand(trained: Trained | None = None) -> Bench:
    """A constant times a value, looked at."""
    bench = Bench()
    document = bench.document = Document("hand")
    document.add("Constant", "k", value=((1.0, 2.0),))
    document.add("Value", "a", value=3.0)
    document.add("Multiply", "product")
    document.connect("k", "product")
    document.connect("a", "product")
    document.set_trained(trained)
    bench.session = Session(document, bench.engine)
    bench.engine.on_event = bench.session.handle
    bench.session.join(EngineChange("ready"))
    bench.engine.replies[msg.ChangeWeight] = lambda _, number: msg.Done(request=number)
    bench.session.show()
    bench.engine.asked.clear()
    return bench


def test_a_number_of_the_drawing_is_set_in_what_is_looked_at_too_and_nothing_is_built_anew() -> None:
    bench = by_hand()
    key = bench.document.node("k").id
    bench.session.weighing.set_number(key, "k", (0, 1), 5.0)
    bench.session.weighing.set_number(key, "k", (0, 0), 4.0, more=True)
    assert bench.document.node("k").params["value"] == ((4.0, 5.0),)
    assert [(request.name, request.value.numpy().tolist()) for request in bench.asked] == [
        ("k", [[1.0, 5.0]]),
        ("k", [[4.0, 5.0]]),
    ]
    assert bench.session.show() is None
    bench.document.undo()
    assert bench.document.node("k").params["value"] == ((1.0, 2.0),)
    assert bench.session.show() is not None, "what was taken back is loaded"


@pytest.mark.parametrize("edit", [("k", ((1.0, 2.0, 3.0),)), ("a", (3.0, 4.0))])
def test_another_shape_is_built_anew(edit: tuple[str, Any]) -> None:
    bench = by_hand()
    name, value = edit
    bench.session.weighing.set_parameter(bench.document.node(name).id, value)
    assert bench.asked == []
    assert bench.session.show() is not None or bench.session.compiled.errors


def test_what_is_not_looked_at_yet_is_built_anew() -> None:
    bench = by_hand()
    bench.document.set("k", value=((7.0, 8.0),))
    bench.session.weighing.set_number(bench.document.node("a").id, "a", (), 1.0)
    assert bench.asked == []
    assert bench.session.show() is not None


def test_a_trained_value_is_changed_where_it_is_trained() -> None:
    bench = by_hand(Trained(file_of(a=np.array(2.5)), (EpochRow(1, 0.5, 0.5),), seed=3))
    assert bench.session.weighing.is_trained("a")
    bench.session.weighing.set_number(bench.document.node("a").id, "a", (), 1.5)
    assert bench.document.node("a").params["value"] == 3.0
    assert bench.document.trained is not None
    assert bench.document.trained.weights.endswith(np.float32(1.5).tobytes())


def test_while_there_are_problems_nothing_can_be_typed() -> None:
    bench = Bench()
    bench.document.remove("flatten")
    with pytest.raises(CompileError):
        bench.type(0.5, (2, 3))
