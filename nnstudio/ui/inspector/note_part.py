"""The inspector's field for the note of a node. A note computes nothing; the card shows that there is one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.graph.rules import LONGEST_NOTE
from nnstudio.ui import hues
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector import parts
from nnstudio.ui.inspector.block_part import told
from nnstudio.ui.prose import ProseField, is_done, keeps_done

_LEAST_LINES, _MOST_LINES = 2, 8


class NotePart(QWidget):
    """Shows the note of one node, and takes what the person writes when the field is left."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._document: Document | None = None
        self._node, self._shown = "", ""
        self.field = _NoteField(bridge, self)
        self.field.setPlaceholderText(self.tr("What is worth knowing about it"))
        self.field.setAccessibleName(self.tr("Note"))
        self.field.setToolTip(self.tr("Plain text; the card shows that there is a note, and its tip tells it"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(parts.label(self.tr("Note"), "muted"))
        column.addWidget(self.field)

    def show_note(self, node: Node) -> None:
        """The note as it is now; what is being written at the same node stays."""
        document = self._bridge.session.document
        if (document, node.id, node.looks.note) == (self._document, self._node, self._shown):
            return
        if (document, node.id) != (self._document, self._node):
            self.commit()
        self._document, self._node, self._shown = document, node.id, node.looks.note
        self.field.setPlainText(self._shown)

    def commit(self) -> None:
        """Take what was written."""
        document, text, shown = self._document, self.field.toPlainText().strip(), self._shown
        self._shown = text
        if document is not None and text != shown and self._node in document:
            told(self._bridge, lambda: document.set_looks([self._node], note=text))


class _NoteField(ProseField):
    """As high as its text. Ctrl+Enter takes it, and Tab goes on."""

    def __init__(self, bridge: Bridge, part: NotePart) -> None:
        super().__init__(bridge, LONGEST_NOTE)
        self._part = part
        self.setStyleSheet(hues.prose())
        self.textChanged.connect(self._fit)
        self._fit()

    def event(self, event: QEvent) -> bool:
        return keeps_done(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_done(event):
            self._part.commit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu
            self._part.commit()

    def _fit(self) -> None:
        lines = min(max(self.blockCount(), _LEAST_LINES), _MOST_LINES)
        frame = 2 * (self.frameWidth() + round(self.document().documentMargin())) + 8
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + frame)
