"""Everything that can happen to a document, as values. Each knows its inverse, so undo needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from nnstudio.graph.blocks import Block
from nnstudio.graph.looks import Looks
from nnstudio.graph.marks import Bookmark, Mark
from nnstudio.graph.nodes import Link, Node, Position, Tuning
from nnstudio.graph.project_changes import PlanSet as PlanSet
from nnstudio.graph.project_changes import RaceSet as RaceSet
from nnstudio.graph.project_changes import Retitled as Retitled
from nnstudio.graph.training import Trained
from nnstudio.params import Value


@dataclass(frozen=True)
class NodeAdded:
    """A node is there, without wires: in the block `sheet`, or in the main drawing."""

    node: Node
    sheet: str = ""

    def inverse(self) -> NodeRemoved:
        return NodeRemoved(self.node, self.sheet)


@dataclass(frozen=True)
class NodeRemoved:
    """All links of the node are gone already."""

    node: Node
    sheet: str = ""

    def inverse(self) -> NodeAdded:
        return NodeAdded(self.node, self.sheet)


@dataclass(frozen=True)
class ParamSet:
    """One parameter of a node has another value."""

    id: str
    name: str
    old: Value
    new: Value

    def inverse(self) -> ParamSet:
        return ParamSet(self.id, self.name, self.new, self.old)


@dataclass(frozen=True)
class ParamsReplaced:
    """The whole set of parameters is another one, as when a Dataset node takes another data set."""

    id: str
    old: tuple[tuple[str, Value], ...]
    new: tuple[tuple[str, Value], ...]

    def inverse(self) -> ParamsReplaced:
        return ParamsReplaced(self.id, self.new, self.old)


@dataclass(frozen=True)
class NodeRenamed:
    """A node has another name."""

    id: str
    old: str
    new: str

    def inverse(self) -> NodeRenamed:
        return NodeRenamed(self.id, self.new, self.old)


@dataclass(frozen=True)
class NodeMoved:
    """A node is at another place in the drawing."""

    id: str
    old: Position
    new: Position

    def inverse(self) -> NodeMoved:
        return NodeMoved(self.id, self.new, self.old)


@dataclass(frozen=True)
class NodeMuted:
    """A node is left out of the computation, or takes part again."""

    id: str
    muted: bool

    def inverse(self) -> NodeMuted:
        return NodeMuted(self.id, not self.muted)


@dataclass(frozen=True)
class TuningSet:
    """The weights of a node are frozen or no longer, or have another learning rate."""

    id: str
    old: Tuning
    new: Tuning

    def inverse(self) -> TuningSet:
        return TuningSet(self.id, self.new, self.old)


@dataclass(frozen=True)
class LooksSet:
    """A node is shown in another way."""

    id: str
    old: Looks
    new: Looks

    def inverse(self) -> LooksSet:
        return LooksSet(self.id, self.new, self.old)


@dataclass(frozen=True)
class LinkAdded:
    """`slot` is the place among the wires of the same input."""

    link: Link
    slot: int

    def inverse(self) -> LinkRemoved:
        return LinkRemoved(self.link, self.slot)


@dataclass(frozen=True)
class LinkRemoved:
    """A wire is gone; `slot` is where it was among the wires of the same input."""

    link: Link
    slot: int

    def inverse(self) -> LinkAdded:
        return LinkAdded(self.link, self.slot)


@dataclass(frozen=True)
class WaySet:
    """A wire, which is there, is led through other points; without any it takes its own way."""

    link: Link
    old: tuple[Position, ...]
    new: tuple[Position, ...]

    def inverse(self) -> WaySet:
        return WaySet(self.link, self.new, self.old)


@dataclass(frozen=True)
class MarkAdded:
    """A frame or a comment is there: in the block `sheet`, or in the main drawing."""

    mark: Mark
    sheet: str = ""

    def inverse(self) -> MarkRemoved:
        return MarkRemoved(self.mark, self.sheet)


@dataclass(frozen=True)
class MarkRemoved:
    """A frame or a comment is gone."""

    mark: Mark
    sheet: str = ""

    def inverse(self) -> MarkAdded:
        return MarkAdded(self.mark, self.sheet)


@dataclass(frozen=True)
class MarkChanged:
    """A frame or a comment says something else, or is elsewhere; it keeps its id."""

    sheet: str
    old: Mark
    new: Mark

    def inverse(self) -> MarkChanged:
        return MarkChanged(self.sheet, self.new, self.old)


@dataclass(frozen=True)
class BookmarksSet:
    """Other bookmarks, all of them in their order."""

    old: tuple[Bookmark, ...]
    new: tuple[Bookmark, ...]

    def inverse(self) -> BookmarksSet:
        return BookmarksSet(self.new, self.old)


@dataclass(frozen=True)
class BlockAdded:
    """A block is there, with nothing in it yet."""

    block: Block

    def inverse(self) -> BlockRemoved:
        return BlockRemoved(self.block)


@dataclass(frozen=True)
class BlockRemoved:
    """Its nodes, its marks and its instances are gone already."""

    block: Block

    def inverse(self) -> BlockAdded:
        return BlockAdded(self.block)


@dataclass(frozen=True)
class BlockChanged:
    """A block has another name, or offers other parameters."""

    old: Block
    new: Block

    def inverse(self) -> BlockChanged:
        return BlockChanged(self.new, self.old)


@dataclass(frozen=True)
class FaceChanged:
    """An instance has other ports, parameters or another summary, because its block has. Told, but never recorded:
    it follows from what is.
    """

    id: str

    def inverse(self) -> FaceChanged:
        return self


@dataclass(frozen=True)
class WeightsMoved:
    """Nodes of one drawing went into a block or came out of it: (old name, new name), as "conv" and "block.conv"."""

    sheet: str
    names: tuple[tuple[str, str], ...]

    def inverse(self) -> WeightsMoved:
        return WeightsMoved(self.sheet, tuple((new, old) for old, new in self.names))


@dataclass(frozen=True)
class TrainedSet:
    """Weights came back from a run. Not an edit: undo steps over it, as nobody wants to lose a training to Ctrl+Z."""

    old: Trained | None
    new: Trained | None

    def inverse(self) -> TrainedSet:
        return TrainedSet(self.new, self.old)


@dataclass(frozen=True)
class WeightsTaken:
    """A person has typed the first number: from now on these weights are the document's, and not those of a seed.

    Only where the old ones are there: a training that came since is not to be lost, as with the next.
    """

    old: Trained | None
    new: Trained | None

    def inverse(self) -> WeightsTaken:
        return WeightsTaken(self.new, self.old)


@dataclass(frozen=True)
class WeightsTyped:
    """Other numbers in a tensor, from a place on, as bytes of its kind; only where the old ones are there."""

    name: str
    place: int
    old: bytes
    new: bytes

    def inverse(self) -> WeightsTyped:
        return WeightsTyped(self.name, self.place, self.new, self.old)


Change: TypeAlias = (
    NodeAdded
    | NodeRemoved
    | ParamSet
    | ParamsReplaced
    | NodeRenamed
    | NodeMoved
    | NodeMuted
    | TuningSet
    | LooksSet
    | LinkAdded
    | LinkRemoved
    | WaySet
    | MarkAdded
    | MarkRemoved
    | MarkChanged
    | BookmarksSet
    | BlockAdded
    | BlockRemoved
    | BlockChanged
    | FaceChanged
    | WeightsMoved
    | PlanSet
    | RaceSet
    | Retitled
    | TrainedSet
    | WeightsTaken
    | WeightsTyped
)

WEIGHTS_ONLY = (TrainedSet, WeightsTaken, WeightsTyped)
"""What concerns the numbers that a run left or a person typed: the drawing stays the same."""
LOOKS_ONLY = (NodeMoved, LooksSet, WaySet, MarkAdded, MarkRemoved, MarkChanged, BookmarksSet)
"""What concerns the drawing as a picture: nothing of it changes what is computed."""
