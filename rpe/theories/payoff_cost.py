"""Payoff-cost learning: two populations of striatal neurons learn gains and losses apart (Möller and Bogacz)."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, KnowsItsKeywords, PerAgent, Seed, agent_count, default, instance, parameter
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import on_steps, presence_by_trial, pulse_size
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class PayoffCost(KnowsItsKeywords):
    """Payoff-cost learning: Go weights learn what is gained, No-go weights what is lost, and both decay.

        δ = r − (G − N)/2,   G ← G + α f(δ) − λ G,   N ← N + α f(−δ) − λ N,
        f(x) = x for x > 0 and ε x otherwise,   T = D G − (1 − D) N

    Payoffs and costs that take turns end as G (payoff) and N (cost) of their own, so that dopamine
    (D, the motivational state) can weigh one against the other at choice.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1], per trial.
    slope : float or array (n_agents,)
        ε in [0, 1]: how much a fall counts against a rise; (1 − x)/(1 + x) with x = c_s (1/c_q − 1).
    decay : float or array (n_agents,)
        λ in [0, 1], per trial; α (1 − ε)/(2 c_s). The defaults have c_s = c_q = .7, in the paper's
        range.

    Notes
    -----
    `learn` returns in `more` the weights at the end, `go` and `no_go`, (n_agents, n_stimuli).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Möller, M. & Bogacz, R. (2019). Learning the payoffs and costs of actions. PLoS Computational
    Biology 15(2), e1006285. doi:10.1371/journal.pcbi.1006285

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x100", random=False)
    >>> learned = rpe.theories.PayoffCost().learn(s)
    >>> bool(learned.more["go"][0, 0] > learned.more["no_go"][0, 0])
    True
    """

    learning_rate: PerAgent = default(0.3)
    slope: PerAgent = default(0.538)
    decay: PerAgent = default(0.099)

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "slope", "decay")

    def __post_init__(self) -> None:
        for name in self.free_parameters:
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Payoff-cost"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α (1 + ε) n/2 + λ with n stimuli at once."""
        instance("schedule", schedule, Schedule)
        n = (presence_by_trial(schedule) ** 2).sum(axis=1).max()
        each = self.learning_rate * (1 + self.slope) * n / 2 + self.decay
        return Stability("α (1 + ε) |x|²/2 + λ", float(np.max(each)), 2.0)

    def drive(self, learned: Learned, dopamine: float) -> Floats:
        """Return what drives the choice of each stimulus under dopamine ρ, (n_agents, n_stimuli).

        That is β T with D = (1 + ρ)/2 and β = 3 per reward unit (assumption).
        """
        share = float(np.clip((1 + dopamine) / 2, 0.0, 1.0))
        return np.asarray(3.0 * thalamic_activity(learned.more["go"], learned.more["no_go"], share))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; a compound is worth the sum of its stimuli.

        Rewards of a trial are summed, unless it has costs too: then each outcome teaches in its turn, and the error of
        the trial is the sum of their errors.
        """
        n, shown = self._n_agents(), presence_by_trial(schedule)
        go, no_go = np.zeros((2, shown.shape[1], n))
        pulses, learns = pulse_size(schedule), ~schedule.probe
        error, prediction = np.zeros((2, schedule.n_trials, n))
        change = Manipulated(schedule).whole(schedule)
        for trial, x in enumerate(shown):
            prediction[trial] = x @ (go - no_go) / 2
            for income in _outcomes(schedule.reward[trial]):
                found = delta_rule_error(income + pulses[trial], x @ (go - no_go) / 2)
                found = change(found, trial)
                error[trial] += found
                if learns[trial]:
                    on = (x > 0)[:, None]
                    go += on * (self.learning_rate * self._rectified(found) * x[:, None] - self.decay * go)
                    no_go += on * (self.learning_rate * self._rectified(-found) * x[:, None] - self.decay * no_go)
                    np.maximum(go, 0.0, out=go)
                    np.maximum(no_go, 0.0, out=no_go)
        delta, value = on_steps(schedule, error.T, prediction.T)
        return Learned(delta, value, {"go": go.T, "no_go": no_go.T})

    def _rectified(self, error: Floats) -> Floats:
        return np.where(error > 0, error, self.slope * error)

    def _n_agents(self) -> int:
        return agent_count(**{name: getattr(self, name) for name in self.free_parameters})


def _outcomes(reward: Floats) -> list[float]:
    """The outcomes of a trial that teach: gains and costs in their turn, or their sum where there is one sort only."""
    if (reward > 0).any() and (reward < 0).any():
        return [float(each) for each in reward[reward != 0]]
    return [float(reward.sum())]


def thalamic_activity(go: npt.ArrayLike, no_go: npt.ArrayLike, dopamine: npt.ArrayLike) -> Floats:
    """Return what drives a choice, T = D G − (1 − D) N.

    Parameters
    ----------
    go, no_go : float array (...)
        G and N, in reward units.
    dopamine : float array (...)
        D in [0, 1].

    Examples
    --------
    >>> thalamic_activity(1.0, 0.5, [0.0, 0.5, 1.0])
    array([-0.5 ,  0.25,  1.  ])
    """
    d = np.asarray(dopamine, dtype=np.float64)
    return np.asarray(d * np.asarray(go) - (1.0 - d) * np.asarray(no_go))


SCORECARD: Variants = {"payoff-cost": PayoffCost}
