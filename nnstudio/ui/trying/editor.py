"""What all ways to give an input have in common."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.trying.ways import Floats, Way


class Editor(QWidget):
    """Shows the input of one Way. It follows the test sample until the person makes something of their own."""

    changed = Signal()
    """The input is another."""

    share = 3
    """Of the panel's width, where the answer has 2."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        self.way = way
        self.own = False
        """Whether the input is the person's, and no longer the test sample."""

    def numbers(self) -> list[float]:
        """The input as it goes to the network, flattened."""
        raise NotImplementedError

    def show_sample(self, sample: Floats) -> None:
        """Show a test sample, which is not the person's own."""
        raise NotImplementedError

    def take_sample(self, sample: Floats) -> None:
        """Begin with a test sample, because the person wants to."""
        self.own = False
        self.show_sample(sample)
        self.changed.emit()

    def show_frame(self, frame: ProbeFrame) -> None:
        """What the network says has come; for those that show some of it themselves."""

    @property
    def at(self) -> int:
        """The place in a sequence whose answer is wanted; -1 for the last."""
        return -1

    @property
    def remark(self) -> str:
        """What a person should know of their input, such as an unknown letter."""
        return ""

    def parts(self) -> Sequence[QWidget]:
        """What goes into a saved picture."""
        return [self]

    def made(self) -> None:
        """The person has changed something."""
        self.own = True
        self.changed.emit()
