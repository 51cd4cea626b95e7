"""Data sets made of a person's own files."""

from __future__ import annotations

from nnstudio.data.files import dialect, layout, source
from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Loaded
from nnstudio.params import Bool, Choice, Columns, FilePath, Int, Param, ParamSet, Strings, Text, Values

_SOURCE = "Your own file."
_LICENCE = "As you have it."
_LARGEST = 2**53


def _file(help: str) -> tuple[Param, ...]:
    return (
        FilePath("path", help, telling=True),
        Text("sha256", "", "Its fingerprint, by which a change is noticed.", hidden=True),
        Int("size", 0, "Its bytes.", low=0, high=_LARGEST, hidden=True),
    )


def _load_table(values: Values, loading: Loading) -> Loaded:
    from nnstudio.data.files import table

    return table.load(values, loading)


TABLE = DatasetType(
    name="table",
    title="Your table",
    summary="A CSV or Parquet file of your own: columns as inputs, and one as the target.",
    fields=layout.fields,
    samples=layout.samples,
    load=_load_table,
    params=ParamSet(
        (
            *_file("A table: CSV, TSV, other text with a delimiter, or Parquet."),
            Choice("format", "text", ("text", "parquet"), "What kind of file it is.", hidden=True),
            Choice("encoding", "utf-8", dialect.ENCODINGS, "How its characters are stored."),
            Choice("delimiter", "comma", tuple(dialect.DELIMITERS), "What stands between two values."),
            Bool("header", True, "Whether the first row names the columns."),
            Choice("decimal", "point", tuple(dialect.DECIMALS), "What stands before the decimals."),
            Columns("columns", "Which columns are inputs, which is the target, and what they hold."),
            Choice("missing", "drop the row", layout.MISSING_CHOICES, "What is done where an input is missing."),
            Int("rows", 0, "How many rows there are.", low=0, high=_LARGEST, hidden=True),
            Strings("gaps", "Columns in which values are missing.", hidden=True),
        )
    ),
    source=_SOURCE,
    licence=_LICENCE,
    group="own",
    repeats=True,
    stamp=source.stamp,
    aliases=("csv", "tsv", "parquet", "excel", "spreadsheet", "own", "file", "pandas"),
)
