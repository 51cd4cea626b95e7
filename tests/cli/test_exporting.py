"""`nnstudio export`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio.graph import storage
from nnstudio.graph.document import Document
from tests.cli.shell import ROOT, Captured, call, lines

pytestmark = pytest.mark.usefixtures("engine")


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
    environment["PYTHONPATH"] = str(ROOT)
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
