"""The plan from the toolbar: it opens on the learning rate, keeps within the window, and is quicker than a form."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.protocol import messages as msg
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.run.runbar import RunBar
from tests.ui.studio import Studio, classifier, open_studio, settle, shown


@pytest.fixture
def studio(qapp: object) -> Studio:
    return open_studio(classifier())


@pytest.fixture
def bar(qtbot: QtBot, studio: Studio) -> RunBar:
    bar = RunBar(studio.bridge, RunControl(studio.bridge))
    bar.resize(1280, 700)
    shown(qtbot, bar)
    bar.open_plan()
    return bar


def line(bar: RunBar) -> QLineEdit:
    editor = bar.plan_popup.form.fields["lr"].editor
    assert isinstance(editor, QLineEdit)
    return editor


def sent(studio: Studio) -> list[float]:
    return [request.plan.lr for request in studio.engine.asked if isinstance(request, msg.ChangePlan)]


def train(studio: Studio) -> None:
    studio.bridge.session.train()
    studio.engine.state("training")
    settle(studio.bridge)


def test_it_opens_on_the_learning_rate_also_where_its_section_was_closed(bar: RunBar) -> None:
    assert line(bar).selectedText() == "0.001"
    bar.plan_popup.close()
    bar.plan_popup.form.fold(("optimizer", "run"))
    bar.open_plan()
    assert line(bar).isVisible()
    assert line(bar).selectedText() == "0.001"


def test_it_opens_under_the_plan_each_time(bar: RunBar) -> None:
    for _ in range(2):
        below = bar.plan.mapToGlobal(bar.plan.rect().bottomLeft())
        assert abs(bar.plan_popup.x() - below.x()) <= 8  # the frame of the screen that there is
        assert 0 < bar.plan_popup.y() - below.y() <= 16
        bar.plan_popup.close()
        bar.open_plan()


def test_it_stays_within_the_window_and_grows_with_what_is_open(bar: RunBar) -> None:
    popup = bar.plan_popup
    popup.form.fold(("optimizer", "schedule", "run", "stopping", "initialization"))
    settle(popup._bridge)
    low = popup.height()
    popup.form.fold(())
    settle(popup._bridge)
    assert low < popup.height()
    assert popup.geometry().bottom() <= bar.mapToGlobal(bar.rect().bottomLeft()).y()
    assert popup.form.height() >= popup.form.minimumSizeHint().height() > popup.height()


def test_what_is_being_written_counts_when_it_is_closed(qtbot: QtBot, bar: RunBar, studio: Studio) -> None:
    train(studio)
    line(bar).selectAll()
    qtbot.keyClicks(line(bar), "0.5")
    bar.plan_popup.close()
    assert studio.document.plan.lr == 0.5
    assert sent(studio) == [0.5]


def test_buttons_and_keys_change_the_rate_live_and_undo_is_there(qtbot: QtBot, bar: RunBar, studio: Studio) -> None:
    train(studio)
    half, double = bar.plan_popup.faster
    qtbot.mouseClick(double, Qt.MouseButton.LeftButton)
    double.setFocus()
    qtbot.keyClick(double, Qt.Key.Key_Space)
    assert line(bar).text() == "0.004"
    qtbot.mouseClick(half, Qt.MouseButton.LeftButton)
    assert sent(studio) == [0.002, 0.004, 0.002]
    qtbot.keyClick(line(bar), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert studio.document.plan.lr == 0.004
    qtbot.keyClick(line(bar), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert studio.document.plan.lr == 0.002
    studio.document.set_plan(lr=900.0)
    double.click()
    assert studio.document.plan.lr == 1000.0


def test_a_refused_change_is_told_at_once(bar: RunBar, studio: Studio) -> None:
    train(studio)
    words = "LBFGS and float16 do not go together."
    studio.engine.replies[msg.ChangePlan] = lambda request, number: msg.Failed(
        request=number, message=words, fix="Choose float32."
    )
    bar.plan_popup.faster[0].click()
    settle(studio.bridge)
    assert [(told.message, told.fix) for told in studio.told] == [(words, "Choose float32.")]


def test_the_order_of_tab_is_that_of_the_eye(qtbot: QtBot, bar: RunBar) -> None:
    form, names = bar.plan_popup.form, ["betas", "eps", "amsgrad", "weight_decay", "clip_norm", "clip_value"]
    for name in names:
        qtbot.keyClick(bar.plan_popup.focusWidget(), Qt.Key.Key_Tab)
        assert form.fields[name].editor.hasFocus(), name
    qtbot.keyClick(bar.plan_popup.focusWidget(), Qt.Key.Key_Tab)
    assert form.folds["schedule"].button.hasFocus()
