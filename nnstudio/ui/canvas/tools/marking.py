"""What the canvas does with frames, comments and the looks of nodes. Each is one undo step; a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

from PySide6.QtCore import QObject, QPointF, QRectF

from nnstudio.graph import rules
from nnstudio.graph.document import Sheet
from nnstudio.graph.history import Step
from nnstudio.graph.looks import Looks
from nnstudio.graph.marks import Frame
from nnstudio.ui.canvas.edits.edits import Edits
from nnstudio.ui.canvas.items.frame_item import FrameItem
from nnstudio.ui.canvas.items.node_item import NodeItem
from nnstudio.ui.canvas.layout import free_near
from nnstudio.ui.canvas.metrics import GRID, HEADER, PLAIN_BELOW, snapped
from nnstudio.ui.canvas.stage import Stage
from nnstudio.ui.canvas.tools.measures import grown
from nnstudio.ui.canvas.tools.writing import Wanted, Writing

_ROOM = 24.0
"""Between a frame and what it is put around."""
_EMPTY = QRectF(0, 0, 400, 240)
_COMMENT = QRectF(0, 0, 240, 96)
_NOTE = QRectF(0, 0, 240, 80)


class Marking(QObject):
    """Acts on what is chosen in the view."""

    def __init__(self, view: Stage, edits: Edits) -> None:
        super().__init__(view)
        self._view, self._edits = view, edits
        self.writing = Writing(view)

    @property
    def has_chosen(self) -> bool:
        """Whether there is something whose colour can be changed."""
        return bool(self._view.canvas.chosen_things)

    # Frames and comments

    def add_frame(self, at: QPointF | None = None) -> None:
        """Around what is chosen; an empty one, at a place or where the view is free, where nothing is."""
        chosen = self._chosen_area() if at is None else QRectF()
        area = _roomy(chosen) if not chosen.isEmpty() else self._placed(_EMPTY, at)
        with self._edits.telling():
            frame = self._edits.sheet.add_frame(area.topLeft().toTuple(), area.size().toTuple())
            self._begin(frame.id)

    def _chosen_area(self) -> QRectF:
        """With room for the pictures that cards will show."""
        canvas = self._view.canvas
        return canvas.content_rect(canvas.chosen_things).united(grown(canvas, canvas.chosen))

    def add_comment(self, at: QPointF | None = None) -> None:
        """At a place, or where the view is free; the person can write in it at once."""
        area = self._placed(_COMMENT, at)
        with self._edits.telling():
            comment = self._edits.sheet.add_comment(area.topLeft().toTuple(), area.size().toTuple())
            self._begin(comment.id)

    def resize(self, key: str, area: QRectF) -> None:
        """Another place and size for a frame or a comment."""
        with self._edits.telling():
            self._edits.sheet.change_mark(key, at=area.topLeft().toTuple(), size=area.size().toTuple())

    def edit(self, key: str, since: Step | None = None) -> None:
        """Write the title of a frame, or the text of a comment; it belongs to the step that put it in, if that is the
        last.
        """
        sheet, mark = self._edits.sheet, self._edits.sheet.mark(key)
        field = "title" if isinstance(mark, Frame) else "text"
        self._bring_near(lambda: self._area_of(key))

        def take(text: str) -> None:
            if _is_there(sheet, key):
                with self._edits.telling(), sheet.history.joining(since):
                    sheet.change_mark(key, **{field: text})

        hint, longest = self.tr("Write here, in Markdown"), rules.LONGEST_TEXT
        if isinstance(mark, Frame):
            hint, longest = self.tr("Title of the frame"), rules.LONGEST_TITLE
        self.writing.begin(Wanted(getattr(mark, field), lambda: self._area_of(key), take, hint, longest))

    def edit_chosen(self) -> bool:
        """Write in the frame or comment that was chosen last. False where none is."""
        chosen = self._view.canvas.marks.chosen
        if chosen:
            self.edit(chosen[-1])
        return bool(chosen)

    # Looks

    def set_color(self, color: str) -> None:
        """Of all chosen nodes, frames and comments; an empty one is the usual."""
        canvas, sheet = self._view.canvas, self._edits.sheet
        if not self.has_chosen:
            return
        with self._edits.telling(), sheet.transaction(self.tr("Colour")):
            sheet.set_looks(canvas.chosen, color=color)
            for key in canvas.marks.chosen:
                sheet.change_mark(key, color=color)

    def colors(self) -> set[str]:
        """The colours of what is chosen."""
        canvas, sheet = self._view.canvas, self._edits.sheet
        nodes = [sheet.nodes[key].looks.color for key in canvas.chosen if key in sheet.nodes]
        return {*nodes, *(sheet.marks[key].color for key in canvas.marks.chosen if key in sheet.marks)}

    def toggle_collapsed(self) -> None:
        """Show only the headers of all chosen nodes; or all of them again, if they are collapsed."""
        self._toggle("collapsed", lambda looks: looks.collapsed)

    def toggle_locked(self) -> None:
        """Keep all chosen nodes where they are; or let all move again, if they are locked."""
        self._toggle("locked", lambda looks: looks.locked)

    def are_all(self, what: Callable[[Looks], bool]) -> bool:
        """Whether something is true of the looks of all chosen nodes, and there are some."""
        looks = [item.node.looks for item in self._chosen_items()]
        return bool(looks) and all(map(what, looks))

    def edit_note(self) -> None:
        """Write the note of the node that was chosen last, under its card."""
        canvas, sheet = self._view.canvas, self._edits.sheet
        if not canvas.chosen:
            return
        key = canvas.chosen[-1]
        self._bring_near(lambda: self._under_card(key))

        def take(text: str) -> None:
            if key in sheet.document:
                with self._edits.telling():
                    sheet.document.set_looks([key], note=text)

        text, hint = sheet.node(key).looks.note, self.tr("Note of {name}").format(name=sheet.node(key).name)
        self.writing.begin(Wanted(text, lambda: self._under_card(key), take, hint, rules.LONGEST_NOTE))

    # Inside

    def _toggle(self, name: str, what: Callable[[Looks], bool]) -> None:
        with self._edits.telling():
            self._edits.sheet.set_looks(self._view.canvas.chosen, **{name: not self.are_all(what)})

    def _chosen_items(self) -> list[NodeItem]:
        nodes = self._view.canvas.nodes
        return [nodes[key] for key in self._view.canvas.chosen if key in nodes]

    def _begin(self, key: str) -> None:
        self._view.canvas.choose((key,))
        self.edit(key, self._edits.sheet.history.last)

    def _placed(self, size: QRectF, at: QPointF | None) -> QRectF:
        """With its corner at a place, or near the middle of the view where it covers no card, comment or title."""
        canvas = self._view.canvas
        cards = [item.card_rect for item in canvas.nodes.values()]
        marks = canvas.marks.items.values()
        cards += [item.header_rect if isinstance(item, FrameItem) else item.card_rect for item in marks]
        corner = snapped(at) if at is not None else free_near(self._view.navigator.seen(), size.size(), cards)
        return QRectF(corner, size.size())

    def _bring_near(self, area: Callable[[], QRectF | None]) -> None:
        """So near that the items are painted and a field can be read."""
        if self._view.zoom < PLAIN_BELOW:
            self._view.reset_zoom()
        found = area()
        if found is not None:
            self._view.navigator.reveal(found)

    def _area_of(self, key: str) -> QRectF | None:
        item = self._view.canvas.marks.items.get(key)
        return item.header_rect if isinstance(item, FrameItem) else item.card_rect if item is not None else None

    def _under_card(self, key: str) -> QRectF | None:
        item = self._view.canvas.nodes.get(key)
        return QRectF(item.card_rect.bottomLeft() + QPointF(0, GRID), _NOTE.size()) if item is not None else None


def _roomy(around: QRectF) -> QRectF:
    """With room on each side and for the header, on the grid."""
    left, top = (floor((edge - room) / GRID) * GRID for edge, room in
                 ((around.left(), _ROOM), (around.top(), _ROOM + HEADER)))  # fmt: skip
    right, bottom = (ceil((edge + _ROOM) / GRID) * GRID for edge in (around.right(), around.bottom()))
    return QRectF(left, top, right - left, bottom - top)


def _is_there(sheet: Sheet, key: str) -> bool:
    return (not sheet.block or sheet.block in sheet.document.blocks) and key in sheet.marks
