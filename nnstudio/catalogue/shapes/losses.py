"""What is compared with what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from nnstudio.catalogue.site import Adapt, Site
from nnstudio.catalogue.tensors import N, Shape, TensorSpec
from nnstudio.errors import ShapeError

Adapted: TypeAlias = dict[str, tuple[Adapt, ...]]


# Classes


def cross_entropy(site: Site) -> Shape:
    """nn.CrossEntropyLoss and nn.NLLLoss: a score for each class, K at least the number of classes.

    N×K against N, channels first N×K×H×W against N×H×W, or the classes last, N×T×K against N×T.
    """
    scores, target = site.one("prediction"), site.one("target")
    axis = _class_axis(scores.shape, target.shape)
    if axis is None:
        raise ShapeError(
            f"gets {scores} and {target} to judge it by.",
            port="prediction",
            fix="It needs one score for each class: a Linear whose out_features is the number of classes.",
        )
    needed = _classes_that_count(site)
    if scores.shape[axis] < needed:
        channels_first = axis == 1 and len(scores.shape) > 2
        raise _too_few_scores(scores.shape[axis], needed, "out_channels" if channels_first else "out_features")
    return ()


def _class_axis(scores: Shape, target: Shape) -> int | None:
    """Which size of the scores is the classes: the last or the channels; None where neither fits the target.

    A sequence whose length is also the number of classes fits both ways: it is read with the classes last.
    """
    last = len(scores) > 2 and scores[:-1] == target
    first = len(scores) > 1 and (scores[0], *scores[2:]) == target
    if last and (len(scores) == 3 or not first):
        return len(scores) - 1
    return 1 if first else None


def _classes_that_count(site: Site) -> int:
    """Scores for the last class are not needed where it is the one that is left out, as padding."""
    classes = site.one("target").classes
    return classes - 1 if classes > 1 and site.params.get("ignore_index") == classes - 1 else classes


def _too_few_scores(scores: int, classes: int, size: str) -> ShapeError:
    return ShapeError(
        f"gets {scores} scores a sample, and there are {classes} classes.",
        port="prediction",
        fix=f"Set {size} of the last layer to {classes}.",
        upstream={size: classes},
    )


def classes_to_the_front(site: Site) -> Adapted:
    """PyTorch wants the classes behind the batch."""
    scores = site.one("prediction").shape
    axis = _class_axis(scores, site.one("target").shape)
    return {"prediction": (Adapt("movedim", (-1, 1)),)} if axis != 1 else {}


def classes_laid_to_the_front(site: Site) -> Adapted:
    """The same for nn.NLLLoss, whose gradient PyTorch computes of numbers that lie in order alone."""
    moved = classes_to_the_front(site)
    return {port: (*steps, Adapt("contiguous")) for port, steps in moved.items()}


def task_of_classes(site: Site) -> str:
    """Read along the channels, or along the last size, as the tokens of a sequence."""
    axis = _class_axis(site.one("prediction").shape, site.one("target").shape)
    return "classes" if axis == 1 else "tokens"


def lead_of_the_class(site: Site) -> Shape:
    """CarliniWagnerLoss: scores N×K against class numbers N, with another class than the right one."""
    scores, classes = site.dims["prediction.K"], site.one("target").classes
    if scores < classes:
        raise _too_few_scores(scores, classes, "out_features")
    if scores < 2:
        raise ShapeError(
            "gets a single score a sample, and there is no other class that could lead.",
            port="prediction",
            fix="Give it a score for each of two or more classes.",
            upstream={"out_features": 2},
        )
    return ()


# Numbers


def elementwise_loss(site: Site) -> Shape:
    """nn.MSELoss and its like: both of one shape; a lone target goes with a prediction N×1."""
    prediction, target = site.one("prediction"), site.one("target")
    if target.classes > 2:
        raise ShapeError(
            f"gets one of {target.classes} classes as target, and needs numbers.",
            port="target",
            fix="Use CrossEntropyLoss for classes.",
        )
    if prediction.shape != target.shape and not _is_column(prediction, target):
        size = _size_wanted(prediction.shape, target.shape)
        raise ShapeError(
            f"gets {prediction} and {target} to judge it by.",
            port="prediction",
            fix=f"Set out_features of the last layer to {size}." if size else "They need the same shape.",
            upstream={"out_features": size} if size else None,
        )
    return ()


def _size_wanted(prediction: Shape, target: Shape) -> int | None:
    """What the last size of a prediction has to be, where that alone is wrong; None where it is more."""
    if target == (N,):
        return 1 if len(prediction) == 2 else None
    alone = len(prediction) == len(target) > 1 and prediction[:-1] == target[:-1]
    last = target[-1] if alone else None
    return last if isinstance(last, int) else None


def _is_column(prediction: TensorSpec, target: TensorSpec) -> bool:
    return prediction.shape == (N, 1) and target.shape == (N,)


def as_prediction(site: Site) -> Adapted:
    """Class numbers become 0.0 and 1.0, and N becomes N×1 where the prediction is N×1."""
    prediction, target = site.one("prediction"), site.one("target")
    steps: tuple[Adapt, ...] = ()
    if target.dtype != prediction.dtype:
        steps += (Adapt("float"),)
    if _is_column(prediction, target):
        steps += (Adapt("unsqueeze", (1,)),)
    return {"target": steps}


def any_number(site: Site) -> Shape:
    """Minimize: a scalar as it is, of anything else the mean."""
    return ()


# Distances


def same_vectors(*ports: str) -> Callable[[Site], Shape]:
    """A rule for vectors of one size at all these ports."""

    def rule(site: Site) -> Shape:
        first = site.one(ports[0])
        for port in ports[1:]:
            if site.one(port).shape != first.shape:
                raise ShapeError(
                    f"gets {site.one(port)} to compare with {first}.",
                    port=port,
                    fix="They need the same number of features.",
                )
        return ()

    return rule


def alike_or_not(site: Site) -> Shape:
    """nn.CosineEmbeddingLoss: two vectors, and 1 or -1 for a pair that is alike or not."""
    target = site.one("target")
    if target.classes > 2:
        raise ShapeError(
            f"gets one of {target.classes} classes as target, and needs yes or no.",
            port="target",
            fix="Connect a field that says whether the pair is alike.",
        )
    return same_vectors("x1", "x2")(site)


def as_signs(site: Site) -> Adapted:
    """Two classes, or no and yes, become -1 and 1; numbers stay as they are."""
    target = site.one("target")
    signs = (Adapt("mul", (2,)), Adapt("sub", (1,)))
    if target.dtype == "bool":
        return {"target": (Adapt("float"), *signs)}
    return {"target": signs} if target.classes else {}
