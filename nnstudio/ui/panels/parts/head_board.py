"""All heads of some layers in a grid, and one of them large: as a map, as lines, or over the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget

from nnstudio.ui.panels.parts.heads import ROLLOUT, Group, Layer, head_title
from nnstudio.ui.panels.parts.looks import Floats, Looks, images_of, scale_top
from nnstudio.ui.panels.parts.map_grid import BesideGrid, MapGrid
from nnstudio.ui.panels.parts.patch_picture import Patches, PatchPicture
from nnstudio.ui.panels.parts.token_lines import TokenLines
from nnstudio.ui.panels.parts.token_map import TokenMap

MAP, LINES, PICTURE = "map", "lines", "picture"


@dataclass(frozen=True)
class Choice:
    """What is large: a layer and a head of the group, in which view; `asking` is the place it is shown for."""

    layer: int
    head: int
    view: str
    asking: int


class HeadBoard(BesideGrid):
    """Draws a group. `top` is where the scale of colours of the large view ends."""

    chosen = Signal(int, int)
    """A layer and a head (or MEAN, or ROLLOUT) that the person wants large."""
    asked = Signal(int)
    """A place that the person wants the picture for."""

    def __init__(self) -> None:
        super().__init__(MapGrid(), QStackedWidget())
        self.map, self.lines, self.picture = TokenMap(), TokenLines(), PatchPicture()
        for view in (self.map, self.lines, self.picture):
            self.large.addWidget(view)
        self.grid.setAccessibleName(self.tr("Heads and layers"))
        self.top = 1.0
        self._group: Group | None = None
        self._heads: list[int] = []
        """What there are columns for."""
        self.grid.chosen.connect(self._on_grid)
        self.picture.asked.connect(self.asked)
        self.map.row_chosen.connect(self.asked)
        self.lines.row_chosen.connect(self.asked)

    def draw(self, group: Group, choice: Choice, names: Sequence[tuple[str, ...]], patches: Patches | None) -> None:
        """Show the group; `names` are those of the queries and of the keys."""
        self._group = group
        sight = _Sight(group, choice, patches if choice.view == PICTURE else None)
        shown = group.layers[choice.layer].shown(choice.head)
        self.top = sight.top(shown, choice.head)
        strands = group.layers[choice.layer].strands(choice.head) if choice.view == LINES else ()
        looks = Looks(shown, names[0], names[1], self.top, strands)
        if sight.patches is None:
            looks = looks.trimmed()
        self._draw_grid(sight, looks.weights.shape)
        self._draw_large(sight, looks)

    # Inside

    def _draw_large(self, sight: _Sight, looks: Looks) -> None:
        if sight.patches is not None:
            self.picture.show_looks(sight.patches, looks, sight.choice.asking)
            self.large.setCurrentWidget(self.picture)
            return
        view = self.lines if sight.choice.view == LINES else self.map
        view.show_looks(looks)
        self.large.setCurrentWidget(view)

    def _draw_grid(self, sight: _Sight, shape: tuple[int, ...]) -> None:
        layers, heads = sight.group.layers, sight.heads
        self._heads = heads
        images = [sight.images(layer, shape) for layer in layers]
        rows = [self.tr("layer {0}").format(number + 1) for number in range(len(layers))]
        aspect = sight.patches.aspect if sight.patches is not None else min(max(shape[1] / shape[0], 0.5), 2.0)
        self.grid.show_images(images, rows, [head_title(head) for head in heads], aspect)
        self.grid.choose(sight.choice.layer, heads.index(sight.choice.head))
        self.grid.setVisible(len(rows) * len(heads) > 1)

    def _on_grid(self, row: int, column: int) -> None:
        if self._group is not None:
            self.chosen.emit(row, self._heads[column])


class _Sight:
    """What is drawn: all heads and layers on one scale of colours, a rollout, which is of other sizes, on its own."""

    def __init__(self, group: Group, choice: Choice, patches: Patches | None) -> None:
        self.group, self.choice, self.patches = group, choice, patches
        self.heads = group.columns(lines=choice.view == LINES)
        self._shared = scale_top([self._seen(layer.weights) for layer in group.layers])

    def top(self, shown: Floats, head: int) -> float:
        """Where the scale of a map ends."""
        return scale_top([self._seen(shown)]) if head == ROLLOUT else self._shared

    def images(self, layer: Layer, shape: tuple[int, ...]) -> list[QImage]:
        """A picture for each head, the mean and the rollout of a layer; maps are cut to that shape."""
        shown = [layer.shown(head) for head in self.heads]
        tops = [self.top(weights, head) for weights, head in zip(shown, self.heads, strict=True)]
        if self.patches is not None:
            place = self._asking(shown[0])
            return [self.patches.over(weights[place], top) for weights, top in zip(shown, tops, strict=True)]
        return images_of([weights[: shape[0], : shape[1]] for weights in shown], tops)

    def _seen(self, weights: Floats) -> Floats:
        """Those that have a colour: over a picture those of one place alone, for the patches."""
        if self.patches is None:
            return weights
        return weights[..., self._asking(weights), self.patches.before :]

    def _asking(self, weights: Floats) -> int:
        return min(self.choice.asking, weights.shape[-2] - 1)
