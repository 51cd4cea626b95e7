"""What is done to the wires of what is chosen, and to nodes with their wires kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.ui.canvas.boxes.wish import Wish
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.stage import Stage
from nnstudio.ui.canvas.texts import tr


class Rewire:
    """Each is one undo step."""

    def __init__(self, view: Stage, edits: Edits, ask: Callable[[Wish], object]) -> None:
        """`ask` lets the person choose from all there is to add."""
        self._view, self._edits, self._ask = view, edits, ask

    def delete_rejoined(self) -> None:
        """What is chosen goes, and wires rejoin."""
        if self._view.canvas.chosen_things:
            self._edits.remove_rejoined(self._view.canvas.chosen_things)

    def pull_out(self) -> None:
        """The chosen nodes come out of their wires, which rejoin."""
        if self._view.canvas.chosen:
            self._edits.pull_out(self._view.canvas.chosen)

    def swap(self) -> None:
        """The two chosen wires change their ends, and stay chosen."""
        canvas = self._view.canvas
        swapped = self._edits.swap(canvas.chosen_links)
        if swapped is not None:
            canvas.choose(canvas.chosen, swapped)

    def swap_inputs(self) -> None:
        """What comes in at the two inputs of the chosen node changes places."""
        for node in self._view.canvas.chosen[-1:]:
            self._edits.swap_inputs(node)

    def earlier(self) -> None:
        """The chosen wire one place up among those of its input."""
        self._shift(-1)

    def later(self) -> None:
        """And down."""
        self._shift(1)

    def _shift(self, by: int) -> None:
        canvas = self._view.canvas
        links = canvas.chosen_links
        self._edits.shift_wire(links, by)
        canvas.choose(canvas.chosen, links)

    # One for another

    def ask_replacement(self) -> None:
        """Let the person choose what the chosen nodes are to become."""
        view, chosen = self._view, self._view.canvas.chosen
        if chosen:
            at = view.canvas.nodes[chosen[-1]].card_rect.topLeft()
            self._ask(Wish(at, replaced=chosen))

    def replace(self, nodes: tuple[str, ...], key: str) -> None:
        """Put something by its `stock` key in the place of nodes, which is chosen then."""
        there = tuple(node for node in nodes if node in self._view.canvas.nodes)
        replaced = self._edits.replace(there, key) if there else None
        if replaced:
            self._view.canvas.choose(replaced)

    def definitions(self) -> dict[str, str]:
        """The other definitions that the chosen instance could use: names by ids."""
        chosen = self._view.canvas.chosen
        return self._edits.definitions_for(chosen[0]) if len(chosen) == 1 else {}

    def ask_definition(self) -> None:
        """A menu of them at the chosen card."""
        menu, view = self.definition_menu(self._view), self._view
        if menu is None:
            fix = tr("Take out wires, or make another block.")
            self._edits.tell(tr("No other block has ports for these wires."), fix)
        else:
            card = view.canvas.nodes[view.canvas.chosen[0]].card_rect
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(view.viewport().mapToGlobal(view.mapFromScene(card.bottomLeft())))

    def definition_menu(self, parent: QWidget) -> QMenu | None:
        """One entry for each definition; None where there is no other."""
        found = self.definitions()
        if not found:
            return None
        node = self._view.canvas.chosen[0]
        menu = QMenu(tr("Use definition of"), parent)
        for block, name in found.items():
            action = menu.addAction(name.replace("&", "&&"))
            action.triggered.connect(lambda _=False, block=block: self._edits.use_definition(node, block))
        return menu
