"""Which data are shown, and what is known of them: asked of the engine when somebody looks, and dropped when stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.data.registry import dataset
from nnstudio.data.spec import DatasetType, Field
from nnstudio.errors import EngineDied, NNStudioError
from nnstudio.graph.nodes import DATASET, Node
from nnstudio.project.errands import Errand
from nnstudio.project.session import Session
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome
from nnstudio.ui.bridge import Bridge

CALM_MS = 200
"""After the last edit, until data are asked for anew."""


@dataclass(frozen=True)
class Shown:
    """The data of a Dataset node as they are now. The same ones are equal."""

    session: Session
    node: str
    ref: msg.DataRef
    values: Mapping[str, Any]
    """The parameters of the node."""
    batch: int
    """Samples in a batch of the training to come."""
    file: str = ""
    """What is wrong with the file that the node reads, as far as anybody has looked."""

    @property
    def kind(self) -> DatasetType:
        return dataset(self.ref.dataset)


@dataclass(frozen=True)
class Known:
    """What the engine says of data: how many samples there are, the names of classes and tokens, and their fields."""

    shown: Shown
    fields: tuple[Field, ...]
    samples: int
    train: int
    test: int
    left_out: int
    names: Mapping[str, tuple[str, ...]]

    def names_of(self, field: Field) -> tuple[str, ...]:
        return self.names.get(field.name) or field.names

    @property
    def same(self) -> bool:
        """Whether all samples are both learned and tested."""
        return self.shown.kind.split == "none"


class DataSource(QObject):
    """Follows selection and document. `known` stays until other data are there, or have failed."""

    changed = Signal()
    """Something of what follows is another."""
    summarized = Signal()
    """`summary` is there, or `summary_fault`."""
    progressed = Signal(object)
    """protocol.messages.DataProgress of the work that is waited for."""

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.shown: Shown | None = None
        self.known: Known | None = None
        self.fault: NNStudioError | None = None
        self.summary: msg.DataSummary | None = None
        self._picked = ""
        self._looking = False
        self._asked: Shown | None = None
        self._opening: Errand | None = None
        self._summing: Errand | None = None
        self._timer = QTimer(self, singleShot=True, interval=CALM_MS)
        self._timer.timeout.connect(self.follow)
        for signal in (bridge.document_changed, bridge.recompiled, bridge.history_changed):
            signal.connect(lambda *_: self._timer.start())
        bridge.session_changed.connect(self._other_session)
        bridge.selection_changed.connect(self._selected)
        bridge.engine_changed.connect(self._engine_changed)
        bridge.data_progress.connect(self._progress)

    # What there is to show

    @property
    def nodes(self) -> list[Node]:
        """The Dataset nodes of the project."""
        session = self._bridge.current
        return [node for node in session.document.nodes.values() if node.type == DATASET] if session else []

    @property
    def waiting(self) -> bool:
        """Whether other data are on their way."""
        return self._opening is not None

    def pick(self, node: str) -> None:
        """Show another Dataset node."""
        self._picked = node
        self.follow()

    def look(self, looking: bool) -> None:
        """Somebody looks, or nobody any more."""
        self._looking = looking
        if looking:
            self.follow()

    def follow(self) -> None:
        """Look at what holds now; if that is something else, ask for it."""
        self._timer.stop()
        if not self._looking:
            return
        shown = self._now()
        if shown != self._asked or shown is None:
            self._open(shown)

    def again(self) -> None:
        """Try once more, after a failure."""
        self._asked = None
        self.follow()

    def fail(self, fault: NNStudioError) -> None:
        """Samples that were there can not be had any more, as when a file is gone."""
        self.fault, self.known = fault, None
        self.changed.emit()

    def give_up(self) -> None:
        """The person does not want to wait any longer."""
        for errand in (self._opening, self._summing):
            if errand is not None and self._asked is not None:
                self._asked.session.errands.cancel(errand.key)

    def want_summary(self) -> None:
        """Figures are needed: they are asked for once."""
        if self.known is None or self.summary is not None or self._summing is not None:
            return
        known = self.known
        self._summing = known.shown.session.errands.summarize(known.shown.ref)
        self._listen(self._summing, partial(self._summed, known))

    # Inside

    def _now(self) -> Shown | None:
        nodes = {node.id: node for node in self.nodes}
        session = self._bridge.current
        if session is None or not nodes:
            return None
        used = session.compiled.dataset
        key = next(key for key in (self._picked, used, *nodes) if key in nodes)
        values = dict(nodes[key].params)
        told = session.files.of(key)
        file, batch = told.message if told is not None else "", session.document.plan.batch_size
        return Shown(session, key, session.errands.data(key), values, batch, file)

    def _open(self, shown: Shown | None) -> None:
        self.give_up()
        self._opening = self._summing = None
        self.shown = self._asked = shown
        if shown is None:
            self.known = self.summary = self.fault = None
        else:
            self._opening = errand = shown.session.errands.preview(shown.ref, "all", 0, 0)
            self._listen(errand, partial(self._opened, errand, shown))
        self.changed.emit()

    def _listen(self, errand: Errand, call: Callable[[Future[msg.AnyReply]], None]) -> None:
        self._bridge.when(errand.future, call)

    def _opened(self, errand: Errand, shown: Shown, future: Future[msg.AnyReply]) -> None:
        if errand is not self._opening:
            return  # something else is wanted by now
        self._opening = None
        self._bridge.answered(shown.session, future)
        self.summary, self.known = None, None
        reply, self.fault = outcome(future)
        if isinstance(reply, msg.DataPreview):
            try:
                fields = shown.kind.fields_for(shown.values)
                self.known = Known(shown, fields, reply.samples, reply.train, reply.test, reply.left_out, reply.names)
            except NNStudioError as error:
                self.fault = error
        self.changed.emit()

    def _summed(self, known: Known, future: Future[msg.AnyReply]) -> None:
        if known is not self.known:
            return
        self._summing = None
        reply, fault = outcome(future)
        if isinstance(reply, msg.DataSummary):
            self.summary = reply
            self.summarized.emit()
        elif fault is not None:
            self.fail(fault)

    def _other_session(self, _session: object) -> None:
        """Nothing of another project stays, nor what was asked for it."""
        self.give_up()
        self._picked = ""
        self._opening = self._summing = None
        self._asked = self.shown = self.known = self.summary = self.fault = None
        self.changed.emit()
        self._timer.start(0)

    def _selected(self, selection: tuple[str, ...]) -> None:
        chosen = {node.id for node in self.nodes} & set(selection)
        if chosen:
            self._picked = next(key for key in reversed(selection) if key in chosen)
            self._timer.start()

    def _engine_changed(self, change: Any) -> None:
        """What a dead engine was asked is asked of the next one."""
        if change.state == "ready" and isinstance(self.fault, EngineDied):
            self.again()

    def _progress(self, progress: msg.DataProgress) -> None:
        if progress.key in {errand.key for errand in (self._opening, self._summing) if errand is not None}:
            self.progressed.emit(progress)
