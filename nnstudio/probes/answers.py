"""Runs a model over samples and reads its prediction as a person would: which class, how sure."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from nnstudio.errors import DataError
from nnstudio.probes.spec import Look, Tensors
from nnstudio.protocol.messages import Model

_BATCH = 256
"""Samples that run at once: enough to be quick, few enough to fit where the training batch fits."""


@dataclass(frozen=True)
class Answers:
    """What the model says about n samples.

    For classes `predicted` is int64 (n), `confidence` the probability of that class (n), and `probabilities`
    n×C. For the task "values" `predicted` holds the outputs themselves, and the other two are empty.
    """

    predicted: torch.Tensor
    confidence: torch.Tensor
    probabilities: torch.Tensor


def ask(look: Look, inputs: Tensors) -> Answers:
    """The model's answers to `inputs`, which hold its input fields. Raises DataError where it has none."""
    return read(_outputs(look, inputs), look.spec.task)


def read(output: torch.Tensor, task: str) -> Answers:
    """What the judged output means where it is read as `task`. Raises DataError where it is no single answer."""
    if task == "values":
        return Answers(_one_number(output), output.new_empty(0), output.new_empty(0))
    probabilities = _probabilities(output, task)
    confidence, predicted = probabilities.max(dim=1)
    return Answers(predicted, confidence, probabilities)


def class_labels(target: torch.Tensor, spec: Model) -> torch.Tensor:
    """The class of each sample as int64 (n), or -1 each where the target is no class."""
    is_class = spec.task != "values" or not target.is_floating_point()
    if not is_class or target[:1].numel() != 1:
        return torch.full((len(target),), -1, dtype=torch.int64)
    return target.reshape(-1).to("cpu", torch.int64)


def judged(look: Look) -> tuple[int, str]:
    """Place of the judged output among the outputs, and the target's field. Raises DataError."""
    spec = look.spec
    made_up = {free.name for free in spec.free}  # random numbers: nothing to judge by
    if not spec.data.dataset and (spec.target not in look.test or spec.target in made_up):
        raise DataError("There is no data set, so there are no samples to judge.", fix="Add a Dataset.")
    if spec.prediction not in spec.outputs or spec.target not in look.test:
        raise DataError("The model has no prediction to look at.", fix="Connect an output and a target to a loss.")
    return spec.outputs.index(spec.prediction), spec.target


def _outputs(look: Look, inputs: Tensors) -> torch.Tensor:
    """The judged output over all samples, in batches."""
    place, _ = judged(look)
    fields = [inputs[name] for name in look.spec.inputs]
    starts = range(0, len(fields[0]), _BATCH)
    made = [look.model(*(field[start : start + _BATCH] for field in fields)) for start in starts]
    return torch.cat([batch if isinstance(batch, torch.Tensor) else batch[place] for batch in made])


def _one_number(output: torch.Tensor) -> torch.Tensor:
    """N×1 as N, so that it lines up with a target that is one number a sample."""
    return output.squeeze(1) if output.shape[1:] == (1,) else output


def _probabilities(output: torch.Tensor, task: str) -> torch.Tensor:
    """n×C by softmax, which also takes log-probabilities; for one number a sample, n×2 by sigmoid."""
    if task == "classes":
        if output.ndim != 2:
            raise _no_single_answer(output)
        return output.softmax(dim=1)
    single = _one_number(output)
    if single.ndim != 1:
        raise _no_single_answer(output)
    of_one = single.sigmoid() if task == "logit" else single
    return torch.stack([1 - of_one, of_one], dim=1)


def _no_single_answer(output: torch.Tensor) -> DataError:
    shape = "×".join(map(str, output.shape[1:])) or "no"
    return DataError(f"This panel needs one answer a sample; the prediction has {shape} numbers a sample.")
