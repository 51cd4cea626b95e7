"""The few questions that need an answer before the program can go on. Tests put another object in its place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

SAVE, DISCARD, CANCEL = "save", "discard", "cancel"
SUFFIXES = (".nnstudio", ".nnstudio.json")
"""Of projects: with weights, and the drawing alone."""
_BUTTONS = QMessageBox.StandardButton


class Dialogs:
    """Asks with the system's own dialogs."""

    def ask_open(self, parent: QWidget, folder: Path) -> Path | None:
        """Which project to open; None for none."""
        title, kinds = _tr("Open a project"), _tr("NNStudio projects (*.nnstudio *.nnstudio.json)")
        name, _ = QFileDialog.getOpenFileName(parent, title, str(folder), kinds)
        return Path(name) if name else None

    def ask_data(self, parent: QWidget, folder: Path) -> Path | None:
        """Which file to take data from; None for none."""
        kinds = (
            _tr("Data (*.csv *.tsv *.txt *.md *.parquet *.npz *.npy *.gz *ubyte *.idx)"),
            _tr("All files (*)"),
        )
        name, _ = QFileDialog.getOpenFileName(parent, _tr("Import data"), str(folder), ";;".join(kinds))
        return Path(name) if name else None

    def ask_data_folder(self, parent: QWidget, folder: Path) -> Path | None:
        """Which folder to take data from; None for none."""
        title = _tr("Import images: a folder that has a folder for each class")
        name = QFileDialog.getExistingDirectory(parent, title, str(folder))
        return Path(name) if name else None

    def ask_own_files(self, parent: QWidget, folder: Path, title: str) -> Path | None:
        """Which file a person has already of a data set that is fetched; None for none."""
        name, _ = QFileDialog.getOpenFileName(parent, _tr("Files of {0}").format(title), str(folder))
        return Path(name) if name else None

    def ask_save(self, parent: QWidget, suggested: Path) -> Path | None:
        """Where to save the project; None for nowhere."""
        kinds = ";;".join(
            (_tr("Project with weights (*.nnstudio)"), _tr("Drawing alone, as readable text (*.nnstudio.json)"))
        )
        name, kind = QFileDialog.getSaveFileName(parent, _tr("Save the project"), str(suggested), kinds)
        if not name:
            return None
        known = name.lower().endswith(SUFFIXES)
        return Path(name) if known else self._named(parent, Path(name), SUFFIXES["json" in kind])

    def ask_export(self, parent: QWidget, suggested: Path, title: str) -> Path | None:
        """Where to write an export; None for nowhere."""
        kinds = f"{title} (*{suggested.suffix})"
        name, _ = QFileDialog.getSaveFileName(parent, _tr("Export as {0}").format(title), str(suggested), kinds)
        if not name:
            return None
        return Path(name) if Path(name).suffix else self._named(parent, Path(name), suggested.suffix)

    def ask_drawing(self, parent: QWidget, suggested: Path) -> Path | None:
        """Where to write a picture of the drawing; its suffix says of which kind. None for nowhere."""
        kinds = {
            "svg": _tr("SVG, with text as text (*.svg)"),
            "png": _tr("PNG (*.png)"),
            "pdf": _tr("PDF (*.pdf)"),
        }
        title = _tr("Export the drawing")
        name, kind = QFileDialog.getSaveFileName(parent, title, str(suggested), ";;".join(kinds.values()))
        if not name:
            return None
        known = Path(name).suffix.lower().removeprefix(".") in kinds
        chosen = next((suffix for suffix, words in kinds.items() if words == kind), "svg")
        return Path(name) if known else self._named(parent, Path(name), f".{chosen}")

    def _named(self, parent: QWidget, path: Path, suffix: str) -> Path | None:
        """The path with its suffix. The dialog asked about the name without it, so this asks before it replaces."""
        path = path.with_name(path.name + suffix)
        question = _tr("{0} is there already. Replace it?").format(path.name)
        if path.exists() and QMessageBox.question(parent, _tr("Replace the file"), question) != _BUTTONS.Yes:
            return None
        return path

    def ask_unsaved(self, parent: QWidget, name: str) -> str:
        """What to do with unsaved work: SAVE, DISCARD or CANCEL."""
        box = QMessageBox(parent)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(_tr("Unsaved work"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(_tr("Save the changes in {0}?").format(name))
        box.setInformativeText(_tr("They are lost otherwise."))
        box.setStandardButtons(_BUTTONS.Save | _BUTTONS.Discard | _BUTTONS.Cancel)
        box.button(_BUTTONS.Discard).setText(_tr("Don't Save"))
        box.setDefaultButton(_BUTTONS.Save)
        answer = box.exec()
        return {_BUTTONS.Save: SAVE, _BUTTONS.Discard: DISCARD}.get(_BUTTONS(answer), CANCEL)

    def ask_overwrite(self, parent: QWidget, name: str) -> bool:
        """Whether to write over a file that another program has written since it was opened."""
        box = QMessageBox(parent)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(_tr("The file has changed"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(_tr("{0} was changed by another program since you opened it. Write over it?").format(name))
        kept = _tr("What it is now is kept as {0}.bak if it still is a project. Save As leaves the file alone.")
        box.setInformativeText(kept.format(name))
        over = box.addButton(_tr("Write Over"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(_BUTTONS.Cancel))
        box.exec()
        return box.clickedButton() is over

    def tell(self, parent: QWidget, title: str, text: str) -> None:
        """A text that the person asked for."""
        box = QMessageBox(parent)
        box.setWindowTitle(title)
        box.setText(title)
        box.setInformativeText(text)
        box.exec()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)
