"""What is to be seen of a network is one file for the probe and one for the panel, and nothing else.

Shown with a copy of the program to which two files are added: its window has the panel, its engine the probe.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nnstudio
from nnstudio.paths import HOME_VARIABLE, resources_dir

PROBE = """
from nnstudio.probes.spec import Found, Look, Probe


def _look(look: Look, options) -> Found:
    return Found(facts={"weights": sum(weight.numel() for weight in look.model.parameters()), "step": look.step})


COUNTED = Probe("counted", "How many weights there are.", _look)
"""
PANEL = """
from PySide6.QtWidgets import QLabel

from nnstudio.ui.panels.spec import Panel, PanelType


class CountedPanel(Panel):
    title, icon = "Counted", "weights"

    def __init__(self, bridge) -> None:
        super().__init__(bridge)
        self.said = QLabel()
        self.set_body(self.said)
        self.show_empty("Open a project.")
        self.subscribe_probe("counted", {})

    def on_frame(self, frame) -> None:
        self.said.setText(f"{frame.facts['weights']} weights after step {frame.facts['step']}")
        self.show_body()


COUNTED = PanelType("counted", CountedPanel.title, "weights", "right", 99, CountedPanel, "How many weights there are.")
"""
WINDOW = """
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from nnstudio import app
from nnstudio.settings import Settings

program, window = app.open_window(settings=Settings(hints=False, keep_runs=False))
assert window.projects.open_example(Path(sys.argv[1]))
window.bridge.session.document.set_plan(epochs=2)
window.docks.show_panel("counted")
panel = window.docks.panels["counted"]


def wait(done):
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        QApplication.processEvents()
        time.sleep(0.01)


wait(lambda: not panel.is_empty and window.run_control.can_train())
print(panel.said.text())
window.run_control.train()
wait(lambda: window.bridge.session.run.state == "finished")
last = str(window.bridge.session.run.step)
wait(lambda: panel.said.text().endswith(last))
print(panel.said.text())
window.bridge.session.engine.close()
"""


def test_a_probe_and_a_panel_are_two_files(tmp_path: Path) -> None:
    program = tmp_path / "program"
    package = Path(nnstudio.__file__).parent
    shutil.copytree(package, program / "nnstudio", ignore=shutil.ignore_patterns("__pycache__"))
    (program / "resources").symlink_to(resources_dir(), target_is_directory=True)
    (program / "nnstudio" / "probes" / "counted.py").write_text(PROBE, encoding="utf-8")
    (program / "nnstudio" / "ui" / "panels" / "counted.py").write_text(PANEL, encoding="utf-8")
    command = [sys.executable, "-c", WINDOW, str(resources_dir() / "examples" / "xor.nnstudio.json")]
    environment = {**os.environ, "PYTHONPATH": str(program), HOME_VARIABLE: str(tmp_path / "home")}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, env=environment, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["114 weights after step 0", "114 weights after step 20"], done.stderr
