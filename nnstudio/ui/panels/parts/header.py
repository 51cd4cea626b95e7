"""The slim row above a panel: what is shown at the left, controls at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from nnstudio.ui import icons
from nnstudio.ui.panels.parts import tips

HEIGHT = 26
LEAST_LETTERS = 4
"""Of a text that is cut short, with its …: so few say nothing."""
LEAST_WIDTH = 336
"""Of a panel whose header does not always have the same controls. Each change of a panel's least width changes what
its group of panels has, however much that is: with one that is never too small the groups stay as they stand."""

# Only the geometry: the colours stay the theme's own.
_FLAT_COMBO = "QComboBox { padding: 0 0 0 4px; min-height: 20px; max-height: 20px; background: transparent; }\
 QComboBox:!hover:!focus:!on { border-color: transparent; }\
 QComboBox:focus, QComboBox:on { padding: 0 0 0 3px; min-height: 18px; max-height: 18px; }\
 QComboBox::drop-down { width: 16px; }"


class ElidedLabel(QLabel):
    """Plain text on one line that ends in … where there is no room; the whole of it is then in the tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @property
    def shown(self) -> str:
        """As much of the text as there is room for; not a dot between two parts, of which the second is missing.

        Nothing at all where a few letters would be left.
        """
        found = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        if found == self.text():
            return found
        found = found.removesuffix("…").rstrip(" ·") + "…"
        return found if len(found) > LEAST_LETTERS else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, self.shown)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and not self.toolTip() and self.shown != self.text():
            tips.show(self, event.pos(), self.text())
            return True
        return super().event(event)


class Header(QWidget):
    """Caption, controls of the panel, and what all panels have: another view, freeze and save."""

    frozen_changed = Signal(bool)
    another_asked = Signal()
    save_asked = Signal(str)
    """"png", "svg" or "csv"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._caption = ElidedLabel()
        self._caption.setProperty("class", "muted")
        self.freeze_button = tool_button("freeze", self.tr("Freeze: keep this picture"), checkable=True)
        self.freeze_button.toggled.connect(self._on_freeze)
        self.another_button = tool_button("another", self.tr("Another view of this panel, beside it"))
        self.another_button.clicked.connect(self.another_asked)
        self.another_button.hide()
        self.save_button = tool_button("camera", self.tr("Save as picture or table"))
        self.save_button.clicked.connect(self._open_menu)
        self.menu = self._make_menu()
        self._keys: list[QWidget] = []
        self._controls = QHBoxLayout()
        self._controls.setSpacing(8)
        layout = self._layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._caption, 1)
        layout.addLayout(self._controls)
        layout.addSpacing(4)
        layout.addWidget(self.another_button)
        layout.addWidget(self.freeze_button)
        layout.addWidget(self.save_button)
        self.set_saving(False)

    @property
    def caption(self) -> str:
        """What is shown, and for which sample."""
        return self._caption.text()

    def set_caption(self, text: str) -> None:
        if text != self._caption.text():
            self._caption.setText(text)

    @property
    def frozen(self) -> bool:
        return self.freeze_button.isChecked()

    def add_first(self, widget: QWidget) -> None:
        """Put what chooses the view at the left, before the caption."""
        self._layout.insertWidget(self._layout.indexOf(self._caption), widget)

    def add_key(self, widget: QWidget) -> None:
        """Put a legend or a scale at the right. It goes into saved pictures too."""
        self._keys.append(widget)
        self._controls.addWidget(widget)

    @property
    def keys(self) -> list[QWidget]:
        """The legends and scales that there are now."""
        return [key for key in self._keys if not key.isHidden()]

    def set_several(self, possible: bool) -> None:
        """Whether there can be another view of the panel."""
        self.another_button.setVisible(possible)

    def follow_again(self, _session: object = None) -> None:
        """Another project is shown: no frozen picture of the last one stays."""
        self.freeze_button.setChecked(False)

    def add_control(self, widget: QWidget, *, always: bool = False) -> None:
        """Put a control at the right, before freeze and save. Unless `always`, it rests while the panel is frozen."""
        self._controls.addWidget(widget)
        if not always:
            self.frozen_changed.connect(widget.setDisabled)

    def set_saving(self, possible: bool) -> None:
        """Whether there is something to save."""
        self.save_button.setEnabled(possible)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        names = {"png": self.tr("Save as PNG…"), "svg": self.tr("Save as SVG…"), "csv": self.tr("Save as CSV…")}
        for suffix, text in names.items():
            menu.addAction(text).triggered.connect(lambda _=False, kind=suffix: self.save_asked.emit(kind))
        return menu

    def _open_menu(self) -> None:
        self.menu.popup(self.save_button.mapToGlobal(QPoint(0, self.save_button.height())))

    def _on_freeze(self, frozen: bool) -> None:
        style = Qt.ToolButtonStyle
        self.freeze_button.setToolButtonStyle(style.ToolButtonTextBesideIcon if frozen else style.ToolButtonIconOnly)
        self.freeze_button.setText(self.tr("frozen") if frozen else "")
        self.freeze_button.setIcon(icons.icon("freeze", "accent" if frozen else "muted"))
        self.freeze_button.setToolTip(self.tr("Follow again") if frozen else self.tr("Freeze: keep this picture"))
        self.frozen_changed.emit(frozen)


def tool_button(icon: str, tip: str, *, checkable: bool = False, color: str = "muted") -> QToolButton:
    """A small flat button for a header."""
    button = QToolButton()
    button.setIcon(icons.icon(icon, color))
    button.setIconSize(QSize(14, 14))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setStyleSheet("QToolButton { padding: 2px 3px; border-radius: 4px; }")
    return button


class FlatCombo(QComboBox):
    """A combo box that looks like a word until it is touched, and is as wide as that word.

    Where there is not room for a long one, its middle is left out: a name does not make a panel wide.
    """

    WIDEST, NARROWEST = 160, 72

    def __init__(self, tip: str) -> None:
        super().__init__()
        self.setStyleSheet(_FLAT_COMBO)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.currentTextChanged.connect(lambda _text: self.updateGeometry())

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.currentText()) + 32
        return QSize(min(width, self.WIDEST), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        wanted = self.sizeHint()
        return QSize(min(wanted.width(), self.NARROWEST), wanted.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option, kind = QStylePainter(self), QStyleOptionComboBox(), QStyle.ComplexControl.CC_ComboBox
        self.initStyleOption(option)
        room = self.style().subControlRect(kind, option, QStyle.SubControl.SC_ComboBoxEditField, self).width()
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, room)
        option.currentText = text  # type: ignore[attr-defined]  # its stubs lack it
        painter.drawComplexControl(kind, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 32)
        super().showPopup()
