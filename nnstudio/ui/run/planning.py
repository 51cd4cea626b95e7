"""Keeps what a person likes of the plan's form and which device was chosen, and the settings as they are turned."""

from __future__ import annotations

from PySide6.QtCore import QObject

from nnstudio.project.events import Trouble
from nnstudio.protocol import messages as msg
from nnstudio.settings import Settings
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector.plan_form import PlanForm
from nnstudio.ui.run.device_box import CPU, DeviceBox


class Planning(QObject):
    """The forms of the plan are open and closed alike, wherever they stand."""

    def __init__(self, bridge: Bridge, settings: Settings, box: DeviceBox, forms: tuple[PlanForm, ...]) -> None:
        super().__init__(box)
        self._bridge, self._settings = bridge, settings
        self._box, self._forms = box, forms
        for form in self._forms:
            form.folded.connect(self._folded)
        self._box.chosen.connect(self._chosen)
        bridge.engine_ready.connect(self._ready)
        settings.subscribe(self._changed)
        self._changed("plan_closed")
        self._changed("device")

    def _folded(self, closed: tuple[str, ...]) -> None:
        self._settings.plan_closed = closed
        self._settings.keep()

    def _chosen(self, device: str) -> None:
        self._settings.device = device
        self._settings.keep()

    def _ready(self, ready: msg.EngineReady) -> None:
        """The engine tells what is there: what was chosen once may be gone."""
        device = self._settings.device
        if device not in ready.devices:
            words = self.tr("The device {0} is not there any more.").format(self._box.words(device))
            self._bridge.trouble.emit(Trouble(words, self.tr("Training runs on the CPU."), passing=True))
            self._chosen(CPU)
        self._changed("device")

    def _changed(self, name: str) -> None:
        if name == "plan_closed":
            for form in self._forms:
                form.fold(self._settings.plan_closed)
        elif name == "device":
            self._box.show_device(self._settings.device)
            self._bridge.desk.use_device(self._settings.device)
