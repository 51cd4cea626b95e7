"""The model in ONNX, for other programs and languages. The size of the batch stays open."""

from __future__ import annotations

import copy
import importlib.util
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from nnstudio.errors import NNStudioError
from nnstudio.export.check import check_same, run_batches, run_model
from nnstudio.export.files import reading, reason, with_ending, write_files
from nnstudio.export.spec import ExportType, Tensors, Work

_SUFFIX = ".onnx"
_TOLERANCE = 1e-4
"""ONNX Runtime adds in another order than PyTorch."""
_PACKAGES = ("onnx", "onnxscript", "onnxruntime")
_TRACE = "pkg.torch.onnx.stack_trace"
_RECURRENT = ("LSTM", "GRU", "RNN")


def _write(work: Work, path: Path) -> list[Path]:
    _need_packages()
    if not work.inputs or not len(work.inputs[0]):
        raise NNStudioError("ONNX needs a model with an input and at least one test sample.")
    return write_files({with_ending(path, _SUFFIX): _translate(work)})


def _run(work: Work, files: list[Path]) -> list[torch.Tensor]:
    _need_packages()
    import onnx

    with reading(files[0]):
        content = files[0].read_bytes()
        onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
        session = _session(content)
        _check_single(session, work)
        return run_batches(lambda batch: _infer(session, work, batch), work.inputs)


def _need_packages() -> None:
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise NNStudioError(
            f"For ONNX, these packages are missing: {', '.join(missing)}.",
            fix=f"Install them with: python -m pip install {' '.join(missing)}",
        )


def _translate(work: Work) -> bytes:
    """The ONNX model. Traced with two samples, as with one the exporter would take the batch for fixed."""
    batch = torch.export.Dim("batch")
    with _quiet():
        try:
            program = torch.onnx.export(
                copy.deepcopy(work.model).cpu().eval(),
                tuple(torch.cat([tensor, tensor])[:2].cpu() for tensor in work.inputs),
                input_names=work.spec.inputs,
                output_names=work.spec.outputs or None,
                dynamic_shapes=tuple({0: batch} for _ in work.inputs),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
            return _tidied(program)
        except Exception as error:  # the exporter fails in as many ways as there are layers
            raise NNStudioError(
                f"This model can not be written as ONNX: {reason(error)}",
                fix="Replace the layer it names, or export the Python source.",
            ) from error


def _tidied(program: Any) -> bytes:
    """The exporter's work with three faults mended.

    It notes which files of this computer each node came from; that is nobody's business. Its own names within may be
    those that outputs were given. And it gives the states of recurrent layers the shapes they had before a squeeze.
    """
    graph = program.model.graph
    outside = {id(value) for value in (*graph.inputs, *graph.outputs)}
    taken = {value.name for value in (*graph.inputs, *graph.outputs)}
    for number, node in enumerate(graph.all_nodes()):
        node.metadata_props.pop(_TRACE, None)
        for value in node.outputs:
            if id(value) not in outside and value.name in taken:
                value.name = f"{value.name}__{number}"
            if node.op_type in _RECURRENT and id(value) not in outside:
                value.shape = None
    content: bytes = program.model_proto.SerializeToString()
    return content


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter warns of what is its own affair, such as torchvision not being there."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "torch.export", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _session(content: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors alone
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _infer(session: Any, work: Work, inputs: Tensors) -> list[torch.Tensor]:
    """An input that the model does not use is none of the file's inputs."""
    given: Mapping[str, torch.Tensor] = dict(zip(work.spec.inputs, inputs, strict=True))
    feed = {node.name: given[node.name].cpu().numpy() for node in session.get_inputs()}
    return [torch.from_numpy(array) for array in session.run(None, feed)]


def _check_single(session: Any, work: Work) -> None:
    """Raises NNStudioError unless a single sample works as well as the whole test set."""
    first = [tensor[:1] for tensor in work.inputs]
    check_same(
        "ONNX", run_model(work.model, first), _infer(session, work, first), _TOLERANCE, of="outputs of a single sample"
    )


ONNX = ExportType(
    kind="onnx",
    title="ONNX",
    suffix=_SUFFIX,
    summary="The whole model for ONNX Runtime and other programs, with any number of samples at once.",
    write=_write,
    run=_run,
    exact=False,
    tolerance=_TOLERANCE,
)
