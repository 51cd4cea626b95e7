"""Every test runs without a display and away from the person's own folders."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# Before Qt is imported anywhere, and for the processes that tests start.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("NNSTUDIO_TEST_PLATFORM", "offscreen")
# Also while tests are collected, before any fixture runs.
os.environ["NNSTUDIO_HOME"] = tempfile.mkdtemp(prefix="nnstudio-tests-")
atexit.register(shutil.rmtree, os.environ["NNSTUDIO_HOME"], ignore_errors=True)

# No deadline: a busy machine is not a wrong program. In CI the examples are the same each time.
settings.register_profile("default", deadline=None, max_examples=40, derandomize="CI" in os.environ)
settings.load_profile("default")

LONG = ("tests/ui/test_monkey.py", "tests/catalogue/test_every_layer.py", "tests/ui/test_main_job.py", "tests/cli/")
"""Those whose tests take longest, one by one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones begin: at the end, one worker would be left with one while the others have nothing to do."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has user folders of its own, so none sees what another left."""
    monkeypatch.setenv("NNSTUDIO_HOME", str(tmp_path / "nnstudio-home"))
