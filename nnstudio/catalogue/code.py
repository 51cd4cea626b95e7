"""How a layer becomes source: structure, never text. The compiler alone writes text, from identifiers and literals that
it has checked, so that a project file can not inject code.

    Module("nn.LSTM", (dim("x", "F"),), fixed=(("batch_first", True),),
           call=(In("x"), Pack(("h0", "c0"))), returns=("y", ("h", "c")))

stands for `self.lstm = nn.LSTM(16, 32, batch_first=True)` and `lstm, _ = self.lstm(embedding)`.

A callee without a dot (`PatchEmbedding`) is one of `nnstudio.modules`, whose text the source then carries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from nnstudio.catalogue.site import Adapt, Site
from nnstudio.params import Value


@dataclass(frozen=True)
class Dim:
    """A constructor's argument that is a size of an input. `name` is what PyTorch calls the argument."""

    port: str
    size: str
    name: str = ""


@dataclass(frozen=True)
class Derived:
    """An argument computed from the place of the layer."""

    rule: Callable[[Site], Value]
    name: str = ""


Inferred: TypeAlias = Dim | Derived
Fixed: TypeAlias = tuple[tuple[str, "Value | Derived"], ...]
"""Keyword arguments that are no parameters of the layer."""


def dim(port: str, size: str, name: str = "") -> Dim:
    """The size that `port`'s pattern calls `size`."""
    return Dim(port, size, name)


# Arguments of a call in forward


@dataclass(frozen=True)
class In:
    """The wires of a port. Without a wire, those of the port `otherwise`; without that, the argument is left out."""

    port: str
    otherwise: str = ""
    after: tuple[Adapt, ...] = ()


@dataclass(frozen=True)
class Pack:
    """Several ports as one tuple, `(h0, c0)`; left out where one of them has no wire."""

    items: tuple[In, ...]


@dataclass(frozen=True)
class Helper:
    """A function of `nnstudio.modules` on a port: `causal_mask(x)`. With `otherwise` as In."""

    function: str
    port: str
    otherwise: str = ""


@dataclass(frozen=True)
class Literal:
    """A plain value, or one computed from the place."""

    value: Value | Derived


@dataclass(frozen=True)
class Wired:
    """Whether anything takes what an output port gives."""

    output: str


Argument: TypeAlias = In | Pack | Helper | Literal | Wired


@dataclass(frozen=True)
class Named:
    """An argument by keyword; left out where `when` says no, or a port of it has no wire.

    `wired`: left out too where nothing takes what that output port gives.
    """

    name: str
    value: Argument
    when: Callable[[Site], bool] | None = None
    wired: str = ""


Call: TypeAlias = tuple[Argument | Named, ...]
Returns: TypeAlias = "tuple[str | Returns, ...]"
"""The output ports, nested as the tuple that the call gives: ("y", ("h", "c"))."""


# Kinds of code


@dataclass(frozen=True)
class Module:
    """An attribute made once and called in forward: `self.conv1 = nn.Conv2d(1, 16, 3)`.

    Arguments are the inferred ones, then the required parameters, then by keyword those that differ from PyTorch's
    default, then the fixed ones. Called with the inputs in order, optional ones by keyword, unless `call` says
    otherwise.
    """

    callee: str
    inferred: tuple[Inferred, ...] = ()
    adapt: Callable[[Site], Mapping[str, tuple[Adapt, ...]]] | None = None
    fixed: Fixed = ()
    call: Call = ()
    returns: Returns = ()


@dataclass(frozen=True)
class Infix:
    """The inputs joined by an operator: `a + b`."""

    operator: str


@dataclass(frozen=True)
class Function:
    """A function of the inputs: `torch.matmul(a, b)`; `packed`, of all as one tuple: `torch.cat((a, b), dim=1)`.

    Parameters and fixed arguments follow as for a module.
    """

    callee: str
    packed: bool = False
    inferred: tuple[Inferred, ...] = ()
    fixed: Fixed = ()
    call: Call = ()
    returns: Returns = ()


@dataclass(frozen=True)
class Method:
    """A method of the first input: `x.reshape(-1, 4, 7)`. A derived tuple is written as several arguments."""

    name: str
    inferred: tuple[Inferred, ...] = ()


@dataclass(frozen=True)
class Stored:
    """A tensor typed in, the parameter `value` of type `dtype`; `trainable`, it is a weight: `self.a`."""

    trainable: bool


@dataclass(frozen=True)
class Same:
    """The input under another name: `result = x`."""


@dataclass(frozen=True)
class Given:
    """No code: the values are arguments of forward."""


@dataclass(frozen=True)
class SubGraph:
    """A block: the graph inside becomes a class of its own."""


@dataclass(frozen=True)
class Typed:
    """A module that the person has typed in: the parameter `code`."""


Code: TypeAlias = Module | Infix | Function | Method | Stored | Same | Given | SubGraph | Typed
