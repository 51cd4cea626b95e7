"""What the window asks of the engine."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from nnstudio.protocol.parts import Array, DataRef, Entrant, Entry, Keeping, Model, Option, Plan

MODEL_KEY = "model"
"""The key, for DataProgress and Cancel, of the data that a Load or a Start waits for."""


class Request(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Base of all requests."""

    id: int = 0


class Describe(Request, frozen=True, kw_only=True):
    """Build the model on the meta device and tell its shapes and sizes. Reply: Described."""

    model: Model


class Measure(Request, frozen=True, kw_only=True):
    """Make one class that a person typed in and run it, to learn its shapes. Reply: Measured with the key, then Done.

    `code` is the whole text; `arguments` are those of the class. `outputs` tensors are expected.
    """

    key: str
    code: str
    class_name: str
    arguments: dict[str, Option] = {}
    inputs: tuple[Entry, ...] = ()
    outputs: int = 1


class PreviewData(Request, frozen=True, kw_only=True):
    """Some samples of a data set. Reply: DataPreview.

    `part` is "all" (in the order of the source), "train", "test" or "batch" (the training samples as the first epoch
    takes them, one batch after the other). `key` names the work, for DataProgress and Cancel.
    """

    data: DataRef
    part: str = "all"
    start: int = 0
    count: int = 64
    key: str = ""


class CheckData(Request, frozen=True, kw_only=True):
    """Whether data can be had, as of a file that may be gone or another. Reply: Done.

    What was had before, from the same files, is not loaded again for it.
    """

    data: DataRef
    key: str = ""


class SummarizeData(Request, frozen=True, kw_only=True):
    """Figures over a whole data set: see engine.data.figures. Reply: DataSummary.

    `points` is how many are drawn at most.
    """

    data: DataRef
    points: int = 2000
    key: str = ""


class InspectFile(Request, frozen=True, kw_only=True):
    """Look into a file or folder of a person's own, and find how to read it. Reply: Inspected.

    `reading` overrides what is guessed: parameters of the data set that reads such files.
    """

    path: str
    dataset: str = ""
    reading: dict[str, Any] = {}
    key: str = ""


class FetchData(Request, frozen=True, kw_only=True):
    """Download a data set into its folder, going on where an earlier try ended. Reply: Done."""

    data: DataRef
    key: str = ""


class Cancel(Request, frozen=True, kw_only=True):
    """Give up the work of that key, which then fails with `cancelled`. Reply: Done, also where there is none."""

    key: str


class Load(Request, frozen=True, kw_only=True):
    """Make this the model that probes look at, without training it. Reply: Done. Refused while a run is going."""

    model: Model


class Start(Request, frozen=True, kw_only=True):
    """Train. Reply: Started, then events. What is going is stopped first.

    With weights in the model, training goes on from them; with `keeping.resume`, from a checkpoint as if it had never
    ended. If `paused`, it stands still before the first step.
    """

    model: Model
    plan: Plan
    keeping: Keeping = Keeping()
    paused: bool = False


class StartRace(Request, frozen=True, kw_only=True):
    """Train several runs side by side, each in its turn. Reply: RaceStarted, then events of each.

    What is going is stopped first. Probes look at the first.
    """

    entrants: tuple[Entrant, ...]


class Estimate(Request, frozen=True, kw_only=True):
    """What a training would take of memory and time. Reply: Estimated."""

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
    """End the run, or one of a race by its number; its weights stay. Reply: Done."""

    run: int = 0


class ChangePlan(Request, frozen=True, kw_only=True):
    """Go on by another plan, from the next step. Reply: Changed for each difference, then Done.

    Refused, as a whole, where it differs in what a run can not change: see FIXED. All else can be, the precision too.
    """

    plan: Plan


class ChangeLayer(Request, frozen=True, kw_only=True):
    """Set attributes of layers from the next step on, such as the `p` of a Dropout. Reply: Changed, then Done.

    `layer` is the module's name in the model, as "dropout1" or "block.0.dropout1".
    """

    layer: str
    values: dict[str, Any]


class ChangeWeight(Request, frozen=True, kw_only=True):
    """Set numbers of a weight, of a run or of the model that is looked at. Reply: Changed for a run, then Done.

    `name` is as in the state dict; `index` picks one number or a row, or is empty for the whole tensor. `value` has the
    shape of what is picked. With `tell` the reply is Weighed.
    """

    name: str
    value: Array
    index: tuple[int, ...] = ()
    tell: bool = False


class SaveCheckpoint(Request, frozen=True, kw_only=True):
    """Keep a checkpoint of the run as it stands. Reply: Done; CheckpointSaved comes once it is written."""


class Record(Request, frozen=True, kw_only=True):
    """Record forward and backward of one batch, node by node, without changing anything. Reply: Recorded.

    Of a run that stands still, the batch that comes next; otherwise the first of the model that is looked at.
    `sample` is the one of the batch whose numbers are told.
    """

    sample: int = 0


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
    """Write the model to `path` and check what was written. Reply: Exported.

    `plan` is for exports that train: they begin from its seed.
    """

    kind: str
    path: str
    model: Model
    plan: Plan | None = None


class Shutdown(Request, frozen=True, kw_only=True):
    """End the process."""


AnyRequest: TypeAlias = (
    Describe
    | Measure
    | PreviewData
    | CheckData
    | SummarizeData
    | InspectFile
    | FetchData
    | Cancel
    | Load
    | Start
    | StartRace
    | Estimate
    | Pause
    | Resume
    | Step
    | Stop
    | ChangePlan
    | ChangeLayer
    | ChangeWeight
    | SaveCheckpoint
    | Record
    | Subscribe
    | Unsubscribe
    | Export
    | Shutdown
)
