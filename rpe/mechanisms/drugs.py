"""Rivals for addiction: a surge no prediction takes away, a level that drugs raise, a body out of balance."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, count, parameter
from rpe.mechanisms.wrapping import Mechanism, Wrapped
from rpe.tasks import Step


def _drug_actions(value: Any) -> tuple[int, ...]:
    actions = tuple(count("actions", each, 0) for each in (value if isinstance(value, tuple | list) else (value,)))
    if not actions:
        raise ValueError("actions must name at least one action; got none")
    return actions


@dataclass(frozen=True, eq=False)
class Surge(Mechanism):
    """A drug adds D to the error and keeps it from falling below D, so that its value never settles.

        δ = max(u + γ V(s′) − Q(s, a) + D, D) for the drug's actions

    The agent inside is fed the reward that gives this error, so it must keep one table of action
    values.

    Parameters
    ----------
    agent : Agent
        A tabular learner with one table, or a mechanism around one.
    size : float or array (n_agents,)
        D ≥ 0, in reward units; 0 (the default) is no drug.
    actions : int or tuple of int
        The actions that take the drug.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or an agent without a single table of action values.

    References
    ----------
    Redish, A. D. (2004). Addiction as a computational process gone awry. Science 306, 1944-1947.
    doi:10.1126/science.1102384

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Surge(rpe.agents.QLearner(), size=0.025, actions=1).idle
    False
    """

    size: Any = 0.0
    actions: Any = 1

    def _checked(self) -> dict[str, Any]:
        if self.n_tables != 1:
            raise ValueError(f"agent must keep one table of action values; got {self.n_tables}")
        return {"size": parameter("size", self.size, 0), "actions": _drug_actions(self.actions)}

    @property
    def idle(self) -> bool:
        """Whether there is no drug."""
        return not self.size.any()

    def update(self, memory: Wrapped, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn in place from the step with the surge; return the signed error (n,)."""
        every, q = np.arange(len(state)), memory.q[0]
        ahead = np.where(step.terminated, 0.0, memory.discounts[0] * self.agent.value(memory.inner, step.state))
        error = step.reward + step.points - step.effort + ahead - q[action, every, state]
        lifted = np.maximum(error + self.size, self.size) - error
        felt = step._replace(reward=step.reward + np.where(np.isin(action, self.actions), lifted, 0.0))
        delta: Floats = self.agent.update(memory.inner, state, action, felt, active)
        return delta


@dataclass(frozen=True, eq=False)
class BasalShift(Mechanism):
    """Every dose raises the level that rewards are measured against, for drugs and for all else.

        u′ = u + D·1[drug] − ρ,   ρ ← ρ + κ·1[drug] − decay·ρ

    Errors stay bounded, and natural rewards lose value.

    Parameters
    ----------
    agent : Agent
        What is inside.
    size : float or array (n_agents,)
        D ≥ 0, what the drug adds, reward units; 0 (the default) is no drug.
    rise : float or array (n_agents,)
        κ ≥ 0, by which a dose raises ρ, reward units (provisional: from memory).
    decay : float or array (n_agents,)
        Share of ρ lost per step, in [0, 1] (assumption).
    actions : int or tuple of int
        The actions that take the drug.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Dezfouli, A., Piray, P., Keramati, M. M., Ekhtiari, H., Lucas, C. & Mokri, A. (2009). A
    neurocomputational model for cocaine addiction. Neural Computation 21(10), 2869-2893.
    doi:10.1162/neco.2009.10-08-882

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.BasalShift(rpe.agents.QLearner(), size=1.0).idle
    False
    """

    size: Any = 0.0
    rise: Any = 0.005
    decay: Any = 0.0
    actions: Any = 1

    def _checked(self) -> dict[str, Any]:
        return {
            "size": parameter("size", self.size, 0),
            "rise": parameter("rise", self.rise, 0),
            "decay": parameter("decay", self.decay, 0, 1),
            "actions": _drug_actions(self.actions),
        }

    @property
    def idle(self) -> bool:
        """Whether there is no drug."""
        return not self.size.any()

    def remember(self, task: Any, n_agents: int) -> Floats:
        """Return ρ (n,)."""
        return np.zeros(n_agents)

    def feel(self, own: Floats, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step against the level that doses have raised."""
        return step._replace(reward=step.reward + self.size * np.isin(action, self.actions) - own)

    def notice(self, own: Floats, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Raise the level by a dose."""
        moved = own + self.rise * np.isin(action, self.actions) - self.decay * own
        own[...] = moved if active is None else np.where(active, moved, own)


@dataclass(frozen=True, eq=False)
class Homeostasis(Mechanism):
    """Reward as a step towards balance: what an outcome is worth depends on the state of the body.

        r = D(H) − D(H + K),   D(H) = |h* − H|^(n/m),   H ← (1 − leak) (H + K),
        h* ← h* + shift·1[drug] − recovery (h* − h₀)

    K is the reward of the task, read as the amount taken in. A drug moves the set point, so that
    ever more is needed.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        Of this reward in place of the task's own, in [0, 1]; 0 (the default) leaves it as it is.
    set_point : float or array (n_agents,)
        h₀ ≥ 0, in units of intake.
    m, n : float
        The exponents of the drive, > 0 (provisional: from memory); n > m > 1 in the source.
    leak : float or array (n_agents,)
        Share of H lost per step, in [0, 1].
    shift : float or array (n_agents,)
        By which a dose moves h*, ≥ 0, in units of intake.
    recovery : float or array (n_agents,)
        Share of the way back per step, in [0, 1].
    actions : int or tuple of int
        The actions that take the drug.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Keramati, M. & Gutkin, B. (2014). Homeostatic reinforcement learning for integrating reward
    collection and physiological stability. eLife 3, e04811. doi:10.7554/eLife.04811

    Examples
    --------
    >>> import rpe
    >>> body = rpe.mechanisms.Homeostasis(rpe.agents.QLearner(), weight=1.0, set_point=10.0)
    >>> body.drive(8.0, 10.0) > body.drive(9.0, 10.0)
    np.True_
    """

    weight: Any = 0.0
    set_point: Any = 10.0
    m: float = 3.0
    n: float = 4.0
    leak: Any = 0.05
    shift: Any = 0.0
    recovery: Any = 0.0
    actions: Any = 1

    def _checked(self) -> dict[str, Any]:
        shares = {name: parameter(name, getattr(self, name), 0, 1) for name in ("weight", "leak", "recovery")}
        amounts = {name: parameter(name, getattr(self, name), 0) for name in ("set_point", "shift")}
        exponents = {
            name: float(parameter(name, getattr(self, name), 0, open_low=True).reshape(-1)[0]) for name in ("m", "n")
        }
        return {**shares, **amounts, **exponents, "actions": _drug_actions(self.actions)}

    @property
    def idle(self) -> bool:
        """Whether reward is worth the same in any state of the body."""
        return not self.weight.any()

    def drive(self, level: Any, set_point: Any) -> Floats:
        """Return D(H), in reward units."""
        return np.asarray(np.abs(np.asarray(set_point) - level) ** (self.n / self.m))

    def remember(self, task: Any, n_agents: int) -> Floats:
        """Return H and h*, (2, n); the body starts in balance."""
        return np.repeat(np.broadcast_to(self.set_point, (1, n_agents)), 2, axis=0).copy()

    def feel(self, own: Floats, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with what its intake does for the body."""
        relief = self.drive(own[0], own[1]) - self.drive(own[0] + step.reward, own[1])
        return step._replace(reward=(1 - self.weight) * step.reward + self.weight * relief)

    def notice(self, own: Floats, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Take in, use up, and move the set point."""
        level = (1 - self.leak) * (own[0] + step.reward)
        point = own[1] + self.shift * np.isin(action, self.actions) - self.recovery * (own[1] - self.set_point)
        moved = np.stack([level, point])
        own[...] = moved if active is None else np.where(active, moved, own)
