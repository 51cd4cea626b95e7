"""Colours for Python source."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from nnstudio.ui import theme

KEYWORDS = "|".join((*keyword.kwlist, "self"))
PATTERN = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<string>[rbfRBF]{0,2}(?:'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"))"
    r"|(?P<number>\b\d[\w.]*)"
    rf"|(?P<keyword>\b(?:{KEYWORDS})\b)"
    r"|(?P<call>\b[A-Za-z_]\w*(?=\())"
)
DEFINED = re.compile(r"\b(?:def|class)\s+(\w+)")
QUOTES = '"""'


class PythonHighlighter(QSyntaxHighlighter):
    """Few colours: words of the language, strings, numbers, comments, and what is defined or called."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self._make_formats()
        theme.current().changed.connect(self._restyle)

    def highlightBlock(self, text: str) -> None:
        start = self._docstring(text)
        for found in PATTERN.finditer(text, start):
            if not text.startswith(QUOTES, found.start()):
                self._paint(found.start(), found.end(), found.lastgroup or "")
        defined = DEFINED.search(text, start)
        if defined:
            self._paint(defined.start(1), defined.end(1), "defined")

    def _docstring(self, text: str) -> int:
        """Paint what belongs to a string over several lines; gives where the rest of the line begins."""
        inside = self.previousBlockState() == 1
        opened = 0 if inside else text.find(QUOTES)
        if opened < 0:
            self.setCurrentBlockState(0)
            return 0
        closed = text.find(QUOTES, opened if inside else opened + len(QUOTES))
        self.setCurrentBlockState(1 if closed < 0 else 0)
        end = len(text) if closed < 0 else closed + len(QUOTES)
        self._paint(opened, end, "string")
        return end

    def _paint(self, start: int, end: int, kind: str) -> None:
        self.setFormat(start, end - start, self._formats[kind])

    def _make_formats(self) -> None:
        shades = {
            "comment": theme.color("muted"),
            "string": theme.color("good"),
            "number": theme.color("warning"),
            "keyword": theme.mix(theme.color("text"), theme.color("accent"), 0.75),
            "call": theme.mix(theme.color("text"), theme.family_color("recurrent"), 0.55),
            "defined": theme.color("text"),
        }
        for kind, shade in shades.items():
            made = self._formats[kind] = QTextCharFormat()
            made.setForeground(shade)
        self._formats["comment"].setFontItalic(True)
        self._formats["defined"].setFontWeight(QFont.Weight.Bold)

    def _restyle(self) -> None:
        self._make_formats()
        self.rehighlight()
