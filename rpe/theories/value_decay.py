"""Value decay: TD(0) whose values are forgotten, so that errors ramp up towards the reward."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Floats, KnowsItsKeywords, PerAgent, Seed, agent_count, default, instance, parameter, scalar
from rpe.schedules import Schedule
from rpe.td._inputs import Kinds
from rpe.td.errors import td_error
from rpe.theories._fast.compiling import worth_it
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import infinite, per_step, shown, td_features, td_kinds
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class ValueDecayTD(KnowsItsKeywords):
    """Value decay: TD(0) over a serial compound with decay of all values, by Morita and Kato.

    In every step, in this order, with V_old read anew after the decay,

        δ = r + γ V_t − V_old,   V_{t−1} ← V_{t−1} + α δ,
        V ← V (1 − (1 − κ₁) e^(−|V|/κ₂))^(1/n),

    where n is the number of steps of a trial: over a whole trial values shrink by κ₁ (if κ₂ is
    infinite), however long it is. Time between trials does not count, as in the paper. The paper
    has no negative values, for which |V| stands in. In a probe trial nothing changes, not even by
    decay.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    discount : float or array (n_agents,)
        γ in [0, 1], per `step`; 0.8^(1/6) in the paper, which has 6 steps from start to reward.
    kept : float or array (n_agents,)
        κ₁ in [0, 1]: 1 for no decay.
    kept_scale : float or array (n_agents,)
        κ₂ > 0, in reward units: large values decay less; infinite for all alike.
    step : float or None
        Step of the discount, s; None, as the paper gives no unit, for the step of the schedule.

    Notes
    -----
    `learn` returns in `more` the `weights` at the end, (n_agents, n_features).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Morita, K. & Kato, A. (2014). Striatal dopamine ramping may indicate flexible reinforcement
    learning with forgetting in the cortico-basal ganglia circuits. Frontiers in Neural Circuits 8,
    36. doi:10.3389/fncir.2014.00036. Parameters and order of operations as in the authors' script
    (ModelDB 153573).

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": rpe.schedules.Trial({"A": (0.0, 7.0)}, {6.0: 1.0})}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+"] * 100, dt=1.0, duration=7.0)
    >>> ramp = rpe.theories.ValueDecayTD().learn(schedule).delta[0, -1, 1:]
    >>> bool((ramp[1:] > ramp[:-1]).all())
    True
    """

    learning_rate: PerAgent = default(0.5)
    discount: PerAgent = default(0.8 ** (1 / 6))
    kept: PerAgent = default(0.6)
    kept_scale: PerAgent = default(np.inf)
    step: float | None = None

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount", "kept", "kept_scale")

    def __post_init__(self) -> None:
        for name in ("learning_rate", "discount", "kept"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        object.__setattr__(self, "kept_scale", infinite("kept_scale", self.kept_scale))
        if self.step is not None:
            scalar("step", self.step, 0, open_low=True)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        scale = "" if np.isinf(self.kept_scale).all() else f", κ₂ = {shown(self.kept_scale)}"
        return f"Value decay, κ₁ = {shown(self.kept)}{scale}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters."""
        return {f"Morita & Kato 2014, κ₂ = {scale}": cls(kept_scale=scale) for scale in (1.5, 0.9, 0.6)}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α |x|²; decay lets a little more stand."""
        instance("schedule", schedule, Schedule)
        return rate_times_features(self.learning_rate, td_features(schedule, "serial_compound"))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        x, n = td_kinds(schedule, "serial_compound"), self._n_agents()
        discount = per_step(self.discount, self.step, schedule.dt)
        simple = n == 1 and np.isinf(self.kept_scale).all() and not Manipulated(schedule).any
        if simple and worth_it(schedule.reward.size):
            from rpe.theories._fast.value_decay import alone

            factors = (self.learning_rate, discount, self._decay(np.empty(0), schedule.n_steps))
            return Learned(*alone(x, schedule, *(float(np.reshape(each, -1)[0]) for each in factors)))
        return self._step_by_step(x, schedule, discount, n)

    def _step_by_step(self, x: Kinds, schedule: Schedule, discount: Floats, n: int) -> Learned:
        """The rule as it is written, for any number of agents."""
        w, income = np.zeros((x.shape[2], n)), (schedule.reward + schedule.pulse).tolist()
        delta, value = np.empty((2, *x.shape[:2], n))
        change = Manipulated(schedule)
        nothing = np.zeros(x.shape[2])
        for trial, learns in enumerate(schedule.learning.tolist()):
            before = nothing
            for step, now in enumerate(x[trial]):
                v = np.dot(now, w)
                error = td_error(income[trial][step], np.dot(before, w), v, discount)
                error = change(error, trial, step)
                delta[trial, step], value[trial, step] = error, v
                if learns[step]:
                    places = np.flatnonzero(before)
                    w[places] += before[places, None] * (self.learning_rate * error)
                    w *= self._decay(w, schedule.n_steps)
                before = now
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), {"weights": w.T})

    def _decay(self, w: Floats, n_steps: int) -> Floats:
        """By what a step multiplies the values, (n_features, n_agents) or (n_agents,)."""
        if np.isinf(self.kept_scale).all():
            return np.asarray(self.kept ** (1 / n_steps))
        return np.asarray((1 - (1 - self.kept) * np.exp(-np.abs(w) / self.kept_scale)) ** (1 / n_steps))

    def _n_agents(self) -> int:
        names = ("learning_rate", "discount", "kept", "kept_scale")
        return agent_count(**{name: getattr(self, name) for name in names})


SCORECARD: Variants = {"value decay": ValueDecayTD}
