"""What kind of file it is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PIL import Image

from nnstudio.data.files.inspect import inspect, kind_of
from nnstudio.data.loading import Loading
from nnstudio.errors import BadParameter, DataError

VERSES = "Of mice, and men,\nand of 3 wise women, who\nsang, danced, and laughed.\n" * 9
TABLE = "a;b\n" + "1,5;2\n" * 9


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [("t.csv", TABLE, "table"), ("t.txt", TABLE, "table"), ("t.xyz", TABLE, "table"), ("t.txt", VERSES, "text_file"),
     ("README", VERSES, "text_file"), ("t.py", "x = 1\ny = 2\n", "text_file"), ("t.csv", "1\n2\n3\n", "table"),
     ("t.txt", "1 2\n3 4\n5 6\n", "table"), ("t.jsonl", '{"a": 1, "b": 2}\n' * 9, "text_file")],
)  # fmt: skip
def test_a_text_is_a_table_where_it_looks_like_one(tmp_path: Path, name: str, text: str, kind: str) -> None:
    (tmp_path / name).write_text(text)
    assert kind_of(tmp_path / name) == kind


def test_it_is_read_as_asked(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE * 20)
    assert inspect(str(tmp_path / "t.csv"), "text_file", {}, Loading())[0] == "text_file"
    with pytest.raises(DataError, match="can not be read as 'moons'"):
        inspect(str(tmp_path / "t.csv"), "moons", {}, Loading())
    with pytest.raises(BadParameter, match="delimiter"):
        inspect(str(tmp_path / "t.csv"), "", {"delimiter": "dot"}, Loading())


def test_all_that_is_told_travels(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    for colour in ("red", "blue"):
        (tmp_path / "p" / colour).mkdir(parents=True)
        Image.new("RGB", (4, 4), colour).save(tmp_path / "p" / colour / "a.png")
    for path in (tmp_path / "t.csv", tmp_path / "p"):
        _, params, facts = inspect(str(path), "", {}, Loading())
        assert msgspec.msgpack.decode(msgspec.msgpack.encode([params, facts]))[1]["name"] == path.name
