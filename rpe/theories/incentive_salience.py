"""Incentive salience: wanting is computed anew from a stored value and the state of the body, apart from liking."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, PerAgent, Seed, agent_count, choice, default, instance, mapping, parameter, scalar
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error, td_error
from rpe.theories._events import event_steps
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import once
from rpe.theories.protocol import Learned, Stability, Variants

# From this R on, in reward units, a stimulus is known to bring something.
_NOTHING = 1e-9


def wanting(
    reward: npt.ArrayLike, later: npt.ArrayLike, kappa: npt.ArrayLike = 1.0, rule: str = "multiplicative"
) -> Floats:
    """Return incentive salience, W = r̃(r, κ) + γ V′, with r̃ = κ r (Eq. 3a) or r + ln κ (Eq. 3b).

    Parameters
    ----------
    reward : float array (...)
        r, what a stimulus is known to bring next, in reward units.
    later : float array (...)
        γ V′, the discounted value of what comes after, in reward units.
    kappa : float array (...)
        κ > 0: 1 is the state of learning; above 1 appetite, amphetamine or sensitisation; below 1
        satiation or a dopamine blocker.
    rule : {"multiplicative", "additive"}
        Whether κ multiplies the reward or its logarithm is added.

    Raises
    ------
    ValueError
        For κ ≤ 0 or an unknown rule.

    References
    ----------
    Zhang, J., Berridge, K. C., Tindell, A. J., Smith, K. S. & Aldridge, J. W. (2009). A neural
    computational model of incentive salience. PLoS Computational Biology 5(7), e1000437, Eqs. 3a
    (from memory) and 3b. doi:10.1371/journal.pcbi.1000437

    Examples
    --------
    >>> wanting(-1.0, 0.0, kappa=8.0, rule="additive").round(2)      # salt, in need of salt
    np.float64(1.08)
    """
    r, rest, k = (np.asarray(value, dtype=np.float64) for value in (reward, later, kappa))
    if not np.all(k > 0):
        raise ValueError(f"kappa must be > 0; got {np.min(k):g}")
    changed = k * r if choice("rule", rule, ("multiplicative", "additive")) == "multiplicative" else r + np.log(k)
    return np.asarray(changed + rest)


class _Stored(NamedTuple):
    """Errors, values, and the reward that what is on is known to bring next, (n_trials, n_steps, n_agents)."""

    delta: Floats
    value: Floats
    brings: Floats


@dataclass(frozen=True)
class IncentiveSalience:
    """Incentive salience over TD(0) from event to event: wanting and liking are read out and do not feed back.

        δ_n = r_n + γ V_n − V_{n−1} + pulse_n,   V ← V + α δ_n x_{n−1},   R ← R + α x_{n−1} (r_n − R·x_{n−1})
        W = r̃(R, κ) + (V − R),   liking = g r

    R is what a stimulus is known to bring next, so that V − R is the rest, γ V′. Where that is nothing, κ
    changes nothing, by the additive rule either. κ may change from
    one phase of the schedule to the next; it acts on W at once, with no new learning.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1], per event.
    discount : float or array (n_agents,)
        γ in [0, 1], per event.
    kappa : float or array (n_agents,)
        κ > 0 in all phases that `states` does not name.
    rule : {"multiplicative", "additive"}
        Eq. 3a or Eq. 3b.
    states : mapping of str to float
        κ by the name of a phase, such as {"test": 8.0}.
    liking_gain : float or array (n_agents,)
        g ≥ 0, of opioids on the pleasure of what is eaten. Dopamine is not in it.

    Notes
    -----
    `delta` is the prediction error, which κ does not change. `learn` returns in `more` `wanting` and
    `liking`, with the shape of delta: W of what is on, 0 without a stimulus; and the pleasure of each
    reward as it comes. κ in published work: 1 in the state of learning, .2 with a blocker, 2 to 8
    with appetite or sensitisation.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or a phase in `states` that the schedule does not have.

    References
    ----------
    Zhang, J., Berridge, K. C., Tindell, A. J., Smith, K. S. & Aldridge, J. W. (2009). A neural
    computational model of incentive salience. PLoS Computational Biology 5(7), e1000437.
    doi:10.1371/journal.pcbi.1000437
    Berridge, K. C. & Robinson, T. E. (1998). What is the role of dopamine in reward. Brain
    Research Reviews 28, 309-369. doi:10.1016/S0165-0173(98)00019-8

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x100 | A+ x1")
    >>> learned = rpe.theories.IncentiveSalience(kappa=2.0).learn(s)
    >>> learned.value[0, -1, 10].round(2), learned.more["wanting"][0, -1, 10].round(2)
    (np.float64(1.0), np.float64(2.0))
    """

    learning_rate: PerAgent = default(0.1)
    discount: PerAgent = default(0.95)
    kappa: PerAgent = default(1.0)
    rule: str = "multiplicative"
    states: Mapping[str, float] = field(default_factory=dict)
    liking_gain: PerAgent = default(1.0)

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount", "kappa")

    def __post_init__(self) -> None:
        for name, high in (("learning_rate", 1.0), ("discount", 1.0), ("kappa", np.inf), ("liking_gain", np.inf)):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        if not np.all(self.kappa > 0):
            raise ValueError(f"kappa must be > 0; got {np.min(self.kappa):g}")
        choice("rule", self.rule, ("multiplicative", "additive"))
        for phase, kappa in mapping("states", self.states).items():
            scalar(f"states[{phase!r}]", kappa, 0, open_low=True)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return f"Incentive salience, {self.rule}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def in_states(self, states: Mapping[str, float]) -> Self:
        """Return the theory with κ by the name of a phase, such as {"test": 8.0}."""
        return replace(self, states=states)

    def stability(self, schedule: Schedule) -> Stability:
        """Return α |x|²."""
        instance("schedule", schedule, Schedule)
        return rate_times_features(self.learning_rate, schedule.level)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        # What is learned depends on no κ and no rule, so that variants share it.
        which = [np.asarray(getattr(self, name)).tolist() for name in ("learning_rate", "discount")]
        stored = once(schedule, "incentive salience", (which, self._n_agents()), lambda: self._stored(schedule))
        on = np.asarray((schedule.level != 0).any(axis=2))[:, :, None]
        wanted = self._wanted(stored.brings, stored.value - stored.brings, self._kappas(schedule)[:, None])
        liked = schedule.reward[:, :, None] * np.broadcast_to(self.liking_gain, (self._n_agents(),))
        shape = (2, 0, 1)
        more = {"wanting": np.where(on, wanted, 0.0).transpose(shape), "liking": liked.transpose(shape)}
        return Learned(stored.delta.transpose(shape).copy(), stored.value.transpose(shape).copy(), more)

    def _stored(self, schedule: Schedule) -> "_Stored":
        """Learn values, and what stimuli bring next."""
        n, n_features = self._n_agents(), len(schedule.stimuli)
        stored, next_reward = np.zeros((2, n_features, n))
        delta, value, bringing = np.zeros((3, *schedule.reward.shape, n))
        happens = event_steps(schedule)
        change = Manipulated(schedule)
        for trial, x in enumerate(schedule.level):
            old = np.zeros(n_features)
            for step in np.flatnonzero(happens[trial]).tolist():
                now, reward = x[step], schedule.reward[trial, step]
                v, brings = now @ stored, now @ next_reward
                error = td_error(reward, old @ stored, v, self.discount)
                delta[trial, step] = change(error + schedule.pulse[trial, step], trial, step)
                value[trial, step:], bringing[trial, step:] = v, brings
                if schedule.learning[trial, step] and old.any():
                    stored += self.learning_rate * old[:, None] * delta[trial, step]
                    error = delta_rule_error(reward, old @ next_reward)
                    next_reward += self.learning_rate * old[:, None] * error
                old = now
        return _Stored(delta, value, bringing)

    def _wanted(self, brings: Floats, later: Floats, kappa: Floats) -> Floats:
        """W of what is on, (n_trials, n_steps, n); by either rule κ changes only what a stimulus is known to bring."""
        known = np.abs(brings) > _NOTHING
        return np.where(known, wanting(brings, later, kappa, self.rule), brings + later)

    def _kappas(self, schedule: Schedule) -> Floats:
        """κ of every trial, (n_trials, n_agents)."""
        kappas = np.repeat(np.broadcast_to(self.kappa, (1, self._n_agents())), schedule.n_trials, axis=0).copy()
        for phase, kappa in mapping("states", self.states).items():
            kappas[schedule.in_phase(phase)] = kappa
        return kappas

    def _n_agents(self) -> int:
        names = ("learning_rate", "discount", "kappa", "liking_gain")
        return agent_count(**{name: getattr(self, name) for name in names})


SCORECARD: Variants = {
    "incentive salience": IncentiveSalience,
    "incentive salience, additive": lambda: IncentiveSalience(rule="additive"),
}
