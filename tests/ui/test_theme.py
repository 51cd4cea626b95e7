import subprocess
import sys

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QSpinBox

from nnstudio.ui import theme

WIRES = ("image", "vector", "sequence", "tokens", "scalar", "label", "any", "error", "unheard-of")
THEMES = (theme.DARK, theme.LIGHT, theme.HIGH_CONTRAST)


@pytest.fixture
def look(qapp, tmp_path, monkeypatch):
    monkeypatch.setenv("NNSTUDIO_HOME", str(tmp_path))
    yield theme.current()
    theme.apply(qapp, "dark")


@pytest.mark.parametrize("tokens", THEMES, ids=lambda t: t.name)
@pytest.mark.parametrize("ground", ["canvas", "surface", "raised", "field", "hover", "selection"])
@pytest.mark.parametrize("ink", ["text", "muted"])
def test_text_is_readable_on_every_ground(tokens, ground, ink):
    assert theme.contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", THEMES, ids=lambda t: t.name)
def test_text_on_accent_is_readable(tokens):
    assert theme.contrast(tokens.on_accent, tokens.accent) >= 4.5


@pytest.mark.parametrize("tokens", THEMES, ids=lambda t: t.name)
@pytest.mark.parametrize("token", ["accent", "good", "warning", "bad"])
def test_signals_stand_out(tokens, token):
    assert theme.contrast(getattr(tokens, token), tokens.surface) >= 3


@pytest.mark.parametrize("tokens", THEMES, ids=lambda t: t.name)
def test_style_sheet_has_no_name_left(look, tokens):
    sheet = theme.style_sheet(tokens)
    assert "@" not in sheet
    assert "url(" in sheet


def test_every_colour_in_the_template_is_a_token():
    # A hex colour in the template would be the same in dark and light.
    assert "#" not in theme._template().replace("QLineEdit#", "")


def test_qt_understands_the_style_sheet(look, qapp, caplog, capfd):
    theme.apply(qapp, "light")
    QSpinBox().ensurePolished()
    assert "parse" not in capfd.readouterr().err


def test_a_switch_is_announced_and_changes_the_palette(look, qapp, qtbot):
    theme.apply(qapp, "dark")
    dark = qapp.palette().color(QPalette.ColorRole.Window)
    with qtbot.waitSignal(look.changed):
        theme.apply(qapp, "light")
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.LIGHT.surface) != dark
    assert theme.LIGHT.line in qapp.styleSheet()
    assert theme.color("text") == QColor(theme.LIGHT.text)


def test_the_same_theme_again_is_no_work_and_no_news(look, qapp):
    theme.apply(qapp, "light")
    told: list[bool] = []
    look.changed.connect(lambda: told.append(True))
    theme.apply(qapp, "light")
    assert told == []
    theme.apply(qapp, "dark")
    assert told == [True]


def test_the_system_is_followed_only_when_asked(look, qapp, monkeypatch):
    shown = theme.LIGHT
    monkeypatch.setattr(theme, "_system_tokens", lambda: shown)
    theme.apply(qapp, "system")
    assert look.tokens is theme.LIGHT
    shown = theme.DARK
    look._on_system_change()
    assert look.tokens is theme.DARK
    theme.apply(qapp, "light")
    look._on_system_change()
    assert look.tokens is theme.LIGHT


def test_unknown_mode_is_named(look, qapp):
    with pytest.raises(ValueError, match="sepia"):
        theme.apply(qapp, "sepia")


@pytest.mark.parametrize("mode", ["dark", "light", "high-contrast"])
def test_families_and_wires_have_colours(look, qapp, mode):
    theme.apply(qapp, mode)
    for key in theme.FAMILY_HUES:
        assert theme.family_color(key) != theme.color("raised")
        assert theme.contrast(theme.color("text").name(), theme.header_color(key).name()) >= 4.5
    for kind in WIRES:
        assert theme.wire_color(kind).isValid()
    assert theme.wire_color("error") == theme.color("bad")


def test_families_stand_out_on_dark(look, qapp):
    theme.apply(qapp, "dark")
    for key in theme.FAMILY_HUES:
        assert theme.contrast(theme.family_color(key).name(), theme.DARK.raised) >= 3, key


def test_fonts(look, qapp):
    theme.apply(qapp, "dark")
    assert qapp.font().pixelSize() == 13
    assert theme.mono_font().pixelSize() == 12
    assert theme.tabular(qapp.font()).family() == qapp.font().family()


def test_disabled_text_differs(look, qapp):
    made = theme.palette(theme.DARK)
    group = QPalette.ColorGroup
    assert made.color(group.Disabled, QPalette.ColorRole.Text) != made.color(group.Active, QPalette.ColorRole.Text)
    assert made.color(QPalette.ColorRole.Link) == QColor(theme.DARK.accent)


def test_import_is_light():
    code = (
        "import sys, nnstudio.ui.theme, nnstudio.ui.icons\n"
        "sys.exit(', '.join({'torch', 'numpy', 'pyqtgraph', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
