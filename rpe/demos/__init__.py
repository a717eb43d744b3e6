"""Live demos: pages in one HTML file that need no server (`rpe demo`), and sliders in a notebook.

================================  =====================================================================
what you want                     what to call
================================  =====================================================================
all live pages in one file        `write("demo.html")`
sliders in a notebook             `cue_shift()`, `micro_wins()`
sliders for a figure of your own  `demo` of a `View` with `Control`; `CueShift` and `MicroWins` are two
a live page of your own           `LivePage` with `Slider` and `Dataset`
================================  =====================================================================
"""

from typing import Any

from rpe.demos.controls import Control, View
from rpe.demos.live.html import write
from rpe.demos.live.page import Dataset, LivePage, Slider
from rpe.demos.views import CueShift, MicroWins
from rpe.demos.widgets import demo

__all__ = [
    "Control",
    "CueShift",
    "Dataset",
    "LivePage",
    "MicroWins",
    "Slider",
    "View",
    "cue_shift",
    "demo",
    "micro_wins",
    "write",
]


def __dir__() -> list[str]:
    return __all__


def cue_shift() -> Any:
    """Return sliders for the cue shift: learning rate, discount, traces, and the probability of reward.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    ModuleNotFoundError
        Without ipywidgets (the extra `demo`).

    Examples
    --------
    >>> import rpe
    >>> rpe.demos.cue_shift().view.sentence
    'In trial 200 the error is 0.814 at the cue and 0 at the reward.'
    """
    return demo(CueShift())


def micro_wins() -> Any:
    """Return sliders for micro wins against one goal: discounting, number of goals, deadline, pay and costs.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    ModuleNotFoundError
        Without ipywidgets (the extra `demo`).

    Examples
    --------
    >>> import rpe
    >>> rpe.demos.micro_wins().view.sentence
    'Procrastination index: one goal 0.7381, micro wins 0.1962. Finished in time: 0.9508 and 1.'
    """
    return demo(MicroWins())
