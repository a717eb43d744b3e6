"""The compiled engine of linear TD(λ): what it takes, and its arrays."""

from importlib.util import find_spec

import numpy as np

from rpe._checks import Floats, Ints
from rpe.td._fast.serial_compound import Run, runs_of
from rpe.td._inputs import Trials
from rpe.td.learned import Record
from rpe.td.step_by_step import Rule

# Steps of agents, and agents that the fixed cost of a NumPy step is worth, from which loading the kernels pays.
_WORTH_LOADING, _FIXED = 2_000_000, 300
_WORTH_LOADING_ALONE = 2000


def saves_time(trials: Trials, rule: Rule, n_agents: int) -> bool:
    """Return whether a run is long enough to load the kernels for it, which depends on nothing but its size."""
    n_steps = trials.learns.size
    # One agent at a floor goes step by step in NumPy.
    alone = n_agents == 1 and rule.floored
    long_enough = n_steps >= _WORTH_LOADING_ALONE if alone else n_steps * (n_agents + _FIXED) >= _WORTH_LOADING
    return long_enough and find_spec("numba") is not None


def learn_compiled(trials: Trials, rule: Rule, start: Floats, kept: Record) -> Floats | None:
    """Learn all trials for all agents; return the weights (n_features, n_agents), or None where no kernel takes them.

    Kernels take what begins every trial anew and has one income for all agents: serial compounds of two agents or
    more, and any features of one agent whose values have a floor.
    """
    if not rule.reset or trials.reward.ndim == 3 or trials.pulse.ndim == 3:
        return None
    # Loops are compiled anew for arrays that lie otherwise in memory, or that nobody may change.
    kinds, learns = np.array(trials.kinds, order="C"), np.array(trials.learns, order="C")
    trials = trials._replace(kinds=kinds, learns=learns)
    weights = np.array(start, order="C")
    if weights.shape[1] == 1:
        if not rule.floored or rule.trace != "accumulating":
            return None
        _floored(trials, rule, weights, kept)
        return weights
    runs = [runs_of(x) for x in trials.kinds]
    found = [each for each in runs if each is not None]
    if len(found) < len(runs):
        return None
    _serial_compounds(trials, rule, found, weights, kept)
    return weights


def _floored(trials: Trials, rule: Rule, weights: Floats, kept: Record) -> None:
    from rpe.td._fast.compiled import floored_trials

    numbers = (float(np.ravel(each)[0]) for each in (rule.learning_rate, rule.discount, rule.decay))
    told = (*numbers, float(rule.value_floor), rule.bootstrap == "stale")
    w, (delta, value) = weights[:, 0].copy(), np.empty((2, *trials.learns.shape))
    floored_trials(trials.kinds, trials.kind, trials.reward + trials.pulse, trials.learns, told, w, delta, value)
    kept.fill(delta, value)
    weights[:, 0] = w


def _serial_compounds(trials: Trials, rule: Rule, runs: list[list[Run]], weights: Floats, kept: Record) -> None:
    from rpe.td._fast.compiled import serial_compounds

    rates = (rule.learning_rate, rule.discount, rule.decay)
    each = np.stack([np.broadcast_to(rate, weights.shape[1:]) for rate in rates])
    income, told = trials.reward + trials.pulse, _arrays(runs)
    floor, tables = float(rule.value_floor), kept.tables()
    serial_compounds(told, trials.kind, income, trials.learns, each, floor, weights, tables)


def _arrays(runs: list[list[Run]]) -> tuple[Ints, Ints, Floats]:
    """The runs of all kinds as arrays: runs, edges and levels of `rpe.td._fast.compiled.serial_compounds`."""
    rows, levels, n_levels = [], [np.zeros(0)], 0
    for run in (run for each in runs for run in each):
        rows.append((run.first, run.last, run.feature, -1 if run.level is None else n_levels))
        if run.level is not None:
            levels.append(run.level[:, 0])
            n_levels += len(run.level)
    edges = np.cumsum([0, *(len(each) for each in runs)])
    return np.array(rows, dtype=np.int64).reshape(-1, 4), edges, np.concatenate(levels)
