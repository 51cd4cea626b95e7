"""Keeps live pictures and numbers coming, and only while somebody can see them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.scene import CanvasScene

PAUSE_MS = 80
"""Cards change no more often than that."""


class Live(QObject):
    """One subscription for all cards of a scene. Sub-classes say to what, and what a card makes of a frame."""

    probe = ""

    def __init__(self, bridge: Bridge, scene: CanvasScene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._scene = bridge, scene
        self._shown = False
        self._subscription: int | None = None
        self._asked: dict[str, msg.Option] = {}
        self._frame: msg.ProbeFrame | None = None
        """What is to be shown next."""
        self._last: msg.ProbeFrame | None = None
        """What was shown last: it may tell of other drawings of the project too."""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._show_frame)
        bridge.frame.connect(self._take)
        bridge.sample_changed.connect(self._ask)
        bridge.session_changed.connect(self._begin_anew)
        bridge.engine_changed.connect(self._engine_changed)
        scene.pictures_outdated.connect(self._drawing_changed)
        scene.entered.connect(self._show_again)

    @property
    def subscription(self) -> int | None:
        """The number our frames carry; None while nobody looks."""
        return self._subscription

    def set_shown(self, shown: bool) -> None:
        """The canvas came into view, or went out of it."""
        self._shown = shown
        self._ask()

    # What sub-classes bring

    def wanted(self) -> bool:
        """Whether there is anything to see in this drawing."""
        return True

    def options(self) -> dict[str, msg.Option]:
        """What the probe is asked for."""
        raise NotImplementedError

    def show_at(self, item: NodeItem, frame: msg.ProbeFrame) -> bool:
        """Give a card its share of a frame. True if its size changed."""
        raise NotImplementedError

    def clear_at(self, item: NodeItem) -> bool:
        """Take away what cannot be true any more. True if the card's size changed."""
        raise NotImplementedError

    # Inside

    def _ask(self, _: object = None) -> None:
        """Begin, change or end the subscription, as is needed now."""
        if not (self._shown and self._scene.is_open and self.wanted()):
            self._unsubscribe()
            return
        options = self.options()
        if self._subscription is None:
            self._subscription = self._bridge.probe(self.probe, options)
        elif options != self._asked:
            self._bridge.session.engine.update(self._subscription, options)
        self._asked = options

    def _unsubscribe(self) -> None:
        self._pause.stop()
        self._frame = self._last = None
        if self._subscription is not None:
            self._bridge.session.engine.unsubscribe(self._subscription)
            self._subscription = None

    def _begin_anew(self, _: object = None) -> None:
        """Another project. The engine is shared by all projects, so the subscription goes on."""
        self._frame = self._last = None
        self._ask()

    def _engine_changed(self, change: EngineChange) -> None:
        """What a lost engine said last is not the state of anything any more."""
        if change.state in ("lost", "stopped"):
            self._frame = self._last = None

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
        self._last = frame
        self._pause.start()
        self._resized([key for key, item in self._scene.nodes.items() if self.show_at(item, frame)])

    def _show_again(self, _: str) -> None:
        """Another drawing of the project is on the canvas."""
        self._frame = self._frame or self._last
        self._show_frame()

    def _drawing_changed(self, _: object) -> None:
        """Another drawing, or the same after an edit."""
        self._resized([key for key, item in self._scene.nodes.items() if self.clear_at(item)])
        self._ask()

    def _resized(self, nodes: list[str]) -> None:
        if nodes:
            self._scene.moved(nodes)
