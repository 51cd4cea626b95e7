"""Every spelled date means its ISO date."""

from datetime import date, datetime, timedelta

import pytest

from nnstudio.data.sets.dates import SPELLINGS, spelled
from tests.data.sets.reading import read_pairs

PARSED = (
    *(
        "%d %B %Y",
        "%B %d, %Y",
        "%d %b %Y",
        "%d %B %Y",
        "%d.%m.%Y",
        "%A, %d %B %Y",
        "%b %d, %Y",
        "%B %d, %Y",
        "%m/%d/%Y",
    ),
    *("%a, %d %b %Y", "%d-%b-%y", "%d of %B %Y", "%A, %B %d, %Y", "%Y/%m/%d", "%d.%m.%y", "%Y %B %d", "%b %d '%y"),
    "the %d of %B, %Y",
)
"""The spellings as Python reads them, in the same order."""
DAYS = [date(1950, 1, 1) + timedelta(days) for days in range(0, 36525, 9)] + [date(2049, 12, 31), date(2000, 2, 29)]


def read(text: str, pattern: str) -> date:
    """Years of two digits are from 1950 to 2049."""
    found = datetime.strptime(text, pattern).date()
    wrong = "%y" in pattern and found.year >= 2050
    return found.replace(year=found.year - 100) if wrong else found


def without_ending(text: str) -> str:
    words = text.replace(",", " ,").split(" ")
    plain = [word[:-2] if word[:1].isdigit() and word[-2:] in ("st", "nd", "rd", "th") else word for word in words]
    return " ".join(plain).replace(" ,", ",")


@pytest.mark.parametrize(("spelling", "pattern"), [*zip(SPELLINGS, PARSED, strict=True)])
def test_a_spelling_reads_as_the_date(spelling, pattern):
    for day in DAYS:
        assert read(without_ending(spelled(day, spelling)), pattern) == day


def test_days_have_the_right_endings():
    words = [spelled(date(2005, 1, day), "{nth}") for day in range(1, 32)]
    assert words[:4] == ["1st", "2nd", "3rd", "4th"]
    assert words[10:13] == ["11th", "12th", "13th"]
    assert words[20:24] == ["21st", "22nd", "23rd", "24th"]
    assert words[30] == "31st"
    assert sum(word.endswith("th") for word in words) == 31 - 7


def test_a_date_can_be_read_in_one_way_alone():
    """No two days are written the same in any two spellings."""
    seen: dict[str, date] = {}
    for day in [*DAYS[::3], date(2001, 2, 3), date(2001, 3, 2), date(2001, 11, 10), date(2001, 10, 11)]:
        for spelling in SPELLINGS:
            assert seen.setdefault(spelled(day, spelling), day) == day


@pytest.mark.parametrize("spellings", [1, 5, len(SPELLINGS)])
def test_samples_are_dates_and_no_day_comes_twice(spellings):
    pairs = read_pairs("dates", samples=2000, spellings=spellings)
    used = set()
    for source, target in pairs:
        day = date.fromisoformat("".join(target))
        assert 1950 <= day.year <= 2049
        used |= {spelling for spelling in SPELLINGS if spelled(day, spelling) == "".join(source)}
    assert used >= set(SPELLINGS[:spellings])
    assert len({"".join(target) for _, target in pairs}) == len(pairs)


def test_there_are_at_least_twelve_spellings():
    assert len({spelled(date(2026, 9, 3), spelling) for spelling in SPELLINGS}) == len(SPELLINGS) >= 12
