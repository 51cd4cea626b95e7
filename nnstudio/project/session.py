"""One open project without Qt: document, compiled source and the run in the engine.

The window, the command line and the tests all go through a Session. It belongs to one thread: whoever owns it passes
the engine's events to `handle` on that thread, and hears everything through `subscribe`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeAlias

from nnstudio.compiler.compile import Compiler
from nnstudio.compiler.custom import ALLOW
from nnstudio.compiler.files import FIND
from nnstudio.compiler.remedy import apply_fix
from nnstudio.compiler.result import Compiled, Problem
from nnstudio.errors import CompileError, EngineDied
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document
from nnstudio.project.carrying import left_behind, model_message, plan_message
from nnstudio.project.errands import Errands
from nnstudio.project.events import Asked, FileWanted, HistoryMoved, Recompiled, Saved, StartsAnew, Trouble, Walked
from nnstudio.project.faults import Faults, FileFaults
from nnstudio.project.filing import Filing
from nnstudio.project.measuring import Measuring
from nnstudio.project.run import Run
from nnstudio.project.showing import Showing
from nnstudio.project.steering import RUN_EVENTS, Steering
from nnstudio.project.walking import Walking
from nnstudio.project.weighing import Weighing
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import Engine
from nnstudio.protocol.client import EngineChange
from nnstudio.runs.whole import clear_leftovers
from nnstudio.trust import Trust

__all__ = ["Engine", "HistoryMoved", "Recompiled", "Run", "Saved", "Session", "SessionEvent", "StartsAnew", "Trouble"]

SAME_SOURCE = (*ch.LOOKS_ONLY, ch.PlanSet, ch.TuningSet, *ch.WEIGHTS_ONLY)
"""Changes after which the source is the same."""


SessionEvent: TypeAlias = (
    ch.Change
    | Recompiled
    | HistoryMoved
    | Saved
    | StartsAnew
    | FileWanted
    | Asked
    | Trouble
    | Walked
    | msg.AnyEvent
    | EngineChange
)
Listener: TypeAlias = Callable[[SessionEvent], None]


class Session:
    """`engine` is shared by all sessions of a window; one of them at a time trains.

    `trust` knows which code that a project carries may run; without it, none.
    """

    def __init__(
        self, document: Document, engine: Engine, path: Path | None = None, trust: Trust | None = None
    ) -> None:
        self.document = document
        self.engine = engine
        self.filing = Filing(document, path)
        self.errands = Errands(document, engine.ask)
        self.engine_state = EngineChange("starting", "")
        self._listeners: list[Listener] = []
        self._stale = True
        self._untold = False
        self._compiled = Compiled()
        self.measuring = Measuring(trust or Trust())
        self._compiler = Compiler(self.measuring)
        self._faults = Faults()
        self.files = FileFaults()
        self._anew: tuple[str, ...] = ()
        self.showing = Showing()
        self.steering = Steering(self)
        self.walking = Walking(self)
        self.weighing = Weighing(self)
        self._endings = [document.subscribe(self._changed), document.history.subscribe(self._moved)]

    def close(self) -> None:
        """Stop listening to the document; a run that is going is stopped."""
        if self.steering.active:
            self.stop()
        for end in self._endings:
            end()
        self._endings.clear()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with everything that happens. Returns what ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # The drawing

    @property
    def compiled(self) -> Compiled:
        """The drawing as the compiler understands it now."""
        while self._stale:  # the engine may answer at once
            self._stale = False
            compiled = self._faults.added(self._compiler.compile(self.document), self.document)
            self._compiled = self.files.added(compiled, self.document)
            self._measure()
        return self._compiled

    def understand(self, document: Document) -> Compiled:
        """Another drawing, compiled as the project's own."""
        return Compiler(self.measuring).compile(document)

    @property
    def dirty(self) -> bool:
        """Whether there is something to save; a run that is going will leave something."""
        return self.filing.dirty or (self.steering.active and self.run.step > 0)

    @property
    def starting_anew(self) -> tuple[str, ...]:
        """Names of nodes whose weights are random although the project was trained: added or changed since."""
        return left_behind(self.document, self.compiled) if self.document.trained else ()

    @property
    def trainable_nodes(self) -> int:
        """How many nodes have weights."""
        return sum(bool(facts.weights) for facts in self.compiled.facts.values())

    @property
    def path(self) -> Path | None:
        """The project's file."""
        return self.filing.path

    def save(self, path: Path | None = None) -> Path:
        """Write the project. Raises StorageError, and UsageError where no path is known."""
        written = self.filing.save(path)
        self._tell(Saved(written))
        return written

    def model(self, *, trained: bool = True) -> msg.Model:
        """The model as the engine wants it, with the document's weights. Raises CompileError if it has problems."""
        compiled = self.compiled
        if compiled.errors:
            raise CompileError(compiled.errors[0].message, fix=compiled.errors[0].fix)
        return model_message(self.document, compiled, self.document.trained if trained else None)

    def apply_fix(self, problem: Problem) -> None:
        """Mend a problem that has a remedy, as one undo step; letting code run is none. Raises DocumentError.

        Where a file is to be chosen, that is told: whoever asks the person makes the step.
        """
        if problem.remedy is not None and problem.remedy.kind == ALLOW:
            self.allow(str(problem.remedy.params["code"]))
        elif problem.remedy is not None and problem.remedy.kind == FIND:
            self._tell(FileWanted(problem.node, str(problem.remedy.params.get("path", ""))))
        else:
            apply_fix(self.document, problem)

    def file_checked(self, node: str, problem: Problem | None) -> None:
        """What was found of the file that a Dataset node reads: it is well, or what is wrong with it."""
        if self.files.take(self.document, node, problem):
            self._understand_anew()

    # Code that a person typed in

    def allow(self, code: str) -> None:
        """Let exactly this text run, now and in every project to come."""
        try:
            self.measuring.trust.allow(code)
        except OSError as error:
            words = f"That this code may run could not be kept: {error.strerror or error}."
            self._tell(Trouble(words, "It runs until the program ends, then you are asked again."))
        self._understand_anew()

    def write_code(self, node: str, param: str, code: str) -> None:
        """Set a node's code to what the person has typed, which may run if what was there before could.

        What is typed into code that waits to be read does not run either: it is still mostly another's. Raises
        BadParameter.
        """
        if self.measuring.allows(str(self.document.node(node).params[param])):
            self.allow(code)
        self.document.set(node, **{param: code})

    def _measure(self) -> None:
        if self.engine_state.state == "ready":
            self.measuring.ask(self.engine)

    def _understand_anew(self) -> None:
        """Without a step: what is known of typed-in code has changed."""
        self._stale = True
        self._tell(Recompiled(self.compiled))
        self._tell_anew()
        self._tell(HistoryMoved())

    # The run

    @property
    def run(self) -> Run:
        """The run that was started last."""
        return self.steering.run

    def train(self) -> Future[msg.AnyReply]:
        """Start training from the beginning. Raises CompileError while there are problems."""
        return self.steering.train()

    def pause(self) -> Future[msg.AnyReply]:
        return self.steering.pause()

    def resume(self) -> Future[msg.AnyReply]:
        return self.steering.resume()

    def step(self, *, epoch: bool = False) -> Future[msg.AnyReply]:
        """While paused: one more step, or to the end of the epoch."""
        return self.steering.step(epoch=epoch)

    def stop(self) -> Future[msg.AnyReply]:
        """End the run; where it still waits for its data, those are given up."""
        return self.steering.stop()

    def run_begins(self) -> None:
        """What an earlier run found wrong is forgotten."""
        if self._faults.begin(self.compiled):
            self._understand_anew()

    def place(self, message: str, fix: str, line: int) -> Problem | None:
        """What failed at a line of the source, as it is told at the node there; None where no node stands there."""
        problem = self._faults.take(self.document, message, fix, line)
        if problem is not None:
            self._understand_anew()
        return problem

    def export(self, kind: str, path: Path) -> Future[msg.AnyReply]:
        """Write the model and check it; the reply is Exported. Raises CompileError while there are problems."""
        request = msg.Export(kind=kind, path=str(path.absolute()), model=self.model(), plan=plan_message(self.document))
        return _cleared_after(self.engine.ask(request), path.absolute().parent)

    def show(self, *, at_once: bool = False) -> Future[msg.AnyReply] | None:
        """Let the probes look at the drawing as it is now. Does nothing during a run or while there are problems.

        Unless `at_once`, it waits until the engine has taken in what it was shown before.
        """
        if self.steering.active or self.compiled.errors or self.engine_state.state != "ready":
            return None
        model = None if self.showing.waiting and not at_once else self.model()
        if model is None or self.showing.shows(model):
            return None
        return self.showing.give(model, self.engine.ask(msg.Load(model=model)))

    # Events

    def handle(self, event: msg.AnyEvent | EngineChange) -> None:
        """Take in an event of the engine, and tell the listeners. What an earlier run has still to say is dropped."""
        if isinstance(event, msg.Measured):
            if self.measuring.take(event):
                self._understand_anew()
            return
        if isinstance(event, RUN_EVENTS):
            if not self.steering.is_ours(event):
                return
            self.steering.take(event)
        if isinstance(event, msg.ProbeFrame) and not self.showing.is_ours(event):
            return
        if isinstance(event, EngineChange):
            self._engine_changed(event)
        self._tell(event)

    def join(self, state: EngineChange) -> None:
        """Use an engine that other projects use too, and that is in this state."""
        self.engine_state = state
        self._measure()

    def come_forward(self) -> None:
        """The one that is looked at from now on: the engine may have another's model meanwhile."""
        if not self.steering.active:
            self.showing.forget()

    def _engine_changed(self, event: EngineChange) -> None:
        at_work = self.engine_state.state == "ready"
        self.engine_state = event
        if event.state in ("lost", "stopped") and self.measuring.lost(at_work=at_work):
            self._understand_anew()
        if event.state == "ready":
            self.showing.forget()
            self._measure()
        elif event.state in ("lost", "stopped"):
            self.steering.engine_lost(event.message)

    def _changed(self, change: ch.Change) -> None:
        if not isinstance(change, SAME_SOURCE):
            self._stale = self._untold = True
            self.showing.edited()
        self.steering.changed(change)
        self._tell(change)

    def _moved(self) -> None:
        if self._untold:  # somebody may have asked for it in between, so that it is no longer stale
            self._untold = False
            self._tell(Recompiled(self.compiled))
            self._tell_anew()
        self.steering.settled()
        self._tell(HistoryMoved())

    def _tell_anew(self) -> None:
        before, self._anew = self._anew, self.starting_anew
        if not self.steering.active and set(self._anew) - set(before):
            self._tell(StartsAnew(self._anew))

    def tell(self, event: Asked | Trouble | Walked) -> None:
        """What a part of the project has to say."""
        self._tell(event)

    def _tell(self, event: SessionEvent) -> None:
        for listener in list(self._listeners):
            listener(event)


def _cleared_after(future: Future[msg.AnyReply], folder: Path) -> Future[msg.AnyReply]:
    """An engine that dies in the middle of an export leaves nothing: cleared on the thread that has seen its end."""

    def clear(done: Future[msg.AnyReply]) -> None:
        if not done.cancelled() and isinstance(done.exception(), EngineDied):
            clear_leftovers(folder)

    future.add_done_callback(clear)
    return future
