"""Consolidation: what a day of practice changes is labile, nights fix a part of it, and the rest is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, PerAgent, between, default, parameter, unmasked
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Task

# Arrays of weights that learners change, and the axis of agents in each.
_PLASTIC = {"table": 2, "critic": 1, "actor": 1, "direct": 1, "indirect": 1}


class ConsolidationMemory(NamedTuple):
    """What was fixed so far, and how often each agent practised.

    Attributes
    ----------
    fresh : dict of str to float array
        w₀, the weights of the agent inside before it learned anything, by name.
    stable : dict of str to float array
        c, the part of their changes that nights have fixed, by name.
    trials : int array (n,)
        Trials that each agent has begun.
    """

    fresh: dict[str, Floats]
    stable: dict[str, Floats]
    trials: Ints


@dataclass(frozen=True, eq=False)
class Consolidation(Mechanism):
    """Consolidation: changes of weights are labile at first; each night fixes a share of them and loses others.

        w = w₀ + f + c;   practice changes f;   each night   c ← (1 − λ_c)(c + κ f),   f ← (1 − λ_f)(1 − κ) f

    Learning itself is that of the agent inside, whose weights w (values, preferences, D1 and D2 weights)
    are all subject to this. Nights come between days of practice, of `trials_per_day` each, and in breaks
    (`sleep`).

    Parameters
    ----------
    agent : Agent
        What is inside: a tabular learner, an actor-critic or a corticostriatal actor.
    labile_loss : float or array (n_agents,)
        λ_f in [0, 1], the share of what a night did not fix that it loses; 0 (the default) loses nothing.
    stable_loss : float or array (n_agents,)
        λ_c in [0, 1], the share of what is fixed that a night loses; 0 by default.
    capture : float or array (n_agents,)
        κ in [0, 1], the share of labile changes that a night fixes.
    trials_per_day : float or array (n_agents,)
        At least 1; infinity (the default) for practice within one day.
    nights : float or array (n_agents,)
        ≥ 0, nights between one day of practice and the next.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for an agent without weights to fix.

    Notes
    -----
    Two time constants are an assumption, the simplest that lets what was learned both fade and last.

    References
    ----------
    Smith, M. A., Ghazizadeh, A. & Shadmehr, R. (2006). Interacting adaptive processes with different
    timescales underlie short-term motor learning. PLoS Biology 4(6), e179.
    doi:10.1371/journal.pbio.0040179 (a fast and a slow part whose sum acts; from memory)

    Examples
    --------
    >>> import rpe
    >>> actor = rpe.agents.CorticostriatalActor()
    >>> sleeper = rpe.mechanisms.Consolidation(actor, labile_loss=0.5, capture=0.2, trials_per_day=10)
    >>> memory = sleeper.init(rpe.tasks.monolithic(n_units=2, deadline=4), n_agents=1)
    >>> memory.direct[0] += 1.0             # what practice changed
    >>> sleeper.sleep(memory, 1)
    >>> memory.direct[0].round(12)          # of 1, .2 is fixed and half of the rest is left
    array([[1.6, 1.6]])
    >>> sleeper.sleep(memory, 30)
    >>> memory.direct[0].round(3)
    array([[1.333, 1.333]])
    """

    labile_loss: PerAgent = default(0.0)
    stable_loss: PerAgent = default(0.0)
    capture: PerAgent = default(0.2)
    trials_per_day: PerAgent = default(np.inf)
    nights: PerAgent = default(1.0)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        shares = ("labile_loss", "stable_loss", "capture")
        checked: dict[str, Any] = {name: parameter(name, getattr(self, name), 0, 1) for name in shares}
        given = unmasked("trials_per_day", self.trials_per_day)
        endless = np.isposinf(given) if given.dtype.kind == "f" else np.zeros(given.shape, dtype=np.bool_)
        trials = parameter("trials_per_day", np.where(endless, 1.0, given) if endless.any() else self.trials_per_day, 1)
        return {
            **checked,
            "trials_per_day": np.where(endless, np.inf, trials),
            "nights": parameter("nights", self.nights, 0),
        }

    @property
    def idle(self) -> bool:
        """Whether nights lose nothing."""
        return not (self.labile_loss.any() or self.stable_loss.any())

    def create_memory(self, task: Task, n_agents: int) -> ConsolidationMemory:
        """Return the weights as they are at first, and that nothing is fixed yet."""
        fresh = {name: array.copy() for name, array in plastic_weights(self.agent.init(task, n_agents)).items()}
        stable = {name: np.zeros_like(array) for name, array in fresh.items()}
        return ConsolidationMemory(fresh, stable, np.zeros(n_agents, dtype=np.int64))

    def start(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Begin a trial, after the nights that go before if it is the first of a new day."""
        if not self.idle and memory.observing:
            own: ConsolidationMemory = memory.own
            new_day = (own.trials > 0) & (np.mod(own.trials, self.trials_per_day) == 0)
            if new_day.any():
                self.sleep(memory, np.where(new_day, self.nights, 0.0))
            own.trials[...] += 1
        return super().start(memory, state)

    def sleep(self, memory: MechanismMemory, nights: npt.ArrayLike = 1.0) -> None:
        """Let so many nights pass without practice, in place; weights and what is fixed change.

        Parameters
        ----------
        memory : MechanismMemory
            Of `init`.
        nights : float or array (n_agents,)
            At least 0.

        Raises
        ------
        ValueError
            For a negative number.
        """
        n = between("nights", nights, 0, np.inf)
        if self.idle or not n.any():
            return
        own: ConsolidationMemory = memory.own
        n_agents = len(own.trials)
        # Who is awake keeps every weight, to the bit.
        who = np.flatnonzero(np.broadcast_to(n, n_agents))
        left, kept, fixed = (np.broadcast_to(x, n_agents)[who] for x in self._course(n))
        inner = memory.inner
        for name, weights in plastic_weights(inner).items():
            place = (slice(None),) * _PLASTIC[name] + (who,)
            wide = (len(who), *[1] * (weights.ndim - 1 - _PLASTIC[name]))
            fresh, stable = own.fresh[name][place], own.stable[name][place]
            labile = weights[place] - fresh - stable
            after = kept.reshape(wide) * stable + fixed.reshape(wide) * labile
            weights[place] = fresh + after + left.reshape(wide) * labile
            own.stable[name][place] = after
        _forget_ahead(inner)

    def _course(self, nights: Floats) -> tuple[Floats, Floats, Floats]:
        """After so many nights: what is left of f, what is kept of c, and what of f has become c."""
        a = (1 - self.labile_loss) * (1 - self.capture)
        b = 1 - self.stable_loss
        # The sum over nights of b^(n − 1 − i) aⁱ, whose closed form is 0/0 where both are equal.
        apart = np.where(a == b, 1.0, b - a)
        total = np.where(a == b, nights * b ** np.maximum(nights - 1, 0), (b**nights - a**nights) / apart)
        return np.asarray(a**nights), np.asarray(b**nights), np.asarray(b * self.capture * total)


def plastic_weights(memory: Any) -> dict[str, Floats]:
    """Return the weights that an agent changes as it learns, by name, as they lie in its memory.

    Raises
    ------
    TypeError
        For an agent that has none.
    """
    found = {name: getattr(memory, name, None) for name in _PLASTIC}
    weights = {name: array for name, array in found.items() if isinstance(array, np.ndarray)}
    if not weights:
        raise TypeError(f"agent must learn weights ({', '.join(_PLASTIC)}); its {type(memory).__name__} has none")
    return weights


def _forget_ahead(memory: Any) -> None:
    """Drop values that a tabular learner has read ahead of its next step."""
    while isinstance(memory, MechanismMemory):
        memory = memory.inner
    if hasattr(memory, "ahead"):
        memory.ahead = None
