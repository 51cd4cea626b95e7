"""Which editor an input has."""

from __future__ import annotations

from nnstudio.ui.trying.cells import CellsEditor
from nnstudio.ui.trying.columns import ColumnsEditor
from nnstudio.ui.trying.drawing import DrawingEditor
from nnstudio.ui.trying.editor import Editor
from nnstudio.ui.trying.text import TextEditor
from nnstudio.ui.trying.ways import COLUMNS, DRAWN, PLANE, TEXT, Way

_EDITORS = {DRAWN: DrawingEditor, TEXT: TextEditor, COLUMNS: ColumnsEditor}


def editor_for(way: Way) -> Editor:
    """The one that is made for such an input. For a point in the plane, pyqtgraph has to be loaded by now."""
    if way.kind == PLANE:
        from nnstudio.ui.trying.plane import PlaneEditor

        return PlaneEditor(way)
    return _EDITORS.get(way.kind, CellsEditor)(way)
