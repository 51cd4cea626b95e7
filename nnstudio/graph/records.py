"""The drawing as text: the schema of `graph.json`, and how it is parsed.

Parsing trusts nothing: a closed schema, caps on every size, duplicate keys and later versions refused.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec

from nnstudio.errors import StorageError
from nnstudio.graph import archive, race, rules
from nnstudio.graph.nodes import BLOCK
from nnstudio.params import Value

VERSION = 1
MAX_NODES = 20_000
MAX_LINKS = 100_000
MAX_BLOCKS = 2_000
MAX_MARKS = 5_000
MAX_BOOKMARKS = 500

_Id = Annotated[str, msgspec.Meta(pattern=r"^n[1-9][0-9]{0,8}$")]
_BlockId = Annotated[str, msgspec.Meta(pattern=r"^b[1-9][0-9]{0,8}$")]
_End = Annotated[str, msgspec.Meta(pattern=r"^n[1-9][0-9]{0,8}\.[A-Za-z_][A-Za-z0-9_]{0,63}$")]
_MarkId = Annotated[str, msgspec.Meta(pattern=r"^m[1-9][0-9]{0,8}$")]
_Name = Annotated[str, msgspec.Meta(max_length=rules.LONGEST_NAME)]
_Coordinate = Annotated[float, msgspec.Meta(ge=-rules.FARTHEST, le=rules.FARTHEST)]
_Place = tuple[_Coordinate, _Coordinate]
_Length = Annotated[float, msgspec.Meta(ge=rules.SMALLEST, le=rules.LARGEST)]
_Size = tuple[_Length, _Length]
_Title = Annotated[str, msgspec.Meta(max_length=rules.LONGEST_TITLE)]
_Color = Annotated[str, msgspec.Meta(max_length=64)]
_Text = Annotated[str, msgspec.Meta(max_length=100_000)]
_Single = bool | int | float | _Text | None
_Row = list[_Single]
_Rows = list[_Single | _Row]
_Lists = list[_Single | list[_Single | _Rows]]
"""Values in lists, four deep at most."""
_Literal = _Single | _Lists


class LooksRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """How a node is shown."""

    color: _Color = ""
    note: Annotated[str, msgspec.Meta(max_length=rules.LONGEST_NOTE)] = ""
    collapsed: bool = False
    locked: bool = False


class NodeRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One node."""

    id: _Id
    type: Annotated[str, msgspec.Meta(max_length=64)]
    name: _Name
    params: dict[str, _Literal]
    at: _Place
    muted: bool = False
    frozen: bool = False
    lr: float | None = None
    looks: LooksRecord | None = None

    @property
    def values(self) -> dict[str, Value]:
        """The parameters, with tuples as a document has them."""
        return {name: _tupled(value) for name, value in self.params.items()}

    @property
    def block(self) -> str:
        """The block it says it is an instance of, or an empty string."""
        return str(self.params.get("block", "")) if self.type == BLOCK else ""


class LinkRecord(msgspec.Struct, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    """One wire; its ends are "id.port", and `via` are the points through which it is led."""

    source: _End
    target: _End
    via: Annotated[list[_Place], msgspec.Meta(max_length=rules.MOST_POINTS)] = []


class FrameRecord(msgspec.Struct, forbid_unknown_fields=True, tag_field="kind", tag="frame"):
    """A titled area."""

    id: _MarkId
    at: _Place
    size: _Size
    title: _Title = ""
    color: _Color = ""


class CommentRecord(msgspec.Struct, forbid_unknown_fields=True, tag_field="kind", tag="comment"):
    """A text in Markdown."""

    id: _MarkId
    at: _Place
    size: _Size
    text: Annotated[str, msgspec.Meta(max_length=rules.LONGEST_TEXT)] = ""
    color: _Color = ""


_Notes = Annotated[list[FrameRecord | CommentRecord], msgspec.Meta(max_length=MAX_MARKS)]


class BookmarkRecord(msgspec.Struct, forbid_unknown_fields=True):
    """A place to go back to; without a block it is in the main drawing."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=rules.LONGEST_TITLE)]
    center: _Place
    zoom: Annotated[float, msgspec.Meta(ge=rules.ZOOMS[0], le=rules.ZOOMS[1])] = 1.0
    block: _BlockId | None = None


class PromotedRecord(msgspec.Struct, forbid_unknown_fields=True):
    """A parameter of a node inside that is offered outside."""

    name: _Name
    node: _Id
    param: _Name


class BlockRecord(msgspec.Struct, forbid_unknown_fields=True):
    """One block with the drawing inside it."""

    name: _Name
    nodes: list[NodeRecord]
    links: list[LinkRecord]
    promoted: Annotated[list[PromotedRecord], msgspec.Meta(max_length=rules.MOST_OFFERED)] = []
    notes: _Notes = []

    @property
    def uses(self) -> set[str]:
        """The blocks it says it uses."""
        return {record.block for record in self.nodes if record.type == BLOCK}


class OutsideRecord(msgspec.Struct, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    """A wire that came from a node which was not copied along; `slot` is its place among the wires of its input."""

    source: _End
    target: _End
    slot: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINKS)] = 0


class CutRecord(msgspec.Struct, forbid_unknown_fields=True):
    """What was around a part that was copied: which document, and the wires that came from there.

    A file that is a part of a drawing opens without.
    """

    document: Annotated[str, msgspec.Meta(max_length=64)]
    entering: Annotated[list[OutsideRecord], msgspec.Meta(max_length=MAX_LINKS)] = []


_Path = Annotated[str, msgspec.Meta(max_length=race.LONGEST_TEXT)]
_Choice = bool | int | float | Annotated[str, msgspec.Meta(max_length=race.LONGEST_TEXT)] | None


class SpanRecord(msgspec.Struct, forbid_unknown_fields=True):
    """Numbers from one to another."""

    low: float
    high: float
    count: int = 5
    log: bool = False


class AxisRecord(msgspec.Struct, forbid_unknown_fields=True):
    """One thing that varies in a race."""

    path: _Path
    values: Annotated[list[_Choice], msgspec.Meta(max_length=race.MOST_RUNS)] = []
    span: SpanRecord | None = None
    whole: bool = False


class RaceRecord(msgspec.Struct, forbid_unknown_fields=True):
    """Which runs are trained side by side."""

    axes: Annotated[list[AxisRecord], msgspec.Meta(max_length=race.MOST_AXES)] = []
    mode: Annotated[str, msgspec.Meta(max_length=64)] = "grid"
    draws: int = 10
    seed: Annotated[int, msgspec.Meta(ge=0, le=race.LARGEST_SEED)] = 0
    repeats: int = 1


class Project(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file, or a part of one that was copied."""

    nnstudio: int
    title: _Title
    nodes: Annotated[list[NodeRecord], msgspec.Meta(max_length=MAX_NODES)]
    links: Annotated[list[LinkRecord], msgspec.Meta(max_length=MAX_LINKS)]
    training: dict[str, _Literal] = {}
    blocks: Annotated[dict[_BlockId, BlockRecord], msgspec.Meta(max_length=MAX_BLOCKS)] = {}
    notes: _Notes = []
    bookmarks: Annotated[list[BookmarkRecord], msgspec.Meta(max_length=MAX_BOOKMARKS)] = []
    race: RaceRecord | None = None
    cut: CutRecord | None = None


def parse(graph: bytes) -> Project:
    """What a file says, as far as the schema goes. Raises StorageError."""
    if not graph.strip():
        raise StorageError("it is empty.")
    if len(graph) > archive.MAX_GRAPH_BYTES:
        raise StorageError(f"its drawing is larger than {archive.MAX_GRAPH_BYTES >> 20} MB.")
    try:
        raw = json.loads(graph, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise StorageError(f"it is not proper JSON ({error}).") from error
    version = raw.get("nnstudio") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > VERSION:
        words = f"it was written by a later NNStudio (format {str(version)[:20]})."
        raise StorageError(words, fix="Get the newest version.")
    try:
        project = msgspec.convert(raw, Project)
    except (msgspec.ValidationError, OverflowError) as error:
        raise StorageError(f"{error}.") from error
    if project.nnstudio != VERSION:
        raise StorageError("it uses what this version does not know.", fix="Get the newest version.")
    if sum(map(len, _each(project, "nodes"))) > MAX_NODES or sum(map(len, _each(project, "links"))) > MAX_LINKS:
        raise StorageError(f"it has more than {MAX_NODES:,} nodes or {MAX_LINKS:,} wires.")
    if sum(map(len, _each(project, "notes"))) > MAX_MARKS:
        raise StorageError(f"it has more than {MAX_MARKS:,} frames and comments.")
    return project


def _each(project: Project, field: str) -> list[list[Any]]:
    """The lists of that name, of the main drawing and of each block."""
    return [getattr(drawing, field) for drawing in (project, *project.blocks.values())]


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def _tupled(value: Any) -> Value:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value
