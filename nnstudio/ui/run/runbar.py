"""The toolbar: start, pause, step and stop; how far the run is; how the engine is.

Numbers have digits of one width and labels of a fixed width, so nothing moves while a run goes on.
"""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QToolBar,
    QToolButton,
    QWidget,
)

from nnstudio.metrics.registry import metrics
from nnstudio.project.session import Run
from nnstudio.protocol import messages as msg
from nnstudio.ui import icons, keymap, theme
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.inspector.texts import float_text
from nnstudio.ui.run import run_menus
from nnstudio.ui.run.device_box import DeviceBox
from nnstudio.ui.run.estimating import Estimating
from nnstudio.ui.run.plan_popup import PlanPopup
from nnstudio.ui.run.pulse import Pulse
from nnstudio.ui.run.run_control import RunControl
from nnstudio.ui.run.runbar_parts import EngineDot, Pace, Row, number, time_words, widen


class RunBar(QToolBar):
    """Follows the bridge; what its buttons do is in RunControl."""

    def __init__(self, bridge: Bridge, control: RunControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._control = control
        self._epochs = 0
        self._step_epoch = False
        self._pace = Pace()
        self.setObjectName("runbar")
        self.setWindowTitle(self.tr("Run"))
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._make_buttons()
        self._make_labels()
        self.plan_popup = PlanPopup(bridge, control, self)
        self.estimating = Estimating(bridge, self)
        self._row = Row()
        self._arrange()
        self._connect()
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show everything as it is now."""
        run, control = self._control.whole, self._control
        reason = control.why_not_train()
        self.train.setEnabled(not reason)
        self._show_train_tip(reason or self._elsewhere())
        self.device.lock(locked=self._bridge.desk.training is not None)
        self._show_pause(run)
        self.step.setEnabled(control.can_step())
        self.step.setToolTip(control.why_not_step() or self._step_tip(run))
        self.stop.setEnabled(control.can_stop())
        self.stop.setToolTip(keymap.with_key(self.tr("Stop the run; its weights stay"), "stop"))
        self._show_plan()
        self._show_run(run)
        self._show_engine()
        self._row.fit()

    def open_plan(self) -> None:
        """Let the person change the plan, the learning rate first."""
        self.plan_popup.open_under(self.plan)

    def _show_train_tip(self, reason: str) -> None:
        """Why no training can begin, or what it would take, and whether that is there."""
        estimating = self.estimating
        lines = (keymap.with_key(self.tr("Train from the beginning"), "train"), estimating.words, estimating.warning)
        self.train.setToolTip(reason or "\n".join(filter(None, lines)))
        self.caution.setVisible(bool(estimating.warning) and not reason)
        self.caution.setToolTip(estimating.warning)
        self.caution.setAccessibleDescription(estimating.warning)

    def _show_estimate(self) -> None:
        estimating = self.estimating
        warning = estimating.warning
        self.plan_popup.tell(warning or estimating.words, estimating.details, warning=bool(warning))
        self.refresh()

    def _elsewhere(self) -> str:
        """Which other project trains, so that this one has to wait."""
        other = self._bridge.training_elsewhere
        return self.tr("'{0}' is training. Stop it first.").format(other.document.title) if other else ""

    def _step_tip(self, run: Run) -> str:
        words = self.tr("On to the end of the epoch") if self._step_epoch else self.tr("One more batch")
        if not run.active:
            words = self.tr("Begin training with one epoch") if self._step_epoch else self.tr("Begin with one batch")
        return keymap.with_key(words, "step_epoch" if self._step_epoch else "step")

    def _show_pause(self, run: Run) -> None:
        paused = run.state == "paused"
        words = self.tr("Resume") if paused else self.tr("Pause")
        self.pause.setIcon(icons.icon("train" if paused else "pause"))
        self.pause.setToolTip(keymap.with_key(words, "pause"))
        self.pause.setAccessibleName(words)
        self.pause.setEnabled(self._control.can_pause())

    def _show_plan(self) -> None:
        plan = self._bridge.session.document.plan
        words = self.tr("{0} · lr {1} · batch {2}")
        self.plan.setText(words.format(plan.optimizer, float_text(plan.lr), f"{plan.batch_size:,}"))
        if self.plan_popup.isVisible():
            self.plan_popup.form.refresh()

    def _show_run(self, run: Run) -> None:
        if run.state == "starting" or not self._epochs or not run.active:
            self._epochs = self._planned()
        begun = run.active or run.step > 0
        last = max(self._epochs, run.epoch)  # fewer may be wanted by now than there were
        words = self.tr("epoch {0} / {1}").format(f"{run.epoch:,}", f"{last:,}")
        widen(self.epoch, self.tr("epoch {0} / {1}").format(*[f"{self._epochs:,}"] * 2))
        wanted = self.tr("1 epoch") if self._epochs == 1 else self.tr("{0} epochs").format(f"{self._epochs:,}")
        self.epoch.setText(words if begun else wanted)
        self.progress.setMaximum(max(run.total_steps, 1))
        self.progress.setValue(min(run.step, max(run.total_steps, 1)))
        self.progress.setProperty("class", "bad" if run.state == "failed" else "")
        self.rate.setText(self._rate_words(run))
        self._show_result(run)

    def _planned(self) -> int:
        """Epochs that are to come in all; of a race, those of the longest run."""
        runs = self._bridge.session.steering.runs
        of_runs = [run.plan.epochs for run in runs if run.plan is not None and len(runs) > 1]
        return max(of_runs, default=self._bridge.session.document.plan.epochs)

    def _rate_words(self, run: Run) -> str:
        states = {
            "starting": self.tr("starting…"),
            "paused": self.tr("paused at step {0}").format(f"{run.step:,}"),
            "finished": self.tr("finished"),
            "stopped": self.tr("stopped"),
            "failed": self.tr("failed"),
        }
        if self._control.stopping:
            return self.tr("stopping…")
        if run.state != "training":
            self._pace.forget()
            return states.get(run.state, "")
        if not run.steps_per_second:
            return self.tr("starting…")
        pace = self._pace.rate(self._control.run)
        if not pace:
            return self.tr("– steps/s")
        rate = f"{pace:,.0f}" if pace >= 10 else f"{pace:.1f}"
        return self.tr("{0} steps/s · {1} left").format(rate, time_words((run.total_steps - run.step) / pace))

    def _count(self, event: msg.Progress) -> None:
        rate = self._control.whole.steps_per_second or event.steps_per_second
        self._pace.tell(self._control.run, rate, monotonic())

    def _show_loading(self, told: msg.DataProgress) -> None:
        """How far the data are that the run waits for."""
        if told.key == msg.MODEL_KEY and self._control.run.state == "starting" and not self._control.stopping:
            share = self.tr(" · {0} %").format(100 * told.done // told.total) if told.total else "…"
            self.rate.setText(self.tr("loading data{0}").format(share))

    def _show_result(self, run: Run) -> None:
        """The main figure of the last epoch, of a race that of the best run; its tip has all that are known."""
        name, value = self._result(run)
        count = len(self._bridge.session.steering.runs)
        self.result_name.setText(self.tr("best of {0}").format(count) if name and count > 1 else name)
        self.result.setText(value)
        figures = next((row.metrics for row in reversed(run.epochs) if row.metrics), {})
        known = [(metrics()[key], figure) for key, figure in figures.items() if key in metrics()]
        self.result.setToolTip(
            "\n".join(
                [
                    *filter(None, (run.label, name)),
                    *(f"{metric.title}: {metric.text(figure)}" for metric, figure in known),
                ]
            )
        )

    def _result(self, run: Run) -> tuple[str, str]:
        row = run.epochs[-1] if run.epochs else None
        if row is None:
            return "", ""
        if row.test_accuracy is not None:
            return self.tr("test accuracy"), f"{100 * row.test_accuracy:.1f} %"
        explained = next((each.metrics["r2"] for each in reversed(run.epochs) if "r2" in each.metrics), None)
        if explained is not None:
            return self.tr("test R²"), metrics()["r2"].text(explained)
        tested = bool(self._bridge.session.compiled.dataset)
        return self.tr("test loss") if tested else self.tr("loss"), f"{row.test_loss:.4g}"

    def _show_engine(self) -> None:
        words = {
            "starting": self.tr("engine starting"),
            "lost": self.tr("engine restarting"),
            "stopped": self.tr("engine stopped"),
        }
        change = self._bridge.session.engine_state
        ready = self._bridge.ready
        self.engine.setText(words.get(change.state, self.tr("engine")))
        told = self.tr("PyTorch {0}, process {1}").format(ready.torch, ready.pid) if ready else ""
        self.engine.setToolTip(change.message or told or self.tr("The engine runs the network"))
        self.dot.setToolTip(self.engine.toolTip())
        self.dot.show_state(change.state)

    def _show_devices(self, ready: msg.EngineReady) -> None:
        self.device.show_devices(ready.devices)
        self.refresh()

    # How it is made

    def _make_buttons(self) -> None:
        self.train = self._button("train", self.tr("Train"))
        self.train.setProperty("class", "primary")
        self.train.setIcon(icons.icon("train", "on_accent"))
        self.pause = self._button("pause", "", self.tr("Pause"))
        self.step = self._button("step", self.tr("Step batch"))
        self.stop = self._button("stop", "", self.tr("Stop"))
        self.plan = self._button("chevron-down", "", self.tr("Training plan"))
        self.plan.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.plan.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.plan.setIcon(icons.icon("chevron-down", "muted"))
        self.plan.setIconSize(QSize(12, 12))
        self.plan.setToolTip(self.tr("Optimizer, learning rate, batch size and more"))
        self.caution = self._button("warning", self.tr("memory"), self.tr("Too little memory"))
        self.caution.setIcon(icons.icon("warning", "warning"))
        self.device = DeviceBox()
        self.train_menu = run_menus.train_menu(self.train, self._control)
        self.step_menu = run_menus.step_menu(self.step, self._control, self._choose_step)

    def _choose_step(self, words: str, epoch: bool) -> None:
        self._step_epoch = epoch
        self.step.setText(words)
        self._control.step(epoch=epoch)

    def _make_labels(self) -> None:
        self.epoch = number("")
        self.rate = number(self.tr("{0} steps/s · {1} left").format("8,888", self.tr("{0} min").format(88)))
        self.result_name = number("")
        self.result = QLabel()
        self.result.setFont(theme.base_font(15, theme.base_font().weight().Bold))
        self.result.setMinimumWidth(self.result.fontMetrics().horizontalAdvance("100.0 %"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMinimumWidth(48)
        self.progress.setMaximumWidth(420)
        self.progress.setAccessibleName(self.tr("Progress of the run"))
        self.engine = number("")
        self.dot = EngineDot()

    def _arrange(self) -> None:
        line = self._row.line
        for widget in (self.train, self.caution, self.pause, self.step, self.stop, self.device, self.plan, self.epoch):
            line.addWidget(widget)
        line.addWidget(self.progress, 8)
        line.addWidget(self.rate)
        line.addStretch(1)
        last = QHBoxLayout()
        last.setSpacing(5)
        last.addWidget(self.result_name)
        last.addWidget(self.result)
        last.addSpacing(6)
        last.addWidget(self.dot)
        last.addWidget(self.engine)
        line.addLayout(last)
        self._row.spare = [self.result_name, self.progress, self.epoch, self.rate]
        self.addWidget(self._row)

    def _connect(self) -> None:
        self.train.clicked.connect(self._control.train)
        self.pause.clicked.connect(self._control.pause_or_resume)
        self.step.clicked.connect(lambda: self._control.step(epoch=self._step_epoch))
        self.stop.clicked.connect(self._control.stop)
        for button in (self.plan, self.caution):
            button.clicked.connect(self.open_plan)
        self.estimating.told.connect(self._show_estimate)
        self.device.chosen.connect(self._bridge.desk.use_device)
        self.device.chosen.connect(self.estimating.again)
        bridge = self._bridge
        pulse = Pulse(bridge, self)
        for signal in (bridge.session_changed, pulse.told, bridge.engine_changed, bridge.history_changed):
            signal.connect(self.refresh)
        bridge.engine_ready.connect(self._show_devices)
        bridge.progress.connect(self._count)
        bridge.data_progress.connect(self._show_loading)

    def _button(self, icon: str, text: str, name: str = "") -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setText(text)
        button.setAccessibleName(name or text)
        both, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        button.setToolButtonStyle(both if text else alone)
        button.setIconSize(QSize(16, 16))
        return button
