"""May this name, may this wire exist? Every refusal has a name and says what to do."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Sequence
from typing import Protocol

from nnstudio.catalogue.spec import Port
from nnstudio.errors import BadName, DocumentError, LinkRefused
from nnstudio.graph.nodes import Link, Node, Position

LAST_ID = 999_999_999
"""The largest number of a node that a file may hold."""
FARTHEST = 1e7
"""How far from the origin a node may be, along each axis."""
LONGEST_NAME = 64
LONGEST_TITLE = 200

_ID = re.compile(r"n[1-9][0-9]*")
_NAMES = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile compute_loss cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu
    load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters print range
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
    register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ self set_extra_state
    set_submodule share_memory state_dict super to to_empty torch nn train training tuple type xpu zero_grad Path sum
"""
RESERVED = frozenset(_NAMES.split())
"""What a name would shadow: attributes of nn.Module (a test compares) and what the generated source itself uses."""


def check_name(name: str, taken: Sequence[str]) -> None:
    """Raise BadName unless `name` can be an attribute of the model and is free."""
    proper = name.isidentifier() and name.isascii() and not keyword.iskeyword(name) and not name.startswith("_")
    if not proper or len(name) > LONGEST_NAME:
        fix = f"Use letters, digits and _, beginning with a letter, {LONGEST_NAME} at most."
        raise BadName(f"'{name[:LONGEST_NAME]}' can not be a name in Python.", fix=fix)
    if _ID.fullmatch(name):
        raise BadName(f"'{name}' could be taken for a node's number.", fix=f"Call it '{name}_', say.")
    if name in RESERVED:
        raise BadName(f"'{name}' already means something in PyTorch.", fix=f"Call it '{name}1', say.")
    if name in taken:
        raise BadName(f"There is a node called '{name}' already.", fix="Choose another name.")


def check_position(at: Position) -> Position:
    """A place in the drawing, moved to the nearest that a file can hold. Raises DocumentError where it is none."""
    x, y = (float(coordinate) for coordinate in at)
    if math.isnan(x) or math.isnan(y):
        raise DocumentError(f"({x}, {y}) is no place in the drawing.")
    return min(max(x, -FARTHEST), FARTHEST), min(max(y, -FARTHEST), FARTHEST)


def clean_title(title: str) -> str:
    """A title that a file can hold: not too long, and without halves of characters."""
    return title.encode("utf-8", "replace").decode()[:LONGEST_TITLE]


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


def _check_types(source: Node, output: Port, target: Node, entry: Port) -> None:
    if "any" in (output.dtype, entry.dtype) or output.dtype == entry.dtype:
        return
    raise LinkRefused(
        f"'{source.name}.{output.name}' carries class numbers, and '{target.name}.{entry.name}' computes with values."
        if output.dtype == "int64"
        else f"'{source.name}.{output.name}' carries values, and '{target.name}.{entry.name}' needs class numbers.",
        rule="type",
        fix="Connect a port of the same type.",
    )
