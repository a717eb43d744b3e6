"""Which engine simulates: compiled kernels where they are installed, take the agent, and save time; else NumPy."""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

from rpe._checks import Floats, choice
from rpe.simulate._fast.preparing import Prepared, takes
from rpe.simulate.page import Page
from rpe.simulate.worlds import TabulatedWorld, World

PageOfTrials = Callable[[Floats, Page], None]

# Agent-steps, and agents that the fixed cost of a NumPy step is worth, from which loading the kernels pays.
_WORTH_LOADING, _FIXED = 2_000_000, 300


def checked_engine(engine: str) -> str:
    """Return the name of an engine.

    Raises
    ------
    ValueError
        If there is none of that name.
    ModuleNotFoundError
        If it is "numba", and Numba is not installed.
    """
    engine = choice("engine", engine, ("auto", "numpy", "numba"))
    if engine == "numba" and find_spec("numba") is None:
        raise ModuleNotFoundError('engine="numba" needs Numba: pip install "rpe[fast]"')
    return engine


def saves_time(n_agents: int, n_trials: int, n_steps: int) -> bool:
    """Return whether a run is long enough to load the kernels for it.

    It depends on nothing but the size of the run, so that a run is the same whatever ran before.
    """
    return n_trials * n_steps * (n_agents + _FIXED) >= _WORTH_LOADING and find_spec("numba") is not None


def compiled(agent: Any, memory: Any, world: World, page: Page) -> PageOfTrials | None:
    """Return what simulates pages by compiled kernels, or None if these do not take the agent or its world."""
    if not isinstance(world, TabulatedWorld) or not takes(agent, memory):
        return None
    from rpe.simulate._fast.kernel import simulate_page

    return partial(Prepared(agent, memory, world, page).simulate, simulate_page)
