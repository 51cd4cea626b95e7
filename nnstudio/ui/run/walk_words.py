"""What an operation of a walk is, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnstudio.catalogue.tensors import shape_text
from nnstudio.project.walking import Walk
from nnstudio.protocol import messages as msg
from nnstudio.ui.canvas.texts import digits

LOSS = "L"
"""How the loss is called in a formula."""


def tr(text: str) -> str:
    """The text in the person's language."""
    return QCoreApplication.translate("Walk", text)


def where(walk: Walk) -> str:
    """Which pass, how far, and which node: "forward 3/7 · conv1"."""
    way = tr("backward {0}/{1}") if walk.backward else tr("forward {0}/{1}")
    return f"{way.format(*walk.count)} · {name_of(walk, walk.current.step)}"


def what(walk: Walk) -> str:
    """What happens there, in a sentence or a formula."""
    step = walk.current.step
    if step.backward:
        return _by_loss(walk) if not step.name else _backward(walk, step)
    if step.given:
        words = tr("{0} comes in: {1}, a batch of {2}")
        return words.format(step.name, shape_text(walk.sample_shape(step)), walk.recorded.samples)
    return _forward(walk, step)


def name_of(walk: Walk, step: msg.NodeStep) -> str:
    """How the node is called; the loss has no variable."""
    if step.name:
        return step.name
    places = walk.current.places if step is walk.current.step else ()
    return walk.document.node(places[0][-1]).name if places else tr("loss")


def number_text(value: float) -> str:
    """A number as exactly as it can be read at a glance."""
    return digits(float(value), ".4g")


def slope(name: str) -> str:
    """The gradient by something, as a formula has it."""
    return f"∂{LOSS}/∂{name or LOSS}"


def _forward(walk: Walk, step: msg.NodeStep) -> str:
    name, value = name_of(walk, step), walk.number(step)
    if value is not None:
        taken = [f"{source} = {text}" for source, text in _numbers(walk)]
        words = tr("{0} = {1}, from {2}") if taken else "{0} = {1}"
        return words.format(name, number_text(value), ", ".join(taken))
    shapes = [shape_text(walk.sample_shape(each)) for _, each in walk.sources()]
    way = f"{', '.join(shapes)} → {shape_text(walk.sample_shape(step))}" if shapes else shape_text(step.shape)
    words = tr("{0}, mean {1}, deviation {2}, from {3} to {4}")
    return words.format(way, *map(number_text, (step.mean, step.std, step.low, step.high)))


def _numbers(walk: Walk) -> list[tuple[str, str]]:
    found = [(name, walk.number(each)) for name, each in walk.sources()]
    return [(name, number_text(value)) for name, value in found if value is not None]


def _by_loss(walk: Walk) -> str:
    return tr("The way back begins at the loss: {0} = 1").format(slope(""))


def _backward(walk: Walk, step: msg.NodeStep) -> str:
    value = walk.number(step)
    if value is not None:
        return _formula(walk, step, value)
    words = tr("Gradient by {0}: norm {1}").format(step.name, number_text(step.norm))
    norms = [f"{name} {number_text(norm)}" for name, norm in walk.weight_norms().items()]
    return tr("{0}. By its weights: {1}").format(words, ", ".join(norms)) if norms else words


def _formula(walk: Walk, step: msg.NodeStep, value: float) -> str:
    """The chain rule in letters and in numbers; what comes from the loss at once needs none."""
    known = {stop.step.name: walk.number(stop.step) for stop in walk.stops if stop.step.backward}
    letters, figures = [], []
    for place, term in enumerate(step.terms):
        by = known.get(term.by)
        if not term.by or by is None:
            return f"{slope(step.name)} = {number_text(value)}"
        letters.append(f"∂{term.by}/∂{step.name} · {slope(term.by)}")
        figures.append(f"{_factor(term.local, first=not place)} · {_factor(by)}")
    return " = ".join(filter(None, [slope(step.name), " + ".join(letters), " + ".join(figures), number_text(value)]))


def _factor(value: float, *, first: bool = False) -> str:
    """A negative number has brackets where something stands before it."""
    text = number_text(value)
    return f"({text})" if text.startswith("−") and not first else text
