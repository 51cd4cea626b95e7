"""Blocks in the window: the way back over the canvas, the Block menu, and what the inspector says and offers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from nnstudio.compiler.compile import Compiler
from nnstudio.compiler.result import Compiled
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.project.session import Session
from nnstudio.settings import Settings
from nnstudio.ui.panels.problems import ProblemsPanel
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, Studio, classifier, make_active, open_studio, settle, shown


def with_blocks() -> Document:
    """digits → ConvBlock (conv → Act (relu)) → flatten → head → loss."""
    document = classifier()
    block = document.make_block(["conv", "relu"], "ConvBlock")
    inside = document.sheet(block.block)
    inside.make_block([inside.node("relu")], "Act")
    document.history.clear()
    return document


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(with_blocks())


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    window = MainWindow(studio.bridge, Settings(), Answers(ask_unsaved="discard"))  # type: ignore[arg-type]  # a stand-in
    shown(qtbot, window)
    make_active(window)
    yield window
    window.close()


def block(studio: Studio) -> Node:
    return studio.document.node("conv_block")


def act(studio: Studio) -> Node:
    return studio.document.sheet(block(studio).block).node("act")


def test_the_way_back_stands_over_the_canvas_inside_of_blocks(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    crumbs = window.breadcrumb
    assert not crumbs.isVisible()
    studio.bridge.enter(block(studio).id)
    studio.bridge.enter(act(studio).id)
    assert crumbs.isVisible()
    assert [step.text() for step in crumbs.steps] == ["digits cnn", "ConvBlock"]
    assert crumbs.here.text() == "Act"
    studio.document.rename_block(act(studio).block, "Relu")
    assert crumbs.here.text() == "Relu"
    qtbot.mouseClick(crumbs.back, Qt.MouseButton.LeftButton)
    assert studio.bridge.path == (block(studio).id,)
    studio.bridge.enter(act(studio).id)
    qtbot.mouseClick(crumbs.steps[0], Qt.MouseButton.LeftButton)
    assert studio.bridge.path == ()
    assert not crumbs.isVisible()
    assert studio.bridge.selection == (block(studio).id,)


def test_the_block_menu_offers_what_is_possible(window: MainWindow, studio: Studio) -> None:
    action = window.actions_table.action
    keys = ("make_block", "dissolve_block", "enter_block", "leave_block", "rename_block", "unlink_block")

    def possible() -> list[bool]:
        return [action(key).isEnabled() for key in keys]

    assert possible() == [False] * 6
    studio.bridge.select((studio.document.node("head").id,))
    assert possible() == [True, False, False, False, False, False]
    studio.bridge.select((block(studio).id,))
    assert possible() == [True, True, True, False, True, False]
    action("duplicate").trigger()
    assert possible() == [True, True, True, False, True, True]
    action("enter_block").trigger()
    assert possible() == [False, False, False, True, True, False]


def test_the_keys_make_and_dissolve(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    window.canvas.setFocus()
    studio.bridge.select((studio.document.node("flatten").id, studio.document.node("head").id))
    qtbot.keyClick(window.canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    made = studio.document.node(studio.bridge.selection[0])
    assert studio.document.blocks[made.block].name == "Block"
    assert "head" not in studio.document.names
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window.canvas, Qt.Key.Key_G, both)
    assert "head" in studio.document.names
    assert window.actions_table.action("undo").text() == "Undo Dissolve block"


def test_a_parameter_is_offered_outside_and_set_there(window: MainWindow, studio: Studio) -> None:
    page = window.inspector.node_page
    conv = studio.document.sheet(block(studio).block).node("conv")
    studio.bridge.select((conv.id,))
    assert page.offer_menu("name") is None
    menu = page.offer_menu("out_channels")
    assert menu is not None
    menu.actions()[0].trigger()
    assert "out_channels ↗" in [label.text() for label in page.form._labels]
    studio.bridge.leave()
    assert set(page.form.fields) == {"name", "repeat", "out_channels"}
    page.form.fields["out_channels"].committed.emit(6)
    assert studio.bridge.session.compiled.facts[conv.id].outputs["y"].shape == (-1, 6, 8, 8)
    assert list(page.block.removers) == ["out_channels"]
    page.block.removers["out_channels"].click()
    assert set(page.form.fields) == {"name", "repeat"}
    assert not studio.told


def test_the_blocks_name_is_edited_in_the_inspector(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    studio.bridge.select((block(studio).id,))
    window.actions_table.action("rename_block").trigger()
    field = window.inspector.node_page.block.form.fields["block"]
    assert field.editor.hasFocus()
    qtbot.keyClicks(field.editor, "Stem")
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert window.canvas.canvas.nodes[block(studio).id].card.name == "Stem"
    qtbot.keyClicks(field.editor, " x")
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert "can not be the name of a block" in field.problem


def test_inside_with_nothing_chosen_the_inspector_shows_the_block(window: MainWindow, studio: Studio) -> None:
    studio.bridge.enter(block(studio).id)
    page = window.inspector.block_page
    assert window.inspector.page is page
    assert page.heading.text() == "ConvBlock"
    assert page.totals.text() == "4 nodes · 40 parameters"
    studio.bridge.leave()
    studio.bridge.select(())
    assert window.inspector.page is window.inspector.project_page


def test_a_problem_inside_of_a_block_is_gone_to_and_mended_there(window: MainWindow, studio: Studio) -> None:
    inside = studio.document.sheet(block(studio).block)
    linear = inside.add("Linear", "wrong")
    inside.connect("conv", linear)
    settle(studio.bridge)
    panel = window.docks.panels["problems"]
    assert isinstance(panel, ProblemsPanel)
    problem = next(problem for problem in panel.problems if problem.node == linear.id and problem.remedy)
    assert panel.name_of(problem.node) == "wrong"
    panel._on_chosen(problem)
    assert studio.bridge.path == (block(studio).id,)
    assert studio.bridge.selection == (linear.id,)
    studio.bridge.session.apply_fix(problem)
    assert "flatten" in inside.names


def test_blocks_of_the_project_are_in_the_palette(window: MainWindow, studio: Studio) -> None:
    palette = window.palette_view
    own = [key for key in palette.types() if key.startswith("block:")]
    assert own == [f"block:{act(studio).block}", f"block:{block(studio).block}"]
    palette.chosen.emit(own[1])
    assert len(studio.document.instances(block(studio).block)) == 2
    studio.document.rename_block(block(studio).block, "Zzz")
    palette.search.setText("zz")
    assert palette.types() == [own[1]]


def test_the_source_of_an_inner_node_leads_to_it(window: MainWindow, studio: Studio) -> None:
    conv = studio.document.sheet(block(studio).block).node("conv")
    code = window.docks.panels["code"]
    line = studio.bridge.session.compiled.lines_of(conv.id)[0]
    code.refresh()
    code._on_line(line)  # type: ignore[attr-defined]  # the code panel
    assert studio.bridge.path == (block(studio).id,)
    assert studio.bridge.selection == (conv.id,)


def test_another_project_begins_in_its_main_drawing(window: MainWindow, studio: Studio) -> None:
    studio.bridge.enter(block(studio).id)
    window.projects.new()
    assert studio.bridge.path == ()
    assert not window.canvas.canvas.nodes
    assert not window.breadcrumb.isVisible()


# Parameters that share a name


def joined(studio: Studio) -> tuple[Node, Node]:
    """conv and a second one inside of ConvBlock; of the first, out_channels is offered as 'channels'."""
    inside = studio.document.sheet(block(studio).block)
    first, second = inside.node("conv"), inside.add("Conv2d", "conv2", out_channels=8)
    studio.document.promote(first, "out_channels", name="channels")
    return first, second


def words_of(menu: QMenu | None) -> list[str]:
    return [] if menu is None else [action.text() for action in menu.actions()]


def test_a_parameter_joins_a_name_and_both_are_one_row(window: MainWindow, studio: Studio) -> None:
    first, second = joined(studio)
    page = window.inspector.node_page
    studio.bridge.select((second.id,))
    menu = page.offer_menu("out_channels")
    assert words_of(menu) == ["Offer outside", "Join 'channels'"]
    assert menu is not None
    menu.actions()[1].trigger()
    assert studio.document.node(second.id).params["out_channels"] == 4
    assert words_of(page.offer_menu("out_channels")) == ["Offer outside no longer"]
    studio.bridge.select(())
    part = window.inspector.block_page.part
    assert list(part.removers) == ["channels"]
    settle(studio.bridge)
    shown = [label.text() for label in part.findChildren(QLabel) if label.isVisible()]
    assert shown.count("channels") == 1
    assert "→ conv.out_channels, conv2.out_channels" in shown
    part.removers["channels"].click()
    assert not part.removers
    assert not studio.document.blocks[block(studio).block].promoted
    assert "channels" not in block(studio).params
    studio.bridge.undo()
    assert [offer.node for offer in studio.document.blocks[block(studio).block].promoted] == [first.id, second.id]
    assert not studio.told


def test_only_names_of_the_same_kind_can_be_joined_and_a_refusal_is_told(window: MainWindow, studio: Studio) -> None:
    _, second = joined(studio)
    inside = studio.document.sheet(block(studio).block)
    dropout = inside.add("Dropout", "drop")
    page = window.inspector.node_page
    studio.bridge.select((dropout.id,))
    assert words_of(page.offer_menu("p")) == ["Offer outside"]
    repeated = inside.node("act")
    studio.document.set(block(studio), channels=5000)
    studio.bridge.select((repeated.id,))
    menu = page.offer_menu("repeat")
    assert words_of(menu) == ["Offer outside", "Join 'channels'"]
    assert menu is not None
    menu.actions()[1].trigger()
    assert "can not take" in studio.told[-1].message
    assert second.id in inside.nodes


# Many nodes at once


@pytest.fixture
def compiles(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    """The documents that were compiled, one for each time."""
    done: list[Document] = []
    compile_ = Compiler.compile

    def counted(self: Compiler, document: Document) -> Compiled:
        done.append(document)
        return compile_(self, document)

    monkeypatch.setattr(Compiler, "compile", counted)
    return done


@pytest.fixture
def many(window: MainWindow, studio: Studio) -> tuple[str, ...]:
    """400 nodes in rows of 20, all chosen."""
    document = Document("many")
    for number in range(400):
        document.add("ReLU", f"relu{number}", at=(240.0 * (number % 20), 200.0 * (number // 20)))
        if number % 20:
            document.connect(f"relu{number - 1}", f"relu{number}")
    document.history.clear()
    studio.bridge.open(Session(document, studio.engine))
    window.canvas.select_all()
    settle(studio.bridge)
    return studio.bridge.selection


@pytest.mark.parametrize("key", ["delete", "make_block"])
def test_many_nodes_go_in_one_step(
    window: MainWindow, studio: Studio, many: tuple[str, ...], compiles: list[Document], key: str
) -> None:
    said: list[tuple[str, ...]] = []
    studio.bridge.selection_changed.connect(said.append)
    links = set(studio.document.links)
    window.actions_table.action(key).trigger()
    assert not studio.told
    assert not set(many) & set(window.canvas.canvas.nodes)
    assert studio.bridge.selection == tuple(studio.document.nodes) == window.canvas.canvas.chosen
    settle(studio.bridge)
    assert len(compiles) <= 5
    assert len(said) <= 2
    compiles.clear()
    studio.bridge.undo()
    settle(studio.bridge)
    assert len(compiles) <= 5
    assert set(window.canvas.canvas.nodes) == set(studio.document.nodes) == set(many)
    assert set(window.canvas.canvas.links) == set(studio.document.links) == links
    assert not studio.bridge.selection


def test_a_deletion_that_fails_leaves_all_chosen(window: MainWindow, studio: Studio, many: tuple[str, ...]) -> None:
    def fail() -> None:
        with studio.document.transaction("Delete"):
            studio.document.remove(*many[:20])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert set(studio.bridge.selection) == set(many) == set(window.canvas.canvas.chosen)
    assert all(item.chosen for item in window.canvas.canvas.nodes.values())
