"""Gradient flow on the wires: how strongly the loss pulls at what each of them carries.

One that vanishes or explodes says so in words. The probe looks only while the flow is shown.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.protocol import messages as msg
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.items.flowing import DECADES, Flow, NoFlow, largest_of, share_of
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.live.live import Live
from nnstudio.ui.canvas.metrics import font
from nnstudio.ui.canvas.scene import CanvasScene

_FACT = "rms:"


class LiveFlow(Live):
    """Shows the flow while it is wanted, which is asked for in the View menu."""

    probe = "flow"

    def __init__(self, bridge: Bridge, scene: CanvasScene, parent: QWidget) -> None:
        self.on = False
        self._read: msg.ProbeFrame | None = None
        self._sizes: dict[str, float] = {}
        self._largest = 0.0
        super().__init__(bridge, scene, parent)
        self.legend = FlowLegend(parent)

    def toggle(self) -> None:
        """Show it, or show it no longer."""
        self.on = not self.on
        self._ask()
        if not self.on:
            self._clear()

    def wanted(self) -> bool:
        compiled = self._scene.compiled
        return self.on and compiled.has_loss and not compiled.errors

    def options(self) -> dict[str, msg.Option]:
        return {}

    def show_at(self, item: NodeItem, frame: msg.ProbeFrame) -> bool:
        """At the wires that leave the node."""
        if frame is not self._read:
            self._take_in(frame)
        size = self._sizes.get(self._bridge.lead + item.node.name)
        self._dress(item, Flow(size, share_of(size, self._largest)) if size is not None else NoFlow())
        return False

    def clear_at(self, item: NodeItem) -> bool:
        if not self.wanted():
            self._dress(item, None)
            self.legend.show_range(0.0)
        return False

    def _take_in(self, frame: msg.ProbeFrame) -> None:
        """Once for all cards."""
        self._read, self._sizes = frame, _sizes(frame)
        self._largest = largest_of(self._sizes.values()) if self._sizes else 0.0
        self.legend.show_range(self._largest)
        self._scene.recolored.emit()

    def _clear(self) -> None:
        self._scene.recolored.emit()
        for item in self._scene.nodes.values():
            self.clear_at(item)

    def _dress(self, item: NodeItem, flow: Flow | None) -> None:
        for link in self._scene.links_of(item.node.id):
            first = item.card.outputs[:1] == (link.output,)
            if link.source == item.node.id and link in self._scene.links:
                self._scene.links[link].set_flow(flow if first or flow is None else NoFlow())


def _sizes(frame: msg.ProbeFrame) -> dict[str, float]:
    facts = frame.facts.items()
    return {
        name.removeprefix(_FACT): size for name, size in facts if name.startswith(_FACT) and isinstance(size, float)
    }


class FlowLegend(QWidget):
    """The scale: which colour and thickness is how much."""

    SIZE = QSize(168, 34)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._largest = 0.0
        self.setFixedSize(self.SIZE)
        self.setAccessibleName(self.tr("Scale of the gradient flow"))
        self.setToolTip(self.tr("Root mean square of the loss's gradient by what a wire carries"))
        self.setVisible(False)

    def show_range(self, largest: float) -> None:
        """The scale ends there; nothing is shown without one."""
        self.setVisible(largest > 0)
        if largest != self._largest:
            self._largest = largest
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(8, 20, self.width() - 16, 6)
        shade = QLinearGradient(bar.topLeft(), bar.topRight())
        for step in range(11):
            shade.setColorAt(step / 10, Flow(1.0, step / 10).color)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setFont(font(10))
        painter.setPen(theme.color("muted"))
        low, high = (texts.number_text(each) for each in (self._largest / 10**DECADES, self._largest))
        room = QRectF(8, 3, self.width() - 16, 15)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, low)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.tr("gradient"))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, high)
