"""The test samples that excite a channel most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nnstudio.errors import DataError
from nnstudio.probes.answers import class_labels
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Found, Look, float32
from nnstudio.protocol.messages import Option

MOST_SCANNED = 512
MOST_TOLD = 128
_TOGETHER = 64
"""Samples that are looked through at once."""


def strongest(look: Look, options: Mapping[str, Option]) -> Found:
    """The samples that a channel answers to most, the strongest first: arrays `index` (in the test set), `score` (the
    largest value of the channel), `place` (where, as shares of the map's height and width), `label` and `samples`.
    Facts `start`, `scanned` and `total`; `names`, those of the classes.
    """
    total = len(look.test[look.spec.inputs[0]]) if look.spec.inputs else 0
    if not total or not look.spec.data.dataset:
        raise DataError("There is no test sample to look through.", fix="Add a Dataset.")
    start = clamp(whole(options, "start", 0), 0, total - 1)
    rows = range(start, min(total, start + clamp(whole(options, "scan", 256), 1, MOST_SCANNED)))
    answers = torch.cat([_answers(look, options, part) for part in _parts(rows)])
    score, at = answers.flatten(1).max(1) if answers.ndim > 1 else (answers, torch.zeros_like(answers).long())
    order = score.argsort(descending=True, stable=True)[: clamp(whole(options, "count", 24), 1, MOST_TOLD)]
    found = Found({"index": (order + start).cpu().numpy(), "score": float32(score[order])})
    found.arrays["place"] = _places(at[order], answers.shape[1:])
    found.arrays.update(_told(look, order + start))
    facts: dict[str, Option] = {"node": str(options.get("node", "")), "channel": whole(options, "channel", 0)}
    facts |= {"start": start, "scanned": len(rows)}
    found.facts.update(facts | {"total": total, "names": list(look.class_names)})
    return found


def _answers(look: Look, options: Mapping[str, Option], rows: slice) -> torch.Tensor:
    """What the channel makes of some samples: N, or N×… places."""
    node, channel = str(options.get("node", "")), whole(options, "channel", 0)
    made = look.trace([look.test[name][rows] for name in look.spec.inputs]).get(node)
    count = rows.stop - rows.start
    if made is None or made.ndim < 2 or len(made) != count:
        raise DataError(f"'{node}' has no channels to look through.", fix="Choose a node that puts out maps.")
    axis = made.ndim - 1 if options.get("last") is True else 1
    return made.select(axis, clamp(channel, 0, made.shape[axis] - 1)).detach().nan_to_num(-torch.inf)


def _parts(rows: range) -> Iterator[slice]:
    for start in range(rows.start, rows.stop, _TOGETHER):
        yield slice(start, min(start + _TOGETHER, rows.stop))


def _places(at: torch.Tensor, sizes: torch.Size) -> NDArray[np.float32]:
    """n×2: where on the map, as shares of its height and width; the middle where it has none."""
    count = len(at)
    sizes = sizes or torch.Size([1])
    places = np.unravel_index(at.cpu().numpy(), sizes)[-2:]
    shares = [(place + 0.5) / size for place, size in zip(places, sizes[-2:], strict=True)]
    return np.stack([*[np.full(count, 0.5)] * (2 - len(shares)), *shares], axis=1).astype(np.float32)


def _told(look: Look, rows: torch.Tensor) -> dict[str, NDArray[Any]]:
    """The samples as the network gets them, by the first field that is a picture, and their classes."""
    fields = [look.test[name] for name in look.spec.inputs]
    field = next((each for each in fields if each.ndim == 4), fields[0])
    told: dict[str, NDArray[Any]] = {"samples": float32(field.index_select(0, rows))}
    if look.spec.target in look.test:
        target = look.test[look.spec.target]
        told["label"] = class_labels(target.index_select(0, rows.to(target.device)), look.spec).numpy()
    return told
