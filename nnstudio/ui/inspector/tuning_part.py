"""The inspector's fields for how a node's weights are trained: frozen, or at a learning rate of its own."""

from __future__ import annotations

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import PLANNED, Node
from nnstudio.graph.tuning import TUNING
from nnstudio.params import Value
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector.fields import TextField
from nnstudio.ui.inspector.form import Form


class TuningPart(Form):
    """Seen at nodes that have weights. What is set while a run goes on holds from its next step."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(self._set)
        self._bridge = bridge
        self._node = ""

    def show_node(self, node: Node, facts: NodeFacts) -> None:
        """Show how this node is trained."""
        self._node = node.id
        session, tuning = self._bridge.session, node.tuning
        self.setVisible(bool(facts.weights) or tuning != PLANNED)
        self.show_params(tuple(TUNING), {"frozen": tuning.frozen, "lr": tuning.lr}, (session, node.id))
        rate = self.fields["lr"]
        if isinstance(rate, TextField):
            rate.line.setPlaceholderText(self.tr("{0} (plan)").format(f"{session.document.plan.lr:g}"))

    def _set(self, name: str, value: Value) -> None:
        self._bridge.session.document.tune([self._node], **{name: value})
