"""TD(0) in continuous time: a background state between stimuli, with gaps of any length in closed form."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Floats, Ints, choice
from rpe.schedules import Schedule
from rpe.td._inputs import Kinds
from rpe.td.errors import average_reward_error
from rpe.theories._manipulated import Manipulated


class States(NamedTuple):
    """Features of which only a few are on at a time; the last row of weights belongs to the background.

    Attributes
    ----------
    place : int array (n_trials, n_steps, n_on)
        The rows of the weights. The background has row `n_rows` − 1; row `n_rows` stands for none.
    level : float array (n_trials, n_steps, n_on)
        By what the weights are multiplied for the value; 0 where there is none.
    credit : float array (n_trials, n_steps, n_on)
        By what the error of the next step is multiplied for the weights; mostly the level.
    n_rows : int
        Number of weights, background included.
    """

    place: Ints
    level: Floats
    credit: Floats
    n_rows: int


class Run(NamedTuple):
    """What was learned: errors and values (n_trials, n_steps, n), weights (n_rows, n), and ρ as the errors."""

    delta: Floats
    value: Floats
    weights: Floats
    rate: Floats


class Rates(NamedTuple):
    """α and γ per step, each (n,) or (), whether V_old is read after the update; and η, of the average reward."""

    learning_rate: Floats
    discount: Floats
    bootstrap: str = "updated"
    rate_learning_rate: Floats = np.zeros(())


def states_of(x: Floats) -> States:
    """Return features (n_trials, n_steps, n_features) as states, with the background on where no feature is."""
    n_trials, n_steps, n_features = x.shape
    # Of booleans, few of which are true, the true ones are found in a fraction of the time.
    on = np.flatnonzero(np.ravel(x != 0))
    row, feature = np.divmod(on, n_features)
    counts = np.bincount(row, minlength=n_trials * n_steps)
    rank = np.arange(len(row)) - (np.cumsum(counts) - counts)[row]
    place = np.full((n_trials * n_steps, max(int(counts.max()), 1)), n_features + 1)
    level = np.zeros(place.shape)
    place[row, rank], level[row, rank] = feature, np.ravel(x)[on]
    place[counts == 0, 0], level[counts == 0, 0] = n_features, 1.0
    shape = (n_trials, n_steps, -1)
    return States(place.reshape(shape), level.reshape(shape), level.reshape(shape), n_features + 1)


def states_of_kinds(x: Kinds) -> States:
    """Return the same of features that many trials share."""
    each = states_of(x.kinds)
    return States(each.place[x.kind], each.level[x.kind], each.credit[x.kind], each.n_rows)


def step_by_step(states: States, schedule: Schedule, rates: Rates, n: int) -> Run:
    """Learn through all trials and the gaps between them.

        δ_t = r_t − ρ dt + γ V_t − V_old + pulse_t,   w ← w + α δ_t c_{t−1},   ρ ← ρ + η δ_t

    with c the credit. Before the first trial the state is the background. In probe trials, and in the gaps after them,
    nothing is learned.
    """
    stale = choice("bootstrap", rates.bootstrap, ("updated", "stale")) == "stale"
    w, rho = np.zeros((states.n_rows + 1, n)), np.zeros(n)
    income = schedule.reward + schedule.pulse
    delta, value, rate = np.empty((3, *income.shape, n))
    gaps = np.round(schedule.gap / schedule.dt).astype(int)
    change = Manipulated(schedule)
    before, old = (np.array([states.n_rows - 1]), np.ones(1)), np.zeros(n)
    for trial, paid in enumerate(income.tolist()):
        learns = schedule.learning[trial].tolist()
        for step, reward in enumerate(paid):
            now, level = states.place[trial, step], states.level[trial, step]
            v = np.dot(level, w[now])
            error = average_reward_error(reward, old, rates.discount * v, rho, schedule.dt)
            error = change(error, trial, step)
            delta[trial, step], value[trial, step], rate[trial, step] = error, v, rho
            if learns[step]:
                w[before[0]] += before[1][:, None] * (rates.learning_rate * error)
                rho = rho + rates.rate_learning_rate * error
            old = v if stale else np.dot(level, w[now])
            before = now, states.credit[trial, step]
        if gaps[trial]:
            old, rho = _gap(w, rho, old, before, gaps[trial], schedule.dt, rates, learns[-1])
            before = np.array([states.n_rows - 1]), np.ones(1)
    return Run(delta, value, w[:-1], rate)


def _gap(
    w: Floats,
    rho: Floats,
    old: Floats,
    before: tuple[Ints, Floats],
    n_steps: int,
    dt: float,
    rates: Rates,
    learns: bool,
) -> tuple[Floats, Floats]:
    """Pass through empty steps; `w` changes in place; returns V_old and ρ.

    After the first step, each maps (w, V_old, ρ) of the background linearly, so all of them are a
    power of a matrix.
    """
    background = w[-2]
    if not learns:
        return background.copy(), rho
    first = background.copy()
    error = average_reward_error(0.0, old, rates.discount * first, rho, dt)
    w[before[0]] += before[1][:, None] * (rates.learning_rate * error)
    rho = rho + rates.rate_learning_rate * error
    old = first if rates.bootstrap == "stale" else background.copy()
    if n_steps > 1:
        maps = np.linalg.matrix_power(background_step(rates, dt, len(rho)), n_steps - 1)
        background[...], old, rho = np.einsum("nij,jn->in", maps, np.stack([background, old, rho]))
    return old, rho


def background_step(rates: Rates, dt: float, n: int) -> Floats:
    """By what a step in the background multiplies (w, V_old, ρ), (n, 3, 3)."""
    maps = np.zeros((n, 3, 3))
    alpha, gamma, eta = rates.learning_rate, rates.discount, rates.rate_learning_rate
    # The error of a step is linear in (w, V_old, ρ): its coefficients are those of unit vectors.
    w, old, rho = np.eye(3)
    error = average_reward_error(0.0, old, np.broadcast_to(gamma, (n,))[:, None] * w, rho, dt)
    maps[:, 0] = np.array([1.0, 0.0, 0.0]) + np.broadcast_to(alpha, (n,))[:, None] * error
    maps[:, 1] = np.array([1.0, 0.0, 0.0]) if rates.bootstrap == "stale" else maps[:, 0]
    maps[:, 2] = np.array([0.0, 0.0, 1.0]) + np.broadcast_to(eta, (n,))[:, None] * error
    return maps
