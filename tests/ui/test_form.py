"""Every kind of parameter has an editor that understands what people write and refuses the rest kindly."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.catalogue import registry
from nnstudio.errors import BadName
from nnstudio.graph.training import plan_params
from nnstudio.params import Bool, Choice, Float, Int, Padding, Param, Size, Sizes, Value
from nnstudio.ui.inspector import texts
from nnstudio.ui.inspector.fields import BoolField, ChoiceField, Field, IntField, NumberBox, TextField, field_for
from nnstudio.ui.inspector.form import Form
from tests.ui.studio import make_active

PARAMS = (
    Int("count", 16, "How many.", low=1, high=100),
    Float("rate", 0.001, "How fast.", low=0.0, high=1.0),
    Bool("bias", True, "Whether."),
    Choice("mode", "zeros", ("zeros", "reflect", "circular"), "Which."),
    Size("kernel", 3, "How large."),
    Size("output", None, "How large in the end.", optional=True),
    Padding("padding", "same", "How much around."),
    Sizes("shape", (16, 7, 7), "Into what.", inferred=True),
)


class Owner:
    """Has values, and a form that writes them."""

    def __init__(self, qtbot: QtBot, params: tuple[Param, ...] = PARAMS) -> None:
        self.values: dict[str, Value] = {param.name: param.default for param in params}
        self.written: list[tuple[str, Value]] = []
        self.params = params
        self.form = Form(self.write)
        qtbot.addWidget(self.form)
        self.show()
        self.form.show()
        make_active(self.form)
        qtbot.waitExposed(self.form)

    def write(self, name: str, value: Value) -> None:
        if value == 13:
            raise BadName("13 brings no luck.", fix="Take 12.")
        self.written.append((name, value))
        self.values[name] = value
        self.show()

    def show(self, about: object = "me") -> None:
        self.form.show_params(self.params, self.values, about)

    def field(self, name: str) -> Field:
        return self.form.fields[name]

    def text(self, name: str) -> TextField:
        field = self.form.fields[name]
        assert isinstance(field, TextField)
        return field


@pytest.fixture
def owner(qtbot: QtBot) -> Owner:
    return Owner(qtbot)


def type_in(qtbot: QtBot, field: TextField, text: str, key: Qt.Key | None = Qt.Key.Key_Return) -> None:
    field.editor.setFocus()
    field.line.selectAll()
    if text:
        qtbot.keyClicks(field.editor, text)
    else:
        qtbot.keyClick(field.editor, Qt.Key.Key_Delete)
    if key is not None:
        qtbot.keyClick(field.editor, key)


def test_values_are_shown_as_people_write_them(owner: Owner) -> None:
    shown = {name: field.line.text() for name, field in owner.form.fields.items() if isinstance(field, TextField)}
    assert shown == {
        "count": "16", "rate": "0.001", "kernel": "3 × 3", "output": "", "padding": "same", "shape": "16, 7, 7",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "32", 32), ("count", " 7 ", 7),
        ("rate", "2.5E-4", 0.00025), ("rate", "0,5", 0.5), ("rate", "1", 1.0), ("rate", ".25", 0.25),
        ("kernel", "5", 5), ("kernel", "3 × 5", (3, 5)), ("kernel", "3x5", (3, 5)), ("kernel", "3, 5", (3, 5)),
        ("kernel", "3 5", (3, 5)), ("kernel", "(3, 5)", (3, 5)), ("kernel", "5X5", 5), ("kernel", "3;5", (3, 5)),
        ("output", "4", 4), ("padding", "valid", "valid"), ("padding", "Valid", "valid"), ("padding", "1", 1),
        ("padding", "0 × 2", (0, 2)),
        ("shape", "16, 49", (16, 49)), ("shape", "-1", (-1,)), ("shape", "4x4x4", (4, 4, 4)),
    ],
)  # fmt: skip
def test_typing_and_enter_writes(qtbot: QtBot, owner: Owner, name: str, text: str, value: Value) -> None:
    type_in(qtbot, owner.text(name), text)
    assert owner.written == [(name, value)]
    assert not owner.field(name).problem
    assert owner.text(name).line.text() == texts.to_text(owner.field(name).param, value)


@pytest.mark.parametrize(("name", "text"), [("rate", "1e-3"), ("kernel", "3"), ("output", ""), ("count", "16.")])
def test_the_same_value_again_writes_nothing(qtbot: QtBot, owner: Owner, name: str, text: str) -> None:
    type_in(qtbot, owner.text(name), text)
    assert owner.written == [] or name == "count"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("count", "0", "count takes a whole number from 1 to 100, not 0."),
        ("count", "many", "count takes a whole number from 1 to 100, not 'many'."),
        ("count", "", "count takes a whole number from 1 to 100, not ''."),
        ("rate", "2", "rate takes a number from 0 to 1, not 2.0."),
        ("rate", "nan", "rate takes a number from 0 to 1, not nan."),
        ("rate", "1e-", "rate takes a number from 0 to 1, not '1e-'."),
        ("kernel", "3 × 3 × 3", "kernel takes a whole number of at least 1, or 2 of them, not (3, 3, 3)."),
        ("kernel", "big", "kernel takes a whole number of at least 1, or 2 of them, not 'big'."),
        ("kernel", "", "kernel takes a whole number of at least 1, or 2 of them, not ''."),
        (
            "padding",
            "some",
            "padding takes one of same, valid, or a whole number of at least 0, or 2 of them, not 'some'.",
        ),
        ("shape", "4, 0", "shape takes 1 to 8 sizes, one of them may be -1, not (4, 0)."),
    ],
)
def test_a_bad_value_stays_with_its_reason(qtbot: QtBot, owner: Owner, name: str, text: str, told: str) -> None:
    field = owner.text(name)
    type_in(qtbot, field, text)
    assert owner.written == []
    assert field.problem == told
    assert field.message.isVisible()
    assert field.line.text() == text
    assert field.editor.property("class") == "error"
    owner.show()  # a refresh, as during a run
    assert (field.line.text(), field.problem) == (text, told)
    qtbot.keyClick(field.editor, Qt.Key.Key_Escape)
    assert field.line.text() == texts.to_text(field.param, field.value)
    assert not field.problem
    assert not field.message.isVisible()


def test_what_the_owner_refuses_is_told_at_the_field(qtbot: QtBot, owner: Owner) -> None:
    type_in(qtbot, owner.text("count"), "13")
    assert owner.field("count").problem == "13 brings no luck. Take 12."
    assert owner.text("count").line.text() == "13"
    type_in(qtbot, owner.text("count"), "12")
    assert owner.written == [("count", 12)]
    assert not owner.field("count").problem


def test_leaving_a_field_writes(qtbot: QtBot, owner: Owner) -> None:
    type_in(qtbot, owner.text("kernel"), "7", key=None)
    assert owner.written == []
    owner.field("rate").editor.setFocus()
    assert owner.written == [("kernel", 7)]


def test_a_refresh_leaves_typing_alone_but_another_owner_does_not(qtbot: QtBot, owner: Owner) -> None:
    type_in(qtbot, owner.text("kernel"), "7", key=None)
    owner.show()
    assert owner.text("kernel").line.text() == "7"
    owner.show(about="somebody else")
    assert owner.text("kernel").line.text() == "3 × 3"
    assert owner.written == []


def test_a_new_value_from_outside_wins_over_typing(qtbot: QtBot, owner: Owner) -> None:
    type_in(qtbot, owner.text("kernel"), "9", key=None)
    owner.values["kernel"] = 5
    owner.show()
    assert owner.text("kernel").line.text() == "5 × 5"


def test_showing_values_writes_nothing(owner: Owner) -> None:
    owner.values |= {"count": 5, "rate": 0.5, "bias": False, "mode": "reflect", "kernel": (1, 2), "padding": 2}
    owner.show()
    owner.show("other")
    assert owner.written == []


def test_steps_write_at_once_and_stop_at_the_ends(qtbot: QtBot, owner: Owner) -> None:
    field = owner.text("count")
    field.editor.setFocus()
    qtbot.keyClick(field.editor, Qt.Key.Key_Up)
    qtbot.keyClick(field.editor, Qt.Key.Key_PageUp)
    assert owner.written == [("count", 17), ("count", 27)]
    type_in(qtbot, field, "100")
    qtbot.keyClick(field.editor, Qt.Key.Key_Up)
    assert owner.written[-1] == ("count", 100)
    assert not field.problem


def test_the_wheel_does_not_change_what_nobody_edits(owner: Owner) -> None:
    box = owner.field("count").editor
    assert isinstance(box, NumberBox)
    owner.field("rate").editor.setFocus()
    here = QPointF(box.rect().center())
    none, begin = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    up, plain = QPoint(0, 120), Qt.KeyboardModifier.NoModifier
    turn = QWheelEvent(here, box.mapToGlobal(here), QPoint(), up, none, plain, begin, False)
    QApplication.sendEvent(box, turn)
    assert owner.written == []
    assert not turn.isAccepted()
    assert not box.hasFocus()


def test_choice_and_check(qtbot: QtBot, owner: Owner) -> None:
    choice, check = owner.field("mode"), owner.field("bias")
    assert isinstance(choice, ChoiceField)
    assert isinstance(check, BoolField)
    choice.combo.setFocus()
    qtbot.keyClick(choice.combo, Qt.Key.Key_Down)
    assert check.check.text() == "on"
    check.check.setFocus()
    qtbot.keyClick(check.check, Qt.Key.Key_Space)
    assert check.check.text() == "off"
    assert owner.written == [("mode", "reflect"), ("bias", False)]


def test_an_empty_text_is_none_where_none_is_a_value(qtbot: QtBot, owner: Owner) -> None:
    owner.values["output"] = 4
    owner.show()
    type_in(qtbot, owner.text("output"), "")
    assert owner.written == [("output", None)]
    assert owner.text("output").line.placeholderText() == "none"


def test_commit_takes_what_is_being_written(qtbot: QtBot, owner: Owner) -> None:
    type_in(qtbot, owner.text("rate"), "1e-4", key=None)
    owner.form.commit()
    assert owner.written == [("rate", 0.0001)]


def test_several_values_are_shown_as_such(qtbot: QtBot, owner: Owner) -> None:
    owner.form.show_params(PARAMS, owner.values, "two", frozenset({"count", "bias", "mode"}))
    assert owner.text("count").line.text() == ""
    assert owner.text("count").line.placeholderText() == "several values"
    check = owner.field("bias")
    assert isinstance(check, BoolField)
    assert check.check.checkState() == Qt.CheckState.PartiallyChecked
    owner.form.commit()
    assert owner.written == []
    type_in(qtbot, owner.text("count"), "16")
    assert owner.written == [("count", 16)]


def test_every_declared_parameter_has_a_field_with_help(qtbot: QtBot) -> None:
    sets = [layer.params_for({}) for layer in registry.layers().values()] + [plan_params({})]
    for param in (param for params in sets for param in params):
        field = field_for(param)
        qtbot.addWidget(field)
        assert param.help in field.editor.toolTip()
        assert param.wants() in field.editor.toolTip()
        assert field.value == param.default
        assert not field.pending(), param.name
        assert isinstance(field.editor, QWidget)


def test_a_number_has_steps(qtbot: QtBot) -> None:
    field = field_for(PARAMS[0])
    qtbot.addWidget(field)
    assert isinstance(field, IntField)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "0.001"),
        (1e-5, "1e-5"),
        (2.0, "2"),
        (1e20, "1e20"),
        (0.1 + 0.2, "0.30000000000000004"),
        (-1.5e-7, "-1.5e-7"),
    ],
)
def test_floats_are_short_and_exact(value: float, text: str) -> None:
    assert texts.float_text(value) == text
    assert float(text) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (160, "160"), (999, "999"), (9_996, "10 K"), (112_896, "113 K"), (1_840_000, "1.84 M")],
)
def test_counts_are_short(number: int, text: str) -> None:
    assert texts.count_text(number) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1000", 1000),
        ("1,000", 1000),
        ("10 000", 10_000),
        ("-1,234,567", -1_234_567),
        ("+5", 5),
        ("1,2,3,4", "1,2,3,4"),
        ("1,00", "1,00"),
        ("1,000 000", "1,000 000"),
        ("1000,000", "1000,000"),
        ("1_000", "1_000"),
        ("-", "-"),
    ],
)
def test_commas_stand_between_thousands_only(text: str, number: object) -> None:
    assert texts.from_text(Int("n", 1), text) == number


@pytest.mark.parametrize("text", ["(2,2", "2,2)", "[2,2)", "((2,2))", "2,(2"])
def test_brackets_that_do_not_match_are_refused(text: str) -> None:
    assert texts.from_text(Size("n", 1), text) == text
    assert texts.from_text(Size("n", 1), "(2, 2)") == (2, 2)
