"""The model that is looked at, trained and exported, with its data."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from nnstudio.data.loading import Loading
from nnstudio.engine.data.datasets import Data, load_for
from nnstudio.engine.looking.trace import trace
from nnstudio.engine.model.build import build
from nnstudio.engine.model.devices import device_named
from nnstudio.probes.spec import Look
from nnstudio.protocol.messages import Model, Plan


@dataclass
class Subject:
    """A built model. `step` is how many training steps it has seen.

    `fresh` names the nodes that got no weights although weights were given. `number` is the id of the request that the
    model came with.
    """

    model: nn.Module
    spec: Model
    data: Data
    step: int = 0
    fresh: tuple[str, ...] = ()
    number: int = 0

    def look(self) -> Look:
        """What probes get to see."""
        return Look(
            model=self.model,
            spec=self.spec,
            train=self.data.train,
            test=self.data.test,
            trace=lambda inputs: trace(self.model, inputs),
            class_names=self.data.class_names(self.spec.target),
            names_of=self.data.class_names,
            step=self.step,
        )


def make_subject(
    spec: Model,
    *,
    plan: Plan | None = None,
    seed: int | None = None,
    number: int = 0,
    loading: Loading | None = None,
    data: Data | None = None,
) -> Subject:
    """Load the data, unless they are given, and build the model: the seed is the last thing before the weights.

    To be trained by a plan, it begins as that says, on its device: the same weights on each.
    """
    device = device_named(plan.device) if plan else torch.device("cpu")
    data = load_for(spec, loading) if data is None else data
    built = build(spec, seed=plan.seed if plan else seed, schemes=plan.initialization if plan else None)
    return Subject(built.module.to(device), spec, data.on(device), fresh=built.fresh, number=number)


def run_model(model: nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """All outputs, also where there is only one."""
    outputs = model(*inputs)
    return outputs if isinstance(outputs, tuple) else (outputs,)
