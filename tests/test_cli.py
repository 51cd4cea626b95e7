"""Every command, as a person or a script calls it: what it prints where, and with which exit status."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from nnstudio import __version__, cli, reports
from nnstudio.catalogue import registry
from nnstudio.cli import commands, training
from nnstudio.data.registry import datasets
from nnstudio.data.spec import GROUPS
from nnstudio.examples import examples, resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.headless import Headless
from nnstudio.metrics.registry import metrics
from nnstudio.protocol import messages as msg
from nnstudio.training.registry import optimizers, schedules

Captured = pytest.CaptureFixture[str]
ROOT = Path(__file__).resolve().parent.parent


def call(*arguments: str) -> int:
    """The exit status, as the shell sees it."""
    try:
        return cli.main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)


def shell(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    environment = os.environ | more.pop("environment", {})
    command = [sys.executable, "-m", "nnstudio", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, env=environment, **more)


def lines(text: str) -> list[dict[str, Any]]:
    """JSON lines, strictly: NaN and Infinity are not JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    records = [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
    assert records[-1]["event"] == "finished"
    assert [record.get("event") for record in records].count("finished") == 1
    return records


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A project with a problem."""
    document = storage.load(resolve("example:xor"))
    document.disconnect(document.links_into("hidden1", "x")[0])
    storage.save(document, tmp_path / "broken.nnstudio.json")
    return tmp_path / "broken.nnstudio.json"


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
        ["train", "example:xor", "--device", "abacus"],
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
    assert told.out == ""
    assert "nnstudio" in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("command", ["check", "source", "train"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b'{"nnstudio": 7}'])
def test_a_file_that_can_not_be_read(tmp_path: Path, command: str, content: bytes, capsys: Captured) -> None:
    path = tmp_path / "bad.nnstudio"
    path.write_bytes(content)
    assert call(command, str(path)) == 1
    told = capsys.readouterr()
    assert told.out == ""
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
    assert call("check", "example:xor") == 1
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


# train


def test_train_json_is_reproducible(tmp_path: Path, capsys: Captured) -> None:
    runs = []
    for out, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        arguments = ["--epochs", "4", "--seed", seed, "--json", "--out", str(tmp_path / out)]
        assert call("train", "example:xor", *arguments) == 0
        runs.append(lines(capsys.readouterr().out))
    first, second, third = runs
    assert first[1]["train_loss"] != third[1]["train_loss"]
    assert [record["event"] for record in first] == ["started", *["epoch"] * 4, "finished"]
    assert [record["epoch"] for record in first[1:-1]] == [1, 2, 3, 4]
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        assert [record[name] for record in first[1:-1]] == [record[name] for record in second[1:-1]]
    assert set(first[-2]["metrics"]) == {"precision", "recall", "f1", "auc"}
    last = first[-1]
    assert (last["state"], last["epochs"], last["steps"], last["parameters"]) == ("finished", 4, 40, 114)
    assert last["test_loss"] == first[-2]["test_loss"]
    assert last["project"] == str(tmp_path / "a" / "xor.nnstudio")
    one, other = (storage.load(Path(run[-1]["project"])) for run in runs[:2])
    assert one.trained is not None
    assert other.trained is not None
    assert one.trained.weights == other.trained.weights
    assert (one.plan.epochs, one.plan.seed) == (4, 5)
    assert one.trained.epochs[-1].metrics == first[-2]["metrics"]


def test_train_in_words(capsys: Captured) -> None:
    assert call("train", "example:xor", "--set", "training.epochs=2", "--set", "hidden1.out_features=3") == 0
    told = capsys.readouterr()
    assert re.fullmatch(r"finished: state finished, epochs 2, .*parameters 59.*\n", told.out)
    assert told.err.count("epoch: epoch") == 2
    assert re.search(r"epoch: epoch 2, .*, precision [\d.]+, recall [\d.]+, f1 [\d.]+, auc [\d.]+\n", told.err)


def test_settings_reach_the_model(capsys: Captured) -> None:
    document = storage.load(resolve("example:digits-cnn"))
    first = next(node.name for node in document.in_order() if node.type == "Conv2d")
    changes = ["--set", f"{first}.out_channels=3", "--set", "training.lr=0.01", "--epochs", "1"]
    assert call("train", "example:digits-cnn", *changes, "--json") == 0
    records = lines(capsys.readouterr().out)
    document.set(first, out_channels=3)
    assert records[0]["parameters"] == reports.check(document).compiled.parameters


@pytest.mark.parametrize(
    "setting",
    [
        "training.lr",
        "lr=1",
        "=1",
        ".=1",
        "training.=1",
        "training.colour=1",
        "training.self=1",
        "training.lr=fast",
        "training.lr=NaN",
        "training.lr=1e999",
        "training.lr=" + "9" * 400,
        "training.epochs=0",
        "nobody.out_features=1",
        "hidden1.colour=1",
        "hidden1.self=1",
        "hidden1.reference=1",
        "hidden1.out_features=-1",
        "hidden1.out_features=[1",
        "hidden1.out_features=" + "[" * 5000,
        "xor.dataset=nothing",
    ],
)
def test_bad_settings(setting: str, capsys: Captured) -> None:
    assert call("train", "example:xor", "--set", setting) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("nnstudio: ")


@pytest.mark.parametrize("option", [["--epochs", "0"], ["--seed", "-1"], ["--epochs", "99999999999"]])
def test_bad_numbers(option: list[str], capsys: Captured) -> None:
    assert call("train", "example:xor", *option) == 2
    assert "takes a whole number" in capsys.readouterr().err


def test_a_folder_that_can_not_be_is_told_before_training(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("")
    assert call("train", "example:xor", "--out", str(tmp_path / "file")) == 2
    assert "can not be a folder" in capsys.readouterr().err


def test_training_a_broken_project(broken: Path, capsys: Captured) -> None:
    assert call("train", str(broken), "--json") == 1
    told = capsys.readouterr()
    assert "hidden1" in lines(told.out)[-1]["error"]
    assert "hidden1" in told.err


def test_a_training_that_fails(capsys: Captured) -> None:
    """Weights that grow a thousandfold with each step are soon no numbers."""
    wild = ["training.lr=1000", "training.optimizer=SGD", "training.weight_decay=10"]
    settings = [word for setting in wild for word in ("--set", setting)]
    assert call("train", "example:xor", *settings, "--json") == 1
    last = lines(capsys.readouterr().out)[-1]
    assert last["state"] == "failed"
    assert "Lower the learning rate" in last["message"]


def test_an_engine_that_dies_fails_the_training(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    original = reports.TrainingReport.heard
    killed: list[int] = []

    def heard(self: reports.TrainingReport, session: Any, event: Any) -> None:
        original(self, session, event)
        if session.run.epochs and not killed:
            killed.append(session.engine.pid)
            with contextlib.suppress(OSError):
                os.kill(session.engine.pid, 9)

    monkeypatch.setattr(reports.TrainingReport, "heard", heard)
    assert call("train", "example:xor", "--epochs", "100000", "--json") == 1
    records = lines(capsys.readouterr().out)
    assert records[-1]["state"] == "failed"
    assert records[-1]["message"]
    assert any(record["event"] == "engine" for record in records)


def test_interrupting_a_training_keeps_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def interrupt(headless: Headless, say: reports.TrainingReport) -> None:
        headless.until(lambda: len(headless.session.run.epochs) > 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_follow", interrupt)
    assert call("train", "example:xor", "--epochs", "100000", "--json", "--out", str(tmp_path)) == 0
    last = lines(capsys.readouterr().out)[-1]
    assert last["state"] == "stopped"
    assert storage.load(tmp_path / "xor.nnstudio").trained is not None


def test_interrupting_while_data_are_loaded_ends_at_once(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """The engine gives them up; or it has them already, has begun, and stops."""
    wait = Headless.wait

    def interrupt(headless: Headless, future: Future[msg.AnyReply], timeout: float = 600.0) -> msg.AnyReply:
        monkeypatch.setattr(Headless, "wait", wait)
        raise KeyboardInterrupt

    monkeypatch.setattr(Headless, "wait", interrupt)
    assert call("train", "example:xor", "--epochs", "100000", "--json") == 0
    assert lines(capsys.readouterr().out)[-1]["state"] == "stopped"


def test_interrupting_before_the_first_step_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Not even the weights that an earlier training left in the project."""
    assert call("train", "example:xor", "--epochs", "1", "--out", str(tmp_path)) == 0

    def interrupt(headless: Headless) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Headless, "start", interrupt)
    assert call("train", str(tmp_path / "xor.nnstudio"), "--out", str(tmp_path / "out"), "--json") == 0
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("command", [["demo"], ["train", "example:xor"]])
@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nnstudio", "x" * 300])
def test_a_folder_that_can_not_be_written_to_is_wrong_use(
    command: list[str], place: str, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "file").write_text("")
    assert call(*command, "--out", str(tmp_path / place)) == 2
    told = capsys.readouterr().err
    assert "can not be a folder to write to" in told
    assert "Traceback" not in told


def test_numbers_that_are_not_finite_are_null() -> None:
    record = {"a": float("nan"), "b": float("inf"), "c": 1.5, "d": "NaN"}
    assert json.loads(reports.json_line(record)) == {"a": None, "b": None, "c": 1.5, "d": "NaN"}


# export


@pytest.mark.parametrize("kind", ["safetensors", "onnx"])
def test_export(kind: str, tmp_path: Path, capsys: Captured) -> None:
    if kind == "onnx":
        pytest.importorskip("onnxruntime")
    out = tmp_path / f"xor.{kind}"
    assert call("export", "example:xor", "--to", kind, "--out", str(out), "--json") == 0
    told = capsys.readouterr()
    (record,) = lines(told.out)
    assert str(out) in record["files"]
    assert record["bytes"] == sum(Path(file).stat().st_size for file in record["files"]) > 0
    assert record["difference"] < 1e-3
    assert "not trained" in told.err


def test_export_prints_the_files(tmp_path: Path, capsys: Captured) -> None:
    assert call("export", "example:xor", "--to", "python", "--out", str(tmp_path / "xor.py")) == 0
    told = capsys.readouterr()
    assert str(tmp_path / "xor.py") in told.out.splitlines()
    assert "checked" in told.err


def test_export_of_another_kind(tmp_path: Path, capsys: Captured) -> None:
    assert call("export", "example:xor", "--to", "stone", "--out", str(tmp_path / "x")) == 2
    assert "There is no export 'stone'. There are: " in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_export_to_nowhere(tmp_path: Path, broken: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("")
    assert call("export", "example:xor", "--to", "python", "--out", str(tmp_path / "file" / "x.py")) == 1
    assert call("export", str(broken), "--to", "python", "--out", str(tmp_path / "x.py")) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "x.py").exists()


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_export_of_the_drawing(kind: str, tmp_path: Path, capsys: Captured, qapp: object) -> None:
    out = tmp_path / f"xor.{kind}"
    assert call("export", "example:xor", "--to", kind, "--out", str(out), "--theme", "dark", "--json") == 0
    (record,) = lines(capsys.readouterr().out)
    assert record["files"] == [str(out)]
    assert record["bytes"] == out.stat().st_size > 0


def test_export_of_the_drawing_as_a_command_of_its_own(tmp_path: Path) -> None:
    """No display, and Qt is not told to do without."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "nnstudio", "export", "example:xor", "--to", "svg", "--out", "x.svg"]
    root = str(Path(__file__).parent.parent)
    environment["PYTHONPATH"] = root
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "x.svg\n"
    assert ">xor</text>" in (tmp_path / "x.svg").read_text()


def test_export_of_a_drawing_that_can_not_be_made(tmp_path: Path, capsys: Captured, qapp: object) -> None:
    storage.save(Document(), tmp_path / "empty.nnstudio.json")
    project = str(tmp_path / "empty.nnstudio.json")
    assert call("export", project, "--to", "svg", "--out", str(tmp_path / "x.svg")) == 1
    assert call("export", "example:xor", "--to", "svg", "--out", str(tmp_path / "no" / "x.svg"), "--json") == 1
    told = capsys.readouterr()
    assert "The drawing is empty" in told.err
    assert "can not be written" in lines(told.out)[0]["error"]
    assert call("export", "example:xor", "--to", "png", "--out", "x.png", "--theme", "pink") == 2


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
