"""What is said beside the mouse while a wire is dragged: what it carries, and what comes of it."""

from __future__ import annotations

from nnstudio.ui.canvas.gestures.wiring import DOUBTFUL, REFUSED, Drag, End
from nnstudio.ui.canvas.texts import tr

_MOST = 3
"""So many outputs of a target are told."""


def chip_lines(drag: Drag, snapped: End | None, alt: bool) -> tuple[list[str], str]:
    """The lines of the chip, and the colour of its edge. With Alt wires change ends where there is one already."""
    if snapped is None:
        return _loose(drag), "line"
    other = drag.other_at(snapped)
    if other is not None and (alt or drag.judge(snapped).answer != REFUSED):
        lines, tone = _told(drag, snapped)
        words = tr("The two wires change ends") if alt else tr("Alt: the two wires change ends")
        return [*lines[: 0 if alt else None], words], "accent" if alt else tone
    return _told(drag, snapped)


def _told(drag: Drag, snapped: End) -> tuple[list[str], str]:
    answer = drag.judge(snapped).answer
    if answer == REFUSED:
        return [f"{drag.carried or ''} ✕ {snapped.item.node.name}".strip()], "bad"
    found = drag.preview(snapped)
    if found.reason or answer == DOUBTFUL:
        lines = [f"{found.carried or ''} → {tr('does not fit')}"]
        if found.remedy is not None:
            lines.append(tr("Can be mended: {fix}").format(fix=found.remedy.label))
        return lines, "warning"
    if not found.outputs or len(drag.held) > 1:
        return ([str(found.carried)] if found.carried else []), "accent"
    outputs = ", ".join(str(spec) for spec in list(found.outputs.values())[:_MOST])
    return [f"{found.carried} → {outputs}"], "accent"


def _loose(drag: Drag) -> list[str]:
    """What hangs on the mouse: the shape of an output, or what an input takes."""
    if drag.carried is not None:
        return [str(drag.carried)]
    held = drag.held[0]
    if drag.from_output:
        return []
    if len(drag.held) > 1:
        return [tr("{count} wires").format(count=len(drag.held))]
    needs = held.item.node.port("input", held.spot.name).needs()
    return [tr("takes {what}").format(what=needs)] if needs != "…" else []
