"""Pearce's configural theory: whole compounds are learned about, and generalize by similarity."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Floats, KnowsItsKeywords, PerAgent, Seed, default, instance, parameter
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded
from rpe.theories._trial_level import on_steps, outcome, presence_by_trial, pulse_size
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class PearceConfigural(KnowsItsKeywords):
    """Pearce's configural theory: one unit for each compound P that was shown.

        δ = λ − V_P,   V_P = Σ_j S(P, j) E_j,   E_P ← E_P + β δ,   S(P, j) = (n_common / n_P) (n_common / n_j)

    Of all units only that of the compound itself learns. It solves negative patterning and biconditional
    discriminations, and expects less of AB than A and B say together: half of their sum.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        β in [0, 1].

    Notes
    -----
    For levels other than 1, S(P, j) is the squared cosine of the angle between the two compounds, which is the same
    for 0 and 1 (the library's; compounds at other levels are other compounds). A trial without stimuli has no unit.
    `learn` returns in `more` the strength E of every unit before each trial as `strength`, (n_agents, n_trials,
    n_compounds), in the order in which they first come. The default β is provisional; equations are from memory,
    without their numbers.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Pearce, J. M. (1987). A model for stimulus generalization in Pavlovian conditioning. Psychological Review 94(1),
    61-73. doi:10.1037/0033-295X.94.1.61
    Pearce, J. M. (1994). Similarity and discrimination: A selective review and a connectionist model. Psychological
    Review 101(4), 587-607. doi:10.1037/0033-295X.101.4.587

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x200, B+ x200, AB- x200 | A-?, AB-?", random=True, rng=0)
    >>> last = rpe.theories.PearceConfigural().learn(s).value[0, -2:].max(axis=1)
    >>> sorted(last.round(1).tolist())
    [0.0, 1.0]
    """

    learning_rate: PerAgent = default(0.2)

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", parameter("learning_rate", self.learning_rate, 0, 1))

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Pearce, configural"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return β, by which a trial corrects its own error."""
        instance("schedule", schedule, Schedule)
        return Stability("β", float(np.max(self.learning_rate)), 2.0)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        units, compound = _compounds(presence_by_trial(schedule))
        similar, n = _similarity(units), self.learning_rate.size
        target = outcome(schedule) + pulse_size(schedule)
        error, prediction = np.empty((2, len(compound), n))
        change = Manipulated(schedule).whole(schedule)
        strength, before = np.zeros((len(units), n)), np.empty((len(compound), len(units), n))
        for trial, (unit, frozen) in enumerate(zip(compound.tolist(), schedule.probe.tolist(), strict=True)):
            before[trial] = strength
            prediction[trial] = similar[unit] @ strength
            error[trial] = change(delta_rule_error(target[trial], prediction[trial]), trial)
            if not frozen and units[unit].any():
                strength[unit] += self.learning_rate * error[trial]
        return Learned(*on_steps(schedule, error.T, prediction.T), {"strength": before.transpose(2, 0, 1)})


def _compounds(x: Floats) -> tuple[Floats, np.ndarray]:
    """Compounds in the order in which they first come, and that of every trial."""
    _, first, found = np.unique(x, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return x[np.sort(first)], np.argsort(order)[found.reshape(-1)]


def _similarity(units: Floats) -> Floats:
    """S of every pair, 0 with the empty compound."""
    size = (units**2).sum(axis=1)
    both = np.outer(size, size)
    return np.divide((units @ units.T) ** 2, both, out=np.zeros_like(both), where=both > 0)


SCORECARD: Variants = {"Pearce, configural": PearceConfigural}
