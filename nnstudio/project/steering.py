"""The runs of one project: started, steered, and put together from what the engine tells.

A Session owns one. What a run leaves goes into the document; everything else about runs is here.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol, TypeAlias, get_args

import msgspec

from nnstudio.compiler.result import Problem
from nnstudio.errors import CompileError, NNStudioError
from nnstudio.graph import changes as ch
from nnstudio.graph.race import Race
from nnstudio.graph.training import EpochRow, Trained, TrainingPlan
from nnstudio.graph.writing import graph_bytes
from nnstudio.project import racing
from nnstudio.project.carrying import plan_message
from nnstudio.project.errands import Errands
from nnstudio.project.events import Asked, Trouble
from nnstudio.project.faults import worded
from nnstudio.project.following import Following
from nnstudio.project.run import Run
from nnstudio.project.shelf import Shelf
from nnstudio.project.showing import Showing
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import Engine, outcome
from nnstudio.runs.checkpoints import Head
from nnstudio.runs.wishes import Wishes
from nnstudio.training.initializations import KINDS

RunEvent: TypeAlias = (
    msg.RunState | msg.Progress | msg.EpochDone | msg.Changed | msg.CheckpointSaved | msg.Notice | msg.Weights
)
RUN_EVENTS = get_args(RunEvent)
_FIX = "Stop, and train again, to have it now."
GOING = ("training", "paused")
NEXT_RUN = ("seed", "test_split", *(f"init_{kind}" for kind in KINDS))
"""Parameters of a plan that hold from the next run on."""


class Project(racing.Project, Protocol):
    """What a Session is for its runs."""

    engine: Engine
    errands: Errands
    showing: Showing

    def model(self, *, trained: bool = True) -> msg.Model:
        """The model as the engine wants it. Raises CompileError while there are problems."""

    def run_begins(self) -> None:
        """What an earlier run found wrong is forgotten."""

    def place(self, message: str, fix: str, line: int) -> Problem | None:
        """What failed at a line of the source, as it is told at the node there."""

    def tell(self, event: Asked | Trouble) -> None:
        """For whoever listens to the project."""


class Steering:
    """`run` is the one that was started last, or what the document remembers of an earlier one.

    `runs` are all that were started with it, `run` first: in a race there are several, each with its own plan. What
    the first one learns goes into the document.

    `device` is what is trained on, as torch names it. A plan that is edited while a run goes on is sent after it.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        trained = project.document.trained
        self.runs: tuple[Run, ...] = (Run(epochs=list(trained.epochs) if trained else []),)
        self.shelf = Shelf()
        if self.run.epochs:
            self.shelf.keep(self.run)
        self._started: Future[msg.AnyReply] | None = None
        self._known = True  # to the engine that is there, which began the runs
        self.following = Following(project.document)
        self.device = "cpu"
        self.wishes = Wishes()
        self._plan: msg.Plan | None = None
        self._begun = project.document.plan
        self._then: msg.AnyRequest | None = None

    @property
    def run(self) -> Run:
        return self.runs[0]

    @property
    def active(self) -> bool:
        """Whether one of the runs goes on, or could."""
        return any(run.active for run in self.runs)

    # What is asked

    def train(self, *, anew: bool = True, paused: bool = False, then: msg.Step | None = None) -> Future[msg.AnyReply]:
        """Start training from the beginning, or on from the weights that there are.

        If `paused` it stands still before its first step; so it does with `then`, which is asked when it does. Raises
        CompileError while there are problems.
        """
        project = self._project
        model = self._trainable(project.model(trained=not anew))
        plan = plan_message(project.document, self.device)
        run, trained = Run(state="starting"), project.document.trained
        if not anew and trained is not None:
            run.follow(trained.epochs)
        request = msg.Start(model=model, plan=plan, keeping=self.keeping(), paused=paused or then is not None)
        return self._begin(model, request, (run,), then)

    def go_on(
        self, path: Path, head: Head, earlier: Sequence[EpochRow], *, paused: bool = False
    ) -> Future[msg.AnyReply]:
        """Go on from a checkpoint, by the plan as it is now; where that is another one, the difference is a change.

        `earlier` are the epochs up to there. If `paused` it stands still there at first. Raises CompileError while
        there are problems.
        """
        project = self._project
        model = self._trainable(project.model(trained=False))
        data = msgspec.structs.replace(model.data, seed=head.data.seed, test_split=head.data.test_split)
        model = msgspec.structs.replace(model, data=data)
        fixed = {"seed": head.plan.seed, "initialization": head.plan.initialization}
        plan = msgspec.structs.replace(plan_message(project.document, self.device), **fixed)
        request = msg.Start(model=model, plan=plan, keeping=self.keeping(resume=str(path)), paused=paused)
        return self._begin(model, request, (Run(state="starting", earlier=tuple(earlier)),))

    def race(self, race: Race, others: Sequence[racing.Project] = ()) -> Future[msg.AnyReply]:
        """Train several runs side by side, also of the networks of other projects; the first is the lead.

        Raises DocumentError and CompileError, naming the run that can not be.
        """
        ready = racing.line_up(self._project, race, others, self.device)
        word = racing.word()
        return self._begin(ready[0].model, racing.request(ready, word, self.keeping), racing.runs(ready, word))

    def keeping(self, *, label: str = "", race: str = "", resume: str = "", drawing: str = "") -> msg.Keeping:
        """Where a run of the project is kept that begins now, as the person wishes."""
        document = self._project.document
        drawing = drawing or graph_bytes(document).decode()
        return self.wishes.keeping(document.title, drawing, label=label, race=race, resume=resume)

    def save_checkpoint(self) -> Future[msg.AnyReply]:
        """Keep the run as it stands, beside its other checkpoints."""
        return self._project.engine.ask(msg.SaveCheckpoint())

    def estimate(self) -> msg.Estimate:
        """What asks how much memory and time a training would take. Raises CompileError while there are problems."""
        model = self._trainable(self._project.model(trained=False))
        return msg.Estimate(model=model, plan=plan_message(self._project.document, self.device))

    def _begin(
        self, model: msg.Model, request: msg.AnyRequest, runs: tuple[Run, ...], then: msg.AnyRequest | None = None
    ) -> Future[msg.AnyReply]:
        """Ask for these runs; the first is of that model, and `then` is asked when it stands before its first step."""
        self.runs = runs
        self._plan = request.plan if isinstance(request, msg.Start) else None
        self._begun = self._project.document.plan
        self._then, self._known = then, True
        self.shelf.put(runs, _plans(request))
        self._project.run_begins()
        self.following.begin()
        self._started = self._project.showing.give(model, self._project.engine.ask(request))
        return self._started

    def _trainable(self, model: msg.Model) -> msg.Model:
        """The model, where there is something to train on. Raises CompileError."""
        if not self._project.compiled.has_loss:
            raise CompileError("There is no loss, so there is nothing to train.", fix="Add a loss at the end.")
        if model.free:
            message = f"There is no data for the input '{model.free[0].name}', so there is nothing to train on."
            raise CompileError(message, fix="Use a Dataset in its place.")
        return model

    def start_failed(self, error: NNStudioError) -> NNStudioError:
        """The engine refused what `train` asked for. For whoever waits for the reply; gives what to tell."""
        if self.run.state == "starting":
            self._project.showing.forget()  # the engine had given up what it had, to make room
            error = worded(error, self._placed(error.message, error.fix, getattr(error, "line", 0)))
            for run in self.runs:
                run.refuse(error)
                self.shelf.forget(run)
        return error

    def pause(self) -> Future[msg.AnyReply]:
        return self._project.engine.ask(msg.Pause())

    def resume(self) -> Future[msg.AnyReply]:
        return self._project.engine.ask(msg.Resume())

    def step(self, *, epoch: bool = False) -> Future[msg.AnyReply]:
        """While paused: one more step, or to the end of the epoch."""
        return self._project.engine.ask(msg.Step(epoch=epoch))

    def settled(self) -> None:
        """A step of editing is done: what of the plan and of the layers is otherwise by now, the run takes over."""
        if not any(run.state in GOING for run in self.runs):
            return
        self._change_layers(self.following.changed_layers())
        begun = self._plan
        if begun is None or self.run.state not in GOING:
            return
        fixed = {name: getattr(begun, name) for name in msg.FIXED}
        plan = self.following.plan(plan_message(self._project.document))
        plan = msgspec.structs.replace(plan, **fixed)
        if plan != begun:
            self._plan = plan
            self._project.tell(Asked(self._project.engine.ask(msg.ChangePlan(plan=plan))))

    def _change_layers(self, requests: list[msg.ChangeLayer]) -> None:
        """Not those of a race, which may be about just that: its runs differ in what it was started with alone."""
        if len(self.runs) > 1:
            if requests:
                self._project.tell(_no_changes())
            return
        for request in requests:
            self._project.tell(Asked(self._project.engine.ask(request)))

    def stop(self, run: int = 0) -> Future[msg.AnyReply]:
        """End all runs, or the one of that number; where they still wait for their data, those are given up."""
        if self.run.state == "starting":
            self._project.errands.cancel(msg.MODEL_KEY)
        return self._project.engine.ask(msg.Stop(run=run))

    # What is told

    def began(self, number: int) -> bool:
        """Whether the run of that number was started here, and was among the last."""
        return any(started.run == number for started in self._replies())

    def is_ours(self, event: RunEvent) -> bool:
        """Whether it belongs to a run that was started last.

        The engine answers before it tells of the run, so what comes before the answer is of an earlier run.
        Nothing started here: a run that is seen to begin is taken for ours, as when a script drives the engine.
        """
        if self._started is not None:
            return self.began(event.run)
        begins = isinstance(event, msg.RunState) and event.state == "training" and event.step == 0
        return begins or (self.run.number == event.run and self.run.state != "idle")

    def take(self, event: RunEvent) -> None:
        """Take in what the engine tells of a run of ours."""
        self._know_numbers()
        run = next((run for run in self.runs if run.number == event.run), self.run)
        match event:
            case msg.RunState():
                run.take_state(event)
                run.message = self._placed(event.message, event.fix, event.line)
                if event.kind:
                    self.following.gone_back()
                self.settled()
                self._go_further(run)
            case msg.Progress():
                run.take_progress(event)
            case msg.EpochDone():
                run.take_epoch(event)
            case msg.Changed():
                run.take_change(event)
            case msg.CheckpointSaved():
                run.take_checkpoint(event)
            case msg.Notice():
                self._project.tell(Trouble(event.message, event.fix))
            case msg.Weights() if run is self.run:
                self._take_weights(event)

    def _go_further(self, run: Run) -> None:
        """What was to come when it first stands still."""
        if self._then is not None and run is self.run and run.state == "paused":
            then, self._then = self._then, None
            self._project.tell(Asked(self._project.engine.ask(then)))

    def _replies(self) -> tuple[msg.Started, ...]:
        """What the engine said when it began the runs; nothing before it has, and nothing once it is gone."""
        reply = outcome(self._started)[0] if self._started is not None and self._known else None
        if isinstance(reply, msg.RaceStarted):
            return reply.runs
        return (reply,) if isinstance(reply, msg.Started) else ()

    def _know_numbers(self) -> None:
        """Which run is which, once the engine has begun them."""
        for run, started in zip(self.runs, self._replies(), strict=False):
            if run.number != started.run:
                run.take_started(started)

    def engine_lost(self, message: str) -> None:
        """The engine is gone, and with it the run; one that was asked for after its end waits for the next engine."""
        self._known = self._waits_for_engine  # a new engine counts its runs from one again
        for run in self.runs:
            if run.active and not self._known:
                run.fail(message, "Start the training again.")
                run.trouble = "engine"

    def changed(self, change: ch.Change) -> None:
        """The drawing has changed: weights that come later go under the names that the nodes have by then."""
        if self.active:
            self.following.take(change)
        if isinstance(change, ch.PlanSet | ch.TuningSet) and self.active:
            self._tell_of_next_run(change)

    def _tell_of_next_run(self, change: ch.PlanSet | ch.TuningSet) -> None:
        """What the run that goes on does not take over of an edit is said at once."""
        later = _later(change, self._begun) if isinstance(change, ch.PlanSet) else []
        if len(self.runs) > 1:
            self._project.tell(_no_changes())
        elif later:
            message = f"{', '.join(later)} {'holds' if len(later) == 1 else 'hold'} from the next run on."
            self._project.tell(Trouble(message, _FIX, passing=True))

    @property
    def _waits_for_engine(self) -> bool:
        """Whether a Start was asked after the engine's end: what was asked before has failed when that is told."""
        return self._started is not None and not self._started.done()

    def _placed(self, message: str, fix: str, line: int) -> str:
        """The message of what failed at a line of the source, as it is told at the node that stands there."""
        problem = self._project.place(message, fix, line)
        return message if problem is None else problem.message

    def _take_weights(self, event: msg.Weights) -> None:
        """Into the document, under the names that the nodes have by now."""
        model = self._project.showing.model
        if self.run.entry is not None and self.run.entry.nodes:
            return  # of a drawing with other values, which somebody may want to have: see racing.take
        data = model.data if model else msg.DataRef("")
        trained = Trained(event.data, self.run.history, data.seed, data.test_split)
        self._project.document.set_trained(self.following.trained(trained))


def _no_changes() -> Trouble:
    return Trouble("A race can not be changed: the plan holds from the next run on.", _FIX, passing=True)


def _later(change: ch.PlanSet, begun: TrainingPlan) -> list[str]:
    """What of another plan holds from the next run on: what the run began with holds as it is."""
    old, new = change.old.values, change.new.values
    return [name for name in NEXT_RUN if new[name] not in (old[name], begun.values[name])]


def _plans(request: msg.AnyRequest) -> tuple[msg.Plan, ...]:
    """By which plans runs are asked for."""
    if isinstance(request, msg.StartRace):
        return tuple(entrant.plan for entrant in request.entrants)
    return (request.plan,) if isinstance(request, msg.Start) else ()
