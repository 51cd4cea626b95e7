"""Errors of torch and of the model's source, in plain words with the line."""

from __future__ import annotations

import linecache
import traceback

import torch

from nnstudio.errors import EngineError, NNStudioError

SOURCE_PREFIX = "<nnstudio_model "
NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED")
"""What torch says on the CPU, on Windows, on GPUs, and in CUDA's libraries."""
NO_MEMORY_FIX = "Make the batch size or the layers smaller."


def in_words(error: BaseException) -> EngineError:
    """Any error as one for the person at the screen. EngineErrors stay as they are."""
    if isinstance(error, EngineError):
        return error
    if isinstance(error, NNStudioError):
        return EngineError(error.message, fix=error.fix, kind=getattr(error, "kind", ""))
    file, line = _place(error)
    if _is_memory(error):
        return EngineError(f"{_where(file, line)}The memory ran out.", fix=NO_MEMORY_FIX, line=line, kind="memory")
    if isinstance(error, SyntaxError):
        return EngineError(f"{_where(file, line)}The source is not valid Python: {error.msg}.", line=line)
    return EngineError(f"{_where(file, line)}{_first_line(error)}", line=line)


def _place(error: BaseException) -> tuple[str, int]:
    """The innermost line of the model's source that the error came through; line 0 for none."""
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(SOURCE_PREFIX):
        return error.filename or "", error.lineno or 0
    frames = traceback.walk_tb(error.__traceback__)
    places = [(frame.f_code.co_filename, line) for frame, line in frames]
    ours = [place for place in places if place[0].startswith(SOURCE_PREFIX)]
    return ours[-1] if ours else ("", 0)


def _where(file: str, line: int) -> str:
    if not line:
        return ""
    code = linecache.getline(file, line).split("  #")[0].strip()
    return f"Line {line}, {code}: " if code else f"Line {line}: "


def _is_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in NO_MEMORY)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    if not lines:
        return f"{type(error).__name__}."
    text = lines[0].strip()
    if not isinstance(error, RuntimeError | ValueError):
        text = f"{type(error).__name__}: {text}"
    return text if text.endswith((".", "!", "?")) else f"{text}."
