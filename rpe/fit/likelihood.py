"""Likelihoods: agents replay recorded choices through the same `policy` and `update` that simulate."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from rpe._checks import ArrayLike, Bools, Floats, Ints, function, indices, instance, shown, unmasked
from rpe.agents import Agent
from rpe.records import Choices
from rpe.records.choices import QUANTITIES
from rpe.tasks import Step

Visitor = Callable[[int, Floats, Ints, Bools], None]


class FiniteTask(Protocol):
    """What a likelihood asks of the task that was done: how many states and actions it has.

    Examples
    --------
    >>> import rpe
    >>> task: rpe.fit.FiniteTask = rpe.tasks.bandit([0.3, 0.7])
    >>> task.n_states, task.n_actions
    (1, 2)
    """

    @property
    def n_states(self) -> int:
        """Number of states."""

    @property
    def n_actions(self) -> int:
        """Number of actions."""


@runtime_checkable
class TrialStarter(Protocol):
    """An agent that has something to do at the beginning of a trial, such as to clear its traces.

    Examples
    --------
    >>> import rpe
    >>> isinstance(rpe.agents.QLearner(), rpe.fit.TrialStarter)
    True
    """

    def start(self, memory: Any, state: Ints) -> Floats:
        """Begin a trial in the states (n,); return the errors of the cue (n,)."""


@runtime_checkable
class LogPolicy(Protocol):
    """An agent that knows the logarithms of its choice probabilities, also where these underflow."""

    def log_policy(self, memory: Any, state: Ints) -> Floats:
        """Return the log choice probabilities (n_actions, n) in the states (n,)."""


@runtime_checkable
class ChoiceObserver(Protocol):
    """An agent that remembers its choices, also those of which it does not see what comes."""

    def observe_choice(self, memory: Any, state: Ints, action: Ints, active: Bools) -> None:
        """Remember the choices (n,) of those who are `active` (n,), in place."""


def _trials(trials: ArrayLike) -> npt.NDArray[Any]:
    found = unmasked("trials", trials)
    if found.dtype.kind not in "bi":
        raise TypeError(f"trials must hold True and False; got {shown(trials)}")
    return found


def log_likelihood(agent: Agent, task: FiniteTask, data: Choices, trials: ArrayLike | None = None) -> Floats:
    """Return the log likelihood of each subject's choices, Σ ln π(a_t | s_t, what was learned before).

    Parameters
    ----------
    agent : Agent
        With one set of parameters, or one per subject.
    task : FiniteTask
        That was done: `n_states`, `n_actions` and, for a planner, its tables.
    data : Choices
        Of n subjects.
    trials : bool array (n_trials,), optional
        Which trials are scored; all are replayed.

    Returns
    -------
    float array (n_subjects,)
        −∞ where a subject did what the agent never does.

    Raises
    ------
    ValueError
        If the number of agents does not fit, or a recorded state or action is not in the task.

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[0, 1, 1]], [[1.0, 0.0, 1.0]])
    >>> learner = rpe.agents.QLearner(learning_rate=0.5, discount=0.0, inverse_temperature=0.0)
    >>> rpe.fit.log_likelihood(learner, rpe.tasks.bandit([0.5, 0.5]), data).round(4)
    array([-2.0794])
    """
    instance("data", data, Choices)
    scored = np.ones(data.action.shape[1]) if trials is None else _trials(trials)
    if scored.shape != data.action.shape[1:2]:
        raise ValueError(f"trials must have shape ({data.action.shape[1]},); got {scored.shape}")
    total = np.zeros(data.n_subjects)

    def add(moment: Moment) -> None:
        if scored[moment.trial]:
            who = np.flatnonzero(moment.scored)
            total[who] += moment.log_probability[moment.action[who], who]

    walk(agent, task, data, add)
    return total


class Moment(NamedTuple):
    """A step of a replay, as n agents meet it, before they learn from it.

    Attributes
    ----------
    trial, now : int
        Which trial, and which step within it.
    state : int array (n,)
    memory : object
        Of the agents, as it is then.
    log_probability : float array (n_actions, n)
        Logarithms of the choice probabilities.
    action : int array (n,)
        What was chosen, 0 where there is no choice.
    chose, scored : bool array (n,)
        Where there is one, and where it is scored.
    """

    trial: int
    now: int
    state: Ints
    memory: Any
    log_probability: Floats
    action: Ints
    chose: Bools
    scored: Bools


def replay(agent: Agent, task: FiniteTask, data: Choices, visit: Visitor, subject: Ints | None = None) -> None:
    """Let agents go through what subjects met and did, and look at every choice before it is learned from.

    Nothing is learned from choices without feedback; an agent that remembers its choices hears of
    them by `observe_choice` (see `ChoiceObserver`).

    Parameters
    ----------
    agent, task, data
        As in `log_likelihood`.
    visit : callable
        Called as `visit(trial, probabilities, action, scored)` for every step: choice probabilities
        (n_actions, n), the recorded actions (n,) (0 where there is none), and where there is one that
        is scored.
    subject : int array (n,), optional
        Whose record each of n agents goes through; by default agent i that of subject i.

    Examples
    --------
    >>> import rpe
    >>> free = {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)}
    >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]), free, name="learns")
    >>> data = rpe.fit.simulated(model, [[0.2, 3.0], [0.5, 2.0]], n_trials=60, rng=0)
    >>> seen = []
    >>> rpe.fit.replay(model.agent, model.task, data, lambda trial, *_: seen.append(trial))
    >>> len(seen)
    60
    """
    function("visit", visit)
    check_fits(task, data)
    if subject is not None:
        subject = indices("subject", subject, data.n_subjects)
        if subject.ndim != 1 or not subject.size:
            raise ValueError(f"subject must have shape (n,); got {subject.shape}")

    def look(moment: Moment) -> None:
        visit(moment.trial, np.exp(moment.log_probability), moment.action, moment.scored)

    walk(agent, task, data, look, subject)


def walk(
    agent: Agent,
    task: FiniteTask,
    data: Choices,
    visit: Callable[[Moment], None],
    subject: Ints | None = None,
    learned: Callable[[Moment, Floats], None] | None = None,
) -> None:
    """Replay as `replay` does; `visit` sees every step as a `Moment`, `learned` the errors (n,) that followed."""
    check_fits(task, data)
    rows = Rows(data, subject)
    if isinstance(agent, type) or not callable(getattr(agent, "init", None)):
        raise TypeError(f"agent must be an agent with the method 'init'; got {shown(agent)}")
    memory = agent.init(task, rows.n)
    for trial in range(rows.n_trials):
        state = rows.state(trial)
        if isinstance(agent, TrialStarter):
            agent.start(memory, state)
        for now in range(rows.n_steps):
            recorded = rows.action(trial, now)
            step = rows.step(trial, now)
            chose = recorded >= 0
            if chose.any():
                everyone = bool(chose.all())
                action = recorded if everyone else np.maximum(recorded, 0)
                logs = log_policy(agent, memory, state)
                moment = Moment(trial, now, state, memory, logs, action, chose, rows.scored(trial, now, chose))
                visit(moment)
                delta = _learn(agent, moment, step, rows.feedback(trial, now))
                if learned is not None:
                    learned(moment, delta)
            state = step.state


def _learn(agent: Any, moment: Moment, step: Step, feedback: Bools | None) -> Floats:
    """Let agents learn from a step; return their errors (n,), NaN where there was no feedback."""
    memory, state, action, chose = moment.memory, moment.state, moment.action, moment.chose
    if feedback is None:
        return np.asarray(agent.update(memory, state, action, step, None if chose.all() else chose))
    seen, unseen = chose & feedback, chose & ~feedback
    # Also where nobody saw anything: what a learner carries on from step to step must not depend on others.
    delta = np.where(seen, agent.update(memory, state, action, step, seen), np.nan)
    if unseen.any() and isinstance(agent, ChoiceObserver):
        agent.observe_choice(memory, state, action, unseen)
    return np.asarray(delta)


def log_policy(agent: Agent, memory: Any, state: Ints) -> Floats:
    """Return log choice probabilities (n_actions, n): by log-sum-exp where the agent has `log_policy`.

    A probability too small to be told from 0 then still has its logarithm.
    """
    if isinstance(agent, LogPolicy):
        return agent.log_policy(memory, state)
    with np.errstate(divide="ignore"):
        return np.log(agent.policy(memory, state))


class Rows:
    """A record with time first, whose columns are subjects, each as often as asked for."""

    def __init__(self, data: Choices, subject: Ints | None = None) -> None:
        self._subject = subject
        self._received = [_by_time(getattr(data, name)) for name in QUANTITIES]
        self._action, self._state = _by_time(data.action), _by_time(data.state)
        self._terminated = _by_time(data.terminated)
        self._scored = None if (data.scored == (data.action >= 0)).all() else _by_time(data.scored)
        self._feedback = None if data.feedback.all() else _by_time(data.feedback)
        self.n_trials, self.n_steps, n_subjects = self._action.shape
        self.n = n_subjects if subject is None else len(subject)
        took_place = np.where(_by_time(data.missed), 0, self._action)
        following = np.full_like(self._action, -1)
        following[:, :-1] = took_place[:, 1:]
        self._truncated = (self._action >= 0) & ~self._terminated & (following < 0)
        self._cut = bool(self._truncated.any())
        self._nobody = np.zeros(self.n, dtype=np.bool_)

    def state(self, trial: int) -> Ints:
        """States (n,) at the start of a trial."""
        return self._pick(self._state[trial, 0])

    def action(self, trial: int, now: int) -> Ints:
        """Choices (n,), −1 where there is none."""
        return self._pick(self._action[trial, now])

    def scored(self, trial: int, now: int, chose: Bools) -> Bools:
        """Where a choice is scored, (n,): by default wherever there is one."""
        return chose if self._scored is None else np.asarray(self._pick(self._scored[trial, now]))

    def feedback(self, trial: int, now: int) -> Bools | None:
        """Where there is something to learn from, (n,); None for everywhere."""
        return None if self._feedback is None else np.asarray(self._pick(self._feedback[trial, now]))

    def step(self, trial: int, now: int) -> Step:
        """What came of the step, as an agent's `update` wants it."""
        reward, effort, points, pseudo = (
            0.0 if rows is None else self._pick(rows[trial, now]) for rows in self._received
        )
        return Step(
            self._pick(self._state[trial, now + 1]),
            reward,
            effort,
            points,
            pseudo,
            self._pick(self._terminated[trial, now]),
            self._pick(self._truncated[trial, now]) if self._cut else self._nobody,
        )

    def _pick(self, row: Any) -> Any:
        return row if self._subject is None else row.take(self._subject)


def _by_time(array: Any) -> Any:
    """An array (n_subjects, ...) with the subjects last; None for a quantity that is 0 throughout."""
    if array.dtype.kind == "f" and not array.any():
        return None
    return np.ascontiguousarray(np.moveaxis(array, 0, -1))


def check_fits(task: FiniteTask, data: Choices) -> None:
    """Raise ValueError if a recorded state or action is not in the task."""
    instance("data", data, Choices)
    if isinstance(task, type) or not hasattr(task, "n_states"):
        raise TypeError(f"task must be a task, with states and actions; got {shown(task)}")
    for name, found, size in (
        ("state", data.state, task.n_states),
        ("action", data.action, task.n_actions),
    ):
        if found.max() >= size or (name == "state" and found.min() < 0):
            raise ValueError(f"{name} must lie in [0, {size - 1}], as the task has it; got {found.max()}")
