"""From an empty drawing to a look inside a trained network."""

from __future__ import annotations

from PySide6.QtCore import QRect

from nnstudio.graph import changes as ch
from nnstudio.ui.hints.hint import Hint, Moment, node_rect, tr, widget_rect
from nnstudio.ui.keymap import key_of, with_key

SEVERAL = 3
"""So many chosen nodes may be worth a block."""


def _is_empty(moment: Moment) -> bool:
    return not moment.place.bridge.sheet.nodes


def _one_chosen(moment: Moment) -> bool:
    bridge = moment.place.bridge
    return len(bridge.selection) == 1 and bool(bridge.sheet.nodes[bridge.selection[0]].outputs)


def _faulty(moment: Moment) -> str:
    """The first node in sight that tells of an error. That a new one has no wires yet is none to speak of."""
    sheet = moment.place.bridge.sheet
    nodes = (problem.node for problem in moment.place.bridge.session.compiled.errors if problem.node in sheet.nodes)
    wired = (node for node in nodes if any(link.target == node for link in sheet.links_of(node)))
    return next((node for node in wired if not node_rect(moment, node).isEmpty()), "")


def _ready(moment: Moment) -> bool:
    compiled = moment.place.bridge.session.compiled
    return compiled.has_loss and moment.place.run.can_train() and not moment.place.run.run.step


def _has_run(moment: Moment) -> bool:
    return moment.place.run.run.step > 0


def _telling_node(moment: Moment) -> str:
    """A node that has something to show: the first with weights in sight."""
    compiled, nodes = moment.place.bridge.session.compiled, moment.place.bridge.sheet.nodes
    weighty = (key for key in nodes if key in compiled.facts and compiled.facts[key].parameters)
    return next((key for key in weighty if not node_rect(moment, key).isEmpty()), "")


def _chosen_rect(moment: Moment) -> QRect:
    selection = moment.place.bridge.selection
    return node_rect(moment, selection[-1]) if selection else QRect()


add = Hint(
    "add",
    10,
    lambda: tr("Drag a layer from here into the drawing, or double-click there and type what it is called."),
    lambda moment: widget_rect(moment, moment.place.shell.palette_view),
    _is_empty,
    lambda moment: ch.NodeAdded in moment.changes,
)
fault = Hint(
    "fault",
    20,
    lambda: tr("The red badge tells what is wrong here. Where a button stands below it, that mends it."),
    lambda moment: node_rect(moment, _faulty(moment)),
    lambda moment: bool(_faulty(moment)),
    lambda moment: moment.mended,
)
connect = Hint(
    "connect",
    30,
    lambda: tr("Drag from a round port at the side of a card to another card to connect them."),
    _chosen_rect,
    lambda moment: _one_chosen(moment) and len(moment.place.bridge.sheet.nodes) > 1 and not _has_run(moment),
    lambda moment: ch.LinkAdded in moment.changes,
)
train = Hint(
    "train",
    40,
    lambda: with_key(tr("Everything fits together: train it, and watch the loss fall"), "train"),
    lambda moment: widget_rect(moment, moment.place.shell.runbar.train),
    _ready,
    lambda moment: moment.trained,
)
look = Hint(
    "look",
    50,
    lambda: tr("Click a card to look inside: what it puts out, its weights and its line of the source."),
    lambda moment: node_rect(moment, _telling_node(moment)),
    lambda moment: _has_run(moment) and bool(_telling_node(moment)),
    lambda moment: moment.looked,
)
block = Hint(
    "block",
    60,
    lambda: tr("{0} makes one block of the chosen cards; a double click goes inside.").format(key_of("make_block")),
    _chosen_rect,
    lambda moment: len(moment.place.bridge.selection) >= SEVERAL and bool(key_of("make_block")),
    lambda moment: ch.BlockAdded in moment.changes,
)
