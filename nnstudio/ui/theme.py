"""Colours, fonts and the style sheet: everything that decides how the window looks.

The style sheet is `resources/themes/base.qss`. In it `@muted` stands for a colour of the theme, and
`@icon(check, on_accent)` for an icon in such a colour. Items that paint themselves ask `color("line")`,
`family_color("linear")` or `wire_color("image")` and repaint when `current().changed` is emitted.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

from nnstudio import paths

MODES = ("system", "dark", "light", "high-contrast")
BASE_PX = 13


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme, as #rrggbb. No colour is written down anywhere else."""

    name: str
    dark: bool
    canvas: str  # behind the nodes; also text fields
    surface: str  # docks, menus, bars
    raised: str  # nodes, cards, buttons
    line: str  # borders and rules
    text: str
    muted: str  # second-rank text
    accent: str
    on_accent: str  # text on an accent fill
    good: str
    warning: str
    bad: str
    field: str  # inside of a text field
    hover: str  # under the mouse
    pressed: str
    selection: str  # behind a selected row
    accent_hover: str
    disabled: str  # text of what cannot be used now
    shadow: str
    grid_dot: str
    scroll: str  # handle of a scroll bar
    track: str  # the empty part of a progress bar
    header_mix: float  # how much of a family's hue is in a node's header


DARK = Tokens(
    "dark", True, canvas="#14161B", surface="#1C1F26", raised="#252A33", line="#363C48", text="#E7EAF0",
    muted="#97A0AF", accent="#4C9AFF", on_accent="#0B1220", good="#2FBF8F", warning="#E69F00", bad="#E5534B",
    field="#14161B", hover="#2A303B", pressed="#313845", selection="#26384F", accent_hover="#6BABFF",
    disabled="#626B7A", shadow="#000000", grid_dot="#262A32", scroll="#3D4451", track="#363C48",
    header_mix=0.134,
)  # fmt: skip
LIGHT = Tokens(
    "light", False, canvas="#F3F4F7", surface="#FFFFFF", raised="#FFFFFF", line="#D5D9E0", text="#1B1F27",
    muted="#5C6675", accent="#1F6FEB", on_accent="#FFFFFF", good="#00805A", warning="#9A6700", bad="#C4302B",
    field="#F3F4F7", hover="#EEF1F5", pressed="#E3E7EE", selection="#DCE9FD", accent_hover="#1A62D4",
    disabled="#98A1AF", shadow="#5C6675", grid_dot="#DDE0E7", scroll="#C3C9D3", track="#D5D9E0",
    header_mix=0.134,
)  # fmt: skip
HIGH_CONTRAST = Tokens(
    "high-contrast", True, canvas="#000000", surface="#000000", raised="#000000", line="#B8C0CC",
    text="#FFFFFF", muted="#DDE2EA", accent="#3FD0FF", on_accent="#000000", good="#4DFFB8", warning="#FFC233",
    bad="#FF8A82", field="#000000", hover="#20262F", pressed="#333C49", selection="#0B4A66",
    accent_hover="#8BE3FF", disabled="#8A93A1", shadow="#000000", grid_dot="#3A4250", scroll="#B8C0CC",
    track="#3A4250", header_mix=0.3,
)  # fmt: skip

_THEMES = {t.name: t for t in (DARK, LIGHT, HIGH_CONTRAST)}

# Okabe and Ito's colours: told apart by colour-blind eyes too. They have eight, and blocks come ninth.
FAMILY_HUES = {
    "data": "#009E73",
    "linear": "#0072B2",
    "convolution": "#56B4E9",
    "pooling": "#56B4E9",
    "recurrent": "#CC79A7",
    "embedding": "#CC79A7",
    "attention": "#D55E00",
    "transformer": "#D55E00",
    "activation": "#F0E442",
    "normalization": "#999999",
    "regularization": "#999999",
    "reshape": "#E69F00",
    "merge": "#E69F00",
    "loss": "#3A404C",
    "block": "#8F86D8",
    "custom": "#CC79A7",
}
# The few hues that would drown in a theme's background, in a tone that does not.
_ON_DARK = {"linear": "#2F86C9", "loss": "#C9CED8"}
_ON_LIGHT = {"activation": "#B8A900", "block": "#7166C4"}

_WIRES = {
    "image": "#56B4E9",
    "vector": "#E69F00",
    "sequence": "#CC79A7",
    "tokens": "#D55E00",
    "label": "#009E73",
}
_MONO = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono")


class Theme(QObject):
    """The look in force. There is one of it: `current()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mode = "system"
        self.tokens = DARK
        self._app: QApplication | None = None
        self._colors: dict[str, QColor] = {}

    def apply(self, app: QApplication, mode: str = "system") -> None:
        """Dress the whole program, and keep to the system's choice if the mode is "system"."""
        if mode not in MODES:
            raise ValueError(f"unknown theme mode {mode!r}; there are {', '.join(MODES)}")
        same = self._app is app and self.mode == mode
        self.mode = mode
        if self._app is not app:
            self._adopt(app)
        _tell_system(mode)
        tokens = _THEMES.get(mode) or _system_tokens()
        if not same or tokens is not self.tokens:  # every widget there is would be polished anew
            self._dress(tokens)

    def color(self, token: str) -> QColor:
        """One of the tokens, or any #rrggbb, as a colour that must not be changed in place."""
        found = self._colors.get(token)
        if found is None:
            found = self._colors[token] = QColor(getattr(self.tokens, token, token))
        return found

    @contextmanager
    def painted_as(self, name: str) -> Iterator[None]:
        """Inside, what is painted has the colours of another theme; nobody is told, and the window keeps its own."""
        tokens, colors = self.tokens, self._colors
        self.tokens, self._colors = _THEMES[name], {}
        try:
            yield
        finally:
            self.tokens, self._colors = tokens, colors

    def _adopt(self, app: QApplication) -> None:
        self._app = app
        app.setStyle("Fusion")
        app.setFont(base_font())
        QToolTip.setFont(base_font())
        app.styleHints().colorSchemeChanged.connect(self._on_system_change)

    def _dress(self, tokens: Tokens) -> None:
        assert self._app is not None
        self.tokens = tokens
        self._colors.clear()
        self._app.setPalette(palette(tokens))
        QToolTip.setPalette(palette(tokens))
        self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit()

    def _on_system_change(self) -> None:
        if self.mode == "system" and _system_tokens() is not self.tokens:
            self._dress(_system_tokens())


@cache
def current() -> Theme:
    """The one theme of this program."""
    return Theme()


def apply(app: QApplication, mode: str = "system") -> None:
    """Dress the whole program: `current().apply(app, mode)`."""
    current().apply(app, mode)


def color(token: str) -> QColor:
    """A colour of the theme in force, by its name: `color("accent")`."""
    return current().color(token)


def painted_as(name: str) -> AbstractContextManager[None]:
    """Colours of another theme while something is painted: `current().painted_as(name)`."""
    return current().painted_as(name)


def family_color(key: str) -> QColor:
    """The colour of a family: strip, icon, mini map. Families nobody knows are muted."""
    tuned = _ON_DARK if current().tokens.dark else _ON_LIGHT
    return color(tuned.get(key) or FAMILY_HUES.get(key, "muted"))


def header_color(key: str) -> QColor:
    """The background of a node's header: a breath of the family's colour on the node's own."""
    return mix(color("raised"), family_color(key), current().tokens.header_mix)


def wire_color(kind: str) -> QColor:
    """The colour of a wire by what it carries; unknown kinds look like "any"."""
    if kind == "scalar":
        return family_color("activation")
    if kind == "error":
        return color("bad")
    return color(_WIRES.get(kind, "muted"))


def mix(under: QColor, over: QColor, amount: float) -> QColor:
    """Two colours blended: 0 gives the first, 1 the second."""
    parts = zip(_rgb(under), _rgb(over), strict=True)
    return QColor.fromRgbF(*(a + (b - a) * amount for a, b in parts))


def contrast(first: str, second: str) -> float:
    """The contrast of two colours as WCAG counts it, 1 to 21."""
    low, high = sorted((_luminance(QColor(first)), _luminance(QColor(second))))
    return (high + 0.05) / (low + 0.05)


def base_font(px: int = BASE_PX, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The font of the window: Inter where installed, else the system's; digits of one width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if _installed("Inter"):
        font.setFamilies(["Inter", *font.families()])
    font.setPixelSize(px)
    font.setWeight(weight)
    return tabular(font)


def mono_font(px: int = BASE_PX - 1) -> QFont:
    """The font for code and shapes."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setFamilies([*filter(_installed, _MONO), *font.families()])
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(px)
    return font


def tabular(font: QFont) -> QFont:
    """The same font with digits of one width, so that live numbers do not jitter."""
    steady = QFont(font)
    steady.setFeature(QFont.Tag("tnum"), 1)
    return steady


def style_sheet(tokens: Tokens) -> str:
    """`base.qss` with every @name filled in."""
    names = {f.name: getattr(tokens, f.name) for f in fields(tokens)}
    names["mono"] = ", ".join(f'"{family}"' for family in mono_font().families())
    text = re.sub(r"@icon\(([\w-]+), *(\w+)\)", lambda m: _icon_url(m[1], names[m[2]]), _template())
    return re.sub(r"@([a-z_]+)", lambda m: str(names[m[1]]), text)


def palette(tokens: Tokens) -> QPalette:
    """Qt's own palette, for whatever the style sheet does not reach."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.surface, role.WindowText: tokens.text, role.Base: tokens.field,
        role.AlternateBase: tokens.hover, role.Text: tokens.text, role.PlaceholderText: tokens.muted,
        role.Button: tokens.raised, role.ButtonText: tokens.text, role.BrightText: tokens.bad,
        role.Highlight: tokens.accent, role.HighlightedText: tokens.on_accent, role.Accent: tokens.accent,
        role.Link: tokens.accent, role.LinkVisited: tokens.accent, role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text, role.Light: tokens.hover, role.Midlight: tokens.raised,
        role.Mid: tokens.line, role.Dark: tokens.line, role.Shadow: tokens.shadow,
    }  # fmt: skip
    made = QPalette()
    for key, value in colors.items():
        made.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.disabled))
    for key in (role.Highlight, role.Accent):
        made.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.line))
    return made


def _system_tokens() -> Tokens:
    hints = QGuiApplication.styleHints()
    if hasattr(hints, "accessibility"):  # Qt 6.10 and later
        wish = hints.accessibility().contrastPreference()
        if wish == Qt.ContrastPreference.HighContrast:
            return HIGH_CONTRAST
    return LIGHT if hints.colorScheme() == Qt.ColorScheme.Light else DARK


def _tell_system(mode: str) -> None:
    """Ask for title bars and system dialogs that match; some systems ignore it."""
    schemes = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light}
    QGuiApplication.styleHints().setColorScheme(schemes.get(mode, Qt.ColorScheme.Dark))


def _luminance(shade: QColor) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                        for c in _rgb(shade))  # fmt: skip
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(shade: QColor) -> tuple[float, float, float]:
    return shade.redF(), shade.greenF(), shade.blueF()


@cache
def _installed(family: str) -> bool:
    return QFontDatabase.hasFamily(family)


@cache
def _template() -> str:
    return paths.resource("themes", "base.qss").read_text(encoding="utf-8")


@cache
def tinted_svg(name: str, shade: str) -> bytes:
    """The text of an icon with its lines in the given colour."""
    text = paths.resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    return text.replace("currentColor", shade).encode()


def _icon_url(name: str, shade: str) -> str:
    """A style sheet can only show an icon that lies in a file, so it is put into one."""
    svg = tinted_svg(name, shade)
    file = paths.cache_dir() / f"{name}-{hashlib.sha256(svg).hexdigest()[:12]}.svg"
    if not file.exists():
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(svg)
        os.replace(fresh, file)
    return f'url("{file.as_posix()}")'
