"""Keeps the live pictures coming, and only while somebody can see them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from nnstudio.compiler.result import Compiled
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.node_item import NodeItem
from nnstudio.ui.canvas.scene import CanvasScene
from nnstudio.ui.canvas.thumbnails import CHANNELS, Thumbnail, still_fits, thumbnail_of

PAUSE_MS = 80
"""Pictures change no more often than that."""
_GIVEN = "input:"


class LivePictures(QObject):
    """One subscription for all cards of a scene."""

    def __init__(self, bridge: Bridge, scene: CanvasScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._scene = bridge, scene
        self._shown = False
        self._subscription: int | None = None
        self._frame: msg.ProbeFrame | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._show_frame)
        bridge.frame.connect(self._take)
        bridge.sample_changed.connect(self._ask_again)
        bridge.session_changed.connect(self._begin_anew)
        bridge.engine_changed.connect(self._engine_changed)
        scene.pictures_outdated.connect(self._clear_outdated)

    @property
    def subscription(self) -> int | None:
        """The number our frames carry; None while nobody looks."""
        return self._subscription

    def set_shown(self, shown: bool) -> None:
        """The canvas came into view, or went out of it."""
        self._shown = shown
        if shown:
            self._subscribe()
        else:
            self._unsubscribe()

    def _options(self) -> dict[str, msg.Option]:
        return {"nodes": [], "sample": self._bridge.sample, "channels": CHANNELS}

    def _subscribe(self) -> None:
        if self._subscription is None and self._scene.is_open:
            self._subscription = self._bridge.probe("activations", self._options())

    def _unsubscribe(self) -> None:
        self._pause.stop()
        self._frame = None
        if self._subscription is not None:
            self._bridge.session.engine.unsubscribe(self._subscription)
            self._subscription = None

    def _begin_anew(self, _: object = None) -> None:
        """Another project. The engine is shared by all projects, so the subscription goes on."""
        self._frame = None
        if self._shown:
            self._subscribe()

    def _ask_again(self, _: int = 0) -> None:
        if self._subscription is not None:
            self._bridge.session.engine.update(self._subscription, self._options())

    def _engine_changed(self, change: EngineChange) -> None:
        """What a lost engine said last is not the state of anything any more."""
        if change.state in ("lost", "stopped"):
            self._frame = None

    def _take(self, frame: msg.ProbeFrame) -> None:
        """The newest frame counts. The first is shown at once, more of them no faster than eyes can follow."""
        if frame.subscription != self._subscription or frame.problem:
            return
        self._frame = frame
        if not self._pause.isActive():
            self._show_frame()

    def _show_frame(self) -> None:
        frame, self._frame = self._frame, None
        if frame is None:
            return
        self._pause.start()
        changed = [key for key, item in self._scene.nodes.items() if self._show_at(item, frame)]
        if changed:
            self._scene.moved(changed)

    def _show_at(self, item: NodeItem, frame: msg.ProbeFrame) -> bool:
        """Give a card its picture. True if its size changed."""
        picture = self._picture(item, frame)
        if picture is not None and not _possible(item, picture):
            picture = None
        return item.set_picture(picture)

    def _picture(self, item: NodeItem, frame: msg.ProbeFrame) -> Thumbnail | None:
        if item.node.type != "Dataset":
            array = frame.arrays.get(item.node.name)
            return thumbnail_of(array.numpy()) if array is not None else None
        for port in item.card.outputs:
            array = frame.arrays.get(_GIVEN + port)
            if array is not None:
                return thumbnail_of(array.numpy(), given=True, told=self._told(frame))
        return None

    def _told(self, frame: msg.ProbeFrame) -> tuple[str, ...]:
        """What stands beside the sample: its label, and which one it is."""
        name, sample = frame.facts.get("label_name"), frame.facts.get("sample")
        words = [f"“{name}”"] if name else []
        return (*words, self.tr("sample {number}").format(number=sample)) if sample is not None else tuple(words)

    def _clear_outdated(self, _: Compiled) -> None:
        gone = [item for item in self._scene.nodes.values() if item.picture and not _possible(item, item.picture)]
        changed = [item.node.id for item in gone if item.set_picture(None)]
        if changed:
            self._scene.moved(changed)


def _possible(item: NodeItem, picture: Thumbnail) -> bool:
    specs = item.facts.outputs.values() if item.facts else ()
    return any(still_fits(picture, spec) for spec in specs)
