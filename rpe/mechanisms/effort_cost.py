"""Effort cost: linear, parabolic or sigmoid in the amount of effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Ints, PerAgent, choice, default, numbers, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step


@dataclass(frozen=True, eq=False)
class EffortCost(Mechanism):
    """Effort cost: linear, parabolic or sigmoid in the amount of effort E.

        linear: E;   parabolic: k E²;   sigmoid: m (σ(k (E − p)) − σ(−k p)) (1 + e^(−kp))

    The sigmoid starts at 0 and saturates at m; in its source it multiplies the reward at stake,
    which stands here as m.

    Parameters
    ----------
    agent : Agent
        What is inside.
    shape : {"linear", "parabolic", "sigmoid"}
        "linear" changes nothing.
    steepness : float or array (n_agents,)
        k > 0, per unit of effort (1 / reward unit).
    turning_point : float or array (n_agents,)
        p ≥ 0 of the sigmoid, in units of effort.
    maximum : float or array (n_agents,)
        m ≥ 0 of the sigmoid, in reward units.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Hartmann, M. N., Hager, O. M., Tobler, P. N. & Kaiser, S. (2013). Parabolic discounting of
    monetary rewards by physical effort. Behavioural Processes 100, 192-196.
    doi:10.1016/j.beproc.2013.09.014
    Klein-Flügge, M. C., Kennerley, S. W., Saraiva, A. C., Penny, W. D. & Bestmann, S. (2015).
    Behavioral modeling of human choices reveals dissociable effects of physical effort and temporal
    delay on reward devaluation. PLoS Computational Biology 11(3), e1004116.
    doi:10.1371/journal.pcbi.1004116 (form provisional: from memory)

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner()
    >>> rpe.mechanisms.EffortCost(learner, shape="parabolic", steepness=0.5).cost(2.0)
    np.float64(2.0)
    """

    shape: str = "linear"
    steepness: PerAgent = default(1.0)
    turning_point: PerAgent = default(1.0)
    maximum: PerAgent = default(1.0)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        return {
            "shape": choice("shape", self.shape, ("linear", "parabolic", "sigmoid")),
            "steepness": parameter("steepness", self.steepness, 0, open_low=True),
            "turning_point": parameter("turning_point", self.turning_point, 0),
            "maximum": parameter("maximum", self.maximum, 0),
        }

    @property
    def idle(self) -> bool:
        """Whether effort costs what it is."""
        return self.shape == "linear"

    def cost(self, effort: npt.ArrayLike) -> Any:
        """Return what an effort costs, in reward units."""
        effort = numbers("effort", effort)[()]
        if self.shape == "linear":
            return effort
        if self.shape == "parabolic":
            return self.steepness * np.square(effort)
        low, high = -self.steepness * self.turning_point, self.steepness * (effort - self.turning_point)
        return self.maximum * (_sigmoid(high) - _sigmoid(low)) * (1.0 + np.exp(low))

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with what its effort costs."""
        return step if isinstance(step.effort, float) else step._replace(effort=self.cost(step.effort))


def _sigmoid(x: Any) -> Any:
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(x)))
