"""All commands with their keys: found by a filter, given by pressing them, clashes shown where they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.ui import icons, theme
from nnstudio.ui.keymap import Clash, Keymap, native
from nnstudio.ui.preferences.key_field import KeyField

NAME, WHERE, KEYS, NOTE = range(4)
_COMMAND = Qt.ItemDataRole.UserRole


class KeyboardPage(QWidget):
    """What is changed here counts at once."""

    def __init__(self, keys: Keymap, places: Callable[[str], str]) -> None:
        """`places` tells the menu in which a command stands."""
        super().__init__()
        self._keys = keys
        self._places = places
        self._rows: dict[str, QTreeWidgetItem] = {}
        self.filter = QLineEdit(placeholderText=self.tr("Filter by name or key…"), clearButtonEnabled=True)
        self.filter.setAccessibleName(self.tr("Filter by name or key"))
        self.list = self._make_list()
        self.chips = QHBoxLayout()
        self.field = KeyField()
        self.reset = self._button(self.tr("Reset"), self.tr("Give the chosen command the keys it had at first"))
        self.reset_all = self._button(self.tr("Reset All"), self.tr("Give every command the keys it had at first"))
        self.message = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.offer = QPushButton()
        self._offered: Callable[[], None] = lambda: None
        self._arrange()
        self._connect()
        self._fill()
        self._choose()

    @property
    def chosen(self) -> str:
        """The command whose keys are changed."""
        item = self.list.currentItem()
        return item.data(NAME, _COMMAND) if item is not None and not item.isHidden() else ""

    def choose(self, command: str) -> None:
        """Go to a command's row."""
        self.filter.clear()
        self.list.setCurrentItem(self._rows[command])

    def refresh(self) -> None:
        """Keys and clashes as they are now."""
        clashes = self._keys.clashes()
        for command, row in self._rows.items():
            keys = ", ".join(native(key) for key in self._keys.keys(command))
            row.setText(KEYS, keys)
            row.setText(NOTE, self._note(command, clashes.get(command, ())))
            row.setIcon(NOTE, icons.icon("warning", "warning") if command in clashes else icons.icon("check", "muted"))
            if not row.text(NOTE):
                row.setData(NOTE, Qt.ItemDataRole.DecorationRole, None)
            row.setToolTip(NOTE, row.text(NOTE))
        self.reset_all.setEnabled(any(map(self._keys.is_changed, self._rows)))
        self._sift()

    # What is done

    def _press(self, key: str) -> None:
        """Another key for the chosen command."""
        command = self.chosen
        if not command:
            self._tell(self.tr("Choose a command in the list first."), "warning")
            return
        refused = self._keys.refusal(command, key)
        if refused:
            self._tell(refused, "bad")
            return
        self._keys.set(command, (*self._keys.keys(command), key))
        clashes = [clash for clash in self._keys.clashes().get(command, ()) if clash.key == key]
        if clashes:
            names = ", ".join(f"'{self._name(clash.other)}'" for clash in clashes)
            self._tell(self.tr("{0} is also the key of {1}.").format(native(key), names), "warning")
            self._propose(self.tr("Take It from There"), lambda: self._take(key, clashes))
        else:
            self._tell(self.tr("{0} is now a key of '{1}'.").format(native(key), self._name(command)), "good")

    def _take(self, key: str, clashes: Sequence[Clash]) -> None:
        for clash in clashes:
            self._keys.set(clash.other, (kept for kept in self._keys.keys(clash.other) if kept != key))
        self._tell(self.tr("{0} has no other command any more.").format(native(key)), "good")

    def _remove(self, key: str) -> None:
        command = self.chosen
        self._keys.set(command, (kept for kept in self._keys.keys(command) if kept != key))
        self._tell(self.tr("{0} is free.").format(native(key)), "good")
        self.field.setFocus()

    def _reset_one(self) -> None:
        self._keys.reset(self.chosen)
        self._tell(self.tr("'{0}' has the keys it had at first.").format(self._name(self.chosen)), "good")

    def _reset_all(self) -> None:
        before = {command: self._keys.keys(command) for command in self._rows if self._keys.is_changed(command)}

        def back() -> None:
            for command, keys in before.items():
                self._keys.set(command, keys)
            self._tell(self.tr("Your own keys are back."), "good")

        self._keys.reset_all()
        self._tell(self.tr("Every command has the keys it had at first."), "good")
        self._propose(self.tr("Undo"), back)

    # What is shown

    def _fill(self) -> None:
        for command in self._keys.commands.values():
            row = QTreeWidgetItem([command.name, self._places(command.key), "", ""])
            row.setData(NAME, _COMMAND, command.key)
            row.setToolTip(NAME, command.tip)
            self.list.addTopLevelItem(row)
            self._rows[command.key] = row
        self.refresh()

    def _note(self, command: str, clashes: Sequence[Clash]) -> str:
        if clashes:
            wins, loses = self.tr("{0}: not heard by '{1}'"), self.tr("{0}: heard by '{1}' instead")
            told = ((wins if clash.wins else loses, clash) for clash in clashes)
            return "; ".join(words.format(native(clash.key), self._name(clash.other)) for words, clash in told)
        return self.tr("changed") if self._keys.is_changed(command) else ""

    def _sift(self) -> None:
        """Only rows that the filter finds."""
        wanted = self.filter.text().casefold().split()
        for command, row in self._rows.items():
            text = " ".join((*(row.text(column) for column in range(4)), *self._keys.keys(command))).casefold()
            row.setHidden(not all(word in text for word in wanted))
        self._choose()

    def _choose(self, *_: object) -> None:
        """Keys of the chosen command, each with a button that takes it away."""
        while (item := self.chips.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        command = self.chosen
        for key in self._keys.keys(command) if command else ():
            self.chips.addWidget(self._chip(key))
        self.field.setEnabled(bool(command))
        self.reset.setEnabled(bool(command) and self._keys.is_changed(command))

    def _chip(self, key: str) -> QToolButton:
        chip = QToolButton(toolButtonStyle=Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setText(native(key))
        chip.setIcon(icons.icon("close", "muted"))
        chip.setIconSize(QSize(10, 10))
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setProperty("class", "chip")
        chip.setToolTip(self.tr("Take this key away"))
        chip.setAccessibleName(self.tr("Take away {0}").format(native(key)))
        chip.clicked.connect(lambda: self._remove(key))
        return chip

    def _tell(self, words: str, look: str) -> None:
        """One line about what was done, in words; the offer of the last one goes."""
        self.refresh()
        self.message.setText(words)
        self.message.setProperty("class", look)
        self.message.style().polish(self.message)
        self.offer.hide()

    def _propose(self, words: str, call: Callable[[], None]) -> None:
        self._offered = call
        self.offer.setText(words)
        self.offer.show()

    def _name(self, command: str) -> str:
        return self._keys.commands[command].name

    # How it is made

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setAllColumnsShowFocus(True)
        made.setHeaderLabels([self.tr("Command"), self.tr("Menu"), self.tr("Keys"), self.tr("Note")])
        made.setAccessibleName(self.tr("Commands and their keys"))
        header = made.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in ((NAME, 200), (WHERE, 120), (KEYS, 160)):
            made.setColumnWidth(column, width)
        return made

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _arrange(self) -> None:
        self.offer.hide()
        self.offer.setAutoDefault(False)
        self.chips.setSpacing(6)
        keys, below, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        keys.setSpacing(8)
        keys.addLayout(self.chips)
        keys.addWidget(self.field, 1)
        keys.addWidget(self.reset)
        keys.addWidget(self.reset_all)
        below.addWidget(self.message, 1)
        below.addWidget(self.offer)
        self.message.setMinimumHeight(28)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.filter)
        column.addWidget(self.list, 1)
        column.addLayout(keys)
        column.addLayout(below)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._sift)
        self.list.currentItemChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda *_: self.field.setFocus())
        self.field.pressed.connect(self._press)
        self.field.left.connect(self.list.setFocus)
        self.reset.clicked.connect(self._reset_one)
        self.reset_all.clicked.connect(self._reset_all)
        self.offer.clicked.connect(lambda: self._offered())
        theme.current().changed.connect(self.list.viewport().update)
