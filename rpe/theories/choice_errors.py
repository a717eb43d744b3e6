"""Errors at a choice: which value stands for a set of options, that of the chosen or that of the best."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, PerAgent, Seed, agent_count, choice, count, default, numbers, parameter
from rpe.schedules import Schedule
from rpe.td.errors import td_error
from rpe.theories._fast.compiling import worth_it
from rpe.theories._manipulated import Manipulated
from rpe.theories._rewards_expected import steps_since
from rpe.theories._stability import bounded
from rpe.theories.protocol import Learned, Stability, Variants
from rpe.theories.td import TD

_NAMES = {"sarsa": "SARSA", "q_learning": "Q-learning", "value": "State value at choice"}


@dataclass(frozen=True)
class ChoiceErrors:
    """Errors at a choice: δ = r + γ V′ − V, in which options count as V′ = q(chosen), max_a q(a) or Σ π(a) q(a).

    The three are SARSA, Q-learning and state values under softmax choice, π = softmax(β q). In a schedule with choices
    (`schedules.Trial.choice`) q of an option is the value of the first state of its serial compound; options that are
    not chosen have no states in that trial. In one without choices the theory is TD(0) over a serial compound.

    Parameters
    ----------
    rule : {"sarsa", "q_learning", "value"}
        Which value stands for the options.
    learning_rate : float or array (n_agents,)
        α ≥ 0, per step.
    discount : float or array (n_agents,)
        γ in [0, 1], per step of the schedule; nothing is discounted between the onset and the choice.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0 of "value", per reward unit (assumption).

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
    inverse_temperature: PerAgent = default(3.0)

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount")

    def __post_init__(self) -> None:
        choice("rule", self.rule, tuple(_NAMES))
        for name, high in (("learning_rate", np.inf), ("discount", 1.0), ("inverse_temperature", np.inf)):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return _NAMES[self.rule]

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return the stability of TD(0)."""
        return self._values.stability(schedule)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        if (schedule.does.chosen < 0).all():
            return self._values.learn(schedule, rng)
        if self._n_agents() == 1 and not Manipulated(schedule).any and worth_it(schedule.reward.size):
            from rpe.theories._fast.choices import alone

            parameters = (self.learning_rate, self.discount, self.inverse_temperature)
            rates = (float(np.ravel(each)[0]) for each in parameters)
            delta, value, w = alone(schedule, _states(schedule), self.rule, *rates)
            return Learned(delta[None], value[None], {"weights": w[None]})
        return self._step_by_step(schedule)

    def _step_by_step(self, schedule: Schedule) -> Learned:
        """The rule as it is written, for any number of agents."""
        states = _states(schedule).tolist()
        w = np.zeros((len(schedule.stimuli) * schedule.n_steps, self._n_agents()))
        income, does, change = (schedule.reward + schedule.pulse).tolist(), schedule.does, Manipulated(schedule)
        delta, value = np.empty((2, *schedule.reward.shape, w.shape[1]))
        for trial, learns in enumerate(schedule.learning.tolist()):
            before: list[int] = []
            for step, here in enumerate(states[trial]):
                now = [state for state in here if state >= 0]
                worth = w[now].sum(axis=0)
                if (chosen := int(does.chosen[trial, step])) >= 0:
                    options = np.flatnonzero(does.offered[trial, step])
                    q = w[options * schedule.n_steps]
                    worth = worth - w[chosen * schedule.n_steps] + self._worth(q, options.tolist().index(chosen))
                error = td_error(income[trial][step], w[before].sum(axis=0), worth, self.discount)
                delta[trial, step], value[trial, step] = error, worth
                delta[trial, step] = change(error, trial, step)
                if learns[step]:
                    w[before] += self.learning_rate * delta[trial, step]
                before = now
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), {"weights": w.T})

    def _worth(self, q: Floats, chosen: int) -> Floats:
        """What stands for options with the values q (n_options, n_agents), (n_agents,)."""
        if self.rule == "sarsa":
            return np.asarray(q[chosen])
        if self.rule == "q_learning":
            return np.asarray(q.max(axis=0))
        odds = np.exp(self.inverse_temperature * (q - q.max(axis=0)))
        return np.asarray((odds * q).sum(axis=0) / odds.sum(axis=0))

    def _n_agents(self) -> int:
        return agent_count(
            learning_rate=self.learning_rate, discount=self.discount, inverse_temperature=self.inverse_temperature
        )

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
        # Nothing is expected before, and the onset itself is not discounted.
        return float(td_error(0.0, 0.0, self._worth(q[:, None], taken)[0], 1.0))

    @property
    def _values(self) -> TD:
        return TD(trace_decay=0.0, learning_rate=self.learning_rate, discount=self.discount, step=None)


def _states(schedule: Schedule) -> Ints:
    """The state of each stimulus, by its number and the steps since its onset; −1 for none.

    The shape is (n_trials, n_steps, n_stimuli). Options that are not chosen have none.
    """
    does = schedule.does
    since = np.stack([steps_since(schedule, stimulus) for stimulus in range(len(schedule.stimuli))], axis=2)
    taken = np.arange(len(schedule.stimuli)) == does.chosen[..., None]
    left = (does.offered & ~taken).any(axis=1)[:, None]
    return np.where((since < 0) | left, -1, since + np.arange(len(schedule.stimuli)) * schedule.n_steps)


SCORECARD: Variants = {
    "SARSA": ChoiceErrors,
    "Q-learning": lambda: ChoiceErrors("q_learning"),
    "state value at choice": lambda: ChoiceErrors("value"),
}
