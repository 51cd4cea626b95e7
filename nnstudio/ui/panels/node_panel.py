"""A panel of one node, which is chosen in its header or on the canvas: what all such panels share.

A new one says in `__init__` what it shows and where its list of nodes stands (`choose_among`), ends that with `begin`,
and has `ask`, which subscribes to a probe for `key`, `advice`, and `on_frame`.
"""

from __future__ import annotations

from nnstudio.ui.panels.parts.node_choice import First, Fits, NodeChoice, first_of_all
from nnstudio.ui.panels.spec import Panel


class NodePanel(Panel):
    """Follows the canvas: selecting a node there shows it here."""

    choice: NodeChoice

    def choose_among(self, fits: Fits, tip: str, first: First = first_of_all) -> None:
        """Put the list of the nodes that fit into the header, behind what is there."""
        self.choice = NodeChoice(self.bridge, self.header, fits, tip, first)

    def begin(self) -> None:
        """To be called once all is there that a panel shows."""
        self.choice.changed.connect(self._on_choice)
        self.bridge.session_changed.connect(self._on_session)
        self._on_session(None)

    @property
    def key(self) -> str:
        """What the drawing calls the node that is shown, with the blocks around; or empty."""
        return self.choice.key

    def picture_line(self) -> str:
        return " · ".join(filter(None, (self.windowTitle(), self.choice.name, self.header.caption)))

    # What a panel says and does of its own

    def advice(self) -> str:
        """What would bring a node to show."""
        raise NotImplementedError

    def ask(self, _what: object = None) -> None:
        """Subscribe to what is to be seen of the node; to nothing where there is none."""
        raise NotImplementedError

    def forget(self) -> None:
        """Another project is shown: nothing is left of the one before."""

    def on_choice(self) -> None:
        """Another node, another drawing, or other names: before it is asked for."""

    # Inside

    def _on_session(self, _session: object) -> None:
        self.forget()
        self.show_nothing(self.advice())
        if self.session is not None:
            self._on_choice()

    def _on_choice(self) -> None:
        self.on_choice()
        if not self.choice.some:
            self.show_nothing(self.advice())
        elif self.is_empty:
            self.show_empty(self.obstacle() or self.waiting())
        self.ask()
