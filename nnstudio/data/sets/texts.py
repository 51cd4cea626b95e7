"""Long texts, cut into windows: what a small GPT or a recurrent network learns to continue."""

from __future__ import annotations

from typing import cast

from nnstudio.data.loading import Loading
from nnstudio.data.spec import DatasetType, Field, Loaded
from nnstudio.data.text import tokens as tk
from nnstudio.errors import DataError
from nnstudio.params import Int, ParamSet, Values

_SOURCE = "The language reference of the Python that runs this program, as help() shows it: module pydoc_data.topics."
_LICENCE = "PSF License 2"
_MOST_WORDS = 3000


def _reference() -> str:
    """All its topics in the order of their names. Raises DataError where Python came without them."""
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise DataError(
            "This Python came without its language reference, the module pydoc_data.",
            fix="Use Python from python.org, or the full package of your system; or train on a text of your own.",
        ) from error
    return "\n\n".join(text.strip() for _, text in sorted(topics.items()))


def _character_fields(values: Values) -> tuple[Field, ...]:
    return tk.window_fields(values, names=tk.ASCII)


def _load_characters(values: Values, loading: Loading) -> Loaded:
    return tk.windows(tk.encoded(_reference(), "characters", tk.ASCII, loading), values, loading)


def _word_fields(values: Values) -> tuple[Field, ...]:
    return tk.window_fields(values, size=cast(int, values["vocabulary"]))


def _load_words(values: Values, loading: Loading) -> Loaded:
    text = _reference()
    names = tk.vocabulary(text, "words", cast(int, values["vocabulary"]), loading)
    return tk.windows(tk.encoded(text, "words", names, loading), values, loading, names)


PYTHON_REFERENCE = DatasetType(
    name="python_reference",
    title="Python reference, characters",
    summary="The reference of the Python language, 450,000 characters or more by its version, character by character.",
    fields=_character_fields,
    samples=0,
    load=_load_characters,
    params=ParamSet(tk.window_params(64)),
    source=_SOURCE,
    licence=_LICENCE,
    group="text",
    split="in order",
    repeats=True,
    help="A text large enough for a small GPT, which is there without a network. Letters, digits and marks of ASCII "
    f"and the end of a line have a token each; what else there is becomes {tk.UNKNOWN}.",
    aliases=("gpt", "language model", "pydoc", "documentation", "characters", "prose"),
)

PYTHON_WORDS = DatasetType(
    name="python_words",
    title="Python reference, words",
    summary="The reference of the Python language, some 90,000 words and marks by its version, word by word.",
    fields=_word_fields,
    samples=0,
    load=_load_words,
    params=ParamSet(
        (
            Int(
                "vocabulary",
                1000,
                "How many different tokens: the most frequent words, and one for all others.",
                low=10,
                high=_MOST_WORDS,
                telling=True,
            ),
            *tk.window_params(32),
        )
    ),
    source=_SOURCE,
    licence=_LICENCE,
    group="text",
    split="in order",
    repeats=True,
    help="Words are in small letters, and a mark, or a run of the same mark, is a word of its own. Words that the "
    f"vocabulary lacks become {tk.UNKNOWN}: the larger it is, the more of the text is left, and the more weights.",
    aliases=("gpt", "language model", "pydoc", "documentation", "vocabulary", "tokens"),
)
