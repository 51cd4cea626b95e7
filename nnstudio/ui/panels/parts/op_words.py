"""What is written on the cards of the autograd graph, and told of them under the mouse."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnstudio.ui.panels.parts.chain_words import few_text, number_text, slope
from nnstudio.ui.panels.parts.op_card import HEIGHT, Card, space_of, width_of
from nnstudio.ui.panels.parts.op_graph import Numbers, OpGraph, operation
from nnstudio.ui.panels.parts.op_groups import Groups
from nnstudio.ui.panels.parts.op_layout import Key

_FEW = 2
"""As many numbers have room on a card."""


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("OpGraph", text)


class OpWords:
    """Speaks of `graph`, once there is one. `hues` are families of the drawing's nodes, by group."""

    def __init__(self) -> None:
        self.graph: OpGraph | None = None
        self.groups: Groups | None = None
        self.hues: Mapping[str, str] = {}

    # For the view

    def card(self, key: Key) -> Card:
        """Of a node, a closed group or an open one."""
        graph, _ = self._known()
        if isinstance(key, str):
            return self._group_card(key)
        structure = graph.structure
        leaf, title = structure.is_leaf(key), self._title(key)
        named = bool(structure.labels[key]) and not leaf
        return Card(
            title=title,
            kind=operation(structure.kinds[key]) if named and title != operation(structure.kinds[key]) else "",
            value=self._value(key),
            gradient=self._gradient(key),
            shape=structure.shapes[key],
            hue=self.hues.get(structure.groups[key], ""),
            leaf=leaf,
        )

    def tip(self, key: Key) -> str:
        """All that is known of it."""
        graph, _ = self._known()
        if isinstance(key, str):
            return self._group_tip(key)
        structure = graph.structure
        lines = [
            f"{structure.names[key]} · {structure.kinds[key]}",
            tr("puts out {0}").format(self._shape(key)) if not structure.is_leaf(key) else self._shape(key),
            *self._numbers(tr("value"), graph.value(key), self._figures(key)),
            *self._numbers(slope(structure.names[key]), graph.gradient(key), self._norm(key)),
        ]
        saved = graph.saved(key)
        return "\n".join([*lines, *([tr("saved for the way back: {0}").format(saved)] if saved else [])])

    def wire(self, edges: tuple[int, ...]) -> str:
        """What goes along the edges of one wire."""
        graph, _ = self._known()
        return "\n".join(self._edge(graph, number) for number in edges[:6])

    def size(self, key: Key) -> tuple[float, float, float]:
        """Width, height, and what the shape takes behind the card."""
        card = self.card(key)
        return width_of(card), HEIGHT, space_of(card.shape)

    def output_of(self, path: str) -> int:
        """The node of a group that was computed last."""
        _, groups = self._known()
        return max(groups.members(path))

    # Inside

    def _known(self) -> tuple[OpGraph, Groups]:
        assert self.graph is not None, "a frame comes first"
        assert self.groups is not None, "and with it the groups"
        return self.graph, self.groups

    def _group_card(self, path: str) -> Card:
        graph, groups = self._known()
        members, last = groups.members(path), self.output_of(path)
        count = sum(not graph.structure.is_leaf(node) for node in members)
        outer = groups.parent(path)
        return Card(
            title=path.removeprefix(f"{outer}.") if outer else path,
            kind=tr("{0} operations").format(count) if count > 1 else tr("1 operation"),
            value=self._value(last),
            gradient=self._gradient(last),
            shape=graph.structure.shapes[last],
            hue=self._hue(path),
            group=True,
        )

    def _hue(self, path: str) -> str:
        """Of the node that the group is, or that it lies in."""
        while path and path not in self.hues:
            path = path.rpartition(".")[0]
        return self.hues.get(path, "")

    def _group_tip(self, path: str) -> str:
        _, groups = self._known()
        last, opens = self.output_of(path), path not in groups.open
        deed = tr("Double-click opens it") if opens else tr("Double-click closes it")
        card = self._group_card(path)
        lines = [f"{path} · {card.kind}", tr("puts out {0}").format(self._shape(last)), card.value, card.gradient, deed]
        return "\n".join(filter(None, lines))

    def _title(self, node: int) -> str:
        graph, groups = self._known()
        around, name = groups.around(node), graph.structure.names[node]
        leads = (path for path in reversed(around) if name.startswith(f"{path}."))
        return name.removeprefix(f"{next(leads, '')}.").rpartition(".")[2] if "." in name else name

    def _value(self, node: int) -> str:
        graph, _ = self._known()
        numbers = graph.value(node)
        if 0 < numbers.size <= _FEW:
            return f"= {few_text(numbers)}"
        mean = float(graph.figures[node][0])
        return "" if np.isnan(mean) else tr("mean {0}").format(_short(mean))

    def _gradient(self, node: int) -> str:
        graph, _ = self._known()
        numbers, norm = graph.gradient(node), float(graph.norms[node])
        if 0 < numbers.size <= _FEW:
            return f"∂ {few_text(numbers)}"
        return "" if np.isnan(norm) else tr("∂ norm {0}").format(_short(norm))

    def _shape(self, node: int) -> str:
        graph, _ = self._known()
        return graph.structure.shapes[node] or tr("one number")

    def _figures(self, node: int) -> str:
        graph, _ = self._known()
        told = graph.figures[node]
        if np.isnan(told).all():
            return tr("not known")
        words = tr("mean {0}, deviation {1}, from {2} to {3}")
        return words.format(*map(number_text, told.tolist()))

    def _norm(self, node: int) -> str:
        graph, _ = self._known()
        norm = float(graph.norms[node])
        return "" if np.isnan(norm) else tr("norm {0}").format(number_text(norm))

    def _numbers(self, what: str, numbers: Numbers, figures: str) -> list[str]:
        """The numbers where they are few, and figures where there is more than one."""
        told = ", ".join(f"{value:.6g}" for value in numbers.tolist()).replace("-", "−")
        if numbers.size == 1:
            return [f"{what} = {told}"]
        lines = [f"{what}: {figures}"] if figures else []
        return [*lines, f"[{told}]"] if numbers.size and figures else lines

    def _edge(self, graph: OpGraph, number: int) -> str:
        structure = graph.structure
        edge = structure.edges[number]
        name = f"{structure.names[edge.source]} → {structure.names[edge.target]}"
        words = [f"{name}: {edge.shape or tr('one number')}"]
        local, part = few_text(graph.local(number)), few_text(graph.part(number))
        if local:
            words.append(f"∂{structure.names[edge.target]}/∂{structure.names[edge.source]} = {local}")
        if part:
            words.append(tr("back goes {0}").format(part))
        elif not edge.back:
            words.append(tr("no gradient goes back"))
        return "\n".join(words)


def _short(value: float) -> str:
    return f"{value:z.3g}".replace("-", "−")
