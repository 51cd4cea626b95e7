"""How strongly the loss pulls at everything that is computed: where gradients vanish and where they explode.

The size is the root mean square of a tensor's gradient, so that large and small tensors can be compared (the measure
of Glorot and Bengio, 2010, "Understanding the difficulty of training deep feedforward neural networks").
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

from nnstudio.probes.gradients import gradients_of, loss_of
from nnstudio.probes.spec import Found, Look, Probe
from nnstudio.protocol.messages import Option

SAMPLES = 32
"""Looked at together; more of them say the same."""


def _look(look: Look, options: Mapping[str, Option]) -> Found:
    """Facts `rms:NAME`, as of one sample: the mean over a batch makes each sample's gradient smaller by its size."""
    rows = {name: tensor[:SAMPLES] for name, tensor in look.test.items()}
    count = len(rows[look.spec.inputs[0]]) if look.spec.inputs else 1
    with torch.enable_grad():
        traced = look.trace([rows[name] for name in look.spec.inputs])
        loss = loss_of(look, [traced[name] for name in look.spec.outputs], rows)
        gradients = gradients_of(loss, traced)
    sizes = {name: count * gradient.float().square().mean().sqrt().item() for name, gradient in gradients.items()}
    return Found(facts={"samples": count, **{f"rms:{name}": size for name, size in sizes.items()}})


FLOW = Probe("flow", "How large the loss's gradient is by everything computed.", _look)
