"""What a training will take of memory and time, told beforehand; and the refusal of what can not fit."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from nnstudio.data.loading import bytes_text
from nnstudio.engine.data.datasets import STAND_INS, found, in_memory, learned_of
from nnstudio.engine.model.memory import SHARE, free_on
from nnstudio.engine.model.pace import step_seconds
from nnstudio.engine.model.sizes import Size, size_of, weights_size
from nnstudio.engine.training.run import Run
from nnstudio.engine.training.state import tensors_in
from nnstudio.errors import EngineError, NNStudioError
from nnstudio.protocol import messages as msg

_UNITS = {"GB": 1e9, "MB": 1e6, "kB": 1e3}


class Estimates:
    """Answers what a training would take; learns from runs how long their steps really are."""

    def __init__(self) -> None:
        self._seconds: dict[bytes, float] = {}

    def answer(self, request: msg.Estimate, run: Run | None) -> msg.Estimated:
        """`run` is what goes on or went on last: its speed is known, and its memory would be free."""
        self.learn(run)
        told = estimate(request.model, request.plan, self._seconds.get(_key(request.model, request.plan), 0.0))
        free = told.free + (int(held(run) * SHARE) if run is not None else 0)
        return msgspec.structs.replace(told, request=request.id, free=free)

    def learn(self, run: Run | None) -> None:
        """How long a step of the run has taken."""
        if run is not None and run.teller.step_seconds:
            self._seconds[_key(run.subject.spec, run.plan)] = run.teller.step_seconds


@dataclass(frozen=True)
class Needs:
    """Bytes by what they are for, and how many are free for all of it; `samples` are those of an epoch, or 0."""

    size: Size
    memory: Mapping[str, int]
    free: int
    samples: int

    @property
    def fit(self) -> bool:
        return sum(self.memory.values()) <= self.free


def needs_of(spec: msg.Model, plan: msg.Plan) -> Needs:
    """What a training takes. Raises EngineError where there is no model."""
    samples, data, loaded = _data(spec)
    size = size_of(spec, plan, min(plan.batch_size, samples or plan.batch_size))
    memory = {name: getattr(size, name) for name in ("weights", "gradients", "optimizer", "activations")}
    free = free_on(plan.device) + (loaded if plan.device == "cpu" else 0)
    return Needs(size, memory | {"data": data}, free, samples)


def estimate(spec: msg.Model, plan: msg.Plan, known: float = 0.0) -> msg.Estimated:
    """What a training would take; `known` are the seconds of a step, where a run has told. Raises EngineError."""
    needs = needs_of(spec, plan)
    size = needs.size
    seconds = known or (_step_seconds(size) if plan.device == "cpu" and size.calls else 0.0)
    return msg.Estimated(
        request=0,
        memory=dict(needs.memory),
        free=needs.free,
        flops=size.flops,
        step_seconds=seconds,
        epoch_seconds=seconds * -(-needs.samples // plan.batch_size),
        parameters=size.parameters,
    )


def _step_seconds(size: Size) -> float:
    """By the work that is counted: what is kept is written and read, and the weights' numbers several times."""
    moved = 3 * size.activations + 3 * (size.weights + size.gradients + size.optimizer)
    return step_seconds(size.flops, size.calls, moved)


def refuse_to_train(spec: msg.Model, plan: msg.Plan) -> None:
    """Raise EngineError where a training would need more memory than is free; nothing has been taken by then.

    Data that are too large by themselves are refused where they are loaded.
    """
    needs = _needs(spec, plan)
    if needs is None or needs.fit:
        return
    gc.collect()  # what went on before may still be there
    needs = needs_of(spec, plan)
    if not needs.fit and needs.memory["data"] <= needs.free:
        cheaper = ", or take SGD" if needs.memory["optimizer"] else ""
        raise _too_large("Training", needs.memory, needs.free, f"Make the layers or batch_size smaller{cheaper}.")


def refuse_to_look(spec: msg.Model) -> None:
    """Raise EngineError where the weights alone are more than there is memory for."""
    try:
        size = weights_size(spec)
    except EngineError:
        return  # told where the model is made
    free = free_on("cpu")
    if size > free:
        raise _too_large("This network", {"weights": size}, free, "Make the layers smaller.")


def held(run: Run) -> int:
    """Bytes of a run's weights, gradients and optimizer."""
    trainer = run.trainer
    weights = list(trainer.model.parameters())
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    return sum(tensor.nbytes for tensor in (*weights, *gradients, *tensors_in(trainer.updater.state())))


def _needs(spec: msg.Model, plan: msg.Plan) -> Needs | None:
    """None for a model that can not be made: what is wrong with it is told where that is tried."""
    try:
        return needs_of(spec, plan)
    except NNStudioError:
        return None


def _data(spec: msg.Model) -> tuple[int, int, int]:
    """Samples to train with, bytes of all, and how many of them are there already; 0 where nobody knows."""
    if not spec.data.dataset:
        return (STAND_INS if spec.free else 1), 0, 0
    with contextlib.suppress(NNStudioError):  # a file that is gone, or not there yet
        data = in_memory(spec.data)
        if data is not None:
            return data.train_samples, data.bytes, data.bytes
    kind, values = found(spec.data)
    samples = kind.samples_for(values)
    copies = 2 if kind.split == "shuffled" else 1  # the parts are copies, made while the whole is there
    return learned_of(kind, samples, spec.data.test_split), kind.bytes_for(values) * copies, 0


def _key(spec: msg.Model, plan: msg.Plan) -> bytes:
    return msgspec.msgpack.encode((spec.source, spec.data, plan.batch_size, plan.optimizer, plan.device))


def _too_large(what: str, memory: Mapping[str, int], free: int, fix: str) -> EngineError:
    """`Training needs about 17.9 GB (weights 4.0, gradients 4.0, …), and 1.2 GB are free.`"""
    whole = sum(memory.values())
    unit = next((name for name, size in _UNITS.items() if whole >= size), "kB")
    parts = [f"{name} {size / _UNITS[unit]:.1f}" for name, size in memory.items() if size >= _UNITS[unit] / 20]
    told = f"{what} needs about {bytes_text(whole)} ({', '.join(parts)})" if len(parts) > 1 else ""
    told = told or f"{what} needs about {bytes_text(whole)} of memory"
    return EngineError(f"{told}, and {bytes_text(free)} are free.", fix=fix, kind="memory")
