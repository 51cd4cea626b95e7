"""Any drawing, right or wrong."""

import ast

import pytest
from hypothesis import HealthCheck, given, settings

from nnstudio.compiler.compile import compile_document
from nnstudio.compiler.remedy import apply_fix
from nnstudio.compiler.result import Compiled
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from tests.compiler.drawings import (
    assert_shapes_are_true,
    compiled_and_well,
    edited_drawings,
    valid_drawings,
    values_along,
)

ANY_SPEED = list(HealthCheck)
QUIET = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
MORE = settings(max_examples=1000, suppress_health_check=ANY_SPEED)


def check_valid(document: Document, data: Node) -> None:
    """Every node but the muted is in the source, with the shape that torch gives; saved and loaded it is the same."""
    compiled = compiled_and_well(document)
    computed = [node for node in document.nodes.values() if not node.layer.is_given and not node.muted]
    if computed and compiled.source:
        losses = sum(node.layer.is_loss for node in computed)
        assert assert_shapes_are_true(document, compiled, data) == len(computed) - (losses == 1)
    assert compile_document(storage.document_from(storage.graph_bytes(document))) == compiled


def check_any(document: Document) -> None:
    """Whatever is wrong is said in a sentence about a node there is, and what is well runs."""
    compiled = compile_document(document)
    for problem in compiled.problems:
        assert problem.message.endswith(".")
        assert problem.fix == "" or problem.fix.endswith(".")
        assert problem.node == "" or problem.node in document.nodes
        assert problem.severity in ("error", "warning")
        assert problem.port == "" or problem.port in [port.name for port in document.node(problem.node).inputs]
    ast.parse(compiled.source)
    assert set(compiled.lines.values()) <= set(document.nodes)
    if compiled.source:
        data = document.node(compiled.dataset) if compiled.dataset else None
        assert_shapes_are_true(document, compiled, data)
        values_along(compiled, data)
    check_remedies(document, compiled)


def check_remedies(document: Document, compiled: Compiled) -> None:
    """Each fix takes its problem away; undone, all is as before."""
    for problem in compiled.problems:
        if problem.remedy is None:
            continue
        before = storage.graph_bytes(document)
        apply_fix(document, problem)
        after = compile_document(document)
        assert (problem.node, problem.message) not in [(left.node, left.message) for left in after.problems]
        if problem.remedy.kind != "append":
            assert after.problems_of(problem.node) == []
        document.undo()
        assert storage.graph_bytes(document) == before


@QUIET
@settings(suppress_health_check=ANY_SPEED)
@given(drawing=valid_drawings())
def test_valid_drawings_run_with_the_shapes_told(drawing: tuple[Document, Node]) -> None:
    check_valid(*drawing)


@QUIET
@settings(suppress_health_check=ANY_SPEED)
@given(document=edited_drawings())
def test_any_drawing_is_understood(document: Document) -> None:
    check_any(document)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@QUIET
@MORE
@given(drawing=valid_drawings())
def test_many_valid_drawings(drawing: tuple[Document, Node]) -> None:
    check_valid(*drawing)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@QUIET
@MORE
@given(document=edited_drawings(most=80))
def test_many_drawings(document: Document) -> None:
    check_any(document)
