"""Some samples of a data set, for people to look at."""

from __future__ import annotations

import torch

from nnstudio.data.loading import Loading
from nnstudio.engine.data.datasets import Data, load
from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg

MOST = 10_000
"""Samples in one preview."""


def preview(request: msg.PreviewData, loading: Loading) -> msg.DataPreview:
    """The samples of that part, from `start` on. Raises DataError, and EngineError for an unknown part."""
    data = load(request.data, loading)
    rows, places = _part(data, request.part, request.data.seed)
    chosen = slice(request.start, request.start + min(request.count, MOST))
    rows, places = rows[chosen], places[chosen]
    return msg.DataPreview(
        request=request.id,
        arrays={name: msg.Array.of(taken(data, name, places).numpy()) for name in data.train},
        samples=len(data.source_order[0]),
        train=data.train_samples,
        test=data.test_samples,
        left_out=data.left_out,
        names={name: names for name in data.fields if (names := data.class_names(name))},
        index=msg.Array.of(rows.numpy()),
    )


def taken(data: Data, name: str, places: torch.Tensor) -> torch.Tensor:
    """A field's samples at those places, of which the test set's come after the training set's."""
    train, test = data.train[name], data.test[name]
    learned = places < len(train)
    found = torch.empty((len(places), *train.shape[1:]), dtype=train.dtype)
    found[learned], found[~learned] = train[places[learned]], test[places[~learned] - len(train)]
    return found


def _part(data: Data, part: str, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of the source, and their places."""
    count = data.train_samples
    match part:
        case "all":
            return data.source_order
        case "train":
            return data.rows["train"], torch.arange(count)
        case "test":
            return data.rows["test"], count + torch.arange(data.test_samples)
        case "batch":
            order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
            return data.rows["train"][order], order
    raise EngineError(f"There is no part '{part}'.", fix="There are: all, train, test, batch.")
