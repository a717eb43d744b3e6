"""Semi-Markov TD for one agent, on plain numbers; the rule is `rpe.theories.SemiMarkovTD`."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.schedules import Schedule


class Parameters(NamedTuple):
    """α, γ per s, η, whether the average reward takes the place of γ, and whether trials are reset."""

    learning_rate: float
    discount: float
    rate_learning_rate: float
    average: bool
    reset: bool


class Beliefs(NamedTuple):
    """Belief in each wait, that in the time between trials last, (n_trials, n_steps, n_waits + 1); and its age."""

    states: Floats
    waited: Ints
    seen: Bools


def alone(beliefs: Beliefs, schedule: Schedule, p: Parameters) -> tuple[Floats, Floats, Floats, float]:
    """Return errors and values, (n_trials, n_steps), the weights and ρ.

    A step costs as much as there are waits that go on, and not as there are waits.
    """
    n_waits = beliefs.states.shape[2] - 1
    run = _Run(p, n_waits)
    delta, value = np.zeros((2, *schedule.reward.shape))
    states = beliefs.states
    before = np.concatenate([np.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
    before[:, 0, -1] = 1.0
    happens = (before != states).any(axis=2) | beliefs.seen | (schedule.pulse != 0)
    going_on = [np.flatnonzero(each).tolist() for each in (states[..., :-1] != 0).any(axis=1)]
    for trial, steps in enumerate(happens):
        here = states[trial]
        idle, first, done = run.idle, 0, 0
        waits = going_on[trial]
        rows = [dict(zip(waits, row, strict=True)) for row in here[:, waits].tolist()]
        between = here[:, -1].tolist()
        paid, pulse = schedule.reward[trial].tolist(), schedule.pulse[trial].tolist()
        learns, seen = schedule.learning[trial].tolist(), beliefs.seen[trial].tolist()
        ages, nothing = beliefs.waited[trial].tolist(), dict.fromkeys(waits, 0.0)
        values = []
        for step in np.flatnonzero(steps).tolist():
            values += [run.value(rows[at]) for at in range(done, step + 1)]
            run.idle += (step - first) * schedule.dt
            lasted = (ages[step - 1] + 1) * schedule.dt if step else 0.0
            left = (rows[step - 1], between[step - 1]) if step else (nothing, 1.0)
            told = (paid[step], pulse[step], seen[step], learns[step])
            delta[trial, step] = run.leave(left, (rows[step], between[step]), lasted, told)
            first, done = step, step + 1
        values += [run.value(rows[at]) for at in range(done, len(rows))]
        value[trial] = values
        run.idle += (len(rows) - first) * schedule.dt
        lasted = (ages[-1] + 1) * schedule.dt
        run.leave((rows[-1], between[-1]), (nothing, 1.0), lasted, (0.0, 0.0, False, learns[-1]))
        run.idle += float(schedule.gap[trial])
        if not any(learns):
            run.idle = idle
    return delta, value, np.array(run.w), run.rho


# Belief in each wait that goes on in a trial, and in the time between trials.
_Belief = tuple[dict[int, float], float]


class _Run:
    """Weights, average reward and the time between trials so far."""

    def __init__(self, p: Parameters, n_waits: int) -> None:
        self._p = p
        self.w, self.rho, self.idle = [0.0] * (n_waits + 1), 0.0, 0.0

    def value(self, waits: dict[int, float]) -> float:
        """V of a belief."""
        return sum(level * self.w[wait] for wait, level in waits.items()) + self.w[-1]

    def leave(self, before: _Belief, after: _Belief, lasted: float, told: tuple[float, float, bool, bool]) -> float:
        """Pass from one belief to the next; returns the error, and learns from it."""
        (waiting, between), (ahead, idle_after), p, w = before, after, self._p, self.w
        reward, pulse, seen, learns = told
        if reward and any(waiting.values()):
            waiting, between = {wait: float(level > 0) for wait, level in waiting.items()}, 0.0
        left = waiting if seen else {wait: max(level - ahead[wait], 0.0) for wait, level in waiting.items()}
        mass = 1.0 - between if seen else idle_after - between
        stays = between if seen else 0.0
        following = self.value(ahead) if seen else w[-1]
        paid = reward if seen else 0.0
        worth = mass * w[-1] + sum(level * w[wait] for wait, level in left.items())
        error = self._error(mass, lasted, paid, following, worth)
        idle_error = self._error(stays, 0.0 if p.reset else self.idle, paid, following, stays * w[-1])
        natural = error + idle_error
        if learns:
            for wait, level in left.items():
                w[wait] += p.learning_rate * ((error if level > 0 else 0.0) + waiting[wait] * pulse)
            if not p.reset:
                w[-1] += p.learning_rate * (idle_error + between * pulse)
            if p.average:
                self.rho += p.rate_learning_rate * (natural + pulse)
        if seen or idle_after == 0:
            self.idle = 0.0
        elif idle_after > between:
            self.idle *= between / idle_after
        return natural + pulse

    def _error(self, mass: float, lasted: float, reward: float, ahead: float, value: float) -> float:
        if self._p.average:
            return mass * reward - self.rho * mass * lasted + mass * ahead - value
        return self._p.discount**lasted * (mass * reward + mass * ahead) - value
