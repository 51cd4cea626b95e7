"""Runs an exported source file in a process of its own, where there is nothing but torch.

    python -I alone.py SOURCE CLASS INPUTS OUTPUTS THREADS BATCH

INPUTS and OUTPUTS are lists of tensors by torch.save, BATCH the samples in a batch. The file runs as a person would
run it, then the class is built again and given the weights beside the file. This file imports nothing of the
package it lies in.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import torch


def main(source: str, class_name: str, inputs: str, outputs: str, threads: str, batch: str) -> None:
    """All arguments as on the command line."""
    torch.set_num_threads(int(threads))
    model = runpy.run_path(source, run_name="__main__")[class_name]()
    model.load_state_dict(torch.load(Path(source).with_suffix(".weights.pt"), weights_only=True))
    columns = [tensor.split(int(batch)) for tensor in torch.load(inputs, weights_only=True)]
    with torch.no_grad():
        rows = [model.eval()(*row) for row in zip(*columns, strict=True)] if columns else [model.eval()()]
    rows = [(row,) if isinstance(row, torch.Tensor) else row for row in rows]
    joined = [
        torch.cat([part.reshape(-1) if part.ndim == 0 else part for part in column])
        for column in zip(*rows, strict=True)
    ]
    torch.save(joined if columns else list(rows[0]), outputs)
    if "nnstudio" in sys.modules:
        raise SystemExit("The source needs NNStudio, and should need nothing but PyTorch.")


if __name__ == "__main__":
    main(*sys.argv[1:])
