"""What each view of the features panel has in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import Option, ProbeFrame


@dataclass(frozen=True)
class Seen:
    """A node that can be shown: its id, the engine's name for it, and what it puts out."""

    node: Node
    key: str
    facts: NodeFacts

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its output, without the batch."""
        return next((spec.per_sample for spec in self.facts.outputs.values()), ())

    @property
    def is_sequence(self) -> bool:
        """Whether its channels come last, as those of an Embedding or an LSTM."""
        kind = next((spec.kind for spec in self.facts.outputs.values()), "")
        return len(self.shape) == 2 and kind in ("sequence", "tokens")


@dataclass
class Chosen:
    """What the views of one panel share."""

    channel: int = 0
    training: bool = False
    """Whether the model changes while it is looked at."""


class Page(QWidget):
    """One view. It asks the probe for what it needs, and shows what comes."""

    asked = Signal()
    """It wants another frame than before."""
    sampled: ClassVar[bool] = True
    """Whether it shows the chosen sample."""

    def __init__(self, chosen: Chosen) -> None:
        super().__init__()
        self.chosen = chosen

    def fits(self, node: Node, facts: NodeFacts) -> bool:
        """Whether the node can be shown here."""
        return has_maps(node, facts)

    def advice(self) -> str:
        """What to add where nothing can be shown."""
        return self.tr("Add a Conv2d to see feature maps.")

    def options(self, seen: Sequence[Seen], shown: Seen) -> dict[str, Option]:
        """What is asked of the probe; `seen` are all nodes that fit, `shown` the chosen one."""
        return {}

    def show_frame(self, frame: ProbeFrame, shown: Seen) -> None:
        """What the probe found."""

    def caption(self, frame: ProbeFrame, sample: Sequence[str]) -> Sequence[str]:
        """What is shown, for the header; `sample` says for which sample."""
        return sample

    def rows(self) -> Iterable[Sequence[object]]:
        """What is shown as a table."""
        return []

    def forget(self) -> None:
        """Another project is shown."""


def has_maps(node: Node, facts: NodeFacts) -> bool:
    """Whether the network made an image, a volume, a signal or a sequence there."""
    return is_made(node) and axes(facts) in (2, 3, 4)


def is_made(node: Node) -> bool:
    """Whether it is a part of the network, and neither data nor a loss."""
    return node.layer.family.key not in ("data", "loss")


def axes(facts: NodeFacts) -> int:
    """How many the output has, without the batch."""
    return next((len(spec.per_sample) for spec in facts.outputs.values()), 0)
