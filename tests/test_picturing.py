"""The pictures of the examples are drawn by the program itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from nnstudio import picturing
from nnstudio.examples import Example


def test_a_name_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert picturing.main(["nothing"]) == 2
    assert "There are: " in capsys.readouterr().err


@pytest.mark.slow
def test_an_example_is_trained_and_drawn_in_both_themes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Example, "picture", lambda example, theme: tmp_path / f"{example.name}-{theme}.png")
    assert picturing.main(["xor"]) == 0
    dark, light = (Image.open(tmp_path / f"xor-{theme}.png").convert("L") for theme in ("dark", "light"))
    assert dark.size == light.size == (picturing.SIZE.width(), picturing.SIZE.height())
    assert dark.getpixel((4, 4)) < 64 < 192 < light.getpixel((4, 4))
    assert len(dark.getcolors(10_000) or ()) > 20
