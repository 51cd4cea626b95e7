"""Dates as people write them in English, and the same dates as ISO 8601 has them."""

from __future__ import annotations

import string
from datetime import date, timedelta
from typing import cast

from nnstudio.data.loading import Loading
from nnstudio.data.sets.pairs import BACKWARDS, samples_param
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.text.sequences import Pair, Vocabulary, distinct, pair_fields, paired
from nnstudio.params import Int, ParamSet, Values

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

SPELLINGS = (
    "{day} {month} {year}",
    "{month} {day}, {year}",
    "{day:02} {short} {year}",
    "{nth} {month} {year}",
    "{day:02}.{number:02}.{year}",
    "{weekday}, {day} {month} {year}",
    "{short} {day}, {year}",
    "{month} {nth}, {year}",
    "{number}/{day}/{year}",
    "{wday}, {day:02} {short} {year}",
    "{day}-{short}-{yy:02}",
    "{nth} of {month} {year}",
    "{weekday}, {month} {day}, {year}",
    "{year}/{number:02}/{day:02}",
    "{day}.{number}.{yy:02}",
    "{year} {month} {day}",
    "{short} {nth} '{yy:02}",
    "the {nth} of {month}, {year}",
)
"""The most usual first. Numbers with dots have the day first, those with slashes the month, as in America."""

_FIRST = date(1950, 1, 1)
_DAYS = (date(2050, 1, 1) - _FIRST).days
"""A hundred years, so that two digits say which."""
_LONGEST = date(2026, 9, 30)
"""A Wednesday in September: no date has more letters."""
_SOURCE = tuple(sorted({*"".join((*MONTHS, *WEEKDAYS, "stndrdth of the", string.digits, " ,.-/'"))}))
_TARGET = Vocabulary(("-", *string.digits), len("2026-09-30"))


def spelled(day: date, spelling: str) -> str:
    """The date in that spelling."""
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    return spelling.format(
        day=day.day,
        nth=f"{day.day}{_ending(day.day)}",
        month=month,
        short=month[:3],
        number=day.month,
        weekday=weekday,
        wday=weekday[:3],
        year=day.year,
        yy=day.year % 100,
    )


def _ending(day: int) -> str:
    """As in 1st, 2nd, 3rd, 4th and 11th."""
    return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _spellings(values: Values) -> tuple[str, ...]:
    return SPELLINGS[: cast(int, values["spellings"])]


def _source(values: Values) -> Vocabulary:
    return Vocabulary(_SOURCE, max(len(spelled(_LONGEST, spelling)) for spelling in _spellings(values)))


def _fields(values: Values) -> tuple[Field, ...]:
    return pair_fields(_source(values), _TARGET)


def _load(values: Values, loading: Loading) -> Loaded:
    """No day comes twice, so that the days of the test are new ones."""
    generator, spellings = loading.generator, _spellings(values)
    days = [_FIRST + timedelta(days) for days in distinct(generator, _DAYS, cast(int, values["samples"])).tolist()]
    ways = generator.integers(len(spellings), size=len(days)).tolist()
    pairs: list[Pair] = [(spelled(day, spellings[way]), day.isoformat()) for day, way in zip(days, ways, strict=True)]
    return paired(_source(values), _TARGET, pairs, bool(values["reverse_source"]))


DATES = DatasetType(
    name="dates",
    title="Dates",
    summary=f"Dates from 1950 to 2049 in {len(SPELLINGS)} English spellings, to be written as 2005-04-03.",
    fields=_fields,
    samples=lambda values: cast(int, values["samples"]),
    load=_load,
    params=ParamSet(
        (
            samples_param(6000, _DAYS),
            Int(
                "spellings",
                len(SPELLINGS),
                "In how many ways dates are spelled, the most usual first.",
                low=1,
                high=len(SPELLINGS),
                telling=True,
            ),
            BACKWARDS,
        )
    ),
    source="Made from the seed.",
    licence="Public domain (CC0 1.0)",
    group="pairs",
    help="Numbers with dots have the day first, those with slashes the month, as in America. Two digits for the year "
    "mean one from 1950 to 2049.",
    aliases=("seq2seq", "sequence to sequence", "translation", "iso 8601", "calendar", "bahdanau", "luong"),
)
