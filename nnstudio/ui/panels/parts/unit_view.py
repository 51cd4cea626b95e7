"""A network of units as TensorFlow Playground draws it: maps over the plane, joined by wires that can be changed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme
from nnstudio.ui.panels.parts import tips, unit_paint
from nnstudio.ui.panels.parts.numbers import number_text
from nnstudio.ui.panels.parts.unit_layout import UnitLayout
from nnstudio.ui.panels.parts.units import Place, Unit, Units
from nnstudio.ui.panels.parts.weight_field import WeightField

_SLIP = 4
"""Pixels that the mouse may slip in a click."""
_FINE = 0.1
"""With Shift, a drag changes so much less."""
_PIXELS = 100
"""Of a drag that changes a weight by the size of the largest."""
_STEPS = 20
"""Of the field, from nothing to the largest weight."""


class UnitView(QWidget):
    """Shows `Units`. A click on a wire or on the mark of a bias opens a field there, a drag up or down changes it.

    With the keyboard: the arrows go from unit to unit, Shift with up and down to the weights of a unit, Enter opens.
    """

    pointed = Signal(object)
    """The unit under the mouse or the keyboard, or None."""
    chosen = Signal(object)
    """A unit was clicked."""
    typed = Signal(object, float, bool)
    """Place, number, and whether it goes on with the last one, as in a drag."""
    room_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.units: Units | None = None
        self.choice: Unit | None = None
        self.editable = True
        self._layout: UnitLayout | None = None
        self._shape: tuple[object, ...] = ()
        self._pictures = unit_paint.Pictures()
        self._unit: Unit | None = None
        self._place: Place | None = None
        self._held: Place | None = None
        self._from: tuple[float, float, float] = (0.0, 0.0, 1.0)
        self._moved = False
        self.field = WeightField(self)
        self.field.typed.connect(self._take_typed)
        self.field.closed.connect(self._on_closed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 90)
        self.setAccessibleName(self.tr("Units of the network"))
        theme.current().changed.connect(self.update)

    @property
    def layout_now(self) -> UnitLayout | None:
        """Where everything lies."""
        if self.units is not None and self._layout is None:
            self._layout = UnitLayout(QSizeF(self.size()) - QSizeF(1, 1), self.units)
        return self._layout

    def show_units(self, units: Units) -> None:
        """A newer state. A number that is being changed stays as it is: the news are of before."""
        if units.shape != self._shape:
            self._forget_places()
            self._shape = units.shape
        held = self._held if self.units is not None else None
        self.units = units.with_value(held, self.units.value(held)) if held and self.units else units
        self._pictures.show(units.layers)
        self.update()

    def take_back(self, units: Units) -> None:
        """What was changed here is not to be: show these numbers again."""
        self.units = units
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._forget_places()
        self.units, self.choice, self._shape = None, None, ()

    def choose(self, unit: Unit | None) -> None:
        """Mark a unit."""
        self.choice = unit
        self.update()

    def describe(self, point: QPointF) -> str:
        """The wire, the bias or the unit that is there."""
        layout, units = self.layout_now, self.units
        if layout is None or units is None:
            return ""
        place = layout.place_at(point)
        if place is not None:
            return self._words_of(units, place)
        unit, head = layout.unit_at(point), layout.head_at(point)
        if head is not None:
            return self._words_of_layer(units, head)
        return "" if unit is None else self.words_of_unit(unit)

    def _words_of_layer(self, units: Units, number: int) -> str:
        """How much of it is shown, what its colours mean, and what it is made of where no wires tell that."""
        layer = units.layers[number]
        shown, reach = len(layer.maps), number_text(layer.reach)
        count = self.tr("{0} units") if shown == layer.units else self.tr("first {1} of {0} units")
        ends = self.tr("blue −{0}, white 0, orange {0}").format(reach)
        sources = ", ".join(units.layers[source].name for source, target in units.links if target == number)
        made = self.tr("made of {0} without a Linear").format(sources) if sources else ""
        return "\n".join(filter(None, (layer.name, count.format(layer.units, shown), ends, made)))

    def words_of_unit(self, unit: Unit) -> str:
        """Its name, and its bias."""
        assert self.units is not None
        name, place = self.units.unit_name(*unit), self.units.bias_of(*unit)
        return name if place is None else f"{name}\n{self.tr('bias')} {number_text(self.units.value(place))}"

    # Changing numbers

    def refuse(self, words: str) -> None:
        """Say at the number why it is not taken."""
        if not self.field.isVisible() and self._place is not None:
            self._open(self._place)
        self.field.refuse(words)

    def _open(self, place: Place) -> None:
        layout, units = self.layout_now, self.units
        if layout is not None and units is not None and self.editable and units.tensor(place):
            self._place = self._held = place
            self._moved = False
            self.field.open_at(layout.middle(place), units.value(place), units.reach / _STEPS)
            self.update()

    def _take_typed(self, value: float) -> None:
        if self._held is not None:
            self._change(self._held, value)

    def _on_closed(self) -> None:
        self._held = None
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.update()

    def _change(self, place: Place, value: float) -> None:
        """Show it at once, and tell of it: what follows before the field or the button is let go belongs to it."""
        assert self.units is not None
        value = float(np.float32(value))
        self.units = self.units.with_value(place, value)
        more, self._moved = self._moved, True
        self.typed.emit(place, value, more)
        self.update()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.field.close_field()
        layout, units = self.layout_now, self.units
        if event.button() != Qt.MouseButton.LeftButton or layout is None or units is None:
            return
        place, unit = layout.place_at(event.position()), layout.unit_at(event.position())
        if place is not None and self.editable and units.tensor(place):
            self._place = self._held = place
            self._moved = False
            self._from = event.position().y(), units.value(place), units.reach
        elif place is None and unit is not None:
            self._unit = unit
            self.chosen.emit(unit)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event)
        elif not self.field.isVisible():
            self._point(event.position())

    def _drag(self, event: QMouseEvent) -> None:
        assert self._held is not None
        top, value, reach = self._from
        up = top - event.position().y()
        if abs(up) < _SLIP and not self._moved:
            return
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        self._change(self._held, value + up * fine * reach / _PIXELS)
        self._tell(event.position().toPoint(), self._held)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place, self._held = self._held, None
        if place is not None and not self._moved and event.button() == Qt.MouseButton.LeftButton:
            tips.show(self, event.position().toPoint(), "")
            self._open(place)

    def leaveEvent(self, event: QEvent) -> None:
        if self._held is None:
            self._set_pointed(None, None)
            tips.show(self, self.rect().center(), "")

    def _point(self, point: QPointF) -> None:
        layout = self.layout_now
        if layout is None:
            return
        place = layout.place_at(point)
        self._set_pointed(layout.unit_at(point) if place is None else None, place)
        self.setCursor(Qt.CursorShape.SizeVerCursor if place and self.editable else Qt.CursorShape.ArrowCursor)
        words = self.describe(point)
        hint = self.tr("Drag up or down, or click and type.") if place and self.editable else ""
        tips.show(self, point.toPoint(), "\n".join(filter(None, (words, hint))))

    def _tell(self, at: QPoint, place: Place) -> None:
        if self.units is not None:
            tips.show(self, at, self._words_of(self.units, place))

    def _set_pointed(self, unit: Unit | None, place: Place | None) -> None:
        if (unit, place) != (self._unit, self._place):
            moved = unit != self._unit
            self._unit, self._place = unit, place
            if moved:
                self.pointed.emit(unit)
            self.update()

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        steps = {keys.Key_Left: (-1, 0), keys.Key_Right: (1, 0), keys.Key_Up: (0, -1), keys.Key_Down: (0, 1)}
        key = keys(event.key())
        if self.units is None:
            super().keyPressEvent(event)
        elif key in steps and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._walk_weights(steps[key][1])
        elif key in steps:
            self._walk_units(*steps[key])
        elif key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space):
            self._enter()
        elif key == keys.Key_Escape and self._place is not None:
            self._set_pointed(self._unit, None)
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        if self._place is not None:
            self._open(self._place)
        elif self._unit is not None:
            self.chosen.emit(self._unit)

    def _walk_units(self, across: int, down: int) -> None:
        assert self.units is not None
        layers = self.units.layers
        layer, unit = self._unit or self.choice or (0, -down)
        layer = min(max(layer + across, 0), len(layers) - 1)
        unit = min(max(unit + down, 0), len(layers[layer].maps) - 1)
        self._set_pointed((layer, unit), None)
        self._speak(self.words_of_unit((layer, unit)), self._center_of((layer, unit)))

    def _walk_weights(self, down: int) -> None:
        """Among what leads to the unit, its bias last."""
        units, unit = self.units, self._unit or self.choice
        if units is None or unit is None or not down:
            return
        bias = units.bias_of(*unit)
        places = [*units.into(*unit), *([bias] if bias else [])]
        if not places:
            return
        before = places.index(self._place) if self._place in places else (-1 if down > 0 else len(places))
        place = places[min(max(before + down, 0), len(places) - 1)]
        self._set_pointed(unit, place)
        layout = self.layout_now
        if layout is not None:
            self._speak(self._words_of(units, place), layout.middle(place).toPoint())

    def _center_of(self, unit: Unit) -> QPoint:
        layout = self.layout_now
        return layout.map(*unit).center().toPoint() if layout else self.rect().center()

    def _speak(self, words: str, at: QPoint) -> None:
        self.setAccessibleDescription(words)
        tips.show(self, at, words)

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.field.close_field()
        self._layout = None
        self.room_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        layout, units = self.layout_now, self.units
        if layout is None or units is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(theme.base_font(11))
        marks = unit_paint.Marks(self.choice, self._unit, self._place)
        unit_paint.paint(painter, layout, units, self._pictures, marks)

    def _words_of(self, units: Units, place: Place) -> str:
        """A number by its place in the state dict, and what it joins."""
        joint = units.joints[place.joint]
        target = units.unit_name(joint.target, place.unit)
        ways = target if place.is_bias else f"{units.unit_name(joint.source, place.source)} → {target}"
        name = f"{units.tensor(place)}[{', '.join(map(str, place.index))}]"
        return f"{name}  {number_text(units.value(place))}\n{ways}"

    def _forget_places(self) -> None:
        self.field.close_field()
        self._layout = self._unit = self._place = self._held = None
