"""Names of people and of places: short texts from which a network learns to make up others."""

from __future__ import annotations

import re
from functools import cache
from string import ascii_lowercase

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.text.spelled import spelled, spelled_fields, spelled_params, spelled_samples
from nnstudio.data.written import lines
from nnstudio.errors import DataError
from nnstudio.params import ParamSet, Values

_LETTERS = tuple(ascii_lowercase)
_LONGEST_NAME = 16

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_NO_PLACES = frozenset(["ACT", "LHI", "NSW", "North", "South", "West"])
"""Zones that are called after a part of Australia."""
_CITY_LETTERS = (" ", "-", *ascii_lowercase)
_LONGEST_CITY = 24
_CITY = re.compile(rf"[ a-z-]{{2,{_LONGEST_CITY}}}")


@cache
def _names() -> tuple[str, ...]:
    return tuple(name for line in lines("names") for name in line.split())


def _name_fields(values: Values) -> tuple[Field, ...]:
    return spelled_fields(values, _LETTERS, _LONGEST_NAME)


def _load_names(values: Values, loading: Loading) -> Loaded:
    return spelled(loading.generator.permutation(_names()).tolist(), values, _LETTERS, _LONGEST_NAME)


def _cities() -> list[str]:
    """The last part of each zone's name that is a place, in small letters, each once. Raises DataError for none."""
    from zoneinfo import available_timezones

    parts = [zone.split("/") for zone in available_timezones()]
    places = {last.replace("_", " ").lower() for area, *_, last in filter(_is_place, parts)}
    cities = sorted(filter(_CITY.fullmatch, places))
    if len(cities) < 2:
        raise DataError(
            "There is no time-zone data base on this computer, from which the names of cities come.",
            fix="Install it: python -m pip install tzdata. Or take the data set 'names'.",
        )
    return cities


def _is_place(parts: list[str]) -> bool:
    return len(parts) > 1 and parts[0] in _AREAS and parts[-1] not in _NO_PLACES


def _city_fields(values: Values) -> tuple[Field, ...]:
    return spelled_fields(values, _CITY_LETTERS, _LONGEST_CITY)


def _load_cities(values: Values, loading: Loading) -> Loaded:
    return spelled(loading.generator.permutation(_cities()).tolist(), values, _CITY_LETTERS, _LONGEST_CITY)


_HELP = (
    "Each sample is a few letters and the one that comes next; a dot stands before the first letter and after the last "
    "one. With 'each', a sample is a whole name, for recurrent networks and Transformers: give its padding token, 0, "
    "to the loss as ignore_index. A name is either learned or kept for testing, never both."
)

NAMES = DatasetType(
    name="names",
    title="Indian names",
    summary="3,370 given names from all over India, letter by letter, to learn what comes next.",
    fields=_name_fields,
    samples=lambda values: spelled_samples(values, _names()),
    load=_load_names,
    params=ParamSet(spelled_params(3, "name")),
    source="Written for NNStudio: given names of many regions and languages of India, in Latin letters.",
    licence="Public domain (CC0 1.0)",
    group="text",
    split="in order",
    repeats=True,
    help=_HELP,
    aliases=("makemore", "first names", "people", "india", "characters", "mlp"),
)

CITIES = DatasetType(
    name="cities",
    title="Cities",
    summary="Some 400 names of cities and islands all over the world, letter by letter, to learn what comes next.",
    fields=_city_fields,
    samples=0,
    load=_load_cities,
    params=ParamSet(spelled_params(3, "name")),
    source="The IANA Time Zone Database, as it lies on this computer, iana.org/time-zones.",
    licence="Public domain",
    group="text",
    split="in order",
    repeats=True,
    help=_HELP,
    aliases=("places", "towns", "geography", "world", "characters"),
)
