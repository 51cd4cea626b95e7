"""What a person does with a run, and why it is not possible now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from nnstudio.errors import NNStudioError
from nnstudio.graph import weights
from nnstudio.graph.training import EpochRow, Trained
from nnstudio.project.carrying import plan_values
from nnstudio.project.run import Run
from nnstudio.project.session import Session, Trouble
from nnstudio.project.shelf import rows_of
from nnstudio.protocol.messages import CheckpointSaved
from nnstudio.runs import reading, tidying
from nnstudio.runs.checkpoints import Head, read_head, read_weights
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.runs.adopting import Adopting
from nnstudio.ui.runs.library import Library

Found = tuple[Head, tuple[EpochRow, ...], str]
"""Of a checkpoint: its head, the epochs up to there, and the source that was trained."""

Moved = tuple[list[tuple[Run, Path]], NNStudioError | None]
"""Runs and where their folders are by now, and why not all of them could be moved."""


class Deeds(QObject):
    """Reads what it needs beside the window's thread; a failure goes to the notices.

    `open_project` opens a file as a new project; `offer` tells what went well: what it was, what to know about it, what
    can be done about it, and that.
    """

    def __init__(self, bridge: Bridge, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._library = bridge, library
        self.control = RunControl(bridge, self)
        self.adopting = Adopting(bridge, library, self)
        self._unnamed: list[Run] = []
        bridge.run_changed.connect(self._write_labels)
        self._open_project: Callable[[Path], object] = lambda path: None
        self._offer: Callable[[str, str, str, Callable[[], None]], object] = lambda *words: None

    def attach(
        self,
        control: RunControl,
        open_project: Callable[[Path], object],
        offer: Callable[[str, str, str, Callable[[], None]], object],
    ) -> None:
        """Use the window's hands."""
        self.control, self._open_project, self._offer = control, open_project, offer

    # Why not

    def why_no_checkpoint(self, run: Run) -> str:
        """Why the run can not be gone on from, or an empty string."""
        if run.checkpoints:
            return ""
        if run.active:
            return self.tr("There is no checkpoint yet. One is kept at every pause and after good epochs.")
        if not run.folder:
            return self.tr("It was not recorded, so it has no checkpoint.")
        return self.tr("There is no checkpoint in its folder.")

    def why_not_go_on(self, run: Run) -> str:
        """Why no training can begin from one of its checkpoints now."""
        return self.why_no_checkpoint(run) or self.control.why_not_train()

    def why_not_resume(self, run: Run, saved: CheckpointSaved) -> str:
        """Why the run can not go on from a checkpoint by its own plan now."""
        if run.total_steps and saved.step >= run.total_steps:
            return self.tr("The run was at its end there. Give the plan more epochs and branch, or train on.")
        return self.why_not_go_on(run)

    def why_not_use(self, run: Run) -> str:
        """Why its weights can not be put into the drawing now."""
        if self._bridge.session.steering.active:
            return self.tr("A run is going, and its weights are those of the drawing. Stop it first.")
        return self.why_no_checkpoint(run)

    def why_no_folder(self, run: Run) -> str:
        return "" if run.folder else self.tr("It is not recorded, so it has no folder.")

    def why_not_stop(self, run: Run) -> str:
        """Why it can not be ended alone, or an empty string."""
        if not run.active:
            return self.tr("It is over.")
        return "" if run.number else self.tr("It has not begun yet.")

    def why_not_delete(self, run: Run) -> str:
        return self.tr("It is going. Stop it first.") if run.active else ""

    # What is done

    def show(self, run: Run, visible: bool) -> None:
        """Draw it in the plots, or do not."""
        run.visible = visible
        if visible:
            self._library.read(run)
        self._bridge.runs_changed.emit()

    def show_all(self, runs: Sequence[Run], visible: bool) -> None:
        """Draw all of these, or none."""
        for run in runs:
            self.show(run, visible)

    def rename(self, run: Run, label: str) -> None:
        """Call it otherwise; an empty label lets it be called by its time again."""
        run.label = label
        self._bridge.runs_changed.emit()
        if run.folder:
            self._unnamed.append(run)
            self._write_labels()

    def go_on(self, run: Run, saved: CheckpointSaved, *, branch: bool) -> None:
        """Train on from a checkpoint: by its own plan as if it had never ended, or by the plan as it is now."""
        session = self._bridge.session
        self._library.do(partial(_found, run, saved), partial(self._go_on, session, run, saved, branch))

    def use(self, run: Run, saved: CheckpointSaved) -> None:
        """Put the weights of a checkpoint into the drawing."""
        session = self._bridge.session
        self._library.do(
            lambda: (*_found(run, saved), read_weights(Path(saved.path))), partial(self._use, session, run)
        )

    def open_drawing(self, run: Run) -> None:
        """Open the drawing as it was, as another project."""
        self._library.do(partial(_drawing, run), self._open_project)

    def open_folder(self, run: Run) -> None:
        """Show its files in the system's own browser of files."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(run.folder))

    def delete_all(self, runs: Sequence[Run]) -> None:
        """Take these away, and their folders into the trash of the folder of runs, from where they can come back."""
        session = self._bridge.session
        for run in runs:
            if not run.folder:
                session.steering.shelf.drop(run)
        self._bridge.runs_changed.emit()
        kept = [run for run in runs if run.folder]
        if kept:
            self._library.do(partial(_put_aside, kept), partial(self._deleted, session))

    # Inside

    def _write_labels(self, _: object = None) -> None:
        """Into the records, which are the engine's while a run is going."""
        over = [run for run in self._unnamed if not run.active]
        self._unnamed = [run for run in self._unnamed if run.active]
        for run in over:
            self._library.do(partial(tidying.relabel, Path(run.folder), run.label))

    def _go_on(self, session: Session, run: Run, saved: CheckpointSaved, branch: bool, found: Found) -> None:
        head, earlier, source = found
        if session is not self._bridge.session:
            return
        if not branch and source != session.compiled.source:
            self._trouble(
                self.tr("The drawing is another one than that of the run."),
                self.tr("Open the run's drawing and resume there, or branch from the checkpoint."),
            )
            return
        if not branch and not self._take_plan(session, head):
            return
        self.control.begin(lambda: session.steering.go_on(Path(saved.path), head, earlier))

    def _take_plan(self, session: Session, head: Head) -> bool:
        """The plan of the run is that of the document again, as one step, where it is one that this program knows."""
        try:
            with session.document.transaction(self.tr("Take the plan of a run")):
                session.document.set_plan(**plan_values(head.plan, head.data))
        except NNStudioError as error:
            words = self.tr("The plan of the run can not be taken: {0}").format(error.message)
            self._trouble(words, self.tr("Branch from the checkpoint with the present plan."))
            return False
        return True

    def _use(self, session: Session, run: Run, found: tuple[Head, tuple[EpochRow, ...], str, bytes]) -> None:
        head, earlier, _, data = found
        document, before = session.document, session.document.trained
        if not fits(session, data):
            self._trouble(
                self.tr("None of these weights fits the drawing."),
                self.tr("Open the run's drawing, which they are of."),
            )
            return
        document.set_trained(Trained(data, earlier, head.data.seed, head.data.test_split))
        session.show()
        self._bridge.runs_changed.emit()
        self._offer(
            self.tr("The drawing has the weights of step {0}.").format(f"{head.step:,}"),
            self._anew_words(session),
            self.tr("Put the former back"),
            partial(self._put_back, session, before),
        )

    def _put_back(self, session: Session, before: Trained | None) -> None:
        session.document.set_trained(before)
        session.show()
        self._bridge.runs_changed.emit()

    def _anew_words(self, session: Session) -> str:
        words = self.tr("Weights are no step that Undo takes back.")
        anew = session.starting_anew
        if not anew:
            return words
        listed = ", ".join(f"'{name}'" for name in anew[:4]) + ("…" if len(anew) > 4 else "")
        return self.tr("They do not fit {0}, which starts anew.").format(listed) + " " + words

    def _deleted(self, session: Session, moved: Moved) -> None:
        gone, trouble = moved
        for run, _ in gone:
            session.steering.shelf.drop(run)
        self._bridge.runs_changed.emit()
        if trouble is not None:
            self._trouble(trouble.message, trouble.fix)
            self._library.look()  # what is not there at all is not listed any more
        if gone:
            self._offer(*self._gone_words(len(gone)), partial(self._restore, session, gone))

    def _gone_words(self, number: int) -> tuple[str, str, str]:
        if number == 1:
            message, fix = (
                self.tr("The run was taken away."),
                self.tr("Its files are gone for good when the program ends."),
            )
            return message, fix, self.tr("Put it back")
        message = self.tr("{0} runs were taken away.").format(f"{number:,}")
        return message, self.tr("Their files are gone for good when the program ends."), self.tr("Put them back")

    def _restore(self, session: Session, gone: Sequence[tuple[Run, Path]]) -> None:
        self._library.do(partial(_put_back, gone), partial(self._restored, session))

    def _restored(self, session: Session, moved: Moved) -> None:
        back, trouble = moved
        for run, _ in reversed(back):
            session.steering.shelf.add_again(run)
        self._bridge.runs_changed.emit()
        if trouble is not None:
            self._trouble(trouble.message, trouble.fix)

    def _trouble(self, message: str, fix: str) -> None:
        self._bridge.trouble.emit(Trouble(message, fix))


def fits(session: Session, data: bytes) -> bool:
    """Whether any of these weights is one of the drawing."""
    known = weights.shapes(data)
    document, facts = session.document, session.compiled.facts
    named = [(node.name, facts[key].weights) for key, node in document.nodes.items() if key in facts]
    return any(
        known.get(f"{name}.{part}" if part else name) == shape
        for name, shapes in named
        for part, shape in shapes.items()
    )


def _found(run: Run, saved: CheckpointSaved) -> Found:
    """Read what has to be known of a checkpoint. Raises StorageError."""
    head = read_head(Path(saved.path))
    folder = Path(saved.path).parent.parent
    rows = rows_of(reading.read_run(folder)) if not run.whole or run.folder != str(folder) else run.history
    return head, tuple(row for row in rows if row.epoch <= head.epoch), reading.source_of(folder)


def _put_aside(runs: Sequence[Run]) -> Moved:
    return _moved([(run, Path(run.folder)) for run in runs], lambda _, folder: tidying.put_aside(folder))


def _put_back(gone: Sequence[tuple[Run, Path]]) -> Moved:
    return _moved(gone, lambda run, aside: tidying.put_back(aside, Path(run.folder)))


def _moved(runs: Sequence[tuple[Run, Path]], move: Callable[[Run, Path], Path]) -> Moved:
    """As many as can be; of those that can not, the first says why."""
    moved: list[tuple[Run, Path]] = []
    trouble: NNStudioError | None = None
    for run, path in runs:
        try:
            moved.append((run, move(run, path)))
        except NNStudioError as error:
            trouble = trouble or error
    return moved, trouble


def _drawing(run: Run) -> Path:
    path = reading.drawing_file(Path(run.folder))
    if path is None:
        raise NNStudioError("The run kept no drawing.", fix="Choose another run.")
    return path
