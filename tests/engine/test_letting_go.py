"""A run that gives way to another takes no memory beside it."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace
from typing import Any, cast

from nnstudio.engine.main import Engine
from nnstudio.protocol import messages as msg


def test_the_model_of_the_run_before_is_gone_when_the_next_begins(digits: msg.Model) -> None:
    channel = SimpleNamespace(send=lambda _message: None)
    engine = Engine(cast(Any, channel), cast(Any, SimpleNamespace(given_up=lambda _key: False)))
    gc.disable()  # nothing else may clear it away meanwhile
    try:
        engine._answer(msg.Start(id=1, model=digits, plan=msg.Plan()))
        first = engine._run
        assert first is not None
        first.advance()
        before, first = weakref.ref(first), None
        assert before() is not None
        engine._answer(msg.Start(id=2, model=digits, plan=msg.Plan()))
        assert engine._run is not None
        assert before() is None
    finally:
        gc.enable()
