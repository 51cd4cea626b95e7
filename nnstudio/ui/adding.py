"""From a wish to a node in the drawing: the search box, the palette, and what the person has put in before."""

from __future__ import annotations

import contextlib
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from nnstudio.habits import Habits
from nnstudio.ui import stock
from nnstudio.ui.canvas.boxes.choice_box import ChoiceBox, Question
from nnstudio.ui.canvas.boxes.choice_rows import Choice
from nnstudio.ui.canvas.boxes.wish import Pulled, Wish
from nnstudio.ui.canvas.view import CanvasView
from nnstudio.ui.offers import Held, Offer, Offers
from nnstudio.ui.palette.palette import Palette

_SAVE_AFTER_MS = 3000


class Adding(QObject):
    """Opens the box where something is wanted, and puts there what is chosen."""

    def __init__(self, palette: Palette, canvas: CanvasView, habits: Habits | None = None) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._habits = habits if habits is not None else Habits.load()
        self._wish: Wish | None = None
        self.box = ChoiceBox(canvas)
        self.box.chosen.connect(self._choose)
        self.box.closed.connect(lambda: canvas.adder.wait_for(None))
        palette.chosen.connect(canvas.add_layer)
        canvas.search_requested.connect(self.search_for)
        canvas.edits.added.connect(self._remember)
        for signal in (canvas.bridge.session_changed, canvas.bridge.sheet_changed):
            signal.connect(self.box.close_box)
        self._later = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._later.timeout.connect(self._save)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.aboutToQuit.connect(self._save)

    def search_for(self, wish: Wish) -> None:
        """Something is wanted at a place in the scene."""
        self._wish = wish
        self._canvas.adder.wait_for(wish)
        held = self._held(wish)
        offers = Offers(self._canvas.canvas.sheet, self._habits, held)
        question = Question(
            self._title(wish, held), self.tr("Search layers and data sets…"),
            lambda text: [_choice(offer) for offer in offers.find(text)],
            partial(self._nothing, offers),
        )  # fmt: skip
        self.box.ask(question, self._canvas.mapFromScene(wish.at))

    # Inside

    def _choose(self, offer: Offer) -> None:
        wish, self._wish = self._wish, None
        if wish is not None and wish.replaced:
            self._canvas.rewire.replace(wish.replaced, offer.item.key)
        elif wish is not None:
            self._canvas.adder.fulfil(wish, offer.item.key, offer.fit.port)

    def _held(self, wish: Wish) -> Held | None:
        """The port that the new node is to be wired to."""
        nodes, compiled = self._canvas.canvas.sheet.nodes, self._canvas.bridge.session.compiled
        pulled = wish.pulled or (Pulled(wish.into.source, wish.into.output, True) if wish.into else None)
        key = pulled.node if pulled else wish.behind or self._feeding(wish.replaced)
        if key not in nodes:
            return None
        node, facts = nodes[key], compiled.facts.get(key)
        is_output = pulled is None or pulled.is_output
        port = node.port("output" if is_output else "input", pulled.port) if pulled else node.outputs[0]
        spec = facts.outputs.get(port.name) if facts is not None and is_output else None
        return Held(node, port, is_output, spec, needed=pulled is not None)

    def _feeding(self, replaced: tuple[str, ...]) -> str:
        """The node that the first wire into those that are to be replaced comes from."""
        sheet = self._canvas.canvas.sheet
        found = (link for key in replaced if key in sheet.nodes for link in sheet.links_of(key) if link.target == key)
        return next((link.source for link in found), "")

    def _title(self, wish: Wish, held: Held | None) -> str:
        if wish.replaced:
            return self.tr("Replace with…")
        if wish.into is not None:
            return self.tr("Put a layer into the wire")
        if held is None:
            return self.tr("Add a layer")
        words = self.tr("Add a layer behind {0}") if held.is_output else self.tr("Add a layer before {0}")
        return words.format(held.node.name)

    def _nothing(self, offers: Offers, text: str) -> str:
        if offers.is_known(text):
            return self.tr("'{0}' has no port that can take this wire.").format(text)
        return self.tr("No layer, data set or block is called '{0}'.").format(text)

    def _remember(self, key: str, after: str) -> None:
        if not key.startswith(stock.OWN):  # another project has other blocks
            self._habits.added(key, after)
            self._later.start()

    def _save(self) -> None:
        with contextlib.suppress(OSError):  # a full disk does not keep anybody from working
            self._habits.save()


def _choice(offer: Offer) -> Choice:
    reason = offer.fit.reason
    warning = f"{reason[:1].upper()}{reason[1:]}"
    note = QApplication.translate("Adding", offer.item.place)
    return Choice(offer, offer.item.title, note, offer.item.summary, offer.item.family, warning)
