import pytest
from PySide6.QtWidgets import QWidget

from nnstudio.graph.race import Axis, Race, Span
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.ui.racing.racing import Racing
from nnstudio.ui.run.estimating import Estimating
from nnstudio.ui.run.run_control import RunControl
from tests.project.test_racing import moons
from tests.ui.studio import open_studio, settle


class Room:
    """A window with nothing but the dialog."""

    def __init__(self, qtbot, document):
        self.studio = open_studio(document)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.control = RunControl(self.studio.bridge, self.window)
        self.racing = Racing(self.studio.bridge, self.control, Estimating(self.studio.bridge, self.window), self.window)
        self.panels = []
        self.studio.bridge.panel_wanted.connect(self.panels.append)

    @property
    def dialog(self):
        return self.racing.dialog

    @property
    def labels(self):
        return [self.dialog.runs.item(row).text() for row in range(self.dialog.runs.count())]

    @property
    def runs(self):
        return self.studio.bridge.session.steering.runs


@pytest.fixture
def room(qtbot):
    room = Room(qtbot, moons())
    room.control.race_wanted.emit()
    return room


def test_it_opens_on_learning_rates_and_shows_the_runs(room):
    assert room.dialog.isVisible()
    assert room.labels == ["lr 0.1", "lr 0.01", "lr 0.001"]
    assert room.dialog.count.text() == "3 runs"
    assert room.dialog.start.isEnabled()
    assert not room.studio.document.history.done


def test_rows_and_numbers_are_seen_at_once(room):
    dialog = room.dialog
    dialog.add.click()
    row = dialog.rows[1]
    row.what.setCurrentText("hidden.out_features")
    assert row.list.text() == "4, 8, 16"
    dialog.repeats.setValue(2)
    assert dialog.count.text() == "18 runs"
    assert room.labels[0] == "lr 0.1 · out_features 4 · seed 0"
    row.how.setCurrentIndex(1)
    row.count.setValue(2)
    assert (row.low.text(), row.high.text(), dialog.count.text()) == ("4", "16", "12 runs")
    dialog.mode.setCurrentIndex(1)
    dialog.draws.setValue(3)
    assert dialog.count.text() == "6 runs"
    expected = Race(
        (Axis("training.lr", (0.1, 0.01, 0.001)), Axis("hidden.out_features", span=Span(4, 16, 2), whole=True)),
        "random",
        3,
        0,
        2,
    )
    assert dialog.race == expected
    row.remove.click()
    dialog.rows[0].remove.click()
    assert (dialog.count.text(), dialog.nothing.isHidden()) == ("2 runs", False)


def test_presets_take_one_click(room):
    optimizers, _, seeds = room.dialog.presets
    optimizers.click()
    seeds.click()
    assert room.labels[:2] == ["SGD · seed 0", "SGD · seed 1"]
    assert room.dialog.count.text() == "15 runs"


def test_what_is_wrong_is_said_where_it_is(room):
    dialog = room.dialog
    dialog.rows[0].list.setText("0.1, fast")
    assert "lr takes a number" in dialog.rows[0].message.text()
    assert (room.labels, dialog.start.isEnabled(), dialog.message.text()) == ([], False, "")
    dialog.rows[0].list.setText("0.1")
    assert (room.labels, dialog.rows[0].message.text()) == (["lr 0.1"], "")
    dialog.repeats.setValue(64)
    dialog.rows[0].list.setText("0.1, 0.2")
    assert "128 runs are more than the 64" in dialog.message.text()
    dialog.rows[0].list.setText("0.1, 2000")
    assert not dialog.start.isEnabled()


def test_start_keeps_the_race_and_shows_the_runs(room):
    room.dialog.rows[0].list.setText("0.5, 0.05")
    room.dialog.start.click()
    settle(room.studio.bridge)
    assert [run.label for run in room.runs] == ["lr 0.5", "lr 0.05"]
    assert isinstance(room.studio.engine.asked[-1], msg.StartRace)
    assert (room.dialog.isVisible(), room.panels) == (False, ["runs"])
    assert room.studio.document.race.axes == (Axis("training.lr", (0.5, 0.05)),)
    assert room.studio.document.history.undo_name == "Set race"
    room.studio.document.undo()
    assert room.studio.document.race is None


def test_a_value_that_gives_no_network_is_told_in_the_dialog(room):
    room.dialog.rows[0].what.setCurrentText("head.out_features")
    room.dialog.rows[0].list.setText("2, 1")
    room.dialog.start.click()
    assert room.dialog.isVisible()
    assert room.dialog.message.text().startswith("out_features 1: ")
    assert not any(isinstance(asked, msg.StartRace) for asked in room.studio.engine.asked)


def test_why_none_can_begin_is_said(room):
    room.studio.bridge.session.train()
    room.racing.open()
    assert "Stop it first" in room.dialog.message.text()
    assert not room.dialog.start.isEnabled()


def test_other_projects_take_part(room):
    other = moons("wide")
    room.studio.bridge.open(Session(other, room.studio.engine))
    room.studio.bridge.show(room.studio.bridge.sessions[0])
    room.racing.open()
    ((box, _),) = room.dialog.projects
    box.setChecked(True)
    assert room.labels[-1] == "wide"
    room.dialog.start.click()
    assert [run.label for run in room.runs] == ["moons · lr 0.1", "moons · lr 0.01", "moons · lr 0.001", "wide"]
    assert [run.entry is None for run in room.runs] == [False, False, False, True]


def test_what_it_takes_is_told(room):
    memory = {"weights": 1000, "data": 500_000}
    estimate = msg.Estimated(request=0, memory=memory, free=10**9, flops=1, step_seconds=0.001, epoch_seconds=0.2)
    room.dialog.show_estimate(estimate)
    assert room.dialog.cost.text() == "about 6 s in all, about 503 kB of memory"


def test_a_half_written_race_is_not_kept(room):
    room.dialog.rows[0].list.setText("")
    room.dialog.close()
    assert room.studio.document.race is None


def test_the_race_of_the_file_is_shown(qtbot):
    document = moons()
    document.set_race(Race((Axis("dropout.p", (0.1, 0.2)),), repeats=3))
    room = Room(qtbot, document)
    room.racing.open()
    assert room.dialog.count.text() == "6 runs"
    room.dialog.close()
    assert len(document.history.done) == 1
