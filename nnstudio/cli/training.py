"""The command that trains without a window."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from nnstudio import reports
from nnstudio.cli.shared import ALLOW, FILE, JSON, Command, folder, load
from nnstudio.errors import NNStudioError, UsageError
from nnstudio.examples import resolve
from nnstudio.graph.document import Document
from nnstudio.headless import Headless, refuse_unread, trust_for
from nnstudio.session import Session


def train(options: argparse.Namespace) -> int:
    """Train without a window."""
    document = load(options.file)
    _apply_settings(document, options)
    trust = trust_for(document, allow=options.allow_code)
    refuse_unread(document, trust, options.file)
    out = folder(options.out)
    say = reports.TrainingReport(json_lines=options.json)
    with Headless(document, trust) as headless:
        headless.understood()
        say.started(headless.session)
        by_hand = _is_by_hand(headless)
        try:
            if by_hand:
                _say_values(headless, say)
            headless.start()
            _follow(headless, say)
            if by_hand and headless.session.run.state == "finished":
                say.values(headless.values())
        except KeyboardInterrupt:
            headless.stop()
        saved = _save_trained(headless.session, out, options.file)
        say.finished(headless.session, saved)
        return 1 if headless.session.run.state == "failed" else 0


def _is_by_hand(headless: Headless) -> bool:
    """Whether the drawing is a computation of typed-in numbers, small enough to be read."""
    compiled = headless.session.compiled
    return compiled.has_loss and not compiled.errors and not compiled.signature.inputs


def _say_values(headless: Headless, say: reports.TrainingReport) -> None:
    """How the numbers stand before the first step."""
    headless.engine_ready()
    headless.session.show()
    say.values(headless.values())


def _follow(headless: Headless, say: reports.TrainingReport) -> None:
    for event in headless.events():
        say.heard(headless.session, event)
        if not headless.session.run.active:
            return


def _save_trained(session: Session, folder: Path | None, reference: str) -> Path | None:
    """Nothing is kept before the first step: the weights are those of the seed, or of an earlier training."""
    if folder is None or session.document.trained is None or session.run.step == 0:
        return None
    name = resolve(reference).name.removesuffix(".json").removesuffix(".nnstudio")
    return session.save(folder / f"{name}.nnstudio")


def _apply_settings(document: Document, options: argparse.Namespace) -> None:
    settings = [("training.epochs", options.epochs), ("training.seed", options.seed)]
    pairs = [(key, value) for key, value in settings if value is not None]
    for item in options.set or []:
        key, equals, text = item.partition("=")
        if not equals or "." not in key:
            raise UsageError(f"'{item}' is no setting.", fix="Write it as training.lr=0.01 or conv1.out_channels=32.")
        pairs.append((key, _literal(text)))
    for key, value in pairs:
        owner, _, name = key.partition(".")
        try:
            if owner == "training":
                document.set_plan(**{name: value})
            else:
                document.set(owner, **{name: value})
        except NNStudioError as error:
            raise UsageError(error.message, fix=error.fix) from error


def _literal(text: str) -> Any:
    """JSON where it is JSON, otherwise the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


COMMANDS = (
    Command(
        "train",
        train,
        (
            FILE,
            (("--epochs",), {"type": int, "metavar": "N", "help": "how often every sample is seen"}),
            (("--seed",), {"type": int, "metavar": "S", "help": "the same seed gives the same numbers"}),
            (("--device",), {"choices": ["cpu"], "default": "cpu", "help": "where to compute"}),
            (
                ("--set",),
                {"action": "append", "metavar": "KEY=VALUE", "help": "as training.lr=0.01 or conv1.out_channels=8"},
            ),
            (("--out",), {"metavar": "DIR", "help": "keep the trained project there"}),
            ALLOW,
            JSON,
        ),
    ),
)
