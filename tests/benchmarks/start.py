"""From process start to a shown, usable window, against `python -c "import torch"` in the same run.

Usable: painted with the digits example in it, and the event loop has answered; a click would be taken. The engine is
started right after the first picture, as always.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median

from tests.benchmarks.table import Row, paired

RUNS = 5

WINDOW = """
import sys, time
from PySide6.QtCore import QTimer
from nnstudio import app
from nnstudio.examples import resolve
application, window = app.open_window(resolve("example:digits-cnn"))
application.processEvents()
window.grab()
print(time.time(), flush=True)
window.bridge.session.engine.close()
"""


TORCH = "import torch, time; print(time.time())"


def _seconds(code: str) -> float:
    """From the start of a process to the time it prints. Compiled modules are kept, as on anybody's machine."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", code]
    began = time.time()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=kept)
    return float(done.stdout.split()[-1]) - began


def measure() -> list[Row]:
    """Pairs in turn, after one of each to warm the disk's cache."""
    _seconds(TORCH), _seconds(WINDOW)
    pairs = [(_seconds(WINDOW), _seconds(TORCH)) for _ in range(RUNS)]
    ours, rival = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return [
        Row(
            "process start to usable window",
            f"{median(ours):.2f} s",
            f"import torch {median(rival):.2f} s",
            paired(ours, rival),
            "≤ 0.6",
        )
    ]
