"""What is declared of a layer in words and names: complete, and torch's own."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from operator import attrgetter
from pkgutil import iter_modules
from typing import Any, get_overloads

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import nnstudio.modules
from nnstudio import params as kinds
from nnstudio.catalogue.registry import families, layers
from nnstudio.catalogue.spec import Function, Helper, In, Infix, LayerType, Method, Module, Named, Pack, Port, Wired
from nnstudio.graph.naming import free_name
from nnstudio.params import OURS, Param
from tests.catalogue.draws import values_of

KINDS = {kind for kind in vars(kinds).values() if isinstance(kind, type) and issubclass(kind, Param)} - {Param}
EVERY = pytest.mark.parametrize("layer", layers().values(), ids=layers())
OBVIOUS = {"x", "y", "a", "b"}
"""Ports that need no word of explanation."""

EMPTY = inspect.Parameter.empty
Arguments = dict[str, Any]
"""Names and defaults of what a call takes."""


def params_of(layer: LayerType) -> list[Param]:
    return list(layer.params_for({}))


def arguments_of(layer: LayerType) -> list[Param]:
    """The parameters that are passed on to torch."""
    return [param for param in params_of(layer) if param.argument]


def inputs_of(layer: LayerType) -> tuple[Port, ...]:
    return layer.inputs_for(layer.check({}))


def outputs_of(layer: LayerType) -> tuple[Port, ...]:
    return layer.outputs_for(layer.check({}))


@cache
def building_blocks() -> dict[str, Any]:
    """The classes and functions of nnstudio.modules by name."""
    modules = [import_module(f"nnstudio.modules.{found.name}") for found in iter_modules(nnstudio.modules.__path__)]
    return {name: thing for module in modules for name, thing in vars(module).items() if not name.startswith("_")}


def called(callee: str) -> Callable[..., Any]:
    """What the source calls under that name."""
    room, _, name = callee.partition(".")
    found = attrgetter(name)({"nn": nn, "F": F, "torch": torch}[room]) if name else building_blocks()[callee]
    assert callable(found)
    return found


def signatures(code: Module | Function | Method) -> Iterator[Arguments]:
    """What the call takes; torch has several ways to call some of its functions."""
    if not isinstance(code, Method):
        found = called(code.callee)
        try:
            for way in (isinstance(found, type) and get_overloads(found.__init__)) or (found,):
                yield {
                    each.name: each.default
                    for each in inspect.signature(way).parameters.values()
                    if each.name != "self"
                }
            return
        except ValueError:  # written in C++
            pass
    name = code.name if isinstance(code, Method) else code.callee.partition(".")[2].replace(".", "_")
    packet = getattr(torch.ops.aten, name)
    for overload in packet.overloads():
        arguments = getattr(packet, overload)._schema.arguments
        yield {each.name: each.default_value if each.has_default_value() else EMPTY for each in arguments}


def same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


@EVERY
def test_layer_explains_itself(layer: LayerType) -> None:
    sentences = re.findall(r"[.!?](?= |$)", layer.help)
    assert layer.summary.endswith(".")
    assert 2 <= len(sentences) <= 4
    assert layer.help.endswith(".")
    assert len(layer.help) >= 60
    assert layer.formula
    assert all(param.help.endswith(".") for param in params_of(layer))
    assert layer.type.isidentifier()


@EVERY
def test_ports_explain_themselves(layer: LayerType) -> None:
    outputs = outputs_of(layer)
    for port in (*inputs_of(layer), *(outputs if len(outputs) > 1 else ())):
        assert port.help or port.wants or port.name in OBVIOUS, port.name


@EVERY
def test_papers_are_named_in_one_way(layer: LayerType) -> None:
    assert not layer.paper or re.fullmatch(r"\w.*, .+, (19|20)\d\d", layer.paper), "Authors, Title, year"


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
    """Where the code follows from the place, the layer at work shows it."""
    if isinstance(layer.code, Module | Function | Method):
        wrong = [fault_in(arguments, layer) for arguments in signatures(layer.code)]
        assert "" in wrong, wrong


def fault_in(arguments: Arguments, layer: LayerType) -> str:
    """What of the layer's parameters is not as in torch's signature; empty where all is."""
    declared = [param.name for param in arguments_of(layer)]
    if declared != [name for name in arguments if name in declared]:
        return f"{declared} are not there, or not in that order: {list(arguments)}"
    for param in arguments_of(layer):
        empty = arguments[param.name] is EMPTY
        usual = getattr(arguments[param.name], "__name__", arguments[param.name])  # F.relu is called "relu" too
        if not (empty if param.required else same(usual, param.omitted_at)):
            return f"{param.name} has another default: {arguments[param.name]}"
    return ""


@EVERY
def test_arguments_by_place_stand_where_torch_has_them(layer: LayerType) -> None:
    code = layer.code
    if not isinstance(code, Module):
        return
    arguments = next(signatures(code))
    placed = [param.name for param in arguments_of(layer) if param.required]
    inferred = [item.name for item in code.inferred]
    assert [name or real for name, real in zip(inferred, arguments, strict=False)] == list(arguments)[: len(inferred)]
    assert placed == list(arguments)[len(inferred) : len(inferred) + len(placed)]
    assert {name for name, _ in code.fixed} <= set(arguments)


@EVERY
def test_code_calls_what_there_is(layer: LayerType) -> None:
    code = layer.code
    if isinstance(code, Module):
        found = called(code.callee)
        assert isinstance(found, type)
        assert issubclass(found, nn.Module)
    elif isinstance(code, Function):
        called(code.callee)
    elif isinstance(code, Method):
        assert callable(getattr(torch.Tensor, code.name))
    elif isinstance(code, Infix):
        assert isinstance(ast.parse(f"a {code.operator} b", mode="eval").body, ast.BinOp)


@EVERY
def test_call_names_the_ports_there_are(layer: LayerType) -> None:
    code = layer.code
    if not isinstance(code, Module | Function):
        return
    inputs, outputs = {port.name for port in inputs_of(layer)}, [port.name for port in outputs_of(layer)]
    used: set[str] = set()
    for item in code.call:
        value = item.value if isinstance(item, Named) else item
        for each in value.items if isinstance(value, Pack) else (value,):
            if isinstance(each, In | Helper):
                used |= {each.port, *filter(None, [each.otherwise])}
            if isinstance(each, Wired):
                assert each.output in outputs
    assert used == (inputs if code.call else set())
    assert list(flat(code.returns)) in ([], outputs, [port.name for port in outputs_of(layer) if not port.attribute])


def flat(returns: Any) -> Iterator[str]:
    """Names of nested tuples."""
    for item in returns:
        yield from (item,) if isinstance(item, str) else flat(item)


@EVERY
def test_ports_have_names_of_their_own(layer: LayerType) -> None:
    inputs, outputs = inputs_of(layer), outputs_of(layer)
    for port in (*inputs, *outputs):
        sizes = port.pattern.split()
        assert port.name.isidentifier()
        assert "N" not in sizes[1:]
        assert sizes.count("...") <= 1
    assert no_doubles(port.name for port in inputs)
    assert no_doubles(port.name for port in outputs)
    assert all(port.insert in ("", *layers()) for port in (*inputs, *outputs))


@EVERY
def test_losses_give_one_number(layer: LayerType) -> None:
    """Those with a task judge a prediction by a target; others may compare several, or nothing."""
    ports = [(port.name, port.target) for port in inputs_of(layer)]
    if not layer.is_loss:
        assert layer.task is None
        assert not any(target for _, target in ports)
        return
    assert layer.task is None or ports == [("prediction", False), ("target", True)], "in torch's order"
    assert [target for _, target in ports] == sorted(target for _, target in ports), "targets last"
    assert [port.name for port in outputs_of(layer)] == ["loss"]
    weight = layer.params_for({})["loss_weight"]
    assert (weight.default, weight.argument) == (1.0, False)


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
