"""Pursuit of one goal among rivals: momentum that looks back at progress, and looking ahead."""

from dataclasses import dataclass, fields
from typing import Literal, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, KnowsItsKeywords, PerAgent, agent_count, choice, default, parameter
from rpe.agents._steps import check_n_agents
from rpe.tasks import Step, ThreeSuits

Rule = Literal["momentum", "persistence", "prospective", "hybrid"]
RULES: tuple[Rule, ...] = ("momentum", "persistence", "prospective", "hybrid")
_GOAL_REWARD = 10.0


class PursuitMemory(NamedTuple):
    """What an agent in pursuit of goals remembers; all arrays have one column an agent.

    Attributes
    ----------
    tokens : int array (n_suits, n_states)
        Tokens of each suit in each state.
    block : int array (n_states,)
        Block of each state.
    slope, intercept : float array (n_suits, n)
        w and b of momentum.
    chance : float array (n_suits, n)
        M, the learned chance of a token.
    kernel : float array (n_suits, n)
        C, how much each suit was chosen lately.
    goal : float array (n_suits, n)
        Probability that each suit is the goal that is pursued, given all choices.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.ThreeSuits([[0.8, 0.2, 0.2]], block_length=10)
    >>> memory = rpe.agents.GoalPursuit().init(task, n_agents=2)
    >>> memory.goal.shape, memory.kernel.shape
    ((3, 2), (3, 2))
    """

    tokens: Ints
    block: Ints
    slope: Floats
    intercept: Floats
    chance: Floats
    kernel: Floats
    goal: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class GoalPursuit(KnowsItsKeywords):
    """Goal pursuit: stays with a goal by its value against that of the best rival, and chooses its suit for it.

    With x = c/N, the share of its tokens that a suit has, its value is

    - momentum: v = w x + b, learned without reward from w x′ + b discounted: δ = γ(w x′ + b) − (w x + b),
      w ← w + α δ x′, b ← b + α δ (progress makes value, and empty steps let it decay);
    - persistence: v = M, M ← M + α (y − M), where y is 1 with a token and 0 without;
    - prospective: v = 10 [pγ / (1 − (1 − p)γ)]^(N − c) with p = M;
    - hybrid: ω prospective + (1 − ω) 10 γ^(N − c).

    An agent stays with g with probability σ(−β₀ + C_g + β(v_g − max of the others)), and shares the rest by
    softmax(β v) over the others; so it does when it takes a card for the goal that it has (β of cards), and
    then when it takes a goal anew (β of goals). The goal is hidden: the agent keeps its probability given all
    choices (the forward algorithm), so that `policy` is exact in simulation and in likelihood. Values begin
    afresh in each block.

    Parameters
    ----------
    rule : {"momentum", "persistence", "prospective", "hybrid"}
        What a goal is worth.
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    discount : float or array (n_agents,)
        γ in [0, 1], per step.
    inverse_temperature, goal_inverse_temperature : float or array (n_agents,)
        β ≥ 0 of cards and of goals, per unit of value.
    leaving : float or array (n_agents,)
        β₀, in logits: how readily goals are left.
    kernel_rate : float or array (n_agents,)
        α_c in [0, 1] of the choice kernel, C_k ← C_k + α_c (1[k = s] − C_k).
    prospective_weight : float or array (n_agents,)
        ω in [0, 1] of the hybrid.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    References
    ----------
    Aenugu, S. & O'Doherty, J. P. (2025). Building momentum: a computational account of persistence
    toward long-term goals. PLoS Computational Biology. doi:10.1371/journal.pcbi.1013054 (the authors' code)

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.ThreeSuits.published()
    >>> history = rpe.simulate.run(rpe.agents.GoalPursuit(learning_rate=0.8), task, n_agents=20, rng=0)
    >>> bool(25 < history.trials.reward.mean() / task.reward < 50)
    True
    """

    rule: Rule = "momentum"
    learning_rate: PerAgent = default(0.3)
    discount: PerAgent = default(0.93)
    inverse_temperature: PerAgent = default(5.0)
    goal_inverse_temperature: PerAgent = default(5.0)
    leaving: PerAgent = default(0.0)
    kernel_rate: PerAgent = default(0.0)
    prospective_weight: PerAgent = default(0.5)

    def __post_init__(self) -> None:
        choice("rule", self.rule, RULES)
        for name, (low, high) in self.bounds().items():
            object.__setattr__(self, name, parameter(name, getattr(self, name), low, high))
        _ = self.n_agents

    def bounds(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter by name."""
        unit, positive = (0.0, 1.0), (0.0, np.inf)
        return {
            "learning_rate": unit,
            "discount": unit,
            "inverse_temperature": positive,
            "goal_inverse_temperature": positive,
            "leaving": (-np.inf, np.inf),
            "kernel_rate": unit,
            "prospective_weight": unit,
        }

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return agent_count(**{name: value for name, value in arrays.items() if isinstance(value, np.ndarray)})

    def init(self, task: ThreeSuits, n_agents: int) -> PursuitMemory:
        """Return a fresh memory for n agents.

        Raises
        ------
        TypeError, ValueError
            If the task has no suits, or the parameters describe another number of agents.
        """
        if not isinstance(task, ThreeSuits):
            raise TypeError(f"task must be ThreeSuits; got {type(task).__name__}")
        check_n_agents(self.n_agents, n_agents, task)
        known = task.decode(np.arange(task.n_states))
        shape = (task.n_suits, n_agents)
        tokens = np.concatenate([known["tokens"].T, np.full((task.n_suits, 1), task.target)], axis=1)
        memory = PursuitMemory(tokens, known["block"], *(np.empty(shape) for _ in range(5)))
        self._forget(memory, np.ones(n_agents, dtype=np.bool_))
        memory.goal[...] = 1 / task.n_suits
        return memory

    @staticmethod
    def _forget(memory: PursuitMemory, who: Bools) -> None:
        """Begin afresh, as in a new block."""
        start = (memory.slope, 0.5), (memory.intercept, 0.1), (memory.chance, 1 / 3), (memory.kernel, 0.33)
        for array, value in start:
            array[:, who] = value

    def start(self, memory: PursuitMemory, state: Ints) -> Floats:
        """Begin a session: nothing is known of the suits or of the goal; there is no error of the cue, (n,)."""
        self._forget(memory, np.ones(len(state), dtype=np.bool_))
        memory.goal[...] = 1 / len(memory.goal)
        return np.zeros(len(state))

    def values(self, memory: PursuitMemory, state: Ints) -> Floats:
        """Return the value of each suit as a goal, (n_suits, n)."""
        target = memory.tokens[0, -1]
        done = memory.tokens[:, state]
        if self.rule == "momentum":
            return memory.slope * (done / target) + memory.intercept
        if self.rule == "persistence":
            return memory.chance
        left = target - done
        ahead = prospective_value(memory.chance, self.discount, left)
        if self.rule == "prospective":
            return ahead
        back = _GOAL_REWARD * self.discount**left
        return self.prospective_weight * ahead + (1 - self.prospective_weight) * back

    def stay_logit(self, memory: PursuitMemory, state: Ints, values: Floats, beta: Floats) -> Floats:
        """Return the logit of staying with each goal against its best rival, (n_suits, n)."""
        return -self.leaving + memory.kernel + beta * (values - best_rival(values))

    def policy(self, memory: PursuitMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_suits, n), over what the goal may be."""
        return np.einsum("gn,gkn->kn", memory.goal, self._moves(memory, state, self.inverse_temperature))

    def _moves(self, memory: PursuitMemory, state: Ints, beta: Floats) -> Floats:
        """Probability of each suit given each goal, (n_suits, n_suits, n)."""
        values = self.values(memory, state)
        rival = best_rival(values)
        stay = 1 / (1 + np.exp(-np.clip(self.stay_logit(memory, state, values, beta), -700, 700)))
        moves = np.empty((len(values), *values.shape))
        if len(values) == 1:
            moves.fill(1.0)
            return moves
        for goal, weight in enumerate(moves):
            # In place: of many agents, the arrays are larger than what is allocated quickly.
            np.subtract(values, rival[goal], out=weight)
            weight[goal] = 0.0
            np.exp(np.multiply(beta, weight, out=weight), out=weight)
            weight[goal] = 0.0
            total = weight.sum(axis=0)
            weight *= 1 - stay[goal]
            weight /= total
            weight[goal] = stay[goal]
        return moves

    def update(self, memory: PursuitMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn from one choice in place; return the signed error (n,) of the rule, 0 for agents not active."""
        every = np.arange(len(state))
        on = np.ones(len(state), dtype=np.bool_) if active is None else active
        token = (memory.tokens[action, step.state] != memory.tokens[action, state]).astype(np.float64)
        goal = memory.goal * self._moves(memory, state, self.inverse_temperature)[:, action, every]
        total = goal.sum(axis=0)
        goal = np.where(total > 0, goal / np.where(total > 0, total, 1.0), memory.goal)
        delta = self._learn(memory, state, action, token, on)
        chosen = np.arange(len(goal))[:, None] == action
        memory.kernel[...] += on * self.kernel_rate * (chosen - memory.kernel)
        self._forget(memory, on & (memory.block[step.state] != memory.block[state]))
        moved = np.einsum("gn,gkn->kn", goal, self._moves(memory, step.state, self.goal_inverse_temperature))
        memory.goal[...] = np.where(on, moved, memory.goal)
        return delta

    def _learn(self, memory: PursuitMemory, state: Ints, action: Ints, token: Floats, on: Bools) -> Floats:
        place = (action, np.arange(len(state)))
        rate = self.learning_rate * on
        if self.rule != "momentum":
            error = on * (token - memory.chance[place])
            memory.chance[place] += rate * error
            return error
        target = memory.tokens[0, -1]
        before = memory.tokens[action, state] / target
        after = before + token / target
        slope, intercept = memory.slope[place], memory.intercept[place]
        error = on * (self.discount * (slope * after + intercept) - (slope * before + intercept))
        memory.slope[place] += rate * error * after
        memory.intercept[place] += rate * error
        return error


def prospective_value(chance: Floats, discount: Floats, left: Ints) -> Floats:
    """Return 10 [pγ / (1 − (1 − p)γ)]^n: what a goal of 10 is worth n tokens away, if each comes with chance p.

    Examples
    --------
    >>> import numpy as np
    >>> float(prospective_value(np.array(0.5), np.array(0.9), np.array(3)).round(6))
    5.477085
    """
    ahead = 1 - (1 - chance) * discount
    each = np.where(ahead > 0, chance * discount / np.where(ahead > 0, ahead, 1.0), 0.0)
    return np.asarray(_GOAL_REWARD * each**left)


def best_rival(values: Floats) -> Floats:
    """Return the largest value of the others, for each suit, (n_suits, n).

    Examples
    --------
    >>> best_rival(np.array([[1.0], [3.0], [2.0]])).ravel()
    array([3., 2., 3.])
    """
    if len(values) == 1:
        return np.full_like(values, -np.inf)
    first = values.max(axis=0)
    is_first = values == first
    second = np.where(is_first, -np.inf, values).max(axis=0)
    return np.where(is_first & (is_first.sum(axis=0) == 1), second, first)


def __dir__() -> list[str]:
    return ["RULES", "GoalPursuit", "PursuitMemory", "Rule", "best_rival", "prospective_value"]
