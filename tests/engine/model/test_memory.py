"""How much memory is left."""

from pathlib import Path

import psutil
import pytest

from nnstudio.engine.model import memory
from nnstudio.errors import EngineError


def test_a_share_of_what_is_free(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "_LIMIT", tmp_path / "none")
    free = psutil.virtual_memory().available
    assert memory.free_memory() == pytest.approx(free * memory.SHARE, rel=0.2)


def test_a_container_may_have_less(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limit, used = tmp_path / "memory.max", tmp_path / "memory.current"
    monkeypatch.setattr(memory, "_LIMIT", limit)
    monkeypatch.setattr(memory, "_USED", used)
    used.write_text("600\n")
    limit.write_text("1600\n")
    assert memory.free_memory() == 800
    limit.write_text("500\n")
    assert memory.free_memory() == 0
    limit.write_text("max\n")
    assert memory.free_memory() > 10**6


def test_a_limit_on_the_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    used = psutil.Process().memory_info().vms
    limits = {resource.RLIMIT_AS: used + 10**8}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (limits.get(kind, resource.RLIM_INFINITY),) * 2)
    assert memory.free_memory() == pytest.approx(10**8 * memory.SHARE, rel=0.3)
    limits[resource.RLIMIT_AS] = used // 2
    assert memory.free_memory() == 0


def test_the_memory_of_the_cpu_is_the_machine_s() -> None:
    assert memory.free_on("cpu") == pytest.approx(memory.free_memory(), rel=0.2)


def test_a_copy_that_does_not_fit_is_refused_with_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 10**9)
    memory.check_room(10**9)
    with pytest.raises(EngineError, match=r"needs 2\.0 GB of memory, and 1\.0 GB are free") as told:
        memory.check_room(2 * 10**9)
    assert told.value.kind == "memory"
    monkeypatch.setattr(memory, "free_memory", lambda: 0)
    memory.check_room(memory.SMALL)  # so little that nobody asks
