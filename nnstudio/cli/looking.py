"""Commands that look: the window, the demo, checks, the source, and lists."""

from __future__ import annotations

import argparse
import sys

from nnstudio import listings, reports
from nnstudio.cli.shared import ALLOW, FILE, JSON, Command, bad_folder, existing, folder, load
from nnstudio.headless import trust_for, understood


def open_window(options: argparse.Namespace) -> int:
    """Open the window, on a project if one is given."""
    from nnstudio import app  # Qt is needed by this command and the demo alone

    return app.main(existing(options.file) if options.file else None)


def demo(options: argparse.Namespace) -> int:
    """Do the main job in the real window and leave pictures, exports and figures."""
    from nnstudio import demo as show  # Qt is needed by this command and the window alone

    out = folder(options.out)
    assert out is not None, "--out has a default"
    try:
        return show.main(out)
    except OSError as error:
        raise bad_folder(options.out, error) from error


def check(options: argparse.Namespace) -> int:
    """Say what is wrong with a project, and what its shapes are."""
    document = load(options.file)
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
    document = load(options.file)
    compiled = understood(document, trust_for(document, allow=False))
    for problem in compiled.listed_errors:
        print(f"nnstudio: {problem}", file=sys.stderr)
    sys.stdout.write(compiled.source)
    return 1 if compiled.errors else 0


def info(options: argparse.Namespace) -> int:
    """List what there is."""
    if not options.json:
        print(listings.text(options.what))
        return 0
    for record in [*listings.listing(options.what), {"event": "finished"}]:
        print(reports.json_line(record))
    return 0


COMMANDS = (
    Command("open", open_window, ((("file",), {**FILE[1], "nargs": "?"}),)),
    Command(
        "demo",
        demo,
        ((("--out",), {"metavar": "DIR", "default": "nnstudio-demo", "help": "where pictures and exports go"}),),
    ),
    Command("check", check, (FILE, ALLOW, JSON)),
    Command("source", source, (FILE,)),
    Command("info", info, ((("what",), {"choices": list(listings.LISTS)}), JSON)),
)
