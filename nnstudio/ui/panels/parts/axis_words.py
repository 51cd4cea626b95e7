"""What the axes of a tensor are called: by what it means where that is known, else by their numbers."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from nnstudio.catalogue.tensors import TensorSpec

_BY_KIND = {
    ("image", 3): (
        QT_TRANSLATE_NOOP("axes", "channel"),
        QT_TRANSLATE_NOOP("axes", "row"),
        QT_TRANSLATE_NOOP("axes", "column"),
    ),
    ("sequence", 2): (QT_TRANSLATE_NOOP("axes", "position"), QT_TRANSLATE_NOOP("axes", "feature")),
    ("tokens", 1): (QT_TRANSLATE_NOOP("axes", "position"),),
    ("vector", 1): (QT_TRANSLATE_NOOP("axes", "feature"),),
    ("attention", 3): (
        QT_TRANSLATE_NOOP("axes", "head"),
        QT_TRANSLATE_NOOP("axes", "query"),
        QT_TRANSLATE_NOOP("axes", "key"),
    ),
    ("attention", 2): (QT_TRANSLATE_NOOP("axes", "query"), QT_TRANSLATE_NOOP("axes", "key")),
}


def axis_words(spec: TensorSpec, rank: int, *, attention: bool = False) -> list[str]:
    """One for each axis of one sample of such a tensor. `attention` says that it is weights of attention."""
    known = _BY_KIND.get(("attention" if attention else spec.kind, rank))
    if known is not None:
        return [QCoreApplication.translate("axes", str(word)) for word in known]
    if rank == 1:
        return [QCoreApplication.translate("axes", "element")]
    leading = [QCoreApplication.translate("axes", "axis {0}").format(axis) for axis in range(rank - 2)]
    last = [QCoreApplication.translate("axes", "row"), QCoreApplication.translate("axes", "column")]
    return (leading + last)[:rank]
