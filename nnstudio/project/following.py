"""How a run that goes on follows edits of the drawing: which of its layers can be changed, and under which names.

The engine knows the names that nodes had when the run began; the drawing may have others by now.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document
from nnstudio.graph.leads import placed
from nnstudio.graph.nodes import Node
from nnstudio.graph.training import Trained
from nnstudio.graph.weights import Renaming
from nnstudio.protocol import messages as msg

_Values: TypeAlias = dict[str, Any]


class Following:
    """Of one document and the run that was begun last."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._renames: list[Renaming] = []
        self._layers: dict[str, _Values] = {}
        self._changed: set[str] = set()

    def begin(self) -> None:
        """A run begins with the drawing as it is now."""
        self._renames.clear()
        self._changed.clear()
        self._layers = self._live_layers()

    def take(self, change: ch.Change) -> None:
        """The drawing has changed. To be called while it is told."""
        renaming = self._document.renaming(change)
        if renaming is not None:
            self._renames.append(renaming)

    def name_now(self, name: str) -> str:
        """What a module or a tensor of the run is called in the drawing by now."""
        for rename in self._renames:
            name = rename(name)
        return name

    def name_then(self, name: str) -> str:
        """What the run calls a module or a tensor of the drawing; empty for a new one, whose name another had then."""
        found = name
        for rename in reversed(self._renames):
            found = rename.inverse()(found)
        return found if self.name_now(found) == name else ""

    def trained(self, trained: Trained) -> Trained:
        """Weights of the run under the names that the nodes have by now."""
        for rename in self._renames:
            trained = trained.mapped(rename)
        return trained

    def plan(self, plan: msg.Plan) -> msg.Plan:
        """A plan of the drawing as it is to be sent to the run."""
        groups = [msgspec.structs.replace(group, prefix=self.name_then(group.prefix)) for group in plan.groups]
        return msgspec.structs.replace(plan, groups=tuple(group for group in groups if group.prefix))

    def changed_layers(self) -> list[msg.ChangeLayer]:
        """What the run has still to take over, which it is taken to do then."""
        now, found = self._live_layers(), []
        for name, known in self._layers.items():
            wanted = now.get(self.name_now(name), known)
            values = {key: value for key, value in wanted.items() if key in known and known[key] != value}
            if values:
                self._layers[name] = {**known, **values}
                self._changed.add(name)
                found.append(msg.ChangeLayer(layer=name, values=values))
        return found

    def gone_back(self) -> None:
        """The run stands at an earlier step, where layers may have been as they were: they are sent anew."""
        for name in self._changed:
            self._layers[name] = dict.fromkeys(self._layers[name])

    def _live_layers(self) -> dict[str, _Values]:
        """Values that can change while a run goes on, by the names of the modules."""
        return {place.name: _live(place.node) for place in placed(self._document.drawing, _is_live)}


def _is_live(node: Node) -> bool:
    return bool(_live(node))


def _live(node: Node) -> _Values:
    known = () if node.block else node.layer.params_for(node.params)
    return {param.name: node.params[param.name] for param in known if param.live and param.name in node.params}
