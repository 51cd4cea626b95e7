"""What a network predicts: the test samples, the worst mistakes first, and figures over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint
from PySide6.QtGui import QPainter, QResizeEvent

from nnstudio.compiler.result import Compiled
from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.judging import board as views
from nnstudio.ui.judging.board import Board
from nnstudio.ui.judging.cards import cards_of, class_word, names_of, samples_of
from nnstudio.ui.judging.controls import Controls
from nnstudio.ui.panels.parts.card import ARROW, Plane
from nnstudio.ui.panels.parts.fields import fields_of
from nnstudio.ui.panels.parts.header import LEAST_WIDTH
from nnstudio.ui.panels.spec import Panel, PanelType

MOST = 1000
"""Points that are asked for at once."""
MOST_CLASSES = 30
"""In the confusion matrix."""
MOST_COLUMNS = 32
"""Numbers a sample that can be judged one by one."""
LIVE_PLACES = 2**11
"""Places of sequences that are looked at while a run goes: a share of them is right to about two in a hundred."""


class PredictionsPanel(Panel):
    """Cards of samples, a click on which chooses the sample that all panels show; and views of all of them."""

    title = str(QT_TRANSLATE_NOOP("panels", "Predictions"))
    icon = "predictions"
    plots = True

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.setMinimumWidth(LEAST_WIDTH)
        self.board = Board()
        self.view = self.board.cards
        self.view.choose(bridge.sample)
        self.view.nothing = self.tr("There is no such sample, as the network is now.")
        self.set_body(self.board)
        self.page = 0
        self.total = 0
        self.filter = (-1, -1)
        """Only samples of this true class, and predicted as that one; -1 is any."""
        self._frame: ProbeFrame | None = None
        self._points: NDArray | None = None
        self._again = False
        """Whether another view is to show the frame that is there."""
        self._caption_text = ""
        self.controls = Controls(self.header)
        self.tabs = self.controls.tabs
        self._add_controls()
        self.view.chosen.connect(bridge.choose_sample)
        self.view.turned.connect(self.turn)
        self.view.room_changed.connect(self.on_room)
        self.board.chosen.connect(bridge.choose_sample)
        self.board.asked.connect(self.show_samples)
        bridge.sample_changed.connect(self.view.choose)
        bridge.session_changed.connect(self._on_session)
        bridge.recompiled.connect(self._advise)
        bridge.run_changed.connect(self._ask)
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

    def show_samples(self, true: int, predicted: int) -> None:
        """Show the samples of a class, of those taken for a class, or of both; -1 is any."""
        self.filter, self.page = (true, predicted), 0
        self.tabs.set_key(views.SAMPLES)
        self._on_view(views.SAMPLES)

    def on_room(self) -> None:
        if self.is_empty:
            self.view.resize(self.body.size())  # which is not laid out before it is seen
        self._ask()
        if self._points is not None and self._frame is not None:
            self._draw(self._frame)

    def refresh(self) -> None:
        if self.tabs.key in views.PLOTTED and not self.plots_ready():
            return
        again, self._again = self._frame if self._again else None, False
        if again is not None:
            self.on_frame(again)
        super().refresh()

    def on_frame(self, frame: ProbeFrame) -> None:
        view = self.tabs.key
        if view == views.SAMPLES:
            self._show_samples(frame)
        elif views.probe_of(frame) == views.PROBES[view]:
            self.board.show_frame(view, frame)
            self.show_caption(views.words_of(view, frame))
        else:
            return  # of another view
        self._frame = frame
        self._show_controls()
        self.show_body()

    def show_caption(self, text: str) -> None:
        """Say what is shown, where the header has room beside the tabs."""
        self._caption_text = text
        super().show_caption(text)
        self.controls.fit(text)

    def show_empty(self, text: str) -> None:
        super().show_empty(text)
        self.controls.hide()

    def rows(self) -> Iterable[Sequence[object]]:
        """What is shown: the cards of this page, or the figures of the view."""
        return self._card_rows() if self.tabs.key == views.SAMPLES else self.board.rows(self.tabs.key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.controls.fit(self._caption_text)

    def paint_body(self, painter: QPainter, at: QPoint) -> None:
        shown = self.board.currentWidget()
        if shown is not None:
            shown.clearFocus()  # no mark of the keyboard in a file
        super().paint_body(painter, at)

    # Cards

    def _show_samples(self, frame: ProbeFrame) -> None:
        if not {"index", "true", "predicted"} <= frame.arrays.keys():
            return
        samples = samples_of(frame)
        flat = samples is not None and samples.shape[1:] == (2,) and len(samples) > 0
        self._frame, self._points = frame, samples if flat else None
        self._ask()
        self._draw(frame)
        self.board.show_cards()
        self.show_caption(self._words(frame))

    def _draw(self, frame: ProbeFrame) -> None:
        total, page = frame.facts.get("total"), frame.facts.get("page")
        self.total = total if isinstance(total, int) else len(frame.arrays["index"].numpy())
        arrays = {name: array.numpy() for name, array in frame.arrays.items()}
        widest = max(names_of(frame), key=len, default="")
        self.view.set_longest("" if "counts" in arrays else widest)
        if self._points is not None:
            self.page = min(self.page, self.pages - 1)
            start = self.page * self.view.capacity
            arrays = {name: array[start : start + self.view.capacity] for name, array in arrays.items()}
        elif isinstance(page, int):
            self.page = page
        plane = Plane.of(self._points) if self._points is not None else None
        self.view.show_cards(cards_of(arrays, frame), plane)
        self._show_controls()

    def _words(self, frame: ProbeFrame) -> str:
        wrong, share = frame.facts.get("wrong", -1), frame.facts.get("accuracy")
        sequences = "places" in frame.facts
        if self.filter != (-1, -1):
            return self.tr("{0} samples").format(f"{self.total:,}") if self.total != 1 else self.tr("1 sample")
        if sequences and isinstance(share, float):  # of their places
            return self.tr("{0} % right").format(f"{100 * share:.1f}")
        if isinstance(wrong, int) and wrong >= 0:
            return self.tr("{0} wrong of {1}").format(f"{wrong:,}", f"{self.total:,}")
        return self.tr("{0}, worst first").format(f"{self.total:,}")

    def _card_rows(self) -> Iterable[Sequence[object]]:
        yield "sample", "true", "predicted", "detail", "right"
        for card in self.view.cards:
            right = "" if card.wrong is None else int(not card.wrong)
            said = (" " if card.spaced else "").join(token.said for token in card.tokens)
            wanted = (" " if card.spaced else "").join(token.wanted or token.said for token in card.tokens)
            yield card.index, card.true or wanted, card.predicted or said, card.detail, right

    # Controls

    def _add_controls(self) -> None:
        controls = self.controls
        controls.viewed.connect(self._on_view)
        controls.turned.connect(self.turn)
        controls.cleared.connect(self._show_all_samples)
        controls.column_chosen.connect(self._ask)
        controls.percent.toggled.connect(self.board.confusion.set_percent)

    def _show_all_samples(self) -> None:
        self.show_samples(-1, -1)

    def _show_controls(self) -> None:
        """Those that the view can use."""
        self.tabs.setVisible(self._judged)
        self.controls.show_for(self.tabs.key, self._filter_words(), self._column_names())
        self.controls.show_page(self.page, self.pages if self.tabs.key == views.SAMPLES else 1)
        self.controls.fit(self._caption_text)

    def _filter_words(self) -> str:
        """What is filtered for, or nothing."""
        names = names_of(self._frame) if self._frame is not None else []
        true, predicted = ("" if label < 0 else class_word(label, names) for label in self.filter)
        if true and predicted:
            return f"{true}{ARROW}{predicted}"
        return true or (f"→ {predicted}" if predicted else "")

    def _column_names(self) -> list[str]:
        """The numbers of a sample that can be judged one by one: as the data set names them, or by their places."""
        count = self._frame.facts.get("columns") if self._frame is not None else 0
        if not isinstance(count, int) or not 1 < count <= MOST_COLUMNS:
            return []
        target = fields_of(self.session).get(self.session.compiled.signature.target) if self.session else None
        named = target.columns if target is not None else ()
        return list(named) if len(named) == count else [str(number) for number in range(count)]

    # How it is fed

    @property
    def _judged(self) -> bool:
        return self.session is not None and bool(self.session.compiled.signature.prediction)

    def _on_view(self, key: str) -> None:
        """Views of the same probe share its frame; another probe has to be asked first."""
        self._points = None
        self._again = self._frame is not None and views.probe_of(self._frame) == views.PROBES[key]
        if not self._again:
            self._frame = None
        self._show_controls()
        self._ask()
        self.schedule()

    def _on_session(self, _session: object) -> None:
        self.page = self.total = 0
        self.filter = (-1, -1)
        self._frame = self._points = None
        self.show_caption("")
        self.show_empty("")
        self._advise()

    def _advise(self, _compiled: object = None) -> None:
        """While there is no frame: what would bring one. Of an empty drawing there is none."""
        if self._frame is not None and not self.drawn and not self.header.frozen:
            self._on_session(None)
            return
        task = self.session.compiled.signature.task if self.session is not None else ""
        self.tabs.show_views(views.views_for(task))
        self._ask()
        if self._frame is None and self.is_empty:
            advice = self.waiting() if self._judged else self.tr("Connect a loss to see what the network gets wrong.")
            self.show_empty(self.obstacle() or self._no_samples() or advice)

    def _no_samples(self) -> str:
        """What is missing where there is a loss and no data set."""
        compiled = self.session.compiled if self.session else Compiled()
        missing = compiled.has_loss and not compiled.dataset
        return self.tr("There is no data set, so there are no samples to judge.") if missing else ""

    def _ask(self, _what: object = None) -> None:
        """For figures, or a page of cards; of points all there are, as each card shows its own among the others."""
        view = self.tabs.key
        if view == views.RESIDUALS:
            self.subscribe_probe("residuals", {"column": self.controls.column})
        elif view != views.SAMPLES:
            self.subscribe_probe("confusion", {"classes": MOST_CLASSES} | self._places_wanted())
        else:
            wanted = self._page_wanted() | self._filter_wanted() | self._places_wanted()
            self.subscribe_probe("predictions", wanted)

    def _places_wanted(self) -> dict[str, Option]:
        """While a run goes fewer sequences, and these often."""
        session = self.session
        sequences = session is not None and session.compiled.signature.task == "tokens"
        return {"places": LIVE_PLACES} if session is not None and sequences and session.run.active else {}

    def _page_wanted(self) -> dict[str, Option]:
        if self._points is not None:
            return {"count": MOST, "page": 0}
        page = min(self.page, self.pages - 1) if self.total else self.page
        return {"count": self.view.capacity, "page": page}

    def _filter_wanted(self) -> dict[str, Option]:
        wanted = zip(("true", "predicted"), self.filter, strict=True)
        return {name: label for name, label in wanted if label >= 0}


PREDICTIONS = PanelType(
    key="predictions",
    title=PredictionsPanel.title,
    icon=PredictionsPanel.icon,
    group="right",
    order=10,
    make=PredictionsPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "Test samples and what the network says of them, mistakes first.")),
)
