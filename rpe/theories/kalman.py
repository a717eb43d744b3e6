"""Kalman TD: every weight has an uncertainty, and well-known weights change little."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import ClassVar, Self

import numpy as np

from rpe._checks import (
    Bools,
    Floats,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    default,
    flag,
    instance,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.td._inputs import Kinds
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import Features, check_features, per_step, td_kinds
from rpe.theories.protocol import Learned, Stability, Variants

# Noise of steps that teach nothing.
_NOTHING = 1e12
# Steps that are filtered in one go.
_CHUNK = 64


@dataclass(frozen=True)
class KalmanTD(KnowsItsKeywords):
    """Kalman TD: a Kalman filter of TD(0) that takes every reward for a noisy observation of r = w·h.

        h = x_{t−1} − γ x_t,   δ = r − w·h,   S ← S + τ² 1,
        K = S h / (h·S h + σ²),   w ← w + K δ,   S ← S − K hᵀ S

    Errors are stamped on arrival. Up to 64 steps are filtered at once, which is exact. A
    trial begins with no feature on. Weights drift in every step, in gaps too (as many steps as fit
    in), but not in probe trials and the gaps after them, which change nothing.

    Parameters
    ----------
    features : {"serial_compound", "presence", "microstimuli"}, array or callable
        As in `rpe.theories.TD`.
    discount : float or array (n_agents,)
        γ in [0, 1], per `step`.
    diffusion : float or array (n_agents,)
        τ² ≥ 0, variance that a weight gains per `step`.
    noise : float or array (n_agents,)
        σ² > 0, variance of a reading, in squared reward units.
    prior : float or array (n_agents,)
        Variance of the weights at the start, > 0.
    onset_teaches : bool
        Whether the step out of nothing, h = −γ x, is a reading too, as in the published script; it
        pulls the value of the first state of a stimulus to 0. Otherwise it only yields an error, as
        in TD with trial reset.
    drift_in_gap : bool
        Whether weights drift in the gaps.
    ends_at_reward : bool
        Whether the states of the serial compound end at a reward, as in the published script. If
        they go on, an onset that teaches makes them negative until no error is left, not even at
        the onset.
    step : float or None
        Step of discount and diffusion, s; None, as the script has no unit, for that of the schedule.

    Notes
    -----
    `learn` returns in `more` the `weights`, (n_agents, n_features), and their `variance` at the end.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Gershman, S. J. (2015). A unifying probabilistic view of associative learning. PLoS Computational
    Biology 11(11), e1004567. doi:10.1371/journal.pcbi.1004567. Defaults and order of operations
    as in the author's script (github.com/sjgershm/KTD).

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.5, 1.0)}, {1.0: 1.0})}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 3, dt=0.5, duration=1.5)
    >>> theory = rpe.theories.KalmanTD("presence", diffusion=0.0, onset_teaches=False)
    >>> theory.learn(schedule).delta[0, :, 2].round(3).tolist()
    [1.0, 0.5, 0.333]
    """

    features: Features = "serial_compound"
    discount: PerAgent = default(0.98)
    diffusion: PerAgent = default(0.01)
    noise: PerAgent = default(1.0)
    prior: PerAgent = default(1.0)
    onset_teaches: bool = True
    drift_in_gap: bool = True
    ends_at_reward: bool = True
    step: float | None = None

    free_parameters: ClassVar[tuple[str, ...]] = ("discount", "diffusion", "noise", "prior")

    def __post_init__(self) -> None:
        object.__setattr__(self, "discount", parameter("discount", self.discount, 0, 1))
        object.__setattr__(self, "diffusion", parameter("diffusion", self.diffusion, 0))
        for name in ("noise", "prior"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, open_low=True))
        for name in ("onset_teaches", "drift_in_gap", "ends_at_reward"):
            flag(name, getattr(self, name))
        check_features(self.features)
        if self.step is not None:
            scalar("step", self.step, 0, open_low=True)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        features = self.features.replace("_", " ") if isinstance(self.features, str) else "own features"
        onset = "" if self.onset_teaches else ", onset teaches nothing"
        onset += "" if self.ends_at_reward or self.features != "serial_compound" else ", states go on after the reward"
        return f"Kalman TD, {features}{onset}{'' if self.drift_in_gap else ', no drift in gaps'}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return the largest gain, which is below 1 in all schedules."""
        instance("schedule", schedule, Schedule)
        return Stability("K h", 1.0, 1.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        chains = {"ends_at_reward": self.ends_at_reward} if self.features == "serial_compound" else {}
        x, n = td_kinds(schedule, self.features, **chains), self._n_agents()
        delta, value = np.empty((2, n, *x.shape[:2]))
        weights, variance = np.empty((2, n, x.shape[2]))
        names = ("discount", "diffusion", "noise", "prior")
        each = np.stack([np.broadcast_to(getattr(self, name), (n,)) for name in names], axis=1)
        for agent, (discount, diffusion, noise, prior) in enumerate(each):
            steps = 1.0 if self.step is None else schedule.dt / self.step
            filtered = _Filter(x.shape[2], diffusion * steps, noise, prior)
            gamma = float(per_step(np.array(discount), self.step, schedule.dt))
            self._run(filtered, x, schedule, gamma, delta[agent], value[agent])
            weights[agent], variance[agent] = filtered.w, np.diag(filtered.s)
        return Learned(delta, value, {"weights": weights, "variance": variance})

    def _run(
        self, filtered: "_Filter", x: Kinds, schedule: Schedule, discount: float, delta: Floats, value: Floats
    ) -> None:
        """Filter all trials of one agent; errors and values (n_trials, n_steps) are filled in."""
        income, change = schedule.reward + schedule.pulse, Manipulated(schedule)
        gaps = np.round(schedule.gap / schedule.dt) if self.drift_in_gap else np.zeros(schedule.n_trials)
        compiles = not change.any and find_spec("numba") is not None
        # Whether anything was on in the step before, for each kind of trial.
        was_on = np.pad(np.asarray(x.kinds.any(axis=2))[:, :-1], ((0, 0), (1, 0)))
        for trial, learns in enumerate(schedule.learning):
            teaches = learns if self.onset_teaches else learns & was_on[x.kind[trial]]
            if compiles and learns.any():
                filtered.run(x[trial], discount, income[trial], teaches, (delta[trial], value[trial]))
                filtered.drift(float(gaps[trial]))
                continue
            h = np.vstack([np.zeros(x.shape[2]), x[trial][:-1]]) - discount * x[trial]
            size = 1 if change.any else _CHUNK
            for first in range(0, len(h), size):
                steps = slice(first, first + size)
                if change.any:
                    # The filter takes a reading with the reward that makes its error what it was made to be.
                    plain = float(delta_rule_error(income[trial, first], h[first] @ filtered.w))
                    income[trial, first] += change(plain, trial, first) - plain
                delta[trial, steps], value[trial, steps] = filtered.take(
                    h[steps], x[trial][steps], income[trial, steps], teaches[steps], bool(learns.any())
                )
            if learns.any():
                filtered.drift(float(gaps[trial]))

    def _n_agents(self) -> int:
        names = ("discount", "diffusion", "noise", "prior")
        return agent_count(**{name: getattr(self, name) for name in names})


class _Filter:
    """Weights and their covariance."""

    def __init__(self, n_features: int, diffusion: float, noise: float, prior: float) -> None:
        self.w, self.s = np.zeros(n_features), prior * np.eye(n_features)
        self._diffusion, self._noise = diffusion, noise

    def drift(self, n_steps: float) -> None:
        """Let the weights drift for some steps without a reading."""
        if n_steps:
            self.s.ravel()[:: len(self.s) + 1] += self._diffusion * n_steps

    def run(self, x: Floats, discount: float, income: Floats, teaches: Bools, signals: tuple[Floats, Floats]) -> None:
        """Take the readings of a trial one by one, compiled; errors and values, (n_steps,) each, are filled in."""
        from rpe.theories._fast.compiled import filter_trial

        rule = (float(self._diffusion), float(self._noise), float(_NOTHING))
        filter_trial(np.ascontiguousarray(x), discount, income, teaches, rule, self.w, self.s, *signals)

    def take(self, h: Floats, x: Floats, income: Floats, teaches: Bools, learns: bool) -> tuple[Floats, Floats]:
        """Take the readings of some steps in one go; returns errors and values, both (n_steps,).

        With C the covariance of all readings, C = L D Lᵀ, the errors of the filter are L⁻¹(r − H w),
        each before its own reading.
        """
        apart = delta_rule_error(income, h @ self.w)
        if not learns:
            return apart, x @ self.w
        on = np.flatnonzero(h.any(axis=0))
        h, x, steps = h[:, on], x[:, on], np.arange(1, len(h) + 1)
        drifted = self._diffusion * np.minimum.outer(steps, steps)
        seen = self.s[:, on] @ h.T
        covariance = h @ seen[on] + drifted * (h @ h.T)
        covariance[np.diag_indices(len(h))] += np.where(teaches, self._noise, _NOTHING)
        root = np.linalg.cholesky(covariance)
        seen[on] += self._diffusion * steps * h.T
        whitened = np.linalg.solve(root, np.column_stack([apart, seen.T]))
        delta = np.diag(root) * whitened[:, 0]
        gained = whitened[:, 1:]
        value = x @ self.w[on] + np.tril(x @ gained[:, on].T, -1) @ whitened[:, 0]
        known = np.flatnonzero(gained.any(axis=0))
        self.w += gained.T @ whitened[:, 0]
        self.s[np.ix_(known, known)] -= gained[:, known].T @ gained[:, known]
        self.drift(len(steps))
        return delta, value


SCORECARD: Variants = {"Kalman TD": KalmanTD}
