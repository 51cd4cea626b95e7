"""What is declared of a layer in words and names: complete, and torch's own."""

import ast
import inspect
import re
from collections.abc import Iterable
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio import params as kinds
from nnstudio.catalogue.registry import families, layers
from nnstudio.catalogue.spec import Function, Given, Infix, LayerType, Method, Module
from nnstudio.graph.naming import free_name
from nnstudio.params import OURS, Param
from tests.catalogue.draws import values_of

KINDS = {kind for kind in vars(kinds).values() if isinstance(kind, type) and issubclass(kind, Param)} - {Param}
EVERY = pytest.mark.parametrize("layer", layers().values(), ids=layers())


def params_of(layer: LayerType) -> list[Param]:
    return list(layer.params_for({}))


def torch_arguments(layer: LayerType) -> dict[str, Any]:
    """Names and defaults of the arguments of what the layer calls; nothing for code that takes no parameters."""
    code = layer.code
    if isinstance(code, Module):
        parameters = inspect.signature(getattr(nn, code.callee.removeprefix("nn."))).parameters
        return {name: parameter.default for name, parameter in parameters.items()}
    if isinstance(code, Function):
        schema = getattr(torch.ops.aten, code.callee.removeprefix("torch.")).default._schema
        return {
            argument.name: argument.default_value if argument.has_default_value() else inspect.Parameter.empty
            for argument in schema.arguments
        }
    return {}


def same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


@EVERY
def test_layer_explains_itself(layer: LayerType) -> None:
    sentences = re.findall(r"[.!?](?= |$)", layer.help)
    assert layer.summary.endswith(".")
    assert len(sentences) >= 2
    assert layer.help.endswith(".")
    assert bool(layer.formula) or isinstance(layer.code, Given)
    assert all(param.help.endswith(".") for param in params_of(layer))
    assert layer.type.isidentifier()


@EVERY
def test_form_and_strategies_know_every_kind_of_parameter(layer: LayerType) -> None:
    for param in params_of(layer):
        assert type(param) in KINDS
        values_of(param)


@EVERY
def test_defaults_pass_their_own_check(layer: LayerType) -> None:
    for param in params_of(layer):
        assert same(param.check(param.default), param.default)
        if param.torch_default is not OURS:
            assert not same(param.torch_default, param.default), "torch_default is for defaults that differ"


@EVERY
def test_parameters_are_those_of_torch(layer: LayerType) -> None:
    if not isinstance(layer.code, Module | Function):
        return
    arguments = torch_arguments(layer)
    declared = [param.name for param in params_of(layer)]
    assert declared == [name for name in arguments if name in declared], "in torch's order"
    for param in params_of(layer):
        empty = arguments[param.name] is inspect.Parameter.empty
        assert empty if param.required else same(arguments[param.name], param.omitted_at), param.name


@EVERY
def test_arguments_by_place_stand_where_torch_has_them(layer: LayerType) -> None:
    if not isinstance(layer.code, Module):
        return
    placed = [param.name for param in params_of(layer) if param.required]
    inferred = len(layer.code.inferred)
    assert placed == list(torch_arguments(layer))[inferred : inferred + len(placed)]


@EVERY
def test_code_calls_what_there_is(layer: LayerType) -> None:
    code = layer.code
    if isinstance(code, Module):
        assert issubclass(getattr(nn, code.callee.removeprefix("nn.")), nn.Module)
    elif isinstance(code, Function):
        assert callable(getattr(torch, code.callee.removeprefix("torch.")))
    elif isinstance(code, Method):
        assert callable(getattr(torch.Tensor, code.name))
    elif isinstance(code, Infix):
        assert isinstance(ast.parse(f"a {code.operator} b", mode="eval").body, ast.BinOp)
    else:
        assert isinstance(code, Given)


@EVERY
def test_ports_have_names_of_their_own(layer: LayerType) -> None:
    ports = (*layer.inputs, *layer.outputs_for(layer.check({})))
    assert all(port.name.isidentifier() and port.pattern.split()[0] == "N" for port in ports)
    assert no_doubles(port.name for port in layer.inputs)
    assert no_doubles(port.name for port in layer.outputs_for(layer.check({})))
    assert all(port.insert in ("", *layers()) for port in ports)


@EVERY
def test_losses_judge_a_prediction_by_a_target(layer: LayerType) -> None:
    ports = [(port.name, port.target) for port in layer.inputs]
    if layer.is_loss:
        assert layer.task is not None
        assert ports == [("prediction", False), ("target", True)], "in torch's order"
    else:
        assert layer.task is None
        assert not any(target for _, target in ports)


@EVERY
def test_new_nodes_get_a_good_name(layer: LayerType) -> None:
    stem = layer.stem or re.sub(r"[123]d$", "", layer.type.lower())
    name = free_name(layer, {}, ())
    assert name in (stem, f"{stem}2"), "the second where the first means something in PyTorch"
    assert name.isidentifier()


def test_families_are_told_apart() -> None:
    assert no_doubles(family.key for family in families())
    assert no_doubles(family.order for family in families())
    assert all(family.title for family in families())


def no_doubles(items: Iterable[object]) -> bool:
    listed = list(items)
    return len(listed) == len(set(listed))
