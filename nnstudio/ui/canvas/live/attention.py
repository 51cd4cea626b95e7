"""Where a node with attention looks, on its card: the mean over its heads, as a heat map."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from nnstudio.graph.nodes import Node
from nnstudio.protocol import messages as msg
from nnstudio.ui import colormaps
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.items.thumbnails import Thumbnail
from nnstudio.ui.canvas.live.live import Live

MOST = 32
"""Cards of a drawing that have one."""
_SHARE = 0.97
"""So much of the weights lies on the scale of colours: a few are often far larger than all others."""


def attends(node: Node) -> bool:
    """Whether it is attention itself; a block shows what comes out of it."""
    return node.layer.family.key == "transformer" or any(port.name == "weights" for port in node.outputs)


class AttentionPicture(Thumbnail):
    """Rows are the places that look. What a mask hides is a hole."""

    def _make_images(self) -> list[QImage]:
        seen = np.where(self.array == 0, np.nan, self.array)
        known = seen[np.isfinite(seen)]
        return [colormaps.colorize(seen, 0.0, float(np.quantile(known, _SHARE)) if known.size else 1.0)]


class LiveAttention(Live):
    """In place of what these nodes put out, which is one more matrix of numbers."""

    probe = "attention"

    def wanted(self) -> bool:
        return bool(self._nodes())

    def options(self) -> dict[str, msg.Option]:
        means: list[int | float | str] = [self._name(node) for node in self._nodes()]
        return {"means": means, "sample": self._bridge.sample}

    def show_at(self, item: NodeItem, frame: msg.ProbeFrame) -> bool:
        if not attends(item.node):
            return False
        array = frame.arrays.get(f"mean:{self._name(item.node)}")
        picture = AttentionPicture(array.numpy()) if array is not None else None
        return item.set_picture(picture if picture is not None and _possible(item, picture) else None)

    def clear_at(self, item: NodeItem) -> bool:
        gone = attends(item.node) and item.picture is not None and not _possible(item, item.picture)
        return gone and item.set_picture(None)

    def _name(self, node: Node) -> str:
        """What the engine calls it; a run knows the name that it had when the run began."""
        name, steering = self._bridge.lead + node.name, self._bridge.session.steering
        return steering.following.name_then(name) if steering.active else name

    def _nodes(self) -> list[Node]:
        return [item.node for item in self._scene.nodes.values() if attends(item.node)][:MOST]


def _possible(item: NodeItem, picture: Thumbnail) -> bool:
    """Whether as many places look as the node puts out now; of a long sequence the first are shown."""
    shape = next((spec.per_sample for spec in item.facts.outputs.values()), ()) if item.facts else ()
    return len(shape) > 1 and picture.shape[0] <= shape[-2]
