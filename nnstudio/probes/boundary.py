"""What the model says of every place in the plane, or on the line, that its data lie in.

Of a model whose inputs are two numbers a sample in all: arrays `grid` R×R from the lowest y, the probability of class
1, the confidence in the winning class, or the value; and `classes` R×R where there are more than two. Of one that
takes a single number: what `fitted` says. Of both: the samples (see `targets`), and `lines` U×R×R or U×R, what units
of a node put out; where that is zero are their lines.

Options: `resolution` (cells along a side, 64), `output` (which number of the prediction, where it has several), `node`
and `unit` (whose lines; -1 for all, the first 16 of them). Facts: `x0` `x1` `y0` `y1`, the picture's edges; `names` of
the classes, `task`, `output`, `outputs` (how many there are), `units` of the node and `unit` (the first that is there).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray

from nnstudio.probes.answers import Answers, read
from nnstudio.probes.fitted import look_along
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.places import Inputs, answer_at, edges_of, inputs_of, single
from nnstudio.probes.plane import middles
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.probes.targets import add_samples
from nnstudio.probes.unit_lines import add_lines
from nnstudio.protocol.messages import Option


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    inputs = inputs_of(look)
    found = (look_along if inputs.count == 1 else _look_around)(look, inputs, options)
    found.facts.update(names=list(look.class_names), task=look.spec.task)
    add_samples(found, look, inputs, whole(found.facts, "output", 0))
    return found


def _look_around(look: Look, inputs: Inputs, options: Mapping[str, Option]) -> Found:
    resolution = clamp(whole(options, "resolution", 64), 2, 512)
    (x0, y0), (x1, y1) = edges_of(torch.cat([inputs.columns(look.train), inputs.columns(look.test)]))
    places = inputs.fields(middles((x0, x1, y0, y1), resolution))
    node = str(options.get("node", ""))
    output, traced = answer_at(look, places, [node] if node else [])
    answer, chosen, count = single(output, look.spec.task, whole(options, "output", 0))
    found = Found(_picture(read(answer, look.spec.task), look.spec.task, resolution))
    found.facts.update(x0=x0, x1=x1, y0=y0, y1=y1, output=chosen, outputs=count)
    add_lines(found, traced.get(node), options, (resolution, resolution))
    return found


def _picture(answers: Answers, task: str, resolution: int) -> dict[str, NDArray[Any]]:
    """`grid` R×R, and `classes` R×R where there are more than two."""
    square = (resolution, resolution)
    if task == "values":
        return {"grid": float32(answers.predicted).reshape(square)}
    if answers.probabilities.shape[1] == 2:
        return {"grid": float32(answers.probabilities[:, 1]).reshape(square)}
    classes = answers.predicted.cpu().numpy().reshape(square)
    return {"grid": float32(answers.confidence).reshape(square), "classes": classes}


BOUNDARY = Probe("boundary", "What the model says of every place its data lie among.", _look)
"""See above for options, arrays and facts."""
