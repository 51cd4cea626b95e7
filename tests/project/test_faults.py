"""What fails in training is told at the node and at the line that the person has typed."""

from __future__ import annotations

import pytest

from nnstudio.errors import EngineError
from nnstudio.graph.document import Document
from nnstudio.headless import Headless
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine
from nnstudio.trust import Trust

CODE = """import math


class Late(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        if CONDITION:
            raise ValueError("enough of it")
        return x * math.pi
"""
LATER = CODE.replace("CONDITION", "self.calls > 30")
AT_ONCE = CODE.replace("CONDITION", "len(x) > 20")
WORDS = "Custom 'own', line 12, raise ValueError(\"enough of it\"): enough of it."


def network(code: str) -> Document:
    document = Document("faulty")
    document.add("Dataset", "moons", dataset="moons")
    document.add("Custom", "own", code=code)
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    for first, second in (("moons.point", "own"), ("own", "head"), ("head", "loss.prediction")):
        document.connect(first, second)
    document.connect("moons.label", "loss.target")
    document.set_plan(epochs=20, batch_size=32)
    return document


def opened(code: str = LATER) -> tuple[Session, FakeEngine]:
    fake = FakeEngine()
    session = Session(network(code), fake, trust=Trust().for_now([code]))
    fake.on_event = session.handle
    fake.start()
    assert session.compiled.errors == ()
    return session, fake


def source_line(session: Session, text: str) -> int:
    lines = session.compiled.source.splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def failed_at(session: Session, fake: FakeEngine, text: str) -> None:
    line = source_line(session, text)
    session.train()
    fake.state("training")
    message = f"Line {line}, {text}: enough of it."
    session.handle(fake_failure(fake, message, line))


def fake_failure(fake: FakeEngine, message: str, line: int) -> msg.RunState:
    return msg.RunState(run=fake.run, state="failed", epoch=1, step=3, message=message, line=line)


@pytest.mark.parametrize(("code", "starts"), [(LATER, True), (AT_ONCE, False)])
def test_a_real_engine_fails_at_the_line_that_was_typed(code: str, starts: bool) -> None:
    document = network(code)
    with Headless(document, Trust().for_now([code])) as headless:
        with pytest.raises(EngineError) as told:
            headless.train()
        session = headless.session
        assert (session.run.state, session.run.message) == ("failed", WORDS)
        assert told.value.message == WORDS
        assert (session.run.step > 0) == starts
        (problem,) = session.compiled.problems
        assert (problem.node, problem.line, problem.severity) == (document.node("own").id, 12, "warning")


def test_every_line_of_the_text_is_known_by_its_own_number() -> None:
    session, _ = opened()
    compiled, own = session.compiled, session.document.node("own").id
    lines = compiled.source.splitlines()
    typed = LATER.split("\n")
    assert {node for node, _ in compiled.typed.values()} == {own}
    assert all(lines[line - 1] == typed[number - 1] for line, (_, number) in compiled.typed.items())
    assert [number for _, number in compiled.typed.values()] == list(range(4, 14))


def test_a_line_that_was_not_typed_is_told_at_its_node() -> None:
    session, fake = opened()
    failed_at(session, fake, "self.head(")
    (problem,) = session.compiled.problems
    assert (problem.node, problem.line) == (session.document.node("head").id, 0)
    assert problem.message.startswith("Linear 'head': Line ")


def test_a_line_of_no_node_is_told_as_it_is() -> None:
    session, fake = opened()
    failed_at(session, fake, "import torch")
    assert session.run.message.startswith("Line ")
    assert session.compiled.problems == ()


def test_the_fault_goes_with_a_change_of_its_node_and_comes_not_back() -> None:
    session, fake = opened()
    failed_at(session, fake, 'raise ValueError("enough of it")')
    assert session.run.message == WORDS
    session.document.set("head", bias=False)
    assert [problem.message for problem in session.compiled.problems] == [WORDS]
    session.write_code("own", "code", LATER.replace("30", "40"))
    assert session.compiled.problems == ()
    session.document.undo()
    assert session.compiled.problems == ()


def test_the_fault_goes_when_its_node_does_and_when_another_run_is_started() -> None:
    session, fake = opened()
    failed_at(session, fake, 'raise ValueError("enough of it")')
    session.train()
    assert session.compiled.problems == ()
    fake.state("training")
    line = source_line(session, "raise ValueError")
    session.handle(fake_failure(fake, f"Line {line}: enough.", line))
    assert [problem.line for problem in session.compiled.problems] == [12]
    session.document.remove("own")
    assert not any("enough" in problem.message for problem in session.compiled.problems)


def test_lines_are_those_of_the_source_that_was_started() -> None:
    session, fake = opened()
    line = source_line(session, "raise ValueError")
    session.train()
    fake.state("training")
    session.document.add("LSTM", "more")
    session.document.connect("own", "more")
    session.handle(fake_failure(fake, f"Line {line}: enough.", line))
    assert session.run.message == "Custom 'own', line 12: enough."
