"""The composition root of the window: engine, session, bridge and window are made here and put together.

The engine is started first: it warms up while Qt loads.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from nnstudio import paths
from nnstudio.protocol.client import EngineClient, Heard

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from nnstudio.session import Engine
    from nnstudio.ui.bridge import Bridge
    from nnstudio.ui.dialogs import Dialogs
    from nnstudio.ui.window import MainWindow

_log = logging.getLogger(__name__)


class _Ear:
    """Keeps what the engine says until there is a bridge to hear it."""

    def __init__(self) -> None:
        self._kept: list[Heard] = []
        self._bridge: Bridge | None = None

    def __call__(self, event: Heard) -> None:
        if self._bridge is None:
            self._kept.append(event)
        else:
            self._bridge.deliver(event)
