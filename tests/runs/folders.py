"""Folders of runs, as the engine would leave them; without torch."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import safetensors.numpy

from nnstudio.protocol import messages as msg
from nnstudio.runs.record import ChangeRow, Checkpoint, EpochRow, RunRecord

_numbers = itertools.count(1)


def kept_run(
    base: Path, title: str, plan: msg.Plan, source: str, weights: Mapping[str, tuple[int, ...]], **facts: object
) -> Path:
    """A finished run of two epochs with ten steps each, and a checkpoint after each epoch."""
    number = next(_numbers)
    folder = base / f"2026-01-{1 + number % 28:02} {title} {number}"
    (folder / "checkpoints").mkdir(parents=True)
    rows = [EpochRow(epoch, 10 * epoch, 1 / epoch, 1.5 / epoch, 0.5, 0.5, 1.0) for epoch in (1, 2)]
    kept = [Checkpoint("best.safetensors", 10, 1, "best"), Checkpoint("last.safetensors", 20, 2, "end")]
    known = {
        "title": title, "plan": plan, "data": msg.DataRef("digits"), "state": "finished", "step": 20,
        "total_steps": 20, "steps_per_epoch": 10, "seconds": 2.0, "began": f"2026-01-{1 + number % 28:02}T10:00:00",
        "checkpoints": tuple(kept), "last": rows[-1],
    }  # fmt: skip
    (folder / "record.json").write_bytes(msgspec.json.encode(RunRecord(**known | facts)))  # type: ignore[arg-type]
    (folder / "source.py").write_text(source, encoding="utf-8")
    (folder / "drawing.nnstudio.json").write_text("{}")
    (folder / "epochs.jsonl").write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    (folder / "changes.jsonl").write_bytes(msgspec.json.encode(ChangeRow(12, "lr", "0.1", "0.2")) + b"\n")
    np.linspace(1, 0.1, 20, dtype="<f4").tofile(folder / "steps.f32")
    for each in kept:
        checkpoint(folder / "checkpoints" / each.file, plan, weights, each.step, each.epoch)
    return folder


def checkpoint(path: Path, plan: msg.Plan, weights: Mapping[str, tuple[int, ...]], step: int, epoch: int) -> None:
    """A file as engine.records.checkpoint writes it."""
    tensors = {f"model.{name}": np.full(shape, step, np.float32) for name, shape in weights.items()}
    tensors["shuffle"] = np.zeros(8, np.uint8)
    head = {"plan": plan, "data": msg.DataRef("digits"), "source_hash": "", "step": step, "epoch": epoch, "format": 1}
    metadata = {"nnstudio": msgspec.json.encode(head).decode(), "trainer": "{}", "run": "{}"}
    safetensors.numpy.save_file(tensors, path, metadata)
