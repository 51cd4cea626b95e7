"""What stands in the header of the data panel: the tabs of its views, and the pickers that a view has."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nnstudio.graph.nodes import Node
from nnstudio.ui.data.board import SAMPLES
from nnstudio.ui.data.source import Known
from nnstudio.ui.data.tabs import ViewTabs
from nnstudio.ui.panels.parts.header import FlatCombo, Header, tool_button
from nnstudio.ui.panels.parts.legend import Key, Legend

COUNTING = ("balance", "tokens", "histograms")
"""Views that tell train and test apart by how bars are drawn."""
ROOM = 60
"""Pixels of the header that freeze, save and gaps take."""


class Controls(QObject):
    """Puts itself into a header. Only what the view can use is shown."""

    changed = Signal()
    """The person has chosen another view, part or place."""
    node_picked = Signal(str)
    marks_toggled = Signal(bool)

    def __init__(self, header: Header) -> None:
        super().__init__(header)
        self._header = header
        self.draw = 0
        """Counts how often the batch was drawn again."""
        self.tabs = ViewTabs(self.tr("What is shown of the data"))
        self.nodes = FlatCombo(self.tr("Dataset node that is shown"))
        self.part = FlatCombo(self.tr("Which samples are shown"))
        self.behind = FlatCombo(self.tr("Where the batch is looked at"))
        self.again = tool_button("redo", self.tr("Draw again: what is left to chance turns out otherwise"))
        self.marks = tool_button("frame", self.tr("Show boxes and masks"), checkable=True)
        self.marks.setChecked(True)
        train, test = (self._key(self.tr("train")), self._key(self.tr("test"), ring=True))
        self.legend = Legend([train, test])
        for name, key in ((self.tr("all"), "all"), (self.tr("train"), "train"), (self.tr("test"), "test")):
            self.part.addItem(name, key)
        self._arrange()
        self.tabs.chosen.connect(lambda _key: self.changed.emit())
        for combo in (self.part, self.behind):
            combo.activated.connect(lambda _index: self.changed.emit())
        self.nodes.activated.connect(lambda index: self.node_picked.emit(self.nodes.itemData(index)))
        self.again.clicked.connect(self._draw_again)
        self.marks.toggled.connect(self.marks_toggled)

    @property
    def view(self) -> str:
        return self.tabs.key

    @property
    def shown_part(self) -> str:
        """all, train or test; batch in the view of that name."""
        return "batch" if self.view == "batch" else str(self.part.currentData())

    def offer_behind(self, nodes: Sequence[str]) -> str:
        """Offer to look behind these nodes, the last one first; gives the one that is chosen, or empty for none."""
        if list(nodes) != [self.behind.itemData(n) for n in range(1, self.behind.count())]:
            self.behind.clear()
            self.behind.addItem(self.tr("as it comes"), "")
            for name in nodes:
                self.behind.addItem(self.tr("behind {0}").format(name), name)
            self.behind.setCurrentIndex(self.behind.count() - 1)
        return str(self.behind.currentData() or "")

    def show_for(self, known: Known, *, marks: bool) -> None:
        """Show what the view can use."""
        several = self.view == "batch" and self.behind.count() > 1
        self.tabs.show()
        self.legend.setVisible(self.view in COUNTING and not known.same)
        self.behind.setVisible(several)
        self.again.setVisible(several and bool(self.behind.currentData()))
        self.marks.setVisible(self.view in SAMPLES and marks)
        self.part.setVisible(self.view == "samples" and not known.same)

    def list_nodes(self, nodes: Sequence[Node], shown: str) -> None:
        """The Dataset nodes to choose from, where there are several."""
        listed = [(node.name, node.id) for node in nodes]
        if [(self.nodes.itemText(n), self.nodes.itemData(n)) for n in range(self.nodes.count())] != listed:
            self.nodes.clear()
            for name, key in listed:
                self.nodes.addItem(name, key)
        self.nodes.setCurrentIndex(self.nodes.findData(shown))
        self.nodes.setVisible(len(listed) > 1)

    def hide(self) -> None:
        """There is nothing to show: only another node can be chosen."""
        for control in (self.tabs, *self._controls):
            if control is not self.nodes:
                control.hide()

    def fit(self, caption: str) -> None:
        """Tabs become a picker, and the caption goes, where there is not room."""
        taken = sum(each.sizeHint().width() + 8 for each in self._controls if not each.isHidden())
        room = self._header.width() - taken - ROOM
        self.tabs.set_compact(self.tabs.full_width > room)
        tabs = self.tabs.combo.sizeHint().width() if self.tabs.compact else self.tabs.full_width
        fits = self._header.fontMetrics().horizontalAdvance(caption) + 12 <= room - tabs
        self._header.set_caption(caption if fits else "")

    @property
    def _controls(self) -> tuple[QWidget, ...]:
        return (self.legend, self.behind, self.again, self.marks, self.part, self.nodes)

    def _arrange(self) -> None:
        self._header.add_first(self.tabs)
        self._header.add_key(self.legend)
        for control in (self.behind, self.again, self.marks, self.part):
            self._header.add_control(control, always=True)
        self._header.add_control(self.nodes)

    def _draw_again(self) -> None:
        self.draw += 1
        self.changed.emit()

    @staticmethod
    def _key(words: str, *, ring: bool = False) -> Key:
        return Key(words, "accent", symbol="s", ring=ring)
