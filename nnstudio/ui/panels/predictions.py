"""The test samples with what the network says of them, the worst mistakes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtWidgets import QLabel

from nnstudio.compiler.result import Compiled
from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.card import Card, Plane
from nnstudio.ui.panels.parts.card_view import CardView
from nnstudio.ui.panels.parts.header import tool_button
from nnstudio.ui.panels.spec import Panel, PanelType

MOST = 1000
"""Points that are asked for at once."""


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
        self._frame: ProbeFrame | None = None
        self._points: NDArray | None = None
        self._add_pager()
        self.view.chosen.connect(bridge.choose_sample)
        self.view.turned.connect(self.turn)
        self.view.room_changed.connect(self.on_room)
        bridge.sample_changed.connect(self.view.choose)
        bridge.session_changed.connect(self._on_session)
        bridge.recompiled.connect(self._advise)
        self._on_session(None)

    @property
    def pages(self) -> int:
        reached = self.total if self._points is None else len(self._points)
        return max(1, -(-reached // self.view.capacity))

    def turn(self, pages: int) -> None:
        """Go on by so many pages, or back."""
        page = min(max(self.page + pages, 0), self.pages - 1)
        if page != self.page:
            self.page = page
            self.on_room()

    def on_room(self) -> None:
        self._ask()
        if self._points is not None and self._frame is not None:
            self._draw(self._frame)

    def on_frame(self, frame: ProbeFrame) -> None:
        if not {"index", "true", "predicted"} <= frame.arrays.keys():
            return
        samples = _samples(frame)
        flat = samples is not None and samples.shape[1:] == (2,) and len(samples) > 0
        self._frame, self._points = frame, samples if flat else None
        self._ask()
        self._draw(frame)
        self.show_caption(self._words(frame))
        self.show_body()

    def rows(self) -> Iterable[Sequence[object]]:
        """The cards of this page."""
        yield "sample", "true", "predicted", "detail", "right"
        for card in self.view.cards:
            right = "" if card.wrong is None else int(not card.wrong)
            yield card.index, card.true, card.predicted, card.detail, right

    # Inside

    def _draw(self, frame: ProbeFrame) -> None:
        total, page = frame.facts.get("total"), frame.facts.get("page")
        self.total = total if isinstance(total, int) else len(frame.arrays["index"].numpy())
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        self.view.set_longest(_widest(frame))
        if self._points is not None:
            self.page = min(self.page, self.pages - 1)
            start = self.page * self.view.capacity
            arrays = {name: array[start : start + self.view.capacity] for name, array in arrays.items()}
        elif isinstance(page, int):
            self.page = page
        plane = Plane.of(self._points) if self._points is not None else None
        self.view.show_cards(self._cards(arrays, frame), plane)
        self._show_pager()

    def _cards(self, arrays: dict[str, NDArray], frame: ProbeFrame) -> list[Card]:
        samples = next((array for name, array in arrays.items() if name.startswith("input:")), None)
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

    def _words(self, frame: ProbeFrame) -> str:
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
        self._frame = self._points = None
        self._show_pager()
        self.show_caption("")
        self.show_empty("")
        self._advise()
        self._ask()

    def _advise(self, _compiled: object = None) -> None:
        """While there is no frame: what would bring one. Of an empty drawing there is none."""
        if self._frame is not None and not self.drawn and not self.header.frozen:
            self._on_session(None)
        elif self._frame is None and self.is_empty:
            judged = self.session is not None and bool(self.session.compiled.signature.prediction)
            waiting = self.waiting()
            advice = waiting if judged else self.tr("Connect a loss to see what the network gets wrong.")
            self.show_empty(self.obstacle() or self._no_samples() or advice)

    def _no_samples(self) -> str:
        """What is missing where there is a loss and no data set."""
        compiled = self.session.compiled if self.session else Compiled()
        missing = compiled.has_loss and not compiled.dataset
        return self.tr("There is no data set, so there are no samples to judge.") if missing else ""

    def _ask(self) -> None:
        """A page of cards; of points all there are, as each card shows its own among the others."""
        if self._points is not None:
            self.subscribe_probe("predictions", {"count": MOST, "page": 0})
            return
        page = min(self.page, self.pages - 1) if self.total else self.page
        self.subscribe_probe("predictions", {"count": self.view.capacity, "page": page})


def _samples(frame: ProbeFrame) -> NDArray | None:
    """What the network saw of each sample."""
    return next((array.numpy() for name, array in frame.arrays.items() if name.startswith("input:")), None)


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
