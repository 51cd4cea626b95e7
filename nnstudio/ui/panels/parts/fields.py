"""What the data set of a project declares of its fields."""

from __future__ import annotations

from nnstudio.data.registry import dataset
from nnstudio.data.spec import Field
from nnstudio.errors import NNStudioError
from nnstudio.project.session import Session


def fields_of(session: Session | None) -> dict[str, Field]:
    """The fields of the data that the network learns from, by name; none without a data set."""
    if session is None or session.compiled.dataset not in session.document:
        return {}
    params = session.document.node(session.compiled.dataset).params
    try:
        found = dataset(str(params["dataset"])).fields_for(params)
    except NNStudioError:  # while it is being edited
        return {}
    return {field.name: field for field in found}
