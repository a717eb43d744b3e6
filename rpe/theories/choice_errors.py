"""Errors at a choice: which value stands for a set of options, that of the chosen or that of the best."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import PerAgent, Seed, agent_count, choice, count, default, numbers, parameter
from rpe.schedules import Schedule
from rpe.td.errors import q_learning_error, td_error
from rpe.theories._stability import bounded
from rpe.theories.protocol import Learned, Stability, Variants
from rpe.theories.td import TD


@dataclass(frozen=True)
class ChoiceErrors:
    """Errors at the onset of options: δ = γ q(chosen) by SARSA, δ = γ max_a q(a) by Q-learning.

    In a schedule, which has no options, the theory is TD(0) over a serial compound.

    Parameters
    ----------
    rule : {"sarsa", "q_learning"}
        Which value stands for the options.
    learning_rate : float or array (n_agents,)
        α ≥ 0, per step.
    discount : float or array (n_agents,)
        γ in [0, 1], per step of the schedule; nothing is discounted between the onset and the choice.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Morris, G., Nevet, A., Arkadir, D., Vaadia, E. & Bergman, H. (2006). Midbrain dopamine neurons encode decisions for
    future action. Nature Neuroscience 9, 1057-1063. doi:10.1038/nn1743
    Roesch, M. R., Calu, D. J. & Schoenbaum, G. (2007). Dopamine neurons encode the better option in rats deciding
    between differently delayed or sized rewards. Nature Neuroscience 10, 1615-1624. doi:10.1038/nn2013

    Examples
    --------
    >>> import rpe
    >>> [rpe.theories.ChoiceErrors(rule).choice_error([0.2, 0.8], 0) for rule in ("sarsa", "q_learning")]
    [0.2, 0.8]
    """

    rule: str = "sarsa"
    learning_rate: PerAgent = default(0.1)
    discount: PerAgent = default(0.99)

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount")

    def __post_init__(self) -> None:
        choice("rule", self.rule, ("sarsa", "q_learning"))
        for name, high in (("learning_rate", np.inf), ("discount", 1.0)):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        agent_count(learning_rate=self.learning_rate, discount=self.discount)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "SARSA" if self.rule == "sarsa" else "Q-learning"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return the stability of TD(0)."""
        return self._values.stability(schedule)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule as TD(0)."""
        return self._values.learn(schedule, rng)

    def choice_error(self, values: npt.ArrayLike, chosen: int) -> float:
        """Return the error at the onset of options.

        Parameters
        ----------
        values : float array (n_options,)
            What each is worth, in reward units.
        chosen : int
            Which one is taken.

        Raises
        ------
        TypeError, ValueError
            For no options, or a choice of none of them.
        """
        q = numbers("values", values)
        if q.ndim != 1 or not len(q):
            raise ValueError(f"values must have shape (n_options,); got {q.shape}")
        taken = count("chosen", chosen, 0, len(q) - 1)
        # With the values of the actions taken the TD error is that of SARSA.
        return float(td_error(0.0, 0.0, q[taken], 1.0) if self.rule == "sarsa" else q_learning_error(0.0, 0.0, q, 1.0))

    @property
    def _values(self) -> TD:
        return TD(trace_decay=0.0, learning_rate=self.learning_rate, discount=self.discount, step=None)


SCORECARD: Variants = {"SARSA": ChoiceErrors, "Q-learning": lambda: ChoiceErrors("q_learning")}
