"""The command line. Results go to standard output, everything else to standard error.

Exit status: 0 done, 1 a problem in the project, 2 wrong use.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from nnstudio import __version__, listings, reports
from nnstudio.errors import NNStudioError, UsageError
from nnstudio.examples import resolve
from nnstudio.graph import storage
from nnstudio.graph.document import Document
from nnstudio.headless import Headless, refuse_unread, trust_for, understood
from nnstudio.protocol import messages as msg
from nnstudio.session import Session

PICTURES = ("svg", "png", "pdf")
"""Exports of the drawing, for which no engine is needed."""
Command: TypeAlias = Callable[[argparse.Namespace], int]
Argument: TypeAlias = tuple[tuple[str, ...], dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="nnstudio: %(message)s")
    _write_anything()
    options = _parser().parse_args(given if _is_command(given) else ["open", *given])
    try:
        status = _run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        _close_pipe()
        return 0
    except KeyboardInterrupt:
        print("nnstudio: interrupted", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    command: Command = options.command
    try:
        return command(options)
    except NNStudioError as error:
        print(f"nnstudio: {error}", file=sys.stderr)
        if getattr(options, "json", False):
            print(reports.json_line({"event": "finished", "error": error.message, "fix": error.fix}))
        return 2 if isinstance(error, UsageError) else 1


def _write_anything() -> None:
    """A terminal that can not show a letter gets a question mark, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _close_pipe() -> None:
    """The reader has seen enough, as with `nnstudio info layers | head`: what is left is written to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _is_command(given: list[str]) -> bool:
    return bool(given) and (given[0] in COMMANDS or given[0] in ("-h", "--help", "--version"))


def _load(reference: str) -> Document:
    return storage.load(_existing(reference))


def _existing(reference: str) -> Path:
    path = resolve(reference)
    if not os.path.exists(path):  # Path.exists raises for a name that is too long
        raise UsageError(f"There is no file '{reference}'.", fix="Give a project file, or example:NAME.")
    return path


# Commands


def open_window(options: argparse.Namespace) -> int:
    """Open the window, on a project if one is given."""
    from nnstudio import app  # Qt is needed by this command and the demo alone

    return app.main(_existing(options.file) if options.file else None)


def demo(options: argparse.Namespace) -> int:
    """Do the main job in the real window and leave pictures, exports and figures."""
    from nnstudio import demo as show  # Qt is needed by this command and the window alone

    folder = _folder(options.out)
    assert folder is not None, "--out has a default"
    try:
        return show.main(folder)
    except OSError as error:
        raise _bad_folder(options.out, error) from error


def check(options: argparse.Namespace) -> int:
    """Say what is wrong with a project, and what its shapes are."""
    document = _load(options.file)
    trust = trust_for(document, allow=options.allow_code)
    report = reports.check(document, understood(document, trust))
    if options.json:
        for line in report.events():
            print(reports.json_line(line))
    else:
        print(report.text())
    return 1 if report.compiled.errors else 0


def source(options: argparse.Namespace) -> int:
    """Print the PyTorch source."""
    document = _load(options.file)
    compiled = understood(document, trust_for(document, allow=False))
    for problem in compiled.listed_errors:
        print(f"nnstudio: {problem}", file=sys.stderr)
    sys.stdout.write(compiled.source)
    return 1 if compiled.errors else 0


def train(options: argparse.Namespace) -> int:
    """Train without a window."""
    document = _load(options.file)
    _apply_settings(document, options)
    trust = trust_for(document, allow=options.allow_code)
    refuse_unread(document, trust, options.file)
    folder = _folder(options.out)
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
        saved = _save_trained(headless.session, folder, options.file)
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


def _folder(out: str | None) -> Path | None:
    """Made before the training, so that none is lost for want of it."""
    if not out:
        return None
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise _bad_folder(out, error) from error
    return Path(out)


def _bad_folder(out: str, error: OSError) -> UsageError:
    return UsageError(
        f"'{out}' can not be a folder to write to: {error.strerror or error}.", fix="Give another to --out."
    )


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


def export(options: argparse.Namespace) -> int:
    """Write the model in another form, or the drawing as a picture, and check what was written."""
    document = _load(options.file)
    if options.to in PICTURES:
        return _export_drawing(document, options)
    if document.trained is None:
        print("nnstudio: the project is not trained, so its weights are those of the seed.", file=sys.stderr)
    trust = trust_for(document, allow=options.allow_code)
    refuse_unread(document, trust, options.file)
    with Headless(document, trust) as headless:
        kinds = {kind.kind for kind in headless.engine_ready().exports}
        if options.to not in kinds:
            there = ", ".join(sorted(kinds | {*PICTURES}))
            raise UsageError(f"There is no export '{options.to}'.", fix=f"There are: {there}.")
        headless.understood()
        reply = headless.wait(headless.session.export(options.to, Path(options.out)))
    assert isinstance(reply, msg.Exported)
    written = {"event": "finished", "files": list(reply.files), "bytes": reply.size, "difference": reply.difference}
    print(reports.json_line(written) if options.json else "\n".join(reply.files))
    print(f"nnstudio: checked; largest difference {reply.difference:.3g}. {reply.detail}".strip(), file=sys.stderr)
    return 0


def _export_drawing(document: Document, options: argparse.Namespace) -> int:
    from nnstudio import depict  # Qt is needed by pictures and the window alone

    compiled = understood(document, trust_for(document, allow=options.allow_code))
    style = depict.style(options.theme, options.scale, transparent=options.transparent)
    size = depict.depict(document, compiled, options.to, Path(options.out), style)
    written = {"event": "finished", "files": [options.out], "bytes": size}
    print(reports.json_line(written) if options.json else options.out)
    print("nnstudio: checked; it can be opened.", file=sys.stderr)
    return 0


def info(options: argparse.Namespace) -> int:
    """List what there is."""
    if not options.json:
        print(listings.text(options.what))
        return 0
    for record in [*listings.listing(options.what), {"event": "finished"}]:
        print(reports.json_line(record))
    return 0


# Parsing


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nnstudio", description="Draw a neural network, train it, and see inside it.", epilog=_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"NNStudio {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (call, arguments) in COMMANDS.items():
        command = commands.add_parser(name, help=call.__doc__, description=call.__doc__)
        command.set_defaults(command=call)
        for flags, more in arguments:
            command.add_argument(*flags, **more)
    return parser


_EPILOG = "FILE is a project file or example:NAME. Without a command, the window opens."
_FILE: Argument = (("file",), {"metavar": "FILE", "help": "a project file, or example:NAME"})
_JSON = (("--json",), {"action": "store_true", "help": "print one JSON object a line"})

_ALLOW: Argument = (
    ("--allow-code",),
    {"action": "store_true", "help": "let the code run that the project carries, this once"},
)

_KINDS = "python, script, safetensors, torch or onnx; of the drawing svg, png or pdf"

COMMANDS: dict[str, tuple[Command, list[Argument]]] = {
    "open": (open_window, [(("file",), {**_FILE[1], "nargs": "?"})]),
    "demo": (
        demo,
        [(("--out",), {"metavar": "DIR", "default": "nnstudio-demo", "help": "where pictures and exports go"})],
    ),
    "check": (check, [_FILE, _ALLOW, _JSON]),
    "source": (source, [_FILE]),
    "train": (
        train,
        [
            _FILE,
            (("--epochs",), {"type": int, "metavar": "N", "help": "how often every sample is seen"}),
            (("--seed",), {"type": int, "metavar": "S", "help": "the same seed gives the same numbers"}),
            (("--device",), {"choices": ["cpu"], "default": "cpu", "help": "where to compute"}),
            (
                ("--set",),
                {"action": "append", "metavar": "KEY=VALUE", "help": "as training.lr=0.01 or conv1.out_channels=8"},
            ),
            (("--out",), {"metavar": "DIR", "help": "keep the trained project there"}),
            _ALLOW,
            _JSON,
        ],
    ),
    "export": (
        export,
        [
            _FILE,
            (("--to",), {"required": True, "metavar": "KIND", "help": _KINDS}),
            (("--out",), {"required": True, "metavar": "PATH", "help": "the file to write"}),
            (("--theme",), {"choices": ["light", "dark"], "default": "light", "help": "colours of a picture"}),
            (("--transparent",), {"action": "store_true", "help": "a picture without a background"}),
            (("--scale",), {"type": int, "choices": [1, 2, 4], "default": 2, "help": "pixels a unit of a png"}),
            _ALLOW,
            _JSON,
        ],
    ),
    "info": (info, [(("what",), {"choices": list(listings.LISTS)}), _JSON]),
}
