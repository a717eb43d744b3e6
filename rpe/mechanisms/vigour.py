"""Vigour: how fast to act, when haste costs effort and lost time costs the average reward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, Kept, PerAgent, between, count, default, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Vigour(Mechanism):
    """Vigour of responding: an agent acts the faster the more its time is worth.

        τ* = √(C_v / ρ),   r′ = r − w (C_v / τ* + ρ τ*) = r − 2 w √(C_v ρ),   ρ ← ρ + η (r − ρ)

    ρ, the average reward, stands for tonic dopamine. It is learned from what steps pay, each step
    being one act; an action named in `rest` takes one second and no haste, so that it costs ρ alone.
    All acts have the same latency in one state of the world, also those that pay little. Agents that
    plan instead of learning have latencies, but choose as before.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        w ≥ 0, how much haste and lost time cost; 0 (the default) is the plain agent, 1 the model.
    cost : float or array (n_agents,)
        C_v > 0, the cost of haste, in reward units times s.
    learning_rate : float or array (n_agents,)
        η in [0, 1] per step (provisional: from memory).
    rest : int or tuple of int
        Actions that only pass the time.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Niv, Y., Daw, N. D., Joel, D. & Dayan, P. (2007). Tonic dopamine: opportunity costs and the
    control of response vigor. Psychopharmacology 191, 507-520. doi:10.1007/s00213-006-0502-4

    Examples
    --------
    >>> import rpe
    >>> lively = rpe.mechanisms.Vigour(rpe.agents.QLearner(), weight=1.0, cost=1.0, learning_rate=0.1)
    >>> bandit = rpe.tasks.bandit([1.0, 1.0])
    >>> history = rpe.simulate.run(lively, bandit, n_agents=2, n_trials=200, rng=0, keep_memory=True)
    >>> lively.latency(history.memory).round(3)                  # s, where every act pays 1
    array([1., 1.])
    """

    weight: PerAgent = default(0.0)
    cost: PerAgent = default(1.0)
    learning_rate: PerAgent = default(0.01)
    rest: Kept[int | Sequence[int], tuple[int, ...]] = default(())

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        actions = self.rest if isinstance(self.rest, tuple | list) else (self.rest,)
        return {
            "weight": parameter("weight", self.weight, 0),
            "cost": parameter("cost", self.cost, 0, open_low=True),
            "learning_rate": parameter("learning_rate", self.learning_rate, 0, 1),
            "rest": tuple(count("rest", action, 0) for action in actions),
        }

    @property
    def idle(self) -> bool:
        """Whether time costs nothing."""
        return not self.weight.any()

    def latency(self, memory: MechanismMemory) -> Floats:
        """Return τ* (n,), s: how long each agent now takes for an act; infinite where nothing is earned.

        Raises
        ------
        TypeError
            If this is not the memory of a mechanism with a weight.
        """
        if not isinstance(memory, MechanismMemory) or not memory.observing:
            raise TypeError(f"memory must be of an agent whose vigour has a weight; got {type(memory).__name__}")
        earned = memory.own > 0
        return np.where(earned, optimal_latency(self.cost, np.where(earned, memory.own, 1.0)), np.inf)

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return ρ (n,), in reward units per s."""
        return np.zeros(n_agents)

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with the cost of haste and of lost time in its reward."""
        own: Floats = memory.own
        rate = np.maximum(own, 0.0)
        lost = np.where(np.isin(action, self.rest), rate, 2.0 * np.sqrt(self.cost * rate))
        return step._replace(reward=step.reward - self.weight * lost)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Move the average reward towards what the step paid."""
        own: Floats = memory.own
        moved = own + self.learning_rate * (step.reward - own)
        own[...] = moved if active is None else np.where(active, moved, own)


def optimal_latency(cost: npt.ArrayLike, rate: npt.ArrayLike) -> Floats:
    """Return the latency that pays best, τ* = √(C_v / ρ): the cost of haste C_v/τ against ρ τ of lost time.

    Parameters
    ----------
    cost : float or array
        C_v ≥ 0, in reward units times s.
    rate : float or array
        Average reward ρ > 0, in reward units per s.

    Returns
    -------
    float array
        τ*, s.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range.

    References
    ----------
    Niv, Y., Daw, N. D., Joel, D. & Dayan, P. (2007). Tonic dopamine: opportunity costs and the
    control of response vigor. Psychopharmacology 191, 507-520. doi:10.1007/s00213-006-0502-4

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.optimal_latency(1.0, [0.25, 1.0, 4.0]).tolist()
    [2.0, 1.0, 0.5]
    """
    return np.sqrt(between("cost", cost, 0) / between("rate", rate, 0, open_low=True))
