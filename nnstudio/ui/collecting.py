"""Garbage is collected in the window's thread alone.

Python collects in whatever thread happens to ask for memory. Where that is one that reads from the engine or works out
a layout, widgets that are garbage by then would end in it, and Qt with them: a timer of theirs that is still due takes
the whole program down.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250


class Collector(QObject):
    """From now on nothing is collected but here, as often as Python itself would; until `end`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()  # first: Qt holds a lock while it connects, and waits for it where a widget ends
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect what is due: the youngest first, as all that are left of a generation go into the next."""
        for generation in range(3):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)

    def end(self) -> None:
        """Python collects by itself again; what is garbage by now ends here, where Qt is in the middle of nothing."""
        self._timer.stop()
        gc.collect()
        gc.enable()
