"""Features: what a network sees in a sample, and how; four views of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget

from nnstudio.compiler.result import Compiled, NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.data.tabs import View, ViewTabs
from nnstudio.ui.features.filters_page import FiltersPage
from nnstudio.ui.features.maps_page import MapsPage
from nnstudio.ui.features.page import Chosen, Page, Seen, has_maps
from nnstudio.ui.features.strip_page import StripPage
from nnstudio.ui.features.strongest_page import StrongestPage, channels_of
from nnstudio.ui.panels.node_panel import NodePanel
from nnstudio.ui.panels.parts.number_picker import NumberPicker
from nnstudio.ui.panels.parts.sample_picker import SamplePicker
from nnstudio.ui.panels.parts.suits import images
from nnstudio.ui.panels.spec import PanelType


class FeaturesPanel(NodePanel):
    """A page for each view."""

    title = str(QT_TRANSLATE_NOOP("panels", "Features"))
    icon = "features"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.chosen = Chosen()
        self.maps, self.strip = MapsPage(self.chosen), StripPage(self.chosen)
        self.filters, self.strongest = FiltersPage(self.chosen), StrongestPage(self.chosen)
        pages = self.maps, self.strip, self.filters, self.strongest
        self.pages: dict[str, Page] = dict(zip(("maps", "strip", "filters", "strongest"), pages, strict=True))
        self.stack = QStackedWidget()
        for page in self.pages.values():
            self.stack.addWidget(page)
            page.asked.connect(self.ask)
        self.set_body(self.stack)
        self.tabs = ViewTabs(self.tr("What is shown of the features"))
        self.tabs.show_views(self._views())
        self.header.add_first(self.tabs)
        self.choose_among(self._fits, self.tr("Node whose output is shown"), _first)
        self.picker = SamplePicker(bridge)
        self.channel = NumberPicker(self.tr("Channel"), self.tr("Previous channel"), self.tr("Next channel"))
        self.header.add_control(self.picker)
        self.header.add_control(self.channel)
        self._connect()
        self.begin()

    @property
    def page(self) -> Page:
        """The view that is chosen."""
        return self.pages[self.tabs.key]

    def show_view(self, key: str) -> None:
        """Choose a view: "maps", "strip", "filters" or "strongest"."""
        self.tabs.set_key(key)
        self._on_view(key)

    def on_frame(self, frame: ProbeFrame) -> None:
        shown = self._current()
        wanted = {"view": self.tabs.key, "node": shown.key if shown else ""}
        if shown is None or any(frame.facts.get(name, value) != value for name, value in wanted.items()):
            return  # of the view or the node before
        self.chosen.training = self.session is not None and self.session.run.active
        self.page.show_frame(frame, shown)
        samples = frame.facts.get("samples")
        if isinstance(samples, int):
            self.picker.set_samples(samples)
        self.show_caption(" · ".join(filter(None, self.page.caption(frame, self._of_sample(frame)))))
        self.show_body()

    def show_caption(self, text: str) -> None:
        super().show_caption(text)
        self._fit()

    def picture_line(self) -> str:
        name = "" if self.page is self.strip else self.choice.name
        return " · ".join(filter(None, (self.windowTitle(), name, self.header.caption)))

    def rows(self) -> Iterable[Sequence[object]]:
        return self.page.rows()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # Inside

    def _views(self) -> tuple[View, ...]:
        return (
            View("maps", self.tr("Maps"), self.tr("What a node puts out; click a point to see how it comes about")),
            View("strip", self.tr("Strip"), self.tr("Every layer from input to output")),
            View("filters", self.tr("Filters"), self.tr("The weights that a convolution slides over its input")),
            View("strongest", self.tr("Strongest"), self.tr("The test samples that a channel answers to most")),
        )

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._on_view)
        self.header.frozen_changed.connect(self.tabs.setDisabled)
        self.header.frozen_changed.connect(self.maps.point.keep_still)
        self.strip.picked.connect(self._pick)
        self.channel.picked.connect(self._on_channel)
        self.strongest.grid.chosen.connect(self.bridge.choose_sample)
        self.bridge.sample_changed.connect(self.strongest.grid.choose)
        self.bridge.sample_changed.connect(self.ask)

    def _fits(self, node: Node, facts: NodeFacts) -> bool:
        return self.page.fits(node, facts) and self._has_some()

    def _has_some(self) -> bool:
        """Whether the network makes maps anywhere: of one that works with vectors alone there is nothing to see."""
        session = self.session
        if session is None:
            return False
        facts = session.compiled.facts
        return any(has_maps(node, facts[node.id]) for node in self.bridge.sheet.in_order() if node.id in facts)

    def _seen(self) -> list[Seen]:
        """The nodes that can be chosen."""
        session, combo = self.session, self.choice.combo
        if session is None:
            return []
        sheet, facts, lead = self.bridge.sheet, session.compiled.facts, self.bridge.lead
        keys = [str(combo.itemData(row)) for row in range(combo.count())]
        nodes = [sheet.node(key) for key in keys if key in sheet.nodes and key in facts]
        return [Seen(node, self.name_then(lead + node.name), facts[node.id]) for node in nodes]

    def _current(self) -> Seen | None:
        return next((seen for seen in self._seen() if seen.node.id == self.choice.node), None)

    def _of_sample(self, frame: ProbeFrame) -> tuple[str, ...]:
        """What the network was given; nothing where it computes with numbers of its own."""
        compiled = self.session.compiled if self.session else Compiled()
        if not compiled.dataset:
            return (self.tr("random input") if compiled.signature.inputs else "",)
        label = str(frame.facts.get("label_name", ""))
        sample = self.tr("sample {0}").format(frame.facts.get("sample", self.bridge.sample))
        return sample, f"“{label}”" if label else ""

    def _on_view(self, key: str) -> None:
        self.stack.setCurrentWidget(self.pages[key])
        self.choice.renew()

    def _on_channel(self, channel: int) -> None:
        self.chosen.channel = channel
        self.strongest.begin()

    def _show_channel(self) -> None:
        """Which channel is looked for; what was chosen elsewhere is the one here."""
        shown, wanted = self._current(), self.page is self.strongest
        self.channel.setVisible(shown is not None and wanted)
        if shown is not None and wanted:
            self.channel.set_count(channels_of(shown))
            self.chosen.channel = min(self.chosen.channel, self.channel.count - 1)
            self.channel.show_number(self.chosen.channel)

    def _pick(self, node: str) -> None:
        """Show the maps of a node that was seen in the strip, here and on the canvas."""
        if not self.header.frozen:
            self.show_view("maps")
            self.choice.choose(node)

    def forget(self) -> None:
        for page in self.pages.values():
            page.forget()

    def on_choice(self) -> None:
        some = self.choice.some
        self.tabs.setVisible(self._has_some())
        self.choice.setVisible(some and self.page is not self.strip)
        self.picker.setVisible(some and self.page.sampled)
        self._show_channel()
        self._fit()

    def advice(self) -> str:
        return self.page.advice()

    def ask(self, _what: object = None) -> None:
        shown = self._current()
        if shown is None:
            self.subscribe_probe("", {})
            return
        options: dict[str, Option] = {"view": self.tabs.key}
        if self.page.sampled:
            options["sample"] = self.bridge.sample
        self.subscribe_probe("features", options | self.page.options(self._seen(), shown))

    def _fit(self) -> None:
        self.tabs.fit(self.header, (self.choice, self.picker, self.channel))


def _first(nodes: Sequence[Node]) -> str:
    """The node to begin with: the first convolution, or else the first."""
    convolutions = [node for node in nodes if node.type.startswith("Conv")]
    return next((node.id for node in [*convolutions, *nodes]), "")


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
