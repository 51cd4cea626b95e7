"""An input of one's own, drawn, dragged, typed or set, and what the network says to it: live, also in training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.protocol.messages import Option, ProbeFrame
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.panels.parts.fields import fields_of
from nnstudio.ui.panels.parts.header import LEAST_WIDTH, ElidedLabel, FlatCombo, tool_button
from nnstudio.ui.panels.parts.sample_picker import SamplePicker
from nnstudio.ui.panels.parts.suits import points
from nnstudio.ui.panels.spec import Panel, PanelType
from nnstudio.ui.trying.answer_view import Answer, AnswerView, answer_of
from nnstudio.ui.trying.editor import Editor
from nnstudio.ui.trying.editors import editor_for
from nnstudio.ui.trying.ways import Way, ways_of

GROUND = 40
"""Cells of the plane under a point, in each direction."""
ASK_MS = 25
"""Between two questions while the hand moves."""


class TryPanel(Panel):
    """At the left the input, at the right the answer."""

    title = str(QT_TRANSLATE_NOOP("panels", "Try it"))
    icon = "try"
    plots = True

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.setMinimumWidth(LEAST_WIDTH)
        self.editors: dict[str, Editor] = {}
        """One for each input of the network."""
        self.chosen = ""
        """The input that is shown."""
        self._subject = -1
        """The model whose inputs the editors are for."""
        self._frame: ProbeFrame | None = None
        self.stack, self.answer, self.remark = QStackedWidget(), AnswerView(), ElidedLabel()
        self.inputs = FlatCombo(self.tr("Which input of the network is given"))
        self.picker = SamplePicker(bridge)
        self.taker = tool_button("predictions", self.tr("Begin with the chosen test sample"))
        self._lay_out()
        self._pace = QTimer(self, singleShot=True, interval=ASK_MS)
        self._pace.timeout.connect(self._ask)
        self.inputs.activated.connect(self._on_input)
        self.taker.clicked.connect(self._take_sample)
        for picked in (self.picker.back.clicked, self.picker.forth.clicked, self.picker.number.editingFinished):
            picked.connect(self._on_picked)
        bridge.session_changed.connect(self._on_session)
        bridge.recompiled.connect(self._on_compiled)
        bridge.sample_changed.connect(self._ask)
        self._on_session(None)

    @property
    def editor(self) -> Editor | None:
        """Of the input that is shown."""
        return self.editors.get(self.chosen)

    def refresh(self) -> None:
        plane = self.session is not None and points(self.session.compiled)
        if not plane or self.plots_ready():
            super().refresh()

    # What the engine tells

    def on_frame(self, frame: ProbeFrame) -> None:
        if frame.facts.get("figures"):
            self._keep_editors(ways_of(frame, fields_of(self.session)))
            self._subject = frame.subject
            self._ask()
        elif frame.subject != self._subject:
            self._learn_anew()
            return
        self._frame = frame
        self._show_inputs(frame)
        self.answer.show_answer(self._answer(frame))
        samples = frame.facts.get("samples")
        self.picker.set_samples(samples if isinstance(samples, int) else 0)
        self._show_words(frame)
        self._show_controls(True)
        self.show_body()

    def on_problem(self, frame: ProbeFrame) -> None:
        """An input that the network can not take stays, to be mended."""
        if self._subject >= 0 and self._given():
            if frame.subject == self._subject:
                self.answer.show_answer(Answer())
                self._remark(frame.problem)
            else:
                self._learn_anew()
            return
        super().on_problem(frame)
        self._learn_anew()

    def _learn_anew(self) -> None:
        """The inputs may be others."""
        self._subject = -1
        self._ask()

    def _keep_editors(self, ways: dict[str, Way]) -> None:
        """An editor for each input; what the person has made stays where the input is as it was."""
        kept = {name: self.editors.get(name) for name in ways}
        for name, editor in self.editors.items():
            if name not in ways or not editor.way.same_kind(ways[name]):
                kept[name] = None
                self.stack.removeWidget(editor)
                editor.deleteLater()
        self.editors = {name: kept[name] or self._made(way) for name, way in ways.items()}
        names = list(ways)
        if [self.inputs.itemText(row) for row in range(self.inputs.count())] != names:
            self.inputs.clear()
            self.inputs.addItems(names)
        self._show_editor(self.chosen if self.chosen in ways else next(iter(names), ""))

    def _made(self, way: Way) -> Editor:
        editor = editor_for(way)
        editor.changed.connect(self._on_changed)
        self.stack.addWidget(editor)
        return editor

    def _show_editor(self, name: str) -> None:
        self.chosen = name
        self.inputs.setCurrentText(name)
        if name in self.editors:
            self.stack.setCurrentWidget(self.editors[name])
            self.body.setFocusProxy(self.editors[name])
            self.sides.setStretch(0, self.editors[name].share)

    def _show_inputs(self, frame: ProbeFrame) -> None:
        """Those that follow the test sample show it; all get to see what the network says."""
        for name, editor in self.editors.items():
            if not editor.own and f"input:{name}" in frame.arrays:
                editor.show_sample(frame.arrays[f"input:{name}"].numpy())
            editor.show_frame(frame)

    def _answer(self, frame: ProbeFrame) -> Answer:
        target = fields_of(self.session).get(self.session.compiled.signature.target) if self.session else None
        return answer_of(frame, target.columns if target is not None else ())

    # What is said

    def _show_words(self, frame: ProbeFrame) -> None:
        editor = self.editor
        if editor is None:
            return
        sample = frame.facts.get("sample", 0)
        self.show_caption(self.tr("your own input") if editor.own else self.tr("sample {0}").format(sample))
        self._remark(editor.remark)

    def _remark(self, words: str) -> None:
        self.remark.setText(words)
        self.remark.setToolTip(words)
        self.remark.setVisible(bool(words))

    def show_empty(self, text: str) -> None:
        super().show_empty(text)
        self._show_controls(False)

    def _show_controls(self, some: bool) -> None:
        for control in (self.picker, self.taker):
            control.setVisible(some)
        self.inputs.setVisible(some and len(self.editors) > 1)

    def rows(self) -> Iterable[Sequence[object]]:
        """What came in, number by number, and what the network says."""
        yield "what", "name", "value"
        for name, editor in self.editors.items():
            values = editor.numbers()
            named = editor.way.columns if len(editor.way.columns) == len(values) else ()
            for place, value in enumerate(values):
                yield "input", named[place] if named else f"{name}[{place}]", value
        for line in self.answer.answer.lines:
            yield "probability" if self.answer.answer.of_classes else "output", line.name, line.value

    def picture_line(self) -> str:
        best = self.answer.answer.best
        return " · ".join(filter(None, (super().picture_line(), best.name if best else "")))

    def paint_body(self, painter: QPainter, at: QPoint) -> None:
        """The input and the answer, without the tools."""
        shown = [*(self.editor.parts() if self.editor is not None else ()), self.answer]
        for part in shown:
            QWidget.render(part, painter, at + part.mapTo(self.body, QPoint(0, 0)))

    # What the person does

    def _on_changed(self) -> None:
        if self._frame is not None:
            self._show_words(self._frame)
        if not self._pace.isActive():
            self._pace.start()

    def _on_input(self, row: int) -> None:
        self._show_editor(self.inputs.itemText(row))
        self._on_changed()

    def _take_sample(self) -> None:
        sample = self._frame.arrays.get(f"sample:{self.chosen}") if self._frame is not None else None
        if self.editor is not None and sample is not None:
            self.editor.take_sample(sample.numpy())

    def _on_picked(self) -> None:
        """Another sample is picked here, not in another panel: it is to be seen."""
        if (
            self.editor is not None
            and self._frame is not None
            and self.bridge.sample != self._frame.facts.get("sample")
        ):
            self.editor.own = False
            self._ask()

    # How it is fed

    def _given(self) -> bool:
        return any(editor.own for editor in self.editors.values())

    def _ask(self, _what: object = None) -> None:
        session = self.session
        if session is None or not session.compiled.signature.inputs:
            self.subscribe_probe("", {})
            return
        options: dict[str, Option] = {"sample": self.bridge.sample, "figures": self._subject < 0}
        for name, editor in self.editors.items():
            if editor.own and self._subject >= 0:
                options[f"given:{name}"] = list(editor.numbers())
        if points(session.compiled):
            options["ground"] = GROUND
        if self.editor is not None:
            options["at"] = self.editor.at
        self.subscribe_probe("answer", options)

    def _on_session(self, _session: object) -> None:
        self._forget()
        self.show_caption("")
        self.show_empty(self._advice())
        self._ask()

    def _on_compiled(self, _compiled: object) -> None:
        if not self.drawn and not self.header.frozen:
            self._on_session(None)
        elif self.is_empty:
            self.show_empty(self._advice())
        self._ask()

    def _forget(self) -> None:
        self._subject, self._frame = -1, None
        self._keep_editors({})

    def _advice(self) -> str:
        """While there is no frame: what would bring one."""
        if self.session is None or not self.session.compiled.signature.inputs:
            return self.obstacle() or self.tr("Add a Dataset and connect it to a layer to try the network yourself.")
        return self.obstacle() or self.waiting()

    def _lay_out(self) -> None:
        body = QWidget()
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self.stack, 1)
        left.addWidget(self.remark)
        row = self.sides = QHBoxLayout(body)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, Editor.share)
        row.addWidget(self.answer, 2)
        self.remark.setProperty("class", "muted")
        self.remark.setTextFormat(Qt.TextFormat.PlainText)
        self.remark.hide()
        for control in (self.inputs, self.picker, self.taker):
            self.header.add_control(control)
        self.set_body(body)


TRY = PanelType(
    key="try",
    title=TryPanel.title,
    icon=TryPanel.icon,
    group="right",
    order=15,
    make=TryPanel,
    summary=str(QT_TRANSLATE_NOOP("panels", "Draw, type or set an input of your own and see what the network says.")),
)
