"""What the Gradients panel shows of layers, in words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication


@dataclass(frozen=True)
class Quantity:
    """`name` and `meaning` are English; the methods are translated. `counted` is what a histogram of it is drawn of."""

    name: str
    meaning: str
    counted: str

    def label(self) -> str:
        return QCoreApplication.translate("quantities", self.name)

    def tip(self) -> str:
        return QCoreApplication.translate("quantities", self.meaning)


QUANTITIES = {
    "weight_gradient": Quantity(
        str(QT_TRANSLATE_NOOP("quantities", "gradients")),
        str(QT_TRANSLATE_NOOP("quantities", "The loss's gradient by the weights of a layer")),
        "weight_gradient",
    ),
    "gradient": Quantity(
        str(QT_TRANSLATE_NOOP("quantities", "∂ activations")),
        str(QT_TRANSLATE_NOOP("quantities", "The loss's gradient by what a layer puts out, for one sample")),
        "gradient",
    ),
    "activation": Quantity(
        str(QT_TRANSLATE_NOOP("quantities", "activations")),
        str(QT_TRANSLATE_NOOP("quantities", "What a layer puts out, for one sample")),
        "activation",
    ),
    "weight": Quantity(
        str(QT_TRANSLATE_NOOP("quantities", "weights")),
        str(QT_TRANSLATE_NOOP("quantities", "All the weights of a layer")),
        "weight",
    ),
    "update": Quantity(
        str(QT_TRANSLATE_NOOP("quantities", "update ratio")),
        str(
            QT_TRANSLATE_NOOP(
                "quantities",
                "How far the weights have moved since the look before, by their size and by the steps between."
                "\nAbout 0.001 is usual. Steps that go back and forth cancel each other.",
            )
        ),
        "weight",
    ),
    "flat": Quantity(
        str(QT_TRANSLATE_NOOP("quantities", "dead units")),
        str(
            QT_TRANSLATE_NOOP(
                "quantities",
                "The share of units that are zero (ReLU) or at their limit (Tanh, Sigmoid) for every sample looked at",
            )
        ),
        "activation",
    ),
}
"""By the probe's names of them."""
