"""Mechanisms of choice: what tilts a choice beside the values of the actions."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, choice, parameter
from rpe.mechanisms.wrapping import Mechanism
from rpe.tasks import Step


@dataclass(frozen=True, eq=False)
class Habit(Mechanism):
    """What was often done in a state is done again, whatever came of it.

        H(s, a) ← H(s, a) + α_H (1 − H(s, a)) for what was done, H ← H − α_miss H for the rest of s,
        logits: Q part + θ_H H(s, a)

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        θ_H ≥ 0, in logits; 0 (the default) is no habit.
    learning_rate : float or array (n_agents,)
        α_H in [0, 1] per repetition; the median of 66 days to 95 % is .0444.
    miss_rate : float or array (n_agents,), optional
        α_miss in [0, 1] for what was not done; α_H if not given. One miss set people back little,
        which asks for a rate well below α_H.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Miller, K. J., Shenhav, A. & Ludvig, E. A. (2019). Habits without values. Psychological Review
    126(2), 292-311. doi:10.1037/rev0000120
    Lally, P., van Jaarsveld, C. H. M., Potts, H. W. W. & Wardle, J. (2010). How are habits formed.
    European Journal of Social Psychology 40, 998-1009. doi:10.1002/ejsp.674

    Examples
    --------
    >>> import rpe
    >>> habit = rpe.mechanisms.Habit(rpe.agents.QLearner(), weight=1.0, learning_rate=0.0444)
    >>> memory = habit.init(rpe.tasks.monolithic(), n_agents=2)
    >>> memory.own.shape        # actions, states, agents
    (2, 2562, 2)
    """

    weight: Any = 0.0
    learning_rate: Any = 0.0444
    miss_rate: Any = None

    def _checked(self) -> dict[str, Any]:
        rate = parameter("learning_rate", self.learning_rate, 0, 1)
        miss = rate if self.miss_rate is None else parameter("miss_rate", self.miss_rate, 0, 1)
        return {"weight": parameter("weight", self.weight, 0), "learning_rate": rate, "miss_rate": miss}

    @property
    def idle(self) -> bool:
        """Whether no habit tilts the choice."""
        return not self.weight.any()

    def remember(self, task: Any, n_agents: int) -> Floats:
        """Return H (n_actions, n_states, n)."""
        return np.zeros((task.n_actions, task.n_states, n_agents))

    def bias(self, own: Floats, state: Ints) -> Floats:
        """Return θ_H H(s, ·), (n_actions, n)."""
        return self.weight * own[:, state, np.arange(len(state))]

    def notice(self, own: Floats, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Strengthen what was done."""
        every = np.arange(len(state))
        here = own[:, state, every]
        done = np.arange(len(own))[:, None] == action
        moved = here + np.where(done, self.learning_rate * (1 - here), -self.miss_rate * here)
        own[:, state, every] = moved if active is None else np.where(active, moved, here)


@dataclass(frozen=True, eq=False)
class ChoiceKernel(Mechanism):
    """What was done lately is done again (or avoided), in whatever state: K(a) ← K(a) + α (1[a] − K(a)).

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        θ, in logits; 0 (the default) is no kernel, below 0 is alternation.
    learning_rate : float or array (n_agents,)
        α in [0, 1] per choice.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Wilson, R. C. & Collins, A. G. E. (2019). Ten simple rules for the computational modeling of
    behavioral data. eLife 8, e49547. doi:10.7554/eLife.49547 (model 4, choice kernel)

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.ChoiceKernel(rpe.agents.QLearner(), weight=0.5).idle
    False
    """

    weight: Any = 0.0
    learning_rate: Any = 0.1

    def _checked(self) -> dict[str, Any]:
        rate = parameter("learning_rate", self.learning_rate, 0, 1)
        return {"weight": parameter("weight", self.weight), "learning_rate": rate}

    @property
    def idle(self) -> bool:
        """Whether no kernel tilts the choice."""
        return not self.weight.any()

    def remember(self, task: Any, n_agents: int) -> Floats:
        """Return K (n_actions, n)."""
        return np.zeros((task.n_actions, n_agents))

    def bias(self, own: Floats, state: Ints) -> Floats:
        """Return θ K, (n_actions, n)."""
        return self.weight * own

    def notice(self, own: Floats, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Take up what was done."""
        moved = own + self.learning_rate * ((np.arange(len(own))[:, None] == action) - own)
        own[...] = moved if active is None else np.where(active, moved, own)


@dataclass(frozen=True, eq=False)
class GoalGradient(Mechanism):
    """Work that draws more the nearer a goal seems: a bias on work by where one stands between two goals.

    With n of N units done between the last goal and the next, the bias of work is weight × g:

        proportional: g = n / N;   small area: g = 1 / min(n + 1, N − n);
        two references: g = |2 n / (N − 1) − 1|, high near both ends and least in the middle

    `head_start` adds units to both n and N, as a card with stamps given away does: an agent that
    looks at what is left feels no change, one that looks at proportions does.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        In logits; 0 (the default) is none.
    shape : {"proportional", "small area", "two references"}
        How it grows.
    head_start : int
        Units that are given away before the first.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or, at `init`, a task without units of work.

    References
    ----------
    Kivetz, R., Urminsky, O. & Zheng, Y. (2006). The goal-gradient hypothesis resurrected. Journal
    of Marketing Research 43(1), 39-58. doi:10.1509/jmkr.43.1.39
    Koo, M. & Fishbach, A. (2012). The small-area hypothesis. Journal of Consumer Research 39(3),
    493-509. doi:10.1086/663827
    Bonezzi, A., Brendl, C. M. & De Angelis, M. (2011). Stuck in the middle. Psychological Science
    22(5), 607-612. doi:10.1177/0956797611404899
    Nunes, J. C. & Drèze, X. (2006). The endowed progress effect. Journal of Consumer Research
    32(4), 504-512. doi:10.1086/500480

    Examples
    --------
    >>> import rpe
    >>> drawn = rpe.mechanisms.GoalGradient(rpe.agents.QLearner(), weight=1.0, shape="two references")
    >>> drawn.gradient(rpe.tasks.monolithic(n_units=5, deadline=10)).round(2).tolist()
    [1.0, 0.5, 0.0, 0.5, 1.0, 0.0]
    """

    weight: Any = 0.0
    shape: str = "proportional"
    head_start: int = 0

    def _checked(self) -> dict[str, Any]:
        shapes = ("proportional", "small area", "two references")
        head_start = int(parameter("head_start", self.head_start, 0))
        return {
            "weight": parameter("weight", self.weight),
            "shape": choice("shape", self.shape, shapes),
            "head_start": head_start,
        }

    @property
    def idle(self) -> bool:
        """Whether no goal draws."""
        return not self.weight.any()

    def gradient(self, task: Any) -> Floats:
        """Return g at each number of units done, (n_units + 1,); 0 when all are done."""
        goals = np.flatnonzero(np.asarray(task.payout))
        goals = goals[goals > 0] if len(goals) else np.array([task.n_units])
        done = np.arange(task.n_units)
        following = goals[np.minimum(np.searchsorted(goals, done, side="right"), len(goals) - 1)]
        before = np.concatenate([[0], goals])[np.searchsorted(goals, done, side="right")]
        n, size = done - before + self.head_start, np.maximum(following - before, 1) + self.head_start
        if self.shape == "proportional":
            g = n / size
        elif self.shape == "small area":
            g = 1.0 / np.minimum(n + 1, np.maximum(size - n, 1))
        else:
            g = np.abs(2 * n / np.maximum(size - 1, 1) - 1)
        return np.append(g, 0.0)

    def remember(self, task: Any, n_agents: int) -> Floats:
        """Return g of every state for every action, (n_actions, n_states)."""
        if not hasattr(task, "payout") or not task.is_work.any():
            raise ValueError(f"task must have units of work and a payout; got {type(task).__name__}")
        units = task.decode(np.arange(task.n_states))["units"]
        return task.is_work[:, None] * self.gradient(task)[units]

    def bias(self, own: Floats, state: Ints) -> Floats:
        """Return weight × g for work, (n_actions, n)."""
        return self.weight * own[:, state]
