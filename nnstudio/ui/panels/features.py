"""Feature maps: what a node makes of one sample, channel by channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP

from nnstudio.compiler.result import Compiled, NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.node_choice import NodeChoice
from nnstudio.ui.panels.parts.sample_picker import SamplePicker
from nnstudio.ui.panels.parts.suits import images
from nnstudio.ui.panels.parts.tile_view import Shown, TileView
from nnstudio.ui.panels.spec import Panel, PanelType


class FeaturesPanel(Panel):
    """Tiles of the chosen node. Follows the canvas: selecting a node there shows it here."""

    title = str(QT_TRANSLATE_NOOP("panels", "Features"))
    icon = "features"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.view = TileView()
        self.set_body(self.view)
        self.choice = NodeChoice(bridge, self.header, _can_show, self.tr("Node whose output is shown"), _first)
        self.picker = SamplePicker(bridge)
        self.header.add_control(self.picker)
        self.choice.changed.connect(self._on_choice)
        bridge.session_changed.connect(self._on_session)
        bridge.sample_changed.connect(self._ask)
        self._on_session(None)

    @property
    def key(self) -> str:
        """What the engine calls the node that is shown, or empty."""
        return self.choice.key

    def on_frame(self, frame: ProbeFrame) -> None:
        array = frame.arrays.get(self.key)
        if array is None:
            return
        maps, sources = array.numpy(), [frame.arrays[name] for name in frame.arrays if name.startswith("input:")]
        given = [source.numpy() for source in sources if len(source.shape) == 3]
        self.view.show_values(Shown(_as_maps(maps), given[0] if given else None))
        samples = frame.facts.get("samples", 0)
        self.picker.set_samples(samples if isinstance(samples, int) else 0)
        self.show_caption(self._words(frame))
        self.show_body()

    def picture_line(self) -> str:
        return " · ".join(filter(None, (self.windowTitle(), self.choice.name, self.header.caption)))

    def rows(self) -> Iterable[Sequence[object]]:
        """Every value of every channel."""
        maps = self.view.shown.maps
        if self.view.shown.bars:
            yield "unit", "value"
            yield from enumerate(maps.tolist())
            return
        yield "channel", "row", "column", "value"
        for place in np.ndindex(maps.shape):
            yield *place, float(maps[place])

    # Inside

    def _words(self, frame: ProbeFrame) -> str:
        label, array = str(frame.facts.get("label_name", "")), frame.arrays[self.key]
        shape = "×".join(str(size) for size in array.shape)
        total = frame.facts.get(f"channels:{self.key}")
        shape = self.tr("{0} of {1} channels").format(shape, total) if total else shape
        return " · ".join(filter(None, (self._source(frame), f"“{label}”" if label else "", shape)))

    def _source(self, frame: ProbeFrame) -> str:
        """What the network was given; nothing where it computes with numbers of its own."""
        compiled = self.session.compiled if self.session else Compiled()
        if compiled.dataset:
            return self.tr("sample {0}").format(frame.facts.get("sample", self.bridge.sample))
        return self.tr("random input") if compiled.signature.inputs else ""

    def _on_session(self, _session: object) -> None:
        self.show_caption("")
        self.show_empty(self._advice())
        if self.session is not None:
            self._on_choice()

    def _on_choice(self) -> None:
        self._show_controls(self.choice.some)
        self._ask()

    def _show_controls(self, some: bool) -> None:
        self.picker.setVisible(some)
        if not some:
            self.show_caption("")
            self.show_empty(self._advice())
        elif self.is_empty:
            self.show_empty(self.obstacle() or self.waiting())

    def _advice(self) -> str:
        """What would bring a node to show."""
        return self.obstacle() or self.tr("Add a Conv2d to see feature maps.")

    def _ask(self, _what: object = None) -> None:
        if self.key:
            options: dict[str, Option] = {"nodes": [self.key], "sample": self.bridge.sample, "channels": 0}
            self.subscribe_probe("activations", options)
        else:
            self.subscribe_probe("", {})


def _can_show(node: Node, facts: NodeFacts) -> bool:
    """Whether the node puts out an image, a sequence or a vector that the network made."""
    outputs = list(facts.outputs.values())
    return node.layer.family.key not in ("data", "loss") and bool(outputs) and len(outputs[0].per_sample) in (1, 2, 3)


def _first(nodes: Sequence[Node]) -> str:
    """The node to begin with: the first convolution, or else the first."""
    convolutions = [node for node in nodes if node.type == "Conv2d"]
    return next((node.id for node in [*convolutions, *nodes]), "")


def _as_maps(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """C×H×W, or C for bars: a sequence is one tile, more axes are laid in a row."""
    if values.ndim < 2:
        return values.reshape(-1)
    return values.reshape(-1, *values.shape[-2:])


FEATURES = PanelType(
    key="features",
    title=FeaturesPanel.title,
    icon=FeaturesPanel.icon,
    group="middle",
    order=10,
    make=FeaturesPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "What a node makes of one sample, channel by channel.")),
    suits=images,
)
