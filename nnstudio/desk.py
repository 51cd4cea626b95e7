"""The open projects of a window, which share one engine: who is in front, who trains, and who is told what.

The session in front is the one that is looked at. Another may train meanwhile: it goes on hearing of its run, and takes
in losses and weights as if it were shown.
"""

from __future__ import annotations

from concurrent.futures import Future

from nnstudio.project.session import Session
from nnstudio.project.steering import RUN_EVENTS
from nnstudio.protocol import messages as msg
from nnstudio.protocol.client import EngineChange


class Desk:
    """`sessions` are in the order of their tabs. At most one of them has a run that goes on."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self.front: Session | None = None
        self._state: EngineChange | None = None
        self._device = "cpu"

    @property
    def training(self) -> Session | None:
        """The project whose run goes on, or could."""
        return next((session for session in self.sessions if session.steering.active), None)

    def training_beside(self, session: Session) -> Session | None:
        """The project that trains, where that is another one."""
        training = self.training
        return training if training is not session else None

    def put(self, session: Session) -> None:
        """One more project is open; it is in front when `bring` is called."""
        if session in self.sessions:
            return
        self.sessions.append(session)
        session.steering.device = self._device
        if self._state is not None:
            session.join(self._state)

    def bring(self, session: Session) -> None:
        """Put a project in front: from now on the probes are to look at it."""
        self.put(session)
        if session is not self.front:
            if self.front is not None:
                self.front.walking.forget()
            self.front = session
            session.come_forward()

    def take(self, session: Session) -> None:
        """A project is closed; its run ends."""
        self.sessions.remove(session)
        if session is self.front:
            self.front = None
        session.close()

    def move(self, session: Session, place: int) -> None:
        """Give a project another place among the tabs."""
        self.sessions.remove(session)
        self.sessions.insert(place, session)

    def use_device(self, device: str) -> None:
        """What all projects are trained on from the next run on."""
        self._device = device
        for session in self.sessions:
            session.steering.device = device

    def show(self) -> Future[msg.AnyReply] | None:
        """Let the probes look at the project in front, unless another trains: the engine has one model at a time."""
        if self.front is None or self.training_beside(self.front) is not None:
            return None
        return self.front.show()

    def handle(self, event: msg.AnyEvent | EngineChange) -> None:
        """Pass on what the engine tells, to whom it concerns."""
        if isinstance(event, EngineChange):
            self._state = event
        for session in self._concerned(event):
            session.handle(event)

    def _concerned(self, event: msg.AnyEvent | EngineChange) -> list[Session]:
        """A frame is for who looks, an event of a run for who began it; the rest is for all.

        Of a run that nobody here began, as when a script drives the engine, the project in front is told.
        """
        front = [self.front] if self.front is not None else []
        match event:
            case msg.ProbeFrame():
                return front
            case _ if isinstance(event, RUN_EVENTS):
                return self._beginners(event.run) or front
        return list(self.sessions)

    def _beginners(self, run: int) -> list[Session]:
        """Who began the run. A new engine counts from one again, so a run that is over is not meant."""
        began = [session for session in self.sessions if session.steering.began(run)]
        return [session for session in began if session.steering.active] or began
