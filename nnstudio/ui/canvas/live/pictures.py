"""Live pictures on the cards: what each node makes of the sample that is looked at."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import QObject, QRectF, QTimer

from nnstudio.protocol import messages as msg
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas import texts
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.items.thumbnails import CHANNELS, Thumbnail, still_fits, thumbnail_of
from nnstudio.ui.canvas.items.word_pictures import NumberPicture, TokenPicture
from nnstudio.ui.canvas.live.attention import attends
from nnstudio.ui.canvas.live.live import Live
from nnstudio.ui.canvas.scene import CanvasScene

MANY = 60
"""Nodes; of more only those in view are asked for."""
MOVED_MS = 150
"""After the last move of the view, until others are asked for."""
BESIDE = 200.0
"""Drawing units around the view that are taken for seen."""
_GIVEN = "input:"


class LivePictures(Live):
    """What each node makes of the sample that is looked at, as a picture."""

    probe = "activations"

    def __init__(self, bridge: Bridge, scene: CanvasScene, parent: QObject | None = None) -> None:
        super().__init__(bridge, scene, parent)
        self._seen = QRectF()
        self._near = True
        self._moved = QTimer(self, singleShot=True, interval=MOVED_MS)
        self._moved.timeout.connect(self._ask)

    def see(self, area: QRectF, *, near: bool) -> None:
        """What of the drawing is in view, and whether so near that pictures are painted."""
        self._seen, self._near = area, near
        if (self._is_large and self.subscription is not None) or not self._was_wanted:
            self._moved.start()

    def wanted(self) -> bool:
        """From far away a large drawing has no pictures."""
        self._was_wanted = self._near or not self._is_large
        return self._was_wanted

    _was_wanted = True

    @property
    def _is_large(self) -> bool:
        """Whether only what is in view is asked for."""
        return len(self._scene.nodes) > MANY

    def options(self) -> dict[str, msg.Option]:
        """All nodes; of a large drawing those in view, and only those shown where there are blocks, whose insides would
        come as well.
        """
        nodes: list[int | float | str] = []
        if self._scene.sheet.document.blocks or self._is_large:
            room = self._seen.adjusted(-BESIDE, -BESIDE, BESIDE, BESIDE)
            items = self._scene.nodes.values()
            lead = self._bridge.lead
            nodes = [
                lead + item.node.name for item in items if not self._is_large or item.card_rect.intersects(room)
            ] or [lead]
        return {"nodes": nodes, "sample": self._bridge.sample, "channels": CHANNELS}

    def show_at(self, item: NodeItem, frame: msg.ProbeFrame) -> bool:
        if attends(item.node):
            return False  # LiveAttention shows where it looks
        picture = self._picture(item, frame)
        if picture is None and self._is_large and item.picture is not None and _possible(item, item.picture):
            return False  # it was not in view
        if picture is not None and not _possible(item, picture):
            picture = None
        return item.set_picture(picture)

    def _picture(self, item: NodeItem, frame: msg.ProbeFrame) -> Thumbnail | None:
        name = self._bridge.lead + item.node.name
        if item.node.type == "Dataset":
            return self._sample(item, frame)
        array = frame.arrays.get(name)
        if array is not None and prod(array.shape) == 1 and len(array.shape) < 2:
            return self._number(array.numpy().item(), array.shape)
        if array is not None:
            return thumbnail_of(array.numpy(), shape=_shape(frame, name))
        loss = frame.facts.get("loss")
        if item.node.layer.is_loss and isinstance(loss, float) and not self._bridge.lead:
            return self._number(loss, (), self._words(frame))
        return None

    def _number(self, value: float, shape: tuple[int, ...], told: str = "") -> Thumbnail | None:
        """One number; where a drawing computes with numbers alone, they stand on the cards as it is."""
        compiled = self._scene.compiled
        if compiled.has_loss and not compiled.signature.inputs:
            return None
        return NumberPicture(value, texts.number_text(value), shape, told)

    def _sample(self, item: NodeItem, frame: msg.ProbeFrame) -> Thumbnail | None:
        """The first field of the data that the network sees."""
        for port in item.card.outputs:
            array, tokens = frame.arrays.get(_GIVEN + port), frame.facts.get(f"tokens:{port}")
            if array is not None and isinstance(tokens, list):
                return TokenPicture([str(token) for token in tokens], array.shape[0], self._told(frame))
            if array is not None:
                return thumbnail_of(array.numpy(), given=True, told=self._told(frame), shape=_given_shape(item, port))
        return None

    def _told(self, frame: msg.ProbeFrame) -> tuple[str, ...]:
        """What stands beside the sample: its label, and which one it is."""
        name = frame.facts.get("label_name")
        return tuple(filter(None, (f"“{name}”" if name else "", self._words(frame))))

    def _words(self, frame: msg.ProbeFrame) -> str:
        sample = frame.facts.get("sample")
        return self.tr("sample {number}").format(number=sample) if sample is not None else ""

    def clear_at(self, item: NodeItem) -> bool:
        gone = item.picture is not None and not attends(item.node) and not _possible(item, item.picture)
        return gone and item.set_picture(None)


def _possible(item: NodeItem, picture: Thumbnail) -> bool:
    specs = item.facts.outputs.values() if item.facts else ()
    return any(still_fits(picture, spec) for spec in specs)


def _shape(frame: msg.ProbeFrame, name: str) -> tuple[int, ...]:
    """Of what was made smaller; empty for the array's own."""
    told = frame.facts.get(f"shape:{name}")
    return tuple(int(size) for size in told) if isinstance(told, list) else ()


def _given_shape(item: NodeItem, port: str) -> tuple[int, ...]:
    """Of the field: its picture may be smaller."""
    spec = item.facts.outputs.get(port) if item.facts else None
    return spec.per_sample if spec is not None else ()
