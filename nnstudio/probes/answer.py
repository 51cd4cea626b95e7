"""What the model says to an input that a person made: drawn, typed, dragged or set.

Options: `given:FIELD` for each input that is the person's own, a list of numbers; other inputs are those of the test
sample `sample`. A text (whole numbers in one row) may be shorter than those of the data. `at` is the place in a
sequence whose answer is told, -1 for the last. `figures`: tell also how the samples of each input lie, and the names of
their tokens. `ground`: of points in the plane, tell what the boundary probe tells, in such a resolution.

Arrays: `input:FIELD` for what came in, `sample:FIELD` for what the test sample has there, `output` for what came out,
without the batch. Of classes also `probabilities`; of a sequence those of the place `at`, with the likeliest of each
place as `written`. Facts: `sample`, `samples`, `inputs` (the fields), `output` (its name), `task`, `names` (of the
classes), `label` of the sample where nothing is the person's own. With `figures`, which is a fact then: what `manner`
tells, as `figure:FIELD:NAME`, and `tokens:FIELD`.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

from nnstudio.errors import DataError
from nnstudio.probes.answers import class_labels
from nnstudio.probes.boundary import BOUNDARY
from nnstudio.probes.manner import figures_of
from nnstudio.probes.options import clamp, floats, whole
from nnstudio.probes.spec import Found, Look, Probe, float32
from nnstudio.protocol.messages import Option

_GIVEN = "given:"
_MOST_NAMES = 50_000
"""Tokens whose names are told."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    if not look.spec.inputs:
        raise DataError(
            "Nothing comes into this network, so there is nothing to try.", fix="Add a Dataset or an Input."
        )
    samples = len(look.test[look.spec.inputs[0]])
    if not samples:
        raise DataError("There is no test sample to begin with.", fix="Give the test set a share of the data.")
    sample = clamp(whole(options, "sample", 0), 0, samples - 1)
    rows = {name: _row(look, name, sample, options) for name in look.spec.inputs}
    found = Found(facts={"sample": sample, "samples": samples, "inputs": list(rows), "names": list(look.class_names)})
    found.arrays.update({f"input:{name}": float32(row[0]) for name, row in rows.items()})
    found.arrays.update({f"sample:{name}": float32(look.test[name][sample]) for name in rows})
    _tell_output(found, look, _output(look, rows), whole(options, "at", -1))
    if not any(name.startswith(_GIVEN) for name in options):
        found.facts["label"] = _label(look, sample)
    if options.get("figures"):
        _tell_figures(found, look)
    _tell_ground(found, look, whole(options, "ground", 0))
    return found


def _row(look: Look, name: str, sample: int, options: Mapping[str, Option]) -> torch.Tensor:
    """What comes in at one input, with a batch of one."""
    own = look.test[name][sample : sample + 1]
    if _GIVEN + name not in options:
        return own
    values = floats(options, _GIVEN + name)
    short = not own.is_floating_point() and own.ndim == 2 and 0 < len(values) <= own.numel()
    if len(values) != own.numel() and not short:
        raise DataError(f"'{name}' takes {own.numel()} numbers, not {len(values)}.")
    row = torch.tensor(values, dtype=torch.float64).to(own.device, own.dtype)
    return row[None] if short else row.reshape(own.shape)


def _output(look: Look, rows: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """The judged output, or the first one where none is."""
    spec = look.spec
    if not spec.outputs:
        raise DataError("The network puts nothing out.", fix="Connect its last layer to a loss or an Output.")
    try:
        made = look.model(*rows.values())
    except (RuntimeError, IndexError) as error:
        _explain_length(look, rows, error)
        raise
    if isinstance(made, torch.Tensor):
        return made
    output = made[spec.outputs.index(spec.prediction) if spec.prediction in spec.outputs else 0]
    assert isinstance(output, torch.Tensor)
    return output


def _explain_length(look: Look, rows: Mapping[str, torch.Tensor], error: Exception) -> None:
    """Raise DataError where a text is shorter than those that the network was made for."""
    for name, row in rows.items():
        wanted = look.test[name].shape[1:]
        if row.shape[1:] != wanted:
            problem = f"This network takes {wanted[0]} tokens at once, not {row.shape[1]}."
            raise DataError(problem, fix="Type more.") from error


def _tell_output(found: Found, look: Look, output: torch.Tensor, at: int) -> None:
    """The output itself, and probabilities where it is of classes."""
    one, task = output[0], look.spec.task if look.spec.prediction in look.spec.outputs else "values"
    name = look.spec.prediction or look.spec.outputs[0]
    found.facts.update(task=task, output=name)
    if task == "tokens" and one.ndim == 2:
        place = clamp(at if at >= 0 else len(one) - 1, 0, len(one) - 1)
        found.arrays["probabilities"] = float32(one[place].softmax(dim=0))
        found.arrays["written"] = one.argmax(dim=1).cpu().numpy()
        found.facts["at"] = place
        return
    found.arrays["output"] = float32(one)
    if task == "classes" and one.ndim == 1:
        found.arrays["probabilities"] = float32(one.softmax(dim=0))
    elif task in ("logit", "probability") and one.numel() == 1:
        sure = (one.sigmoid() if task == "logit" else one).reshape(())
        found.arrays["probabilities"] = float32(torch.stack([1 - sure, sure]))


def _label(look: Look, sample: int) -> int:
    """The class of a test sample, or -1."""
    if look.spec.target not in look.test:
        return -1
    return int(class_labels(look.test[look.spec.target][sample : sample + 1], look.spec)[0])


def _tell_figures(found: Found, look: Look) -> None:
    found.facts["figures"] = True
    for name in look.spec.inputs:
        arrays, facts = figures_of(look.train[name])
        found.arrays.update({f"figure:{name}:{what}": array for what, array in arrays.items()})
        found.facts.update({f"figure:{name}:{what}": fact for what, fact in facts.items()})
        if not look.train[name].is_floating_point():
            found.facts[f"tokens:{name}"] = list(look.names_of(name)[:_MOST_NAMES])


def _tell_ground(found: Found, look: Look, resolution: int) -> None:
    """What the model says of every place around a point; nothing where the boundary probe does not apply."""
    spec = look.spec
    if resolution < 2 or len(spec.inputs) != 1 or look.test[spec.inputs[0]].shape[1:] != (2,):
        return
    try:
        plane = BOUNDARY.look(look, {"resolution": resolution})
    except DataError:
        return
    found.arrays.update(plane.arrays)
    found.facts.update({name: fact for name, fact in plane.facts.items() if name not in found.facts})


ANSWER = Probe("answer", "What the model says to an input of one's own.", _look)
"""See above for options, arrays and facts."""
