"""Data sets made of a person's own files."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.data.files import arrays, dialect, layout, pictures, source, text
from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Loaded
from nnstudio.data.text import tokens
from nnstudio.params import Bool, Choice, Columns, FilePath, Int, Param, ParamSet, Size, Sizes, Strings, Text, Values

_SOURCE = "Your own file."
_LICENCE = "As you have it."
_LARGEST = 2**53


def _file(help: str) -> tuple[Param, ...]:
    return (
        FilePath("path", help, telling=True),
        Text("sha256", "", "Its fingerprint, by which a change is noticed.", hidden=True),
        Int("bytes", 0, "How long it is.", low=0, high=_LARGEST, hidden=True),
    )


def _count(values: Values) -> int:
    count = values["count"]
    assert isinstance(count, int)
    return count


def _load_table(values: Values, loading: Loading) -> Loaded:
    from nnstudio.data.files import table

    return table.load(values, loading)


_OF_TEXT = frozenset(["encoding", "delimiter", "header", "decimal"])


def _unused(values: Mapping[str, object]) -> frozenset[str]:
    """Parquet says of itself how it is read."""
    return _OF_TEXT if values.get("format") == "parquet" else frozenset()


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
            Bool("quotes", True, "Whether there are quotes below its first line.", hidden=True),
            Strings("gaps", "Columns in which values are missing.", hidden=True),
        )
    ),
    source=_SOURCE,
    licence=_LICENCE,
    group="own",
    repeats=True,
    stamp=source.stamp,
    unused=_unused,
    aliases=("csv", "tsv", "parquet", "excel", "spreadsheet", "own", "file", "pandas"),
)

IMAGE_FOLDER = DatasetType(
    name="image_folder",
    title="Your pictures",
    summary="A folder of pictures of your own: each sub-folder is a class.",
    fields=pictures.fields,
    samples=_count,
    load=pictures.load,
    params=ParamSet(
        (
            *_file("A folder of pictures (JPEG, PNG, BMP, GIF, WebP), or of one folder for each class."),
            Size("size", 32, "Height and width that all are brought to.", low=1, high=1024, telling=True),
            Choice("colour", "colour", pictures.COLOURS, "Three channels, or one."),
            Choice("fit", "crop", pictures.FITS, "How another shape is brought to this one."),
            Strings("classes", "Names of the classes.", most=1000, hidden=True),
            Int("count", 0, "How many pictures there are.", low=0, high=_LARGEST, hidden=True),
        )
    ),
    source=_SOURCE,
    licence=_LICENCE,
    group="own",
    repeats=True,
    stamp=pictures.stamp,
    aliases=("images", "photos", "imagefolder", "jpg", "png", "own", "folder"),
)

TEXT_FILE = DatasetType(
    name="text_file",
    title="Your text",
    summary="A text of your own, to be continued character by character or word by word.",
    fields=text.fields,
    samples=0,
    load=text.load,
    params=ParamSet(
        (
            *_file("Any text."),
            Choice("encoding", "utf-8", dialect.ENCODINGS, "How its characters are stored."),
            Choice("by", "characters", tokens.BY, "What a token is.", hidden=True),
            Int("most", text.MOST_TOKENS, "How many different tokens at most.", low=2, high=100_000, hidden=True),
            Strings("vocabulary", "Which tokens there are.", hidden=True),
            *tokens.window_params(64),
        )
    ),
    source=_SOURCE,
    licence=_LICENCE,
    group="own",
    split="in order",
    repeats=True,
    stamp=source.stamp,
    aliases=("txt", "book", "language model", "gpt", "own", "file"),
)

ARRAY_FILE = DatasetType(
    name="array_file",
    title="Your arrays",
    summary="Arrays of your own: NPY, NPZ, or IDX as MNIST comes in.",
    fields=arrays.fields,
    samples=_count,
    load=arrays.load,
    params=ParamSet(
        (
            *_file("A file of arrays: NPY, NPZ or IDX."),
            FilePath("labels", "Another file, with the targets; empty where they are in the same one."),
            Text("labels_sha256", "", "The fingerprint of the other file.", hidden=True),
            Text("input", "array", "Which array the network sees.", hidden=True),
            Text("target", "", "Which array it is to tell; empty for none.", hidden=True),
            Sizes("shape", (1,), "Sizes of one sample.", low=1, hidden=True),
            Int("count", 0, "How many samples there are.", low=0, high=_LARGEST, hidden=True),
            Choice("layout", "as it is", arrays.LAYOUTS, "Which sizes are height, width and channels.", hidden=True),
            Choice("scale", "as they are", arrays.SCALES, "Pixels are from 0 to 255; a network likes 0 to 1."),
            Choice("target_kind", "class", arrays.TARGET_KINDS, "What the target holds.", hidden=True),
            Sizes("target_shape", (1,), "Sizes of one target.", low=1, hidden=True),
            Int("classes", 1, "How many classes there are.", low=0, high=_LARGEST, hidden=True),
            Strings("names", "Names of the classes, where they are texts.", hidden=True),
        )
    ),
    source=_SOURCE,
    licence=_LICENCE,
    group="own",
    repeats=True,
    stamp=arrays.stamp,
    aliases=("numpy", "npy", "npz", "idx", "mnist", "own", "file"),
)
