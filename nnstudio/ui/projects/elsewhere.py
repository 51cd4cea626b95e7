"""What happens in projects that are open and not shown, told in the one that is, with a way to go there."""

from __future__ import annotations

from PySide6.QtCore import QObject

from nnstudio.project.session import Session, SessionEvent, Trouble
from nnstudio.protocol import messages as msg
from nnstudio.ui.bridge import Bridge
from nnstudio.ui.notices import Notice, Notices
from nnstudio.ui.projects.closing import shown_title
from nnstudio.ui.run.run_control import RunControl


class Elsewhere(QObject):
    """Speaks through the notices; says nothing of what the tabs show well enough."""

    def __init__(self, bridge: Bridge, notices: Notices, control: RunControl) -> None:
        super().__init__(notices)
        self._bridge, self._notices = bridge, notices
        bridge.elsewhere.connect(self._happened)
        control.taken.connect(self._taken)

    def _happened(self, session: Session, event: SessionEvent) -> None:
        title = shown_title(session)
        if isinstance(event, Trouble):
            self._lead_to(session, self._notices.show("error", f"'{title}': {event.message}", event.fix))
        elif isinstance(event, msg.RunState) and event.state == "failed":
            words = self.tr("Training of '{0}' failed: {1}").format(title, session.run.message)
            self._lead_to(session, self._notices.show("error", words, session.run.fix))
        elif isinstance(event, msg.RunState) and event.state == "finished":
            self._lead_to(session, self._notices.show("good", self.tr("'{0}' is trained.").format(title)))

    def _taken(self, other: Session) -> None:
        words = self.tr("'{0}' is training. Stop it first.").format(shown_title(other))
        fix = self.tr("One project trains at a time.")
        self._lead_to(other, self._notices.show("warning", words, fix, passing=True))

    def _lead_to(self, session: Session, notice: Notice) -> None:
        notice.offer(self.tr("Go There"), lambda: self._go(session))
        self._notices.arrange()

    def _go(self, session: Session) -> None:
        if session in self._bridge.sessions:  # it may have been closed since
            self._bridge.show(session)
