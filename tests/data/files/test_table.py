"""Tables of one's own: how they are written is found out, and they are loaded as their columns say."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio.compiler.compile import compile_document
from nnstudio.data.files import layout
from nnstudio.data.files.dialect import DELIMITERS
from nnstudio.data.files.layout import DROP, MEAN, ZERO
from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from nnstudio.engine.data import datasets as engine
from nnstudio.errors import Cancelled, DataError
from nnstudio.graph.document import Document
from nnstudio.params import Column
from nnstudio.params.files import ColumnsParam
from nnstudio.protocol.messages import DataRef
from tests.data.files.looking import arrays, given_up_after, load, loaded, looked

FLOWERS = [["length", "width", "species"]] + [
    [str(1.5 + i % 7), str(i % 5 + 0.25), ("rose", "lily", "grün")[i % 3]] for i in range(30)
]


@pytest.fixture
def csv(tmp_path: Path) -> Any:
    def write(rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8", name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_bytes("".join(f"{delimiter.join(row)}\r\n" for row in rows).encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [name for name in DELIMITERS if name != "space"])
def test_however_it_is_written_the_same_is_read(csv: Any, delimiter: str, encoding: str) -> None:
    path = csv(FLOWERS, DELIMITERS[delimiter], encoding)
    params, facts = looked(path)
    assert (params["delimiter"], params["header"], facts["rows"]) == (delimiter, True, 30)
    assert params["encoding"] == encoding.replace("-sig", "")
    assert [column[:3] for column in params["columns"]] == [
        ("length", "number", "input"), ("width", "number", "input"), ("species", "class", "target")
    ]  # fmt: skip
    given = load("table", params).arrays
    assert given["x"].tolist() == [[float(row[0]), float(row[1])] for row in FLOWERS[1:]]
    names = dataset("table").field("y", params).names
    assert names == ("grün", "lily", "rose")
    assert [names[label] for label in given["y"]] == [row[2] for row in FLOWERS[1:]]


def test_decimal_commas_are_seen(csv: Any) -> None:
    path = csv([["a", "b"], *([f"{i},5", f"-{i},25"] for i in range(9))], ";")
    assert looked(path)[0]["decimal"] == "comma"
    assert arrays(path)["x"][:3, 0].tolist() == [0.5, 1.5, 2.5]
    assert arrays(path)["y"][:3, 0].tolist() == [-0.25, -1.25, -2.25]


def test_a_table_without_header_has_numbered_columns(csv: Any) -> None:
    path = csv([["1.5", "2.5"], ["3", "4"], ["5", "6"]])
    params, _ = looked(path)
    assert [column[0] for column in params["columns"]] == ["column 1", "column 2"]
    assert load("table", params).arrays["x"].tolist() == [[1.5], [3.0], [5.0]]


def test_what_a_person_knows_better_is_taken(csv: Any) -> None:
    path = csv([["1", "2"], ["3", "4"], ["5", "6.5"]])
    params, facts = looked(path, header=True)
    assert (facts["rows"], params["columns"][0][0]) == (2, "1")
    params, _ = looked(csv(FLOWERS, ";"), delimiter="comma")
    assert len(params["columns"]) == 1


def test_set_columns_stay_while_they_are_these(csv: Any) -> None:
    path = csv(FLOWERS)
    wanted = [["length", "number", "target", []], ["width", "number", "input", []], ["species", "class", "unused", []]]
    assert [column[2] for column in looked(path, columns=wanted)[0]["columns"]] == ["target", "input", "unused"]
    wanted[0][0] = "other"
    assert [column[2] for column in looked(path, columns=wanted)[0]["columns"]] == ["input", "input", "target"]


def test_a_class_among_the_inputs_is_a_one_for_each(csv: Any) -> None:
    rows = [["colour", "size", "price"], *([("red", "blue")[i % 2], str(i % 3 + 0.5), f"{i}.5"] for i in range(8))]
    params, _ = looked(csv(rows))
    field = dataset("table").field("x", params)
    assert field.columns == ("colour=blue", "colour=red", "size")
    given = load("table", params).arrays
    assert given["x"][:2].tolist() == [[0.0, 1.0, 0.5], [1.0, 0.0, 1.5]]
    assert given["y"].shape == (8, 1)


def test_several_targets_are_fields_each(csv: Any) -> None:
    params, _ = looked(csv(FLOWERS))
    columns = [Column("length", "number", "target"), Column("width", "number", "input"),
               Column("species", "class", "target", ("rose", "lily", "grün"))]  # fmt: skip
    params["columns"] = tuple(column.value() for column in columns)
    given = load("table", params).arrays
    assert set(given) == {"x", "y1", "y2"}
    assert given["y1"].shape == (30, 1)
    assert given["y2"][:3].tolist() == [0, 1, 2]


def test_the_target_is_the_last_column_or_one_called_so(csv: Any) -> None:
    def target(*names: str) -> str:
        rows = [list(names), *([f"{i}.5", f"{i * i}.5", f"{i * 3 % 7}.5"] for i in range(9))]
        return next(column[0] for column in looked(csv(rows))[0]["columns"] if column[2] == "target")

    assert target("a", "b", "c") == "c"
    assert target("a", "Target", "c") == "Target"
    assert target("label", "b", "c") == "label"


def test_few_whole_numbers_in_the_target_are_classes(csv: Any) -> None:
    rows = [["a", "y"], *([f"{i}.5", str((10, 2, 9)[i % 3])] for i in range(30))]
    assert looked(csv(rows))[0]["columns"][1] == ("y", "class", "target", ("2", "9", "10"))
    rows = [["a", "y"], *([f"{i}.5", str(i)] for i in range(30))]
    assert looked(csv(rows))[0]["columns"][1][1] == "number"


def test_row_numbers_names_and_empty_columns_are_left_out(csv: Any) -> None:
    rows = [["id", "name", "none", "a", "y"], *([str(i), f"n{i}", "", f"{i}.5", f"{i * 2}.5"] for i in range(30))]
    params, facts = looked(csv(rows))
    assert [column[2] for column in params["columns"]] == ["unused", "unused", "unused", "input", "target"]
    assert len(facts["warnings"]) == 3


def test_numbers_with_other_signs_are_told(csv: Any) -> None:
    rows = [["a", "b", "y"], *([f"{i},000", f"{i} %", f"{i}.5"] for i in range(9))]
    params, facts = looked(csv(rows, ";"))
    assert [column[2] for column in params["columns"]] == ["unused", "unused", "input"]
    assert all("other signs" in words for words in facts["warnings"])


def test_values_apart_by_several_spaces_are_told(tmp_path: Path) -> None:
    (tmp_path / "t.data").write_text("18.0   8   307.0\n15.0  12   350.0\n" * 5)
    with pytest.raises(DataError, match="several spaces"):
        looked(tmp_path / "t.data")


def test_texts_that_nobody_can_use_are_not_kept(csv: Any) -> None:
    rows = [["RowId", "name", "a", "y"], *([str(i), f"n{i}", f"{i}.5", f"{i * 2}.5"] for i in range(300))]
    columns = looked(csv(rows))[0]["columns"]
    assert [column[2:] for column in columns[:2]] == [("unused", ()), ("unused", ())]


def test_facts_tell_what_is_in_a_column(csv: Any) -> None:
    rows = [["a", "b"], *([("NA", "1", "-2", "3.5")[i % 4], "xy"[i % 2]] for i in range(40))]
    _, facts = looked(csv(rows))
    a, b = facts["columns"]
    assert (a["missing"], a["min"], a["max"], a["distinct"], a["first"][:2]) == (10, -2.0, 3.5, 3, ["NA", "1"])
    assert (b["kind"], b["classes"], b["missing"]) == ("class", ["x", "y"], 0)
    assert facts["preview"][0] == ["NA", "x"]
    assert (len(facts["preview"]), facts["memory"]) == (40, 40 * (4 + 8))


GAPS = [["a", "b", "y"], ["1", "u", "p"], ["?", "v", "q"], ["3", "", "p"], ["4", "u", ""], ["5", "v", "q"]]


def test_rows_with_gaps_are_dropped(csv: Any) -> None:
    given = loaded(csv(GAPS), missing=DROP)
    assert given.arrays["x"][:, 0].tolist() == [1.0, 5.0]
    assert not given.means


def test_gaps_become_zeros_but_an_answer_is_never_made_up(csv: Any) -> None:
    given = loaded(csv(GAPS), missing=ZERO).arrays
    assert given["x"].tolist() == [[1, 1, 0], [0, 0, 1], [3, 0, 0], [5, 0, 1]]
    assert len(given["y"]) == 4


def test_gaps_become_the_mean_of_what_is_learned(csv: Any) -> None:
    rows = [["a", "y"], *(["" if i % 3 == 0 else f"{i * i}", f"{i}.5"] for i in range(30))]
    _, params, _ = ("", *looked(csv(rows), missing=MEAN))
    data = engine.load(DataRef("table", params, seed=4))
    learned = data.rows["train"].numpy()
    mean = np.mean([i * i for i in learned if i % 3])
    for part, tensors in (("train", data.train), ("test", data.test)):
        expected = [mean if i % 3 == 0 else i * i for i in data.rows[part].tolist()]
        assert tensors["x"][:, 0].numpy() == pytest.approx(np.array(expected), rel=1e-6)


def test_numbers_that_turn_out_to_be_texts_are_classes(csv: Any) -> None:
    rows = [["a", "b"], *([f"{i}.5", f"{i * 7 % 1000}"] for i in range(3000)), *(["1.5", "no"] for _ in range(3000))]
    column = looked(csv(rows))[1]["columns"][1]
    assert (column["kind"], column["distinct"]) == ("class", 1001)


def test_an_encoding_that_shows_late_is_taken_up(csv: Any) -> None:
    rows = [["a", "b"], *([f"{i}.5", "ja"] for i in range(150_000)), *(["1.5", "grün"] for _ in range(150_000))]
    params, _ = looked(csv(rows, encoding="cp1252"))
    assert params["encoding"] == "cp1252"
    assert params["columns"][1][3] == ("grün", "ja")


def test_line_ends_and_quotes_inside_values(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('"a",b\n1.5,"x, ""y""\nz"\n2.5,w\n3.5,w\n4.5,"x, ""y""\nz"\n')
    params, _ = looked(path)
    assert params["columns"][1][3] == ("w", 'x, "y"\nz')
    assert load("table", params).arrays["y"].tolist() == [1, 0, 0, 1]


def test_a_name_of_two_lines_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('"a\nb",c\n1.5,2.5\n3.5,4.5\n')
    params, _ = looked(path)
    assert (params["columns"][0][0], params["quotes"]) == ("a�b", True)
    assert load("table", params).arrays["x"].tolist() == [[1.5], [3.5]]
    path.write_text(path.read_text().replace("\nb", ""))
    assert looked(path)[0]["quotes"] is False


def test_names_are_each_once_and_short(csv: Any) -> None:
    params, _ = looked(csv([["a", "a", "", "n" * 500], ["1", "2", "3", "4"], ["5", "6", "7", "8.5"]], ";"))
    names = [column[0] for column in params["columns"]]
    assert names[:3] == ["a", "a (2)", "column 3"]
    assert len(names[3]) < 200


def test_parquet_gives_what_csv_gives(csv: Any, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    columns = {name: [row[i] for row in FLOWERS[1:]] for i, name in enumerate(FLOWERS[0])}
    kinds = {**columns, "length": [float(v) for v in columns["length"]], "width": [float(v) for v in columns["width"]]}
    parquet.write_table(pa.table(kinds), tmp_path / "t.parquet")
    one, other = arrays(csv(FLOWERS)), arrays(tmp_path / "t.parquet")
    assert all(np.array_equal(one[name], other[name]) for name in ("x", "y"))


def test_a_drawing_knows_its_fields_before_a_file_is_chosen() -> None:
    kind = dataset("table")
    assert [(field.name, field.shape) for field in kind.fields_for()] == [("x", (1,))]
    with pytest.raises(DataError, match="No file chosen yet") as caught:
        engine.load(DataRef("table"))
    assert caught.value.kind == "file"


def test_another_file_in_its_place_is_noticed(csv: Any) -> None:
    path = csv(FLOWERS)
    params, _ = looked(path)
    before = dataset("table").stamp(params)  # type: ignore[misc]  # it has one
    path.write_bytes(path.read_bytes().replace(b"rose", b"nose"))
    with pytest.raises(DataError, match=r"'t\.csv' has changed since it was chosen"):
        load("table", params)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="has changed"):
        load("table", params)
    assert dataset("table").stamp(params) != before  # type: ignore[misc]
    path.unlink()
    with pytest.raises(DataError, match="not there") as caught:
        engine.load(DataRef("table", params))
    assert caught.value.kind == "file"


@pytest.mark.parametrize("gap", ["NA ", "      ", "  NA", " ? "])
def test_a_gap_with_spaces_round_it_is_one(csv: Any, gap: str) -> None:
    path = csv([["a", "b"], *([f"{i}.5", str(i)] for i in range(100)), [gap, "7"], [" 3 ", "8"]])
    params, facts = looked(path, missing=MEAN)
    assert (params["gaps"], facts["warnings"], params["columns"][0][1]) == (("a",), [], "number")
    given = load("table", params).arrays["x"][:, 0]
    assert np.flatnonzero(np.isnan(given)).tolist() == [100]
    assert (given[:2].tolist(), given[101]) == ([0.5, 1.5], 3)


def test_a_number_too_large_for_a_network_is_told_when_looked_into(csv: Any) -> None:
    params, facts = looked(csv([["a", "b"], *([f"{i}e38", str(i)] for i in range(9))]))
    assert facts["warnings"] == ["Line 6 of 't.csv', column 1 ('a'): '4e38' is too large."]
    assert params["columns"][0][2] == "unused"


def test_a_target_may_have_more_classes_than_an_input(csv: Any) -> None:
    params, facts = looked(csv([["a", "b"], *([str(i), f"name {i % 300}"] for i in range(900))]))
    assert (params["columns"][1][2], len(params["columns"][1][3]), facts["warnings"]) == ("target", 300, [])


def test_a_class_that_is_none_is_told(csv: Any) -> None:
    params, _ = looked(csv(FLOWERS))
    params["columns"] = (*params["columns"][:2], Column("species", "class", "target", ("rose", "lily")).value())
    with pytest.raises(DataError, match="'grün' in 'species'"):
        load("table", params)


def test_memory_is_counted_before(csv: Any) -> None:
    params, _ = looked(csv(FLOWERS))
    with pytest.raises(DataError, match=r"needs .* bytes of memory, and 100 bytes are free") as caught:
        load("table", params, Loading(memory=100))
    assert caught.value.kind == "memory"


@pytest.mark.parametrize("calls", [0, 3])
def test_work_is_given_up_at_once(tmp_path: Path, calls: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"1.25,-3.5\n" * 2_000_000)
    params, _ = looked(path)
    loading, after = given_up_after(calls)
    start = time.process_time()
    with pytest.raises(Cancelled):
        load("table", params, loading)
    assert after() <= 2
    assert time.process_time() - start < 0.5


def test_columns_are_understood_once_for_an_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table may have ten thousand of them, and the window must not wait."""
    asked: list[str] = []

    def noted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*given: Any) -> Any:
            asked.append(name)
            return call(*given)

        return noting

    monkeypatch.setattr(layout, "_vector", noted("fields", layout._vector))
    monkeypatch.setattr(ColumnsParam, "column", noted("column", ColumnsParam.column))
    columns = (("once a", "number", "input", ()), ("once b", "number", "target", ()))
    document = Document("wide")
    document.add("Dataset", "data", dataset="table", columns=columns)
    compile_document(document)
    assert sorted(asked) == ["column", "column", "fields"]
