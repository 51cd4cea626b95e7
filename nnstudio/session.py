"""One open project without Qt: document, compiled source and the run in the engine.

The window, the command line and the tests all go through a Session. It belongs to one thread: whoever owns it passes
the engine's events to `handle` on that thread, and hears everything through `subscribe`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeAlias

from nnstudio.carrying import left_behind, model_message, plan_message
from nnstudio.compiler.compile import Compiler
from nnstudio.compiler.custom import ALLOW
from nnstudio.compiler.files import FIND
from nnstudio.compiler.remedy import apply_fix
from nnstudio.compiler.result import Compiled, Problem
from nnstudio.errands import Errands
from nnstudio.errors import CompileError, NNStudioError
from nnstudio.events import FileWanted, HistoryMoved, Recompiled, Saved, StartsAnew, Trouble
from nnstudio.faults import Faults, FileFaults, worded
from nnstudio.filing import Filing
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document
from nnstudio.graph.training import Trained
from nnstudio.measuring import Measuring
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import Engine, outcome
from nnstudio.protocol.client import EngineChange
from nnstudio.run import Run
from nnstudio.showing import Showing
from nnstudio.trust import Trust

__all__ = ["Engine", "HistoryMoved", "Recompiled", "Run", "Saved", "Session", "SessionEvent", "StartsAnew", "Trouble"]

RUN_EVENTS = (msg.RunState, msg.Progress, msg.EpochDone, msg.Weights)
SAME_SOURCE = (*ch.LOOKS_ONLY, ch.PlanSet, ch.TrainedSet)
"""Changes after which the source is the same."""


SessionEvent: TypeAlias = (
    ch.Change | Recompiled | HistoryMoved | Saved | StartsAnew | FileWanted | Trouble | msg.AnyEvent | EngineChange
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
        self.run = Run(epochs=list(document.trained.epochs) if document.trained else [])
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
        self._renames: list[Callable[[str], str]] = []
        self._showing = Showing()
        self._started: Future[msg.AnyReply] | None = None
        self._endings = [document.subscribe(self._changed), document.history.subscribe(self._moved)]

    def close(self) -> None:
        """Stop listening to the document; a run that is going is stopped."""
        if self.run.active:
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

    @property
    def dirty(self) -> bool:
        """Whether there is something to save; a run that is going will leave something."""
        return self.filing.dirty or (self.run.active and self.run.step > 0)

    @property
    def starting_anew(self) -> tuple[str, ...]:
        """Names of nodes whose weights are random although the project was trained: added or changed since."""
        return left_behind(self.document, self.compiled) if self.document.trained else ()

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

    def train(self) -> Future[msg.AnyReply]:
        """Start training from the beginning. Raises CompileError while there are problems."""
        model = self.model(trained=False)
        if not self.compiled.has_loss:
            raise CompileError("There is no loss, so there is nothing to train.", fix="Add a loss at the end.")
        if model.free:
            message = f"There is no data for the input '{model.free[0].name}', so there is nothing to train on."
            raise CompileError(message, fix="Use a Dataset in its place.")
        request = msg.Start(model=model, plan=plan_message(self.document))
        self.run = Run(state="starting")
        if self._faults.begin(self.compiled):
            self._understand_anew()
        self._renames.clear()
        self._started = self._showing.give(model, self.engine.ask(request))
        return self._started

    def start_failed(self, error: NNStudioError) -> NNStudioError:
        """The engine refused what `train` asked for. For whoever waits for the reply; gives what to tell."""
        if self.run.state == "starting":
            error = worded(error, self._place(error.message, error.fix, getattr(error, "line", 0)))
            self.run.refuse(error)
        return error

    def pause(self) -> Future[msg.AnyReply]:
        return self.engine.ask(msg.Pause())

    def resume(self) -> Future[msg.AnyReply]:
        return self.engine.ask(msg.Resume())

    def step(self, *, epoch: bool = False) -> Future[msg.AnyReply]:
        """While paused: one more step, or to the end of the epoch."""
        return self.engine.ask(msg.Step(epoch=epoch))

    def stop(self) -> Future[msg.AnyReply]:
        """End the run; where it still waits for its data, those are given up."""
        if self.run.state == "starting":
            self.errands.cancel(msg.MODEL_KEY)
        return self.engine.ask(msg.Stop())

    def export(self, kind: str, path: Path) -> Future[msg.AnyReply]:
        """Write the model and check it; the reply is Exported. Raises CompileError while there are problems."""
        return self.engine.ask(msg.Export(kind=kind, path=str(path.absolute()), model=self.model()))

    def show(self) -> Future[msg.AnyReply] | None:
        """Let the probes look at the drawing as it is now. Does nothing during a run or while there are problems."""
        if self.run.active or self.compiled.errors or self.engine_state.state != "ready":
            return None
        model = None if self._showing.waiting else self.model()
        if model is None or self._showing.shows(model):
            return None
        return self._showing.give(model, self.engine.ask(msg.Load(model=model)))

    # Events

    def handle(self, event: msg.AnyEvent | EngineChange) -> None:
        """Take in an event of the engine, and tell the listeners. What an earlier run has still to say is dropped."""
        if isinstance(event, msg.Measured):
            if self.measuring.take(event):
                self._understand_anew()
            return
        if isinstance(event, RUN_EVENTS) and not self._is_ours(event):
            return
        if isinstance(event, msg.ProbeFrame) and not self._showing.is_ours(event):
            return
        match event:
            case EngineChange():
                self._engine_changed(event)
            case msg.RunState():
                self._run_changed(event)
            case msg.Progress():
                self.run.take_progress(event)
            case msg.EpochDone():
                self.run.take_epoch(event)
            case msg.Weights():
                self._take_weights(event)
        self._tell(event)

    def join(self, state: EngineChange) -> None:
        """Use an engine that other projects use too, and that is in this state."""
        self.engine_state = state
        self._measure()

    def come_forward(self) -> None:
        """The one that is looked at from now on: the engine may have another's model meanwhile."""
        if not self.run.active:
            self._showing.forget()

    def began(self, run: int) -> bool:
        """Whether the run of that number was started here, and was the last."""
        reply = outcome(self._started)[0] if self._started is not None else None
        return isinstance(reply, msg.Started) and reply.run == run

    def _take_weights(self, event: msg.Weights) -> None:
        """Into the document, under the names that the nodes have by now."""
        model = self._showing.model
        data = model.data if model else msg.DataRef("")
        trained = Trained(event.data, tuple(self.run.epochs), data.seed, data.test_split)
        for rename in self._renames:
            trained = trained.mapped(rename)
        self.document.set_trained(trained)

    def _is_ours(self, event: msg.RunState | msg.Progress | msg.EpochDone | msg.Weights) -> bool:
        """Whether it belongs to the run that was started last.

        The engine answers before it tells of the run, so what comes before the answer is of an earlier run.
        Nothing started here: a run that is seen to begin is taken for ours, as when a script drives the engine.
        """
        if self._started is not None:
            return self.began(event.run)
        begins = isinstance(event, msg.RunState) and event.state == "training" and event.step == 0
        return begins or (self.run.number == event.run and self.run.state != "idle")

    def _engine_changed(self, event: EngineChange) -> None:
        at_work = self.engine_state.state == "ready"
        self.engine_state = event
        if event.state in ("lost", "stopped") and self.measuring.lost(at_work=at_work):
            self._understand_anew()
        if event.state == "ready":
            self._showing.forget()
            self._measure()
        elif event.state in ("lost", "stopped") and self.run.active and not self._waits_for_engine:
            self.run.fail(event.message, "Start the training again.")

    @property
    def _waits_for_engine(self) -> bool:
        """Whether a Start was asked after the engine's end: what was asked before has failed when that is told."""
        return self._started is not None and not self._started.done()

    def _run_changed(self, event: msg.RunState) -> None:
        self.run.take_state(event)
        self.run.message = self._place(event.message, event.fix, event.line)
        reply = self._started.result() if self._started is not None else None
        if isinstance(reply, msg.Started):
            self.run.steps_per_epoch = reply.steps_per_epoch

    def _place(self, message: str, fix: str, line: int) -> str:
        """The message of what failed at a line of the source, as it is told at the node that stands there."""
        problem = self._faults.take(self.document, message, fix, line)
        if problem is None:
            return message
        self._understand_anew()
        return problem.message

    def _changed(self, change: ch.Change) -> None:
        if not isinstance(change, SAME_SOURCE):
            self._stale = self._untold = True
            self._showing.edited()
        renaming = self.document.renaming(change)
        if renaming is not None and self.run.active:
            self._renames.append(renaming)
        self._tell(change)

    def _moved(self) -> None:
        if self._untold:  # somebody may have asked for it in between, so that it is no longer stale
            self._untold = False
            self._tell(Recompiled(self.compiled))
            self._tell_anew()
        self._tell(HistoryMoved())

    def _tell_anew(self) -> None:
        before, self._anew = self._anew, self.starting_anew
        if not self.run.active and set(self._anew) - set(before):
            self._tell(StartsAnew(self._anew))

    def _tell(self, event: SessionEvent) -> None:
        for listener in list(self._listeners):
            listener(event)
