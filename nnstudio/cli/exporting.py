"""The command that writes a model in another form, or its drawing as a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnstudio import reports
from nnstudio.cli.shared import ALLOW, FILE, JSON, Command, load
from nnstudio.errors import UsageError
from nnstudio.graph.document import Document
from nnstudio.headless import Headless, refuse_unread, trust_for, understood
from nnstudio.protocol import messages as msg

PICTURES = ("svg", "png", "pdf")
"""Exports of the drawing, for which no engine is needed."""


def export(options: argparse.Namespace) -> int:
    """Write the model in another form, or the drawing as a picture, and check what was written."""
    document = load(options.file)
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


_KINDS = "python, script, safetensors, torch or onnx; of the drawing svg, png or pdf"

COMMANDS = (
    Command(
        "export",
        export,
        (
            FILE,
            (("--to",), {"required": True, "metavar": "KIND", "help": _KINDS}),
            (("--out",), {"required": True, "metavar": "PATH", "help": "the file to write"}),
            (("--theme",), {"choices": ["light", "dark"], "default": "light", "help": "colours of a picture"}),
            (("--transparent",), {"action": "store_true", "help": "a picture without a background"}),
            (("--scale",), {"type": int, "choices": [1, 2, 4], "default": 2, "help": "pixels a unit of a png"}),
            ALLOW,
            JSON,
        ),
    ),
)
