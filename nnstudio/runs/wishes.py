"""How a person wants runs to be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nnstudio import paths
from nnstudio.protocol.messages import Keeping
from nnstudio.runs.naming import folder_name


@dataclass
class Wishes:
    """Shared by the projects of a window, and changed as its settings are. An empty folder is the usual one."""

    keep: bool = True
    folder: str = ""
    tensorboard: bool = False

    @property
    def base(self) -> Path:
        """The folder of all runs; one that is no full path lies in the person's own."""
        return Path.home() / Path(self.folder).expanduser() if self.folder else paths.runs_dir()

    def keeping(self, title: str, drawing: str, *, label: str = "", race: str = "", resume: str = "") -> Keeping:
        """Where a run is kept that begins now, if it is to be kept; it may go on from a checkpoint in any case."""
        if not self.keep:
            return Keeping(title=title, label=label, race=race, resume=resume)
        name = folder_name(f"{title} {label}" if label else title, datetime.now())
        return Keeping(str(self.base / name), title, label, race, drawing, self.tensorboard, resume)
