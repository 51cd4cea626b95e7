"""Edits of what lies in a drawing and computes nothing: frames, comments, the ways of wires, and bookmarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from nnstudio.errors import DocumentError, LinkRefused
from nnstudio.graph import changes as ch
from nnstudio.graph import rules
from nnstudio.graph.marks import Bookmark, Comment, Frame, Mark, Size, kind
from nnstudio.graph.nodes import Link, Position
from nnstudio.graph.steps import Steps

_FIELDS = {Frame: ("title", "at", "size", "color"), Comment: ("text", "at", "size", "color")}
_VERBS = {"title": "Rename", "text": "Edit", "size": "Resize", "at": "Move", "color": "Colour"}


class Marking(Steps):
    """What a person writes and draws around the nodes."""

    # Frames and comments

    def add_frame(self, at: Position, size: Size, title: str = "", color: str = "") -> Frame:
        """A new frame. Raises DocumentError for what is no place, size or colour."""
        frame = Frame(self.free_mark_id(), **checked_mark(title=title, at=at, size=size, color=color))
        with self.transaction("Add frame"):
            self.apply(ch.MarkAdded(frame, self._block))
        return frame

    def add_comment(self, at: Position, size: Size, text: str = "", color: str = "") -> Comment:
        """A new comment, in Markdown. Raises DocumentError for what is no place, size or colour."""
        comment = Comment(self.free_mark_id(), **checked_mark(text=text, at=at, size=size, color=color))
        with self.transaction("Add comment"):
            self.apply(ch.MarkAdded(comment, self._block))
        return comment

    def change_mark(self, key: str, **given: Any) -> Mark:
        """Set some of what a frame (title, at, size, color) or a comment (text, at, size, color) has.

        Raises DocumentError.
        """
        mark = self.mark(key)
        verb = next((verb for name, verb in _VERBS.items() if name in given), "Edit")
        with self.transaction(f"{verb} {kind(mark)}"):
            self.alter_mark(mark, **given)
        return self.mark(key)

    def remove_marks(self, *keys: str) -> None:
        """Take frames and comments out; what lies in a frame stays. Raises DocumentError."""
        marks = [self.mark(key) for key in dict.fromkeys(keys)]
        with self.transaction(f"Delete {' and '.join(counted(marks))}"):
            for mark in marks:
                self.apply(ch.MarkRemoved(mark, self._block))

    def alter_mark(self, mark: Mark, **given: Any) -> None:
        """The step of which `change_mark` is made."""
        strange = sorted(given.keys() - set(_FIELDS[type(mark)]))
        if strange:
            raise DocumentError(f"A {kind(mark)} has no '{strange[0]}'.")
        new = replace(mark, **checked_mark(**given))
        if new != mark:
            self.apply(ch.MarkChanged(self._block, mark, new))

    def other_places(self, places: Mapping[str, Position]) -> dict[Mark, Position]:
        """Those marks that are elsewhere than the places say, with these. Raises DocumentError."""
        found = {self.mark(key): rules.check_position(at) for key, at in places.items()}
        return {mark: at for mark, at in found.items() if mark.at != at}

    def free_mark_id(self) -> str:
        """The next number; where a file has used up the numbers, the first that is free."""
        if self._drawing.next_mark <= rules.LAST_ID:
            return f"m{self._drawing.next_mark}"
        return next(key for key in (f"m{number}" for number in count(1)) if key not in self._drawing.marked)

    def copy_marks(self, marks: Iterable[Mark], by: Position = (0.0, 0.0)) -> list[Mark]:
        """The same marks in this drawing, with ids of its own, that far away."""
        copies: list[Mark] = []
        for mark in marks:
            at = rules.check_position((mark.at[0] + by[0], mark.at[1] + by[1]))
            copies.append(replace(mark, id=self.free_mark_id(), at=at))
            self.apply(ch.MarkAdded(copies[-1], self._block))
        return copies

    def clear_marks(self, sheet: str) -> None:
        """Before a block goes: what lies in it besides nodes, and the bookmarks that lead to it."""
        for mark in list(self._drawing.graph(sheet).marks.values()):
            self.apply(ch.MarkRemoved(mark, sheet))
        self.set_bookmarks(place for place in self.bookmarks if place.sheet != sheet)

    # Ways of wires

    def set_way(self, link: Link, points: Iterable[Position]) -> None:
        """Lead a wire through points, in their order from its source; without any it takes its own way.

        Raises LinkRefused where there is no such wire, and DocumentError for too many points.
        """
        if link not in self._graph_of(link.target).slots.get((link.target, link.input), ()):
            raise LinkRefused(f"There is no wire {link}.", rule="no-such-link")
        way = rules.check_way(points)
        with self.transaction("Lead wire"):
            self.lay(link, way)

    def carry_ways(self, shifts: Mapping[str, Position]) -> None:
        """The ways of wires whose two ends, nodes by their ids, move by the same, move as well."""
        for sheet in {self._drawing.where[key] for key in shifts}:
            for link, way in list(self._drawing.graph(sheet).ways.items()):
                by = shifts.get(link.source)
                if by and by == shifts.get(link.target):
                    self.lay(link, shifted(way, by))

    # Bookmarks

    @property
    def bookmarks(self) -> tuple[Bookmark, ...]:
        """All places of the document that a person wants to go back to, in their order."""
        return self._drawing.bookmarks

    def add_bookmark(self, center: Position, zoom: float = 1.0, name: str = "") -> Bookmark:
        """Remember a place of this drawing; a name that is taken gets a number. Raises DocumentError."""
        name = self._free_bookmark(rules.clean_line(name) or f"Place {len(self.bookmarks) + 1}")
        mark = Bookmark(name, self._block, rules.check_position(center), rules.check_zoom(zoom))
        with self.transaction("Add bookmark"):
            self.set_bookmarks((*self.bookmarks, mark))
        return mark

    def rename_bookmark(self, name: str, new: str) -> None:
        """Give a bookmark another name. Raises DocumentError for one that is taken or says nothing."""
        mark, new = self.bookmark(name), rules.clean_line(new)
        if not new or (new != name and any(other.name == new for other in self.bookmarks)):
            words = f"There is a bookmark called '{new}' already." if new else "A bookmark needs a name."
            raise DocumentError(words, fix="Choose another name.")
        with self.transaction("Rename bookmark"):
            self.set_bookmarks(replace(each, name=new) if each == mark else each for each in self.bookmarks)

    def remove_bookmark(self, name: str) -> None:
        """Forget a place. Raises DocumentError."""
        mark = self.bookmark(name)
        with self.transaction("Delete bookmark"):
            self.set_bookmarks(each for each in self.bookmarks if each != mark)

    def bookmark(self, name: str) -> Bookmark:
        """The bookmark of that name. Raises DocumentError."""
        for mark in self.bookmarks:
            if mark.name == name:
                return mark
        raise DocumentError(f"There is no bookmark '{name[: rules.LONGEST_TITLE]}'.")

    def set_bookmarks(self, bookmarks: Iterable[Bookmark]) -> None:
        """The step of which the edits of bookmarks are made."""
        new = tuple(bookmarks)
        if new != self.bookmarks:
            self.apply(ch.BookmarksSet(self.bookmarks, new))

    def _free_bookmark(self, name: str) -> str:
        taken = {mark.name for mark in self.bookmarks}
        stem = name.rstrip("0123456789").rstrip()[: rules.LONGEST_TITLE - 8] or "Place"
        return name if name not in taken else next(n for n in (f"{stem} {k}" for k in count(2)) if n not in taken)


def checked_mark(**given: Any) -> dict[str, Any]:
    """What is given for a mark, as it can be kept. Raises DocumentError."""
    return {name: _CHECKS[name](value) for name, value in given.items()}


def checked_looks(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given for the looks of a node, as it can be kept. Raises DocumentError."""
    strange = sorted(given.keys() - _LOOKS.keys())
    if strange:
        raise DocumentError(f"There is nothing called '{strange[0]}' in the looks of a node.")
    return {name: _LOOKS[name](value) for name, value in given.items()}


def looks_verb(given: Mapping[str, Any]) -> str:
    """What a step that gives nodes these looks does to them."""
    verbs = {
        "color": "Colour",
        "note": "Note at",
        "collapsed": "Collapse" if given.get("collapsed") else "Expand",
        "locked": "Lock" if given.get("locked") else "Unlock",
    }
    return next((verb for name, verb in verbs.items() if name in given), "Change")


def counted(marks: Iterable[Mark]) -> list[str]:
    """How many of which kind: "frame", "2 comments"."""
    found = Counter(map(kind, marks))
    return [name if number == 1 else f"{number} {name}s" for name, number in found.items()]


def shifted(way: Iterable[Position], by: Position) -> tuple[Position, ...]:
    """The same points that far away."""
    return tuple(rules.check_position((x + by[0], y + by[1])) for x, y in way)


def _text(text: str) -> str:
    return rules.clean_text(text, rules.LONGEST_TEXT)


def _note(text: str) -> str:
    return rules.clean_text(text.strip(), rules.LONGEST_NOTE)


_LOOKS: dict[str, Callable[[Any], Any]] = {"color": rules.check_color, "note": _note, "collapsed": bool, "locked": bool}
_CHECKS: dict[str, Callable[[Any], Any]] = {
    "title": rules.clean_line,
    "text": _text,
    "at": rules.check_position,
    "size": rules.check_size,
    "color": rules.check_color,
}
