"""What a person is offered to put into the drawing, in the order in which it is most likely wanted.

First comes how well the typed text is met; among equals what fits the wire, then what the person is used to and what is
usual there. Without a text the most likely ones come first, and then everything by family.
"""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.catalogue import usual
from nnstudio.catalogue.search import Hit, Index, Step
from nnstudio.catalogue.spec import Port
from nnstudio.catalogue.tensors import TensorSpec
from nnstudio.errors import NNStudioError
from nnstudio.graph.document import Sheet
from nnstudio.graph.fitting import DOUBTFUL, FITS, REFUSED, Fit, gives, takes
from nnstudio.graph.nodes import DATASET, Node
from nnstudio.habits import Habits
from nnstudio.ui import stock
from nnstudio.ui.canvas.texts import tr

LIKELY = 8
"""So many come first where nothing is typed."""
_FREE = Fit(FITS)
_ORDER = {FITS: 0, DOUBTFUL: 1, REFUSED: 2}


@dataclass(frozen=True)
class Held:
    """The port that the new node is to be wired to. What can not be wired is left out if that is `needed`."""

    node: Node
    port: Port
    is_output: bool
    spec: TensorSpec | None = None
    needed: bool = True


@dataclass(frozen=True)
class Offer:
    """One thing to choose, and what comes of wiring it."""

    item: stock.Item
    fit: Fit = _FREE


class Offers:
    """Made when the box opens; `find` is asked at every key."""

    def __init__(self, sheet: Sheet, habits: Habits, held: Held | None = None) -> None:
        self._sheet, self._habits, self._held = sheet, habits, held
        items = [item for item in stock.everything(sheet.document) if stock.may_be_put(sheet, item.key)]
        judged = [Offer(item, self._fit(item)) for item in items]
        needed = held is not None and held.needed
        self._offers = {each.item.key: each for each in judged if not needed or each.fit.answer != REFUSED}
        self._index = Index(map(stock.entry, items))
        self._likely = {key: self._likelihood(key) for key in self._offers}

    def find(self, text: str) -> list[Offer]:
        """What the text finds, best first; all for an empty one."""
        hits = {key: hit for key, hit in self._index.find(text).items() if key in self._offers}
        ranked = sorted(hits, key=lambda key: self._rank(key, hits[key]))
        if text.strip():
            return [self._offers[key] for key in ranked]
        first = [key for key in ranked if self._likely[key] > 0 and self._offers[key].fit.answer == FITS][:LIKELY]
        rest = sorted((key for key in hits if key not in first), key=lambda key: _ORDER[self._offers[key].fit.answer])
        return [self._offers[key] for key in (*first, *rest)]

    def is_known(self, text: str) -> bool:
        """Whether the text finds something, be it that it can not be wired."""
        return bool(self._index.find(text))

    def _rank(self, key: str, hit: Hit) -> tuple[Step, int, float]:
        return hit.step, _ORDER[self._offers[key].fit.answer], hit.fine - 3 * self._likely[key]

    def _fit(self, item: stock.Item) -> Fit:
        if self._held is None:
            return _FREE
        try:
            layer, values = stock.declaration(self._sheet, item.key)
        except NNStudioError:  # a broken file of the library is told when it is chosen
            return Fit(DOUBTFUL)
        if not self._held.is_output:
            return gives(layer, values, self._held.port)
        if layer.is_loss and self._held.node.type == DATASET and self._held.port.dtype != "int64":
            return Fit(DOUBTFUL, layer.inputs_for(values)[0].name, tr("Put layers between the data and the loss."))
        return takes(layer, values, self._held.port, self._held.spec)

    def _likelihood(self, key: str) -> float:
        """From 0 to about 1: habits at this place, habits anywhere, and what is usual."""
        held = self._held
        if held is None:
            place = self._habits.share(key) if self._sheet.nodes else 0.0
            return place + _early(key, usual.FIRST) / 4
        if held.is_output:
            habit, custom = self._habits.share(key, held.node.type), usual.after(held.node.layer)
        else:
            habit, custom = self._habits.share(held.node.type, key), usual.before(held.node.layer)
        return habit + self._habits.share(key) / 4 + _early(key, custom) / 4


def _early(key: str, usually: tuple[str, ...]) -> float:
    """From 0 to 1: how early something is named."""
    return 1 - usually.index(key) / len(usually) if key in usually else 0.0
