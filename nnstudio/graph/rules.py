"""May this name, may this wire exist? Every refusal has a name and says what to do."""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections.abc import Container, Iterable, Sequence
from typing import Protocol

from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.errors import BadName, DocumentError, LinkRefused
from nnstudio.graph import nesting
from nnstudio.graph.looks import COLORS
from nnstudio.graph.marks import Size
from nnstudio.graph.nodes import DATASET, INPUT, OUTPUT, OWN, Link, Node, Position
from nnstudio.params import CodeParam, NamesParam

LAST_ID = 999_999_999
"""The largest number of a node that a file may hold."""
FARTHEST = 1e7
"""How far from the origin a node may be, along each axis."""
LONGEST_NAME = 64
LONGEST_TITLE = 200
LONGEST_NOTE = 2_000
LONGEST_TEXT = 20_000
"""Of a comment."""
SMALLEST, LARGEST = 32.0, 1e6
"""Of a frame or a comment, along each axis."""
MOST_POINTS = 64
"""Through how many points a wire may be led."""
ZOOMS = 0.001, 100.0
"""How large a bookmark may show its place."""

MOST_NESTED = 32
"""How many blocks may lie in each other."""
MOST_INSTANCES = 10_000
"""How often one block may be in the network, with all repeats of it and of the blocks around it."""
MOST_OFFERED = 64
"""How many parameters inside a block may be offered outside, whether or not they share names."""
LIKE_ID = re.compile(r"n[1-9][0-9]*")
_NAMES = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile compute_loss cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu
    load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters print range
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
    register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ self set_extra_state
    set_submodule share_memory state_dict super to to_empty torch nn train training tuple type xpu zero_grad Path sum
    F math each causal_mask padding_mask one_hot average maximum
"""
RESERVED = frozenset(_NAMES.split())
"""What a name would shadow: attributes of nn.Module (a test compares) and what the generated source itself uses."""
BLOCK_RESERVED = frozenset(name for name in dir(builtins) if name[0].isupper()) | {"F", "Path", "Tensor"}
"""What the name of a block's class would shadow."""


def check_name(name: str, taken: Container[str]) -> None:
    """Raise BadName unless `name` can be an attribute of the model and is free."""
    if not _is_identifier(name):
        fix = f"Use letters, digits and _, beginning with a letter, {LONGEST_NAME} at most."
        raise BadName(f"'{name[:LONGEST_NAME]}' can not be a name in Python.", fix=fix)
    if LIKE_ID.fullmatch(name):
        raise BadName(f"'{name}' could be taken for a node's number.", fix=f"Call it '{name}_', say.")
    if name in RESERVED:
        raise BadName(f"'{name}' already means something in PyTorch.", fix=f"Call it '{name}1', say.")
    if name in taken:
        raise BadName(f"There is a node called '{name}' already.", fix="Choose another name.")


def may_be_name(name: str) -> bool:
    """Whether a node may have that name, if it is free."""
    try:
        check_name(name, ())
    except BadName:
        return False
    return True


def check_block_name(name: str, taken: Container[str]) -> None:
    """Raise BadName unless `name` can be a class in the source and is free."""
    if not _is_identifier(name) or not name[0].isupper():
        fix = f"Use letters, digits and _, beginning with a capital, {LONGEST_NAME} at most."
        raise BadName(f"'{name[:LONGEST_NAME]}' can not be the name of a block.", fix=fix)
    if name in BLOCK_RESERVED:
        raise BadName(f"'{name}' already means something in the source.", fix=f"Call it '{name}1', say.")
    if name in taken:
        raise BadName(f"There is a block called '{name}' already.", fix="Choose another name.")


def check_offered_count(count: int) -> None:
    """Raise DocumentError where a block would offer too many parameters."""
    if count > MOST_OFFERED:
        raise DocumentError(f"A block can offer {MOST_OFFERED} parameters at most.", fix="Offer another no longer.")


def check_offered_name(name: str) -> None:
    """Raise BadName unless `name` can be a parameter of a block's class. Several parameters may share it."""
    if not may_be_name(name) or name in OWN:
        fix = "Use letters, digits and _, and no word that means something already."
        raise BadName(f"'{name[:LONGEST_NAME]}' can not be the name of a parameter.", fix=fix)


def check_offered_param(node: Node, param: str) -> None:
    """Raise DocumentError for what decides which ports a node has: it is the same at every instance."""
    known = node.layer.params_for(node.params)[param]
    if isinstance(known, CodeParam | NamesParam):
        raise DocumentError(f"'{param}' decides what ports the layer has and can not be set from outside.")
    if node.block and param == "block":
        raise DocumentError("Which block an instance is of can not be set from outside.")


def check_same_kind(name: str, first: tuple[Node, str], second: tuple[Node, str]) -> None:
    """Raise DocumentError where parameters of two nodes are of different kinds, so that `name` can not set both."""
    one, other = (node.layer.params_for(node.params)[param] for node, param in (first, second))
    if type(one) is not type(other):
        each = [f"'{node.name}.{param}'" for node, param in (first, second)]
        words = f"{each[0]} takes {one.wants()}, and {each[1]} takes {other.wants()}"
        raise DocumentError(f"'{name}' can not set both: {words}.", fix="Offer one of them under another name.")


def _is_identifier(name: str) -> bool:
    proper = name.isidentifier() and name.isascii() and not keyword.iskeyword(name) and not name.startswith("_")
    return proper and len(name) <= LONGEST_NAME


def check_inside_block(layer: LayerType) -> None:
    """Raise DocumentError for what has its place in the main drawing alone."""
    if layer.is_loss or layer.type == DATASET:
        what = "a loss" if layer.is_loss else "a data set"
        fix = "Keep it in the main drawing and connect it to the block."
        raise DocumentError(f"{layer.type} is {what}, and a block only computes.", fix=fix)


def check_nesting(uses: nesting.Uses, name: str) -> None:
    """Raise DocumentError where a block contains itself, or too many lie in each other; `name` is of one at fault."""
    if len(nesting.inner_first(uses)) < len(uses):
        fix = "Put it beside the block, not inside it."
        raise DocumentError(f"The block {name} would contain itself.", fix=fix)
    if nesting.depth(uses) > MOST_NESTED:
        fix = "Dissolve one of them."
        raise DocumentError(f"More than {MOST_NESTED} blocks would lie in each other.", fix=fix)


def check_expansion(name: str, count: int) -> None:
    """Raise DocumentError where the block of that name would be in the network too often."""
    if count > MOST_INSTANCES:
        words = f"The block {name} would be in the network {count:,} times, with all repeats, and {MOST_INSTANCES:,}"
        raise DocumentError(f"{words} is the most.", fix="Repeat or place it, or a block around it, less often.")


def check_muted(node: Node, block: str) -> None:
    """Raise DocumentError for a port of a block: with it muted, instances would have a port that leads nowhere."""
    if block and node.type in (INPUT, OUTPUT):
        words = f"'{node.name}' is an {node.type} of a block and can not be muted."
        raise DocumentError(words, fix="Mute the instances of the block, or delete the port.")


def check_position(at: Position) -> Position:
    """A place in the drawing, moved to the nearest that a file can hold. Raises DocumentError where it is none."""
    x, y = (float(coordinate) for coordinate in at)
    if math.isnan(x) or math.isnan(y):
        raise DocumentError(f"({x}, {y}) is no place in the drawing.")
    return min(max(x, -FARTHEST), FARTHEST), min(max(y, -FARTHEST), FARTHEST)


def check_size(size: Size) -> Size:
    """The size of a mark, made the nearest that there may be. Raises DocumentError where it is none."""
    width, height = (float(length) for length in size)
    if math.isnan(width) or math.isnan(height):
        raise DocumentError(f"({width}, {height}) is no size.")
    return min(max(width, SMALLEST), LARGEST), min(max(height, SMALLEST), LARGEST)


def check_zoom(zoom: float) -> float:
    """How large a place is shown, made the nearest that there may be. Raises DocumentError where it is no number."""
    if math.isnan(zoom):
        raise DocumentError("A place has to be shown in some size.")
    return min(max(float(zoom), ZOOMS[0]), ZOOMS[1])


def check_color(color: str) -> str:
    """Raise DocumentError unless it is a colour that a node or a mark may have."""
    if color and color not in COLORS:
        raise DocumentError(f"There is no colour '{color[:64]}'.", fix=f"There are {', '.join(COLORS)}.")
    return color


def check_way(points: Iterable[Position]) -> tuple[Position, ...]:
    """The points through which a wire is led. Raises DocumentError for too many, or one that is no place."""
    way = tuple(check_position(point) for point in points)
    if len(way) > MOST_POINTS:
        raise DocumentError(f"A wire can be led through {MOST_POINTS} points at most.", fix="Remove some of them.")
    return way


def clean_title(title: str) -> str:
    """A title that a file can hold."""
    return clean_text(title, LONGEST_TITLE)


def clean_line(text: str, longest: int = LONGEST_TITLE) -> str:
    """The same in one line, with nothing around it."""
    return clean_text(" ".join(text.split()), longest).rstrip()


def clean_text(text: str, longest: int) -> str:
    """A text that a file can hold: not too long, and without halves of characters."""
    return text.encode("utf-8", "replace").decode()[:longest]


class Wiring(Protocol):
    """What the rules need to know of a document."""

    def node(self, reference: str) -> Node: ...
    def links_into(self, node: str, port: str) -> Sequence[Link]: ...
    def reaches(self, start: str, goal: str) -> bool: ...


def check_link(wiring: Wiring, link: Link) -> None:
    """Raise LinkRefused unless the wire may exist."""
    check_ends(wiring, link)
    if link.source == link.target or wiring.reaches(link.target, link.source):
        raise closes_cycle(wiring, link)


def closes_cycle(wiring: Wiring, link: Link) -> LinkRefused:
    """The refusal of a wire that leads back."""
    source, target = wiring.node(link.source).name, wiring.node(link.target).name
    words = f"'{target}' already leads to '{source}'" if source != target else f"Both ends are at '{source}'"
    return LinkRefused(f"{words}: the wire would close a cycle.", rule="cycle")


def check_ends(wiring: Wiring, link: Link) -> None:
    """Raise LinkRefused unless the ports are there, free and of one type; cycles are not looked for."""
    source, target = wiring.node(link.source), wiring.node(link.target)
    output = _port(source.outputs, link.output, source, "output")
    entry = _port(target.inputs, link.input, target, "input")
    present = () if entry.many else wiring.links_into(link.target, link.input)
    if link in present:
        raise LinkRefused("That wire is there already.", rule="duplicate")
    if present:
        raise LinkRefused(
            f"'{target.name}.{entry.name}' has a wire already.", rule="occupied", fix="Remove that wire first."
        )
    _check_types(source, output, target, entry)


def _port(ports: Sequence[Port], name: str, node: Node, side: str) -> Port:
    for port in ports:
        if port.name == name:
            return port
    known = ", ".join(port.name for port in ports) or "none"
    raise LinkRefused(f"'{node.name}' has no {side} '{name}'.", rule="no-such-port", fix=f"It has: {known}.")


_CARRIED = {"float32": "values", "int64": "class numbers", "bool": "yes or no"}


def goes_into(output: Port, entry: Port) -> bool:
    """Whether an input takes the type that an output carries."""
    return "any" in (output.dtype, entry.dtype) or output.dtype == entry.dtype


def _check_types(source: Node, output: Port, target: Node, entry: Port) -> None:
    if goes_into(output, entry):
        return
    tokens = (output.dtype, entry.dtype) == ("int64", "float32")
    has, needs = _CARRIED.get(output.dtype, output.dtype), _CARRIED.get(entry.dtype, entry.dtype)
    raise LinkRefused(
        f"'{source.name}.{output.name}' carries {has}, and '{target.name}.{entry.name}' needs {needs}.",
        rule="type",
        fix="Put an Embedding between them." if tokens else "Connect a port of the same type.",
    )
