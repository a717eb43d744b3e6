"""Cued habit: what was often done where a cue was present is done again where it is, and not elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, Kept, PerAgent, between, choice, default, parameter, sequence, text
from rpe.mechanisms.habit import strengthened
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task

BINDINGS = ("elements", "configuration")


class CuedHabitMemory(NamedTuple):
    """Which cues states have, and the habits that each carries.

    Attributes
    ----------
    levels : tuple of int array (n_states,)
        The level of each cue in each state; one cue in place of all where they are bound.
    strengths : tuple of float array (n_actions, n_levels, n)
        H of every cue.
    """

    levels: tuple[Ints, ...]
    strengths: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class CuedHabit(Mechanism):
    """Cued habit: habit strength is tied to cues (a place, a time of day, what came before), not to the whole state.

        S(s, a) = Σⱼ wⱼ Hⱼ(cⱼ(s), a),   logits: Q part + θ_H S(s, a),
        Hⱼ ← Hⱼ + α_H (1 − Hⱼ) for what was done at the cue,   Hⱼ ← Hⱼ − α_miss Hⱼ for the rest

    Bound as *elements*, each cue carries its share wⱼ of the habit wherever it appears; bound as a
    *configuration*, the habit belongs to all of them together, and one that changes takes it all.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        θ_H ≥ 0, in logits; 0 (the default) is no habit.
    learning_rate : float or array (n_agents,)
        α_H in [0, 1] per repetition.
    miss_rate : float or array (n_agents,), optional
        α_miss in [0, 1]; α_H if not given.
    cues : tuple of str, optional
        Names of what the task's `decode` says of states, such as ("place", "time"). By default every
        state is a cue of its own, as in `Habit`.
    cue_weights : tuple of float, optional
        wⱼ ≥ 0 with a sum of 1; even by default. Without meaning in a configuration.
    binding : {"elements", "configuration"}
        As above.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for a cue that the task does not have.

    Notes
    -----
    The strength and its rates are those of `Habit`; that cues share a habit by weights, or own it
    together, are two assumptions.

    References
    ----------
    Miller, K. J., Shenhav, A. & Ludvig, E. A. (2019). Habits without values. Psychological Review
    126(2), 292-311. doi:10.1037/rev0000120 (the strength)
    Wood, W., Tam, L. & Witt, M. G. (2005). Changing circumstances, disrupting habits. Journal of
    Personality and Social Psychology 88(6), 918-933. doi:10.1037/0022-3514.88.6.918 (from memory: that
    habits hold to their context)

    Examples
    --------
    >>> import rpe
    >>> habit = rpe.mechanisms.CuedHabit(rpe.agents.QLearner(), weight=1.0, cues=("time", "units"))
    >>> memory = habit.init(rpe.tasks.monolithic(n_units=2, deadline=4), n_agents=2)
    >>> [strength.shape for strength in memory.own.strengths]       # actions, levels, agents
    [(2, 5, 2), (2, 3, 2)]
    """

    weight: PerAgent = default(0.0)
    learning_rate: PerAgent = default(0.0444)
    miss_rate: Kept[npt.ArrayLike | None, Floats] = default(None)
    cues: tuple[str, ...] | None = None
    cue_weights: tuple[float, ...] | None = None
    binding: str = "elements"

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        rate = parameter("learning_rate", self.learning_rate, 0, 1)
        miss = rate if self.miss_rate is None else parameter("miss_rate", self.miss_rate, 0, 1)
        cues = None if self.cues is None else tuple(text("cues", name) for name in sequence("cues", self.cues))
        if cues is not None and (not cues or len(set(cues)) < len(cues)):
            raise ValueError(f"cues must have at least one name, and each once; got {cues}")
        return {
            "weight": parameter("weight", self.weight, 0),
            "learning_rate": rate,
            "miss_rate": miss,
            "cues": cues,
            "cue_weights": _weights(self.cue_weights, 1 if cues is None else len(cues)),
            "binding": choice("binding", self.binding, BINDINGS),
        }

    @property
    def idle(self) -> bool:
        """Whether habit strength does not count."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> CuedHabitMemory:
        """Return the cues of the task, and no habits."""
        levels = self._levels(task)
        sizes = [int(each.max()) + 1 for each in levels]
        return CuedHabitMemory(levels, tuple(np.zeros((task.n_actions, size, n_agents)) for size in sizes))

    def _levels(self, task: Task) -> tuple[Ints, ...]:
        every = np.arange(task.n_states)
        if self.cues is None:
            return (every,)
        known = task.decode(every)
        if unknown := [name for name in self.cues if name not in known]:
            raise ValueError(f"cues must be among {', '.join(known)} of {type(task).__name__}; got {unknown[0]!r}")
        found = [np.unique(np.asarray(known[name]), return_inverse=True)[1].reshape(-1) for name in self.cues]
        if self.binding == "elements":
            return tuple(found)
        return (np.unique(np.stack(found), axis=1, return_inverse=True)[1].reshape(-1),)

    @property
    def _shares(self) -> tuple[float, ...]:
        weights: Any = self.cue_weights
        return tuple(weights) if self.binding == "elements" else (1.0,)

    def strength(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return S(s, ·), the habit strength of each action in the states (n,), (n_actions, n)."""
        own: CuedHabitMemory = memory.own
        every = np.arange(len(state))
        parts = zip(self._shares, own.levels, own.strengths, strict=True)
        terms = [share * strength[:, level[state], every] for share, level, strength in parts]
        return np.asarray(sum(terms[1:], terms[0]))

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return θ_H S(s, ·), (n_actions, n)."""
        return self.weight * self.strength(memory, state)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Strengthen what was done at every cue that was there."""
        own: CuedHabitMemory = memory.own
        every = np.arange(len(state))
        for level, strength in zip(own.levels, own.strengths, strict=True):
            place = (slice(None), level[state], every)
            here = strength[place]
            moved = strengthened(here, action, self.learning_rate, self.miss_rate)
            strength[place] = moved if active is None else np.where(active, moved, here)


def _weights(weights: tuple[float, ...] | None, n: int) -> tuple[float, ...]:
    """The weights of n cues, checked."""
    if weights is None:
        return (1.0 / n,) * n
    found = between("cue_weights", weights, 0, 1)
    if found.shape != (n,) or abs(found.sum() - 1) > 1e-9:
        raise ValueError(f"cue_weights must have one entry for each of {n} cues and sum to 1; got {weights}")
    return tuple(found.tolist())
