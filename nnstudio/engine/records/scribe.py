"""The thread that writes: what a run has left is put down in its folder while the run goes on.

Whatever fails on the disk is told once; from then on nothing more is written.
"""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from hashlib import sha256
from os import getpid
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Any, TypeAlias

import msgspec
import numpy as np
import torch

from nnstudio import __version__
from nnstudio.engine.data.datasets import Data
from nnstudio.engine.records.boards import Board, check_there
from nnstudio.engine.records.checkpoint import Snapshot
from nnstudio.engine.records.digest import digest, size
from nnstudio.engine.records.recording import Leaf, RunFolder, Texts
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg
from nnstudio.runs.living import began
from nnstudio.runs.naming import free_folder
from nnstudio.runs.reading import GOING, clear_runs
from nnstudio.runs.record import RECORD, TENSORBOARD, RunRecord

SMALL_DATA = 2**24
"""Bytes that are hashed in passing; more of them, beside the writing."""

NO_ROOM = "Make room, or choose another folder for runs in the settings; then start the training again."

_promised: set[Path] = set()
"""Folders of runs, some of which are not made yet."""

Send: TypeAlias = Callable[[msg.AnyEvent], None]


@dataclass(frozen=True)
class Waiting:
    """A snapshot that is to be written."""

    snapshot: Snapshot
    name: str
    reason: str
    test_loss: float | None


class Scribe:
    """Of one run. What is called here returns at once, and is done in its turn."""

    def __init__(self, number: int, keeping: msg.Keeping, model: msg.Model, plan: msg.Plan, data: Data, send: Send):
        self.folder = free_folder(Path(keeping.folder), _promised)
        _promised.add(self.folder)
        self.broken = False
        self.cost = 0.0
        """Seconds that writing the last checkpoint took."""
        self._number, self._keeping, self._data, self._send = number, keeping, data, send
        self._record = first_record(keeping, model, plan)
        self._files = RunFolder(self.folder, Texts(model.source, keeping.drawing))
        self._board: Board | None = None
        self._board_wanted = False
        self._data_hash = ""
        self._last: Future[None] | None = None
        self._begun = self._does_without = False

    def begin(self, step: int) -> None:
        """The run is about to take the step after that one."""
        if self._keeping.resume:
            self._files.go_on_from(Path(self._keeping.resume), step)
        if self._keeping.tensorboard:
            self._board_wanted = self._attempt(check_there)

    def note(self, *, spent: float = 0.0, **facts: Any) -> None:
        """Facts for the record, which is written with the next leaf. `spent` seconds are added to those of the run."""
        self._record = msgspec.structs.replace(self._record, seconds=self._record.seconds + spent, **facts)

    def write(self, leaf: Leaf, waiting: Sequence[Waiting]) -> None:
        """Put all this down, soon."""
        self._last = _disk().submit(self._write, leaf, waiting, self._record)

    def end(self, event: msg.RunState) -> None:
        """Of a run that could not be recorded whole: that it is over, or it can not be put away while we live."""
        if event.state not in GOING:
            self._record = msgspec.structs.replace(self._record, state=event.state, message=event.message)
            _disk().submit(self._end, self._record)

    @property
    def busy(self) -> bool:
        """Whether something waits to be put down."""
        return self._last is not None and not self._last.done()

    def do_without(self, error: EngineError) -> None:
        """A checkpoint could not be taken: that is told once."""
        if not self._does_without:
            self._does_without = True
            message = f"There is no checkpoint of the last steps. {error.message}"
            self._send(msg.Notice(run=self._number, message=message, fix=error.fix))

    # On the thread that writes

    def _write(self, leaf: Leaf, waiting: Sequence[Waiting], record: RunRecord) -> None:
        if self.broken:
            return
        try:
            self._begin_writing(record)
            self._files.add(leaf)
            saved = [self._save(each) for each in waiting]
            self._sum_up(record)
        except Exception as error:  # noqa: BLE001  # whatever it is, the run goes on
            self.give_up(error)
            return
        for event in saved:
            self._send(event)
        if self._board is not None:
            self._attempt(partial(self._board.add, leaf))

    def _end(self, record: RunRecord) -> None:
        if (self.folder / RECORD).is_file():
            with suppress(OSError):  # that it can not be written is told
                self._sum_up(record)

    def _begin_writing(self, record: RunRecord) -> None:
        if self._begun:
            return
        self._begun = True
        clear_runs(self.folder.parent)
        self._files.make(record)
        self.folder = self._files.folder
        if self._board_wanted:
            self._attempt(self._open_board)
        if size(self._data.train, self._data.test) <= SMALL_DATA:
            self._data_hash = digest(self._data.train, self._data.test)
        else:
            Thread(target=self._hash, name="hash", daemon=True).start()

    def _save(self, waiting: Waiting) -> msg.CheckpointSaved:
        began = perf_counter()
        path = self._files.save(waiting.snapshot, waiting.name, waiting.reason, waiting.test_loss)
        self.cost = perf_counter() - began
        return msg.CheckpointSaved(
            run=self._number,
            step=waiting.snapshot.step,
            epoch=waiting.snapshot.epoch,
            path=str(path),
            reason=waiting.reason,
            test_loss=waiting.test_loss,
        )

    def _sum_up(self, record: RunRecord) -> None:
        facts = {"data_hash": self._data_hash, "checkpoints": self._files.checkpoints}
        self._files.sum_up(msgspec.structs.replace(record, **facts))

    def _hash(self) -> None:
        self._data_hash = digest(self._data.train, self._data.test)
        # With the record as it is in that turn: one taken here could come after a newer one, and stay.
        _disk().submit(lambda: self._write(Leaf(), (), self._record))

    def _open_board(self) -> None:
        self._board = Board(self.folder / TENSORBOARD)

    def _attempt(self, do: Callable[[], None]) -> bool:
        """Something that the record does not depend on; whether it went well."""
        try:
            do()
            return True
        except Exception as error:  # noqa: BLE001  # other people's package, in any version
            self._board = None
            told = error if isinstance(error, EngineError) else EngineError(f"TensorBoard failed: {error}")
            self._send(msg.Notice(run=self._number, message=told.message, fix=told.fix))
            return False

    def give_up(self, error: Exception) -> None:
        """Say once why nothing is written from now on."""
        if self.broken:
            return
        self.broken = True
        if not isinstance(error, OSError):
            traceback.print_exc(file=sys.stderr)
        why = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        message = f"The run goes on, but is no longer recorded in '{self.folder}': {why}."
        self._send(msg.Notice(run=self._number, message=message, fix=NO_ROOM, kind="unrecorded"))


def first_record(keeping: msg.Keeping, model: msg.Model, plan: msg.Plan) -> RunRecord:
    """What is known of a run before its first step."""
    return RunRecord(
        title=keeping.title,
        plan=plan,
        data=model.data,
        label=keeping.label,
        race=keeping.race,
        began=datetime.now().isoformat(timespec="seconds"),
        device=plan.device,
        threads=torch.get_num_threads(),
        source_hash=source_hash(model.source),
        versions=versions(),
        resumed=keeping.resume,
        pid=getpid(),
        pid_began=began(getpid()),
    )


@lru_cache(maxsize=64)
def source_hash(source: str) -> str:
    """By which the same model is known again."""
    return sha256(source.encode()).hexdigest()


@cache
def versions() -> dict[str, str]:
    """Of what the numbers may depend on."""
    known = {"nnstudio": __version__, "python": platform.python_version()}
    known |= {"torch": str(torch.__version__), "numpy": np.__version__, "system": platform.platform()}
    return known | ({"cuda": str(torch.version.cuda)} if torch.cuda.is_available() else {})


@cache
def _disk() -> ThreadPoolExecutor:
    """One thread for all runs: what is written first is there first."""
    return ThreadPoolExecutor(1, "scribe")


def wait_until_written(timeout: float | None = None) -> None:
    """All that was to be written is on the disk, or could not be. Raises TimeoutError."""
    _disk().submit(lambda: None).result(timeout)
