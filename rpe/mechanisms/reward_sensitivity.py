"""Reward sensitivity: the gain of reward, read off a questionnaire score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Ints, PerAgent, default, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step


@dataclass(frozen=True, eq=False)
class RewardSensitivity(Mechanism):
    """Reward sensitivity: r′ = r exp(b z), with z a score on the BAS scale.

    An assumption: no settled estimate links the BAS scale to reward sensitivity, and the measured
    links to reward learning are small and inconsistent. The default is no effect.

    Parameters
    ----------
    agent : Agent
        What is inside.
    score : float or array (n_agents,)
        z, the score on the reward-responsiveness scale in standard deviations from the mean
        (17.59 ± 2.14 on its own scale; provisional: from memory).
    weight : float or array (n_agents,)
        b; 0 (the default) is no effect, .15 the value used for teaching.

    Raises
    ------
    TypeError, ValueError
        For NaN.

    References
    ----------
    Carver, C. S. & White, T. L. (1994). Behavioral inhibition, behavioral activation, and affective
    responses to impending reward and punishment: the BIS/BAS scales. Journal of Personality and
    Social Psychology 67(2), 319-333. doi:10.1037/0022-3514.67.2.319 (the scale; not the mapping)

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.RewardSensitivity(rpe.agents.QLearner(), score=[-1.0, 1.0], weight=0.15).gain.round(2)
    array([0.86, 1.16])
    """

    score: PerAgent = default(0.0)
    weight: PerAgent = default(0.0)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        return {name: parameter(name, getattr(self, name)) for name in ("score", "weight")}

    @property
    def gain(self) -> Any:
        """exp(b z), () or (n_agents,)."""
        return np.exp(self.weight * self.score)

    @property
    def idle(self) -> bool:
        """Whether the gain is 1."""
        return not (self.weight * self.score).any()

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its reward times the gain."""
        return step._replace(reward=step.reward * self.gain)
