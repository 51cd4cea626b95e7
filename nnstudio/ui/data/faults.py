"""What is said where data can not be shown, and which way out is offered."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.compiler.files import FIND, path_of
from nnstudio.data.loading import bytes_text
from nnstudio.errors import EngineDied, NNStudioError
from nnstudio.project.events import FileWanted
from nnstudio.ui.data.source import Shown
from nnstudio.ui.data.words import tr

AGAIN, SETTINGS, FETCH, FILE = "again", "settings", "fetch", "file"
"""Ways out: try once more, show the node's settings, download, choose or look into a file."""


@dataclass(frozen=True)
class WayOut:
    """What to say, and a button: `way` is one of the above, or empty where there is none."""

    text: str
    way: str = ""
    label: str = ""
    tip: str = ""
    wanted: FileWanted | None = None
    """Which file, where that is the way."""


def way_out(fault: NNStudioError, shown: Shown | None) -> WayOut:
    """What to say of a failure, and what can be done about it."""
    kind = getattr(fault, "kind", "")
    if isinstance(fault, EngineDied):
        return WayOut(tr("The engine is being started. Samples show when it is up."))
    if kind == "cancelled":
        return WayOut(tr("Loading was given up."), AGAIN, tr("Load again"), tr("Begin to load the data anew"))
    if shown is not None and kind == "file":
        return _file(fault, shown)
    if shown is not None and kind == "download" and shown.kind.download is not None:
        return _download(fault, shown)
    if shown is not None and kind == "memory":
        tip = tr("Choose the Dataset node, to take less of it in the inspector")
        return WayOut(str(fault), SETTINGS, tr("Show its settings"), tip)
    return WayOut(str(fault), AGAIN, tr("Try again"), tr("Load the data anew"))


def _file(fault: NNStudioError, shown: Shown) -> WayOut:
    """The way that is offered at the node; else the file is looked into, to be read otherwise."""
    problems = shown.session.compiled.problems_of(shown.node)
    remedy = next((each.remedy for each in problems if each.remedy is not None and each.remedy.kind == FIND), None)
    if remedy is not None:
        wanted = FileWanted(shown.node, str(remedy.params.get("path", "")))
        return WayOut(str(fault), FILE, remedy.label, tr("Choose which file the node reads"), wanted)
    document = shown.session.document
    path = path_of(document.node(shown.node)) if shown.node in document else ""
    if not path:
        tip = tr("Choose the Dataset node, to change what it reads in the inspector")
        return WayOut(str(fault), SETTINGS, tr("Show its settings"), tip)
    tip = tr("Look into the file, and change how it is read")
    return WayOut(str(fault), FILE, tr("Look into the file…"), tip, FileWanted(shown.node, path))


def _download(fault: NNStudioError, shown: Shown) -> WayOut:
    """Size, licence and source are told before anything is fetched."""
    kind = shown.kind
    assert kind.download is not None
    about = " · ".join(filter(None, (kind.licence, kind.source)))
    label = tr("Download {0}").format(bytes_text(kind.download.size))
    return WayOut(f"{fault.message}\n{about}", FETCH, label, tr("Fetch it once; afterwards no network is needed"))
