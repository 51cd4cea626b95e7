"""The order of wires in the inspector: what an input that takes many gets first, second, third."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from nnstudio.graph.nodes import Link, Node
from nnstudio.ui import icons
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector import parts
from nnstudio.ui.inspector.block_part import told


class WiresPart(QWidget):
    """A row for each wire, with buttons that move it up and down. Empty and hidden where no order matters."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.rows: list[WireRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(parts.label(self.tr("Order of inputs"), "heading"))
        column.addLayout(self._list)

    def show_node(self, node: Node) -> None:
        """Show the wires of those inputs that have several."""
        focused = next((row.focused for row in self.rows if row.focused), None)
        parts.clear(self._list)
        self.rows = []
        sheet = self._bridge.session.document.sheet_of(node)
        for port in node.inputs if any(port.many for port in node.inputs) else ():
            links = sheet.links_into(node, port.name)
            for slot, link in enumerate(links if len(links) > 1 else ()):
                self._add(WireRow(self, self._name(link), link, slot, len(links)))
        self.setVisible(bool(self.rows))
        if focused is not None:
            self._focus_again(*focused)

    def reorder(self, link: Link, slot: int, to: int) -> None:
        """A wire to another place."""
        sheet = self._bridge.session.document.sheet_of(link.target)
        told(self._bridge, lambda: sheet.reorder(link, to, slot))

    def _add(self, row: WireRow) -> None:
        self.rows.append(row)
        self._list.addWidget(row)

    def _name(self, link: Link) -> str:
        source = self._bridge.session.document.node(link.source)
        return source.name if len(source.outputs) == 1 else f"{source.name}.{link.output}"

    def _focus_again(self, link: Link, up: bool) -> None:
        """The key goes on with the wire that it has moved."""
        for row in self.rows:
            if row.link == link:
                button = row.up if up else row.down
                (button if button.isEnabled() else row.down if up else row.up).setFocus(Qt.FocusReason.OtherFocusReason)
                return


class WireRow(QWidget):
    """One wire: its place, where it comes from, and its buttons."""

    def __init__(self, part: WiresPart, name: str, link: Link, slot: int, count: int) -> None:
        super().__init__()
        self.link = link
        number = parts.label(f"{slot + 1}", "muted")
        number.setMinimumWidth(16)
        self.name = parts.NameLabel()
        self.name.setText(name)
        self.up = self._button("chevron-up", self.tr("Move {0} up").format(name), slot > 0)
        self.down = self._button("chevron-down", self.tr("Move {0} down").format(name), slot < count - 1)
        self.up.clicked.connect(lambda: part.reorder(link, slot, slot - 1))
        self.down.clicked.connect(lambda: part.reorder(link, slot, slot + 1))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setColumnStretch(2, 1)
        for column, widget in ((0, number), (1, self.name), (3, self.up), (4, self.down)):
            grid.addWidget(widget, 0, column)

    @property
    def focused(self) -> tuple[Link, bool] | None:
        """The wire, and whether it is its button up, where one of the two has the keys."""
        return (self.link, self.up.hasFocus()) if self.up.hasFocus() or self.down.hasFocus() else None

    @staticmethod
    def _button(icon: str, words: str, enabled: bool) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(icons.icon(icon, "muted"))
        button.setIconSize(QSize(12, 12))
        button.setEnabled(enabled)
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button
