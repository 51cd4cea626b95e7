"""Places to go back to."""

from __future__ import annotations

from nnstudio.ui.bookmark_list import BookmarkList
from nnstudio.ui.command import Command, Place, Topic, tr

_MENU = "view/bookmarks"


def _commands(place: Place) -> tuple[Command, ...]:
    marks, shell = place.canvas.bookmarks, place.shell

    def there() -> bool:
        return bool(marks.all)

    def add() -> None:
        made = marks.add()
        if made is not None:
            shell.notices.good(tr("Bookmark '{0}' is kept: B goes there again.").format(made.name))

    def show_list() -> None:
        BookmarkList(marks, place.bridge, shell).show()

    return (
        Command(
            "add_bookmark", _MENU, tr("&Add Bookmark"), tr("Keep what the canvas shows, to go back to it"), add,
            "Ctrl+B", "bookmark", line=True,
        ),
        Command(
            "next_bookmark", _MENU, tr("&Next Bookmark"), tr("Go to the next place that was kept"),
            lambda: marks.step(1), "B", "", there, canvas=True,
        ),
        Command(
            "previous_bookmark", _MENU, tr("&Previous Bookmark"), tr("Go to the place that was kept before"),
            lambda: marks.step(-1), "Shift+B", "", there, canvas=True,
        ),
        Command(
            "bookmark_list", _MENU, tr("&Edit Bookmarks…"), tr("Go to places that were kept, rename or delete them"),
            show_list, "", "", there,
        ),
    )  # fmt: skip


topic = Topic(42, _commands, lambda: {_MENU: tr("Boo&kmarks")})
