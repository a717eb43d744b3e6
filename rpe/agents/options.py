"""Hierarchical learning: options that lead to sub-goals, beside single actions, each with errors of its own."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    LARGEST,
    Bools,
    Floats,
    Ints,
    KnowsItsKeywords,
    Numbers,
    agent_count,
    count,
    flag,
    held,
    indices,
    parameter,
    scalar,
)
from rpe._softmax import softmax
from rpe.agents._steps import Offered, check_n_agents, experienced_utility, offered_actions, offered_in
from rpe.choice import inverse_temperature
from rpe.tasks import Step, TabulatedTask
from rpe.td.errors import td_error

# Equally short ways differ by the rounding of their values alone.
_TIE = 1e-9


class OptionsMemory:
    """Memory of a hierarchical learner; agents last.

    Attributes
    ----------
    q : float array (n_actions + n_options, n_states, n)
        Values of actions and options at the root, in reward units.
    within : float array (n_options, n_actions, n_states, n)
        Values at the root of each action with the option going on after it, in reward units.
    inside : float array (n_options, n_actions, n_states, n)
        Values of actions within each option, in units of the pseudo-reward.
    sub_goal_error : float array (n_options, n)
        The last error within each option.
    over : bool array (n_options, n)
        Whether the option cannot be begun again in this trial.
    available : bool array (n_actions, n_states), Masks or None
        Which actions each state offers; None if all do; masks where only playing shows it.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.OptionsLearner().init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.n_agents
    2
    """

    def __init__(self, n_actions: int, n_states: int, sub_goals: Ints, n: int, available: Offered = None) -> None:
        n_actions, n_states, n = count("n_actions", n_actions), count("n_states", n_states), count("n", n)
        sub_goals = indices("sub_goals", sub_goals, n_states)
        self.q = np.zeros((n_actions + len(sub_goals), n_states, n))
        self.within = np.zeros((len(sub_goals), n_actions, n_states, n))
        self.inside = np.zeros((len(sub_goals), n_actions, n_states, n))
        self.sub_goal_error = np.zeros((len(sub_goals), n))
        self.over = np.zeros((len(sub_goals), n), dtype=np.bool_)
        self.sub_goals, self.agent, self.available = sub_goals, np.arange(n), available

    @property
    def n_agents(self) -> int:
        """How many agents remember."""
        return len(self.agent)

    @property
    def n_states(self) -> int:
        """How many states they know."""
        return int(self.q.shape[1])


@dataclass(frozen=True, eq=False, kw_only=True)
class OptionsLearner(KnowsItsKeywords):
    """Q-learning over actions and options, with intra-option learning.

        root:    Q_o(s, a) ← Q_o(s, a) + α [r + γ U(s′, o) − Q_o(s, a)],   Q(s, o) = Σ_a π_o(a|s) Q_o(s, a),
                 U = (1 − β_o(s′)) Q(s′, o) + β_o(s′) max Q(s′, ·)
        inside:  q_o(s, a) ← q_o(s, a) + α [ρ 1[s′ = sub-goal] + γ (1 − β_o(s′)) max q_o(s′, ·) − q_o(s, a)]

    Option o leads to one sub-goal and ends there (β = 1). Within it the best actions are equally
    likely, so that an option of which nothing is known yet wanders evenly, whatever the order of the
    actions. All options learn from every action, each what it is worth to be in the option after that
    action; an action is an option of one step, which ends wherever it leads. The
    pseudo-reward ρ stays inside: the root never receives it. Which option leads is chosen anew in
    every step, so that the policy is one of actions, π(a|s) = Σ_o P(o|s) π_o(a|s), and the agent
    draws no random numbers. Without options it is Q-learning.

    An option that is learned on the way leads once per trial, until its sub-goal was reached. It would
    otherwise draw the agent back as soon as it is known, again and again, while of the goal nothing is
    known yet. So no sub-goal, wherever it stands, makes the first trial longer than it is without.

    Parameters
    ----------
    sub_goals : int array (n_options,), optional
        States to which options lead; by default those of the task, if it has any.
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    discount : float or array (n_agents,)
        γ in [0, 1], per step.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0 of the softmax over actions and options, per reward unit.
    exploration : float or array (n_agents,)
        ε in [0, 1].
    pseudo_reward : float
        ρ > 0 at a sub-goal, within its option.
    given : bool
        Whether the policies within options are known from the start, as a skill that was learned
        before, which can be used at any time; otherwise they are learned on the way.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for sub-goals that are no states of the task.

    References
    ----------
    Sutton, R. S., Precup, D. & Singh, S. (1999). Between MDPs and semi-MDPs: a framework for temporal
    abstraction in reinforcement learning. Artificial Intelligence 112, 181-211.
    doi:10.1016/S0004-3702(99)00052-1 (intra-option learning)
    Botvinick, M. M., Niv, Y. & Barto, A. G. (2009). Hierarchically organized behavior and its neural
    foundations. Cognition 113(3), 262-280. doi:10.1016/j.cognition.2008.08.011

    Examples
    --------
    >>> import rpe
    >>> maze = rpe.tasks.FourRooms("doorways")
    >>> history = rpe.simulate.run(rpe.agents.OptionsLearner(), maze, n_agents=20, n_trials=10, rng=0)
    >>> bool(history.trials.length[:, -1].mean() < history.trials.length[:, 0].mean())
    True
    """

    sub_goals: npt.ArrayLike | None = None
    learning_rate: Numbers = 0.25
    discount: Numbers = 0.95
    inverse_temperature: Numbers = np.inf
    exploration: Numbers = 0.1
    pseudo_reward: float = 1.0
    given: bool = True

    def __post_init__(self) -> None:
        if self.sub_goals is not None:
            indices("sub_goals", self.sub_goals, LARGEST)
        for name in ("learning_rate", "discount", "exploration"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        object.__setattr__(self, "inverse_temperature", inverse_temperature(self.inverse_temperature))
        rho = scalar("pseudo_reward", self.pseudo_reward, 0, open_low=True)
        object.__setattr__(self, "pseudo_reward", rho)
        flag("given", self.given)
        _ = self.n_agents

    @property
    def heeds_masks(self) -> bool:
        """Whether no action that a state does not offer is ever chosen."""
        return True

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        names = ("learning_rate", "discount", "exploration", "inverse_temperature")
        return agent_count(**{name: getattr(self, name) for name in names})

    def init(self, task: TabulatedTask, n_agents: int) -> OptionsMemory:
        """Return a fresh memory for n agents.

        Raises
        ------
        ValueError
            If the number of agents does not fit, or a sub-goal is no state.
        """
        check_n_agents(self.n_agents, n_agents, task)
        places = getattr(task, "sub_goals", ()) if self.sub_goals is None else self.sub_goals
        sub_goals = np.asarray(places, dtype=np.int64).reshape(-1)
        if sub_goals.size and not (sub_goals.min() >= 0 and sub_goals.max() < task.n_states):
            raise ValueError(f"sub_goals must be states from 0 to {task.n_states - 1}; got {sub_goals.tolist()}")
        memory = OptionsMemory(task.n_actions, task.n_states, sub_goals, n_agents, offered_actions(task))
        if self.given and sub_goals.size:
            largest = float(held(self.discount).max())
            memory.inside[...] = _skills(task, sub_goals, largest, self.pseudo_reward)[..., None]
        return memory

    def start(self, memory: OptionsMemory, state: Ints) -> Floats:
        """Begin a trial, in which every option can lead; return NaN (n,), as there is no error at the cue."""
        memory.over[...] = False
        return np.full(len(state), np.nan)

    def policy(self, memory: OptionsMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        leads, chosen = self._leads(memory, state), self._chosen(memory, state)
        n_actions = len(chosen) - len(leads)
        mixed = chosen[:n_actions]
        for way, weight in zip(leads, chosen[n_actions:], strict=True):
            mixed = mixed + way * weight
        return mixed

    def value(self, memory: OptionsMemory, state: Ints) -> Floats:
        """Return what its state (n,) is worth to each of n agents, in reward units."""
        return np.asarray(self._q(memory, state).max(axis=0))

    def update(self, memory: OptionsMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn in place; return the signed error (n,) of the action at the root, from before the update."""
        every = memory.agent
        best = np.where(step.terminated, 0.0, self._q(memory, step.state).max(axis=0))
        stays = ~step.terminated & (step.state != memory.sub_goals[:, None])
        utility, rate = experienced_utility(step), held(self.learning_rate)
        root = td_error(utility, memory.q[action, state, every], best, held(self.discount))
        root = root if active is None else np.where(active, root, 0.0)
        memory.q[action, state, every] += rate * root
        if len(memory.sub_goals):
            n_actions = memory.inside.shape[1]
            onward = np.where(stays, memory.q[n_actions:, step.state, every], best)
            error = td_error(utility, memory.within[:, action, state, every], onward, held(self.discount))
            # An option is not on in its own sub-goal.
            live = state != memory.sub_goals[:, None]
            learns = live if active is None else live & active
            memory.within[:, action, state, every] += np.where(learns, rate * error, 0.0)
            self._learn_inside(memory, state, action, step, stays, learns)
            worth = (self._leads(memory, state) * memory.within[:, :, state, every]).sum(axis=1)
            memory.q[n_actions:, state, every] = np.where(learns, worth, memory.q[n_actions:, state, every])
            if not self.given:
                reached = step.state == memory.sub_goals[:, None]
                memory.over |= reached if active is None else reached & active
        return np.asarray(root)

    def _learn_inside(
        self, memory: OptionsMemory, state: Ints, action: Ints, step: Step, stays: Bools, learns: Bools
    ) -> None:
        """Let each option learn from its own pseudo-reward."""
        ahead = _at(memory.inside, step.state)
        offered = offered_in(memory.available, step.state)
        if offered is not None:
            ahead = np.where(offered, ahead, -np.inf)
        best = np.where(stays, _largest(ahead), 0.0)
        reached = self.pseudo_reward * (step.state == memory.sub_goals[:, None])
        place = slice(None), action, state, memory.agent
        before = memory.inside[place]
        error = np.where(learns, td_error(reached, before, best, held(self.discount)), 0.0)
        memory.sub_goal_error[...] = error
        memory.inside[place] = before + held(self.learning_rate) * error

    def _q(self, memory: OptionsMemory, state: Ints) -> Floats:
        """Values (n_actions + n_options, n) of what can be begun in the states."""
        q = memory.q[:, state, memory.agent]
        n_actions = memory.q.shape[0] - len(memory.sub_goals)
        q[n_actions:][state == memory.sub_goals[:, None]] = -np.inf
        offered = offered_in(memory.available, state)
        if offered is not None:
            q[:n_actions][~offered] = -np.inf
        return np.asarray(q)

    def _chosen(self, memory: OptionsMemory, state: Ints) -> Floats:
        """Probability (n_actions + n_options, n) that each leads."""
        q = self._q(memory, state)
        q[len(q) - len(memory.over) :][memory.over] = -np.inf
        offered = np.isfinite(q)
        greedy = softmax(np.where(offered, q, 0.0), self.inverse_temperature, offered)
        epsilon = held(self.exploration)
        return np.asarray((1 - epsilon) * greedy + epsilon * offered / offered.sum(axis=0))

    def _leads(self, memory: OptionsMemory, state: Ints) -> Floats:
        """How likely each option takes each action, (n_options, n_actions, n): evenly among its best."""
        q = _at(memory.inside, state)
        offered = offered_in(memory.available, state)
        if offered is not None:
            q = np.where(offered, q, -np.inf)
        best = _largest(q)[:, None]
        ties = q >= best - _TIE * np.abs(best)
        return np.asarray(ties / ties.sum(axis=1, keepdims=True))


def _at(inside: Floats, state: Ints) -> Floats:
    """Values within options (n_options, n_actions, n) in the states (n,)."""
    # One flat look-up: indexing with two arrays behind two axes costs NumPy several times as much.
    n_options, n_actions, n_states, n = inside.shape
    flat = inside.reshape(n_options * n_actions, n_states * n)
    values: Floats = flat.take(state * n + np.arange(n), axis=1).reshape(n_options, n_actions, n)
    return values


def _largest(q: Floats) -> Floats:
    """The largest value (n_options, n) over the actions."""
    best = q[:, 0]
    for action in range(1, q.shape[1]):
        best = np.maximum(best, q[:, action])
    return best


def _skills(task: TabulatedTask, sub_goals: Ints, discount: float, pseudo_reward: float) -> Floats:
    """Values (n_options, n_actions, n_states) on the shortest way to each sub-goal, solved from the tables."""
    if not hasattr(task, "tables"):
        raise TypeError(f"task must have tables for options that are given; got {type(task).__name__}")
    tables = task.tables
    shape = tables.next_state.shape
    chance = np.broadcast_to(tables.outcome_probability, shape)
    found = np.zeros((len(sub_goals), shape[2], shape[1]))
    for option, goal in enumerate(sub_goals):
        reached = tables.next_state == goal
        on = chance * ~(reached | np.broadcast_to(tables.terminated, shape))
        value = np.zeros(shape[1])
        for _ in range(10 * shape[1]):
            q = (chance * pseudo_reward * reached + discount * on * value[tables.next_state]).sum(axis=0)
            q = np.where(tables.available, q, 0.0)
            better = q.max(axis=1)
            if np.abs(better - value).max() < 1e-12:
                break
            value = better
        found[option] = q.T
    return found
