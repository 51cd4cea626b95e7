"""The messages, as msgspec structs. Requests go to the engine, events and replies come back; all are plain data.

A frame is one message in MessagePack, with its type's name as the tag. Every request has an `id` that its reply
carries. Arrays travel as bytes with dtype and shape, from a closed list of dtypes.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from nnstudio.errors import ProtocolError
from nnstudio.protocol.events import (
    AnyEvent,
    Changed,
    CheckpointSaved,
    DataProgress,
    EngineReady,
    EpochDone,
    Event,
    Measured,
    Notice,
    ProbeFrame,
    Progress,
    RunState,
    Weights,
)
from nnstudio.protocol.parts import (
    DTYPES,
    FIXED,
    Array,
    DataRef,
    Entrant,
    Entry,
    ExportKind,
    FreeInput,
    Group,
    Keeping,
    Model,
    NodeStep,
    Option,
    Plan,
    Sized,
    Term,
)
from nnstudio.protocol.replies import (
    AnyReply,
    DataPreview,
    DataSummary,
    Described,
    Done,
    Estimated,
    Exported,
    Failed,
    Inspected,
    RaceStarted,
    Recorded,
    Reply,
    Started,
    Weighed,
)
from nnstudio.protocol.requests import (
    MODEL_KEY,
    AnyRequest,
    Cancel,
    ChangeLayer,
    ChangePlan,
    ChangeWeight,
    CheckData,
    Describe,
    Estimate,
    Export,
    FetchData,
    InspectFile,
    Load,
    Measure,
    Pause,
    PreviewData,
    Record,
    Request,
    Resume,
    SaveCheckpoint,
    Shutdown,
    Start,
    StartRace,
    Step,
    Stop,
    Subscribe,
    SummarizeData,
    Unsubscribe,
)

__all__ = [
    "AnyEvent",
    "AnyMessage",
    "AnyReply",
    "AnyRequest",
    "Array",
    "Cancel",
    "ChangeLayer",
    "ChangePlan",
    "ChangeWeight",
    "Changed",
    "CheckData",
    "CheckpointSaved",
    "DTYPES",
    "DataPreview",
    "DataProgress",
    "DataRef",
    "DataSummary",
    "Describe",
    "Described",
    "Done",
    "EngineReady",
    "Entrant",
    "Entry",
    "EpochDone",
    "Estimate",
    "Estimated",
    "Event",
    "Export",
    "ExportKind",
    "Exported",
    "Failed",
    "FIXED",
    "FetchData",
    "FreeInput",
    "Group",
    "InspectFile",
    "Inspected",
    "Keeping",
    "Load",
    "MODEL_KEY",
    "Measure",
    "Measured",
    "Model",
    "NodeStep",
    "Notice",
    "Option",
    "Pause",
    "Plan",
    "PreviewData",
    "ProbeFrame",
    "Progress",
    "RaceStarted",
    "Record",
    "Recorded",
    "Reply",
    "Request",
    "Resume",
    "RunState",
    "SaveCheckpoint",
    "Shutdown",
    "Sized",
    "Start",
    "StartRace",
    "Started",
    "Step",
    "Stop",
    "Subscribe",
    "Term",
    "SummarizeData",
    "Unsubscribe",
    "Weighed",
    "Weights",
    "decode_message",
    "decode_request",
    "encode",
]

AnyMessage: TypeAlias = AnyReply | AnyEvent

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[AnyRequest] = msgspec.msgpack.Decoder(AnyRequest)
_messages: msgspec.msgpack.Decoder[AnyMessage] = msgspec.msgpack.Decoder(AnyMessage)


def encode(message: AnyRequest | AnyMessage) -> bytes:
    """A message as one frame. Raises ProtocolError where it holds what can not be sent."""
    try:
        return _encoder.encode(message)
    except (UnicodeError, OverflowError, TypeError, RecursionError) as error:
        raise ProtocolError(f"A {type(message).__name__} can not be sent: {error}.") from error


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
