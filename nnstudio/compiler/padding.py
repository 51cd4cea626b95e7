"""Tokens that only fill up are not to be learned: layers that have to be told which one it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from nnstudio.compiler.cures import setting
from nnstudio.compiler.infer import Inference
from nnstudio.compiler.result import Problem
from nnstudio.graph.nodes import Node

_Told: TypeAlias = tuple[str, str, str]
"""At which input padding comes in, the parameter that says which token it is, and what is wrong without."""

_LOSS: Final = ("target", "ignore_index", "judges the padding of its target too.")
_BAG: Final = ("x", "padding_idx", "counts the padding among the tokens.")
_TABLE: Final = ("x", "padding_idx", "takes another token for the padding, and does not learn it.")
_MASK: Final = ("x", "padding_idx", "hides another token than the padding.")
_NOTHING: Final = ("", "", "")


def padding_problems(inference: Inference) -> Iterator[Problem]:
    """A warning where a layer takes the padding for something, or something for the padding."""
    for key, site in inference.sites.items():
        node = inference.nodes[key]
        port, param, words = _told(node)
        spec = site.maybe(port)
        if spec is not None and spec.padding not in (None, node.params[param]):
            fix = f"Set {param} to {spec.padding}, the padding."
            remedy = setting(node, {param: spec.padding})
            yield Problem(key, port, f"{node.type} '{node.name}' {words}", fix, severity="warning", remedy=remedy)


def _told(node: Node) -> _Told:
    if node.layer.is_loss and "ignore_index" in node.params:
        return _LOSS
    if node.type in ("EmbeddingBag", "PaddingMask"):
        return _BAG if node.type == "EmbeddingBag" else _MASK
    named = node.type == "Embedding" and node.params["padding_idx"] is not None
    return _TABLE if named else _NOTHING  # an Embedding may learn a vector for the padding: that does no harm
