"""How good a model is on held-out data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import nn

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import run_model
from nnstudio.engine.training.judging import Answers, computed_ones
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import Model, Plan

TEST_ELEMENTS = 700_000
"""Numbers that the widest layer gives of one batch of the test set, about: what a processor's cache likes."""
TEST_BATCH = 1024
"""Samples in such a batch, at most, unless the plan's are larger."""
TASKS = ("classes", "tokens", "logit", "probability")
"""Those that have a right and a wrong."""


@dataclass(frozen=True)
class Scores:
    """Means over the samples. No accuracy where the task has none.

    `metrics` are those of nnstudio.metrics that were asked for, and `cost` the seconds that these took.
    """

    loss: float
    accuracy: float | None
    metrics: Mapping[str, float] = field(default_factory=dict)
    cost: float = 0.0


def has_accuracy(spec: Model) -> bool:
    """Whether the task has a right and a wrong, and the data set knows it: a target that is computed has no field."""
    return is_judged(spec) and spec.task in TASKS


def is_judged(spec: Model) -> bool:
    """Whether there is a prediction, and the data set knows what is right."""
    return bool(spec.target) and spec.prediction in spec.outputs


def check_watchable(spec: Model, plan: Plan) -> None:
    """Raise EngineError where the plan goes by a figure that this model does not have."""
    figures = ["test_loss", "train_loss", *(computed_ones(spec.task) if is_judged(spec) else ())]
    if has_accuracy(spec):
        figures.append("test_accuracy")
    if (plan.early_stopping or plan.restore_best) and plan.monitor not in figures:
        fix = f"Change what the plan monitors to one of: {', '.join(figures)}."
        raise EngineError(f"This network has no figure '{plan.monitor}' to go by.", fix=fix)


def correct(task: str, prediction: torch.Tensor, target: torch.Tensor, ignore: int | None = None) -> torch.Tensor:
    """The share of each sample that is right, float32: 0 or 1, or between where a sample has many answers.

    Answers whose target is `ignore` do not count; a sample of nothing else is right.
    """
    return right_share(task, decided(task, prediction), target, ignore)


def decided(task: str, prediction: torch.Tensor) -> torch.Tensor:
    """What a prediction comes down to: the class, int64, or yes or no."""
    if task in ("classes", "tokens"):
        return largest(prediction, 1 if task == "classes" else prediction.ndim - 1)
    return prediction > (0.0 if task == "logit" else 0.5)


def right_share(task: str, answer: torch.Tensor, target: torch.Tensor, ignore: int | None = None) -> torch.Tensor:
    """As `correct`, of what was decided."""
    classes = task in ("classes", "tokens")
    right = answer == (target if classes else target.reshape(answer.shape) > 0.5)
    if ignore is None or not classes:
        return right.reshape(len(right), -1).float().mean(1)
    counts = (target != ignore).reshape(len(target), -1)
    total = counts.sum(1)
    share = (right.reshape(len(right), -1) & counts).sum(1) / total.clamp(min=1)
    return torch.where(total > 0, share, torch.ones_like(share))


def largest(scores: torch.Tensor, dim: int) -> torch.Tensor:
    """Where the largest is along `dim`, the first of equals. int64, on the CPU where `scores` are there.

    numpy finds it several times quicker than torch where it looks along the last dimension.
    """
    if scores.device.type == "cpu" and dim == scores.ndim - 1 and scores.dtype in (torch.float32, torch.float64):
        return torch.from_numpy(scores.detach().numpy().argmax(dim))
    return scores.argmax(dim)


def quick_batch(model: nn.Module, spec: Model, fields: Mapping[str, torch.Tensor]) -> int:
    """How many samples to evaluate at a time, so that it is quick."""
    return max(1, min(TEST_BATCH, TEST_ELEMENTS // _widest(model, spec, fields)))


def _widest(model: nn.Module, spec: Model, fields: Mapping[str, torch.Tensor]) -> int:
    """Numbers that a layer takes or gives of one sample, at most."""
    sample = tuple(fields[name][:1] for name in spec.inputs)
    seen = [1, *(tensor.numel() for tensor in sample)]

    def note(_: nn.Module, __: object, output: object) -> None:
        seen.extend(each.numel() for each in _tensors(output))

    hooks = [module.register_forward_hook(note) for module in model.modules()]
    try:
        with looking(model):
            run_model(model, sample)
    finally:
        for hook in hooks:
            hook.remove()
    return max(seen)


def _tensors(output: object) -> list[torch.Tensor]:
    found = output if isinstance(output, tuple | list) else (output,)
    return [each for each in found if isinstance(each, torch.Tensor)]


def evaluate(
    model: nn.Module,
    spec: Model,
    fields: Mapping[str, torch.Tensor],
    batch_size: int,
    metrics: tuple[str, ...] = (),
) -> Scores:
    """In eval mode, in batches, without a trace in the run. With those metrics, where they are defined."""
    loss_sum, right_sum, count = 0.0, 0.0, 0
    judged, right_or_wrong = is_judged(spec), has_accuracy(spec)
    answers = Answers(spec.task, spec.ignore, metrics)
    with looking(model):
        for batch in batches(spec, fields, batch_size):
            outputs = run_model(model, tuple(batch[name] for name in spec.inputs))
            loss = compute_loss(model, outputs, tuple(batch[name] for name in spec.targets))
            size = len(next(iter(batch.values()), (None,)))
            loss_sum, count = loss_sum + loss.item() * size, count + size
            if judged:
                prediction, target = outputs[spec.outputs.index(spec.prediction)], batch[spec.target]
                answers.add(prediction, target)
                if right_or_wrong:
                    right_sum += correct(spec.task, prediction, target, spec.ignore).sum().item()
    figures = answers.figures()
    return Scores(loss_sum / count, right_sum / count if right_or_wrong else None, figures, answers.seconds)


def batches(spec: Model, fields: Mapping[str, torch.Tensor], batch_size: int) -> Iterator[dict[str, torch.Tensor]]:
    """The samples in order."""
    if not (spec.inputs or spec.targets):
        yield {}
        return
    names = {*spec.inputs, *spec.targets, *filter(None, [spec.target])}
    columns = [torch.split(fields[name], batch_size) for name in sorted(names)]
    for row in zip(*columns, strict=True):
        yield dict(zip(sorted(names), row, strict=True))


def compute_loss(
    model: nn.Module, outputs: tuple[torch.Tensor, ...], targets: tuple[torch.Tensor, ...]
) -> torch.Tensor:
    """The model's own loss."""
    return cast(torch.Tensor, model.compute_loss(*outputs, *targets))  # type: ignore[operator]  # a method of the source
