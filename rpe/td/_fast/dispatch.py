"""Which path learns which trial, block of agents by block of agents."""

from functools import partial

import numpy as np

from rpe._checks import Floats
from rpe.td._fast.engine import learn_compiled
from rpe.td._fast.engine import saves_time as compiling_saves_time
from rpe.td._fast.memory_layout import aligned
from rpe.td._fast.serial_compound import SerialCompound, runs_of
from rpe.td._fast.shared_trace import SharedTrace
from rpe.td._fast.single_agent import learn_single_agent, saves_time
from rpe.td._fast.spans import Spans
from rpe.td._fast.trial_matrices import MatrixStore
from rpe.td._inputs import Trials
from rpe.td.learned import Record
from rpe.td.step_by_step import Rule, StepByStep

# Numbers in each table of a block of agents (512 KB), so that all tables of a block stay in the cache.
_BLOCK = 1 << 16
# With its usual buffer of 8192 numbers NumPy copies a row of parameters before it multiplies a table by it.
_BUFFER = 1024


def learn_trials(trials: Trials, rule: Rule, start: Floats, kept: Record, engine: str = "numpy") -> Floats:
    """Learn all trials for all agents; return the weights (n_features, n_agents) at the end.

    Parameters
    ----------
    trials : Trials
    rule : Rule
        For all agents.
    start : float array (n_features, n_agents)
        Weights at the start, perhaps a view that repeats.
    kept : Record
        Takes errors and values.
    engine : {"auto", "numpy", "numba"}
    """
    n_agents = start.shape[1]
    if engine == "numba" or (engine == "auto" and compiling_saves_time(trials, rule, n_agents)):
        learned = learn_compiled(trials, rule, start, kept)
        if learned is not None:
            return learned
    if saves_time(trials, rule, n_agents):
        weights = start.copy()
        kept.fill(*learn_single_agent(trials, rule, weights))
        return weights
    weights, size, paths = np.empty(start.shape), _block_size(trials.kinds), _Paths(trials, rule)
    # `errstate` also restores the size of the buffer.
    with np.errstate():
        np.setbufsize(_BUFFER)
        for first in range(0, n_agents, size):
            block = slice(first, min(first + size, n_agents))
            w = aligned(len(start), block.stop - first)
            w[...] = start[:, block]
            paths.run(block, w, kept)
            weights[:, block] = w
    return weights


class _Paths:
    """The paths for the trials of one call, chosen by the features of each and by the rule."""

    def __init__(self, trials: Trials, rule: Rule) -> None:
        self._trials, self._rule = trials, rule
        # Without a reset the trace enters from the trial before, so that features may be revisited.
        self._runs = [runs_of(x) if rule.reset else None for x in trials.kinds]
        self._matrices = MatrixStore(trials.kinds, rule)

    def run(self, block: slice, w: Floats, kept: Record) -> None:
        """Run a block of agents through all trials; their weights `w` (n_features, n) change in place."""
        trials, rule, shown = self._trials, _rule_of(self._rule, block), kept.shown(block)
        n_steps, n = trials.kinds.shape[1], w.shape[1]
        general, serial = self._general(rule, n), SerialCompound(self._runs, rule, n_steps, n)
        paths: list[SerialCompound | SharedTrace | Spans | StepByStep] = [
            general if runs is None else serial for runs in self._runs
        ]
        for trial, kind in enumerate(trials.kind.tolist()):
            income = _income_of(trials.reward, block, trial) + _income_of(trials.pulse, block, trial)
            note = partial(kept.note, trial, block.start)
            paths[kind].trial(kind, income, trials.learns[trial], w, shown, note)

    def _general(self, rule: Rule, n: int) -> SharedTrace | Spans | StepByStep:
        """The fastest path for any features; a replacing trace is no mixture, so `Spans` cannot hold it."""
        if rule.shares_trace:
            return SharedTrace(self._matrices, rule, n)
        return (StepByStep if rule.trace == "replacing" else Spans)(self._trials.kinds, rule, n)


def _block_size(kinds: Floats) -> int:
    """How many agents make a block: a multiple of the 8 numbers of a cache line."""
    return max(8, _BLOCK // max(kinds.shape[1:]) // 8 * 8)


def _rule_of(rule: Rule, block: slice) -> Rule:
    """The rule of a block of agents."""
    names = ("learning_rate", "discount", "trace_decay")
    return rule._replace(**{name: getattr(rule, name)[block] for name in names if getattr(rule, name).ndim})


def _income_of(income: Floats, block: slice, trial: int) -> Floats:
    """Reward or pulse of a trial for a block of agents, (n_steps, n) or (n_steps, 1)."""
    if income.ndim == 2:
        return income[trial, :, None]
    return income[block if len(income) > 1 else slice(None), trial].T
