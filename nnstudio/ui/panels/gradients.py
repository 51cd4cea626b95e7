"""How every layer fares while a network trains: gradients, activations, weights and updates, by layer and over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nnstudio.project.session import Run
from nnstudio.project.walking import places_of
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.density_map import DensityMap, Seen
from nnstudio.ui.panels.parts.header import ElidedLabel, FlatCombo, tool_button
from nnstudio.ui.panels.parts.health import SERIOUS, Symptom, first_and_last
from nnstudio.ui.panels.parts.layer_looks import FIGURES, SINGLE, Look, Looks
from nnstudio.ui.panels.parts.layer_map import LayerMap
from nnstudio.ui.panels.parts.numbers import cell_text
from nnstudio.ui.panels.parts.tips import plain
from nnstudio.ui.panels.parts.view_switch import ViewSwitch
from nnstudio.ui.panels.spec import Panel, PanelType

MAP, HISTOGRAM = "heat-map", "histogram"
QUANTITIES = {
    "weight_gradient": (
        str(QT_TRANSLATE_NOOP("quantities", "gradients")),
        str(QT_TRANSLATE_NOOP("quantities", "The loss's gradient by the weights of a layer")),
    ),
    "gradient": (
        str(QT_TRANSLATE_NOOP("quantities", "∂ activations")),
        str(QT_TRANSLATE_NOOP("quantities", "The loss's gradient by what a layer puts out, for one sample")),
    ),
    "activation": (
        str(QT_TRANSLATE_NOOP("quantities", "activations")),
        str(QT_TRANSLATE_NOOP("quantities", "What a layer puts out, for one sample")),
    ),
    "weight": (
        str(QT_TRANSLATE_NOOP("quantities", "weights")),
        str(QT_TRANSLATE_NOOP("quantities", "All the weights of a layer")),
    ),
    "update": (
        str(QT_TRANSLATE_NOOP("quantities", "update ratio")),
        str(
            QT_TRANSLATE_NOOP(
                "quantities",
                "How far the weights have moved since the look before, by their size and by the steps between."
                "\nAbout 0.001 is usual. Steps that go back and forth cancel each other.",
            )
        ),
    ),
    "flat": (
        str(QT_TRANSLATE_NOOP("quantities", "dead units")),
        str(
            QT_TRANSLATE_NOOP(
                "quantities",
                "The share of units that are zero (ReLU) or at their limit (Tanh, Sigmoid) for every sample looked at",
            )
        ),
    ),
}
COUNTED_INSTEAD = {"update": "weight", "flat": "activation"}
"""Of what a histogram is drawn where there is but one number a layer."""


class GradientsPanel(Panel):
    """Layers × time. Choosing a layer chooses its node on the canvas, and the other way round."""

    title = str(QT_TRANSLATE_NOOP("panels", "Gradients"))
    icon = "gradients"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.map, self.density = LayerMap(), DensityMap()
        self.views = QStackedWidget()
        self.views.addWidget(self.map)
        self.views.addWidget(self.density)
        self.line, self.advice = ElidedLabel(), ElidedLabel()
        self.line.setProperty("class", "muted")
        self.looks, self.seen = Looks(), Seen()
        self.layer = ""
        """The name of the layer whose histogram is wanted; empty for the first."""
        self._run: Run | None = None
        self._arrange_body()
        self._add_controls()
        self.map.chosen.connect(self.choose_layer)
        bridge.session_changed.connect(self._on_session)
        bridge.recompiled.connect(self._on_compiled)
        bridge.selection_changed.connect(self._on_selection)
        self._on_session(None)

    @property
    def quantity(self) -> str:
        """What is shown of the layers."""
        return str(self.quantities.currentData())

    @property
    def figure(self) -> str:
        return str(self.figures.currentData())

    def choose_layer(self, name: str) -> None:
        """Show a layer here and on the canvas."""
        self.layer = name
        self.map.choose(name)
        session = self.session
        places = places_of(session.document, name) if session else []
        if places:
            self.bridge.select((places[0][-1],))
        self._ask()

    def show_view(self, view: str) -> None:
        """The map of all layers, or the histogram of one."""
        self.switch.show_view(view, (MAP, HISTOGRAM))
        self.views.setCurrentIndex((MAP, HISTOGRAM).index(view))
        self.figures.setVisible(view == MAP and self.quantity not in SINGLE)
        self._ask()
        self._draw()

    # What the engine tells

    def on_frame(self, frame: ProbeFrame) -> None:
        run = self.session.run if self.session else None
        if run is not self._run:
            self._run = run
            self._begin_anew()
        self.looks.add(frame.step, Look.of(frame, self._name_now))
        self._count(frame)
        self._draw()
        self._explain(frame)
        self.show_body()

    def on_problem(self, frame: ProbeFrame) -> None:
        super().on_problem(frame)
        self.set_badge("")

    def rows(self) -> Iterable[Sequence[object]]:
        """Every number of the map, or every bin of the histogram."""
        if self.views.currentWidget() is self.density:
            yield from self.density.rows()
            return
        layers = self.map.layers
        yield "layer", *(f"step {step}" for step in layers.steps)
        yield from ((name, *row) for name, row in zip(layers.names, layers.values.tolist(), strict=True))

    def picture_line(self) -> str:
        what = self.quantities.currentText()
        shown = f"{what} · {self.layer}" if self.views.currentWidget() is self.density else self._what()
        return " · ".join(filter(None, (self.windowTitle(), shown, self.header.caption)))

    # Inside

    def _arrange_body(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.views, 1)
        column.addWidget(self.line)
        column.addWidget(self.advice)
        self.set_body(body)

    def _add_controls(self) -> None:
        self.quantities = FlatCombo(self.tr("What is shown of the layers"))
        for key, (label, _) in QUANTITIES.items():
            self.quantities.addItem(QCoreApplication.translate("quantities", label), key)
        self.figures = FlatCombo(self.tr("Which figure of it"))
        for figure in FIGURES:
            self.figures.addItem(figure, figure)
        self.switch = ViewSwitch(
            [(MAP, self.tr("All layers over time")), (HISTOGRAM, self.tr("Histogram of one layer over time"))]
        )
        self.flow = tool_button("flow", self.tr("Show the gradient on the wires of the drawing, or no longer (G)"))
        for control in (self.quantities, self.figures, self.switch):
            self.header.add_control(control)
        self.header.add_control(self.flow, always=True)
        self.quantities.currentIndexChanged.connect(self._on_quantity)
        self.figures.currentIndexChanged.connect(self._draw)
        self.switch.chosen.connect(self.show_view)
        self.flow.clicked.connect(self._toggle_flow)
        self.switch.show_view(MAP, (MAP, HISTOGRAM))
        self._on_quantity()

    def _toggle_flow(self) -> None:
        self.bridge.command_wanted.emit("flow")

    def _on_quantity(self, _index: int = 0) -> None:
        words = QCoreApplication.translate("quantities", QUANTITIES[self.quantity][1])
        self.quantities.setToolTip(plain(words))
        self.show_view(self.switch.view)

    def _draw(self, _index: int = 0) -> None:
        if self.looks.newest is None:
            return
        if self.views.currentWidget() is self.map:
            self.map.show_layers(self.looks.shown(self.quantity, self.figure, self._what(), self._blank()))
        else:
            self.density.show_history(self.seen.counts)

    def _what(self) -> str:
        """The quantity and its figure."""
        single = self.quantity in SINGLE
        return self.quantities.currentText() if single else f"{self.quantities.currentText()}, {self.figure}"

    def _blank(self) -> str:
        """Why no layer may have the quantity."""
        if self.quantity == "update":
            return self.tr("Nothing has moved since the first look. Train to see how far weights move.")
        if self.quantity == "flat":
            return self.tr("Add a ReLU, a Tanh or a Sigmoid to see which of its units are dead.")
        return self.tr("Add a loss on data to see gradients.")

    def _count(self, frame: ProbeFrame) -> None:
        """Take in the histogram; that of another layer, quantity or run begins anew."""
        of = self._name_now(str(frame.facts.get("node", ""))), str(frame.facts.get("quantity", ""))
        self.seen.take(frame, *of, self._run)

    def _explain(self, frame: ProbeFrame) -> None:
        newest = self.looks.newest
        assert newest is not None
        found = [each for each in SERIOUS if each in newest.symptoms]
        self.set_badge("!" if found else "")
        reason = str(frame.facts.get("reason", ""))
        share, advice = self._share(newest) or reason, [self._sentence(each, newest) for each in found]
        self.line.setText(share)
        self.line.setVisible(bool(share))
        self.advice.setText(" ".join(advice))
        self.advice.setVisible(bool(advice))
        for label in (self.line, self.advice):
            label.setToolTip(plain("\n".join(filter(None, [share, *advice]))))
        layers, samples = frame.facts.get("layers", 0), frame.facts.get("samples", 0)
        caption = [self.tr("1 sample") if samples == 1 else self.tr("{0} samples").format(samples)]
        if layers != len(newest.names):
            caption.append(self.tr("first {0} of {1} layers").format(len(newest.names), layers))
        self.show_caption(" · ".join(caption))

    def _share(self, look: Look) -> str:
        """The question of deep networks: how much of the gradient gets to the first layer."""
        found = first_and_last(look.column("weight_gradient", "norm"))
        if found is None:
            return ""
        first, last, share = found
        words = self.tr("{0} has {1} times the gradient of {2}.")
        return words.format(look.names[first], cell_text(share), look.names[last])

    def _sentence(self, symptom: Symptom, look: Look) -> str:
        names = [name for name, own in zip(look.names, look.symptoms, strict=True) if own is symptom]
        where = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
        return symptom.sentence(where)

    # What can be chosen

    def _name_now(self, name: str) -> str:
        session = self.session
        return session.steering.following.name_now(name) if session and session.steering.active else name

    def _name_then(self, name: str) -> str:
        session = self.session
        return session.steering.following.name_then(name) if session and session.steering.active else name

    def _begin_anew(self) -> None:
        self.looks, self.seen = Looks(), Seen()

    def _on_session(self, _session: object) -> None:
        self._run = None
        self._begin_anew()
        self.layer = ""
        self.set_badge("")
        self.show_caption("")
        self.show_empty(self._advice())
        if self.session is not None:
            self._on_compiled(None)

    def _on_compiled(self, _compiled: object) -> None:
        if not self._fits():
            self.set_badge("")
            self.show_caption("")
            self.show_empty(self._advice())
        elif self.is_empty:
            self.show_empty(self.obstacle() or self.waiting())
        self._ask()

    def _on_selection(self, selection: tuple[str, ...]) -> None:
        name = self.bridge.lead + self.name_of(selection[-1]) if selection else ""
        newest = self.looks.newest
        if newest is not None and name in newest.names and not self._stands_for(selection[-1]):
            self.layer = name
            self.map.choose(name)
            self._ask()

    def _stands_for(self, node: str) -> bool:
        """Whether the chosen layer is that node already, in any instance of the block around it."""
        places = places_of(self.session.document, self.layer) if self.session and self.layer else []
        return any(place[-1] == node for place in places)

    def _fits(self) -> bool:
        """Whether something in the drawing can be trained."""
        return self.session is not None and self.session.compiled.parameters > 0

    def _advice(self) -> str:
        return self.obstacle() or self.tr("Add a Linear or a Conv2d, and a loss, to see gradients by layer.")

    def _ask(self) -> None:
        if not self._fits():
            self.subscribe_probe("", {})
            return
        options: dict[str, Option] = {}
        if self.views.currentWidget() is self.density:
            options["node"] = self._name_then(self.layer or self._first())
            options["quantity"] = COUNTED_INSTEAD.get(self.quantity, self.quantity)
        self.subscribe_probe("layers", options)

    def _first(self) -> str:
        return self.map.layers.names[0] if self.map.layers.names else ""


GRADIENTS = PanelType(
    key="gradients",
    title=GradientsPanel.title,
    icon=GradientsPanel.icon,
    group="left",
    order=25,
    make=GradientsPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "How every layer fares: gradients, activations, weights and updates.")),
)
