"""Reads the command line and runs a command."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence

from nnstudio import __version__, reports
from nnstudio.cli import exporting, looking, recorded, training
from nnstudio.cli.interrupting import INTERRUPTED
from nnstudio.cli.shared import Command
from nnstudio.errors import NNStudioError, UsageError

COMMANDS = {command.name: command for module in (looking, training, recorded, exporting) for command in module.COMMANDS}


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


def _run(options: argparse.Namespace) -> int:
    command: Command = options.command
    if command.for_terminals:
        options.json = options.json or not sys.stdout.isatty()
    try:
        return command.call(options)
    except NNStudioError as error:
        print(f"nnstudio: {error}", file=sys.stderr)
        if getattr(options, "json", False):
            print(reports.json_line({"event": "finished", "error": error.message, "fix": error.fix}))
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        print("nnstudio: interrupted", file=sys.stderr)
        if getattr(options, "json", False):
            print(reports.json_line({"event": "finished", "state": "interrupted"}))
        return INTERRUPTED


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nnstudio", description="Draw a neural network, train it, and see inside it.", epilog=_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"NNStudio {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS.values():
        words = command.call.__doc__
        parsed = commands.add_parser(command.name, help=words, description=words)
        parsed.set_defaults(command=command)
        for flags, more in command.arguments:
            parsed.add_argument(*flags, **more)
    return parser


_EPILOG = "FILE is a project file or example:NAME. Without a command, the window opens."
