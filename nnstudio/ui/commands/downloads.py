"""Data sets that are fetched from the web once."""

from __future__ import annotations

from nnstudio.ui.command import Command, Place, Topic, tr
from nnstudio.ui.downloads.downloads import FETCHING, THERE

_MENU = "train/download"


def _commands(place: Place) -> tuple[Command, ...]:
    do = place.shell.choosing
    return (
        Command(
            "download", _MENU, tr("&Download Data Set…"),
            tr("Show the size, source and licence of a data set that is fetched once, and the button for it"),
            do.show, "", "download", do.possible, line=True, why=do.why_not,
        ),
        Command(
            "download_cancel", _MENU, tr("&Cancel Download"), tr("Stop; what has come stays for the next time"),
            do.cancel, enabled=lambda: do.word == FETCHING,
            why=lambda: do.why_not() or tr("Nothing is downloaded now."),
        ),
        Command(
            "download_own", _MENU, tr("&Use Files I Already Have…"),
            tr("Point at the files of a data set where you have them; nothing is copied"), do.ask, "", "open",
            do.possible, why=do.why_not,
        ),
        Command(
            "download_remove", _MENU, tr("&Remove from Disk"),
            tr("Delete the downloaded files of a data set; they can be fetched again"), do.remove, "", "delete",
            lambda: do.word == THERE, why=lambda: do.why_not() or tr("It is not on this computer."),
        ),
    )  # fmt: skip


topic = Topic(51, _commands, lambda: {_MENU: tr("&Data on the Web")})
