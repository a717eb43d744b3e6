"""TD(0) in continuous time for one agent, on plain numbers; the rule is `rpe.theories._continuous_time`."""

import sys
from importlib.util import find_spec

import numpy as np

from rpe._checks import Floats
from rpe.schedules import Schedule
from rpe.theories._continuous_time import Rates, Run, States, background_step, step_by_step
from rpe.theories._manipulated import Manipulated

# From this many numbers read on, loading the compiled loop takes less time than it saves.
_WORTH_LOADING = 100_000


def learn_on(states: States, schedule: Schedule, rates: Rates, n: int) -> Run:
    """Learn through all trials and the gaps between them, for n agents."""
    if n > 1 or Manipulated(schedule).any:
        return step_by_step(states, schedule, rates, n)
    # Both are the same to the bit, so that it does not matter what was loaded before.
    if "numba" in sys.modules or (states.place.size >= _WORTH_LOADING and find_spec("numba") is not None):
        return compiled(states, schedule, rates)
    return alone(states, schedule, rates)


def compiled(states: States, schedule: Schedule, rates: Rates) -> Run:
    """Do what `alone` does, with its inner loop compiled; needs Numba. Results are the same to the bit."""
    from rpe.theories._fast.compiled import run_trial

    alpha, gamma, eta = (float(np.reshape(x, -1)[0]) for x in rates[:2] + rates[3:])
    dt, stale, background = schedule.dt, rates.bootstrap == "stale", states.n_rows - 1
    place, level, credit = (np.ascontiguousarray(part) for part in states[:3])
    n_on, w = place.shape[2], np.zeros(states.n_rows + 1)
    before = (np.zeros(max(n_on, 1), dtype=place.dtype), np.zeros(max(n_on, 1)), np.zeros(3))
    before[0][0], before[1][0], before[2][2] = background, 1.0, 1.0
    signals = np.empty((schedule.n_trials, 3, schedule.n_steps))
    gaps = np.round(schedule.gap / dt).astype(int).tolist()
    income, powers = schedule.reward + schedule.pulse, dict[int, Floats]()
    for trial, n_empty in enumerate(gaps):
        learning = schedule.learning[trial]
        rule = (alpha, gamma, eta, dt, stale)
        run_trial(place[trial], level[trial], credit[trial], income[trial], learning, rule, w, before, signals[trial])
        if n_empty:
            old, rho, n_before = before[2].tolist()
            if not learning[-1]:
                old = float(w[background])
            else:
                first = float(w[background])
                error = gamma * first - rho * dt - old
                for i in range(int(n_before)):
                    w[before[0][i]] += before[1][i] * (alpha * error)
                rho += eta * error
                old = first if stale else float(w[background])
                if (n := n_empty - 1) > 0:
                    if n not in powers:
                        powers[n] = np.linalg.matrix_power(background_step(rates, dt, 1)[0], n)
                    w[background], old, rho = (powers[n] @ np.array([w[background], old, rho])).tolist()
            before[0][0], before[1][0] = background, 1.0
            before[2][:] = old, rho, 1.0
    delta, value, rate = (signals[:, i, :, None] for i in range(3))
    return Run(delta, value, w[:-1, None], rate)


def alone(states: States, schedule: Schedule, rates: Rates) -> Run:
    """Do what `step_by_step` does for one agent, on plain numbers, which is several times as fast."""
    alpha, gamma, eta = (float(np.reshape(x, -1)[0]) for x in rates[:2] + rates[3:])
    dt, stale, background = schedule.dt, rates.bootstrap == "stale", states.n_rows - 1
    w, rho, old = [0.0] * (states.n_rows + 1), 0.0, 0.0
    before: list[tuple[int, float]] = [(background, 1.0)]
    delta, value, rate = np.empty((3, *schedule.reward.shape))
    gaps = np.round(schedule.gap / dt).astype(int).tolist()
    # Gaps of equal length share one power of the matrix of an empty step.
    powers: dict[int, Floats] = {}
    for trial, income in enumerate((schedule.reward + schedule.pulse).tolist()):
        parts = (states.place[trial], states.level[trial], states.credit[trial])
        errors, values, rhos = [], [], []
        learning = schedule.learning[trial].tolist()
        for reward, learns, places, levels, credits in zip(income, learning, *(x.tolist() for x in parts), strict=True):
            v = 0.0
            for place, level in zip(places, levels, strict=True):
                v += level * w[place]
            error = reward - rho * dt + gamma * v - old
            errors.append(error)
            values.append(v)
            rhos.append(rho)
            # Until weights change, reading V_old anew gives the same value.
            old = v
            if learns:
                step = alpha * error
                for place, credit in before:
                    w[place] += credit * step
                rho += eta * error
                if not stale:
                    old = 0.0
                    for place, level in zip(places, levels, strict=True):
                        old += level * w[place]
            before = list(zip(places, credits, strict=True))
        delta[trial], value[trial], rate[trial] = errors, values, rhos
        if gaps[trial]:
            if not learning[-1]:
                old = w[background]
            else:
                first = w[background]
                error = gamma * first - rho * dt - old
                for place, credit in before:
                    w[place] += credit * (alpha * error)
                rho += eta * error
                old = first if stale else w[background]
                if (n := gaps[trial] - 1) > 0:
                    if n not in powers:
                        powers[n] = np.linalg.matrix_power(background_step(rates, dt, 1)[0], n)
                    w[background], old, rho = (powers[n] @ np.array([w[background], old, rho])).tolist()
            before = [(background, 1.0)]
    return Run(delta[..., None], value[..., None], np.array(w[:-1])[:, None], rate[..., None])
