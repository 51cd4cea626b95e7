"""Lists of what there is, for the command line: layers, data sets, examples and panels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.data.loading import bytes_text
from nnstudio.data.registry import datasets
from nnstudio.data.spec import GROUPS, DatasetType, Download, Field
from nnstudio.errors import UsageError
from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.params import Param


def listing(what: str) -> Iterator[dict[str, Any]]:
    """Layers, data sets, examples or panels, each with at least a name and a summary. Raises UsageError."""
    if what == "layers":
        return (_layer_record(layer) for layer in registry.layers().values())
    if what == "datasets":
        return _dataset_records()
    if what == "examples":
        return _example_records()
    if what == "panels":
        return _panel_records()
    raise UsageError(f"There is no list of {what}.")


def text(what: str) -> str:
    """The same for a person to read. Raises UsageError."""
    if what == "datasets":
        return _datasets_text()
    return "\n".join(f"{record['name']:<22} {record['summary']}" for record in listing(what))


def _layer_record(layer: LayerType) -> dict[str, Any]:
    defaults = layer.check({})
    return {
        "name": layer.type,
        "family": layer.family.title,
        "summary": layer.summary,
        "inputs": [_port_record(port) for port in layer.inputs_for(defaults)],
        "outputs": [_port_record(port) for port in layer.outputs_for(defaults)],
        "params": {param.name: _param_record(param) for param in layer.params_for({})},
        "help": layer.help,
        "formula": layer.formula,
        "paper": layer.paper,
    }


def _port_record(port: Port) -> dict[str, Any]:
    return {"name": port.name, "takes": port.needs(), "many": port.many, "optional": port.optional, "dtype": port.dtype}


def _dataset_records() -> Iterator[dict[str, Any]]:
    for dataset in datasets().values():
        yield {
            "name": dataset.name,
            "title": dataset.title,
            "summary": dataset.summary,
            "group": dataset.group,
            "samples": dataset.samples_for(),
            "bytes": dataset.bytes_for(),
            "split": dataset.split,
            "fields": {field.name: _field_record(field) for field in dataset.fields_for()},
            "params": {param.name: _param_record(param) for param in dataset.params if not param.hidden},
            "source": dataset.source,
            "licence": dataset.licence,
            "download": _download_record(dataset.download) if dataset.download else None,
            "help": dataset.help,
        }


def _field_record(field: Field) -> dict[str, Any]:
    """`classes` are names where they are known before loading; `size` is how many there are."""
    tokens = {name: getattr(field, name) for name in ("padding", "start", "end")}
    return {
        "shape": list(field.shape),
        "dtype": field.dtype,
        "kind": field.kind,
        "classes": list(field.names),
        "size": field.classes,
        **{name: token for name, token in tokens.items() if token is not None},
        **({"columns": list(field.columns)} if field.columns else {}),
    }


def _param_record(param: Param) -> dict[str, Any]:
    return {"kind": param.kind, "default": param.default, "takes": param.wants(), "help": param.help}


def _download_record(download: Download) -> dict[str, Any]:
    files = [
        {"name": file.name, "bytes": file.size, "sha256": file.sha256, "urls": list(file.urls)}
        for file in download.files
    ]
    return {"bytes": download.size, "files": files}


def _datasets_text() -> str:
    """The data sets for a person to read: by their groups, each with what its samples are."""
    found = list(datasets().values())
    return "\n\n".join(
        "\n".join([title, *(_dataset_text(each) for each in found if each.group == group)])
        for group, title in GROUPS.items()
        if any(each.group == group for each in found)
    )


def _dataset_text(dataset: DatasetType) -> str:
    samples, size = dataset.samples_for(), dataset.bytes_for()
    facts = [
        f"{samples:,} samples" if samples else "",
        ", ".join(map(_field_text, dataset.fields_for())),
        bytes_text(size) if size else "",
        f"to be fetched: {bytes_text(dataset.download.size)}" if dataset.download else "",
    ]
    return f"  {dataset.name:<20} {dataset.summary}\n{'':<23}{' · '.join(filter(None, facts))}"


def _field_text(field: Field) -> str:
    """`image 1×8×8`, `label of 10`."""
    shape = " ".join(["", "×".join(map(str, field.shape))] if field.shape else [""])
    return f"{field.name}{shape}" + (f" of {field.classes}" if field.classes else "")


def _example_records() -> Iterator[dict[str, Any]]:
    for name, path in examples().items():
        document = storage.load(path)
        types = [node.type for node in document.in_order()]
        yield {"name": name, "summary": " → ".join(types), "path": str(path), "nodes": len(types)}


def _panel_records() -> Iterator[dict[str, Any]]:
    from nnstudio.ui.panels.spec import panel_types  # Qt is needed for this list alone

    for panel in panel_types():
        yield {"name": panel.key, "title": panel.title, "summary": panel.summary}
