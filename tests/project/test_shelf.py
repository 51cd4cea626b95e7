"""The runs that a project knows: what is kept of those that are found in the folder of runs."""

from __future__ import annotations

from pathlib import Path

from nnstudio.project.run import Run
from nnstudio.project.shelf import Shelf, of_records
from nnstudio.protocol import messages as msg
from nnstudio.runs.reading import KeptRun
from nnstudio.runs.record import RunRecord


def kept(folder: str, step: int = 10) -> KeptRun:
    record = RunRecord(title="digits", plan=msg.Plan(), data=msg.DataRef("digits"), step=step)
    return KeptRun(Path(folder), record, "finished")


def look(shelf: Shelf, *found: KeptRun) -> None:
    shelf.take_found(of_records(found, shelf.known))


def test_what_was_started_here_is_not_kept_again_when_its_folder_is_found() -> None:
    """Each would take room, and a colour: the runs of a window would have but every second one."""
    shelf = Shelf()
    for number in range(3):
        run = Run(folder=str(Path(f"runs/{number}")), state="finished")
        shelf.put([run])
        look(shelf, *(kept(f"runs/{each}") for each in range(number + 1)))
    assert shelf.runs == shelf.started[::-1]
    assert shelf.known == {}
    assert [run.hue for run in shelf.started] == [0, 1, 2]


def test_one_that_was_found_before_it_told_its_folder_is_listed_once() -> None:
    shelf, run = Shelf(), Run(state="starting")
    shelf.put([run])
    look(shelf, kept("runs/0", 0))
    run.folder = str(Path("runs/0"))
    assert shelf.runs == [run]
    look(shelf, kept("runs/0", 0))
    assert shelf.known == {}


def test_one_that_was_dropped_and_put_back_stays_the_same() -> None:
    shelf, run = Shelf(), Run(folder=str(Path("runs/0")), state="finished", step=10)
    shelf.put([run])
    shelf.drop(run)
    assert shelf.runs == []
    shelf.add_again(run)
    look(shelf, kept("runs/0"))
    assert [each is run for each in shelf.runs] == [True]
