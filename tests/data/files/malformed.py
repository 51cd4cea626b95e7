"""Three hundred files that are wrong, each made when it is asked for, with where the error has to say that it is."""

from __future__ import annotations

from tests.data.files import wrong_arrays, wrong_pictures, wrong_tables
from tests.data.files.wrong import Case


def cases() -> list[Case]:
    """All of them, in the order of the families."""
    return [case for families in (wrong_tables, wrong_arrays, wrong_pictures) for case in families.cases()]


def few() -> list[Case]:
    """Some of every family."""
    return [case for place, case in enumerate(cases()) if place % 5 == 0 and "large" not in case.name]
