"""What is said where data can not be shown, and which way out is offered."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.data.loading import bytes_text
from nnstudio.errors import EngineDied, NNStudioError
from nnstudio.ui.data.view_source import Shown
from nnstudio.ui.data.view_words import tr

AGAIN, SETTINGS, FETCH = "again", "settings", "fetch"
"""Ways out: try once more, show the node's settings, download."""


@dataclass(frozen=True)
class WayOut:
    """What to say, and a button: `way` is one of the above, or empty where there is none."""

    text: str
    way: str = ""
    label: str = ""
    tip: str = ""


def way_out(fault: NNStudioError, shown: Shown | None) -> WayOut:
    """What to say of a failure, and what can be done about it."""
    kind = getattr(fault, "kind", "")
    if isinstance(fault, EngineDied):
        return WayOut(tr("The engine is being started. Samples show when it is up."))
    if kind == "cancelled":
        return WayOut(tr("Loading was given up."), AGAIN, tr("Load again"), tr("Begin to load the data anew"))
    if kind == "download" and shown is not None and shown.kind.download is not None:
        return _download(fault, shown)
    if kind in ("file", "memory") or shown is None:
        tip = tr("Choose the Dataset node, to change how it reads in the inspector")
        return WayOut(str(fault), SETTINGS, tr("Show its settings"), tip)
    return WayOut(str(fault), AGAIN, tr("Try again"), tr("Load the data anew"))


def _download(fault: NNStudioError, shown: Shown) -> WayOut:
    """Size, licence and source are told before anything is fetched."""
    kind = shown.kind
    assert kind.download is not None
    size = bytes_text(kind.download.size)
    about = " · ".join(filter(None, (kind.licence, kind.source)))
    label = tr("Download {0}").format(size)
    return WayOut(f"{fault.message}\n{about}", FETCH, label, tr("Fetch it once; afterwards no network is needed"))
