"""Lists of what there is, for the command line: layers, data sets, optimizers, schedules, metrics and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nnstudio.catalogue import registry
from nnstudio.catalogue.spec import LayerType, Port
from nnstudio.data.loading import bytes_text
from nnstudio.data.registry import datasets
from nnstudio.data.spec import GROUPS, DatasetType, Download, Field
from nnstudio.errors import UsageError
from nnstudio.examples import examples
from nnstudio.graph import storage
from nnstudio.metrics.registry import metrics
from nnstudio.params import Param, ParamSet
from nnstudio.training.registry import optimizers, schedules


def listing(what: str) -> Iterator[dict[str, Any]]:
    """One of LISTS, each entry with at least a name and a summary. Raises UsageError."""
    if what not in LISTS:
        raise UsageError(f"There is no list of {what}.", fix=f"There are: {', '.join(LISTS)}.")
    return LISTS[what]()


def text(what: str) -> str:
    """The same for a person to read. Raises UsageError."""
    if what == "datasets":
        return _datasets_text()
    return "\n".join(f"{record['name']:<22} {record['summary']}" for record in listing(what))


def _layer_records() -> Iterator[dict[str, Any]]:
    return (_layer_record(layer) for layer in registry.layers().values())


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


def _optimizer_records() -> Iterator[dict[str, Any]]:
    for each in optimizers().values():
        yield {
            "name": each.name,
            "summary": each.summary,
            "lr": each.lr,
            "weight_decay": each.weight_decay,
            "params": _param_records(each.params),
            "formula": each.formula,
            "paper": each.paper,
        }


def _schedule_records() -> Iterator[dict[str, Any]]:
    for each in schedules().values():
        facts = {"name": each.name, "title": each.title, "summary": each.summary}
        yield {**facts, "params": _param_records(each.params), "paper": each.paper}


def _metric_records() -> Iterator[dict[str, Any]]:
    for each in metrics().values():
        facts = {"name": each.name, "title": each.title, "summary": each.summary}
        yield {**facts, "tasks": list(each.tasks), "better": each.better, "format": each.format}


def _param_records(params: ParamSet) -> dict[str, Any]:
    return {param.name: _param_record(param) for param in params}


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


LISTS: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
    "layers": _layer_records,
    "datasets": _dataset_records,
    "optimizers": _optimizer_records,
    "schedules": _schedule_records,
    "metrics": _metric_records,
    "examples": _example_records,
    "panels": _panel_records,
}
"""What there are lists of."""
