"""The source panel: text, marked lines, clicks, place."""

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from nnstudio.graph.document import Document
from nnstudio.ui.panels.parts.code_view import CodeView

LINES = st.lists(st.sampled_from(["", "def f(x):", '    """', "    return '𝄞'  # why", "x = 1"]), max_size=7)


def test_the_source_is_shown(studio):
    panel = studio.panel("code")
    source = studio.bridge.session.compiled.source
    assert panel.view.toPlainText() == source
    assert panel.view.isReadOnly()
    assert "lines" in panel.header.caption


def test_the_lines_of_the_selected_node_are_marked(studio):
    panel = studio.panel("code")
    node = studio.document.node("head").id
    studio.bridge.select((node,))
    assert list(panel.view.marked) == sorted(studio.bridge.session.compiled.lines_of(node))
    assert len(panel.view.extraSelections()) == len(panel.view.marked) >= 2
    studio.bridge.select(())
    assert panel.view.extraSelections() == []


def test_clicking_a_line_selects_its_node(studio):
    panel = studio.panel("code", (560, 900))
    node = studio.document.node("head").id
    line = min(studio.bridge.session.compiled.lines_of(node))
    block = panel.view.document().findBlockByNumber(line - 1)
    place = panel.view.blockBoundingGeometry(block).translated(panel.view.contentOffset()).center().toPoint()
    studio.qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, place.y()))
    assert studio.bridge.selection == (node,)


def test_editing_keeps_the_place(studio):
    panel = studio.panel("code", (300, 160))
    bar = panel.view.verticalScrollBar()
    bar.setValue(5)
    studio.document.set("head", out_features=12)
    studio.settle()
    assert "12" in panel.view.toPlainText()
    assert bar.value() == 5


def test_selecting_scrolls_only_when_it_must(studio):
    panel = studio.panel("code", (300, 160))
    studio.bridge.select((studio.document.node("head").id,))
    first = panel.view.firstVisibleBlock().blockNumber()
    assert first <= min(panel.view.marked) - 1
    studio.bridge.select((studio.document.node("flatten").id,))
    assert panel.view.firstVisibleBlock().blockNumber() == first


def test_copying(studio):
    panel = studio.panel("code")
    panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == studio.bridge.session.compiled.source
    assert panel.copy_button.text() == "Copied"


def test_the_table_names_the_nodes(studio):
    panel = studio.panel("code")
    assert any(row[1] == "conv1" and "conv1" in str(row[2]) for row in panel.rows())


def test_nothing_drawn_is_told(studio):
    panel = studio.panel("code")
    studio.open(Document("empty"))
    studio.settle()
    assert panel.is_empty
    assert not panel.copy_button.isVisible()


def test_words_strings_and_docstrings_are_coloured(studio):
    panel = studio.panel("code")
    panel.view.set_source('class A:\n    """Two\n    lines."""\n    x = "text"  # why\n    def f(self): return 3\n')
    colors = colors_in(panel.view)
    assert colors[1] == colors[2] == colors[3][:1]  # strings, also over several lines
    assert len(set(colors[3])) == 2
    assert len(colors[4]) >= 4


def colors_in(view: CodeView) -> list[list[str]]:
    """Of the parts of each line."""
    block, colors = view.document().firstBlock(), []
    while block.isValid():
        colors.append([part.format.foreground().color().name() for part in block.layout().formats()])
        block = block.next()
    return colors


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=2, max_size=4))
def test_texts_that_follow_each_other_look_as_if_each_were_the_first(qapp, texts):
    view = CodeView()
    for lines in texts:
        fresh = CodeView()
        for each in (view, fresh):
            each.set_source("\n".join(lines))
            each.document().documentLayout()
        assert view.toPlainText() == "\n".join(lines)
        assert colors_in(view) == colors_in(fresh)
