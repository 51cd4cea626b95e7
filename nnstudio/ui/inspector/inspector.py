"""The inspector: a page for the chosen node, for several, for the block one is in, or for the project."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.ui.bridge import Bridge
from nnstudio.ui.downloads.downloads import downloads_of
from nnstudio.ui.inspector.block_part import BlockPage
from nnstudio.ui.inspector.form import Form
from nnstudio.ui.inspector.node_page import NodePage
from nnstudio.ui.inspector.project_page import ManyPage, ProjectPage


class Inspector(QWidget):
    """Follows the selection and the document."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.downloads = downloads_of(bridge)
        self.node_page = NodePage(bridge, self.downloads)
        self.many_page = ManyPage(bridge)
        self.project_page = ProjectPage(bridge)
        self.block_page = BlockPage(bridge)
        self._stack = QStackedWidget()
        self._scrolled: dict[QWidget, QScrollArea] = {
            page: _scroll(page) for page in (self.project_page, self.node_page, self.many_page, self.block_page)
        }
        for area in self._scrolled.values():
            self._stack.addWidget(area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        bridge.selection_changed.connect(self.refresh)
        bridge.session_changed.connect(self.refresh)
        bridge.sheet_changed.connect(self.refresh)
        bridge.history_changed.connect(self.refresh)
        self.refresh()

    @property
    def page(self) -> QWidget:
        """The page on show."""
        return next(page for page, area in self._scrolled.items() if area is self._stack.currentWidget())

    def refresh(self, *_: object) -> None:
        """Show what is chosen as it is now."""
        shown = self._bridge.sheet.nodes
        nodes = [shown[key] for key in self._bridge.selection if key in shown]
        if len(nodes) == 1:
            self.node_page.show_node(nodes[0])
            self._show(self.node_page)
        elif nodes:
            self.many_page.show_nodes(nodes)
            self._show(self.many_page)
        elif self._bridge.path:
            self.block_page.refresh()
            self._show(self.block_page)
        else:
            self.project_page.refresh()
            self._show(self.project_page)

    def commit(self) -> None:
        """Take what is being written in a field, as before saving or training."""
        for form in self.page.findChildren(Form):
            form.commit()
        self.node_page.note.commit()

    def focus_name(self) -> None:
        """Begin to edit the chosen node's name."""
        if self.page is self.node_page:
            field = self.node_page.form.fields["name"]
            field.editor.setFocus()
            field.editor.selectAll()  # type: ignore[attr-defined]  # a line of text

    def focus_download(self, node: str) -> None:
        """Go to what can be done about the data of a Dataset node that are fetched."""
        self._bridge.select((node,))
        part = self.node_page.download
        part.focus()
        self._scrolled[self.node_page].ensureWidgetVisible(part)

    def focus_block_name(self) -> None:
        """Begin to edit the name of the chosen block, or of the one around."""
        if self.page is self.node_page and self.node_page.block.isVisibleTo(self.node_page):
            self.node_page.block.focus_name()
        elif self._bridge.path:
            self._bridge.select(())
            self.block_page.part.focus_name()

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(self._scrolled[page])


def _scroll(page: QWidget) -> QScrollArea:
    page.setProperty("class", "content")
    area = QScrollArea(widgetResizable=True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields take the keys, and show that they do
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area
