"""Values and gradients in the cards of a drawing that computes with numbers alone: back-propagation to be watched."""

from __future__ import annotations

from nnstudio.protocol import messages as msg
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.live.live import Live


class LiveFigures(Live):
    """The value of each node, and the gradient of the loss by it, where both are a few numbers."""

    probe = "gradients"

    def wanted(self) -> bool:
        """Whether the drawing is a computation of numbers without data, which ends in a loss."""
        compiled = self._scene.compiled
        return compiled.has_loss and not compiled.signature.inputs and not compiled.errors

    def options(self) -> dict[str, msg.Option]:
        return {"sample": 0}

    def show_at(self, item: NodeItem, frame: msg.ProbeFrame) -> bool:
        if item.node.layer.is_loss:
            loss = frame.facts.get("loss")
            return item.set_figures((texts.number_text(loss),) if isinstance(loss, float) else ())
        name = self._bridge.lead + item.node.name
        value, gradient = frame.arrays.get(f"value:{name}"), frame.arrays.get(f"gradient:{name}")
        shown = texts.figure_text(value.numpy()) if value is not None else ""
        if not shown:
            return item.set_figures(())
        slope = texts.figure_text(gradient.numpy()) if gradient is not None else ""
        return item.set_figures((shown, f"∂ {slope}") if slope else (shown,))

    def clear_at(self, item: NodeItem) -> bool:
        return not self.wanted() and item.set_figures(())
