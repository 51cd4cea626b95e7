"""The messages, as msgspec structs. Requests go to the engine, events and replies come back; all are plain data.

A frame is one message in MessagePack, with its type's name as the tag. Every request has an `id` that its reply
carries. Arrays travel as bytes with dtype and shape, from a closed list of dtypes.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from nnstudio.errors import ProtocolError
from nnstudio.protocol.parts import (
    DTYPES as DTYPES,
)
from nnstudio.protocol.parts import (
    Array as Array,
)
from nnstudio.protocol.parts import (
    DataRef as DataRef,
)
from nnstudio.protocol.parts import (
    Entry as Entry,
)
from nnstudio.protocol.parts import (
    ExportKind as ExportKind,
)
from nnstudio.protocol.parts import (
    FreeInput as FreeInput,
)
from nnstudio.protocol.parts import (
    Model as Model,
)
from nnstudio.protocol.parts import (
    Option as Option,
)
from nnstudio.protocol.parts import (
    Plan as Plan,
)
from nnstudio.protocol.parts import (
    Sized as Sized,
)

# Requests


class Request(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of all requests."""

    id: int = 0


class Describe(Request, frozen=True, kw_only=True):
    """Build the model on the meta device and tell its shapes and sizes. Reply: Described."""

    model: Model


class Measure(Request, frozen=True, kw_only=True):
    """Make one class that a person typed in and run it, to learn its shapes. Reply: Done, then Measured with the key.

    `code` is the whole text; `arguments` are those of the class. `outputs` tensors are expected.
    """

    key: str
    code: str
    class_name: str
    arguments: dict[str, Option] = {}
    inputs: tuple[Entry, ...] = ()
    outputs: int = 1


class PreviewData(Request, frozen=True, kw_only=True):
    """The first samples of a data set. Reply: DataPreview."""

    data: DataRef
    count: int = 64


class Load(Request, frozen=True, kw_only=True):
    """Make this the model that probes look at, without training it. Reply: Done. Refused while a run is going."""

    model: Model


class Start(Request, frozen=True, kw_only=True):
    """Train from the beginning. Reply: Started, then events. A run that is going is stopped first."""

    model: Model
    plan: Plan


class Pause(Request, frozen=True, kw_only=True):
    """Stand still between two steps. Reply: Done."""


class Resume(Request, frozen=True, kw_only=True):
    """Go on. Reply: Done."""


class Step(Request, frozen=True, kw_only=True):
    """While paused: one more step, or on to the end of the epoch. Reply: Done."""

    epoch: bool = False


class Stop(Request, frozen=True, kw_only=True):
    """End the run; its weights stay. Reply: Done."""


class Subscribe(Request, frozen=True, kw_only=True):
    """Ask for a probe's frames whenever the model has changed, within the time budget.

    Reply: Done, then ProbeFrame events. The client chooses `subscription`; the same number again replaces the options.
    """

    subscription: int
    probe: str
    options: dict[str, Option] = {}


class Unsubscribe(Request, frozen=True, kw_only=True):
    """No more frames. Reply: Done."""

    subscription: int


class Export(Request, frozen=True, kw_only=True):
    """Write the model to `path` and check what was written. Reply: Exported."""

    kind: str
    path: str
    model: Model


class Shutdown(Request, frozen=True, kw_only=True):
    """End the process."""


AnyRequest: TypeAlias = (
    Describe
    | Measure
    | PreviewData
    | Load
    | Start
    | Pause
    | Resume
    | Step
    | Stop
    | Subscribe
    | Unsubscribe
    | Export
    | Shutdown
)


# Replies


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of all replies. `request` is the id of what is answered."""

    request: int


class Done(Reply, frozen=True, kw_only=True):
    """It is done, and there is nothing to tell."""


class Failed(Reply, frozen=True, kw_only=True):
    """It could not be done. `line` is a line of the model's source, or 0."""

    message: str
    fix: str = ""
    line: int = 0


class Described(Reply, frozen=True, kw_only=True):
    """`shapes`: what each variable of forward holds, for a batch of 2. `parameters`: sizes of each trainable tensor.

    `flops`: operations of forward for one sample, as far as torch counts them.
    """

    shapes: dict[str, tuple[int, ...]]
    parameters: dict[str, tuple[int, ...]]
    flops: int


class DataPreview(Reply, frozen=True, kw_only=True):
    """Samples of each field, and how many there are in all."""

    arrays: dict[str, Array]
    samples: int


class Started(Reply, frozen=True, kw_only=True):
    """A run has begun."""

    run: int
    steps_per_epoch: int
    train_samples: int
    test_samples: int
    threads: int


class Exported(Reply, frozen=True, kw_only=True):
    """`files` were written. `difference` is the largest difference from the model's own outputs on the test set."""

    kind: str
    files: tuple[str, ...]
    size: int
    difference: float
    detail: str = ""


AnyReply: TypeAlias = Done | Failed | Described | DataPreview | Started | Exported


# Events


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of all events."""


class EngineReady(Event, frozen=True, kw_only=True):
    """The engine can be asked. First event of every engine."""

    torch: str
    devices: tuple[str, ...]
    probes: tuple[str, ...]
    exports: tuple[ExportKind, ...]
    pid: int


class RunState(Event, frozen=True, kw_only=True):
    """`state` is "training", "paused", "finished", "stopped" or "failed"; the last has a message and a fix.

    `line` is the line of the model's source that failed, or 0.
    """

    run: int
    state: str
    epoch: int
    step: int
    message: str = ""
    fix: str = ""
    line: int = 0


class Progress(Event, frozen=True, kw_only=True):
    """The steps since the last Progress; the last is `step`. `losses` and `accuracies` are float32, one value a step.

    `accuracies` is empty where the loss has none.
    """

    run: int
    epoch: int
    step: int
    total_steps: int
    steps_per_second: float
    losses: Array
    accuracies: Array


class EpochDone(Event, frozen=True, kw_only=True):
    """Figures over the whole epoch: training while the weights changed, test after the last step."""

    run: int
    epoch: int
    step: int
    train_loss: float
    test_loss: float
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    seconds: float = 0.0


class Weights(Event, frozen=True, kw_only=True):
    """The weights as a safetensors file: at the end of a run, when it is paused, and now and then in between."""

    run: int
    epoch: int
    data: bytes


class ProbeFrame(Event, frozen=True, kw_only=True):
    """What a probe found at a step. Names of arrays and facts are its own. `problem` instead when it could not look.

    `subject` is the id of the Load or Start that the model came with: windows have several projects open.
    """

    subscription: int
    step: int
    subject: int = 0
    arrays: dict[str, Array] = {}
    facts: dict[str, Option] = {}
    problem: str = ""


class Measured(Event, frozen=True, kw_only=True):
    """What a Measure has found: the outputs in their order, and sizes of the trainable tensors by name.

    `problem` instead when the class does not run: what is wrong, in words, with what to do and the line of the text.
    """

    key: str
    outputs: tuple[Sized, ...] = ()
    weights: dict[str, tuple[int, ...]] = {}
    problem: str = ""
    fix: str = ""
    line: int = 0


AnyEvent: TypeAlias = EngineReady | RunState | Progress | EpochDone | Weights | ProbeFrame | Measured
AnyMessage: TypeAlias = AnyReply | AnyEvent

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[AnyRequest] = msgspec.msgpack.Decoder(AnyRequest)
_messages: msgspec.msgpack.Decoder[AnyMessage] = msgspec.msgpack.Decoder(AnyMessage)


def encode(message: AnyRequest | AnyMessage) -> bytes:
    """A message as one frame."""
    return _encoder.encode(message)


def decode_request(frame: bytes) -> AnyRequest:
    """Raises ProtocolError for anything that is not one of our requests."""
    try:
        return _requests.decode(frame)
    except msgspec.MsgspecError as error:
        raise ProtocolError(f"A frame is not a request: {error}.") from error


def decode_message(frame: bytes) -> AnyMessage:
    """Raises ProtocolError for anything that is not one of our replies or events."""
    try:
        return _messages.decode(frame)
    except msgspec.MsgspecError as error:
        raise ProtocolError(f"A frame is not a message: {error}.") from error
