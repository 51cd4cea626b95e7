"""What the network consists of: its layers with shapes, parameters, work, memory, time and energy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.catalogue.tensors import shape_text
from nnstudio.data.loading import bytes_text
from nnstudio.graph import changes as ch
from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector.texts import count_text
from nnstudio.ui.panels.parts.figure_strip import Figure, FigureStrip
from nnstudio.ui.panels.parts.layer_rows import BYTE_PJ, FLOP_PJ, LayerRow, flat, layer_rows, totals_of
from nnstudio.ui.panels.parts.layer_table import Column, LayerTable
from nnstudio.ui.panels.parts.layer_times import LayerTimes, energy_text, time_text
from nnstudio.ui.panels.spec import Panel, PanelType

NOTHING = "—"


class SummaryPanel(Panel):
    """A table that stands as soon as the drawing is understood; the engine's times come when it has measured."""

    title = str(QT_TRANSLATE_NOOP("panels", "Summary"))
    icon = "summary"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.layers: tuple[LayerRow, ...] = ()
        self.times = LayerTimes()
        self._outdated = True
        self.strip, self.table = FigureStrip(), LayerTable()
        self.table.set_columns(self._columns())
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.strip)
        column.addWidget(self.table, 1)
        self.set_body(body)
        self.setFocusProxy(self.table)
        self.table.chosen.connect(self._on_chosen)
        bridge.recompiled.connect(self._on_drawing)
        bridge.session_changed.connect(self._on_session)
        bridge.document_changed.connect(self._on_change)
        bridge.selection_changed.connect(self._follow)
        self._on_session(None)

    # What is known

    def refresh(self) -> None:
        if self._outdated:
            self._outdated = False
            self._show_layers()
        super().refresh()

    def _show_layers(self) -> None:
        session = self.session
        self.layers = layer_rows(session.document, session.compiled) if session else ()
        if not self.layers:
            self.show_caption("")
            self.show_empty(self.obstacle() or self.tr("Add a layer to see its size, its work and its time."))
            return
        self.table.show_rows(self.layers)
        self.table.choose(self.bridge.selection)
        self._tell()
        self.show_body()

    def on_frame(self, frame: ProbeFrame) -> None:
        self.times.take(frame, self._name_now)
        if self.layers:
            self.table.renew()
            self._tell()

    def on_problem(self, frame: ProbeFrame) -> None:
        """What is known without the engine stays."""
        self.times = LayerTimes()
        self.show_caption(frame.problem)

    def _tell(self) -> None:
        totals = totals_of(self.layers, self._batch())
        forward, backward = self.times.total(self.layers)
        figures = [
            Figure(f"{totals.parameters:,}", self.tr("parameters"), self._tip("parameters")),
            Figure(count_text(totals.flops), self.tr("FLOPs"), self._tip("flops")),
            Figure(bytes_text(totals.weight_bytes), self.tr("weights"), self._tip("weights")),
            Figure(bytes_text(totals.output_bytes), self.tr("activations"), self._tip("activations")),
        ]
        if self.times.batch:
            figures.insert(2, Figure(time_text(forward + backward), self.tr("a batch"), self._tip("time")))
        figures.append(Figure(f"≈ {energy_text(totals.energy)}", self.tr("energy"), self._tip("energy")))
        self.strip.show_figures(figures)
        layers = self.tr("1 layer") if totals.layers == 1 else self.tr("{0} layers").format(totals.layers)
        self.show_caption(" · ".join(filter(None, (layers, self._time_words(forward, backward)))))

    def _time_words(self, forward: float, backward: float) -> str:
        if not self.times.batch:
            return ""
        words = [self.tr("forward {0}").format(time_text(forward))]
        if backward:
            words.append(self.tr("backward {0}").format(time_text(backward)))
        of = self.tr("1 sample") if self.times.batch == 1 else self.tr("{0} samples").format(self.times.batch)
        return f"{of}: {', '.join(words)}"

    def _batch(self) -> int:
        return int(self.session.document.plan.batch_size) if self.session else 1

    def _name_now(self, name: str) -> str:
        session = self.session
        return session.steering.following.name_now(name) if session and session.steering.active else name

    # What is asked and chosen

    def _on_session(self, _session: object) -> None:
        self.times = LayerTimes()
        self._on_drawing()

    def _on_change(self, change: object) -> None:
        """The plan's batch is what is measured, and what the energy is told for."""
        if isinstance(change, ch.PlanSet):
            self._on_drawing()

    def _on_drawing(self, _compiled: object = None) -> None:
        self._outdated = True
        self.schedule()
        self._ask()

    def _ask(self) -> None:
        session = self.session
        if session is not None and session.document.nodes and not session.compiled.errors:
            self.subscribe_probe("profile", {"batch": self._batch()})
        else:
            self.subscribe_probe("", {})

    def _on_chosen(self, node: str) -> None:
        if self.session is not None and node in self.session.document:
            self.bridge.select((node,))

    def _follow(self, selection: tuple[str, ...]) -> None:
        if not self.is_empty:
            self.table.choose(selection)

    # The columns

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(self.tr("Layer"), self.tr("Name and type; a click shows it on the canvas"), 0, _name),
            Column(self.tr("Output"), self.tr("Shape of what it puts out for one sample"), 0, _output),
            Column(self.tr("Parameters"), self._tip("parameters"), 0, _parameters, lambda row: float(row.parameters)),
            Column(self.tr("Time"), self._tip("time"), 68, self._time_text, self._time, self._backward, live=True),
            Column(self.tr("FLOPs"), self._tip("flops"), 0, _flops, lambda row: float(row.flops)),
            Column(self.tr("Weights"), self._tip("weights"), 0, _weights, lambda row: float(row.weight_bytes)),
            Column(self.tr("Activations"), self._tip("activations"), 0, _made, lambda row: float(row.output_bytes)),
            Column(self.tr("Energy"), self._tip("energy"), 0, self._energy_text, self._energy),
        )

    def _tip(self, what: str) -> str:
        tips = {
            "parameters": self.tr("Trainable numbers"),
            "flops": self.tr(
                "Floating point operations of one forward pass of one sample, as far as they are products of "
                "matrices and convolutions: a multiply and an add are two"
            ),
            "weights": self.tr("Memory for the weights as float32; training takes more"),
            "activations": self.tr("Memory for what the layers put out for one sample"),
            "time": self.tr(
                "Measured for one batch, blue forward and orange backward; a layer's share of all as its bar. "
                "In eval mode, the median of a few passes"
            ),
            "energy": self.tr(
                "An estimate for one sample forward, not measured: {0} pJ an operation and {1} pJ a byte from memory, "
                "of a chip of 45 nm (Horowitz, ISSCC 2014). The weights are read once a batch"
            ).format(FLOP_PJ, BYTE_PJ),
        }
        return tips[what]

    def _time(self, row: LayerRow) -> float | None:
        times = self.times.of(row)
        return None if times is None else sum(times)

    def _backward(self, row: LayerRow) -> float:
        times = self.times.of(row)
        return 0.0 if times is None else times[1]

    def _time_text(self, row: LayerRow) -> str:
        seconds = self._time(row)
        return NOTHING if seconds is None else time_text(seconds)

    def _energy(self, row: LayerRow) -> float:
        return row.energy(self._batch())

    def _energy_text(self, row: LayerRow) -> str:
        return energy_text(self._energy(row))

    # What can be taken away

    def rows(self) -> Iterable[Sequence[object]]:
        """All layers in the order of the computation, those inside a block behind it."""
        yield (
            "layer", "type", "times", "output", "parameters", "flops", "weight_bytes", "activation_bytes",
            "forward_s", "backward_s", "energy_pj",
        )  # fmt: skip
        for row in flat(self.layers):
            forward, backward = self.times.of(row) or ("", "")
            counts = (row.parameters, row.flops, row.weight_bytes, row.output_bytes)
            yield row.name, row.type, row.times, _output(row), *counts, forward, backward, self._energy(row)


def _name(row: LayerRow) -> str:
    return row.name


def _output(row: LayerRow) -> str:
    return shape_text(row.output.per_sample) if row.output is not None else NOTHING


def _parameters(row: LayerRow) -> str:
    return f"{row.parameters:,}" if row.parameters else NOTHING


def _flops(row: LayerRow) -> str:
    return count_text(row.flops) if row.flops else NOTHING


def _weights(row: LayerRow) -> str:
    return bytes_text(row.weight_bytes) if row.weight_bytes else NOTHING


def _made(row: LayerRow) -> str:
    return bytes_text(row.output_bytes)


SUMMARY = PanelType(
    key="summary",
    title=SummaryPanel.title,
    icon=SummaryPanel.icon,
    group="right",
    order=25,
    make=SummaryPanel,
    several=False,
    summary=str(QT_TRANSLATE_NOOP("panels", "The layers with their size, work, memory and time.")),
)
