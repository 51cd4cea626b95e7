"""What a frame of the attention probe says: layers that look alike, and the names of the places in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnstudio.protocol.messages import ProbeFrame
from nnstudio.ui.panels.parts.looks import Floats, shown_token
from nnstudio.ui.panels.parts.token_source import Source

MEAN, ROLLOUT, EVERY = -1, -2, -3
"""Instead of a head's number: all of them as one, through the layers, or each by itself at once."""


@dataclass(frozen=True)
class Layer:
    """One attention: `weights` is heads × queries × keys, as far as they are told; `sizes` is how many there are."""

    path: str
    kind: str
    weights: Floats
    sizes: tuple[int, int]
    rollout: Floats | None = None

    @property
    def heads(self) -> int:
        return len(self.weights)

    def strands(self, head: int) -> tuple[tuple[int, Floats], ...]:
        """The heads that have lines of their own: all of them, or the one; none where they are taken together."""
        numbers = range(self.heads) if head == EVERY else [head] if 0 <= head < self.heads and self.heads > 1 else []
        return tuple((number, self.weights[number]) for number in numbers)

    def shown(self, head: int) -> Floats:
        """Queries × keys: of a head, the mean of all, the strongest of them, or the rollout."""
        if head == ROLLOUT and self.rollout is not None:
            return self.rollout
        if head == EVERY:
            return np.asarray(self.weights.max(axis=0))
        return self.weights[head] if 0 <= head < self.heads else self.weights.mean(axis=0)


@dataclass(frozen=True)
class Group:
    """Layers of one kind, over sequences of one length: those that can stand in one grid."""

    title: str
    layers: tuple[Layer, ...]

    def columns(self, *, lines: bool) -> list[int]:
        """What there is a column for: as `lines` all heads at once, the mean, each head, the rollout."""
        most = max(layer.heads for layer in self.layers)
        joint = [EVERY, MEAN] if lines else [MEAN]
        rolled = [ROLLOUT] if any(layer.rollout is not None for layer in self.layers) and self._deep else []
        return [*(joint if most > 1 else []), *range(most), *rolled]

    @property
    def _deep(self) -> bool:
        """Whether something is gained by following the layers."""
        return len(self.layers) > 1 or self.layers[0].heads > 1


def groups_of(frame: ProbeFrame) -> list[Group]:
    """The layers of a frame, in groups that are told apart by their titles."""
    found: dict[tuple[object, ...], list[Layer]] = {}
    for layer in _layers(frame):
        stem = re.sub(r"\d+", "", layer.path)
        found.setdefault((layer.kind, layer.sizes, layer.heads, stem), []).append(layer)
    titles = _titles([layers[0] for layers in found.values()])
    return [Group(title, tuple(layers)) for title, layers in zip(titles, found.values(), strict=True)]


def head_title(head: int) -> str:
    """What a column is called."""
    if head == MEAN:
        return QCoreApplication.translate("panels", "mean")
    if head == EVERY:
        return QCoreApplication.translate("panels", "all")
    if head == ROLLOUT:
        return QCoreApplication.translate("panels", "rollout")
    return QCoreApplication.translate("panels", "head {0}").format(head + 1)


def names_of(frame: ProbeFrame, source: Source, size: int) -> tuple[str, ...]:
    """The places of a sequence of that length: tokens, patches, or numbers where it is not known what they are."""
    own = QCoreApplication.translate("panels", "class")
    before = tuple(own if source.before == 1 else f"{own} {place + 1}" for place in range(source.before))
    tokens = _tokens(frame, source, size)
    if tokens is not None:
        return (*before, *tokens)
    down, across = source.grid
    if down * across + source.before == size:
        return (*before, *(f"{row + 1},{column + 1}" for row in range(down) for column in range(across)))
    return tuple(str(place) for place in range(size))


def _tokens(frame: ProbeFrame, source: Source, size: int) -> tuple[str, ...] | None:
    """Of the field, or of another of that length where the field is not known."""
    fields = {name.removeprefix("tokens:"): told for name, told in frame.facts.items() if name.startswith("tokens:")}
    told = fields.get(source.field)
    if told is None and not source.field:
        told = next((each for each in fields.values() if isinstance(each, list) and len(each) == size), None)
    if not isinstance(told, list) or len(told) + source.before != size:
        return None
    return tuple(shown_token(str(token)) for token in told)


def _layers(frame: ProbeFrame) -> list[Layer]:
    facts = [frame.facts.get(name) for name in ("paths", "kinds", "queries", "keys")]
    if not all(isinstance(fact, list) for fact in facts):
        return []
    found = []
    for number, (path, kind, queries, keys) in enumerate(zip(*facts, strict=True)):  # type: ignore[arg-type]  # lists
        array, rolled = frame.arrays.get(f"weights:{number}"), frame.arrays.get(f"rollout:{number}")
        if array is not None:
            weights = array.numpy().astype(np.float32, copy=False)
            rollout = rolled.numpy().astype(np.float32, copy=False) if rolled is not None else None
            found.append(Layer(str(path), str(kind), weights, (int(queries), int(keys)), rollout))
    return found


def _titles(firsts: Sequence[Layer]) -> list[str]:
    """By their kind, and where several are of one kind by that part of their paths in which those differ."""
    paths: dict[str, list[list[str]]] = {}
    for layer in firsts:
        paths.setdefault(layer.kind, []).append(layer.path.split("."))
    parts = [_own_part(layer.path.split("."), paths[layer.kind]) for layer in firsts]
    return [_kind_title(layer.kind, part) for layer, part in zip(firsts, parts, strict=True)]


def _own_part(path: list[str], alike: Sequence[list[str]]) -> str:
    """Without what all of them begin and end with."""
    first = _common(alike)
    last = _common([each[first:][::-1] for each in alike])
    return ".".join(path[first : len(path) - last])


def _common(paths: Sequence[Sequence[str]]) -> int:
    """With how many parts all of them begin."""
    parts = enumerate(zip(*paths, strict=False))
    return next((place for place, own in parts if len(set(own)) > 1), min(map(len, paths)))


def _kind_title(kind: str, part: str) -> str:
    """In one word where there is another behind it: it stands in a narrow header."""
    whole = {
        "self": QCoreApplication.translate("panels", "self-attention"),
        "cross": QCoreApplication.translate("panels", "cross-attention"),
    }
    word = {
        "self": QCoreApplication.translate("panels", "self"),
        "cross": QCoreApplication.translate("panels", "cross"),
    }
    title = (word if part else whole).get(kind, QCoreApplication.translate("panels", "attention"))
    return f"{title} · {part}" if part else title
