"""Where the network is computed: a choice among what the engine has found."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

CPU = "cpu"


class DeviceBox(QComboBox):
    """Says what a person chooses; what holds is shown by `show_device`."""

    chosen = Signal(str)
    """As torch names it."""

    def __init__(self) -> None:
        super().__init__()
        self.addItem(self.words(CPU), CPU)
        self.setAccessibleName(self.tr("Device"))
        self.activated.connect(lambda _: self.chosen.emit(self.device))

    @property
    def device(self) -> str:
        """The one that is shown."""
        return str(self.currentData())

    @property
    def devices(self) -> tuple[str, ...]:
        """All that can be chosen."""
        return tuple(str(self.itemData(row)) for row in range(self.count()))

    def words(self, device: str) -> str:
        """A device as a person reads it."""
        kind, _, number = device.partition(":")
        names = {"cpu": self.tr("CPU"), "cuda": self.tr("GPU"), "mps": self.tr("Apple GPU")}
        return f"{names.get(kind, kind.upper())} {number}".strip()

    def show_devices(self, devices: tuple[str, ...]) -> None:
        """These are there; the one that was shown stays where it is among them."""
        shown = self.device
        self.clear()
        for device in devices or (CPU,):
            self.addItem(self.words(device), device)
        self.show_device(shown)

    def show_device(self, device: str) -> None:
        """Another one holds; the first where it is not there."""
        self.setCurrentIndex(max(self.findData(device), 0))

    def lock(self, *, locked: bool) -> None:
        """A run stays where it is."""
        self.setEnabled(not locked)
        free, held = self.tr("Where the network is computed"), self.tr("A run stays where it is: stop it first")
        self.setToolTip(held if locked else free)
