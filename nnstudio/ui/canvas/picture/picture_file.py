"""A picture of the drawing as SVG, PDF or PNG: sized to what it holds, text as text where the kind has text.

It is painted in the window's thread, a little at a time; the rest can be done anywhere. What was written is opened
again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QSaveFile, QSizeF
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPageSize, QPaintDevice, QPainter, QPdfWriter

from nnstudio import __version__
from nnstudio.errors import PictureError
from nnstudio.ui import theme
from nnstudio.ui.canvas.picture.picture import Picture
from nnstudio.ui.canvas.texts import tr

KINDS = ("svg", "png", "pdf")
SCALES = (1, 2, 4)
MOST_PIXELS = 100_000_000
LONGEST_SIDE = 32_000
"""Of a picture of dots: what programs can still open."""
_LONGEST_PAGE = 14_400.0
"""Points; longer pages do not exist."""
_DPI = 96
_FINE = 1200
FALLBACKS = "Inter, system-ui, 'Segoe UI', 'Helvetica Neue', 'Noto Sans', Arial, sans-serif"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOTHING = re.compile(r"<g [^<>]*>\s*</g>\s*")
_OF_GROUPS = re.compile(r'\nfont-family="[^"]*" font-size="[^"]*" font-weight="[^"]*" font-style="[^"]*" *\n')
"""Fonts of groups, as each text says its own."""
_MILLIMETRES = re.compile(r'<svg width="[^"]*" height="[^"]*"')
_FONT = re.compile(r'font-family="([^"]*)"')


@dataclass(frozen=True)
class Style:
    """How a picture is to be: its colours, with a ground or without, and pixels for one unit of the drawing."""

    theme: str = "light"
    transparent: bool = False
    scale: int = 2


class _Target:
    """What is painted on."""

    device: QPaintDevice

    def prepare(self, painter: QPainter) -> None:
        """Before anything is painted: how large a unit of the drawing is."""

    def data(self) -> bytes:
        """What goes into the file. May be asked in any thread, once painting is done."""
        raise NotImplementedError


class _Svg(_Target):
    def __init__(self, picture: Picture, title: str, style: Style) -> None:
        from PySide6.QtSvg import QSvgGenerator

        self._buffer = _buffer()
        area = QRect(0, 0, round(picture.area.width()), round(picture.area.height()))
        self.device = generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        generator.setOutputDevice(self._buffer)
        generator.setResolution(_DPI)
        generator.setSize(area.size())
        self._size = area.size()
        generator.setViewBox(area)
        generator.setTitle(title)
        generator.setDescription(f"NNStudio {__version__}")

    def data(self) -> bytes:
        """Without letters that XML has none of, and with fonts to take where ours is not installed."""
        text = bytes(self._buffer.data().data()).decode("utf-8", "replace")
        text = _NOTHING.sub("", _OF_GROUPS.sub("\n", _NOT_IN_XML.sub("", text)))
        text = _MILLIMETRES.sub(f'<svg width="{self._size.width()}" height="{self._size.height()}"', text, count=1)
        return _FONT.sub(lambda found: f'font-family="{_fonts(found[1])}"', text).encode()


class _Pdf(_Target):
    def __init__(self, picture: Picture, title: str, style: Style) -> None:
        self._buffer = _buffer()
        points = QSizeF(picture.area.size()) * (72 / _DPI)
        self._shrunk = min(1.0, _LONGEST_PAGE / max(points.width(), points.height()))
        match = QPageSize.SizeMatchPolicy.ExactMatch
        self.device = writer = QPdfWriter(self._buffer)
        writer.setPageSize(QPageSize(points * self._shrunk, QPageSize.Unit.Point, "", match))
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        writer.setResolution(_FINE)
        writer.setTitle(title)
        writer.setCreator(f"NNStudio {__version__}")

    def prepare(self, painter: QPainter) -> None:
        scale = self._shrunk * _FINE / _DPI
        painter.scale(scale, scale)

    def data(self) -> bytes:
        return bytes(self._buffer.data().data())


class _Png(_Target):
    def __init__(self, picture: Picture, title: str, style: Style) -> None:
        size = picture.area.size().toSize() * style.scale
        if size.width() * size.height() > MOST_PIXELS or max(size.width(), size.height()) > LONGEST_SIDE:
            pixels = tr("{width} × {height} pixels").format(width=f"{size.width():,}", height=f"{size.height():,}")
            words = tr("The drawing is too large for a PNG: it would have {pixels}.").format(pixels=pixels)
            raise PictureError(words, fix=tr("Export it as SVG or PDF."))
        self._scale = style.scale
        self.device = self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.fill(0)
        self._image.setText("Title", title)

    def prepare(self, painter: QPainter) -> None:
        painter.scale(self._scale, self._scale)

    def data(self) -> bytes:
        buffer = _buffer()
        writer = QImageWriter(buffer, QByteArray(b"png"))
        if not writer.write(self._image):
            raise PictureError(tr("The picture can not be made: {reason}.").format(reason=writer.errorString()))
        return bytes(buffer.data().data())


_TARGETS: dict[str, Callable[[Picture, str, Style], _Target]] = {"svg": _Svg, "png": _Png, "pdf": _Pdf}


class Painting:
    """A picture on its way into a file. Raises PictureError where it can not be made."""

    def __init__(self, picture: Picture, kind: str, title: str, style: Style) -> None:
        if picture.is_empty:
            raise PictureError(tr("The drawing is empty."), fix=tr("Add a layer first."))
        self.kind = kind
        self._target = _TARGETS[kind](picture, title or "NNStudio", style)
        self._picture, self._style = picture, style

    def steps(self) -> Iterator[None]:
        """Paint, one thing for each step. Between two steps the window has its own colours."""
        painter = QPainter(self._target.device)
        try:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            self._target.prepare(painter)
            area = self._picture.area
            painter.translate(-area.topLeft())
            with theme.painted_as(self._style.theme):
                if not self._style.transparent:
                    painter.fillRect(area, theme.color("canvas"))
            rest = self._picture.steps(painter)
            while True:
                with theme.painted_as(self._style.theme):
                    if next(rest, self) is self:
                        return
                yield
        finally:
            painter.end()

    def write(self, path: Path) -> int:
        """Whole or not at all, in any thread; gives the size of the file after it was opened again."""
        _write(self._target.data(), path)
        _check(path, self.kind)
        return path.stat().st_size


def kind_of(path: Path) -> str:
    """The kind that a name stands for, or an empty string."""
    suffix = path.suffix.lower().removeprefix(".")
    return suffix if suffix in KINDS else ""


def _write(data: bytes, path: Path) -> None:
    file = QSaveFile(os.fspath(path))
    opened = file.open(QIODevice.OpenModeFlag.WriteOnly)
    if not (opened and file.write(data) == len(data) and file.commit()):
        words = tr("'{path}' can not be written: {reason}.").format(path=path, reason=file.errorString())
        raise PictureError(words, fix=tr("Choose another place."))


def _check(path: Path, kind: str) -> None:
    """Open what was written. Raises PictureError where it is not what it should be."""
    good = False
    try:
        good = _CHECKS[kind](path)
    except (OSError, ElementTree.ParseError) as error:
        raise PictureError(tr("'{path}' can not be read again: {reason}.").format(path=path, reason=error)) from error
    if not good:
        raise PictureError(tr("'{path}' was written, but is no sound picture.").format(path=path))


def _is_svg(path: Path) -> bool:
    return ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # our own file


def _is_png(path: Path) -> bool:
    return QImageReader(os.fspath(path)).size().isValid()


def _is_pdf(path: Path) -> bool:
    data = path.read_bytes()
    return data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")


_CHECKS: dict[str, Callable[[Path], bool]] = {"svg": _is_svg, "png": _is_png, "pdf": _is_pdf}


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _fonts(family: str) -> str:
    """The font that was measured with, then what comes close to it."""
    return FALLBACKS if family.lower() in ("", "sans serif") else f"'{family}', {FALLBACKS}"
