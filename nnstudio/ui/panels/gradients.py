"""How every layer fares while a network trains: gradients, activations, weights and updates, by layer and over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nnstudio.graph.document import Document
from nnstudio.project.session import Run
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.density_map import Counts, DensityMap, Seen
from nnstudio.ui.panels.parts.header import ElidedLabel, FlatCombo, tool_button
from nnstudio.ui.panels.parts.health import SERIOUS, Symptom, first_and_last
from nnstudio.ui.panels.parts.history import STORED, History, step_of
from nnstudio.ui.panels.parts.layer_choice import LayerChoice
from nnstudio.ui.panels.parts.layer_looks import FIGURES, SINGLE, Look, Looks
from nnstudio.ui.panels.parts.layer_map import LayerMap
from nnstudio.ui.panels.parts.layer_quantities import QUANTITIES
from nnstudio.ui.panels.parts.numbers import cell_text
from nnstudio.ui.panels.parts.tips import plain
from nnstudio.ui.panels.parts.view_switch import ViewSwitch
from nnstudio.ui.panels.spec import Panel, PanelType

MAP, HISTOGRAM = "heat-map", "histogram"


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
        self._words = ""
        self.chosen = LayerChoice()
        """The layer whose histogram is wanted; none for the first."""
        self._run: Run | None = None
        self._fresh = False
        """Whether what was seen last had random weights, after the run or without any."""
        self._arrange_body()
        self._add_controls()
        self.map.chosen.connect(self.choose_layer)
        bridge.session_changed.connect(self._on_session)
        bridge.recompiled.connect(self._on_compiled)
        bridge.run_changed.connect(self._ask)  # a run goes by the names of its beginning
        bridge.selection_changed.connect(self._on_selection)
        self._on_session(None)

    @property
    def quantity(self) -> str:
        """What is shown of the layers."""
        return str(self.quantities.currentData())

    @property
    def figure(self) -> str:
        return str(self.figures.currentData())

    @property
    def layer(self) -> str:
        """The name of the layer that a histogram is of: the chosen one, or else the first."""
        return self.chosen.name or next(iter(self.map.layers.names), "")

    def choose_layer(self, name: str) -> None:
        """Show a layer here and on the canvas."""
        node = self._choose(name)
        if node:
            self.bridge.select((node,))

    def _choose(self, name: str) -> str:
        """Show a layer here; gives the id of its node, or an empty string."""
        node = self.chosen.choose(name, self.session.document) if self.session else ""
        self.map.choose(name)
        self._ask()
        self._draw()
        return node

    def show_view(self, view: str) -> None:
        """The map of all layers, or the histogram of one."""
        self.switch.show_view(view, (MAP, HISTOGRAM))
        self.views.setCurrentIndex((MAP, HISTOGRAM).index(view))
        self.figures.setVisible(view == MAP and self.quantity not in SINGLE)
        self._ask()
        self._draw()

    @property
    def _histogram(self) -> bool:
        return self.views.currentWidget() is self.density

    # What the engine tells

    def on_frame(self, frame: ProbeFrame) -> None:
        run, fresh = self.session.run if self.session else None, self._is_fresh(frame)
        if run is not self._run or (fresh and not self._fresh):
            self._begin_anew()
        self._run, self._fresh = run, fresh
        self.looks.add(step_of(frame, self.session), Look.of(frame, self._namer(frame)))
        self._count(frame)
        self._explain(frame)
        self._draw()
        self.show_body()

    def _is_fresh(self, frame: ProbeFrame) -> bool:
        """Whether it shows random weights, while nothing runs."""
        session = self.session
        resting = session is not None and not session.run.active and session.document.trained is None
        return resting and not frame.step

    def _namer(self, frame: ProbeFrame) -> Callable[[str], str]:
        """What makes the drawing's names of a frame's: the last one of a run may come after its end."""
        return self.session.steering.following.name_now if frame.step and self.session else self.name_now

    def on_problem(self, frame: ProbeFrame) -> None:
        super().on_problem(frame)
        self.set_badge("")

    def rows(self) -> Iterable[Sequence[object]]:
        """Every number of the map, or every bin of the histogram."""
        if self._histogram:
            yield from self.density.rows()
            return
        layers = self.map.layers
        yield "layer", *("as stored" if step == STORED else f"step {step}" for step in layers.steps)
        yield from ((name, *row) for name, row in zip(layers.names, layers.values.tolist(), strict=True))

    def picture_line(self) -> str:
        shown = self.quantities.currentText() if self._histogram else self._what()
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
        for key, quantity in QUANTITIES.items():
            self.quantities.addItem(quantity.label(), key)
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
        self.quantities.setToolTip(plain(QUANTITIES[self.quantity].tip()))
        self.show_view(self.switch.view)

    def _draw(self, _index: int = 0) -> None:
        if self.looks.newest is None:
            return
        if not self._histogram:
            self.map.show_layers(self.looks.shown(self.quantity, self.figure, self._what(), self._blank()))
        else:
            counted = self.seen.of == (self.layer, QUANTITIES[self.quantity].counted, self._run)
            self.density.show_history(self.seen.counts if counted else History[Counts](), self._uncounted())
        self._tell()

    def _uncounted(self) -> str:
        """Why there is no histogram, where that is so."""
        newest, counted = self.looks.newest, QUANTITIES[self.quantity].counted
        if newest is None or self.layer not in newest.names:
            return self.tr("There is no layer '{0}' now: choose another one.").format(self.layer)
        if np.isnan(newest.column(counted, "norm")[newest.names.index(self.layer)]):
            return self.tr("{0} has no {1}.").format(self.layer, QUANTITIES[counted].label())
        return self.waiting()

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
        of = self._namer(frame)(str(frame.facts.get("node", ""))), str(frame.facts.get("quantity", ""))
        self.seen.take(frame, step_of(frame, self.session), *of, self._run)

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
        words = [self.tr("1 sample") if samples == 1 else self.tr("{0} samples").format(samples)]
        if layers != len(newest.names):
            words.append(self.tr("first {0} of {1} layers").format(len(newest.names), layers))
        self._words = " · ".join(words)

    def _tell(self) -> None:
        """Of how many samples it is, and a histogram of what."""
        words = [self._words]
        if self._histogram:
            counted = QUANTITIES[self.quantity].counted
            of = self.tr("{0} of {1}").format(QUANTITIES[counted].label(), self.layer)
            words.insert(0, self.layer if counted == self.quantity else of)
        self.show_caption(" · ".join(filter(None, words)))

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

    def _begin_anew(self) -> None:
        self.looks, self.seen = Looks(), Seen()

    def _on_session(self, _session: object) -> None:
        self._run = None
        self._begin_anew()
        self.chosen = LayerChoice()
        self.set_badge("")
        self.show_nothing(self._advice())
        if self.session is not None:
            self._on_compiled(None)

    def _on_compiled(self, _compiled: object) -> None:
        if self.session is not None:
            self._follow_names(self.session.document)
        if not self._fits():
            self.set_badge("")
            self.show_nothing(self._advice())
        elif self.is_empty:
            self.show_empty(self.obstacle() or self.waiting())
        self._ask()

    def _follow_names(self, document: Document) -> None:
        """Nodes may be called otherwise: what was seen of the chosen layer stays."""
        before = self.chosen.name
        self.chosen.follow(document)
        if before != self.chosen.name:
            self.map.choose(self.chosen.name)
            if self.seen.of[:1] == (before,):
                self.seen.of = (self.chosen.name, *self.seen.of[1:])

    def _on_selection(self, selection: tuple[str, ...]) -> None:
        if self.header.frozen:
            return
        name = self.bridge.lead + self.name_of(selection[-1]) if selection else ""
        newest = self.looks.newest
        if newest is not None and name in newest.names and not self.chosen.is_of(selection[-1]):
            self._choose(name)

    def _fits(self) -> bool:
        """Whether something in the drawing can be trained."""
        return self.session is not None and self.session.compiled.parameters > 0

    def _advice(self) -> str:
        return self.tr("Add a Linear or a Conv2d, and a loss, to see gradients by layer.")

    def _ask(self, _run: object = None) -> None:
        if not self._fits():
            self.subscribe_probe("", {})
            return
        options: dict[str, Option] = {}
        if self._histogram:
            options["node"] = self.name_then(self.layer)
            options["quantity"] = QUANTITIES[self.quantity].counted
        self.subscribe_probe("layers", options)


GRADIENTS = PanelType(
    key="gradients",
    title=GradientsPanel.title,
    icon=GradientsPanel.icon,
    group="left",
    order=25,
    make=GradientsPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "How every layer fares: gradients, activations, weights and updates.")),
)
