"""Edits that put something new into the drawing."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from nnstudio.errors import LinkRefused
from nnstudio.graph.nodes import Node
from nnstudio.ui import stock
from nnstudio.ui.canvas.boxes.wish import Pulled
from nnstudio.ui.canvas.edits.telling import TellingEdits, told
from nnstudio.ui.canvas.items.card import port_place
from nnstudio.ui.canvas.metrics import snapped


class NewEdits(TellingEdits):
    """Each is one undo step."""

    @told
    def add(self, key: str, at: QPointF) -> Node:
        """A new node, alone."""
        node = stock.put(self.sheet, key, (at.x(), at.y()))
        self.added.emit(key, "")
        return node

    @told
    def add_after(self, key: str, at: QPointF, before: str) -> Node:
        """A new node, with a wire from another where one fits."""
        with self.sheet.transaction(self.tr("Add {type}").format(type=self.title_of(key))):
            node = stock.put(self.sheet, key, (at.x(), at.y()))
            source = self.sheet.node(before)
            if node.inputs and not source.layer.is_loss:
                self._try_connect(source, node)
        self.added.emit(key, source.type)
        return node

    @told
    def add_wired(self, key: str, at: QPointF, pulled: Pulled, port: str) -> Node:
        """A new node on the wire that was pulled, with its port there where the wire ends."""
        with self.sheet.transaction(self.tr("Add {type}").format(type=self.title_of(key))):
            node = stock.put(self.sheet, key, (at.x(), at.y()))
            held, new = f"{pulled.node}.{pulled.port}", f"{node.id}.{port}" if port else node.id
            link = self.sheet.connect(*((held, new) if pulled.is_output else (new, held)), replace=True)
            corner = at - port_place(node, link.input if pulled.is_output else link.output, not pulled.is_output)
            self.sheet.move({node.id: snapped(corner).toTuple()})
        self.added.emit(key, self.sheet.node(pulled.node).type if pulled.is_output else "")
        return node

    def title_of(self, key: str) -> str:
        """What to call something that is to be added."""
        return stock.title_of(self.sheet.document, key)

    def _try_connect(self, source: Node, target: Node) -> None:
        try:
            self.sheet.connect(source, target)
        except LinkRefused:
            return
