"""The program's own icons, tinted by the theme in force and crisp at every scale.

An icon is drawn from its SVG when it is asked for, in the size asked for; a switch of the theme shows at the
next repaint, and nobody has to set the icon again.
"""

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nnstudio import paths
from nnstudio.ui import hues, theme

APP_ICON = "nnstudio"
_KEPT = 2000  # pixmaps remembered before all are forgotten
_pixmaps: dict[tuple[str, str, int, int], QPixmap] = {}
_clones: list[QIconEngine] = []


@cache
def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(file.stem for file in paths.resource("icons").glob("*.svg")))


def icon(name: str, color: str | QColor | None = None, size: int = 16) -> QIcon:
    """An icon in the theme's text colour, or in a token ("accent"), a family ("family:linear"), that of a
    mark ("mark:blue") or another colour.

    `size` is the one it has where nobody says another. Raises KeyError, with the list, for an unknown name.
    """
    if name not in names():
        raise KeyError(f"no icon {name!r}; there are {', '.join(names())}")
    return _shared(name, color.name() if isinstance(color, QColor) else color or "text", size)


def app_icon() -> QIcon:
    """The program's mark, for windows and the task bar."""
    return icon(APP_ICON)


def paint(painter: QPainter, rect: QRectF, name: str, color: str | QColor = "text") -> None:
    """Draw an icon straight onto a painter: the way for canvas items, sharp at any zoom."""
    shade = color.name() if isinstance(color, QColor) else _shade(color, QIcon.Mode.Normal)
    _renderer(name, shade).render(painter, rect)


def pixmap(name: str, width: int, height: int, shade: str) -> QPixmap:
    """An icon as so many real pixels, in the colour #rrggbb."""
    key = (name, shade, width, height)
    if key not in _pixmaps:
        if len(_pixmaps) >= _KEPT:
            _pixmaps.clear()
        _pixmaps[key] = _render(*key)
    return _pixmaps[key]


class _Engine(QIconEngine):
    """Draws one icon for Qt, in the colour that the theme has at that moment."""

    def __init__(self, name: str, color: str, size: int) -> None:
        super().__init__()
        self._name, self._color, self._size = name, color, size

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return pixmap(self._name, size.width(), size.height(), _shade(self._color, mode))

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        return self.pixmap(size * scale, mode, state)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        scale = painter.device().devicePixelRatioF()
        drawn = self.pixmap(rect.size() * scale, mode, state)
        painter.drawPixmap(QRectF(rect), drawn, QRectF(drawn.rect()))

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        side = min(size.width(), size.height())
        return QSize(side, side)

    def availableSizes(self, mode: QIcon.Mode = QIcon.Mode.Normal, state: QIcon.State = QIcon.State.Off) -> list[QSize]:
        return [QSize(self._size * n // 2, self._size * n // 2) for n in (2, 3, 4)]

    def isNull(self) -> bool:
        return False

    def key(self) -> str:
        return "nnstudio"

    def clone(self) -> QIconEngine:
        # Qt owns the copy but does not hold its Python half; nothing here ever asks for one.
        _clones.append(_Engine(self._name, self._color, self._size))
        return _clones[-1]


@cache
def _shared(name: str, color: str, size: int) -> QIcon:
    # Kept for good: Qt shares the engine between copies of the icon, so its Python half must outlive them.
    return QIcon(_Engine(name, color, size))


def _shade(color: str, mode: QIcon.Mode) -> str:
    if mode == QIcon.Mode.Disabled:
        color = "disabled"
    if color.startswith("mark:"):
        return hues.mark_color(color.removeprefix("mark:")).name()
    if color.startswith("family:"):
        return theme.family_color(color.removeprefix("family:")).name()
    return theme.color(color).name()


@cache
def _renderer(name: str, shade: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(theme.tinted_svg(name, shade)))


def _render(name: str, shade: str, width: int, height: int) -> QPixmap:
    image = QPixmap(max(width, 1), max(height, 1))
    image.fill(Qt.GlobalColor.transparent)
    side = min(image.width(), image.height())
    painter = QPainter(image)
    place = QRectF((image.width() - side) / 2, (image.height() - side) / 2, side, side)
    _renderer(name, shade).render(painter, place)
    painter.end()
    return image
