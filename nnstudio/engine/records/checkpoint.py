"""A run's checkpoint: one safetensors file, from which it goes on as if it had never ended.

The tensors are those of Trainer.state(), and the best weights where the plan wants them back; the rest is JSON in the
file's metadata. Nothing that is read is trusted: there is no code in such a file, and what does not fit is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open

from nnstudio.engine.training.state import Packed
from nnstudio.errors import EngineError
from nnstudio.protocol.messages import DataRef, Plan
from nnstudio.runs.checkpoints import FORMAT, KEY
from nnstudio.runs.whole import check_file, whole_file

BEST = "best weights/"
"""Before the names of the best weights; the trainer's own tensors are never called so."""
_OTHER_FIX = "Choose another checkpoint, or train from the beginning."


@dataclass
class Snapshot:
    """A run between two steps. `facts` are the run's own, as JSON has them; `best` the weights of its best epoch."""

    plan: Plan
    data: DataRef
    source_hash: str
    step: int
    epoch: int
    trainer: Packed
    facts: dict[str, Any] = field(default_factory=dict)
    best: dict[str, torch.Tensor] = field(default_factory=dict)


class _Head(msgspec.Struct, frozen=True):
    """What the metadata hold, besides the trees of facts, whose numbers may be infinite."""

    plan: Plan
    data: DataRef
    source_hash: str
    step: int
    epoch: int
    format: int = FORMAT


def write(snapshot: Snapshot, path: Path) -> None:
    """The whole file or none. Raises OSError."""
    head = _Head(snapshot.plan, snapshot.data, snapshot.source_hash, snapshot.step, snapshot.epoch)
    metadata = {
        KEY: msgspec.json.encode(head).decode(),
        "trainer": json.dumps(snapshot.trainer.facts),
        "run": json.dumps(snapshot.facts),
    }
    tensors = snapshot.trainer.tensors | {BEST + name: tensor for name, tensor in snapshot.best.items()}
    with whole_file(path) as part:
        try:
            safetensors.torch.save_file(
                {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}, part, metadata
            )
        except SafetensorError as error:
            raise OSError(0, str(error)) from error


def read(path: Path) -> Snapshot:
    """What was written. Raises EngineError for a file that is not there, damaged, or no checkpoint."""
    try:
        tensors, metadata = _contents(path)
        head = msgspec.json.decode(metadata[KEY], type=_Head)
        trainer, facts = json.loads(metadata["trainer"]), json.loads(metadata["run"])
    except FileNotFoundError as error:
        raise EngineError(f"There is no checkpoint '{path}'.", fix=_OTHER_FIX, kind="file") from error
    except OSError as error:
        why = error.strerror or str(error)
        raise EngineError(f"The checkpoint '{path}' can not be read: {why}.", fix=_OTHER_FIX, kind="file") from error
    except (SafetensorError, KeyError, ValueError, RecursionError) as error:
        raise EngineError(f"'{path}' is no checkpoint, or a damaged one.", fix=_OTHER_FIX) from error
    if head.format > FORMAT:
        raise EngineError(f"'{path}' was written by a newer NNStudio.", fix="Update NNStudio.")
    best = {name.removeprefix(BEST): tensors.pop(name) for name in list(tensors) if name.startswith(BEST)}
    return Snapshot(
        head.plan, head.data, head.source_hash, head.step, head.epoch, Packed(tensors, trainer), facts, best
    )


def _contents(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    check_file(path)
    with path.open("rb"):  # says why, where it can not be read
        pass
    # Copies, since the file may be replaced while its tensors are in use.
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name).clone() for name in file.keys()}, file.metadata() or {}  # noqa: SIM118  # no dict
