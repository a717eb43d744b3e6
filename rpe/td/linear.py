"""Linear TD(λ), trial after trial, for many agents at once."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, agent_count, checked_engine, choice, flag, hinting, parameter, scalar
from rpe.td._fast import learn_trials
from rpe.td._inputs import Trials, first_weights, income_of, kinds_of, learning_mask
from rpe.td.learned import Learned, Record, Recorded, kept_in_full
from rpe.td.step_by_step import Bootstrap, Rule, Trace


@hinting
def learn(
    features: npt.ArrayLike,
    reward: npt.ArrayLike,
    *,
    learning_rate: npt.ArrayLike = 0.1,
    discount: npt.ArrayLike = 0.98,
    trace_decay: npt.ArrayLike = 0.0,
    initial_weights: npt.ArrayLike = 0.0,
    bootstrap: Bootstrap = "updated",
    trace: Trace = "accumulating",
    value_floor: float | None = None,
    reset: bool = True,
    pulse: npt.ArrayLike = 0.0,
    learning: npt.ArrayLike = True,
    record: Recorded = "summary",
    engine: Literal["auto", "numpy", "numba"] = "auto",
) -> Learned:
    """Linear TD(λ): learn values trial after trial, for many agents at once.

    On arriving at step t, in this order,

        V_t = w·x_t,   δ_t = r_t + γ V_t − V_old + pulse_t,
        w ← w + α δ_t e,   e ← γλ e + x_t,   V_old = w·x_t.

    Before a trial the value is 0 and the trace empty, so δ_0 = r_0 + γ V_0: the burst at a cue
    falls in the cue's own bin, and the dip at an omission where the reward was due.

    Agents share the features and nothing else: row i of a batch is a run alone, up to rounding.
    `rpe.td.step_by_step` states the rule as code; wherever that is exact, whole trials are computed
    at once.

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
    engine : {"auto", "numpy", "numba"}
        What computes. "numba" runs compiled loops (the extra `fast`) over serial compounds of several agents, and
        over any features of one agent whose values have a floor; "auto" does so for long runs where Numba is
        installed. Errors, values and weights are the same to the bit for agents with discounts or trace decays of
        their own, all else to 1e-12. What has rewards or pulses per agent, or runs on between trials, is computed by
        NumPy whatever is asked for.

    Returns
    -------
    Learned

    Raises
    ------
    TypeError, ValueError
        For NaN, shapes that do not match, parameters out of range, or a record over 2 GiB (the
        message states its size).
    ModuleNotFoundError
        For `engine="numba"` without Numba.

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
    choice("bootstrap", bootstrap, get_args(Bootstrap))
    choice("trace", trace, get_args(Trace))
    rates = {
        "learning_rate": parameter("learning_rate", learning_rate, 0),
        "discount": parameter("discount", discount, 0, 1),
        "trace_decay": parameter("trace_decay", trace_decay, 0, 1),
    }
    n_agents = _n_agents(rates, r, p)
    rule = Rule(
        **{name: _shared(values) for name, values in rates.items()},
        bootstrap=bootstrap,
        trace=trace,
        value_floor=-np.inf if value_floor is None else scalar("value_floor", value_floor),
        reset=flag("reset", reset),
    )
    trials = Trials(kinds, kind, r, p, learning_mask(learning, shape))
    start = first_weights(initial_weights, n_agents, kinds.shape[2])
    chosen = checked_engine(engine)
    kept = Record(shape, kept_in_full(record, n_agents, shape), n_agents)
    return kept.learned(learn_trials(trials, rule, start, kept, chosen))


def _shared(values: Floats) -> Floats:
    """A parameter, as a number if all agents have the same."""
    return values.flat[:1].reshape(()) if (values == values.flat[0]).all() else values


def _n_agents(rates: dict[str, Floats], reward: Floats, pulse: Floats) -> int:
    each = {name: array[:, 0, 0] for name, array in (("reward", reward), ("pulse", pulse)) if array.ndim == 3}
    return agent_count(**rates, **each)
