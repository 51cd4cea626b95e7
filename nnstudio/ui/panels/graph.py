"""The computation graph: what autograd keeps of one sample's loss, and the way back through it step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.compiler.result import Compiled
from nnstudio.graph.nodes import Node
from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.chain_words import number_text
from nnstudio.ui.panels.parts.header import tool_button
from nnstudio.ui.panels.parts.op_graph import Numbers, OpGraph
from nnstudio.ui.panels.parts.op_groups import Groups
from nnstudio.ui.panels.parts.op_layout import Key, Placed, Plan
from nnstudio.ui.panels.parts.op_places import nodes_of
from nnstudio.ui.panels.parts.op_view import OpView
from nnstudio.ui.panels.parts.op_walk import OpWalk
from nnstudio.ui.panels.parts.op_words import OpWords
from nnstudio.ui.panels.parts.op_work import OpWork
from nnstudio.ui.panels.parts.sample_picker import SamplePicker
from nnstudio.ui.panels.parts.step_bar import StepBar
from nnstudio.ui.panels.parts.suits import numbers
from nnstudio.ui.panels.spec import Panel, PanelType

AT_ONCE = 200
"""So many cards are laid out in the window's thread, within one picture; more of them beside it."""


class GraphPanel(Panel):
    """Operations as cards in layers, grouped by the nodes of the drawing. What is selected there is marked here."""

    title = str(QT_TRANSLATE_NOOP("panels", "Graph"))
    icon = "graph"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.words = OpWords()
        self.view, self.bar = OpView(self.words), StepBar()
        self.work = OpWork(bridge, self)
        self.graph: OpGraph | None = None
        self.groups: Groups | None = None
        self.walk: OpWalk | None = None
        self._nodes: dict[str, Node] = {}
        """The drawing's nodes by groups of the graph."""
        self._make_body()
        self._make_controls()
        self._connect()
        self._on_session(None)

    # What the engine tells

    def on_frame(self, frame: ProbeFrame) -> None:
        before = self.graph
        self.graph = self.words.graph = OpGraph.of(frame, before)
        if before is None or self.graph.structure is not before.structure:
            self._rebuild(self.graph)
        else:
            self.view.fresh()
        samples = frame.facts.get("samples", 0)
        self.picker.set_samples(samples if isinstance(samples, int) else 0)
        self.picker.setVisible(self.picker.samples > 1)
        self._show_controls(True)
        self._show_step()
        self.show_caption(self._caption_of(self.graph))
        self.show_body()

    def show_empty(self, text: str) -> None:
        super().show_empty(text)
        self._show_controls(False)

    def _rebuild(self, graph: OpGraph) -> None:
        """Another network, or the same after an edit: what was open or closed there stays so."""
        before, self.groups = self.groups, Groups(graph.structure)
        self.words.groups = self.groups
        if before is not None:
            self.groups.keep(before)
        self.walk = OpWalk(graph.structure)
        self.bar.set_most(self.walk.most_lines)
        self._find_nodes()
        self.view.show_placed(Placed(), fit=False)  # what was there before has no words any more
        self._place(fit=True)

    def _place(self, *, fit: bool, chosen: str = "") -> None:
        """Lay out what is open now, at once or in a moment; then a group can be chosen."""
        if self.groups is None:
            return
        self.work.stop()
        plan, show = Plan(self.groups, self.words.size), partial(self._show_placed, fit=fit, chosen=chosen)
        if len(plan) <= AT_ONCE:
            show(plan.run())
        else:
            self.body.setCursor(Qt.CursorShape.BusyCursor)
            self.work.begin(plan, show)

    def _show_placed(self, placed: Placed, *, fit: bool, chosen: str) -> None:
        self.body.unsetCursor()
        self.view.show_placed(placed, fit=fit)
        self._mark()
        if chosen:
            self.view.choose(chosen)
            self.view.reveal(chosen)

    def _find_nodes(self, _what: object = None) -> None:
        """Where the operations come from in the drawing, as it is by now."""
        if self.graph is None or self.session is None:
            return
        steering = self.session.steering
        now = steering.following.name_now if steering.active else str
        groups = {group: now(group) for group in self.graph.structure.groups}
        groups |= {path: now(path) for path in (self.groups.paths if self.groups is not None else ())}
        found = nodes_of(self.session.document, groups.values())
        self._nodes = {group: found[name] for group, name in groups.items() if name in found}
        self.words.hues = {group: node.layer.family.key for group, node in self._nodes.items()}
        self.view.fresh()

    def _caption_of(self, graph: OpGraph) -> str:
        compiled = self.session.compiled if self.session else Compiled()
        sample = self.tr("sample {0}").format(graph.facts.get("sample", 0)) if compiled.dataset else ""
        loss = self.tr("loss {0}").format(number_text(float(graph.facts.get("loss", 0.0))))
        count = self.tr("{0} operations").format(f"{len(graph.structure.operations):,}")
        left = self.tr("the {0} furthest from the loss left out").format(f"{graph.left:,}") if graph.left else ""
        return " · ".join(filter(None, (sample, loss, count, left)))

    # Walking

    def step(self, by: int) -> None:
        """Go on by so many operations, or back; the first step begins the walk."""
        if self.walk is not None:
            self._go_to(max(self.walk.position + by, 0))

    def go(self, where: int) -> None:
        """To the first operation, 0, or the last, 1; −1 leaves the walk."""
        if self.walk is not None:
            self._go_to({0: 0, 1: len(self.walk.steps) - 1}.get(where, -1))

    def _go_to(self, position: int) -> None:
        assert self.walk is not None, "a frame comes first"
        if self.walk.go_to(position):
            self._mark()
            self._show_step()

    def _mark(self) -> None:
        if self.walk is not None and self.groups is not None:
            self.view.set_mark(self.walk.mark(self.groups))

    def _show_step(self) -> None:
        walk, graph = self.walk, self.graph
        if walk is None or graph is None:
            return
        lines = walk.lines(graph) if walk.going else [self._invitation()]
        place = walk.where(graph) if walk.going else ""
        self.bar.show_step(place, lines, position=walk.position, count=len(walk.steps))

    def _invitation(self) -> str:
        return self.tr("Step on: forward, then back by the chain rule.")

    # Groups, and the canvas

    def toggle(self, key: Key) -> None:
        """Open or close a group, by its path or by a node in it."""
        groups = self.groups
        around = groups.around(key) if groups is not None and isinstance(key, int) else ()
        path = key if isinstance(key, str) else around[-1] if around else ""
        if groups is None or not path:
            return
        groups.toggle(path)
        self._place(fit=False, chosen=path)

    def open_all(self) -> None:
        """Show every operation."""
        if self.groups is not None:
            self.groups.open_all()
            self._place(fit=True)

    def close_all(self) -> None:
        """Show every group as one card."""
        if self.groups is not None:
            self.groups.close_all()
            self._place(fit=True)

    def _on_chosen(self, key: Key) -> None:
        node = self._node_of(key)
        if node is not None:
            self.bridge.select((node.id,))

    def _node_of(self, key: Key | None) -> Node | None:
        group = self.graph.structure.groups[key] if self.graph is not None and isinstance(key, int) else key
        return self._nodes.get(str(group))

    def _follow(self, selection: tuple[str, ...]) -> None:
        """What is selected on the canvas is marked here, too."""
        here = self._node_of(self.view.picture.frame or self.view.picture.card)
        if not selection or self.groups is None or (here is not None and here.id == selection[-1]):
            return
        number = self._number_of(selection[-1])
        if number is None:
            return
        shown = (*self.groups.around(number), self.groups.shown(number))
        own = (key for key in shown if (node := self._node_of(key)) is not None and node.id == selection[-1])
        key = next(own, self.groups.shown(number))
        self.view.choose(key)
        self.view.reveal(key)

    def _number_of(self, node: str) -> int | None:
        """The last operation that a node of the drawing made."""
        assert self.graph is not None, "groups come with a graph"
        groups = self.graph.structure.groups
        numbers = (n for n in reversed(range(len(groups))) if groups[n] in self._nodes)
        return next((n for n in numbers if self._nodes[groups[n]].id == node), None)

    # What can be taken away

    def rows(self) -> Iterable[Sequence[object]]:
        """Every operation and every leaf, also those in closed groups."""
        yield (
            "number", "name", "operation", "group", "shape", "inputs", "value", "mean", "deviation", "least",
            "largest", "gradient", "gradient norm", "saved",
        )  # fmt: skip
        graph = self.graph
        if graph is None:
            return
        structure = graph.structure
        for n, kind in enumerate(structure.kinds):
            inputs = " ".join(str(structure.edges[edge].source) for edge in structure.into[n])
            told = (n, structure.names[n], kind, structure.groups[n], structure.shapes[n], inputs)
            yield (
                *told, _plain(graph.value(n)), *graph.figures[n].tolist(), _plain(graph.gradient(n)),
                float(graph.norms[n]), graph.saved(n),
            )  # fmt: skip

    def paint_body(self, painter: QPainter, at: QPoint) -> None:
        """The graph, and the words of the step where one is; no buttons."""
        painter.save()
        painter.translate(at)
        self.view.paint(painter, QRectF(self.view.rect()))
        painter.restore()
        if self.walk is not None and self.walk.going:
            self.bar.lines.render(painter, at + self.bar.lines.mapTo(self.body, QPoint()))

    def picture_line(self) -> str:
        walk, graph = self.walk, self.graph
        place = walk.where(graph) if walk is not None and graph is not None and walk.going else ""
        return " · ".join(filter(None, (self.windowTitle(), self.header.caption, place)))

    # Inside

    def _make_body(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.bar)
        self.set_body(body)

    def _make_controls(self) -> None:
        self.picker = SamplePicker(self.bridge)
        self.fold = tool_button("fold", self.tr("Close all groups"))
        self.unfold = tool_button("unfold", self.tr("Open all groups"))
        self.fitted = tool_button("fit", self.tr("All in view (F)"))
        self.header.add_control(self.picker)
        for button in (self.fold, self.unfold, self.fitted):
            self.header.add_control(button, always=True)

    def _connect(self) -> None:
        self.fold.clicked.connect(self.close_all)
        self.unfold.clicked.connect(self.open_all)
        self.fitted.clicked.connect(self.view.fit)
        self.view.chosen.connect(self._on_chosen)
        self.view.toggled.connect(self.toggle)
        for steps in (self.view, self.bar):
            steps.stepped.connect(self.step)
            steps.gone.connect(self.go)
        self.bridge.session_changed.connect(self._on_session)
        self.bridge.recompiled.connect(self._on_compiled)
        self.bridge.selection_changed.connect(self._follow)
        self.bridge.sample_changed.connect(self._ask)

    def _show_controls(self, some: bool) -> None:
        for button in (self.fold, self.unfold, self.fitted):
            button.setVisible(some)
        grouped = self.groups is not None and bool(self.groups.paths)
        self.fold.setEnabled(grouped)
        self.unfold.setEnabled(grouped)
        if not some:
            self.picker.hide()

    def _on_session(self, _session: object) -> None:
        self.graph = self.words.graph = self.groups = self.words.groups = self.walk = None
        self.work.stop()
        self.body.unsetCursor()
        self.view.show_placed(Placed(), fit=False)  # the last project's has no words any more
        self.show_empty(self.waiting())
        self.show_caption("")
        self._on_compiled()

    def _on_compiled(self, _compiled: object = None) -> None:
        self._find_nodes()
        compiled = self.session.compiled if self.session else Compiled()
        if not compiled.has_loss:
            self.show_caption("")
            self.show_empty(self.obstacle() or self.tr("Add a loss to see how its gradient is computed."))
        elif self.is_empty:
            self.show_empty(self.obstacle() or self.waiting())
        self._ask()

    def _ask(self, _what: object = None) -> None:
        wanted = self.session is not None and self.session.compiled.has_loss
        self.subscribe_probe(*("autograd_graph", {"sample": self.bridge.sample}) if wanted else ("", {}))


def _plain(values: Numbers) -> str:
    """As a table takes them, one behind the other."""
    return " ".join(f"{value:.9g}" for value in values.tolist())


GRAPH = PanelType(
    key="graph",
    title=GraphPanel.title,
    icon=GraphPanel.icon,
    group="middle",
    order=26,
    make=GraphPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "Every operation of one sample's loss, and the chain rule step by step.")),
    suits=numbers,
    open=False,
)
