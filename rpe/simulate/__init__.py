"""Simulation: agents × task → `History`, many agents at once.

==========================================  ====================================
what you want                               what to call
==========================================  ====================================
simulate agents on a task                   `run`
means over agents, trial by trial           `History.curves`
one number per agent and trial              `History.trials`
every step of chosen agents                 `History.full`
labelled arrays                             `History.to_xarray`
==========================================  ====================================
"""

from rpe.simulate.history import Curves, Full, History, Trials
from rpe.simulate.run import run

__all__ = ["Curves", "Full", "History", "Trials", "run"]


def __dir__() -> list[str]:
    return __all__
