"""Where painted points are, and how a drawing comes to have some."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.registry import dataset
from nnstudio.graph.document import Document
from nnstudio.graph.nodes import DATASET, Node
from nnstudio.params import MOST_CLASSES, MOST_POINTS, REACH, Point, points_of
from nnstudio.project.session import Session, Trouble
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome
from nnstudio.ui.bridge import Bridge

PAINTED, POINTS = "painted", "points"
_BELOW = 160.0


def painted_node(document: Document, selection: tuple[str, ...], used: str) -> Node | None:
    """The Dataset node whose points are painted: the chosen one, the one that is learned from, or the first."""
    found = {node.id: node for node in painted_nodes(document)}
    wanted = [*reversed(selection), used, *found]
    return next((found[key] for key in wanted if key in found), None)


def painted_nodes(document: Document) -> list[Node]:
    """All Dataset nodes whose points are painted."""
    return [node for node in _datasets(document) if node.params["dataset"] == PAINTED]


def copyable(document: Document, used: str) -> Node | None:
    """The Dataset node that painted points could take the place of, with all its wires."""
    nodes = sorted(_datasets(document), key=lambda node: node.id != used)
    return next((node for node in nodes if _is_like_painted(node)), None)


def paint(document: Document, node: Node, points: tuple[Point, ...]) -> None:
    """Keep the points, as one step."""
    node = document.node(node.id)
    with document.transaction(_step(len(points_of(node.params[POINTS])), len(points))):
        document.set(node, **{POINTS: points})


def switch(document: Document, node: Node) -> None:
    """Let a node give painted points from now on: at first those that `painted` begins with."""
    with document.transaction(f"Paint in place of {node.params['dataset']}"):
        document.set(node, dataset=PAINTED)


def add(bridge: Bridge) -> None:
    """A new Dataset node with painted points, below the drawing."""
    document = bridge.session.document
    nodes = document.nodes.values()
    at = (min(node.at[0] for node in nodes), max(node.at[1] for node in nodes) + _BELOW) if nodes else (0.0, 0.0)
    bridge.select((document.add(DATASET, at=at, dataset=PAINTED).id,))


def switch_with_copy(bridge: Bridge, node: Node) -> None:
    """The same as `switch`, beginning with the points that the node's data set has now."""
    session = bridge.session
    future = session.errands.preview(session.errands.data(node.id), "all", 0, MOST_POINTS).future
    bridge.when(future, partial(_copied, bridge, session, node))


def fitted(places: NDArray[np.float32], labels: NDArray[np.int64]) -> tuple[Point, ...]:
    """Points as they can be kept: made smaller together where some lie too far out."""
    far = float(np.abs(places).max(initial=0.0))
    small = places.astype(float) * min(1.0, REACH / far if far else 1.0)
    return tuple((float(x), float(y), int(label)) for (x, y), label in zip(small, labels, strict=True))


# Inside


def _copied(bridge: Bridge, session: Session, node: Node, future: Future[msg.AnyReply]) -> None:
    """The engine has answered. What was done to the node meanwhile counts more than the copy."""
    reply, error = outcome(future)
    if error is not None:
        bridge.trouble.emit(Trouble(error.message, error.fix))
        return
    assert isinstance(reply, msg.DataPreview)
    document = session.document
    if node.id not in document or document.node(node.id).params != node.params:
        return
    names = [field.name for field in dataset(PAINTED).fields_for()]
    points = fitted(*(reply.arrays[name].numpy() for name in names))
    with document.transaction(f"Paint over {node.params['dataset']}"):
        document.set(node.id, dataset=PAINTED, **{POINTS: points})


def _datasets(document: Document) -> list[Node]:
    return [node for node in document.in_order() if node.type == DATASET]


def _is_like_painted(node: Node) -> bool:
    """Whether its fields are called the same and hold the same, and it has no more classes than can be painted."""
    if node.params["dataset"] == PAINTED:
        return False
    own, wanted = dataset(str(node.params["dataset"])).fields_for(node.params), dataset(PAINTED).fields_for()
    alike = [(field.name, field.shape, field.dtype) for field in own] == [
        (field.name, field.shape, field.dtype) for field in wanted
    ]
    return alike and own[-1].classes <= MOST_CLASSES


def _step(before: int, after: int) -> str:
    """A name for the undo step."""
    if not after:
        return "Clear points"
    return f"Erase {_counted(before - after)}" if after < before else f"Paint {_counted(after - before)}"


def _counted(number: int) -> str:
    return "1 point" if number == 1 else f"{number:,} points"
