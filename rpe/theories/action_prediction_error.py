"""Action prediction error: a teaching signal for habits that grows with doing, whatever comes of it."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    Floats,
    Ints,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    between,
    count,
    default,
    flag,
    generator,
    instance,
    parameter,
)
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories.protocol import Learned, Variants


class Actions(NamedTuple):
    """What a sequence of actions taught.

    Attributes
    ----------
    error : float array (n_steps, n_agents)
        Action prediction error of each action.
    habit : float array (n_states, n_actions, n_agents)
        H at the end.
    """

    error: Floats
    habit: Floats


@dataclass(frozen=True)
class ActionPredictionError(KnowsItsKeywords):
    """Action prediction errors, after Greenstreet and others: what was done against what is usually done there.

        APE = [1 − H(s, a)]₊ for the action a that was taken,   H(s, b) ← H(s, b) + η (1(b = a) − H(s, b))

    No reward enters. In a schedule each stimulus is a state with one response of its own, made when it
    comes on (assumption), so that the error falls with every showing, paid or not.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        η in [0, 1]; .1, the default of the authors' class.
    forgets : bool
        Whether the habits of actions that were not taken fall (assumption); in the authors' script they do not.

    Notes
    -----
    Value is H of the stimuli that are on, without unit. A pulse adds to the error of the responses in its
    step. `learn` returns in `more` the strength `habit` at the end, (n_agents, n_stimuli).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Greenstreet, F. et al. (2025). Dopaminergic action prediction errors serve as a value-free teaching
    signal. Nature. doi:10.1038/s41586-025-09008-9
    Miller, K. J., Shenhav, A. & Ludvig, E. A. (2019). Habits without values. Psychological Review 126(2),
    292-311. doi:10.1037/rev0000120

    Examples
    --------
    >>> import rpe
    >>> theory = rpe.theories.ActionPredictionError(learning_rate=0.5)
    >>> theory.taught([0, 0, 0], [1, 1, 0], n_states=1, n_actions=2).error[:, 0].tolist()
    [1.0, 0.5, 1.0]
    """

    learning_rate: PerAgent = default(0.1)
    forgets: bool = True

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", parameter("learning_rate", self.learning_rate, 0, 1))
        flag("forgets", self.forgets)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Action prediction error"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: those of the authors' example."""
        return {"Greenstreet 2025, example": cls(learning_rate=0.01)}

    def taught(self, state: npt.ArrayLike, action: npt.ArrayLike, *, n_states: int, n_actions: int) -> Actions:
        """Run through actions in states.

        Parameters
        ----------
        state, action : int array (n_steps,)
        n_states, n_actions : int

        Raises
        ------
        TypeError, ValueError
            For numbers out of range, or lengths that do not match.
        """
        shape = (count("n_states", n_states), count("n_actions", n_actions))
        states, actions = _whole("state", state, shape[0]), _whole("action", action, shape[1])
        if states.shape != actions.shape or states.ndim != 1:
            raise ValueError(f"action must have the shape of state, {states.shape}; got {actions.shape}")
        n = agent_count(learning_rate=self.learning_rate)
        habit, error = np.zeros((*shape, n)), np.empty((len(states), n))
        for step, (s, a) in enumerate(zip(states.tolist(), actions.tolist(), strict=True)):
            error[step] = np.maximum(delta_rule_error(1.0, habit[s, a]), 0.0)
            if self.forgets:
                habit[s] += self.learning_rate * delta_rule_error(0.0, habit[s])
            else:
                habit[s, a] -= self.learning_rate * habit[s, a]
            habit[s, a] += self.learning_rate
        return Actions(error, habit)

    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        instance("schedule", schedule, Schedule)
        generator(rng)
        n = agent_count(learning_rate=self.learning_rate)
        habit = np.zeros((len(schedule.stimuli), n))
        delta, value = np.zeros((2, *schedule.reward.shape, n))
        onset, on = schedule.onset, schedule.level != 0
        for trial in range(schedule.n_trials):
            value[trial] = on[trial] @ habit
            # Habits change at onsets only.
            for step in np.flatnonzero(onset[trial].any(axis=1)).tolist():
                responds = onset[trial, step]
                error = np.maximum(delta_rule_error(1.0, habit[responds]), 0.0) + schedule.pulse[trial, step]
                delta[trial, step] = error.sum(axis=0)
                if schedule.learning[trial, step]:
                    habit[responds] = np.clip(habit[responds] + self.learning_rate * error, 0.0, 1.0)
                    value[trial, step + 1 :] = on[trial, step + 1 :] @ habit
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), {"habit": habit.T})


def _whole(name: str, value: npt.ArrayLike, n: int) -> Ints:
    """Whole numbers below n."""
    array = between(name, value, 0, n - 1)
    if (array != np.round(array)).any():
        raise ValueError(f"{name} must be whole numbers; got {array[array != np.round(array)][0]:g}")
    return array.astype(np.int64)


SCORECARD: Variants = {"action prediction error": ActionPredictionError}
