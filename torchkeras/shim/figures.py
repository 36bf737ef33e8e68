"""A matplotlib backend for cells and documents: `plt.show()` hands the figures to the screen of the run.

matplotlib loads it by the name in MPLBACKEND, and nothing else does.
"""

from __future__ import annotations

from typing import Any

from matplotlib._pylab_helpers import Gcf  # noqa: TID253
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas  # noqa: TID253

from torchkeras.shim import screens

__all__ = ["FigureCanvas", "show"]

NAME = f"module://{__name__}"


def show(*_: Any, **__: Any) -> None:
    """Shows all open figures, as at the end of a notebook's cell, and closes them."""
    for manager in Gcf.get_all_fig_managers():
        if screens.current is not None:
            screens.current.show(manager.canvas.figure)
    Gcf.destroy_all()
