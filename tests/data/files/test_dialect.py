"""How a table of text is written is found out from how it begins."""

from __future__ import annotations

import pytest

from nnstudio.data.files.dialect import Dialect, guess_delimiter, guess_header


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n" + "1,2\n" * 9, "comma"),
        ("age;size\n" + "20;1,5\n" * 9, "semicolon"),
        ("alter;gewicht;hoehe\n" + "20;60,25;1,5\n" * 200, "semicolon"),  # by commas, only the header is another
        ("a\tb\n" + "1,5\t2,5\n" * 9, "tab"),
        ("the day,the hour\n" + "1 May 2020,9 in the morning\n" * 50 + "2 May 2020\n", "comma"),  # and one is short
        ("1 2 3\n" * 9, "space"),
        ("1|2|3\n" * 9, "bar"),
        ("colour\n" + "red\nlight blue\n" * 9, "comma"),  # a space in a text parts nothing
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert guess_delimiter(text) == delimiter


def test_a_row_in_which_a_value_is_missing_names_no_columns() -> None:
    assert not guess_header([["NA", "red"], ["1", "blue"], ["2", "green"]], Dialect())
    assert guess_header([["", "red"], ["1", "blue"], ["2", "green"]], Dialect())  # pandas leaves the first name out
