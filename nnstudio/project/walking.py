"""A recorded batch, walked an operation at a time: where one stands, and what is known by then.

The engine has recorded all of it, so a walk goes both ways at leisure and asks nobody. It knows the operations by
variables of the source; here each is found in the drawing, and what has no node there, as a variable of code that a
person typed in, is passed over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from nnstudio.compiler.wires import origin
from nnstudio.errors import EngineError
from nnstudio.graph import changes as ch
from nnstudio.graph.document import Document, Sheet
from nnstudio.graph.nodes import Node
from nnstudio.project.events import Walked
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import Engine, outcome
from nnstudio.protocol.client import EngineChange

EDITS = get_args(ch.Change)
UNSEEN = (*ch.LOOKS_ONLY, ch.Retitled)
"""Changes that a recorded batch has nothing to do with."""
Place: TypeAlias = tuple[str, ...]
"""Where a node is: ids of the instances of blocks gone through, then its own."""


@dataclass(frozen=True)
class Stop:
    """One operation. `places` are the nodes that have its value, the one that computes it first."""

    step: msg.NodeStep
    places: tuple[Place, ...]


class Walk:
    """`position` is the number of the stop one is at."""

    def __init__(self, recorded: msg.Recorded, document: Document) -> None:
        """Raises EngineError where nothing of what was recorded is in the drawing."""
        self.recorded = recorded
        self.document = document
        self.stops = tuple(_stops(recorded, document))
        if not self.stops:
            raise EngineError("The drawing shows nothing of what the engine has computed.", fix="Try it again.")
        self.turn = next((n for n, stop in enumerate(self.stops) if stop.step.backward), len(self.stops))
        self.position = 0
        self._known = {backward: self._by_place(backward=backward) for backward in (False, True)}

    # Where one is

    @property
    def current(self) -> Stop:
        return self.stops[self.position]

    @property
    def backward(self) -> bool:
        """Which of the two passes one is in."""
        return self.current.step.backward

    @property
    def at_end(self) -> bool:
        return self.position == len(self.stops) - 1

    @property
    def count(self) -> tuple[int, int]:
        """Which operation of the pass it is, from 1, and how many there are."""
        if self.backward:
            return self.position - self.turn + 1, len(self.stops) - self.turn
        return self.position + 1, self.turn

    def go_to(self, position: int) -> bool:
        """Go there, or as far as there is something. True if that is elsewhere."""
        before, self.position = self.position, min(max(position, 0), len(self.stops) - 1)
        return self.position != before

    def here(self, path: Place) -> str:
        """The node of the drawing at the end of a way in which one is: a block, if it goes on inside. Or empty."""
        for place in self.current.places[:1]:
            if place[: len(path)] == path and len(place) > len(path):
                return place[len(path)]
        return ""

    # What is known by now

    def value(self, place: Place) -> msg.NodeStep | None:
        """What a node has put out last, in the forward pass."""
        return self._latest(place, backward=False)

    def gradient(self, place: Place) -> msg.NodeStep | None:
        """The gradient by what a node puts out."""
        return self._latest(place, backward=True)

    def reached(self, place: Place) -> bool:
        """Whether the pass that goes on has come there."""
        return self._latest(place, backward=self.backward) is not None

    def example(self, place: Place) -> msg.NodeStep | None:
        """Any operation of a node, to see how large what it puts out will be."""
        numbers = self._known[False].get(place)
        return self.stops[numbers[-1]].step if numbers else None

    def numbers(self, step: msg.NodeStep) -> NDArray[Any] | None:
        """Those of the sample; None where they were left out."""
        array = self.recorded.arrays.get(step.array)
        return array.numpy() if array is not None else None

    def number(self, step: msg.NodeStep) -> float | None:
        """The one number that it is; None where it is more."""
        numbers = self.numbers(step) if not step.shape or np.prod(step.shape) == 1 else None
        return float(numbers.item()) if numbers is not None and numbers.size == 1 else None

    def sample_shape(self, step: msg.NodeStep) -> tuple[int, ...]:
        """Without the batch."""
        batched = bool(step.shape) and step.shape[0] == self.recorded.samples
        return step.shape[1:] if batched else step.shape

    def sources(self) -> list[tuple[str, msg.NodeStep]]:
        """What the current operation is computed from, by the names of nodes, in the order of the wires."""
        if not self.current.places:
            return []
        *path, key = self.current.places[0]
        sheet = self.document.sheet_of(key)
        wires = [link for port in sheet.nodes[key].inputs for link in sheet.links_into(key, port.name)]
        found = [(origin(sheet, wire) or wire).source for wire in wires]
        values = [(sheet.nodes[source].name, self.value((*path, source))) for source in dict.fromkeys(found)]
        return [(name, value) for name, value in values if value is not None]

    def weight_norms(self) -> dict[str, float]:
        """Norms of the gradients by the current node's own weights, by their names in it."""
        lead = f"{self.current.step.name}."
        norms = self.recorded.weight_norms.items()
        return {name.removeprefix(lead): norm for name, norm in norms if name.startswith(lead) and lead != "."}

    def _by_place(self, *, backward: bool) -> dict[Place, list[int]]:
        """The numbers of the stops at each node; where it has several outputs, those of the first."""
        found: dict[Place, list[int]] = {}
        for number, stop in enumerate(self.stops):
            for place in stop.places if stop.step.backward == backward else ():
                found.setdefault(place, []).append(number)
        return {place: self._of_first(place, numbers) or numbers for place, numbers in found.items()}

    def _of_first(self, place: Place, numbers: list[int]) -> list[int]:
        name = self.document.node(place[-1]).name
        steps = ((number, self.stops[number].step) for number in numbers)
        return [number for number, step in steps if any(_last(each) == name for each in (step.name, *step.aliases))]

    def _latest(self, place: Place, *, backward: bool) -> msg.NodeStep | None:
        numbers = self._known[backward].get(place, [])
        passed = bisect_right(numbers, self.position)
        return self.stops[numbers[passed - 1]].step if passed else None


def _last(variable: str) -> str:
    return variable.rpartition(".")[2]


def _stops(recorded: msg.Recorded, document: Document) -> Iterator[Stop]:
    for step in recorded.steps:
        places = dict.fromkeys(place for name in (step.name, *step.aliases) for place in places_of(document, name))
        if places or not step.name:
            yield Stop(step, tuple(places))


def places_of(document: Document, name: str) -> list[Place]:
    """The nodes that a variable stands for. The loss as a whole stands for the loss, if there is only one."""
    sheet = document.sheet()
    if not name:
        losses = [node.id for node in sheet.nodes.values() if node.layer.is_loss and not node.muted]
        return [(losses[0],)] if len(losses) == 1 else []
    *instances, last = (part for part in name.split(".") if not part.isdecimal())
    path: Place = ()
    for instance in instances:
        block = next((node for node in sheet.nodes.values() if node.name == instance and node.block), None)
        if block is None:
            return []
        path, sheet = (*path, block.id), document.sheet(block.block)
    found = _named(sheet, last)
    return [(*path, found.id)] if found is not None else []


def _named(sheet: Sheet, variable: str) -> Node | None:
    """A node has the variable of its name, and for each further output one with the port's name behind it."""
    data = [node for node in sheet.nodes.values() if node.type == "Dataset" and not node.muted]
    others = [node for node in sheet.nodes.values() if node.type != "Dataset"]
    for node in others:
        if node.name == variable:
            return node
    for node in data:
        if any(variable in (port.name, f"{node.name}_{port.name}") for port in node.outputs):
            return node
    return next((n for n in others if any(variable == f"{n.name}_{port.name}" for port in n.outputs)), None)


class Project(Protocol):
    """What a Session is for its walk."""

    document: Document
    engine: Engine

    def subscribe(self, listener: Callable[[Any], None]) -> Callable[[], None]:
        """Call `listener` with everything that happens."""

    def tell(self, event: Walked) -> None:
        """Tell all listeners."""

    def show(self, *, at_once: bool = False) -> Future[msg.AnyReply] | None:
        """Let the engine have the drawing as it is now."""


class Walking:
    """The walk of one project: begun when the engine has answered, and forgotten when it is true no longer."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._asked: Future[msg.AnyReply] | None = None
        self._position = 0
        self.walk: Walk | None = None
        project.subscribe(self._hear)

    @property
    def waiting(self) -> bool:
        """Whether a batch was asked for, and the engine has not answered yet."""
        return self._asked is not None

    def record(self, sample: int = 0) -> Future[msg.AnyReply]:
        """Ask for the batch that comes next. Whoever waits for the reply gives it to `take`.

        A walk that goes on is to go on at the same place, with another sample.
        """
        self._project.show(at_once=True)
        self._position = self.walk.position if self.walk is not None else 0
        self._asked = self._project.engine.ask(msg.Record(sample=sample))
        return self._asked

    def take(self, reply: Future[msg.AnyReply]) -> None:
        """Begin the walk, unless it was called off meanwhile. Raises NNStudioError where it was refused."""
        if reply is not self._asked:
            return
        self._asked = None
        recorded, error = outcome(reply)
        if error is not None:
            raise error
        if isinstance(recorded, msg.Recorded):
            self.walk = Walk(recorded, self._project.document)
            self.walk.go_to(self._position)
            self._project.tell(Walked())

    def go_to(self, position: int) -> None:
        """Go to an operation, or as far as there are some."""
        if self.walk is not None and self.walk.go_to(position):
            self._project.tell(Walked())

    def forget(self) -> None:
        """It is not what comes next any more, or nobody wants it."""
        self._asked = None
        if self.walk is not None:
            self.walk = None
            self._project.tell(Walked())

    def _hear(self, event: object) -> None:
        if isinstance(event, msg.RunState):
            stands = event.state == "paused" and self.walk is not None and event.step == self.walk.recorded.step
            over = not stands
        elif isinstance(event, EngineChange):
            over = event.state in ("lost", "stopped")
        else:
            over = isinstance(event, (msg.Changed, *EDITS)) and not isinstance(event, UNSEEN)
        if over:
            self.forget()
