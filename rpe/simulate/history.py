"""Histories of simulations: summaries of every trial, means over agents, and chosen agents in full."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe._shown import brief

if TYPE_CHECKING:
    import xarray


class Trials(NamedTuple):
    """One number per agent and trial, each an array (n_agents, n_trials).

    The last nine exist only for a task that has units of work, and are None otherwise.

    Attributes
    ----------
    length : int
        Steps until the trial ended.
    reward, effort : float
        Undiscounted sums of what was received and spent, in reward units. Points and
        pseudo-rewards do not count.
    units : int
        Units done at the end.
    unit_steps : int
        Σ over steps of the units done before that step; what the procrastination index needs.
    units_late, units_last_third : float
        Units done in the last 20 % and in the last third of the time.
    completion_time : int
        Step by which the last unit was done; −1 if it never was.
    start_time : int
        Steps passed before the first step of work; `n_steps` if there was none.
    choices, worked, pairs, pairs_worked, pairs_both : int
        Steps that offered work, and in how many it was chosen; successive pairs of such steps, in
        how many the first was work, and in how many both were.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=12)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=3, n_trials=5, rng=0, record="all")
    >>> history.trials.units.shape  # agents, trials
    (3, 5)
    """

    length: Ints
    reward: Floats
    effort: Floats
    units: Ints | None = None
    unit_steps: Ints | None = None
    units_late: Floats | None = None
    units_last_third: Floats | None = None
    completion_time: Ints | None = None
    start_time: Ints | None = None
    choices: Ints | None = None
    worked: Ints | None = None
    pairs: Ints | None = None
    pairs_worked: Ints | None = None
    pairs_both: Ints | None = None

    def __repr__(self) -> str:
        return brief(self)


class Curves(NamedTuple):
    """Means over agents.

    Attributes
    ----------
    delta_mean, delta_variance : float array (n_trials, n_steps + 1)
        Prediction error on arriving at each moment of a trial, in reward units. Column 0 is the
        cue: the start of the trial, from a value of 0. Agents whose trial has ended count as 0.
    share_done : float array (n_trials, n_steps + 1) or None
        Mean share of units done at each moment; None for a task without units.
    sub_goal_error, goal_error : float array (n_trials,) or None
        Mean error on reaching a sub-goal but the last, and the last; NaN where nobody did.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=12)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=3, n_trials=5, rng=0, record="all")
    >>> history.curves.share_done.shape  # trials, steps
    (5, 13)
    """

    delta_mean: Floats
    delta_variance: Floats
    share_done: Floats | None = None
    sub_goal_error: Floats | None = None
    goal_error: Floats | None = None

    def __repr__(self) -> str:
        return brief(self)


class Full(NamedTuple):
    """Every step of the chosen agents.

    Attributes
    ----------
    agents : int array (n_recorded,)
        Which agents these are.
    state : int array (n_recorded, n_trials, n_steps + 1)
        The state at each moment; it stays where the trial ended.
    action : int array (n_recorded, n_trials, n_steps)
        What was done; −1 once the trial has ended.
    reward, effort : float array (n_recorded, n_trials, n_steps)
        What was received and spent, in reward units.
    delta : float array (n_recorded, n_trials, n_steps + 1)
        The signed prediction error on arrival; index 0 is the cue.
    units : int array (n_recorded, n_trials, n_steps + 1) or None
        Units of work done by each moment, or sub-goals reached within `rpe.envs.SubGoals`; None if
        nothing counts them.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=12)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=3, n_trials=5, rng=0, record="all")
    >>> history.full.action.shape  # agents, trials, steps
    (3, 5, 12)
    """

    agents: Ints
    state: Ints
    action: Ints
    reward: Floats
    effort: Floats
    delta: Floats
    units: Ints | None = None

    def __repr__(self) -> str:
        return brief(self)


@dataclass(frozen=True, eq=False)
class History:
    """History: the result of `rpe.simulate.run`.

    Attributes
    ----------
    task, agent
        What was simulated.
    n_agents, n_trials, n_steps : int
        Sizes; `n_steps` is the longest a trial can be.
    curves : Curves
        Means over agents.
    trials : Trials or None
        One number per agent and trial; None if only summaries were asked for.
    full : Full or None
        Chosen agents in full; None if there are none.
    memory
        What the agents know at the end, if it was asked for; else None.
    """

    task: Any
    agent: Any
    n_agents: int
    n_trials: int
    n_steps: int
    curves: Curves
    trials: Trials | None
    full: Full | None
    memory: Any = None

    def __repr__(self) -> str:
        full = 0 if self.full is None else len(self.full.agents)
        return (
            f"History({type(self.agent).__name__} on {type(self.task).__name__}: {self.n_agents} agents, "
            f"{self.n_trials} trials of up to {self.n_steps} steps, {full} agents in full)"
        )

    def to_xarray(self) -> "xarray.Dataset":
        """Return all that was recorded as labelled arrays; needs xarray.

        Dimensions are "agent", "trial", "moment" (0 is the cue, t the arrival after step t),
        "step", and "recorded_agent", whose coordinate says which agents these are. What was
        recorded in full carries the prefix ``full_``, as it covers these agents only.

        Returns
        -------
        xarray.Dataset

        Examples
        --------
        >>> import rpe
        >>> history = rpe.simulate.run(rpe.agents.QLearner(), rpe.tasks.bandit([0.2, 0.8]), n_agents=3, rng=0)
        >>> data = history.to_xarray()
        >>> data["reward"].dims, data["full_delta"].dims
        (('agent', 'trial'), ('recorded_agent', 'trial', 'moment'))
        """
        import xarray as xr

        found: dict[str, tuple[tuple[str, ...], Any]] = {}
        for name, array in self.curves._asdict().items():
            if array is not None:
                found[name] = (("trial", "moment")[: array.ndim], array)
        for name, array in ({} if self.trials is None else self.trials._asdict()).items():
            if array is not None:
                found[name] = (("agent", "trial"), array)
        for name, array in ({} if self.full is None else self.full._asdict()).items():
            if name != "agents" and array is not None:
                last = "step" if array.shape[-1] == self.n_steps else "moment"
                found[f"full_{name}"] = (("recorded_agent", "trial", last), array)
        coordinates: dict[str, Any] = {
            "agent": np.arange(self.n_agents),
            "trial": np.arange(self.n_trials),
            "step": np.arange(self.n_steps),
            "moment": np.arange(self.n_steps + 1),
            "recorded_agent": np.empty(0, dtype=np.int64) if self.full is None else self.full.agents,
        }
        about = {"agent": repr(self.agent), "task": repr(self.task)}
        return xr.Dataset(found, coordinates, about)


class Units(NamedTuple):
    """Units of work: how a task counts progress, as look-up tables.

    Where the infos of an environment count units, and not its states, a "state" here is a number of units.

    Attributes
    ----------
    done : int array (n_states,)
        Units done in each state; no step leads to fewer.
    n_units : int
        Units that make the task complete.
    is_goal : bool array (n_units + 1,)
        Whether a sub-goal stands at that number of units (the last included).
    is_work : bool array (n_actions,)
        Which actions are work.
    offers_work : bool array (n_states,)
        Whether some work can be chosen.
    """

    done: Ints
    n_units: int
    is_goal: Bools
    is_work: Bools
    offers_work: Bools

    @property
    def goals(self) -> Ints:
        """The numbers of units at which sub-goals stand."""
        return np.flatnonzero(self.is_goal)

    @property
    def by_units(self) -> bool:
        """Whether work is what brings a unit: it can be chosen, and no action is said to be work."""
        return bool(self.offers_work.any()) and not self.is_work.any()
