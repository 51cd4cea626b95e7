"""Small real models, and a Look at them as the engine would give it."""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import nn

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.probes.spec import Look, Tensors
from nnstudio.protocol.messages import DataRef, Model


def tensors(name: str, seed: int = 0, **values: object) -> dict[str, torch.Tensor]:
    declared = dataset(name)
    arrays = declared.load(declared.params.check(values), Loading(seed)).arrays
    return {field: torch.from_numpy(array) for field, array in arrays.items()}


def split(data: Tensors, test: int) -> tuple[Tensors, Tensors]:
    """Train, and the last `test` samples."""
    train = {name: tensor[: len(tensor) - test] for name, tensor in data.items()}
    return train, {name: tensor[len(tensor) - test :] for name, tensor in data.items()}


def look_at(
    model: nn.Sequential,
    train: Tensors,
    test: Tensors,
    *,
    field: str,
    task: str = "classes",
    target: str = "label",
    names: Sequence[str] = (),
) -> Look:
    """A chain of named layers; the last one's output is judged against `target`."""
    last = list(dict(model.named_children()))[-1]

    def trace(inputs: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
        made = {field: inputs[0]}
        x = inputs[0]
        for name, layer in model.named_children():
            x = made[name] = layer(x)
        return made

    spec = Model(
        source="",
        class_name="",
        data=DataRef("samples"),
        inputs=(field,),
        targets=(target,),
        outputs=(last,),
        prediction=last,
        target=target,
        task=task,
    )
    model.eval().requires_grad_(False)
    return Look(model, spec, train, test, trace, tuple(names))


def chain(**layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(layers))


def linear(weight: list[list[float]], bias: list[float]) -> nn.Linear:
    """A linear layer with these weights."""
    layer = nn.Linear(len(weight[0]), len(weight))
    layer.weight.data = torch.tensor(weight)
    layer.bias.data = torch.tensor(bias)
    return layer


def digits_cnn() -> nn.Sequential:
    torch.manual_seed(0)
    return chain(
        conv1=nn.Conv2d(1, 16, 3, padding="same"),
        relu1=nn.ReLU(),
        flatten=nn.Flatten(),
        head=nn.Linear(1024, 10),
    )


def look_at_digits() -> Look:
    """An untrained network and 360 test samples."""
    train, test = split(tensors("digits"), 360)
    return look_at(digits_cnn(), train, test, field="image", names=tuple("0123456789"))
