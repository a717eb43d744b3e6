"""Attention: distractions capture choice as far as they are attended, and attention is learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, choice, default, parameter
from rpe.mechanisms._work import work_mask
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task
from rpe.td.errors import delta_rule_error


class AttentionMemory(NamedTuple):
    """What is attended, and what was learned of it.

    Attributes
    ----------
    attention, expected : float array (n_states, n)
        a of what each state shows, and R, what looking at it brings, reward units.
    overall : float array (n,)
        R̄, what looking brings whatever is shown.
    is_work : bool array (n_actions,)
    """

    attention: Floats
    expected: Floats
    overall: Floats
    is_work: Bools


@dataclass(frozen=True, eq=False)
class Attention(Mechanism):
    """Attention to distractions: what a state shows draws choice from work by θ a(s), and a is learned.

    After each look (any action but work), with the reward r that it brought, a ← max(0, a + η (x − a)), where

        "predictiveness":  x = |r − R̄| − |r − R(s)|    to what predicts better than the rest (Mackintosh),
        "surprise":        x = |r − R(s)|               to what is not predicted yet (Pearce and Hall),
        "reward":          x = r                        to what brought reward (value-driven capture).

    R(s) and R̄ follow r at the same rate. After each step of work a(s) ← (1 − ι) a(s): practice in ignoring.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        θ ≥ 0, logits per reward unit; 0 (the default) is no capture.
    learning_rate : float or array (n_agents,)
        η in [0, 1].
    first : float or array (n_agents,)
        a ≥ 0 before anything was learned, reward units.
    suppression : float or array (n_agents,)
        ι in [0, 1].
    follows : {"predictiveness", "surprise", "reward"}
        What attention follows.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for a task without work.

    Notes
    -----
    The three rules are those of theories of conditioning, from memory, carried over to distractions by this library;
    capture by value and practice in ignoring stand for findings in visual search. All are provisional.

    References
    ----------
    Mackintosh, N. J. (1975). A theory of attention. Psychological Review 82(4), 276-298. doi:10.1037/h0076778
    Pearce, J. M. & Hall, G. (1980). A model for Pavlovian learning. Psychological Review 87(6), 532-552.
    doi:10.1037/0033-295X.87.6.532
    Anderson, B. A., Laurent, P. A. & Yantis, S. (2011). Value-driven attentional capture. PNAS 108(25),
    10367-10371. doi:10.1073/pnas.1104047108

    Examples
    --------
    >>> import rpe
    >>> agent = rpe.mechanisms.Attention(rpe.agents.QLearner(), weight=1.0, follows="surprise")
    >>> task = rpe.tasks.feed([0.0, 1.0, 2.0], shows="random", work=-3.0, n_steps=300)
    >>> memory = rpe.simulate.run(agent, task, n_agents=1, rng=0, keep_memory=True).memory
    >>> memory.own.attention.round(2).ravel()          # each kind brings what is expected by now
    array([0., 0., 0.])
    """

    weight: PerAgent = default(0.0)
    learning_rate: PerAgent = default(0.1)
    first: PerAgent = default(1.0)
    suppression: PerAgent = default(0.0)
    follows: str = "predictiveness"

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        return {
            "weight": parameter("weight", self.weight, 0),
            "learning_rate": parameter("learning_rate", self.learning_rate, 0, 1),
            "first": parameter("first", self.first, 0),
            "suppression": parameter("suppression", self.suppression, 0, 1),
            "follows": choice("follows", self.follows, ("predictiveness", "surprise", "reward")),
        }

    @property
    def idle(self) -> bool:
        """Whether nothing captures."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> AttentionMemory:
        """Return what is attended at first."""
        shape = task.n_states, n_agents
        return AttentionMemory(np.zeros(shape) + self.first, np.zeros(shape), np.zeros(n_agents), work_mask(task))

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return θ a(s) for what is not work, (n_actions, n)."""
        own: AttentionMemory = memory.own
        capture = self.weight * own.attention[state, np.arange(len(state))]
        return np.where(own.is_work[:, None], 0.0, capture)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Learn what looking brings, and what to attend to; or learn to ignore."""
        own: AttentionMemory = memory.own
        at = state, np.arange(len(state))
        worked = own.is_work[action]
        error, beyond = (delta_rule_error(step.reward, value) for value in (own.expected[at], own.overall))
        aim = {
            "predictiveness": np.abs(beyond) - np.abs(error),
            "surprise": np.abs(error),
            "reward": step.reward,
        }[self.follows]
        looked = np.maximum(0.0, own.attention[at] + self.learning_rate * (aim - own.attention[at]))
        moved = np.where(worked, (1 - self.suppression) * own.attention[at], looked)
        looks = ~worked if active is None else ~worked & active
        own.attention[at] = moved if active is None else np.where(active, moved, own.attention[at])
        own.expected[at] += self.learning_rate * looks * error
        own.overall[...] += self.learning_rate * looks * beyond
