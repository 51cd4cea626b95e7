"""Samples as a person reads them, for the tests of the data sets."""

from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.data.spec import Arrays, Field, check_loaded

START, END, PADDING = 1, 2, 0


def loaded(name: str, seed: int = 0, **values: object) -> tuple[dict[str, Field], Arrays]:
    """The fields and arrays of a data set, as they are declared."""
    declared = dataset(name)
    checked = declared.params.check(values)
    found = declared.load(checked, Loading(seed))
    check_loaded(declared, checked, found)
    assert declared.samples_for(values) == len(next(iter(found.arrays.values())))
    return {field.name: field for field in declared.fields_for(checked)}, found.arrays


def without_padding(row: list[int]) -> list[int]:
    """What stands before the padding, of which nothing may be in between."""
    kept = [token for token in row if token != PADDING]
    assert row == kept + [PADDING] * (len(row) - len(kept))
    return kept


def read_tokens(fields: dict[str, Field], arrays: Arrays, name: str) -> list[list[str]]:
    """A field's tokens by their names, padding left out."""
    names = fields[name].names
    return [[names[token] for token in without_padding(row)] for row in arrays[name].tolist()]


def read_pairs(name: str, seed: int = 0, **values: object) -> list[tuple[list[str], list[str]]]:
    """Sources and targets without marks; the marks have to be where they belong."""
    fields, arrays = loaded(name, seed, **values)
    for field in fields.values():
        assert (field.padding, field.start, field.end) == (PADDING, START, END)
        assert field.names[:3] == ("<pad>", "<start>", "<end>")
    sources, given, wanted = (read_tokens(fields, arrays, name) for name in ("source", "decoder_input", "target"))
    for before, after in zip(given, wanted, strict=True):
        assert before == ["<start>", *after[:-1]]
        assert after[-1] == "<end>"
        assert not {"<start>", "<end>"} & set(after[:-1])
    assert not any({"<start>", "<end>"} & set(source) for source in sources)
    assert len({tuple(source) for source in sources}) == len(sources)
    return [(source, target[:-1]) for source, target in zip(sources, wanted, strict=True)]
