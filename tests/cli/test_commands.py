"""Every command as a whole, and those that look: what is printed where, and with which exit status."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio import __version__, reports
from nnstudio.catalogue import registry
from nnstudio.cli import commands
from nnstudio.data.registry import datasets
from nnstudio.data.spec import GROUPS
from nnstudio.examples import examples, resolve
from nnstudio.graph import storage
from nnstudio.metrics.registry import metrics
from nnstudio.training.registry import optimizers, schedules
from tests.cli.shell import ROOT, Captured, call, lines, shell

# As a whole


def test_version_and_help(capsys: Captured) -> None:
    assert call("--version") == 0
    assert capsys.readouterr().out == f"NNStudio {__version__}\n"
    assert call("--help") == 0
    told = capsys.readouterr().out
    assert all(command in told for command in commands.COMMANDS)
    for command in commands.COMMANDS:
        assert call(command, "--help") == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "example:xor", "--nonsense"],
        ["train", "example:xor", "--epochs", "many"],
        ["train"],
        ["train", "example:xor", "--on"],
        ["train", "example:xor", "--on", "--resume", "x"],
        ["train", "example:xor", "--no-record", "--tensorboard"],
        ["train", "--resume", "missing"],
        ["train", "--resume", "x" * 300],
        ["export", "example:xor"],
        ["info"],
        ["info", "weather"],
        ["check", "example:nothing"],
        ["check", "missing.nnstudio"],
        ["check", "x" * 300],
        ["source", "missing.nnstudio"],
        ["train", "missing.nnstudio"],
        ["export", "missing.nnstudio", "--to", "python", "--out", "x"],
        ["missing.nnstudio"],
        ["open", "missing.nnstudio"],
    ],
)
def test_wrong_use(arguments: list[str], capsys: Captured) -> None:
    assert call(*arguments) == 2
    told = capsys.readouterr()
    assert told.out == "" or (arguments[0] == "train" and lines(told.out)[-1]["error"])
    assert "nnstudio" in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("command", ["check", "source", "train"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b'{"nnstudio": 7}'])
def test_a_file_that_can_not_be_read(tmp_path: Path, command: str, content: bytes, capsys: Captured) -> None:
    path = tmp_path / "bad.nnstudio"
    path.write_bytes(content)
    assert call(command, str(path)) == 1
    told = capsys.readouterr()
    assert told.out == "" or (command == "train" and lines(told.out)[-1]["error"])
    assert told.err.startswith("nnstudio: 'bad.nnstudio'")
    assert call(command, str(tmp_path)) == 1


def test_an_error_ends_the_json_lines_too(tmp_path: Path, capsys: Captured) -> None:
    assert call("check", str(tmp_path / "missing"), "--json") == 2
    (record,) = lines(capsys.readouterr().out)
    assert "missing" in record["error"]
    assert record["fix"]


def test_interrupting_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reports, "check", interrupt)
    assert call("check", "example:xor") == 130
    assert capsys.readouterr().err == "nnstudio: interrupted\n"


# check


def test_check(capsys: Captured) -> None:
    assert call("check", "example:digits-cnn") == 0
    text = capsys.readouterr().out
    document = storage.load(resolve("example:digits-cnn"))
    for node in document.nodes.values():
        assert re.search(rf"^{node.name} +{node.type} ", text, re.MULTILINE)
    assert text.endswith("0 errors\n")


def test_check_json(capsys: Captured) -> None:
    assert call("check", "example:xor", "--json") == 0
    records = lines(capsys.readouterr().out)
    nodes = {record["name"]: record for record in records if record["event"] == "node"}
    assert nodes["hidden1"]["parameters"] == 2 * 8 + 8
    assert nodes["head"]["outputs"]["y"][-1] == 2
    assert records[-1] | {"flops": 0} == {"event": "finished", "errors": 0, "parameters": 114, "flops": 0}
    assert sum(node["parameters"] for node in nodes.values()) == 114


def test_check_tells_what_is_trained_otherwise(tmp_path: Path, capsys: Captured) -> None:
    document = storage.load(resolve("example:xor"))
    document.tune(["hidden1"], frozen=True, lr=0.5)
    storage.save(document, tmp_path / "frozen.nnstudio.json")
    assert call("check", str(tmp_path / "frozen.nnstudio.json"), "--json") == 0
    nodes = [record for record in lines(capsys.readouterr().out) if record["event"] == "node"]
    told = {record["name"]: (record.get("frozen"), record.get("lr")) for record in nodes}
    assert told["hidden1"] == (True, 0.5)
    assert told["head"] == (None, None)
    assert call("check", str(tmp_path / "frozen.nnstudio.json")) == 0
    assert re.search(r"^hidden1 .* 24  frozen, lr 0.5$", capsys.readouterr().out, re.MULTILINE)


def test_check_of_a_broken_project(broken: Path, capsys: Captured) -> None:
    assert call("check", str(broken)) == 1
    assert "error: " in capsys.readouterr().out
    assert call("check", str(broken), "--json") == 1
    records = lines(capsys.readouterr().out)
    problems = [record for record in records if record["event"] == "problem"]
    assert records[-1]["errors"] == sum(problem["severity"] == "error" for problem in problems) > 0
    assert problems[0]["node"] == "hidden1"
    assert problems[0]["message"]


def test_check_takes_every_example(capsys: Captured) -> None:
    for name in examples():
        assert call("check", f"example:{name}") == 0
        assert "error:" not in capsys.readouterr().out


def test_check_loads_neither_qt_nor_torch() -> None:
    program = (
        "import sys; from nnstudio.cli import main; status = main(['check', 'example:xor']);"
        "print(*(name for name in ('torch', 'PySide6', 'pyqtgraph', 'sklearn') if name in sys.modules));"
        "sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, ""), done.stderr


# source


@pytest.mark.parametrize("name", ["xor", "digits-cnn"])
def test_source_runs_and_prints_shapes(name: str, tmp_path: Path) -> None:
    done = shell("source", f"example:{name}")
    assert (done.returncode, done.stderr) == (0, "")
    path = tmp_path / "model.py"
    path.write_text(done.stdout)
    ran = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    document = storage.load(resolve(f"example:{name}"))
    layers = [node.name for node in document.nodes.values() if node.type in ("Linear", "Conv2d")]
    for layer in layers:
        assert re.search(rf"^{layer} +\(\d+(, \d+)+\)", ran.stdout, re.MULTILINE)


def test_source_of_a_broken_project(broken: Path, capsys: Captured) -> None:
    assert call("source", str(broken)) == 1
    assert "nnstudio: " in capsys.readouterr().err


@pytest.mark.parametrize("arguments", ["source example:xor", "info layers --json", "check example:xor"])
def test_a_reader_that_has_seen_enough(arguments: str) -> None:
    """As with `nnstudio source x | head -1`, when head is quicker."""
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "nnstudio", *arguments.split()],
            cwd=ROOT,
            stdout=pipe,
            stderr=subprocess.PIPE,
            timeout=60,
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_that_knows_few_letters() -> None:
    done = shell("info", "examples", environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "?" in done.stdout


# info


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("layers", registry.layers()),
        ("optimizers", optimizers()),
        ("schedules", schedules()),
        ("metrics", metrics()),
        ("examples", examples()),
        ("panels", None),
    ],
)
def test_info(what: str, names: dict[str, object] | None, capsys: Captured) -> None:
    assert call("info", what) == 0
    text = capsys.readouterr().out
    assert call("info", what, "--json") == 0
    *records, _ = lines(capsys.readouterr().out)
    assert len(records) == len(text.splitlines()) > 0
    for record, line in zip(records, text.splitlines(), strict=True):
        assert record["name"] == line.split()[0]
        assert record["summary"] in line
    assert names is None or [record["name"] for record in records] == list(names)


def test_info_tells_all_of_every_data_set(capsys: Captured) -> None:
    assert call("info", "datasets", "--json") == 0
    *records, _ = lines(capsys.readouterr().out)
    assert [record["name"] for record in records] == list(datasets())
    for record, declared in zip(records, datasets().values(), strict=True):
        fields = declared.fields_for()
        assert [tuple(record["fields"][field.name]["shape"]) for field in fields] == [field.shape for field in fields]
        assert [record["fields"][field.name]["size"] for field in fields] == [field.classes for field in fields]
        assert (record["samples"], record["bytes"]) == (declared.samples_for(), declared.bytes_for())
        assert record["licence"]
        assert record["source"]
        assert set(record["params"]) == {param.name for param in declared.params if not param.hidden}
        assert (record["download"] or {}).get("bytes") == (declared.download.size if declared.download else None)


def test_info_tells_tokens_columns_and_where_files_come_from(capsys: Captured) -> None:
    call("info", "datasets", "--json")
    *records, _ = lines(capsys.readouterr().out)
    told = {record["name"]: record for record in records}
    assert told["moons"]["fields"]["point"]["columns"] == ["x", "y"]
    assert told["gates"]["params"]["gate"]["default"] == "AND"
    assert told["gates"]["split"] == "none"
    padded = [field for record in records for field in record["fields"].values() if "padding" in field]
    assert padded
    assert all(0 <= field["padding"] < field["size"] for field in padded)
    fetched = [file for record in records if record["download"] for file in record["download"]["files"]]
    assert fetched
    assert all(len(file["sha256"]) == 64 and file["urls"] for file in fetched)


def test_info_lists_data_sets_by_their_groups(capsys: Captured) -> None:
    assert call("info", "datasets") == 0
    text = capsys.readouterr().out
    titles = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert titles == [title for group, title in GROUPS.items() if group in {each.group for each in datasets().values()}]
    for declared in datasets().values():
        assert text.count(f"\n  {declared.name} ") == 1
    assert "1,797 samples · image 1×8×8, label of 10" in text
    assert max(map(len, text.splitlines())) < 200
