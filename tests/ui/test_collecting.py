"""Widgets that are garbage end in the window's thread, whoever asks for memory."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.ui.collecting import EVERY_MS, Collector


class Knot(QWidget):
    """Knows itself, so that only the collector ends it; tells in which thread."""

    ended: list[int] = []

    def __init__(self) -> None:
        super().__init__()
        self.itself = self

    def __del__(self) -> None:
        Knot.ended.append(threading.get_ident())


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    Knot.ended.clear()
    made = Collector()
    yield made
    made.end()
    gc.disable()  # as the other tests of the window have it


def test_another_thread_ends_no_widget(qtbot: QtBot, collector: Collector) -> None:
    for _ in range(20):
        Knot()
    kept: list[list[int]] = []
    worker = threading.Thread(target=lambda: kept.extend([number] for number in range(50_000)))
    worker.start()  # asks for so much that Python would collect, many times
    worker.join()
    assert Knot.ended == []
    qtbot.waitUntil(lambda: len(Knot.ended) == 20, timeout=20 * EVERY_MS)
    assert set(Knot.ended) == {threading.get_ident()}


def test_python_collects_again_at_the_end(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.end()
    assert gc.isenabled()
