"""The training plan, opened from the toolbar: on the learning rate, which is changed most."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from nnstudio.ui import keymap
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector import parts
from nnstudio.ui.inspector.plan_form import PlanForm
from nnstudio.ui.run.run_control import RunControl

WIDTH = 328
BESIDE = 16
"""Around the form, and to the edge of the window."""
LOWEST = 240
FACTORS = ((0.5, "÷2", "lr_half"), (2.0, "×2", "lr_double"))


class PlanPopup(QFrame):
    """As high as the form, or as there is room in the window: then the form scrolls."""

    def __init__(self, bridge: Bridge, control: RunControl, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._bridge = bridge
        self._control, self._host = control, parent
        self.setProperty("class", "popup")
        self.form = PlanForm(bridge)
        self.form.setProperty("class", "raised")
        self.estimate = parts.label(look="small", wrap=True)
        self.estimate.hide()
        self.faster = [self._scaling(factor, text) for factor, text, _ in FACTORS]
        self._area = QScrollArea(widgetResizable=True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setProperty("class", "raised")
        self._area.setWidget(self.form)
        self._arrange()
        self.form.installEventFilter(self)

    def open_under(self, button: QWidget) -> None:
        """Show the plan as it is now, under a button, ready to write another learning rate."""
        self.form.refresh()
        for scaling, (_, _, command) in zip(self.faster, FACTORS, strict=True):
            scaling.setToolTip(keymap.with_key(scaling.accessibleName(), command))  # keys can be changed
        self.setFixedWidth(WIDTH)
        self.move(button.mapToGlobal(QPoint(0, button.height() + 4)))
        self.show()
        self.fit()
        field = self.form.reveal("lr")
        field.editor.setFocus(Qt.FocusReason.PopupFocusReason)
        field.editor.selectAll()  # type: ignore[attr-defined]  # a line of text
        self._area.ensureWidgetVisible(field)

    def fit(self) -> None:
        """As high as what is in it, within the window."""
        around = self.sizeHint().height() - self._area.sizeHint().height()
        form = self.form.column
        form.activate()
        wanted = form.heightForWidth(WIDTH - BESIDE - 8) if form.hasHeightForWidth() else form.sizeHint().height()
        self.setFixedHeight(max(min(around + wanted, self._room()), LOWEST))

    def tell(self, words: str, details: str, *, warning: bool = False) -> None:
        """What a training by this plan would take."""
        self.estimate.setText(words)
        self.estimate.setToolTip(details)
        self.estimate.setVisible(bool(words))
        self.estimate.setProperty("class", "warning" if warning else "small")
        self.estimate.style().unpolish(self.estimate)
        self.estimate.style().polish(self.estimate)
        if self.isVisible():
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The window does not hear keys while this is open: undo and redo are here as well."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self._bridge.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self._bridge.redo()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What is being written counts, as with every field that is left."""
        self.form.commit()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The form grows and shrinks with what is open in it."""
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit()
        return super().eventFilter(watched, event)

    def _room(self) -> int:
        window = self._host.window()
        screen = QGuiApplication.screenAt(self.pos()) or self.screen()
        bottom = min(window.mapToGlobal(QPoint(0, window.height())).y(), screen.availableGeometry().bottom())
        return bottom - self.y() - BESIDE

    def _scaling(self, factor: float, text: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setProperty("class", "chip")
        words = self.tr("Half the learning rate") if factor < 1 else self.tr("Twice the learning rate")
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: self._control.scale_lr(factor))
        return button

    def _arrange(self) -> None:
        heading = QLabel(self.tr("How to train"))
        heading.setProperty("class", "heading")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(heading, 1)
        row.addWidget(parts.label("lr", "muted"))
        for button in self.faster:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(BESIDE, 12, 8, 12)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 8, 0)
        top.addLayout(row)
        column.addLayout(top)
        column.addWidget(self._area, 1)
        column.addWidget(self.estimate)
        self.form.column.setContentsMargins(0, 0, 8, 0)
