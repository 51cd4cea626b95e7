"""Previous, number, next: which sample of the test set is looked at. All panels follow the same one."""

from __future__ import annotations

from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.texts import tr
from nnstudio.ui.panels.parts.number_picker import NumberPicker


class SamplePicker(NumberPicker):
    """Chooses through the bridge, and follows it."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(tr("Sample of the test set"), tr("Previous sample"), tr("Next sample"))
        self._bridge = bridge
        self.picked.connect(bridge.choose_sample)
        bridge.sample_changed.connect(self.show_number)
        self.show_number(bridge.sample)

    @property
    def samples(self) -> int:
        """How many there are."""
        return self.count

    def set_samples(self, samples: int) -> None:
        """How many samples there are to choose from."""
        self.set_count(samples)
