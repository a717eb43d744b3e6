"""Temporal-difference learning: the prediction errors, each equation once, and linear TD(λ)."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, agent_count, choice, flag, numbers, parameter, scalar

_BLOCK = 1 << 17
_LIMIT = 2 << 30
_IN_FULL = 64


def td_error(reward: Any, value: Any, next_value: Any, discount: Any) -> Any:
    """Return the TD error, δ = r + γ v′ − v.

    With v and v′ the values of the actions taken, this is the error of SARSA.

    Parameters
    ----------
    reward, value, next_value, discount : float or arrays that broadcast
        r and the values before and after, in reward units; γ, multiplied by 0 where the world
        ended. Nothing is checked, as this runs once per step.

    Returns
    -------
    float or array
        δ, signed, in reward units.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., Eq. 6.5.

    Examples
    --------
    >>> td_error(reward=1.0, value=0.5, next_value=2.0, discount=0.5)
    1.5
    """
    return reward + discount * next_value - value


def q_learning_error(reward: Any, value: Any, next_values: Any, discount: Any) -> Any:
    """Return the error of Q-learning, δ = r + γ max_a q′(a) − q.

    Parameters
    ----------
    reward, value, discount : float or array (...)
        As in `td_error`; `value` is that of the action taken.
    next_values : float array (n_actions, ...)
        q′ of every action in the next state; actions first.

    References
    ----------
    Sutton & Barto (2018), Eq. 6.8.

    Examples
    --------
    >>> float(q_learning_error(0.0, 1.0, [3.0, 2.0], 1.0))
    2.0
    """
    return td_error(reward, value, np.max(next_values, axis=0), discount)


def expected_sarsa_error(reward: Any, value: Any, next_values: Any, next_probabilities: Any, discount: Any) -> Any:
    """Return the error of expected SARSA, δ = r + γ Σ_a π′(a) q′(a) − q.

    Parameters
    ----------
    reward, value, discount : float or array (...)
        As in `td_error`; `value` is that of the action taken.
    next_values, next_probabilities : float array (n_actions, ...)
        q′ and π′ of every action in the next state; actions first.

    References
    ----------
    Sutton & Barto (2018), Eq. 6.9.

    Examples
    --------
    >>> float(expected_sarsa_error(0.0, 1.0, [3.0, 1.0], [0.5, 0.5], 1.0))
    1.0
    """
    mean = np.sum(np.multiply(next_probabilities, next_values), axis=0)
    return td_error(reward, value, mean, discount)


def average_reward_error(reward: Any, value: Any, next_value: Any, average_reward: Any, dwell: Any = 1.0) -> Any:
    """Return the error under average reward, δ = r − ρ τ + v′ − v.

    Parameters
    ----------
    reward, value, next_value : float or array
        As in `td_error`.
    average_reward : float or array
        ρ, reward units per unit of time.
    dwell : float or array
        τ, the time that the step took.

    References
    ----------
    Sutton & Barto (2018), Eq. 10.10, with the dwell time of Daw, N. D. & Touretzky, D. S. (2002).
    Long-term reward prediction in TD models of the dopamine system. Neural Computation 14(11),
    2567-2583. doi:10.1162/089976602760407973

    Examples
    --------
    >>> average_reward_error(1.0, 0.0, 0.0, average_reward=0.25, dwell=2.0)
    0.5
    """
    return reward - average_reward * dwell + next_value - value


def hyperbolic_td_error(reward: Any, value: Any, next_value: Any, k: Any, magnitude: Any = 1.0) -> Any:
    """Return the error of HDTD, δ = r + v′ / (1 + k v′/R) − v, whose fixed point is R / (1 + kτ).

    It discounts a single reward hyperbolically. A sequence of rewards is *not* discounted as the
    sum of hyperbolas, so this is not for comparing micro wins with one goal.

    Parameters
    ----------
    reward, value, next_value : float or array
        As in `td_error`.
    k : float or array
        Discount rate per step.
    magnitude : float or array
        R, the size of the reward; the scaling by it is provisional (from memory).

    References
    ----------
    Alexander, W. H. & Brown, J. W. (2010). Hyperbolically discounted temporal difference learning.
    Neural Computation 22(6), 1511-1527. doi:10.1162/neco.2010.08-09-1080

    Examples
    --------
    >>> float(hyperbolic_td_error(0.0, 0.5, 1.0, k=1.0))
    0.0
    """
    return reward + next_value / (1.0 + k * next_value / magnitude) - value


def lambda_errors(delta: Any, decay: Any, out: Floats | None = None) -> Floats:
    """Return λ-errors by one backward sweep, G_t = δ_t + c_{t+1} G_{t+1}.

    Adding G to the value before each step gives the λ-return.

    Parameters
    ----------
    delta : float array (n_steps, ...)
        Errors; time first.
    decay : float, or array that broadcasts with `delta`
        c = γλ, by which the trace is carried into each step; entry 0 of a time axis is not used.
    out : float array, optional
        Where to write; may be `delta` itself.

    Returns
    -------
    float array of the shape of `delta`

    References
    ----------
    Sutton & Barto (2018), Eq. 12.2 and exercise 12.1.

    Examples
    --------
    >>> import numpy as np
    >>> lambda_errors(np.array([0.0, 0.0, 1.0]), 0.5)
    array([0.25, 0.5 , 1.  ])
    """
    delta = np.asarray(delta, dtype=np.float64)
    if out is None:
        out = delta.copy()
    elif out is not delta:
        out[...] = delta
    per_step = np.ndim(decay) == delta.ndim and np.shape(decay)[0] == len(delta)
    for step in range(len(delta) - 2, -1, -1):
        out[step] += (decay[step + 1] if per_step else decay) * out[step + 1]
    return out


def lambda_return(reward: Any, value: Any, discount: Any, trace_decay: Any) -> Floats:
    """Return the λ-return of every step of a trial, after which the value is 0.

        G_t = r_{t+1} + γ[(1 − λ) v_{t+1} + λ G_{t+1}]

    Parameters
    ----------
    reward : float array (n_steps, ...)
        Reward on arriving after each step; time first.
    value : float array (n_steps, ...)
        Value of the state that each step leaves.
    discount, trace_decay : float or array (...)
        γ and λ in [0, 1].

    Returns
    -------
    float array (n_steps, ...)

    Raises
    ------
    TypeError, ValueError
        For NaN, parameters out of range, or shapes that do not match.

    References
    ----------
    Sutton & Barto (2018), Eq. 12.2 and 12.18.

    Examples
    --------
    >>> lambda_return([0.0, 1.0], [0.0, 0.0], discount=0.5, trace_decay=1.0)
    array([0.5, 1. ])
    """
    reward, value = numbers("reward", reward), numbers("value", value)
    if reward.ndim == 0 or reward.shape != value.shape:
        raise ValueError(f"reward and value must have the same shape (n_steps, ...); got {reward.shape}, {value.shape}")
    gamma, lam = parameter("discount", discount, 0, 1), parameter("trace_decay", trace_decay, 0, 1)
    ahead = np.concatenate([value[1:], np.zeros_like(value[:1])])
    return value + lambda_errors(td_error(reward, value, ahead, gamma), gamma * lam)


class Learned(NamedTuple):
    """What linear TD(λ) learned; time last.

    Attributes
    ----------
    delta : float array (n_recorded, n_trials, n_steps)
        Signed prediction errors on arrival, in reward units.
    value : float array (n_recorded, n_trials, n_steps)
        V at each step, before the update of that step, in reward units.
    weights : float array (n_agents, n_features)
        Weights at the end.
    delta_mean, delta_variance : float array (n_trials, n_steps)
        Mean and variance of the error over all agents.
    """

    delta: Floats
    value: Floats
    weights: Floats
    delta_mean: Floats
    delta_variance: Floats


class _Rule(NamedTuple):
    """The checked options of `learn` for a block of agents; parameters (n,) or ()."""

    learning_rate: Floats
    discount: Floats
    trace_decay: Floats
    bootstrap: str
    trace: str
    value_floor: float
    reset: bool


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
    record: str | None = None,
) -> Learned:
    """Learn values by linear TD(λ), trial after trial, for many agents at once.

    On arriving at step t, in this order,

        V_t = w·x_t,   δ_t = r_t + γ V_t − V_old + pulse_t,
        w ← w + α δ_t e,   e ← γλ e + x_t,   V_old = w·x_t.

    Before a trial the value is 0 and the trace empty, so δ_0 = r_0 + γ V_0: the burst at a cue
    falls in the cue's own bin, and the dip at an omission where the reward was due.

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
    record : {"all", "summary"}, optional
        Whether to return every agent's errors and values, or those of the first 64. By default
        all, if they take at most 2 GiB.

    Returns
    -------
    Learned

    Raises
    ------
    TypeError, ValueError
        For NaN, shapes that do not match, parameters out of range, or a record over 2 GiB.

    References
    ----------
    Ludvig, E. A., Sutton, R. S. & Kehoe, E. J. (2012). Evaluating the TD model of classical
    conditioning. Learning & Behavior 40, 305-319. doi:10.3758/s13420-012-0082-6

    Examples
    --------
    >>> import numpy as np
    >>> cue_then_reward = np.eye(3)
    >>> learned = learn(cue_then_reward, np.tile([0.0, 0.0, 1.0], (200, 1)), discount=1.0, learning_rate=0.5)
    >>> learned.delta[0, 0].round(2), learned.delta[0, -1].round(2)
    (array([0., 0., 1.]), array([1., 0., 0.]))
    """
    x, r, extra = _shapes(features, reward, pulse)
    parameters: dict[str, Any] = {
        "learning_rate": parameter("learning_rate", learning_rate, 0),
        "discount": parameter("discount", discount, 0, 1),
        "trace_decay": parameter("trace_decay", trace_decay, 0, 1),
    }
    each = np.zeros(max(r.shape[2], extra.shape[2]))
    n_agents = agent_count(**parameters, reward=each if each.size > 1 else np.zeros(()))
    weights = _initial(initial_weights, n_agents, x.shape[2])
    options: dict[str, Any] = {
        "bootstrap": choice("bootstrap", bootstrap, ("updated", "stale")),
        "trace": choice("trace", trace, ("accumulating", "replacing", "dutch")),
        "value_floor": -np.inf if value_floor is None else scalar("value_floor", value_floor),
        "reset": flag("reset", reset),
    }
    kept = _kept(record, n_agents, r.shape[:2])
    shape = r.shape[:2]
    delta, value = np.empty((*shape, kept)), np.empty((*shape, kept))
    total, square = np.zeros(shape), np.zeros(shape)
    size = max(1, _BLOCK // max(x.shape[1:]))
    chain = _chain(x) if reset else None
    for first in range(0, n_agents, size):
        block = slice(first, min(first + size, n_agents))
        n = block.stop - block.start
        own: dict[str, Any] = {name: _of(a, block) for name, a in parameters.items()}
        rule = _Rule(**own, **options)
        w, step_delta, step_value = weights[:, block], np.empty((shape[1], n)), np.empty((shape[1], n))
        memory = (np.zeros((x.shape[2], n)), np.zeros(n))
        shown = slice(block.start, min(block.stop, kept))
        for trial in range(shape[0]):
            paid = _of(r[trial], block), _of(extra[trial], block)
            if chain is not None:
                _chain_trial(chain[trial], *paid, w, rule, step_delta, step_value)
            else:
                memory = _trial(x[trial], *paid, w, rule, memory, step_delta, step_value)
            total[trial] += step_delta.sum(axis=1)
            square[trial] += (step_delta**2).sum(axis=1)
            if shown.start < shown.stop:
                delta[trial][:, shown] = step_delta[:, : shown.stop - shown.start]
                value[trial][:, shown] = step_value[:, : shown.stop - shown.start]
    mean = total / n_agents
    variance = np.maximum(square / n_agents - mean**2, 0.0)
    return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), weights.T, mean, variance)


def _trial(
    x: Floats,
    reward: Floats,
    pulse: Floats,
    w: Floats,
    rule: _Rule,
    memory: tuple[Floats, Floats],
    out: Floats,
    v: Floats,
) -> tuple[Floats, Floats]:
    """One trial, step by step; changes the weights `w` (n_features, n) in place."""
    e, old = memory
    if rule.reset:
        e, old = np.zeros_like(e), np.zeros_like(old)
    decay = rule.discount * rule.trace_decay
    for step, now in enumerate(x):
        v[step] = np.maximum(now @ w, rule.value_floor)
        out[step] = td_error(reward[step], old, v[step], rule.discount) + pulse[step]
        w += rule.learning_rate * out[step] * e
        e *= decay
        if rule.trace == "replacing":
            e = np.where(now[:, None] != 0, now[:, None], e)
        elif rule.trace == "dutch":
            e += (1 - rule.learning_rate * (now @ e)) * now[:, None]
        else:
            e += now[:, None]
        old = np.maximum(now @ w, rule.value_floor) if rule.bootstrap == "updated" else v[step].copy()
    return e, old


def _chain_trial(
    places: tuple[Ints, Bools], reward: Floats, pulse: Floats, w: Floats, rule: _Rule, out: Floats, v: Floats
) -> None:
    """One trial of a chain without revisits, all at once: its errors depend on the values at its start alone."""
    feature, present = places
    v[...] = w[feature]
    v[~present] = 0.0
    np.maximum(v, rule.value_floor, out=v)
    out[...] = reward + pulse
    out += rule.discount * v
    out[1:] -= v[:-1]
    errors = out
    if rule.trace_decay.any():
        errors = lambda_errors(out, rule.discount * rule.trace_decay)
    ahead = present[:-1]
    w[feature[:-1][ahead]] += rule.learning_rate * errors[1:][ahead]


def _chain(x: Floats) -> list[tuple[Ints, Bools]] | None:
    """Feature and presence at each step of each trial, if every feature is on at most once, alone, and at 1."""
    on = x != 0
    if not ((x[on] == 1).all() and (on.sum(axis=2) <= 1).all() and (on.sum(axis=1) <= 1).all()):
        return None
    return [(trial.argmax(axis=1), trial.any(axis=1)) for trial in on]


def _shapes(features: Any, reward: Any, pulse: Any) -> tuple[Floats, Floats, Floats]:
    """Features (n_trials, n_steps, n_features), reward and pulse (n_trials, n_steps, n or 1)."""
    x, r = numbers("features", features), numbers("reward", reward)
    if r.ndim not in (2, 3) or 0 in r.shape:
        raise ValueError(f"reward must have shape (n_trials, n_steps) or (n_agents, n_trials, n_steps); got {r.shape}")
    if x.ndim == 2:
        x = np.broadcast_to(x, (r.shape[-2], *x.shape))
    if x.ndim != 3 or x.shape[:2] != r.shape[-2:] or 0 in x.shape:
        raise ValueError(
            f"features must have shape ({r.shape[-2]}, {r.shape[-1]}, n_features) to match reward; got {x.shape}"
        )
    p = numbers("pulse", pulse)
    try:
        p = np.broadcast_to(p, np.broadcast_shapes(p.shape, r.shape))
    except ValueError as error:
        raise ValueError(f"pulse must broadcast to reward {r.shape}; got {p.shape}") from error
    if p.shape[-2:] != r.shape[-2:] or p.ndim > 3:
        raise ValueError(f"pulse must broadcast to reward {r.shape}; got {p.shape}")
    return x, _time_first(r), _time_first(p)


def _time_first(array: Floats) -> Floats:
    return array[..., None] if array.ndim == 2 else np.ascontiguousarray(np.moveaxis(array, 0, 2))


def _initial(weights: Any, n_agents: int, n_features: int) -> Floats:
    """The initial weights, (n_features, n_agents)."""
    start = numbers("initial_weights", weights)
    if start.shape not in ((), (n_features,), (n_agents, n_features)):
        raise ValueError(
            f"initial_weights must be a number or have shape ({n_features},) or ({n_agents}, {n_features}); "
            f"got {start.shape}"
        )
    return np.broadcast_to(start, (n_agents, n_features)).T.copy()


def _kept(record: str | None, n_agents: int, shape: tuple[int, ...]) -> int:
    """How many agents to return in full."""
    size = 2 * 8 * n_agents * shape[0] * shape[1]
    if record is not None and choice("record", record, ("all", "summary")) == "summary":
        return min(n_agents, _IN_FULL)
    if size > _LIMIT:
        raise ValueError(
            f"record must need at most {_LIMIT / 2**30:.0f} GiB; all agents would need {size / 2**30:.1f} GiB. "
            "record='summary' keeps means, variances and the first 64 agents"
        )
    return n_agents


def _of(array: Floats, block: slice) -> Floats:
    """The part of an array (..., n) that belongs to a block of agents; what is shared stays."""
    return array if array.ndim == 0 or array.shape[-1] == 1 else array[..., block]
