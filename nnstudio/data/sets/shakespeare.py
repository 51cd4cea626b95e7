"""Tiny Shakespeare, character by character, fetched once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from nnstudio.data.files.idx import broken, opened
from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Download, Field, Loaded, RemoteFile
from nnstudio.data.text import tokens as tk
from nnstudio.data.web.given import files_param, given, source, stamp_of
from nnstudio.params import ParamSet, Values

_FILE = "tinyshakespeare.txt"
_LENGTH = 1_115_394
_NAMES = (tk.UNKNOWN, *"\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""All characters that it has, and the one for those that a text in its place may have."""
_BLOCK = 1 << 20


def _fields(values: Values) -> tuple[Field, ...]:
    return tk.window_fields(values, names=_NAMES)


def _load(values: Values, loading: Loading) -> Loaded:
    path = source(values, loading, "shakespeare")
    text = _read(path / _FILE if path.is_dir() else path, loading)
    return tk.windows(tk.encoded(text, "characters", _NAMES, loading), values, loading)


def _read(path: Path, loading: Loading) -> str:
    """Raises DataError where it is no text."""
    data = bytearray()
    with opened(path) as file:
        while block := file.read(_BLOCK):
            data += block
            loading.need(10 * len(data), f"The text {path.name}")
            loading.tell(len(data), 0, f"Reading {path.name}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fix = "Save it as UTF-8."
        raise broken(f"{path} is no text in UTF-8: line {line:,}, byte {error.start:,}.", fix) from error
    if "\0" in text:
        raise broken(f"{path} is no text: it has zeros in it, at character {text.index(chr(0)):,}.")
    return text


def _samples(values: Values) -> int:
    """Only loading tells how long a person's own text is."""
    context = cast(int, values["context"])
    step = cast("int | None", values["step"]) or context
    return 0 if given(values) else (_LENGTH - 1 - context) // step + 1


def _candidates(values: Values) -> Iterable[Path]:
    own = given(values) or Path()
    return [own / _FILE if own.is_dir() else own]


SHAKESPEARE = DatasetType(
    name="shakespeare",
    title="Tiny Shakespeare",
    summary="1,115,394 characters of Shakespeare's plays, character by character. Fetched once.",
    fields=_fields,
    samples=_samples,
    load=_load,
    params=ParamSet((*tk.window_params(64), files_param("The text, or another one in its place,"))),
    source="A. Karpathy: The Unreasonable Effectiveness of Recurrent Neural Networks, 2015."
    " github.com/karpathy/char-rnn",
    licence="Plays in the public domain; the collection MIT",
    group="text",
    split="in order",
    repeats=True,
    download=Download(
        (
            RemoteFile(
                _FILE,
                (
                    "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
                    "https://storage.googleapis.com/download.tensorflow.org/data/shakespeare.txt",
                ),
                _LENGTH,
                "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            ),
        )
    ),
    stamp=stamp_of(_candidates),
    help="The usual text for a small GPT. Its 65 characters have a token each; what else a text of your own in its "
    f"place has becomes {tk.UNKNOWN}.",
    aliases=("gpt", "language model", "plays", "text", "characters"),
)
