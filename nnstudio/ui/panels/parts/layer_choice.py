"""Which layer of a network is chosen: the same one when nodes are called otherwise."""

from __future__ import annotations

from nnstudio.graph.document import Document
from nnstudio.project.walking import Place, places_of


class LayerChoice:
    """`name` is what the drawing calls the layer, as "deep.1.linear" in a repeated block; empty for none."""

    def __init__(self) -> None:
        self.name = ""
        self._place: Place = ()

    def choose(self, name: str, document: Document) -> str:
        """Another layer. Gives the id of its node, or an empty string where it has none."""
        self.name = name
        self._place = next(iter(places_of(document, name)), ()) if name else ()
        return self._place[-1] if self._place else ""

    def is_of(self, node: str) -> bool:
        """Whether the layer is that node, in any instance of the block around it."""
        return bool(self._place) and self._place[-1] == node

    def follow(self, document: Document) -> None:
        """Nodes may have other names by now. One that is there no longer keeps its old one."""
        names, sheet = list[str](), document.sheet()
        for key in self._place:
            if key not in sheet.nodes:
                return
            node = sheet.nodes[key]
            names.append(node.name)
            sheet = document.sheet(node.block) if node.block else sheet
        parts = iter(names)
        self.name = ".".join(part if part.isdecimal() else next(parts, part) for part in self.name.split("."))
