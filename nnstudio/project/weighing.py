"""Weights that a person types: into the run that goes on, or into the document.

In a run the engine sets them between two steps, and they come back with the run's weights. Otherwise they are an undo
step of the document. Where the document has no such weights, those that are looked at are taken, fresh from the seed:
the engine is asked for them, and what is typed meanwhile waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nnstudio.errors import EngineError, NNStudioError
from nnstudio.graph import weights
from nnstudio.graph.document import Document
from nnstudio.graph.history import Step
from nnstudio.graph.training import Trained
from nnstudio.params import Value, shape_of
from nnstudio.project.events import Asked, Trouble
from nnstudio.project.showing import Showing
from nnstudio.project.steering import Steering
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import Engine, outcome


@dataclass(frozen=True)
class Typed:
    """Numbers for a tensor of the state dict: `index` picks one, or a row, or is empty for all of them."""

    name: str
    values: NDArray[np.float64]
    index: tuple[int, ...] = ()


class Project(Protocol):
    """What a Session is for this."""

    document: Document
    engine: Engine
    showing: Showing
    steering: Steering

    def model(self, *, trained: bool = True) -> msg.Model:
        """The model as the engine wants it. Raises CompileError while there are problems."""

    def show(self) -> Future[msg.AnyReply] | None:
        """Let the engine look at the drawing as it is now."""

    def tell(self, event: Asked | Trouble) -> None:
        """For whoever listens to the project."""


class Weighing:
    """Of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._asked_of: msg.Model | None = None
        self._later: list[tuple[tuple[Typed, ...], bool]] = []
        self._last: Step | None = None

    def set(self, typed: Sequence[Typed], *, more: bool = False) -> Future[msg.AnyReply] | None:
        """Set numbers; with `more` it belongs to the same undo step as the last time, as in a drag.

        Where a future comes back, whoever owns the project calls `take` with it once it is done. Raises CompileError
        while there are problems, and DocumentError or BadParameter for what can not be.
        """
        if self._project.steering.active:
            return self._into_run(typed)
        if self._asked_of is not None:
            self._later.append((tuple(typed), more))
            return None
        if all(self.is_trained(each.name) for each in typed):
            self._as_step(lambda: self._into_document(typed), more)
            return None
        return self._ask_for_weights(typed)

    def take(self, future: Future[msg.AnyReply]) -> NNStudioError | None:
        """What the engine said to what was typed; gives what went wrong, to be told at the number."""
        reply, error = outcome(future)
        asked_of, self._asked_of = self._asked_of, None
        later, self._later = self._later, []
        if isinstance(reply, msg.Weighed) and asked_of is not None:
            error = self._take_weights(reply, asked_of)
            for typed, more in later if error is None else ():
                self.set(typed, more=more)
        return error if isinstance(error, NNStudioError) else None

    def set_parameter(self, node: str, value: Value, *, more: bool = False) -> None:
        """The number that stands in the drawing itself, as of a Value node. Raises BadParameter.

        Where the model is looked at and only numbers are others, they are set in it too: so a slider is followed at
        once, and nothing is built anew.
        """
        project, document = self._project, self._project.document
        name, before = document.node(node).name, document.node(node).params.get("value")
        same_shape = node in document.nodes and shape_of(before) == shape_of(value)
        seen = same_shape and not self.is_trained(name) and self._is_seen()
        self._as_step(lambda: document.set(node, value=value), more)
        if seen:
            numbers = np.asarray(document.node(node).params["value"], np.float64)
            project.tell(Asked(self._ask([_request(Typed(name, numbers))])))
            project.showing.turned_into(project.model())

    def set_number(
        self, node: str, name: str, index: tuple[int, ...], value: float, *, more: bool = False
    ) -> Future[msg.AnyReply] | None:
        """One number of a Value or a Constant, which the engine calls `name`: in the run, or in the weights that were
        trained, where they have it; else in the drawing. Else as `set`.
        """
        typed = Typed(name, np.asarray(value, np.float64), index)
        if self._project.steering.active or self.is_trained(name):
            return self.set([typed], more=more)
        numbers = np.array(self._project.document.node(node).params["value"], np.float64)
        numbers[index] = value
        self.set_parameter(node, numbers.tolist(), more=more)
        return None

    def _is_seen(self) -> bool:
        """Whether what is looked at is the drawing as it is."""
        project = self._project
        try:
            return not project.steering.active and project.showing.shows(project.model())
        except NNStudioError:
            return False

    def _into_run(self, typed: Sequence[Typed]) -> Future[msg.AnyReply]:
        return self._ask([self._request_to_run(each) for each in typed])

    def _ask(self, requests: Sequence[msg.ChangeWeight]) -> Future[msg.AnyReply]:
        """Gives the answer to the last one; those before are looked after elsewhere."""
        asked = [self._project.engine.ask(request) for request in requests]
        for future in asked[:-1]:
            self._project.tell(Asked(future))
        return asked[-1]

    def _request_to_run(self, typed: Typed) -> msg.ChangeWeight:
        name = self._project.steering.following.name_then(typed.name)
        return _request(replace(typed, name=name or typed.name))

    def is_trained(self, name: str) -> bool:
        """Whether the document has trained numbers of a tensor of the state dict."""
        trained = self._project.document.trained
        return trained is not None and weights.tensor(trained.weights, name) is not None

    def _into_document(self, typed: Sequence[Typed]) -> None:
        """And at once into the model that is looked at, where that is the document's: it need not be loaded again."""
        project, document = self._project, self._project.document
        seen = project.showing.shows(project.model())
        with document.transaction(f"Set {typed[0].name}"):
            for each in typed:
                document.type_weight(each.name, self._place(each), each.values.ravel().tolist())
        if seen:
            project.tell(Asked(self._ask([_request(each) for each in typed])))
            project.showing.became(project.model())

    def _place(self, typed: Typed) -> int:
        """How many numbers of the tensor stand before the first of these."""
        trained = self._project.document.trained
        found = weights.tensor(trained.weights, typed.name) if trained else None
        shape = found.shape if found else ()
        if typed.values.shape != shape[len(typed.index) :]:
            raise EngineError(f"'{typed.name}' has another shape.", fix="Look at it again.")
        return sum(place * int(np.prod(shape[axis + 1 :])) for axis, place in enumerate(typed.index))

    def _ask_for_weights(self, typed: Sequence[Typed]) -> Future[msg.AnyReply]:
        """Set the numbers in the model that is looked at, and get all of its weights."""
        project = self._project
        model = project.model()
        if not project.showing.shows(model):
            project.show()
        if not project.showing.shows(model):
            raise EngineError("The engine has not got this drawing yet.", fix="Try again in a moment.")
        self._asked_of = model
        return self._ask([_request(each, tell=each is typed[-1]) for each in typed])

    def _take_weights(self, reply: msg.Weighed, asked_of: msg.Model) -> NNStudioError | None:
        project, document = self._project, self._project.document
        try:
            same = project.model() == asked_of and not project.steering.active
        except NNStudioError:
            same = False
        if not same:
            return EngineError("The drawing has changed meanwhile.", fix="Type the number again.")
        epochs = document.trained.epochs if document.trained else ()
        trained = Trained(reply.data, epochs, asked_of.data.seed, asked_of.data.test_split)
        self._as_step(lambda: document.take_weights(trained), more=False)
        project.showing.became(project.model())
        return None

    def _as_step(self, edit: Callable[[], Any], more: bool) -> None:
        history = self._project.document.history
        with history.joining(self._last if more else None):
            edit()
        self._last = history.last


def _request(typed: Typed, *, tell: bool = False) -> msg.ChangeWeight:
    return msg.ChangeWeight(name=typed.name, value=msg.Array.of(typed.values), index=typed.index, tell=tell)
