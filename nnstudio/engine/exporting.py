"""Answers a request to export: the model with the test set, to be written and checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter

import msgspec
import torch
from torch import nn

from nnstudio.engine.data.fitting import batch_of, fitted_layers
from nnstudio.engine.model.quiet import random_state_kept
from nnstudio.engine.model.subject import Subject, make_subject
from nnstudio.engine.model.threads import step_flops, threads_for
from nnstudio.engine.model.words import in_words
from nnstudio.engine.training.grouping import weights_of
from nnstudio.engine.training.initializing import weights_by_kind
from nnstudio.engine.training.optimizing import can_be_fused
from nnstudio.engine.training.trainer import Trainer
from nnstudio.errors import EngineError
from nnstudio.export.check import work_of, write_and_check
from nnstudio.export.spec import TrainedWeight, Training, exports
from nnstudio.protocol import messages as msg

CHECKED_STEPS, CHECKED_SECONDS = 20, 5.0
"""Steps of a training that are compared, at most, and after how long no more are added."""


def export(request: msg.Export, subject: Subject) -> msg.Exported:
    """Raises EngineError, with the disk as it was, where it cannot be written or gives other outputs."""
    kind = exports().get(request.kind)
    if kind is None:
        raise EngineError(f"There is no export '{request.kind}'.", fix=f"There are: {', '.join(exports())}.")
    try:
        with random_state_kept():
            inputs = [subject.data.test[name] for name in subject.spec.inputs]
            work = work_of(subject.model, subject.spec, inputs)
            if kind.trains:
                work = replace(work, training=training_of(request))
            written = write_and_check(kind, work, Path(request.path))
    except Exception as error:  # exporters of other people raise anything
        raise in_words(error) from error
    return msg.Exported(
        request=request.id,
        kind=kind.kind,
        files=tuple(map(str, written.files)),
        size=written.size,
        difference=written.difference,
        detail=f"Not trained: {', '.join(subject.fresh)}." if subject.fresh else "",
    )


def training_of(request: msg.Export) -> Training | None:
    """How the model is trained from the beginning, with the losses of the first steps; None where nothing is."""
    plan = request.plan
    if plan is None:
        return None
    spec = msgspec.structs.replace(request.model, weights=b"")
    plan = msgspec.structs.replace(plan, device="cpu")  # the script trains anywhere
    subject = make_subject(spec, plan=plan)
    threads, before = threads_for(step_flops(subject, plan.batch_size)), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        trainer = Trainer(subject.model, spec, plan, subject.data)
        losses = _first_losses(trainer)
    finally:
        torch.set_num_threads(before)
    names = dict.fromkeys([*spec.inputs, *spec.targets])
    train, test = ({name: part[name] for name in names} for part in (subject.data.train, subject.data.test))
    layers = fitted_layers(subject.model, spec, subject.data)
    weights = _weights(subject.model, plan)
    channels_last = trainer.updater.channels_last_by(plan)
    return Training(plan, train, test, losses, weights, threads, layers, batch_of(train), channels_last)


def _weights(model: nn.Module, plan: msg.Plan) -> tuple[TrainedWeight, ...]:
    kinds = {weight: kind for module in model.modules() for kind, weight in weights_by_kind(module)}
    schemes = {kind: "" if name == "default" else name for kind, name in plan.initialization.items()}
    return tuple(
        TrainedWeight(
            each.name,
            each.lr,
            each.frozen,
            each.hidden,
            schemes.get(kinds.get(each.parameter, ""), ""),
            can_be_fused([each.parameter]),
        )
        for each in weights_of(model, plan.groups)
    )


def _first_losses(trainer: Trainer) -> torch.Tensor:
    end = perf_counter() + CHECKED_SECONDS
    for _ in range(min(CHECKED_STEPS, trainer.total_steps)):
        trainer.step()
        if perf_counter() > end:
            break
    return torch.from_numpy(trainer.take().losses)
