"""What comes of a request, for whoever asked."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from nnstudio.errors import EngineClosed, EngineError
from nnstudio.protocol import messages as msg
from nnstudio.protocol.asking import outcome

DONE = msg.Done(request=1)


def test_nothing_while_there_is_no_answer() -> None:
    asked: Future[msg.AnyReply] = Future()
    assert outcome(asked) == (None, None)
    asked.set_result(DONE)
    assert outcome(asked) == (DONE, None)


def test_what_is_called_off_and_what_is_refused_are_errors_of_ours() -> None:
    asked, refused = Future[msg.AnyReply](), Future[msg.AnyReply]()
    asked.cancel()
    assert isinstance(outcome(asked)[1], EngineClosed)
    error = EngineError("No.")
    refused.set_exception(error)
    assert outcome(refused) == (None, error)


def test_a_bug_is_not_taken_for_an_answer() -> None:
    broken = Future[msg.AnyReply]()
    broken.set_exception(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        outcome(broken)
