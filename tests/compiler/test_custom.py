"""Layers that a person typed in: asked about, written, and kept from running where something is wrong."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from nnstudio.catalogue.tensors import N, TensorSpec
from nnstudio.compiler.compile import Compiler, compile_document
from nnstudio.compiler.custom import ALLOW, EXAMPLE, Answer, Measurement, Question, Refusal
from nnstudio.compiler.result import Compiled
from nnstudio.errors import DocumentError, StorageError
from nnstudio.graph import storage
from nnstudio.graph.document import Document

TWO = """import math


class Split(nn.Module):
    def __init__(self, share: float = 0.5, label: str = "a") -> None:
        super().__init__()
        self.left = nn.Linear(2, 2)

    def forward(self, x, mask=None):
        return self.left(x), math.pi * x
"""


class Known:
    """Answers of an engine that finds every output like the first input, unless told otherwise."""

    def __init__(self, answer: Answer | None = None, *, unread: str = "") -> None:
        self.answer, self.unread = answer, unread
        self.asked: list[Question] = []

    def allows(self, code: str) -> bool:
        return code != self.unread

    def find(self, question: Question) -> Answer | None:
        self.asked.append(question)
        if self.answer is not None:
            return self.answer
        first = question.inputs[0]
        return Measurement((TensorSpec(first.shape),) * question.outputs, {"factor": (2, 3)})


def moons(**params: object) -> Document:
    """moons → custom → head → loss."""
    document = Document("moons")
    document.add("Dataset", "moons", dataset="moons")
    document.add("Custom", "own", **params)
    document.add("Linear", "head", out_features=2)
    document.add("CrossEntropyLoss", "loss")
    for first, second in (("moons.point", "own"), ("own", "head"), ("head", "loss.prediction")):
        document.connect(first, second)
    document.connect("moons.label", "loss.target")
    return document


def messages(compiled: Compiled) -> list[str]:
    return [problem.message for problem in compiled.errors]


def test_what_is_measured_counts_and_is_written() -> None:
    known = Known()
    document = moons(start=2.0)
    compiled = compile_document(document, known)
    assert messages(compiled) == []
    own = compiled.facts[document.node("own").id]
    assert own.outputs["y"].shape == (N, 2)
    assert (own.parameters, compiled.parameters) == (6, 12)
    assert EXAMPLE.rstrip() in compiled.source
    assert "self.own = Scale(start=2.0)" in compiled.source
    assert "own = self.own(point)  # N×2" in compiled.source
    ast.parse(compiled.source)
    line = compiled.source.splitlines().index("class Scale(nn.Module):") + 1
    assert compiled.lines[line] == document.node("own").id


def test_a_question_says_all_that_the_shapes_follow_from() -> None:
    known = Known()
    compile_document(moons(start=2.0), known)
    (question,) = set(known.asked)
    assert (question.class_name, question.arguments, question.outputs) == ("Scale", (("start", 2.0),), 1)
    assert [(entry.name, entry.shape, entry.dtype) for entry in question.inputs] == [("x", (N, 2), "float32")]
    others = [moons(start=3.0), moons(outputs="z, w"), moons(code=EXAMPLE + "\n")]
    for other in others:
        compile_document(other, known)
    assert len({question.key for question in known.asked}) == 4


def test_without_an_answer_nothing_runs() -> None:
    compiled = compile_document(moons())
    assert messages(compiled) == ["Custom 'own' is being measured by the engine."]
    assert "self.own" not in compiled.source


def test_what_the_engine_found_wrong_is_told_at_the_node() -> None:
    document = moons()
    compiled = compile_document(document, Known(Refusal("Line 9, return x: it fails.", "Mend it.", 9)))
    (problem,) = compiled.errors
    assert problem.node == document.node("own").id
    assert problem.message == "Custom 'own' does not run: line 9, return x: it fails."
    assert (problem.fix, problem.line) == ("Mend it.", 9)


def test_a_slip_is_told_with_its_line_and_is_not_asked_about() -> None:
    known = Known()
    (problem,) = compile_document(moons(code=EXAMPLE.replace(") -> None:", ") -> None")), known).errors
    assert "line 4: Expected ':'" in problem.message
    assert problem.line == 4
    assert known.asked == []


# Code that waits to be read


@pytest.mark.parametrize("connected", [True, False])
def test_unread_code_is_shown_and_nothing_else(connected: bool) -> None:
    code = EXAMPLE.replace("Scale", "Strange")
    document = moons(code=code)
    if not connected:
        document.disconnect(document.links_into("own", "x")[0])
    known = Known(unread=code)
    compiled = compile_document(document, known)
    problem = next(problem for problem in compiled.errors if problem.remedy)
    assert "came with the project and has not run" in problem.message
    assert problem.remedy is not None
    assert (problem.remedy.kind, problem.remedy.params) == (ALLOW, {"code": code})
    assert "class Strange(nn.Module):" in compiled.source
    assert "Strange()" not in compiled.source
    assert known.asked == []


def test_unread_code_in_a_block_is_told_even_where_the_block_is_used_nowhere() -> None:
    code = EXAMPLE.replace("Scale", "Strange")
    document = moons()
    block = document.add_block("Part")
    document.sheet(block.id).add("Custom", "inner", code=code)
    compiled = compile_document(document, Known(unread=code))
    assert ["came with the project" in message for message in messages(compiled)].count(True) == 1


def test_code_is_compiled_once_it_is_allowed() -> None:
    code = EXAMPLE.replace("Scale", "Strange")
    known = Known(unread=code)
    document, compiler = moons(code=code), Compiler(known)
    assert compiler.compile(document).errors
    known.unread = ""
    assert messages(compiler.compile(document)) == []


# Several of them


def test_equal_texts_are_written_once_and_imports_stand_at_the_head() -> None:
    document = moons(code=TWO, outputs="left, right")
    document.add("Custom", "again", code=TWO, outputs="left, right", share=0.25, label='b "#  # ("')
    document.connect("own.right", "again.x")
    compiled = compile_document(document, Known())
    assert messages(compiled) == []
    assert compiled.source.count("class Split(nn.Module):") == 1
    assert compiled.source.index("import math") < compiled.source.index("from pathlib") < compiled.source.index("class")
    assert "own, own_right = self.own(point)" in compiled.source
    made = next(line for line in compiled.source.splitlines() if "self.again = " in line)
    call = ast.parse(made.strip()).body[0].value  # type: ignore[attr-defined]  # an assignment
    assert {each.arg: ast.literal_eval(each.value) for each in call.keywords} == {"share": 0.25, "label": 'b "#  # ("'}


@pytest.mark.parametrize(
    "code",
    [
        EXAMPLE + "\nEPS = 1\n",
        EXAMPLE.replace("class Scale", "class Moons"),
        EXAMPLE.replace("class Scale", "class Part"),
        EXAMPLE.replace("class Scale", "class PatchEmbedding"),
        EXAMPLE.replace("Scale", "Own") + "\ndef print(x):\n    pass\n",
        EXAMPLE.replace("Scale", "Own") + "\npoint = 3\n",
        "from torch import nn as torch\n" + EXAMPLE.replace("Scale", "Own"),
    ],
)
def test_names_that_mean_two_things_are_refused(code: str) -> None:
    document = moons()
    document.add_block("Part")
    second = document.add("Custom", "second", code=code)
    document.connect("moons.point", second)
    (problem,) = compile_document(document, Known()).errors
    assert problem.node == second.id
    assert "which means something else in the model's source already" in problem.message


def test_what_decides_the_ports_can_not_be_set_from_outside() -> None:
    document = moons()
    block = document.make_block(["own"], "Part").block
    own = next(node for node in document.sheet(block).in_order() if node.type == "Custom")
    for param in ("code", "outputs"):
        with pytest.raises(DocumentError, match="decides what ports"):
            document.promote(own, param)


def test_places_of_a_block_share_a_class_with_what_is_typed_in() -> None:
    document = moons()
    block = document.make_block(["own"], "Part")
    inner = document.sheet(block.block).in_order()
    own = next(node for node in inner if node.type == "Custom")
    document.promote(own, "start")
    second = document.place(block.block)
    document.set(second, start=7.0)
    document.connect("moons.point", second)
    compiled = compile_document(document, Known())
    assert messages(compiled) == []
    assert compiled.source.count("class Scale(nn.Module):") == 1
    assert compiled.source.count("class Part(nn.Module):") == 1
    assert "self.own = Scale(start=start)" in compiled.source
    ast.parse(compiled.source)


def test_a_file_can_not_offer_what_decides_the_ports_either(tmp_path: Path) -> None:
    document = moons()
    own = document.make_block(["own"], "Part").block
    document.promote(next(node for node in document.sheet(own).in_order() if node.type == "Custom"), "start")
    storage.save(document, tmp_path / "net.nnstudio.json")
    text = (tmp_path / "net.nnstudio.json").read_text().replace('"param": "start"', '"param": "code"')
    (tmp_path / "net.nnstudio.json").write_text(text)
    with pytest.raises(StorageError, match=r"net\.nnstudio\.json"):
        storage.load(tmp_path / "net.nnstudio.json")
