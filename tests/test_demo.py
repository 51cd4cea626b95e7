"""What the demonstration tells of its own failures."""

from pathlib import Path

import pytest

from nnstudio import app, cli, demo
from nnstudio.demo import Summary

GOOD = {"torch": {"files": ["a.pt"], "difference": 0.0}}


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        (Summary(test_accuracy=0.97, exports=GOOD), []),
        (Summary(test_accuracy=0.9, exports=GOOD), ["accuracy is 0.9000"]),
        (Summary(test_accuracy=float("nan")), ["accuracy is nan"]),
        (Summary(), ["accuracy is none"]),
        (Summary(test_accuracy=1.0, exports={**GOOD, "onnx": {"error": "No room."}}), ["onnx export failed: No room."]),
    ],
)
def test_failures_in_words(summary: Summary, told: list[str]) -> None:
    failures = summary.failures()
    assert len(failures) == len(told)
    assert all(words in failure for words, failure in zip(told, failures, strict=True))


@pytest.mark.parametrize(("accuracy", "status"), [(0.99, 0), (0.5, 1)])
def test_the_status_and_standard_error_tell(
    accuracy: float, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(show: demo._Show) -> None:
        show.summary.test_accuracy = accuracy

    monkeypatch.setattr(demo._Show, "run", run)
    monkeypatch.setattr(demo._Show, "__init__", lambda show, *_: setattr(show, "summary", Summary()))
    monkeypatch.setattr(app, "open_window", lambda *_, **__: (None, _Window()))
    assert demo.main(tmp_path) == status
    assert ("accuracy is 0.5" in capsys.readouterr().err) is bool(status)


def test_a_disk_that_fills_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(folder: Path) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(demo, "main", full)
    assert cli.main(["demo", "--out", str(tmp_path)]) == 2
    assert "No space left on device" in capsys.readouterr().err


class _Window:
    """As much of a window as is closed in the end."""

    def __init__(self) -> None:
        self.bridge = self
        self.session = self
        self.engine = None

    def close(self) -> None:
        """Nothing is open in it."""
