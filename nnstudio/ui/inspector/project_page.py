"""The inspector's pages for the whole project and for several nodes at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from nnstudio.data.registry import dataset
from nnstudio.errors import UnknownDataset
from nnstudio.graph.nodes import Node
from nnstudio.params import Value
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector import parts, texts
from nnstudio.ui.inspector.file_fields import FILE_PARAMS
from nnstudio.ui.inspector.form import Form
from nnstudio.ui.inspector.plan_form import PlanForm
from nnstudio.ui.inspector.samples import numbers_alone

TITLE = parts.TextParam(name="title", help="What the project is called.")


class ProjectPage(QWidget):
    """Nothing is chosen: the project itself."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.heading = parts.label(look="title", wrap=True)
        self.totals = parts.label(look="muted", wrap=True)
        self.title_form = Form(self._retitle)
        self.plan_form = PlanForm(bridge)
        self.data = parts.label(wrap=True)
        self.data_more = parts.label(look="muted", wrap=True)
        self._arrange()

    def refresh(self) -> None:
        """Show the project as it is now."""
        session = self._bridge.session
        title = session.document.title
        self.heading.setText(title)
        self.totals.setText(self._total_words())
        self.title_form.show_params((TITLE,), {"title": title}, session)
        self.plan_form.refresh()
        self._show_data()

    def _retitle(self, name: str, value: Value) -> None:
        self._bridge.session.document.retitle(str(value) or self.tr("untitled"))

    def _total_words(self) -> str:
        session = self._bridge.session
        count, compiled = len(session.document.nodes), session.compiled
        if not count:
            return self.tr("An empty drawing. Drag a layer from the left to begin.")
        words = [self.tr("1 node") if count == 1 else self.tr("{0} nodes").format(count)]
        words.append(texts.parameter_words(compiled.parameters))
        words.append(self.tr("{0} FLOPs").format(texts.count_text(compiled.flops)))
        return " · ".join(words)

    def _show_data(self) -> None:
        session = self._bridge.session
        key = session.compiled.dataset
        if numbers_alone(session.compiled):
            self.data.setText(self.tr("Numbers alone"))
            words = self.tr("There are no samples to draw from: {0} and {1} mean nothing here.")
            self.data_more.setText(words.format("batch_size", "test_split"))
            return
        if key not in session.document.nodes:
            self.data.setText(self.tr("No data yet"))
            self.data_more.setText(self.tr("Add a Dataset node: it gives the samples to learn from."))
            return
        name = str(session.document.node(key).params.get("dataset", ""))
        try:
            found = dataset(name)
        except UnknownDataset as error:
            self.data.setText(error.message)
            self.data_more.setText(error.fix)
            return
        count = found.samples_for(session.document.node(key).params)
        self.data.setText(self.tr("{0} · {1} samples").format(found.title, f"{count:,}") if count else found.title)
        self.data_more.setText(found.summary)

    def _arrange(self) -> None:
        column = parts.page_layout(self)
        column.addWidget(self.heading)
        column.addWidget(self.totals)
        column.addSpacing(4)
        column.addWidget(self.title_form)
        column.addWidget(parts.rule())
        column.addWidget(parts.label(self.tr("Training"), "heading"))
        column.addWidget(self.plan_form)
        column.addWidget(parts.rule())
        column.addWidget(parts.label(self.tr("Data"), "heading"))
        column.addWidget(self.data)
        column.addWidget(self.data_more)
        column.addStretch(1)


class ManyPage(QWidget):
    """Several nodes: the parameters they share can be set at once where they are of one type."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._nodes: tuple[str, ...] = ()
        self.heading = parts.label(look="title")
        self.what = parts.label(look="muted", wrap=True)
        self.form = Form(self._write)
        self.hint = parts.label(look="muted", wrap=True)
        column = parts.page_layout(self)
        for widget in (self.heading, self.what, self.form, self.hint):
            column.addWidget(widget)
        column.addStretch(1)

    def show_nodes(self, nodes: Sequence[Node]) -> None:
        """Show what these nodes have in common."""
        self._nodes = tuple(node.id for node in nodes)
        kinds = Counter(node.type for node in nodes)
        self.heading.setText(self.tr("{0} nodes").format(len(nodes)))
        self.what.setText(", ".join(f"{count} {kind}" for kind, count in kinds.items()))
        common = list(nodes[0].layer.params_for(nodes[0].params)) if len(kinds) == 1 else []
        # A file is looked into one by one, and what is hidden follows from that.
        common = [param for param in common if not (param.hidden or isinstance(param, FILE_PARAMS))]
        shared = [param for param in common if all(param.name in node.params for node in nodes)]
        values = {param.name: nodes[-1].params[param.name] for param in shared}
        mixed = frozenset(name for name, value in values.items() if any(node.params[name] != value for node in nodes))
        self.form.show_params(shared, values, (self._bridge.session, self._nodes), mixed)
        self.form.setVisible(bool(shared))
        self.hint.setText(
            self.tr("What you set here is set in all of them.")
            if shared
            else self.tr("Nodes of one type can be set together here.")
        )

    def _write(self, name: str, value: Value) -> None:
        document = self._bridge.session.document
        with document.transaction(self.tr("Set {0} of {1} nodes").format(name, len(self._nodes))):
            for key in self._nodes:
                document.set(key, **{name: value})
