"""A CSV of 1,000,000 rows × 10 numbers, read into memory as float32: by us, by pandas and by polars.

Each reads in a process of its own, once to warm up and then once on the clock, in turn. Ours is all that the engine
does: the fingerprint is checked, progress is told, and the columns are put into one array; the others make their table.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from nnstudio.data.files.inspect import inspect
from nnstudio.data.loading import Loading
from nnstudio.data.registry import dataset
from tests.benchmarks import rival_env
from tests.benchmarks.table import Row, paired

ROWS, COLUMNS = 1_000_000, 10
RUNS = 7
PACKAGES = ("numpy==2.4.6", "pandas==3.1.1", "polars==2.1.0")
GOAL = "≤ 2.0"
_RIVAL = Path(__file__).with_name("data_rival.py")


def write(path: Path, rows: int = ROWS) -> None:
    """Normal numbers, as float32 writes them in full."""
    import pyarrow as pa
    from pyarrow import csv

    numbers = np.random.default_rng(0).normal(size=(rows, COLUMNS)).astype(np.float32)
    csv.write_csv(pa.table({f"column {i}": numbers[:, i] for i in range(COLUMNS)}), path)


def ours(path: str) -> float:
    """Seconds of one loading, after one that warms up."""
    _, params, _ = inspect(path, "", {}, Loading())
    kind, took = dataset("table"), 0.0
    for _ in range(2):
        start = time.perf_counter()
        loaded = kind.load(params, Loading())
        took = time.perf_counter() - start
    assert loaded.arrays["x"].shape == (ROWS, COLUMNS - 1)
    return took


def measure() -> list[Row]:
    """The three in turn."""
    interpreter, why = rival_env.python("frames", PACKAGES)
    took: dict[str, list[float]] = {"ours": [], "pandas": [], "polars": []}
    with tempfile.TemporaryDirectory(prefix="nnstudio-csv-") as folder:
        path = Path(folder) / "numbers.csv"
        write(path)
        size = path.stat().st_size
        for _ in range(RUNS):
            took["ours"].append(_seconds([sys.executable, "-m", "tests.benchmarks.data", str(path)]))
            for rival in ("pandas", "polars") if interpreter else ():
                took[rival].append(_seconds([str(interpreter), str(_RIVAL), rival, str(path)]))
    what = f"CSV of {ROWS:,} rows × {COLUMNS}, {size / 1e6:.0f} MB"
    mine = f"{median(took['ours']):.2f} s"
    if interpreter is None:
        return [Row(what, mine, f"none: {why}")]
    faster = min(("pandas", "polars"), key=lambda name: median(took[name]))
    return [
        Row(what, mine, f"{name} {median(took[name]):.2f} s", paired(took["ours"], took[name]), GOAL * (name == faster))
        for name in ("pandas", "polars")
    ]


def _seconds(command: list[str]) -> float:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    print(ours(sys.argv[1]))
