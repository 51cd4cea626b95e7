"""What a race would take, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnstudio.data.loading import bytes_text
from nnstudio.project.racing import Cost
from nnstudio.ui.run.runbar_parts import time_words


def cost_words(cost: Cost) -> str:
    """`about 12 s in all, 3.2 MB of memory`; with a warning where there is not so much."""
    memory = _tr("about {0} of memory").format(bytes_text(cost.memory))
    words = _tr("about {0} in all, {1}").format(time_words(cost.seconds), memory) if cost.seconds else memory
    if cost.memory <= cost.free:
        return words
    return words + _tr(". Only {0} are free: race fewer at a time.").format(bytes_text(cost.free))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Race", text)
