"""The test samples with what the network says of them, the worst mistakes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtWidgets import QLabel

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.card import Card, Plane
from nnstudio.ui.panels.parts.card_view import CardView
from nnstudio.ui.panels.parts.header import tool_button
from nnstudio.ui.panels.spec import Panel, PanelType


class PredictionsPanel(Panel):
    """Cards of samples. A click chooses the sample that all panels show."""

    title = str(QT_TRANSLATE_NOOP("panels", "Predictions"))
    icon = "predictions"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.view = CardView()
        self.view.choose(bridge.sample)
        self.set_body(self.view)
        self.page = 0
        self.total = 0
        self._add_pager()
        self.view.chosen.connect(bridge.choose_sample)
        self.view.turned.connect(self.turn)
        self.view.room_changed.connect(self.on_room)
        bridge.sample_changed.connect(self.view.choose)
        bridge.session_changed.connect(self._on_session)
        self._on_session(None)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.view.capacity))

    def turn(self, pages: int) -> None:
        """Go on by so many pages, or back."""
        page = min(max(self.page + pages, 0), self.pages - 1)
        if page != self.page:
            self.page = page
            self._ask()

    def on_room(self) -> None:
        self._ask()

    def on_frame(self, frame: ProbeFrame) -> None:
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        if not {"index", "true", "predicted"} <= arrays.keys():
            return
        total, page = frame.facts.get("total"), frame.facts.get("page")
        self.total = total if isinstance(total, int) else len(arrays["index"])
        self.page = page if isinstance(page, int) else self.page
        samples = next((array for name, array in arrays.items() if name.startswith("input:")), None)
        self.view.set_longest(_widest(frame))
        points = samples if samples is not None and samples.shape[1:] == (2,) and len(samples) else None
        plane = Plane.of(points) if points is not None else None
        self.view.show_cards(self._cards(arrays, samples, frame), plane)
        self.header.set_caption(self._caption(frame))
        self._show_pager()
        self.show_body()

    def rows(self) -> Iterable[Sequence[object]]:
        """The cards of this page."""
        yield "sample", "true", "predicted", "detail", "right"
        for card in self.view.cards:
            right = "" if card.wrong is None else int(not card.wrong)
            yield card.index, card.true, card.predicted, card.detail, right

    # Inside

    def _cards(self, arrays: dict[str, NDArray], samples: NDArray | None, frame: ProbeFrame) -> list[Card]:
        values = frame.facts.get("task") == "values"
        listed = frame.facts.get("names")
        names = [str(name) for name in listed] if isinstance(listed, list) else []
        cards = []
        for place, index in enumerate(arrays["index"]):
            true, predicted = arrays["true"][place], arrays["predicted"][place]
            sample = samples[place] if samples is not None else np.empty(0, np.float32)
            detail = self._off_by(arrays, place) if values else self._sure(arrays, place)
            wrong = None if values else bool(true != predicted)
            cards.append(Card(int(index), _word(true, names), _word(predicted, names), detail, wrong, sample))
        return cards

    def _sure(self, arrays: dict[str, NDArray], place: int) -> str:
        sure = arrays.get("confidence")
        return "" if sure is None else self.tr("{0} %").format(f"{100 * float(sure[place]):.0f}")

    def _off_by(self, arrays: dict[str, NDArray], place: int) -> str:
        if "error" in arrays:
            error = float(arrays["error"][place])
        else:
            error = float(np.abs(arrays["predicted"][place] - arrays["true"][place]).mean())
        return self.tr("off by {0}").format(f"{error:.3g}")

    def _caption(self, frame: ProbeFrame) -> str:
        wrong = frame.facts.get("wrong", -1)
        if isinstance(wrong, int) and wrong >= 0:
            return self.tr("{0} wrong of {1}").format(f"{wrong:,}", f"{self.total:,}")
        return self.tr("{0} samples, largest errors first").format(f"{self.total:,}")

    def _add_pager(self) -> None:
        self.back = tool_button("chevron-left", self.tr("Previous page"))
        self.forth = tool_button("chevron-right", self.tr("Next page"))
        self.place = QLabel()
        self.place.setProperty("class", "muted")
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.back.clicked.connect(lambda: self.turn(-1))
        self.forth.clicked.connect(lambda: self.turn(1))
        for widget in (self.back, self.place, self.forth):
            self.header.add_control(widget)

    def _show_pager(self) -> None:
        several = self.pages > 1
        for widget in (self.back, self.place, self.forth):
            widget.setVisible(several)
        self.place.setText(f"{self.page + 1} / {self.pages}")
        self.back.setEnabled(self.page > 0)
        self.forth.setEnabled(self.page < self.pages - 1)

    def _on_session(self, _session: object) -> None:
        self.page = self.total = 0
        self._show_pager()
        self.header.set_caption("")
        self.show_empty(self.tr("Connect a loss to see what the network gets wrong."))
        self._ask()

    def _ask(self) -> None:
        page = min(self.page, self.pages - 1) if self.total else self.page
        self.subscribe_probe("predictions", {"count": self.view.capacity, "page": page})


def _widest(frame: ProbeFrame) -> str:
    """The longest name of a class."""
    names = frame.facts.get("names")
    return max((str(name) for name in names), key=len, default="") if isinstance(names, list) else ""


def _word(value: NDArray, names: list[str]) -> str:
    """A class by its name, a number in a few digits, several numbers as the first of them and how many more."""
    if np.ndim(value):
        numbers = np.ravel(value)
        return f"{float(numbers[0]):.3g}" + (f" +{len(numbers) - 1}" if len(numbers) > 1 else "")
    if np.issubdtype(np.asarray(value).dtype, np.integer):
        return names[value] if 0 <= value < len(names) else str(int(value))
    return f"{float(value):.3g}"


PREDICTIONS = PanelType(
    key="predictions",
    title=PredictionsPanel.title,
    icon=PredictionsPanel.icon,
    group="right",
    order=10,
    make=PredictionsPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "Test samples and what the network says of them, mistakes first.")),
)
