"""An engine that may not have more than 1.5 GB: a network of 4 GB is refused with the estimate, and nothing is lost."""

import sys

import pytest

from nnstudio.errors import EngineError
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.writing import graph_bytes
from nnstudio.headless import Headless
from nnstudio.protocol import client

LIMIT = 1_500_000_000
LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
os.execv(sys.executable, [sys.executable, "-P", "-m", "nnstudio.engine"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_network_that_is_too_large_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "COMMAND", (sys.executable, "-c", LIMITED, str(LIMIT)))
    document = storage.load(resolve("example:xor"))
    before = graph_bytes(document)
    with Headless(document) as headless:
        pid = headless.engine_ready().pid
        with document.history.transaction("Wide"):
            for name in ("hidden1", "hidden2"):
                document.set(name, out_features=31_000)
        with pytest.raises(EngineError, match=r"^Training needs about 1\d\.\d GB \(weights 3\.8, gradients 3") as told:
            headless.start()
        assert told.value.kind == "memory"
        assert "MB are free" in told.value.message
        assert headless.session.run.state == "failed"
        document.history.undo()
        assert graph_bytes(document) == before
        document.set_plan(epochs=2)
        headless.train()
        assert headless.session.run.state == "finished"
        assert headless.engine.pid == pid
        assert document.trained is not None
