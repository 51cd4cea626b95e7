"""python -m nnstudio.engine: the training process. Started by protocol.client, never by hand."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys

from nnstudio.engine.inbox import Inbox
from nnstudio.protocol.channel import knock


def main() -> None:
    """Take up the line first, so that a window that goes away is noticed even while torch is being imported."""
    faulthandler.enable()
    # A thread that waits for work by spinning takes the processor from the window, and from its fellow threads: on two
    # busy cores steps took a hundred times as long. One that hardly spins sleeps between two operations of a step, and
    # to be woken takes a third of a small Transformer's step. Has to be set before torch is loaded.
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is meant for the window
    channel = knock(sys.stdin.buffer)
    inbox = Inbox(channel)
    inbox.start()

    from nnstudio.engine.main import Engine  # takes more than a second: torch

    Engine(channel, inbox).serve()


if __name__ == "__main__":
    main()
