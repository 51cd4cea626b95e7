"""What a project learns from: the samples themselves, how they lie, how they are split, and what a batch looks like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QT_TRANSLATE_NOOP, QTimer
from PySide6.QtGui import QResizeEvent

from nnstudio.graph.nodes import DATASET
from nnstudio.protocol import messages as msg
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.data import batch as view_batch
from nnstudio.ui.data import faults as view_faults
from nnstudio.ui.data.board import SUMMARIES, Board, views_for
from nnstudio.ui.data.controls import Controls
from nnstudio.ui.data.fetch import Fetch
from nnstudio.ui.data.source import DataSource, Known
from nnstudio.ui.panels.parts.suits import only_data
from nnstudio.ui.panels.spec import Panel, PanelType

PATIENCE_MS = 300
"""What takes longer than this is told of; until then what was there stays."""
STEP_X = 240.0
"""How far left of everything else a new Dataset node is put."""


class DataPanel(Panel):
    """Shows the Dataset node that is selected, or else the one that the network learns from."""

    title = str(QT_TRANSLATE_NOOP("panels", "Data"))
    icon = "data"

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.source = DataSource(bridge, self)
        self.fetch = Fetch(bridge, self.source, self)
        self.board = Board(bridge)
        self.controls = Controls(self.header)
        self.set_body(self.board)
        self._progress: msg.DataProgress | None = None
        self._impatient = False
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._lose_patience)
        self._connect()
        self.schedule()

    # What it shows

    def refresh(self) -> None:
        super().refresh()
        self.controls.list_nodes(self.source.nodes, self.source.shown.node if self.source.shown else "")
        if self.fetch.going:
            self._tell_waiting(self.tr("Downloading {0}…"))
        elif self.source.waiting:
            self._wait(self.tr("Loading {0}…"), patient=self.source.known is not None)
        elif self.source.known is not None:
            self._draw(self.source.known)
        else:
            self._tell_empty()
        self.controls.fit(self._caption)

    def on_frame(self, frame: msg.ProbeFrame) -> None:
        """A batch behind a node that prepares it."""
        known, node = self.source.known, str(self.controls.behind.currentData() or "")
        found = view_batch.prepared(frame, known, node) if known is not None and node else None
        if found is not None and self.controls.view == "batch":
            self.board.pages.put(found[0], "batch", found[1])

    def on_problem(self, frame: msg.ProbeFrame) -> None:
        """What can not be prepared stays as it comes."""

    def show_caption(self, text: str) -> None:
        """Say what is shown, where the header has room for all of it."""
        self._caption = text
        self.controls.fit(text)

    def rows(self) -> Iterable[Sequence[object]]:
        """What the view shows."""
        return self.board.rows()

    def picture_line(self) -> str:
        return " · ".join(filter(None, (self.windowTitle(), self._caption)))

    def obstacle(self) -> str:
        """Data are there, whatever is wrong with the network."""
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.controls.fit(self._caption)

    # Inside

    def _connect(self) -> None:
        source, controls, bridge = self.source, self.controls, self.bridge
        for signal in (source.changed, source.summarized, controls.changed, self.fetch.ended):
            signal.connect(self.schedule)
        for signal in (source.progressed, self.fetch.progressed):
            signal.connect(self._on_progress)
        self.fetch.ended.connect(source.again)
        controls.node_picked.connect(source.pick)
        controls.marks_toggled.connect(self.board.gallery.show_marks)
        self.board.pages.failed.connect(source.fail)
        self.board.chosen.connect(self._choose)
        self.board.tested.connect(self._choose_test)
        self.board.split.settings_asked.connect(lambda: bridge.select(()))
        bridge.sample_changed.connect(self._mark)

    def _attend(self) -> None:
        self.source.look(self.looking)
        super()._attend()

    def _draw(self, known: Known) -> None:
        self.controls.tabs.show_views(views_for(known.fields))
        view, summary = self.controls.view, self.source.summary
        if view in SUMMARIES and summary is None:
            self.source.want_summary()
            self._wait(self.tr("Counting {0}…"), patient=True)
            return
        self._calm()
        if view in SUMMARIES and summary is not None:
            self.board.show_summary(view, summary, known)
        elif view == "split":
            self.board.show_split(known)
        else:
            self._draw_samples(known, view)
        self.controls.show_for(known, marks=self.board.gallery.has_marks)
        self.show_caption(self._words(known))
        self.show_body()

    def _draw_samples(self, known: Known, view: str) -> None:
        node = self._behind(known) if view == "batch" else ""
        if node:
            options = view_batch.options_for(known, node, self.controls.draw)
            self.subscribe_probe(view_batch.PROBE, options)
        else:
            self.subscribe_probe("", {})
        if not node or self.board.pages.part != "batch":
            self.board.pages.open(known, self.controls.shown_part)
        self.board.show_samples(self.board.pages.known or known)
        self._mark(self.bridge.sample)

    def _behind(self, known: Known) -> str:
        """The node that prepares a batch which is to be seen, or empty for the batch as it comes."""
        ready, session = self.bridge.ready, known.shown.session
        well = self._is_learned_from(known) and not session.compiled.errors
        possible = well and ready is not None and view_batch.PROBE in ready.probes
        return self.controls.offer_behind(view_batch.preparing_nodes(session.document) if possible else [])

    # When there is nothing to show

    def _wait(self, words: str, *, patient: bool) -> None:
        """Something is on its way; for a moment, what was there before may stay."""
        if self._impatient or not patient:
            self._tell_waiting(words)
        elif not self._patience.isActive():
            self._patience.start()

    def _tell_waiting(self, words: str) -> None:
        """How far it is, and a way to give it up."""
        shown, progress = self.source.shown, self._progress
        text = words.format(f"'{shown.kind.title}'" if shown is not None else "")
        share = progress.done / progress.total if progress is not None and progress.total > 0 else None
        if progress is not None and progress.what:
            text = f"{text}\n{progress.what}" + (f" · {100 * share:.0f} %" if share is not None else "")
        self._tell(text)
        self.empty.set_done(share)
        self.empty.offer(self.tr("Cancel"), self._give_up, self.tr("Do not wait any longer"))

    def _tell_empty(self) -> None:
        self._calm()
        fault = self.source.fault
        if not self.source.nodes:
            self._tell(self.tr("Add a Dataset node to see what the network learns from."))
            if self.session is not None:
                tip = self.tr("Put a Dataset node into the drawing; Undo takes it back")
                self.empty.offer(self.tr("Add a Dataset"), self._add_dataset, tip)
        elif fault is not None:
            found = view_faults.way_out(fault, self.source.shown)
            self._tell(found.text)
            if found.way:
                self.empty.offer(found.label, partial(self._go, found), found.tip)

    def _tell(self, text: str) -> None:
        self.controls.hide()
        self.subscribe_probe("", {})
        self.show_caption("")
        self.show_empty(text)

    def _add_dataset(self) -> None:
        """Left of all that is there, in the main drawing."""
        if self.session is None:
            return
        document = self.session.document
        self.bridge.go_to(0)
        places = [node.at for node in document.nodes.values()]
        at = (min((x for x, _ in places), default=STEP_X) - STEP_X, min((y for _, y in places), default=0.0))
        self.bridge.select((document.add(DATASET, at=at).id,))

    def _go(self, found: view_faults.WayOut) -> None:
        """Take the way out."""
        shown = self.source.shown
        if found.wanted is not None:
            self.bridge.file_wanted.emit(found.wanted)
        elif found.way == view_faults.SETTINGS and shown is not None:
            self.bridge.select((shown.node,))
        elif found.way == view_faults.FETCH and shown is not None:
            self._progress = None
            self.fetch.begin(shown)
            self.schedule()
        else:
            self.source.again()

    def _give_up(self) -> None:
        if self.fetch.going:
            self.fetch.give_up()
        else:
            self.source.give_up()

    def _on_progress(self, progress: msg.DataProgress) -> None:
        self._progress = progress
        self.schedule()

    def _lose_patience(self) -> None:
        self._impatient = True
        self.schedule()

    def _calm(self) -> None:
        self._impatient, self._progress = False, None
        self._patience.stop()

    # Which sample is looked at

    def _choose(self, row: int) -> None:
        """A sample of the test set that is clicked on is the one that all panels show."""
        known = self.source.known
        if known is not None and self._are_tested(known):
            self.bridge.choose_sample(row)

    def _choose_test(self, place: int) -> None:
        if self.source.known is not None and self._is_learned_from(self.source.known):
            self.bridge.choose_sample(place)

    def _mark(self, sample: int) -> None:
        known = self.source.known
        self.board.show_chosen(sample if known is not None and self._are_tested(known) else -1)

    def _are_tested(self, known: Known) -> bool:
        """Whether the rows that are shown are those of the network's test set."""
        part = self.board.pages.part
        return self._is_learned_from(known) and (part == "test" or (known.same and part != "batch"))

    def _is_learned_from(self, known: Known) -> bool:
        return self.session is not None and known.shown.node == self.session.compiled.dataset

    def _words(self, known: Known) -> str:
        """What is shown, in a few words."""
        counts = {"train": known.train, "test": known.test, "batch": min(known.shown.batch, known.train)}
        part = self.controls.shown_part if self.controls.view in ("samples", "batch") else "all"
        words = self.tr("{0}, first batch of {1}") if part == "batch" else self.tr("{0}, {1} samples")
        return words.format(known.shown.kind.title, f"{counts.get(part, known.samples):,}")


DATA = PanelType(
    key="data",
    title=DataPanel.title,
    icon=DataPanel.icon,
    group="middle",
    order=5,
    make=DataPanel,
    several=False,
    summary=str(QT_TRANSLATE_NOOP("panels", "The samples of the data set, how they lie and how they are split.")),
    suits=only_data,
)
