"""Linear TD(λ), trial after trial, for many agents at once."""

from functools import partial
from typing import Any

import numpy as np

from rpe._checks import Floats, agent_count, choice, flag, parameter, scalar
from rpe.td.alone import is_worth_it, learn_alone
from rpe.td.chain import Chains, runs_of
from rpe.td.inputs import Trials, first_weights, income_of, kinds_of, learning_mask
from rpe.td.plan import Plans
from rpe.td.record import Learned, Record, kept_in_full
from rpe.td.rule import Rule, aligned
from rpe.td.shared import SharedTrace
from rpe.td.spans import Spans, Steps

# Numbers in each table of a block of agents, so that all tables of a block stay in the cache.
_BLOCK = 1 << 16
# With its usual buffer of 8192 numbers NumPy copies a row of parameters before it multiplies a table by it.
_BUFFER = 1024


def learn(
    features: Any,
    reward: Any,
    *,
    learning_rate: Any = 0.1,
    discount: Any = 0.98,
    trace_decay: Any = 0.0,
    initial_weights: Any = 0.0,
    bootstrap: str = "updated",
    trace: str = "accumulating",
    value_floor: float | None = None,
    reset: bool = True,
    pulse: Any = 0.0,
    learning: Any = True,
    record: str = "summary",
) -> Learned:
    """Learn values by linear TD(λ), trial after trial, for many agents at once.

    On arriving at step t, in this order,

        V_t = w·x_t,   δ_t = r_t + γ V_t − V_old + pulse_t,
        w ← w + α δ_t e,   e ← γλ e + x_t,   V_old = w·x_t.

    Before a trial the value is 0 and the trace empty, so δ_0 = r_0 + γ V_0: the burst at a cue
    falls in the cue's own bin, and the dip at an omission where the reward was due.

    Agents share the features and are otherwise apart: row i of a batch is a run alone, up to rounding.
    Features of trials that are alike are analysed once, and wherever that is exact a whole trial is
    computed at once.

    Parameters
    ----------
    features : float array (n_trials, n_steps, n_features) or (n_steps, n_features)
        x; without a trial axis the same in every trial.
    reward : float array (n_trials, n_steps) or (n_agents, n_trials, n_steps)
        r on arrival, in reward units.
    learning_rate, discount, trace_decay : float or array (n_agents,)
        α ≥ 0, γ and λ in [0, 1], per step.
    initial_weights : float, or array (n_features,) or (n_agents, n_features)
        w at the start.
    bootstrap : {"updated", "stale"}
        Whether V_old is read with the weights after the update of its step, or with those before.
    trace : {"accumulating", "replacing", "dutch"}
        e ← γλe + x; or e ← x where x is not 0; or e ← γλe + (1 − αγλ e·x) x.
    value_floor : float, optional
        Values are not read as lower than this.
    reset : bool
        Whether value and trace are 0 before each trial; otherwise time runs on.
    pulse : float, or array that broadcasts to `reward`
        Stimulation (or inhibition) added to the error, in reward units.
    learning : bool, or bool array (n_trials,) or (n_trials, n_steps)
        Where False, as in a probe trial, errors are computed and the trace runs, but the weights stay.
    record : {"summary", "all", "none"}
        Which errors and values to return: those of the first 64 agents, with the mean and variance
        of the errors over all agents; those of every agent, with both; or none.

    Returns
    -------
    Learned

    Raises
    ------
    TypeError, ValueError
        For NaN, shapes that do not match, parameters out of range, or a record over 2 GiB (the
        message states its size).

    References
    ----------
    Ludvig, E. A., Sutton, R. S. & Kehoe, E. J. (2012). Evaluating the TD model of classical
    conditioning. Learning & Behavior 40, 305-319. doi:10.3758/s13420-012-0082-6

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> cue_then_reward = np.eye(3)
    >>> reward = np.tile([0.0, 0.0, 1.0], (200, 1))
    >>> learned = rpe.td.learn(cue_then_reward, reward, discount=1.0, learning_rate=0.5)
    >>> learned.delta[0, 0].round(2), learned.delta[0, -1].round(2)
    (array([0., 0., 1.]), array([1., 0., 0.]))
    """
    r, p = income_of(reward, pulse)
    shape = r.shape[-2:]
    kinds, kind = kinds_of(features, *shape)
    rule = Rule(
        learning_rate=_shared(parameter("learning_rate", learning_rate, 0)),
        discount=_shared(parameter("discount", discount, 0, 1)),
        trace_decay=_shared(parameter("trace_decay", trace_decay, 0, 1)),
        bootstrap=choice("bootstrap", bootstrap, ("updated", "stale")),
        trace=choice("trace", trace, ("accumulating", "replacing", "dutch")),
        value_floor=-np.inf if value_floor is None else scalar("value_floor", value_floor),
        reset=flag("reset", reset),
    )
    trials = Trials(kinds, kind, r, p, learning_mask(learning, shape))
    n_agents = _n_agents(rule, r, p)
    start = first_weights(initial_weights, n_agents, kinds.shape[2])
    kept = Record(shape, kept_in_full(record, n_agents, shape), n_agents)
    if is_worth_it(trials, rule, n_agents):
        weights = start.copy()
        kept.fill(*learn_alone(trials, rule, weights))
        return kept.learned(weights)
    weights, size, paths = np.empty(start.shape), _size(kinds), _Paths(trials, rule)
    with np.errstate():
        np.setbufsize(_BUFFER)
        for first in range(0, n_agents, size):
            block = slice(first, min(first + size, n_agents))
            w = aligned(len(start), block.stop - first)
            w[...] = start[:, block]
            paths.run(block, w, kept)
            weights[:, block] = w
    return kept.learned(weights)


class _Paths:
    """The ways to learn a trial, chosen by its features and the rule."""

    def __init__(self, trials: Trials, rule: Rule) -> None:
        self._trials, self._rule = trials, rule
        self._runs = [runs_of(x) if rule.reset else None for x in trials.kinds]
        self._plans = Plans(trials.kinds, rule)

    def run(self, block: slice, w: Floats, kept: Record) -> None:
        """Run a block of agents through all trials; their weights `w` (n_features, n) change in place."""
        trials, rule, shown = self._trials, _rule_of(self._rule, block), kept.shown(block)
        n_steps, n = trials.kinds.shape[1], w.shape[1]
        general, chains = self._general(rule, n), Chains(self._runs, rule, n_steps, n)
        paths: list[Chains | SharedTrace | Spans | Steps] = [general if run is None else chains for run in self._runs]
        for trial, kind in enumerate(trials.kind.tolist()):
            income = _of(trials.reward, block, trial) + _of(trials.pulse, block, trial)
            note = partial(kept.note, trial, block.start)
            paths[kind].trial(kind, income, trials.learns[trial], w, shown, note)

    def _general(self, rule: Rule, n: int) -> SharedTrace | Spans | Steps:
        """The fastest way for any features."""
        if rule.shares_trace:
            return SharedTrace(self._plans, rule, n)
        return (Steps if rule.trace == "replacing" else Spans)(self._trials.kinds, rule, n)


def _size(kinds: Floats) -> int:
    """How many agents make a block: a multiple of the 8 numbers of a cache line."""
    return max(8, _BLOCK // max(kinds.shape[1:]) // 8 * 8)


def _shared(values: Floats) -> Floats:
    """A parameter, as a number if there is only one."""
    return values.reshape(()) if values.size == 1 else values


def _n_agents(rule: Rule, reward: Floats, pulse: Floats) -> int:
    each = {name: array[:, 0, 0] for name, array in (("reward", reward), ("pulse", pulse)) if array.ndim == 3}
    return agent_count(learning_rate=rule.learning_rate, discount=rule.discount, trace_decay=rule.trace_decay, **each)


def _rule_of(rule: Rule, block: slice) -> Rule:
    """The rule of a block of agents."""
    names = ("learning_rate", "discount", "trace_decay")
    return rule._replace(**{name: getattr(rule, name)[block] for name in names if getattr(rule, name).ndim})


def _of(income: Floats, block: slice, trial: int) -> Floats:
    """Reward or pulse of a trial for a block of agents, (n_steps, n) or (n_steps, 1)."""
    if income.ndim == 2:
        return income[trial, :, None]
    return income[block if len(income) > 1 else slice(None), trial].T
