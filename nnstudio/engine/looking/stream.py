"""What panels subscribed to, within a share of the run's time.

While a run goes, every subscription has an equal share of the budget, and what a cheap one does not need goes to the
others. After a frame that took `cost` seconds, the next is due `cost / share` seconds later: so the budget holds
whatever a frame costs, none starves, and a cheap probe does not pay for a dear one. While nothing runs, frames are due
when the model or the options have changed, and there is no budget.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter, thread_time

import msgspec

from nnstudio.engine.model.quiet import looking
from nnstudio.engine.model.subject import Subject
from nnstudio.engine.model.words import in_words
from nnstudio.errors import EngineError, ProtocolError
from nnstudio.probes.spec import Probe, probes
from nnstudio.protocol import messages as msg

BUDGET, EACH, MOST = 0.03, 0.0075, 0.1
"""Shares of a run's wall time: for all probes together, for each of many, and for them at most."""
FIRST_LOOK = 0.25
"""Seconds after the start of a run until even the dearest probe has been asked once."""
SHORTEST_WAIT = 0.05
"""Seconds between two frames of one subscription; no eye needs more."""


@dataclass
class Subscription:
    """One panel's wish. `cost` is what frames take, `due` when the next one is, both in seconds."""

    request: msg.Subscribe
    probe: Probe
    cost: float = 0.0
    last: float = -math.inf
    due: float = 0.0
    stale: bool = True
    """Not yet shown the model as it is."""
    costs: deque[float] = field(default_factory=lambda: deque(maxlen=3))

    def took(self, seconds: float) -> None:
        """One more frame. The middle of the last ones counts: one may have waited for the processor."""
        self.costs.append(seconds)
        self.cost = sorted(self.costs)[(len(self.costs) - 1) // 2]


class Stream:
    """All subscriptions. `wake` is when the next frame of a run is due, to be compared after each step."""

    def __init__(self, send: Callable[[msg.AnyEvent], None]) -> None:
        self._send = send
        self._wanted: dict[int, Subscription] = {}
        self.wake = math.inf

    def subscribe(self, request: msg.Subscribe) -> None:
        """Add, or change options. Raises EngineError for an unknown probe."""
        probe = probes().get(request.probe)
        if probe is None:
            known = ", ".join(probes())
            raise EngineError(f"There is no probe '{request.probe}'.", fix=f"There are: {known}.")
        old = self._wanted.get(request.subscription)
        new = Subscription(request, probe)
        if old is not None and old.probe is probe:
            # Options often change many times a second, while a slider moves: as quick as the whole budget allows.
            new.cost, new.costs, new.last = old.cost, old.costs, old.last
            new.due = min(old.due, old.last + max(SHORTEST_WAIT, old.cost / self._budget))
        self._wanted[request.subscription] = new
        self._set_wake()

    def unsubscribe(self, number: int) -> None:
        """Forget it, also where it is not known."""
        self._wanted.pop(number, None)
        self._set_wake()

    def run_begins(self) -> None:
        """Start, or go on after a pause: nobody is owed a frame from before, and everybody gets a first one soon."""
        now = perf_counter()
        shares = self._shares()
        for number, wanted in self._wanted.items():
            wanted.due = now + min(FIRST_LOOK, max(SHORTEST_WAIT, wanted.cost / shares[number]))
        self._set_wake()

    def run_due(self, subject: Subject) -> None:
        """Show the one that has waited longest. Called when `wake` has come."""
        wanted = min(self._wanted.values(), key=lambda each: each.due)
        self._show(wanted, subject)
        share = self._shares()[wanted.request.subscription]
        wanted.due = wanted.last + max(SHORTEST_WAIT, wanted.cost / share)
        self._set_wake()

    def changed(self) -> None:
        """The model is another one, or stands still after a change: all are due."""
        for wanted in self._wanted.values():
            wanted.stale = True

    @property
    def stale(self) -> bool:
        return any(wanted.stale for wanted in self._wanted.values())

    def show_stale(self, subject: Subject) -> None:
        """Show one that has not seen the model as it is."""
        self._show(next(wanted for wanted in self._wanted.values() if wanted.stale), subject)

    def _show(self, wanted: Subscription, subject: Subject) -> None:
        """Who is waiting for the frame may take the processor as soon as it is sent: that is not its cost."""
        began = perf_counter()
        shown = frame(wanted, subject)
        looked, sending = perf_counter() - began, thread_time()
        self._send(shown)
        wanted.took(looked + thread_time() - sending)
        wanted.last = perf_counter()
        wanted.stale = False

    @property
    def _budget(self) -> float:
        """A little more where many panels are open: else none of a large network would be alive."""
        return min(max(BUDGET, EACH * len(self._wanted)), MOST)

    def _shares(self) -> dict[int, float]:
        """Share of wall time of each subscription, by number."""
        left, count = self._budget, len(self._wanted)
        shares: dict[int, float] = {}
        for wanted in sorted(self._wanted.values(), key=lambda each: each.cost):
            shares[wanted.request.subscription] = left / count
            left -= min(left / count, wanted.cost / SHORTEST_WAIT)
            count -= 1
        return shares

    def _set_wake(self) -> None:
        self.wake = min((wanted.due for wanted in self._wanted.values()), default=math.inf)


def frame(wanted: Subscription, subject: Subject) -> msg.ProbeFrame:
    """Let the probe look. What it cannot do is a sentence in the frame, never an error."""
    blank = msg.ProbeFrame(subscription=wanted.request.subscription, step=subject.step, subject=subject.number)
    try:
        with looking(subject.model):
            found = wanted.probe.look(subject.look(), wanted.request.options)
        arrays = {name: msg.Array.of(array) for name, array in found.arrays.items()}
        return msgspec.structs.replace(blank, arrays=arrays, facts=found.facts)
    except Exception as error:  # noqa: BLE001  # a probe's bug must not end the run
        problem = str(error) if isinstance(error, ProtocolError) else str(in_words(error))
        return msgspec.structs.replace(blank, problem=problem)
