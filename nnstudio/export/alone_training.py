"""Trains by an exported script for some steps, in a process of its own, where there is nothing but torch.

    python -I alone_training.py SCRIPT LOSSES STEPS

LOSSES gets a float32 tensor by torch.save. This file imports nothing of the package it lies in.
"""

from __future__ import annotations

import runpy
import sys

import torch


def main(script: str, losses: str, steps: str) -> None:
    """All arguments as on the command line."""
    space = runpy.run_path(script, run_name="training")
    torch.save(torch.tensor(space["train"](int(steps))), losses)
    if "nnstudio" in sys.modules:
        raise SystemExit("The script needs NNStudio, and should need nothing but PyTorch.")


if __name__ == "__main__":
    main(*sys.argv[1:])
