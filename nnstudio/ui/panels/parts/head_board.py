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
        self.grid.chosen.connect(self._on_grid)
        self.picture.asked.connect(self.asked)
        self.map.row_chosen.connect(self.asked)
        self.lines.row_chosen.connect(self.asked)

    def draw(self, group: Group, choice: Choice, names: Sequence[tuple[str, ...]], patches: Patches | None) -> None:
        """Show the group; `names` are those of the queries and of the keys."""
        self._group = group
        over = patches if choice.view == PICTURE else None
        shown = group.layers[choice.layer].shown(choice.head)
        self.top = _top(group, shown, choice.head, over, choice.asking)
        looks = Looks(shown, names[0], names[1], self.top)
        if over is None:
            looks = looks.trimmed()
        self._draw_grid(group, choice, over, looks.weights.shape)
        self._draw_large(looks, choice, over)

    # Inside

    def _draw_large(self, looks: Looks, choice: Choice, patches: Patches | None) -> None:
        if patches is not None:
            self.picture.show_looks(patches, looks, choice.asking)
            self.large.setCurrentWidget(self.picture)
            return
        view = self.lines if choice.view == LINES else self.map
        view.show_looks(looks)
        self.large.setCurrentWidget(view)

    def _draw_grid(self, group: Group, choice: Choice, patches: Patches | None, shape: tuple[int, ...]) -> None:
        heads = group.heads
        images = [_images(group, layer, choice.asking, patches, shape) for layer in group.layers]
        rows = [self.tr("layer {0}").format(number + 1) for number in range(len(group.layers))]
        aspect = patches.aspect if patches is not None else min(max(shape[1] / shape[0], 0.5), 2.0)
        self.grid.show_images(images, rows, [head_title(head) for head in heads], aspect)
        self.grid.choose(choice.layer, heads.index(choice.head))
        self.grid.setVisible(len(rows) * len(heads) > 1)

    def _on_grid(self, row: int, column: int) -> None:
        if self._group is not None:
            self.chosen.emit(row, self._group.heads[column])


def _images(group: Group, layer: Layer, asking: int, patches: Patches | None, shape: tuple[int, ...]) -> list[QImage]:
    """A picture for each head, the mean and the rollout of a layer."""
    shown = [layer.shown(head) for head in group.heads]
    tops = [_top(group, weights, head, patches, asking) for head, weights in zip(group.heads, shown, strict=True)]
    if patches is not None:
        place = min(asking, len(shown[0]) - 1)
        return [patches.over(weights[place], top) for weights, top in zip(shown, tops, strict=True)]
    return images_of([weights[: shape[0], : shape[1]] for weights in shown], tops)


def _top(group: Group, shown: Floats, head: int, patches: Patches | None, asking: int) -> float:
    """Where the scale ends: one for all heads and layers, and one for a rollout, which is of other sizes."""
    every = [shown] if head == ROLLOUT else [each.weights for each in group.layers]
    if patches is not None:
        every = [each[..., min(asking, each.shape[-2] - 1), patches.before :] for each in every]
    return scale_top(every)
