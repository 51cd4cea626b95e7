"""The colours of a share: from the ground of the theme to its accent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnstudio.ui import theme


def ramp() -> NDArray[np.uint8]:
    """256 rows of red, green, blue, alpha, in the colours of the theme as it is now."""
    ends = [theme.mix(theme.color("surface"), theme.color("line"), 0.25), theme.color("accent")]
    low, high = (np.array([end.red(), end.green(), end.blue(), 255], float) for end in ends)
    return np.linspace(low, high, 256).round().astype(np.uint8)
