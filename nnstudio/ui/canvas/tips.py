"""What is said about that which is under the mouse."""

from __future__ import annotations

from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.hits import Hit
from nnstudio.ui.canvas.items.card import Spot
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.texts import tr


def tip_of(found: Hit) -> str:
    """The text of the tip; empty where there is nothing to say."""
    if found.node is not None and found.spot is not None:
        return _port_tip(found.node, found.spot)
    if found.node is not None:
        return texts.node_tip(found.node.node, found.node.facts, found.node.problems)
    if found.dot is not None:
        return tr("Reroute point · drag it, or double-click to take it out")
    if found.mark is not None:
        return texts.mark_tip(found.mark.mark)
    if found.link is not None:
        return found.link.problem or found.link.text
    return ""


def _port_tip(item: NodeItem, spot: Spot) -> str:
    ports = item.node.outputs if spot.is_output else item.node.inputs
    port = next((port for port in ports if port.name == spot.name), None)
    if port is None:
        return ""
    if item.facts is None:
        return texts.port_tip(port, (), spot.is_output)
    if spot.is_output:
        shown = item.facts.outputs.get(port.name)
        return texts.port_tip(port, (shown,) if shown else (), True)
    return texts.port_tip(port, item.facts.inputs.get(port.name, ()), False)
