"""Files that are wrong: one error each that says where, soon, without much memory, and the engine lives on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from nnstudio.data.files.inspect import inspect
from nnstudio.data.loading import Loading
from nnstudio.engine.data import datasets
from nnstudio.errors import EngineError, NNStudioError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineClient
from tests.data.files.malformed import Case, cases, few

SECONDS = 2.0
MEMORY = 200_000_000
"""That is, with the 300 MB that torch holds from the beginning, 500 MB."""


def here(every: list[Case]) -> list[Case]:
    """Links, pipes and devices are those of Unix."""
    return [case for case in every if os.name == "posix" or not case.posix]


def used(params: dict[str, Any]) -> dict[str, Any]:
    """The parameters as somebody sets them who takes every column of numbers as an input."""
    columns = params.get("columns", ())
    taken = [[name, kind, "input" if (kind, role) == ("number", "unused") else role, classes]
             for name, kind, role, classes in columns]  # fmt: skip
    return {**params, "columns": taken} if columns else params


def check(case: Case, error: NNStudioError) -> None:
    assert getattr(error, "kind", "") in ("file", "memory"), str(error)
    assert re.search(case.place, str(error)), f"{error} does not say {case.place}"
    assert error.message.endswith((".", "?"))
    assert len(error.message) < 400
    assert getattr(error, "fix", ""), "nothing says what to do"


@pytest.mark.parametrize("case", here(few()), ids=lambda case: case.name[:50])
def test_a_wrong_file_gives_one_error_with_its_place(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    with pytest.raises(NNStudioError) as caught:
        _read(path, case.dataset)
    check(case, caught.value)


def _read(path: Path, dataset: str) -> None:
    name, params, _ = inspect(str(path), dataset, {}, Loading())
    datasets.load(msg.DataRef(name, used(params)))


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineClient]:
    client = EngineClient(lambda event: None)
    client.start()
    client.ask(msg.Stop()).result(60)
    yield client
    client.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_wrong_file_holds_up_or_ends_the_engine(engine: EngineClient, tmp_path: Path) -> None:
    """All three hundred, one after the other, in the real process."""
    every = here(cases())
    assert len(every) >= 300 or os.name != "posix"
    pid = engine.pid
    process = psutil.Process(pid)
    held = process.memory_info().rss
    wrong = []
    for number, case in enumerate(every):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = case.make(folder)
        before = spent(process)
        try:
            check(case, _error(engine, case, path))
        except AssertionError as error:
            wrong.append(f"{case.name}: {str(error).splitlines()[0]}")
        took = spent(process) - before
        if took > SECONDS:
            wrong.append(f"{case.name}: {took:.1f} s")
    assert engine.pid == pid
    assert not wrong, "\n".join(wrong)
    assert peak(process) - held < MEMORY


def _error(engine: EngineClient, case: Case, path: Path) -> EngineError:
    request = msg.InspectFile(path=str(path), dataset=case.dataset, key="look")
    try:
        reply = engine.ask(request).result(30)
        assert isinstance(reply, msg.Inspected)
        data = msg.DataRef(reply.dataset, used(reply.params))
        engine.ask(msg.PreviewData(data=data, key="see")).result(30)
    except EngineError as error:
        return error
    raise AssertionError("no error")


def spent(process: psutil.Process) -> float:
    """Seconds that the engine has computed: what else the machine does meanwhile does not count."""
    times = process.cpu_times()
    return float(times.user + times.system)


def peak(process: psutil.Process) -> int:
    """The most memory that it has ever held; what it holds now, where the system does not tell."""
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1]) * 1024  # type: ignore[index]  # Linux has it
    return int(process.memory_info().rss)
