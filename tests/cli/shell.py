"""Commands as a person or a script calls them, and what they print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnstudio import cli

Captured = pytest.CaptureFixture[str]
ROOT = Path(__file__).resolve().parent.parent.parent


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
