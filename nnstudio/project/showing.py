"""Which model the probes look at: the engine has one at a time, and all open projects share the engine."""

from __future__ import annotations

from concurrent.futures import Future

from nnstudio.protocol import messages as msg


class Showing:
    """What one session has given the engine, by a Load or a Start. `model` is what it gave last."""

    def __init__(self) -> None:
        self.model: msg.Model | None = None
        self._edited = False
        self._asked: Future[msg.AnyReply] | None = None
        self._numbers: set[int] = set()

    def give(self, model: msg.Model, asked: Future[msg.AnyReply]) -> Future[msg.AnyReply]:
        """The engine was asked to take this model in."""
        self.model, self._asked, self._edited = model, asked, False
        asked.add_done_callback(self._answered)
        return asked

    def became(self, model: msg.Model) -> None:
        """What the engine has was changed into this model, without being given it again."""
        self.model = model

    def turned_into(self, model: msg.Model) -> None:
        """The edit that was just made was made in what the engine has, too; before it, that was the drawing."""
        self.model, self._edited = model, False

    def forget(self) -> None:
        """The engine may have another's model by now, or be a new one."""
        self.model = None

    def edited(self) -> None:
        """The drawing is another, if only for a moment: what was taken away is no longer seen when it comes back."""
        self._edited = True

    def shows(self, model: msg.Model) -> bool:
        """Whether this is the model that was given last, and all of it is still seen."""
        return not self._edited and model == self.model

    @property
    def waiting(self) -> bool:
        """Whether the engine has not answered yet."""
        return self._asked is not None and not self._asked.done()

    def is_ours(self, frame: msg.ProbeFrame) -> bool:
        """Whether a frame shows a model that was given here; one that names none is taken for ours."""
        return not frame.subject or frame.subject in self._numbers

    def _answered(self, done: Future[msg.AnyReply]) -> None:
        """On the thread that reads: before any frame of this model is passed on."""
        if not done.cancelled() and done.exception() is None:
            self._numbers.add(done.result().request)
