"""What of a run's curves is drawn: the gap, the learning rate, how much is smoothed; and the way back from a zoom."""

from __future__ import annotations

from nnstudio.series import Series
from nnstudio.ui.panels.parts.header import Header, tool_button
from nnstudio.ui.panels.parts.view_menu import ViewMenu

SMOOTHED = {"none": (0.0, 1), "light": (0.01, 3), "usual": (0.04, 9), "strong": (0.15, 25)}
"""Of the whole run, the share that one mean goes over, and the fewest steps."""


class CurveView(ViewMenu):
    """In a panel's header. `back` is to be seen while the plot shows a part alone."""

    def __init__(self, header: Header, *, rated: bool) -> None:
        super().__init__("")
        self.back = tool_button("fit", self.tr("Show the whole run again (double-click, or Home)"))
        self.back.hide()
        header.add_control(self.back, always=True)
        self.set_tip(self.tr("What is drawn"))
        tip = self.tr("Between train and test: how much better it does on samples that it has seen")
        self.gap = self.add_tick(self.tr("Gap between train and test"), tip)
        tip = self.tr("How the learning rate goes over the run, in a strip below")
        self.rate = self.add_tick(self.tr("Learning rate"), tip, on=rated)
        names = (self.tr("not at all"), self.tr("a little"), self.tr("as usual"), self.tr("strongly"))
        self.smoothing = self.add_choice(self.tr("Smooth"), list(zip(SMOOTHED, names, strict=True)), "usual")
        header.add_control(self)

    def mean_over(self, series: Series) -> int:
        """Over how many steps a mean goes."""
        share, fewest = SMOOTHED[self.smoothing.chosen]
        return max(fewest, round(len(series) * share)) | 1
