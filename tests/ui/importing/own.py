"""Files that are none: what an engine would tell of them, for the dialog's tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnstudio.errors import EngineError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.fake import FakeEngine

ROWS = [["5.1", "1", "setosa"], ["4.9", "", "virginica"], ["4.7", "2", "setosa"]]
CLASSES: dict[str, tuple[str, ...]] = {"sepal": (), "petal": ("1", "2"), "species": ("setosa", "virginica")}
IRIS = (
    ("sepal", "number", "input", ()),
    ("petal", "number", "input", ()),
    ("species", "class", "target", CLASSES["species"]),
)


@dataclass
class Files:
    """What lies on a disk, by path: columns and SHA-256 of each table, or the error of those that can not be read."""

    there: dict[str, tuple[tuple[Any, ...], str]] = field(default_factory=dict)
    wrong: dict[str, EngineError] = field(default_factory=dict)

    def put(self, path: Path, columns: tuple[Any, ...] = IRIS, sha256: str = "a" * 64) -> Path:
        self.there[str(path)] = columns, sha256
        return path

    def serve(self, engine: FakeEngine) -> None:
        """Let the engine answer from here."""
        engine.replies[msg.InspectFile] = self.inspect
        engine.replies[msg.PreviewData] = engine.replies[msg.CheckData] = self.preview

    def inspect(self, request: msg.InspectFile, number: int) -> msg.AnyReply:
        refusal = self._refusal(request.path)
        if refusal is not None:
            return msg.Failed(request=number, message=refusal.message, fix=refusal.fix, kind="file")
        columns, sha256 = self.there[request.path]
        told = [
            {"name": name, "kind": kind, "missing": name == "petal", "classes": CLASSES[name]}
            for name, kind, _, _ in columns
        ]
        facts = {"kind": "table", "preview": ROWS, "columns": told, "rows": 3, "memory": 4096}
        params = {"path": request.path, "columns": columns, "sha256": sha256, "rows": 3, **request.reading}
        return msg.Inspected(request=number, dataset="table", params=params, facts=facts)

    def preview(self, request: msg.PreviewData | msg.CheckData, number: int) -> msg.AnyReply:
        path, wanted = str(request.data.params.get("path", "")), request.data.params.get("sha256")
        refusal = self._refusal(path) if path else None
        if refusal is None and path and wanted and self.there[path][1] != wanted:
            refusal = EngineError(f"'{Path(path).name}' has changed since it was chosen.", fix="Choose it again.")
        if refusal is not None:
            return msg.Failed(request=number, message=refusal.message, fix=refusal.fix, kind="file")
        return msg.DataPreview(request=number, arrays={}, samples=3)

    def _refusal(self, path: str) -> EngineError | None:
        if path in self.wrong or path in self.there:
            return self.wrong.get(path)
        return EngineError(f"'{Path(path).name}' is not there any more: {path}.", fix="Find it.")


def look(dataset: str, params: dict[str, Any], facts: dict[str, Any]) -> Any:
    """What answers InspectFile for a file that is no table."""

    def answer(request: msg.InspectFile, number: int) -> msg.AnyReply:
        said = {"path": request.path, "sha256": "d" * 64, **params, **request.reading}
        return msg.Inspected(request=number, dataset=dataset, params=said, facts=facts)

    return answer
