"""Which texts of a window are cut off: those shortened with dots while painting, and those wider than their place.

    python -m tests.ui.fitting WIDTH HEIGHT THEME      prints what is cut off, with any example; QT_SCALE_FACTOR counts

What a person types into a field may be longer than the field: only what a field says while it is empty counts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics, QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.settings import Settings
from nnstudio.ui import theme
from nnstudio.ui.window import MainWindow
from tests.ui.studio import Answers, gone, open_studio, settle

SPARE = 1
"""Pixels by which a text may be wider: metrics are rounded."""


@contextmanager
def shortened() -> Iterator[set[str]]:
    """All texts that are shortened while inside."""
    found: set[str] = set()
    kept: dict[Any, Any] = {kind: kind.elidedText for kind in (QFontMetrics, QFontMetricsF)}

    def watch(kind: Any) -> Any:
        def elided(self: Any, text: str, *how: Any) -> str:
            shown = kept[kind](self, text, *how)
            if shown != text:
                found.add(text)
            return str(shown)

        return elided

    for kind in kept:
        kind.elidedText = watch(kind)
    try:
        yield found
    finally:
        for kind, real in kept.items():
            kind.elidedText = real


def cut_off(window: QWidget) -> list[str]:
    """What is cut off as the window stands. Cards that were kept as pictures are painted anew."""
    theme.current().changed.emit()
    with shortened() as found:
        window.grab()
    wide = [words for widget in window.findChildren(QWidget) if seen(widget) for words in overflowing(widget)]
    return [*(f"shortened: {text}" for text in sorted(found)), *wide]


def seen(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def overflowing(widget: QWidget) -> Iterator[str]:
    """The texts that have less room than they take."""
    name = f"{type(widget).__name__} {widget.objectName()}".strip()
    for text, needs, room in _texts(widget):
        if text.strip() and (needs.width() > room.width() + SPARE or needs.height() > room.height() + SPARE):
            yield f"{name}: {text!r} takes {needs.toTuple()} and has {room.toTuple()}"


def _texts(widget: QWidget) -> Iterator[tuple[str, QSize, QSize]]:
    """Each text with the room that it takes and that it has."""
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            yield widget.text(), QSize(0, widget.heightForWidth(widget.width())), widget.size()
        else:
            yield widget.text(), widget.minimumSizeHint(), widget.size()
    elif isinstance(widget, QTabBar):
        for index in range(widget.count()):
            bare = widget.tabText(index).replace("&&", "&")
            words = QSize(widget.fontMetrics().horizontalAdvance(bare), 0)
            yield bare, words, widget.tabRect(index).size()
    elif isinstance(widget, QAbstractButton | QComboBox):
        text = widget.text() if isinstance(widget, QAbstractButton) else widget.currentText()
        yield text, QSize(widget.fontMetrics().horizontalAdvance(text.replace("&", "")), 0), widget.size()
    elif isinstance(widget, QLineEdit):
        text = "" if widget.text() else widget.placeholderText()
        yield text, QSize(widget.fontMetrics().horizontalAdvance(text), 0), widget.contentsRect().size()


def everywhere(size: QSize, theme: str, names: Iterable[str] = ()) -> list[str]:
    """What is cut off in a window of that size, with some examples or all, with nothing and with each node chosen."""
    found: dict[str, None] = {}
    for name, path in examples().items():
        if names and name not in names:
            continue
        studio = open_studio(storage.load(path))
        window = MainWindow(studio.bridge, Settings(), Answers(ask_unsaved="discard"))  # type: ignore[arg-type]
        window.set_theme(theme)
        window.resize(size)
        window.show()
        settle(studio.bridge)
        found.update(dict.fromkeys(f"{name}: {words}" for words in cut_off(window)))
        kinds = {node.type: node.id for node in studio.document.nodes.values()}
        for key in kinds.values():
            studio.bridge.select((key,))
            settle(studio.bridge)
            found.update(dict.fromkeys(f"{name}: {words}" for words in cut_off(window)))
        gone(window)
    return list(found)


def main() -> None:
    app = QApplication([])
    width, height, mode = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for words in everywhere(QSize(width, height), mode):
        print(words)
    app.processEvents()
    sys.stdout.flush()
    os._exit(0)  # nothing here is worth the time that Qt takes to end


if __name__ == "__main__":
    main()
