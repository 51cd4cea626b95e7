"""Code in a project: what a session asks of the engine, what it never tells it, and that the real engine trains it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from nnstudio import cli
from nnstudio.compiler.custom import EXAMPLE
from nnstudio.errors import CompileError
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.headless import Headless
from nnstudio.project.events import Recompiled, Trouble
from nnstudio.project.session import Session, SessionEvent
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine
from nnstudio.trust import Trust

OTHER = EXAMPLE.replace("Scale", "Stretch")


def moons(code: str = EXAMPLE, **params: object) -> Document:
    """moons → own → hidden → head → loss."""
    document = Document("moons net")
    document.add("Dataset", "moons", dataset="moons")
    document.add("Custom", "own", code=code, **params)
    document.add("Linear", "hidden", out_features=8)
    document.add("ReLU", "relu")
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    names = ["moons.point", "own", "hidden", "relu", "head", "loss.prediction"]
    for first, second in pairwise(names):
        document.connect(first, second)
    document.connect("moons.label", "loss.target")
    document.set_plan(epochs=2)
    document.history.clear()
    return document


class Open:
    """A session on a fake engine, with all that it tells."""

    def __init__(self, document: Document, trust: Trust | None = None, *, up: bool = True) -> None:
        self.fake = FakeEngine()
        self.session = Session(document, self.fake, trust=trust)
        self.fake.on_event = self.session.handle
        self.heard: list[SessionEvent] = []
        self.session.subscribe(self.heard.append)
        if up:
            self.fake.start()

    @property
    def messages(self) -> list[str]:
        return [problem.message for problem in self.session.compiled.errors]

    @property
    def measured(self) -> list[msg.Measure]:
        return [request for request in self.fake.asked if isinstance(request, msg.Measure)]

    def carries(self, code: str) -> bool:
        """Whether anything the engine was asked holds that text."""
        return any(code in str(request) for request in self.fake.asked)


def hostile(folder: Path) -> str:
    """Leaves a file when its class is made, another at its import, and a third when it is built."""
    marks = [str(folder / name) for name in ("at-import", "at-class", "at-build")]
    return (
        f"MARK = open({marks[0]!r}, 'w')\n\n\n"
        "class Hostile(nn.Module):\n"
        f"    MARK = open({marks[1]!r}, 'w')\n\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        f"        open({marks[2]!r}, 'w')\n\n"
        "    def forward(self, x):\n"
        "        return x\n"
    )


def marks(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("at-*"))


# Asking


def test_what_is_not_known_is_asked_once_and_told_when_it_is() -> None:
    opened = Open(moons())
    assert opened.messages == []
    assert len(opened.measured) == 1
    (request,) = opened.measured
    assert (request.class_name, request.arguments, request.outputs) == ("Scale", {"start": 1.0}, 1)
    assert request.inputs == (msg.Entry("x", (-1, 2), "float32"),)
    opened.heard.clear()
    opened.session.document.set("hidden", out_features=5)
    opened.session.document.undo()
    assert len(opened.measured) == 1
    opened.session.document.set("own", start=3.0)
    assert len(opened.measured) == 2
    assert opened.messages == []
    assert any(isinstance(event, Recompiled) and not event.compiled.errors for event in opened.heard)


def test_nothing_is_asked_before_there_is_an_engine() -> None:
    opened = Open(moons(), up=False)
    assert opened.messages == ["Custom 'own' is being measured by the engine."]
    assert opened.fake.asked == []
    with pytest.raises(CompileError, match="being measured"):
        opened.session.train()
    opened.fake.start()
    assert opened.messages == []


def test_layers_one_behind_the_other_are_measured_in_turn() -> None:
    document = moons()
    document.add("Custom", "second", start=5.0)
    document.disconnect(document.links_into("hidden", "x")[0])
    document.connect("own", "second")
    document.connect("second", "hidden")
    opened = Open(document)
    assert opened.messages == []
    assert [request.arguments for request in opened.measured] == [{"start": 1.0}, {"start": 5.0}]


def test_what_the_engine_finds_wrong_stands_at_the_node() -> None:
    opened = Open(moons(), up=False)
    opened.fake.measured = lambda request: msg.Measured(key=request.key, problem="It fails.", line=3)  # type: ignore[method-assign]
    opened.fake.start()
    assert opened.messages == ["Custom 'own' does not run: it fails."]
    assert opened.session.compiled.errors[0].line == 3


def test_an_answer_to_nothing_changes_nothing() -> None:
    opened = Open(moons())
    before = opened.session.compiled
    opened.session.handle(msg.Measured(key="nothing", problem="It fails."))
    assert opened.session.compiled is before


def test_what_was_lost_with_the_engine_is_asked_again_but_not_for_ever() -> None:
    opened = Open(moons(), up=False)
    opened.fake._reply = lambda request: msg.Done(request=0)  # type: ignore[method-assign]  # it never answers
    opened.fake.start()
    assert opened.messages == ["Custom 'own' is being measured by the engine."]
    opened.fake.die()
    assert len(opened.measured) == 2
    opened.fake.die()
    assert opened.messages == ["Custom 'own' does not run: the engine ended while it ran this."]
    assert len(opened.measured) == 2


# Consent


def test_code_from_a_file_reaches_the_engine_only_after_it_is_allowed(tmp_path: Path) -> None:
    storage.save(moons(OTHER), tmp_path / "net.nnstudio.json")
    opened = Open(storage.load(tmp_path / "net.nnstudio.json"))
    session = opened.session
    assert opened.messages == ["Custom 'own' holds code that came with the project and has not run."]
    assert [node.name for node in session.measuring.unread(session.document)] == ["own"]
    for asks in (session.train, session.model, lambda: session.export("python", tmp_path / "net.py")):
        with pytest.raises(CompileError, match="has not run"):
            asks()
    session.show()
    session.document.set("own", start=4.0)
    session.document.rename("own", "mine")
    session.document.mute("mine")
    session.document.mute("mine", False)
    session.document.add("Custom", "twin", code=OTHER)
    assert not opened.carries("Stretch")
    steps = len(session.document.history.done)
    session.apply_fix(session.compiled.errors[0])
    assert len(session.document.history.done) == steps
    assert opened.carries("Stretch")
    assert opened.messages == []


def test_no_edit_of_the_document_allows_code_by_itself() -> None:
    """Undo, redo and what comes from other projects bring code that nobody has read."""
    opened = Open(moons())
    opened.session.document.set("own", code=OTHER)
    opened.session.document.undo()
    opened.session.document.redo()
    assert "has not run" in opened.messages[0]
    assert not opened.carries("Stretch")


def test_what_a_person_types_runs_and_is_remembered() -> None:
    opened = Open(moons(), Trust.load())
    opened.session.write_code("own", "code", OTHER)
    assert opened.messages == []
    assert opened.carries("Stretch")
    assert Open(moons(OTHER), Trust.load()).messages == []
    assert "has not run" in Open(moons(OTHER + "\n"), Trust.load()).messages[0]


def test_what_is_typed_into_code_nobody_has_read_waits_too() -> None:
    opened = Open(moons(OTHER))
    opened.session.write_code("own", "code", OTHER + "\n")
    assert "has not run" in opened.messages[0]
    assert not opened.carries("Stretch")


def test_an_answer_that_can_not_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    opened = Open(moons(OTHER), Trust.load(tmp_path / "file" / "allowed.json"))
    opened.session.allow(OTHER)
    assert [event for event in opened.heard if isinstance(event, Trouble)]
    assert opened.messages == []


# With the real engine


def test_a_typed_in_layer_trains_counts_and_is_exported(tmp_path: Path) -> None:
    document = moons(start=2.0)
    with Headless(document) as headless:
        compiled = headless.understood()
        assert compiled.errors == ()
        assert compiled.parameters == 1 + 3 * 8 + 9 * 2
        headless.train()
        assert headless.session.run.state == "finished"
        exported = headless.wait(headless.session.export("python", tmp_path / "net.py"))
    assert isinstance(exported, msg.Exported)
    assert exported.difference == 0.0
    assert document.trained is not None
    assert b"own.factor" in document.trained.weights
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "net.py"], cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    assert "43 parameters" in done.stdout


def test_a_hostile_project_leaves_nothing_before_it_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "net.nnstudio.json"
    storage.save(moons(hostile(tmp_path)), file)
    for arguments in (["check", str(file)], ["source", str(file)], ["check", str(file), "--json"]):
        assert cli.main(arguments) == 1
    assert "class Hostile(nn.Module):" in capsys.readouterr().out
    for more in (["train"], ["export", "--to", "python", "--out", str(tmp_path / "net.py")]):
        assert cli.main([more[0], str(file), *more[1:]]) == 1
        told = capsys.readouterr().err
        assert "nnstudio source" in told
        assert "--allow-code" in told
    assert marks(tmp_path) == []
    assert cli.main(["train", str(file), "--epochs", "1", "--allow-code"]) == 0
    assert marks(tmp_path) == ["at-build", "at-class", "at-import"]
    assert not Trust.load().allows(hostile(tmp_path))


def test_the_engine_sees_nothing_of_a_hostile_project_that_is_open(tmp_path: Path) -> None:
    with Headless(moons(hostile(tmp_path))) as headless:
        headless.engine_ready()
        session = headless.session
        session.show()
        with pytest.raises(CompileError, match="has not run"):
            headless.train()
        session.document.set_plan(epochs=1)
        headless.wait(headless.engine.ask(msg.PreviewData(data=msg.DataRef("moons"))))
        assert marks(tmp_path) == []
        session.apply_fix(next(problem for problem in session.compiled.errors if problem.remedy))
        headless.train()
    assert marks(tmp_path) == ["at-build", "at-class", "at-import"]
