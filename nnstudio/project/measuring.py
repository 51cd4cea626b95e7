"""What is known of layers that a person typed in: which code may run, and what the engine has measured of it.

The compiler asks; what it asks in vain is kept, and goes to the engine with `ask`. The engine answers by an event.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol, get_args

from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.compiler.custom import (
    EXAMPLE,
    Answer,
    Measurement,
    Question,
    Refusal,
    code_of,
    typed_nodes,
)
from nnstudio.data.spec import DType
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import Node
from nnstudio.params import Value
from nnstudio.protocol import messages as msg
from nnstudio.trust import Trust

MOST_DEATHS = 2
"""How many engines a class may take with it before it is not asked about again."""


class Asks(Protocol):
    """What is needed of the engine."""

    def ask(self, request: msg.AnyRequest) -> Future[msg.AnyReply]: ...


class Measuring:
    """The answers that a session's compiler gets."""

    def __init__(self, trust: Trust) -> None:
        self.trust = trust
        self._known: dict[str, Answer] = {}
        self._wanted: dict[str, Question] = {}
        self._asked: dict[str, Question] = {}
        self._deaths: dict[str, int] = {}

    # For the compiler

    def allows(self, code: str) -> bool:
        """Whether this text may run: the person's own, one that was allowed, or the example."""
        return code == EXAMPLE or self.trust.allows(code)

    def find(self, question: Question) -> Answer | None:
        """The answer; a question without one is remembered."""
        key = question.key
        if key not in self._known and key not in self._asked:
            self._wanted[key] = question
        return self._known.get(key)

    # For the session

    @property
    def waiting(self) -> bool:
        """Whether the engine has something to say yet."""
        return bool(self._wanted or self._asked)

    def unread(self, document: Document) -> list[Node]:
        """The nodes whose code may not run, in whatever drawing."""
        return [node for node in typed_nodes(document) if not self.allows(code_of(node))]

    def ask(self, engine: Asks) -> None:
        """Have the engine measure what is wanted, of the code that may run."""
        wanted, self._wanted = self._wanted, {}
        self._asked |= wanted
        for key, question in wanted.items():
            if self.allows(question.code):
                engine.ask(_request(key, question))

    def take(self, event: msg.Measured) -> bool:
        """Take an answer in; False where it is to nothing that was asked here."""
        question = self._asked.pop(event.key, None)
        if question is None:
            return False
        self._known[event.key] = _answer(event, question)
        return True

    def lost(self, *, at_work: bool) -> bool:
        """The engine is gone: what it was asked is asked again. `at_work`: it had been up.

        A class in whose time engine after engine ends is not asked about again; True where there is one.
        """
        lost, self._asked = self._asked, {}
        for key, question in lost.items():
            self._deaths[key] = self._deaths.get(key, 0) + at_work
            if self._deaths[key] >= MOST_DEATHS:
                words = "The engine ended while it ran this."
                self._known[key] = Refusal(words, "Change what ends it, or needs more memory than there is.")
            else:
                self._wanted[key] = question
        return any(key in self._known for key in lost)


def _request(key: str, question: Question) -> msg.Measure:
    return msg.Measure(
        key=key,
        code=question.code,
        class_name=question.class_name,
        arguments=_options(question.arguments),
        inputs=tuple(msg.Entry(each.name, each.shape, each.dtype, each.optional) for each in question.inputs),
        outputs=question.outputs,
    )


def _options(arguments: tuple[tuple[str, Value], ...]) -> dict[str, msg.Option]:
    """A class's arguments are no tuples."""
    return {name: value for name, value in arguments if not isinstance(value, tuple)}


def _answer(event: msg.Measured, question: Question) -> Answer:
    if event.problem or len(event.outputs) != question.outputs:
        return Refusal(event.problem or "The engine measured something else.", event.fix, event.line)
    specs = tuple(TensorSpec(each.shape, _dtype(each.dtype)) for each in event.outputs)
    return Measurement(specs, dict(event.weights))


def _dtype(name: str) -> DType:
    known: tuple[DType, ...] = get_args(DType)
    return next((dtype for dtype in known if dtype == name), "float32")
