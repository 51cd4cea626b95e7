"""How many samples a project trains on, as far as that is known without loading them."""

from __future__ import annotations

from nnstudio.compiler.result import Compiled
from nnstudio.data.registry import dataset
from nnstudio.errors import NNStudioError
from nnstudio.project.session import Session

USUAL_STEPS = 100
"""Steps of an epoch, where nobody knows."""


def numbers_alone(compiled: Compiled) -> bool:
    """Whether the drawing ends in a loss and nothing goes into it: it has all its numbers itself."""
    return compiled.has_loss and not (compiled.dataset or compiled.signature.inputs or compiled.signature.targets)


def steps_per_epoch(session: Session) -> int:
    """Steps of an epoch by the plan: counted, as the last run had them, or a usual number."""
    if numbers_alone(session.compiled):
        return 1
    plan = session.document.plan
    learned = round(_samples(session) * (1 - plan.test_split))
    return -(-learned // plan.batch_size) or session.run.steps_per_epoch or USUAL_STEPS


def _samples(session: Session) -> int:
    """Of the data set; 0 where only loading tells."""
    node = session.document.nodes.get(session.compiled.dataset)
    if node is None:
        return 0
    try:
        return dataset(str(node.params.get("dataset", ""))).samples_for(node.params)
    except NNStudioError:
        return 0  # what is wrong with it is told elsewhere
