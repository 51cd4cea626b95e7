"""What a person likes of the plan's form, and which device was chosen, is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.settings import Settings
from nnstudio.ui.inspector.plan_form import PlanForm
from nnstudio.ui.run.device_box import DeviceBox
from nnstudio.ui.run.planning import Planning
from tests.ui.studio import Studio, classifier, open_studio, settle


class Desk:
    """Two forms and a choice of devices that keep to settings in a file."""

    def __init__(self, qtbot: QtBot, file: Path) -> None:
        self.settings = Settings.load(file)
        self.studio: Studio = open_studio(classifier(), started=False)
        bridge = self.studio.bridge
        self.box = DeviceBox()
        self.forms = (PlanForm(bridge), PlanForm(bridge))
        for widget in (self.box, *self.forms):
            qtbot.addWidget(widget)
        bridge.engine_ready.connect(lambda ready: self.box.show_devices(ready.devices))
        self.box.chosen.connect(bridge.desk.use_device)
        self.planning = Planning(bridge, self.settings, self.box, self.forms)

    def find(self, *devices: str) -> None:
        """The engine is up and has found these."""
        self.studio.engine.devices = devices
        self.studio.engine.start()
        settle(self.studio.bridge)

    def choose(self, device: str) -> None:
        row = self.box.findData(device)
        self.box.setCurrentIndex(row)
        self.box.activated.emit(row)

    @property
    def used(self) -> str:
        return self.studio.bridge.session.steering.device

    def closed(self) -> list[set[str]]:
        return [{key for key, fold in form.folds.items() if not fold.is_open} for form in self.forms]


@pytest.fixture
def desk(qtbot: QtBot, qapp: object, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path / "settings.json")


def test_the_optimizer_and_the_run_are_open_at_first(desk: Desk) -> None:
    assert desk.closed() == [{"schedule", "stopping", "initialization"}] * 2


def test_what_is_opened_is_open_everywhere_and_next_time(qtbot: QtBot, desk: Desk) -> None:
    desk.forms[0].folds["schedule"].button.click()
    desk.forms[1].folds["run"].button.click()
    assert desk.closed() == [{"run", "stopping", "initialization"}] * 2
    assert desk.settings.path is not None
    assert Desk(qtbot, desk.settings.path).closed() == desk.closed()


def test_a_device_is_kept_for_all_projects_and_next_time(qtbot: QtBot, desk: Desk) -> None:
    desk.find("cpu", "cuda:0")
    assert desk.used == "cpu"
    desk.choose("cuda:0")
    assert desk.used == "cuda:0"
    other = open_studio(classifier()).bridge.session
    desk.studio.bridge.open(other)
    assert other.steering.device == "cuda:0"
    assert desk.settings.path is not None
    again = Desk(qtbot, desk.settings.path)
    again.find("cpu", "cuda:0")
    assert (again.used, again.box.device) == ("cuda:0", "cuda:0")


def test_a_device_that_is_gone_is_told_and_the_cpu_taken(qtbot: QtBot, desk: Desk) -> None:
    desk.settings.device = "cuda:0"
    desk.find("cpu")
    assert [told.message for told in desk.studio.told] == ["The device GPU 0 is not there any more."]
    assert (desk.used, desk.box.device, desk.settings.device) == ("cpu", "cpu", "cpu")
    desk.find("cpu", "mps")
    assert len(desk.studio.told) == 1
