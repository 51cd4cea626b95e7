"""python data_rival.py pandas|polars PATH: reads a CSV of numbers as float32 twice, prints the seconds of the second.

It runs where nothing of ours is installed.
"""

from __future__ import annotations

import sys
import time


def pandas(path: str) -> int:
    import pandas

    return len(pandas.read_csv(path, dtype="float32"))


def polars(path: str) -> int:
    import polars

    return polars.read_csv(path, schema={f"column {i}": polars.Float32 for i in range(10)}).height


if __name__ == "__main__":
    read = {"pandas": pandas, "polars": polars}[sys.argv[1]]
    read(sys.argv[2])
    start = time.perf_counter()
    rows = read(sys.argv[2])
    took = time.perf_counter() - start
    assert rows == 1_000_000, rows
    print(took)
