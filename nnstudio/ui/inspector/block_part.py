"""The definition of a block in the inspector: its name, how often it is used, and what it offers outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from nnstudio.errors import NNStudioError
from nnstudio.graph.blocks import Block, Promoted
from nnstudio.params import Value
from nnstudio.project.session import Trouble
from nnstudio.ui import icons
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector import parts
from nnstudio.ui.inspector.form import Form
from nnstudio.ui.inspector.texts import parameter_words

BLOCK_NAME = parts.TextParam(name="block", help="What the block's class is called in the source, at all its copies.")

_NAME_WIDTH = 88
"""A name that is offered has this much room, however many parameters share it."""


class BlockPart(QWidget):
    """Shows a definition, and writes what the person changes. It is that of every copy."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._block = ""
        self.form = Form(lambda _, value: self._rename(value))
        self.uses = parts.label(look="muted", wrap=True)
        self.none_offered = parts.label(
            self.tr("Nothing. Inside the block, right-click the name of a parameter to offer it."), "muted", wrap=True
        )
        self.removers: dict[str, QToolButton] = {}
        self._offers = QVBoxLayout()
        self._offers.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.form, self.uses, parts.label(self.tr("Offered outside"), "heading")):
            column.addWidget(widget)
        column.addLayout(self._offers)
        column.addWidget(self.none_offered)

    def show_block(self, block: Block) -> None:
        """Show this definition as it is now."""
        self._block = block.id
        document = self._bridge.session.document
        self.form.show_params((BLOCK_NAME,), {"block": block.name}, (self._bridge.session, block.id))
        count = len(document.instances(block.id))
        words = self.tr("Used once.") if count == 1 else self.tr("Used {0} times: an edit inside changes all of them.")
        self.uses.setText(words.format(count))
        parts.clear(self._offers)
        self.removers = {}
        for name in dict.fromkeys(offer.name for offer in block.promoted):
            self._offers.addWidget(self._row(name, block.named(name)))
        self.none_offered.setVisible(not block.promoted)

    def focus_name(self) -> None:
        """Begin to edit the block's name."""
        editor = self.form.fields["block"].editor
        editor.setFocus()
        editor.selectAll()  # type: ignore[attr-defined]  # a line of text

    def _rename(self, value: Value) -> None:
        self._bridge.session.document.rename_block(self._block, str(value))

    def _row(self, name: str, offers: Sequence[Promoted]) -> QWidget:
        """What is offered under one name, and a button that withdraws it."""
        row, shown = QWidget(), parts.NameLabel()
        shown.setText(name)
        shown.setMinimumWidth(min(shown.sizeHint().width(), _NAME_WIDTH))
        document = self._bridge.session.document
        inner = ", ".join(f"{document.node(offer.node).name}.{offer.param}" for offer in offers)
        stands_for = parts.label(f"→ {inner}", "muted", wrap=True)
        stands_for.setMinimumWidth(1)  # a long name is cut rather than that the page is too wide
        stands_for.setToolTip(inner)
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(shown, 0, 0)
        grid.addWidget(stands_for, *((0, 1) if len(offers) == 1 else (1, 0, 1, 3)))
        grid.addWidget(self._remover(name), 0, 2)
        return row

    def _remover(self, name: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(icons.icon("close", "muted"))
        button.setIconSize(QSize(12, 12))
        button.setToolTip(self.tr("Offer it no longer: the value inside holds everywhere"))
        button.setAccessibleName(self.tr("Offer {0} no longer").format(name))
        button.clicked.connect(lambda: told(self._bridge, lambda: self._withdraw(name)))
        self.removers[name] = button
        return button

    def _withdraw(self, name: str) -> None:
        self._bridge.session.document.demote(self._block, name)


class BlockPage(QWidget):
    """Nothing is chosen inside of a block: the block itself."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.heading = parts.label(look="title", wrap=True)
        self.totals = parts.label(look="muted", wrap=True)
        self.part = BlockPart(bridge)
        column = parts.page_layout(self)
        for widget in (self.heading, self.totals, self.part):
            column.addWidget(widget)
        column.addStretch(1)

    def refresh(self) -> None:
        """Show the block whose inside is on the canvas."""
        sheet, compiled = self._bridge.sheet, self._bridge.session.compiled
        block = sheet.document.blocks[sheet.block]
        self.heading.setText(block.name)
        count = sum(compiled.facts[key].parameters for key in sheet.nodes if key in compiled.facts)
        nodes = self.tr("1 node") if len(sheet.nodes) == 1 else self.tr("{0} nodes").format(len(sheet.nodes))
        self.totals.setText(f"{nodes} · {parameter_words(count)}")
        self.part.show_block(block)


def told(bridge: Bridge, edit: Callable[[], object]) -> None:
    """Carry out an edit; a refusal is shown to the person."""
    try:
        edit()
    except NNStudioError as error:
        bridge.trouble.emit(Trouble(error.message, error.fix))
