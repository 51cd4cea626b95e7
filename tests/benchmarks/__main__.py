"""python -m tests.benchmarks [NAME ...]: all measurements, or those named, as start or steps."""

from __future__ import annotations

import os
import sys
import tempfile

from tests.benchmarks import batches, canvas, data, neurons, panels, shapes, start, steering, steps
from tests.benchmarks.table import Row, show

ALL = {
    "start": start.measure,
    "steps": steps.measure,
    "steering": steering.measure,
    "panels": panels.measure,
    "neurons": neurons.measure,
    "batches": batches.measure,
    "data": data.measure,
    "canvas": canvas.measure,
    "shapes": shapes.measure,
}


def main(names: list[str]) -> int:
    """Measure and print; status 2 for a name that is not there."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"There is no measurement {', '.join(unknown)}; there are {', '.join(ALL)}.", file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="nnstudio-bench-") as home:
        os.environ["NNSTUDIO_HOME"] = home  # what is kept for after a crash does not come among the person's own
        for name in names or ALL:
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            rows.extend(ALL[name]())
    print(show(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
