"""Attention: where every place of a sequence looks, for each head of each layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from nnstudio.compiler.result import Compiled, NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui import colormaps, theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.data.tabs import View, ViewTabs
from nnstudio.ui.panels.node_panel import NodePanel
from nnstudio.ui.panels.parts import token_source
from nnstudio.ui.panels.parts.footed import Footed
from nnstudio.ui.panels.parts.head_board import LINES, MAP, PICTURE, Choice, HeadBoard
from nnstudio.ui.panels.parts.header import FlatCombo, tool_button
from nnstudio.ui.panels.parts.heads import EVERY, MEAN, Group, Layer, groups_of, head_title, names_of
from nnstudio.ui.panels.parts.legend import Legend, ScaleBar
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.patch_picture import Patches
from nnstudio.ui.panels.parts.sample_picker import SamplePicker
from nnstudio.ui.panels.parts.suits import attention
from nnstudio.ui.panels.parts.token_lines import keys_of, strengths
from nnstudio.ui.panels.parts.token_source import Source
from nnstudio.ui.panels.spec import PanelType

KIND = 128
"""Pixels that the kind of attention has in a narrow header: half of its words would not tell encoder from decoder."""


class AttentionPanel(NodePanel):
    """A grid of all heads and layers, and the chosen one large: as a map, as lines, or over the picture."""

    title = str(QT_TRANSLATE_NOOP("panels", "Attention"))
    icon = "attention"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.board = HeadBoard()
        self.scale, self.legend = ScaleBar(), Legend()
        self.scale.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # a long legend leaves it its room
        body = Footed(self.scale, self.legend)
        body.set_picture(self.board)
        self.set_body(body)
        self.tabs = ViewTabs(self.tr("How the weights are shown"))
        self.kinds = FlatCombo(self.tr("Which attention of the node is shown"))
        self.kinds.NARROWEST = KIND
        self.whole = tool_button("outline", self.tr("All attentions of the network at once"), checkable=True)
        self.layer = 0
        self._head = EVERY
        """Which map is large, as far as there is such a one."""
        self.asking = 0
        """The place whose weights lie over the picture."""
        self._groups: list[Group] = []
        self._frame: ProbeFrame | None = None
        self._group_title = ""
        self._asked = ""
        """The node, as the engine calls it, that frames are wanted of; empty for all."""
        self._sources: dict[tuple[str, str], tuple[Source, Source]] = {}
        self._view_chosen = False
        self._build(bridge)
        bridge.sample_changed.connect(self.ask)
        self.begin()

    # What it shows

    @property
    def group(self) -> Group | None:
        """The attentions that are in the grid."""
        named = next((group for group in self._groups if group.title == self._group_title), None)
        return named or next(iter(self._groups), None)

    @property
    def head(self) -> int:
        """The number of the one that is large, or MEAN, ROLLOUT or EVERY."""
        columns = self.group.columns(lines=self.view == LINES) if self.group is not None else [MEAN]
        return self._head if self._head in columns else columns[0]

    @property
    def view(self) -> str:
        """map, lines or picture."""
        return self.tabs.key

    def choose_view(self, view: str) -> None:
        """Show the weights in another way."""
        self.tabs.set_key(view)
        self._on_view(view)

    def choose_kind(self, title: str) -> None:
        """Show another attention of the node, by the title of its group."""
        self._group_title = title
        self._list_kinds()
        self._draw()

    def choose_map(self, layer: int, head: int) -> None:
        """Show another layer and head large: a head by its number from 0, MEAN, ROLLOUT or EVERY."""
        self.layer, self._head = layer, head
        self._draw()

    def on_frame(self, frame: ProbeFrame) -> None:
        groups = groups_of(frame)
        if not groups or not _is_of(groups, self._asked):
            return
        self._frame, self._groups = frame, groups
        samples = frame.facts.get("samples", 0)
        self.picker.set_samples(samples if isinstance(samples, int) else 0)
        self._list_kinds()
        self._draw()
        self.show_body()

    def show_empty(self, text: str) -> None:
        super().show_empty(text)
        for control in (self.tabs, self.kinds):
            control.hide()

    def rows(self) -> Iterable[Sequence[object]]:
        """Every weight of every head and layer in the grid."""
        group, frame = self.group, self._frame
        yield "layer", "head", "query", "key", "query name", "key name", "weight"
        if group is None or frame is None:
            return
        for number, layer in enumerate(group.layers):
            names = self._names(layer, frame)
            for head, query, key in np.ndindex(layer.weights.shape):
                value = float(layer.weights[head, query, key])
                yield number + 1, head + 1, query, key, names[0][query], names[1][key], value

    # Inside

    def _build(self, bridge: Bridge) -> None:
        self.header.add_first(self.tabs)
        self.header.add_control(self.kinds, always=True)
        self.choose_among(partial(_fits, bridge), self.tr("Node whose attention is shown"), _first)
        self.header.add_control(self.whole)
        self.picker = SamplePicker(bridge)
        self.header.add_control(self.picker)
        self.tabs.chosen.connect(self._on_view)
        self.kinds.activated.connect(self._on_kind)
        self.whole.toggled.connect(self.ask)
        self.board.chosen.connect(self.choose_map)
        self.board.asked.connect(self._on_asked)

    def _draw(self) -> None:
        group, frame = self.group, self._frame
        if group is None or frame is None:
            return
        self.layer = min(self.layer, len(group.layers) - 1)
        layer = group.layers[self.layer]
        patches = self._patches(frame, layer)
        self._offer_views(patches)
        self.board.draw(
            group, Choice(self.layer, self.head, self.view, self.asking), self._names(layer, frame), patches
        )
        self._explain(layer)
        self.show_caption(self._words(group, layer, frame))
        self._fit_header()

    def _explain(self, layer: Layer) -> None:
        """What the colours say: of maps how much, of lines which head."""
        lines, top = self.view == LINES, self.board.top
        maps = not lines or not self.board.grid.isHidden()
        colors = colormaps.viridis() if maps else strengths(theme.color("accent"))
        self.scale.set_scale("0", number_text(top) + ("+" if top < 1 else ""), colors)
        strands = [head for head, _ in layer.strands(self.head)] if lines else []
        self.legend.set_keys(keys_of(strands))
        self.legend.setVisible(bool(strands))

    def _fit_header(self) -> None:
        self.tabs.fit(self.header, (self.kinds, self.choice, self.whole, self.picker))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_header()

    def _patches(self, frame: ProbeFrame, layer: Layer) -> Patches | None:
        """The picture that the places are patches of; None for other data."""
        source = self._source(layer)[1]
        pixels = frame.arrays.get(f"input:{source.field}")
        if pixels is None or not all(source.grid):
            return None
        found = Patches(pixels.numpy(), source.grid, source.before)
        return found if found.count == layer.sizes[1] else None

    def _names(self, layer: Layer, frame: ProbeFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """As far as they are told."""
        asking, asked = self._source(layer)
        queries, keys = layer.weights.shape[1:]
        return names_of(frame, asking, layer.sizes[0])[:queries], names_of(frame, asked, layer.sizes[1])[:keys]

    def _source(self, layer: Layer) -> tuple[Source, Source]:
        found = self._sources.get((layer.path, layer.kind))
        if found is None:
            session = self.session
            assert session is not None, "there is a frame"
            path = self.name_now(layer.path)
            found = token_source.sources(session.document, session.compiled.facts, path, layer.kind)
            self._sources[layer.path, layer.kind] = found
        return found

    def _words(self, group: Group, layer: Layer, frame: ProbeFrame) -> str:
        label = str(frame.facts.get("label_name", ""))
        told = layer.weights.shape[1:]
        cut = tuple(told) != layer.sizes
        words = [
            self._sample_words(frame),
            f"“{label}”" if label else "",
            self.tr("layer {0}").format(self.layer + 1) if len(group.layers) > 1 else "",
            self._place(layer),
            group.title if self.kinds.isHidden() else "",
            self.tr("first {0}×{1} of {2}×{3} places").format(*told, *layer.sizes) if cut else "",
        ]
        return " · ".join(filter(None, words))

    def _place(self, layer: Layer) -> str:
        """Which of the heads; nothing where there is but one."""
        if layer.heads < 2:
            return ""
        return self.tr("all heads") if self.head == EVERY else head_title(self.head)

    def _sample_words(self, frame: ProbeFrame) -> str:
        compiled = self.session.compiled if self.session else Compiled()
        if compiled.dataset:
            return self.tr("sample {0}").format(frame.facts.get("sample", self.bridge.sample))
        return self.tr("random input") if compiled.signature.inputs else ""

    # What is chosen

    def _offer_views(self, patches: Patches | None) -> None:
        views = [
            View(PICTURE, self.tr("Picture"), self.tr("What one patch looks at, over the picture")),
            View(MAP, self.tr("Map"), self.tr("Every weight as a cell")),
            View(LINES, self.tr("Lines"), self.tr("Lines between the tokens")),
        ]
        self.tabs.show_views(views if patches is not None else views[1:])
        if patches is not None and not self._view_chosen:
            self.tabs.set_key(PICTURE)
        self.tabs.show()

    def _list_kinds(self) -> None:
        titles = [group.title for group in self._groups]
        if titles != [self.kinds.itemText(row) for row in range(self.kinds.count())]:
            self.kinds.clear()
            self.kinds.addItems(titles)
        group = self.group
        self.kinds.setCurrentIndex(self.kinds.findText(group.title if group else ""))
        self.kinds.setVisible(len(titles) > 1)

    def _on_kind(self, index: int) -> None:
        self.choose_kind(self.kinds.itemText(index))

    def _on_view(self, _view: str) -> None:
        self._view_chosen = True
        self._draw()

    def _on_asked(self, place: int) -> None:
        self.asking = place
        self._draw()

    def forget(self) -> None:
        self._frame, self._groups, self._view_chosen = None, [], False
        self.layer, self._head, self.asking = 0, EVERY, 0

    def on_choice(self) -> None:
        self._sources.clear()
        self.picker.setVisible(self.choice.some)
        self.whole.setVisible(self.choice.combo.count() > 1)

    def advice(self) -> str:
        return self.tr("Add a MultiheadAttention or a TransformerEncoder to see where each place looks.")

    def ask(self, _what: object = None) -> None:
        node = self.name_then(self.key)
        if not node:
            self.subscribe_probe("", {})
            if self.key:
                self.show_empty(self.tr("The run has no '{0}' yet: train anew to see it.").format(self.choice.name))
            return
        whole = self.whole.isChecked() and not self.whole.isHidden()
        self._asked = "" if whole else node
        options: dict[str, Option] = {"node": self._asked, "sample": self.bridge.sample, "rollout": True}
        self.subscribe_probe("attention", options)


def _is_of(groups: Sequence[Group], node: str) -> bool:
    """Whether these are attentions of the node; the last frame may be of the one that was shown before."""
    return not node or f"{groups[0].layers[0].path}.".startswith(f"{node}.")


def _fits(bridge: Bridge, node: Node, _facts: NodeFacts) -> bool:
    return bridge.current is not None and token_source.has_attention(bridge.current.document, node)


def _first(nodes: Sequence[Node]) -> str:
    """The node to begin with: one that is attention for certain, or else the first."""
    known = [node for node in nodes if node.type in token_source.ATTENTIONS]
    return next((node.id for node in [*known, *nodes]), "")


ATTENTION = PanelType(
    key="attention",
    title=AttentionPanel.title,
    icon=AttentionPanel.icon,
    group="middle",
    order=24,
    make=AttentionPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "Where every place of a sequence looks, by head and layer.")),
    suits=attention,
    open=False,
)
