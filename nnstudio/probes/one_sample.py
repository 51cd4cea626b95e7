"""The test sample that a panel shows: its inputs, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from nnstudio.errors import DataError
from nnstudio.probes.answers import class_labels
from nnstudio.probes.options import clamp, whole
from nnstudio.probes.spec import Look
from nnstudio.protocol.messages import Option


def inputs_of(look: Look, options: Mapping[str, Option]) -> tuple[dict[str, torch.Tensor], dict[str, Option]]:
    """A batch of the sample asked for, or the nearest, by input field; with facts `sample`, `samples`, `label`, a class
    or -1, and `label_name`. Raises DataError where there is none.
    """
    samples = len(look.test[look.spec.inputs[0]]) if look.spec.inputs else 1
    if not samples:
        raise DataError("There is no test sample to show.", fix="Give the test set a share of the data.")
    sample = clamp(whole(options, "sample", 0), 0, samples - 1)
    inputs = {name: look.test[name][sample : sample + 1] for name in look.spec.inputs}
    return inputs, {"sample": sample, "samples": samples, **label_facts(look, sample)}


def without_batch(tensor: torch.Tensor) -> torch.Tensor:
    """The only sample; a tensor without a batch, such as a constant, as it is."""
    return tensor[0] if tensor.ndim and len(tensor) == 1 else tensor


def label_facts(look: Look, sample: int) -> dict[str, Option]:
    """Facts `label`, a class or -1, and `label_name`."""
    if look.spec.target not in look.test:
        return {"label": -1, "label_name": ""}
    target = look.test[look.spec.target][sample : sample + 1]
    label = int(class_labels(target, look.spec)[0])
    named = 0 <= label < len(look.class_names)
    return {"label": label, "label_name": look.class_names[label] if named else ""}
