"""The inspector's page for one node: what it is, its parameters, what comes in and out, and its source."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.files import path_of, path_param
from nnstudio.compiler.result import NodeFacts, Problem
from nnstudio.graph.nodes import DATASET, Node
from nnstudio.params import Param, Value
from nnstudio.project.events import FileWanted
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.downloads.downloads import Downloads
from nnstudio.ui.downloads.part import DownloadPart
from nnstudio.ui.inspector import parts, texts
from nnstudio.ui.inspector.block_part import BlockPart, told
from nnstudio.ui.inspector.code_field import CodeField
from nnstudio.ui.inspector.data_part import amount_of
from nnstudio.ui.inspector.docs import Docs, docs_of
from nnstudio.ui.inspector.form import Form
from nnstudio.ui.inspector.note_part import NotePart
from nnstudio.ui.inspector.tuning_part import TuningPart
from nnstudio.ui.inspector.wires_part import WiresPart

FACT_WORDS = 72
"""Room for margins and the word before a shape."""

TYPE_WIDTH = 150
"""A type is shown whole up to this width, beside a long name."""

NAME = parts.TextParam(name="name", help="What the layer is called in the source, and so in the saved weights.")


class NodePage(QWidget):
    """Shows one node, and writes what the person changes."""

    def __init__(self, bridge: Bridge, downloads: Downloads) -> None:
        super().__init__()
        self._bridge = bridge
        self._node = ""
        self._first_row = 0
        self._first_fact = QLabel()
        self.name = parts.NameLabel()
        self.name.setProperty("class", "title")
        self.type = parts.NameLabel()
        self.type.setProperty("class", "muted")
        self.type.setStyleSheet("font-size: 15px;")
        self.summary = parts.label(look="muted", wrap=True)
        self._problems = QVBoxLayout()
        self.form = Form(self._write)
        self.form.label_asked.connect(self._label_asked)
        self.form.file_asked.connect(self._file_asked)
        self.download = DownloadPart(bridge, downloads)
        self.form.paint_asked.connect(lambda: bridge.panel_wanted.emit("paint"))
        self.block = BlockPart(bridge)
        self.tuning = TuningPart(bridge)
        self.wires = WiresPart(bridge)
        self.note = NotePart(bridge)
        self._facts = QGridLayout()
        self.counts = parts.label(look="muted")
        self.code = parts.CodeBox()
        self.help = parts.label(look="muted", wrap=True)
        self.formula = parts.label(look="mono", wrap=True)
        self.origin = parts.label(look="small", wrap=True)
        self._arrange()

    def show_node(self, node: Node) -> None:
        """Show this node as it is now."""
        self._node = node.id
        layer, compiled = node.layer, self._bridge.session.compiled
        facts = compiled.facts.get(node.id)
        self.name.setText(node.name)
        definition = self._bridge.session.document.blocks.get(node.block)
        self.type.setText(definition.name if definition else node.type)
        self.type.ensurePolished()
        self.type.setMinimumWidth(min(self.type.sizeHint().width(), TYPE_WIDTH))
        own = (param for param in layer.params_for(node.params) if not definition or param.name != "block")
        params = (NAME, *(param for param in own if not param.hidden))
        self.form.show_params(params, {"name": node.name, **node.params}, (self._bridge.session, node.id))
        self._mark_offered(node)
        self.block.setVisible(definition is not None)
        if definition is not None:
            self.block.show_block(definition)
        self.download.show_node(node)
        self.tuning.show_node(node, facts or NodeFacts())
        self.wires.show_node(node)
        self.note.show_note(node)
        self._show_problems(compiled.problems_of(node.id))
        self._mark_lines(compiled.problems_of(node.id))
        self._show_facts(node, facts or NodeFacts())
        self._show_code(node)
        self._show_docs(docs_of(node))

    def _write(self, name: str, value: Value) -> None:
        document = self._bridge.session.document
        if name == NAME.name:
            document.rename(self._node, str(value))
        elif isinstance(self.form.fields[name], CodeField):
            self._bridge.session.write_code(self._node, name, str(value))
        else:
            document.set(self._node, **{name: value})

    def _file_asked(self, name: str) -> None:
        """Another file, or what is set by looking into the one that there is."""
        node = self._bridge.session.document.node(self._node)
        path = "" if name == path_param(node) else path_of(node)
        self._bridge.file_wanted.emit(FileWanted(node.id, path))

    # What the block around offers outside

    def _offered(self, node: str) -> dict[str, str]:
        """Parameters of a node that the block around offers, with the names it gives them."""
        document = self._bridge.session.document
        around = document.blocks.get(document.sheet_of(node).block)
        return {offer.param: offer.name for offer in around.offers(node)} if around else {}

    def _mark_offered(self, node: Node) -> None:
        tips = {
            param: self.tr("Offered outside as '{0}'.").format(name) for param, name in self._offered(node.id).items()
        }
        inside = bool(self._bridge.session.document.sheet_of(node.id).block)
        self.form.mark(tips, self.tr("Right-click: offer it outside of the block.") if inside else "")

    def _label_asked(self, param: str, at: QPoint) -> None:
        menu = self.offer_menu(param)
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(at)

    def offer_menu(self, param: str) -> QMenu | None:
        """What can be done with a parameter of a node inside of a block; None where there is no block around."""
        document, node = self._bridge.session.document, self._node
        block = document.sheet_of(node).block
        if not block or param == NAME.name:
            return None
        menu, name = QMenu(self), self._offered(node).get(param)
        if name is None:
            self._add_offer(menu, self.tr("Offer outside"), param)
            for other in self._joinable(block, param):
                self._add_offer(menu, self.tr("Join '{0}'").format(other), param, other)
        else:
            action = menu.addAction(self.tr("Offer outside no longer"))
            action.triggered.connect(lambda: told(self._bridge, lambda: document.demote(block, name)))
        return menu

    def _add_offer(self, menu: QMenu, words: str, param: str, name: str = "") -> None:
        document, node = self._bridge.session.document, self._node
        action = menu.addAction(words)
        action.triggered.connect(lambda: told(self._bridge, lambda: document.promote(node, param, name)))

    def _joinable(self, block: str, param: str) -> list[str]:
        """Names that the block offers for parameters of the same kind."""
        document = self._bridge.session.document
        kind = _kind(document.node(self._node), param)
        offers = document.blocks[block].promoted
        return list(dict.fromkeys(o.name for o in offers if _kind(document.node(o.node), o.param) is kind))

    def _show_problems(self, problems: list[Problem]) -> None:
        parts.clear(self._problems)
        for problem in problems:
            if not self.download.tells(problem):
                self._problems.addWidget(parts.ProblemCard(problem, self._fix))

    def _mark_lines(self, problems: list[Problem]) -> None:
        """The line at fault, in code that was typed in."""
        for field in self.form.fields.values():
            if isinstance(field, CodeField):
                field.mark(max((problem.line for problem in problems), default=0))

    def _fix(self, problem: Problem) -> None:
        told(self._bridge, lambda: self._bridge.session.apply_fix(problem))

    def _show_facts(self, node: Node, facts: NodeFacts) -> None:
        while item := self._facts.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._first_row = self._facts.rowCount()
        document = self._bridge.session.document
        many_in, many_out = len(node.inputs) > 1, len(node.outputs) > 1
        for port in node.inputs:
            specs = facts.inputs.get(port.name, ())
            wired = bool(document.sheet_of(node.id).links_into(node, port.name))
            unknown = self.tr("not connected (optional)") if port.optional and not wired else ""
            self._add_fact(self._port_word(self.tr("in"), port.name, many_in), specs, unknown)
        for port in node.outputs:
            specs = (facts.outputs[port.name],) if port.name in facts.outputs else ()
            self._add_fact(self._port_word(self.tr("out"), port.name, many_out), specs)
        inferred = parts.inferred_sizes(node.layer, facts, node.params)
        if inferred:
            self._add_inferred(inferred)
        words = amount_of(node) if node.type == DATASET else self._count_words(facts)
        self.counts.setText(words)
        self.counts.setVisible(bool(words and facts.outputs) and not self._problems.count())

    def _add_inferred(self, words: str) -> None:
        """On the first line where there is room, else on a line of its own."""
        made = parts.label(words, "muted")
        needed = self._first_fact.sizeHint().width() + made.sizeHint().width()
        if needed + FACT_WORDS < self.width():
            self._facts.addWidget(made, self._first_row, 2, Qt.AlignmentFlag.AlignRight)
        else:
            self._facts.addWidget(made, self._facts.rowCount(), 0, 1, 3)

    def _add_fact(self, word: str, specs: tuple[TensorSpec, ...], unknown: str = "") -> None:
        """A port and its shape; `unknown` says why it has none."""
        row = self._facts.rowCount()
        text = "\n".join(_spec_words(spec) for spec in specs) or unknown or self.tr("not known yet")
        port = parts.NameLabel()  # long names of ports give way to the shape
        port.setProperty("class", "muted")
        port.setText(word)
        self._facts.addWidget(port, row, 0, Qt.AlignmentFlag.AlignTop)
        shown = parts.label(text, "" if specs else "muted", wrap=True)
        self._facts.addWidget(shown, row, 1)
        if row == self._first_row:
            self._first_fact = shown

    @staticmethod
    def _port_word(word: str, port: str, many: bool) -> str:
        return port if many else word

    def _count_words(self, facts: NodeFacts) -> str:
        words = [texts.parameter_words(facts.parameters)] if facts.parameters else []
        if facts.flops:
            words.append(self.tr("{0} FLOPs").format(texts.count_text(facts.flops)))
        return " · ".join(words) or self.tr("no parameters")

    def _show_code(self, node: Node) -> None:
        compiled = self._bridge.session.compiled
        source = compiled.source.splitlines()
        lines = [source[line - 1] for line in compiled.lines_of(node.id) if line <= len(source)]
        self.code.setVisible(bool(lines))
        if lines:
            self.code.show_code(lines)

    def _show_docs(self, docs: Docs) -> None:
        self.summary.setText(docs.summary)
        for widget, text in (
            (self.help, docs.help),
            (self.formula, docs.formula),
            (self.origin, docs.origin),
        ):
            widget.setText(text)
            widget.setVisible(bool(text))

    def _arrange(self) -> None:
        column = parts.page_layout(self)
        column.addLayout(_header(self.name, self.type))
        column.addWidget(self.summary)
        self._problems.setSpacing(6)
        column.addLayout(self._problems)
        column.addSpacing(4)
        column.addWidget(self.form)
        column.addWidget(self.download)
        column.addWidget(self.block)
        column.addWidget(self.tuning)
        column.addWidget(self.wires)
        column.addSpacing(4)
        column.addWidget(parts.rule())
        self._facts.setHorizontalSpacing(10)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        column.addLayout(self._facts)
        column.addWidget(self.counts)
        column.addWidget(self.code)
        column.addWidget(self.formula)
        column.addWidget(self.help)
        column.addWidget(self.origin)
        column.addSpacing(4)
        column.addWidget(self.note)
        column.addStretch(1)


def _kind(node: Node, param: str) -> type[Param]:
    return type(node.layer.params_for(node.params)[param])


def _header(name: QLabel, kind: QLabel) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(5)
    row.addWidget(name)
    row.addWidget(kind)
    row.addStretch(1)
    return row


def _spec_words(spec: TensorSpec) -> str:
    words = texts.shape_words(spec.shape)
    return f"{words} · {spec.classes} classes" if spec.classes else words
