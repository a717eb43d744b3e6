"""Which engine simulates: compiled kernels where they are installed, take the agent, and save time; else NumPy."""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

from rpe._checks import Floats
from rpe.mechanisms import Mechanism
from rpe.simulate._fast.many_agents import ManyAgents, takes_many
from rpe.simulate._fast.preparing import Prepared, takes
from rpe.simulate._fast.single_agent import SingleAgent, takes_alone
from rpe.simulate.page import Page
from rpe.simulate.worlds import TabulatedWorld, World

PageOfTrials = Callable[[Floats, Page], None]

# Agent-steps, and agents that the fixed cost of a NumPy step is worth, from which loading the kernels pays.
_WORTH_LOADING, _FIXED = 2_000_000, 300


def saves_time(n_agents: int, n_trials: int, n_steps: int) -> bool:
    """Return whether a run is long enough to load the kernels for it.

    It depends on nothing but the size of the run, so that a run is the same whatever ran before.
    """
    long_enough = n_trials * n_steps * (n_agents + _FIXED) >= _WORTH_LOADING
    return long_enough and find_spec("numba") is not None


def fast_way(agent: Any, memory: Any, world: World, page: Page, *, compiles: bool) -> PageOfTrials | None:
    """Return what simulates pages faster than the agent's own methods, with the same results; None if nothing does.

    Parameters
    ----------
    agent, memory, world, page
        Of one chunk of agents.
    compiles : bool
        Whether compiled kernels may be used.
    """
    if not isinstance(world, TabulatedWorld):
        return None
    if isinstance(agent, Mechanism):
        agent, memory = agent._passed_on(memory)
    if compiles and takes(agent, memory):
        from rpe.simulate._fast.kernel import simulate_page

        return partial(Prepared(agent, memory, world, page).simulate, simulate_page)
    if takes_alone(agent, memory):
        return SingleAgent(agent, memory, world, page).simulate
    return ManyAgents(agent, memory, world, page).simulate if takes_many(agent, memory) else None
