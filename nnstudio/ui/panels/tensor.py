"""The output of any node for one sample: its numbers, as a table, a heat map, bars or a curve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP

from nnstudio.catalogue.tensors import N, TensorSpec
from nnstudio.compiler.result import NodeFacts
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.axis_words import axis_words
from nnstudio.ui.panels.parts.constant_sliders import ConstantSliders
from nnstudio.ui.panels.parts.header import FlatCombo
from nnstudio.ui.panels.parts.legend import ScaleBar
from nnstudio.ui.panels.parts.node_choice import NodeChoice
from nnstudio.ui.panels.parts.sample_picker import SamplePicker
from nnstudio.ui.panels.parts.tensor_body import (
    BARS,
    CURVE,
    LINES,
    MAP,
    NUMBERS,
    TensorBody,
    sensible_view,
    short,
    views_for,
)
from nnstudio.ui.panels.parts.tensor_frame import figure, shape_of, slice_of, whole_numbers
from nnstudio.ui.panels.parts.tensor_slice import Slice
from nnstudio.ui.panels.parts.view_switch import ViewSwitch
from nnstudio.ui.panels.spec import Panel, PanelType

_HALF = 0.005
"""A smaller share is told with more digits."""


class TensorPanel(Panel):
    """One output of the chosen node. Follows the canvas: selecting a node there shows it here."""

    title = str(QT_TRANSLATE_NOOP("panels", "Tensor"))
    icon = "tensor"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._chosen: dict[int, str] = {}
        """The view that the person chose, by the number of axes."""
        self._frame: ProbeFrame | None = None
        self._node = ""
        self._at: list[int] = []
        self._corner = (0, 0)
        """From which row and column on numbers are asked for."""
        self._asked = ""
        self._slice = Slice()
        self._place: list[tuple[str, int]] = []
        """Words and places on the leading axes."""
        self.views, self.constants = TensorBody(), ConstantSliders(bridge)
        self.views.set_sliders(self.constants)
        self.set_body(self.views)
        self.choice = NodeChoice(bridge, self.header, _puts_out, self.tr("Node whose output is shown"), _last)
        self.ports = FlatCombo(self.tr("Which of its outputs is shown"))
        self.switch = ViewSwitch(
            (
                (NUMBERS, self.tr("Numbers")),
                (MAP, self.tr("Heat map")),
                (BARS, self.tr("Bars of one row")),
                (CURVE, self.tr("Curve of one row")),
            )
        )
        self.picker, self.scale = SamplePicker(bridge), ScaleBar()
        self.views.set_scale(self.scale)
        for control in (self.ports, self.switch, self.picker):
            self.header.add_control(control)
        self._connect()
        self._on_session(None)

    def _connect(self) -> None:
        self.choice.changed.connect(self._on_choice)
        self.ports.activated.connect(self._on_port)
        self.switch.chosen.connect(self.choose_view)
        self.views.axes.moved.connect(self._on_moved)
        self.views.wanted.connect(self._on_wanted)
        self.views.pointed.connect(self.constants.choose)
        for control in (self.views.axes, self.constants):
            self.header.frozen_changed.connect(control.setDisabled)
        self.bridge.session_changed.connect(self._on_session)
        self.bridge.sample_changed.connect(self._ask)

    @property
    def port(self) -> str:
        """The name of the output that is shown, or empty."""
        return self.ports.currentText()

    @property
    def spec(self) -> TensorSpec | None:
        """What the drawing knows of the output."""
        facts = self.session.compiled.facts.get(self.choice.node) if self.session else None
        return facts.outputs.get(self.port) if facts else None

    def choose_view(self, view: str) -> None:
        """See it as numbers, a heat map, bars or a curve; also what has as many axes, from now on."""
        if self._frame is not None:
            self._chosen[len(shape_of(self._frame))] = view
            self._show(self._frame)
        self._ask()

    # What the engine tells

    def on_frame(self, frame: ProbeFrame) -> None:
        if frame.facts.get("name") != self._asked:
            return  # of the node before
        self._frame = frame
        self._show(frame)

    def _show(self, frame: ProbeFrame) -> None:
        spec, shape = self.spec, shape_of(frame)
        if spec is None:
            return
        view = self._view_of(spec, shape)
        words = axis_words(spec, len(shape), attention=self._is_attention())
        self.switch.show_view(view, views_for(len(shape)))
        at = whole_numbers(frame, "at")
        self._place_axes(words, at, shape, view)
        if len(at) != self._rank_of_place(len(shape), view):
            return  # it is of the view before
        self._slice = slice_of(frame, at, words, spec)
        self._place = list(zip(words, at, strict=False))
        self.views.show_slice(self._slice, view)
        whole = self._slice if len(self._slice.shape) == len(shape) else Slice((0,))
        self.constants.show_slice(self.bridge.sheet.nodes.get(self.choice.node), self._key_then(), whole)
        self.views.show_figures(self._figures_of(frame, shape))
        self.scale.setVisible(bool(shape) and view not in LINES)
        low, high = self._slice.range
        self.scale.set_scale(short(low), short(high), self._slice.lut)
        samples = frame.facts.get("samples", 0)
        self.picker.set_samples(samples if isinstance(samples, int) else 0)
        self.picker.setVisible(self.picker.samples > 1)
        self.show_caption(self._words(frame, shape))
        self.show_body()

    def _place_axes(self, words: Sequence[str], at: Sequence[int], shape: Sequence[int], view: str) -> None:
        leading = self._rank_of_place(len(shape), view)
        places = [*at, *([0] * leading)][:leading]
        self.views.axes.show_places(words[:leading], places, shape[:leading])

    def _view_of(self, spec: TensorSpec, shape: tuple[int, ...]) -> str:
        return self._chosen.get(len(shape)) or sensible_view(shape, whole=not spec.dtype.startswith("float"))

    def _rank_of_place(self, rank: int, view: str) -> int:
        """On how many axes one has a place."""
        return max(rank - (1 if view in LINES else 2), 0)

    def _is_attention(self) -> bool:
        node = self.bridge.sheet.nodes.get(self.choice.node)
        return node is not None and node.layer.family.key == "attention" and self.port == "weights"

    def _figures_of(self, frame: ProbeFrame, shape: Sequence[int]) -> str:
        """Of the whole tensor, not only of what is seen of it."""
        facts = frame.facts
        told = ["×".join(map(str, shape)), str(facts.get("dtype", ""))]
        for name, words in (("nans", self.tr("{0} NaN")), ("infinite", self.tr("{0} infinite"))):
            if figure(frame, name):
                told.append(words.format(f"{figure(frame, name):,.0f}"))
        for name, words in (
            ("low", self.tr("min {0}")),
            ("high", self.tr("max {0}")),
            ("mean", self.tr("mean {0}")),
            ("std", self.tr("std {0}")),
        ):
            if name in facts and shape:
                told.append(words.format(short(figure(frame, name))))
        zeros = figure(frame, "zeros")
        if shape and zeros:
            share = f"{100 * zeros:.0f} %" if zeros >= _HALF else f"{100 * zeros:.2g} %"
            told.append(self.tr("{0} zeros").format(share))
        return " · ".join(filter(None, told))

    def _words(self, frame: ProbeFrame, shape: Sequence[int]) -> str:
        label = str(frame.facts.get("label_name", ""))
        compiled = self.session.compiled if self.session else None
        sample = self.tr("sample {0}").format(frame.facts.get("sample", 0)) if compiled and compiled.dataset else ""
        random = self.tr("random input") if compiled and not compiled.dataset and compiled.signature.inputs else ""
        told = "×".join(map(str, shape)) or self.tr("one number")
        return " · ".join(filter(None, (sample or random, f"“{label}”" if label else "", told)))

    # What is chosen

    def _on_session(self, _session: object) -> None:
        self._frame = None
        self.show_caption("")
        self.show_empty(self._advice())
        if self.session is not None:
            self._on_choice()

    def show_empty(self, text: str) -> None:
        super().show_empty(text)
        for control in (self.scale, self.switch, self.picker):
            control.hide()

    def show_body(self) -> None:
        super().show_body()
        self.switch.show()

    def _on_choice(self) -> None:
        if self._node != self.choice.node:
            self._node = self.choice.node
            self._begin_at_first()
        self._list_ports()
        if not self.choice.some:
            self.show_caption("")
            self.show_empty(self._advice())
        elif self.is_empty:
            self.show_empty(self.obstacle() or self.waiting())
        self._ask()

    def _list_ports(self) -> None:
        """The outputs of the node, as far as the network computes them: one that nobody takes it does not."""
        facts = self.session.compiled.facts.get(self.choice.node) if self.session else None
        node = self.bridge.sheet.nodes.get(self.choice.node) if self.session else None
        names = list(facts.outputs) if facts and node else []
        if node is not None and node.type != "Dataset":
            taken = {link.output for link in self.bridge.sheet.links_of(node.id) if link.source == node.id}
            names = [name for name in names if name in taken or (not taken and name == names[0])]
        if [self.ports.itemText(row) for row in range(self.ports.count())] != names:
            self.ports.clear()
            self.ports.addItems(names)
        self.ports.setVisible(len(names) > 1)

    def _on_port(self, _index: int) -> None:
        self._begin_at_first()
        self._ask()

    def _begin_at_first(self) -> None:
        self._at, self._corner = [], (0, 0)

    def _on_moved(self) -> None:
        self._at = self.views.axes.places
        self._ask()

    def _on_wanted(self, top: int, left: int) -> None:
        self._corner = (top, left)
        self._ask()

    def _advice(self) -> str:
        """What would bring a tensor to show."""
        return self.obstacle() or self.tr("Add a layer to see what it puts out.")

    def _ask(self, _what: object = None) -> None:
        spec = self.spec
        if spec is None or not self.choice.key:
            self.subscribe_probe("", {})
            return
        rank = len(spec.per_sample)
        leading = self._rank_of_place(rank, self._view_of(spec, spec.per_sample))
        which = self._which()
        self._asked = str(which.get("field") or which.get("name"))
        at: list[int | float | str] = list([*self._at, *([0] * rank)][:leading])
        options: dict[str, Option] = {
            **which,
            "batched": bool(spec.shape) and spec.shape[0] == N,
            "sample": self.bridge.sample,
            "at": at,
            "top": self._corner[0],
            "left": self._corner[1],
        }
        self.subscribe_probe("tensor", options)

    def _which(self) -> dict[str, Option]:
        """What the engine calls the tensor."""
        node = self.bridge.sheet.node(self.choice.node)
        if node.type == "Dataset":
            return {"field": self.port}
        first = node.outputs[0].name == self.port
        return {"name": self._key_then() + ("" if first else f"_{self.port}"), "loss": node.layer.is_loss}

    def _key_then(self) -> str:
        """The node as the engine knows it: by the name it had when the run began."""
        session = self.session
        active = session is not None and session.steering.active
        return session.steering.following.name_then(self.choice.key) if session and active else self.choice.key

    # What can be taken away

    def rows(self) -> Iterable[Sequence[object]]:
        """The numbers that are known of the slice, with their places."""
        shown = self._slice
        lead, at = zip(*self._place, strict=True) if self._place else ((), ())
        own = shown.axes[2 - len(shown.shape) :] if shown.shape else ()
        yield [*lead, *own, "value"]
        for row, column in np.ndindex(shown.known.shape):
            places = [row + shown.top, column + shown.left][2 - len(shown.shape) :]
            yield [*at, *places, shown.known[row, column].item()]

    def picture_line(self) -> str:
        name = f"{self.choice.name}.{self.port}" if self.ports.count() > 1 else self.choice.name
        return " · ".join(filter(None, (self.windowTitle(), name, self.header.caption)))


def _puts_out(node: Node, facts: NodeFacts) -> bool:
    """A muted one hands on what comes in, which is shown where it comes from."""
    return bool(facts.outputs) and not node.muted


def _last(nodes: Sequence[Node]) -> str:
    """The node to begin with: what the network answers, before the loss."""
    answers = [node for node in nodes if node.layer.family.key not in ("loss", "data")]
    return next((node.id for node in [*reversed(answers), *nodes]), "")


TENSOR = PanelType(
    key="tensor",
    title=TensorPanel.title,
    icon=TensorPanel.icon,
    group="middle",
    order=28,
    make=TensorPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "The numbers that any node puts out for one sample.")),
)
