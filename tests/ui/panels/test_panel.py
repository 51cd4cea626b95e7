"""What all panels have in common: they are found, cost nothing while hidden, freeze, and save."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from nnstudio.graph.document import Document
from nnstudio.ui import theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels import panel_types
from nnstudio.ui.panels.parts import tips
from nnstudio.ui.panels.parts.header import ElidedLabel
from nnstudio.ui.panels.spec import GROUPS

KEYS = [declared.key for declared in panel_types()]


def features(value: float = 1.0) -> dict[str, np.ndarray]:
    image = np.ones((1, 8, 8), np.float32)
    return {"maps": np.full((4, 8, 8), value, np.float32), "input:image": image}


def test_all_panels_are_found_in_order():
    known = ["loss", "accuracy", "paint", "data", "features", "weights", "boundary", "runs", "predictions", "problems"]
    assert [key for key in KEYS if key in known] == known
    places = [(GROUPS.index(declared.group), declared.order) for declared in panel_types()]
    assert places == sorted(set(places))
    assert all(declared.label() and declared.tip() and declared.icon for declared in panel_types())


def test_words_without_room_are_whole_in_the_tip(qtbot, qapp, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(tips, "show", lambda _widget, _at, text: told.append(text))
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("sample 0 · “6” · 16×8×8")
    for width in (20, 400):
        label.resize(width, 20)
        QApplication.sendEvent(label, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), QPoint(2, 2)))
    assert told == ["sample 0 · “6” · 16×8×8"]


@pytest.mark.parametrize("key", KEYS)
def test_a_panel_stands_without_a_session(qtbot, qapp, key):
    theme.apply(qapp, "dark")
    panel = next(declared for declared in panel_types() if declared.key == key).make(Bridge())
    qtbot.addWidget(panel)
    panel.show()
    qtbot.wait(60)
    assert panel.windowTitle()


@pytest.mark.parametrize("key", KEYS)
def test_every_empty_panel_says_what_would_fill_it(studio, empty_document, key):
    studio.open(empty_document)
    panel = studio.panel(key)
    assert panel.is_empty
    assert panel.empty.text.endswith(".")


@pytest.mark.parametrize("probe", ["features", "predictions", "boundary"])
def test_a_hidden_panel_asks_for_nothing(studio, probe):
    panel = studio.panel(probe, show=False)
    assert studio.probes() == []
    panel.show()
    assert len(studio.probes()) == 1
    panel.hide()
    assert studio.probes() == []
    panel.show()
    assert len(studio.probes()) == 1


def test_a_frozen_panel_keeps_its_picture_and_asks_for_nothing(studio):
    panel = studio.panel("features")
    studio.frame("features", features(1.0))
    panel.header.freeze_button.click()
    assert studio.probes() == []
    studio.frame("features", features(2.0))
    assert panel.maps.tiles.shown.maps.max() == 1.0
    panel.header.freeze_button.click()
    studio.frame("features", features(3.0))
    assert panel.maps.tiles.shown.maps.max() == 3.0


def test_a_frozen_curve_stands_still_and_catches_up(studio):
    panel = studio.panel("loss")
    studio.play()
    before = len(panel.plot.curves.train)
    panel.header.freeze_button.click()
    studio.bridge.session.run.losses.extend([0.5] * 10)
    studio.bridge.run_changed.emit(studio.bridge.session.run)
    studio.settle()
    assert len(panel.plot.curves.train) == before
    panel.header.freeze_button.click()
    studio.settle()
    assert len(panel.plot.curves.train) == before + 10


def test_another_project_unfreezes(studio, empty_document):
    panel = studio.panel("features")
    panel.header.freeze_button.click()
    studio.open(empty_document)
    assert not panel.header.frozen


def test_a_new_session_is_asked_anew(studio):
    panel = studio.panel("predictions")
    (old,) = studio.engine.subscriptions
    studio.open(Document("another"))
    (new,) = studio.engine.subscriptions
    assert new != old
    assert panel.feed.active


def test_frames_are_drawn_at_most_twenty_times_a_second(studio):
    panel = studio.panel("features")
    drawn = []
    panel.on_frame = drawn.append
    for value in range(50):
        studio.engine.frame("features", features(float(value)))
    studio.settle(200)
    assert 1 <= len(drawn) <= 3
    assert drawn[-1].arrays["maps"].numpy().max() == 49.0


def test_frames_of_others_are_not_taken(studio):
    panel = studio.panel("features")
    studio.bridge.probe("features", {"node": "head"})
    (own, other) = studio.engine.subscriptions
    del studio.engine.subscriptions[own]
    studio.frame("features", features())
    assert panel.is_empty
    assert other in studio.engine.subscriptions


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_a_panel_is_saved(studio, tmp_path: Path, kind):
    panel = studio.panel("features")
    studio.frame("features", features(), sample=3, samples=9, label_name="8")
    file = tmp_path / f"picture.{kind}"
    panel.save(str(file), kind)
    if kind == "png":
        assert QImage(str(file)).width() == 2 * (panel.body.width() + 24)
    elif kind == "svg":
        assert QSvgRenderer(str(file)).isValid()
        assert "Features · conv1 · sample 3 · “8” · 4×8×8" in file.read_text(encoding="utf-8")
    else:
        lines = file.read_text().splitlines()
        assert lines[:2] == ["channel,row,column,value", "0,0,0,1.0"]
        assert len(lines) == 1 + 4 * 8 * 8
    assert studio.troubles == []


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_a_file_that_cannot_be_written_is_told(studio, tmp_path: Path, kind):
    panel = studio.panel("code")
    panel.save(str(tmp_path / "no" / f"such.{kind}"), kind)
    assert "could not be written" in studio.troubles[0].message


def test_nothing_is_saved_while_there_is_nothing(studio):
    panel = studio.panel("loss")
    assert not panel.header.save_button.isEnabled()
    studio.play()
    assert panel.header.save_button.isEnabled()


def test_the_theme_is_followed_live(studio, qapp: QApplication):
    panel = studio.panel("loss")
    studio.play()
    dark = panel.grab().toImage().pixelColor(4, 100)
    theme.apply(qapp, "light")
    studio.settle()
    light = panel.plot.grab().toImage().pixelColor(60, 2)
    assert (dark.name(), light.name()) == (theme.DARK.surface.lower(), theme.LIGHT.surface.lower())


def test_the_window_needs_no_pyqtgraph_to_start():
    import subprocess
    import sys

    program = "from nnstudio.ui.panels import panel_types; import sys; panel_types(); print('pyqtgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


def test_pyqtgraph_is_loaded_beside_the_window():
    """In a process of its own: a curve comes in before the plots are loaded, and shows once they are."""
    import subprocess
    import sys

    program = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from nnstudio.graph.document import Document
from nnstudio.protocol.fake import FakeEngine
from nnstudio.project.session import Session
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.loss import LossPanel
app = QApplication([])
engine, bridge = FakeEngine(), Bridge()
engine.on_event = bridge.deliver
bridge.open(Session(Document("x"), engine))
engine.start()
panel = LossPanel(bridge)
panel.show()
engine.play(3)
assert "pyqtgraph" not in sys.modules
for _ in range(1600):
    if panel.plot is None:
        QTest.qWait(50)
assert len(panel.plot.curves.train) == 30
panel.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("key", ["features", "predictions", "boundary"])
def test_an_old_picture_says_so_and_goes_with_the_drawing(studio, key):
    panel = studio.panel(key)
    panel.show_body()
    panel.show_caption("sample 3")
    assert panel.header.caption == "sample 3"
    studio.document.remove("flatten")
    studio.settle()
    assert panel.header.caption == "sample 3 · before the last edit"
    studio.document.undo()
    assert panel.header.caption == "sample 3"
    for name in [node.name for node in studio.document.nodes.values()]:
        studio.document.remove(name)
    studio.settle()
    assert "edit" not in panel.header.caption


@pytest.mark.parametrize("key", ["features", "predictions"])
def test_with_a_problem_it_is_told_what_to_mend(studio, key):
    document = Document("faulty")
    document.add("Dataset", "digits", dataset="digits")
    document.add("Linear", "head", out_features=10)
    document.connect("digits.image", "head")
    studio.open(document)
    panel = studio.panel(key)
    assert panel.empty.text.startswith("Mend the problem first: ")


def test_an_emptied_drawing_leaves_no_predictions(studio):
    panel = studio.panel("predictions")
    sent = {"index": np.arange(3), "true": np.arange(3), "predicted": np.arange(3)}
    studio.frame("predictions", {**sent, "input:image": np.zeros((3, 1, 8, 8), np.float32)}, total=3, wrong=0)
    assert not panel.is_empty
    with studio.document.transaction("empty"):
        for name in [node.name for node in studio.document.nodes.values()]:
            studio.document.remove(name)
    studio.settle()
    assert panel.is_empty
    assert panel.header.caption == ""
    studio.frame("predictions", {**sent, "input:image": np.zeros((3, 1, 8, 8), np.float32)}, total=3, wrong=0)
    assert panel.is_empty


def test_panels_say_for_which_data_they_are_made(studio):
    by_key = {declared.key: declared for declared in panel_types()}
    compiled = studio.bridge.session.compiled
    assert [key for key, declared in by_key.items() if declared.suits(compiled)] == ["features"]
    points = Document("points")
    points.add("Dataset", "moons", dataset="moons")
    studio.open(points)
    compiled = studio.bridge.session.compiled
    assert [key for key, declared in by_key.items() if declared.suits(compiled)][:2] == ["data", "boundary"]
