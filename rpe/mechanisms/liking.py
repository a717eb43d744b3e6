"""Liking: the pleasure of a reward, in a channel of its own, by opioids and endocannabinoids."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, PerAgent, default, numbers, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


class LikingMemory(NamedTuple):
    """What was liked.

    Attributes
    ----------
    liked, received : float array (n,)
        Σ L over what came, and Σ |r|, reward units: their ratio is liking per reward.
    """

    liked: Floats
    received: Floats


@dataclass(frozen=True, eq=False)
class Liking(Mechanism):
    """Liking: the hedonic impact of a reward, L = o · e · r, which choice may never read.

        r is learned from as r + w (L − r)

    The gains of opioids, o, and of endocannabinoids, e, multiply. With w = 0 liking is a read-out alone, whatever
    they are, and wanting (`Wanting`) and liking part; with w = 1 the agent inside learns from pleasure alone, and
    comes to want what it likes. Around `Wanting`, what is wanted is learned in the same way.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        w in [0, 1], how far learning follows liking; 0 (the default) leaves the agent as it is.
    opioid, endocannabinoid : float or array (n_agents,)
        o and e ≥ 0; 1 is normal, 0 fully blocked.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    Notes
    -----
    That hotspots for opioids and endocannabinoids raise liking, and dopamine does not, is from memory; gains and
    their product are the library's own form, and provisional.

    References
    ----------
    Berridge, K. C. & Robinson, T. E. (1998). What is the role of dopamine in reward: hedonic impact, reward
    learning, or incentive salience? Brain Research Reviews 28(3), 309-369. doi:10.1016/S0165-0173(98)00019-8
    Berridge, K. C. & Kringelbach, M. L. (2015). Pleasure systems in the brain. Neuron 86(3), 646-664.
    doi:10.1016/j.neuron.2015.02.018

    Examples
    --------
    Wanting without liking: three times the incentive salience, at a third of the pleasure.

    >>> import rpe
    >>> task = rpe.tasks.lever(outcome=1.0, other=0.5, n_steps=100)
    >>> learner = rpe.agents.QLearner(discount=0.0, inverse_temperature=2.0)
    >>> for kappa, opioid in ((1.0, 1.0), (3.0, 0.3)):
    ...     agent = rpe.mechanisms.Liking(rpe.mechanisms.Wanting(learner, kappa=kappa), opioid=opioid)
    ...     own = rpe.simulate.run(agent, task, n_agents=200, rng=0, keep_memory=True).memory.own
    ...     print(own.received.mean().round(), (own.liked / own.received).mean().round(2))
    86.0 1.0
    94.0 0.3
    """

    observes_when_idle: ClassVar[bool] = True

    weight: PerAgent = default(0.0)
    opioid: PerAgent = default(1.0)
    endocannabinoid: PerAgent = default(1.0)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        gains = {name: parameter(name, getattr(self, name), 0) for name in ("opioid", "endocannabinoid")}
        return {"weight": parameter("weight", self.weight, 0, 1), **gains}

    @property
    def idle(self) -> bool:
        """Whether nothing is learned from liking."""
        return not self.weight.any()

    def liking(self, reward: npt.ArrayLike) -> Any:
        """Return L of rewards, in reward units."""
        return self._liking(numbers("reward", reward))

    def _liking(self, reward: Any) -> Any:
        return self._gain * reward

    @cached_property
    def _gain(self) -> Floats:
        # Once for all, as this is counted in every step, also while nothing is learned from it.
        return np.asarray(self.opioid * self.endocannabinoid)

    def create_memory(self, task: Task, n_agents: int) -> LikingMemory:
        """Return that nothing was liked yet."""
        return LikingMemory(np.zeros(n_agents), np.zeros(n_agents))

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its reward as far as it is liked."""
        return step._replace(reward=step.reward + self.weight * (self._liking(step.reward) - step.reward))

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Like what came."""
        own: LikingMemory = memory.own
        reward = step.reward if active is None else step.reward * active
        np.add(own.liked, self._liking(reward), out=own.liked)
        np.add(own.received, np.abs(reward), out=own.received)
