"""Mechanisms of utility: what a step costs or brings as it is felt, not as it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, choice, parameter
from rpe.mechanisms.wrapping import Mechanism
from rpe.tasks import Step


@dataclass(frozen=True, eq=False)
class EffortCost(Mechanism):
    """Effort that is felt out of proportion: linear, parabolic or sigmoid in its amount E.

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
    steepness: Any = 1.0
    turning_point: Any = 1.0
    maximum: Any = 1.0

    def _checked(self) -> dict[str, Any]:
        return {
            "shape": choice("shape", self.shape, ("linear", "parabolic", "sigmoid")),
            "steepness": parameter("steepness", self.steepness, 0, open_low=True),
            "turning_point": parameter("turning_point", self.turning_point, 0),
            "maximum": parameter("maximum", self.maximum, 0),
        }

    @property
    def idle(self) -> bool:
        """Whether effort is felt as it is."""
        return self.shape == "linear"

    def cost(self, effort: Any) -> Any:
        """Return how an effort is felt, in reward units."""
        if self.shape == "linear":
            return effort
        if self.shape == "parabolic":
            return self.steepness * np.square(effort)
        low, high = -self.steepness * self.turning_point, self.steepness * (effort - self.turning_point)
        return self.maximum * (_sigmoid(high) - _sigmoid(low)) * (1.0 + np.exp(low))

    def feel(self, own: Any, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its effort as it is felt."""
        return step if isinstance(step.effort, float) else step._replace(effort=self.cost(step.effort))


@dataclass(frozen=True, eq=False)
class RewardSensitivity(Mechanism):
    """Rewards that are felt more or less: r′ = r exp(b z), the way a BAS score is put to use here.

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

    score: Any = 0.0
    weight: Any = 0.0

    def _checked(self) -> dict[str, Any]:
        return {name: parameter(name, getattr(self, name)) for name in ("score", "weight")}

    @property
    def gain(self) -> Any:
        """exp(b z), () or (n_agents,)."""
        return np.exp(self.weight * self.score)

    @property
    def idle(self) -> bool:
        """Whether reward is felt as it is."""
        return not (self.weight * self.score).any()

    def feel(self, own: Any, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its reward as it is felt."""
        return step._replace(reward=step.reward * self.gain)


@dataclass(frozen=True, eq=False)
class Satiation(Mechanism):
    """Rewards that bring less after recent rewards: r′ = r exp(−κ c), c ← ρ c + r.

    Parameters
    ----------
    agent : Agent
        What is inside.
    strength : float or array (n_agents,)
        κ ≥ 0, per reward unit; 0 (the default) is no satiation. Provisional: from memory.
    retention : float or array (n_agents,)
        ρ in [0, 1], the share of what was consumed that still counts a step later.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Satiation(rpe.agents.QLearner(), strength=0.0).idle
    True
    """

    strength: Any = 0.0
    retention: Any = 0.9

    def _checked(self) -> dict[str, Any]:
        return {
            "strength": parameter("strength", self.strength, 0),
            "retention": parameter("retention", self.retention, 0, 1),
        }

    @property
    def idle(self) -> bool:
        """Whether nothing satiates."""
        return not self.strength.any()

    def remember(self, task: Any, n_agents: int) -> Floats:
        """Return c (n,), what was consumed recently, in reward units."""
        return np.zeros(n_agents)

    def feel(self, own: Floats, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its reward as it is felt."""
        return step._replace(reward=step.reward * np.exp(-self.strength * own))

    def notice(self, own: Floats, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Take up what was consumed; a punishment does not make hungry."""
        moved = self.retention * own + np.maximum(step.reward, 0.0)
        own[...] = moved if active is None else np.where(active, moved, own)


@dataclass(frozen=True, eq=False)
class Fatigue(Mechanism):
    """Effort that weighs more the more was done: a recoverable and an unrecoverable part.

        effort′ = (RF + UF) effort,   RF ← max(floor, RF + β_f E − α_f rest),   UF ← UF + θ_f E

    RF and UF start at 0.5, so that a fresh agent feels effort as it is. `rest` is 1 in a step
    without effort, and `work_rest` in one with.

    Parameters
    ----------
    agent : Agent
        What is inside.
    recoverable_gain : float or array (n_agents,)
        β_f ≥ 0, per unit of effort.
    recovery : float or array (n_agents,)
        α_f ≥ 0, per step of rest.
    unrecoverable_gain : float or array (n_agents,)
        θ_f ≥ 0, per unit of effort.
    floor : float or array (n_agents,)
        The least RF, ≥ 0.
    work_rest : float or array (n_agents,)
        Rest within a step of work, in [0, 1]; .57 in the source.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Müller, T., Klein-Flügge, M. C., Manohar, S. G., Husain, M. & Apps, M. A. J. (2021). Neural and
    computational mechanisms of momentary fatigue and persistence in effort-based choice. Nature
    Communications 12, 4593. doi:10.1038/s41467-021-24927-7

    Examples
    --------
    >>> import rpe
    >>> rates = {"recoverable_gain": 0.2, "recovery": 0.1, "unrecoverable_gain": 0.05}
    >>> tired = rpe.mechanisms.Fatigue(rpe.agents.QLearner(), **rates)
    >>> tired.after([[0.5], [0.5]], [1.0]).round(3).tolist()      # a step of work
    [[0.643], [0.55]]
    """

    recoverable_gain: Any = 0.0
    recovery: Any = 0.0
    unrecoverable_gain: Any = 0.0
    floor: Any = 0.0
    work_rest: Any = 0.57

    def _checked(self) -> dict[str, Any]:
        names = ("recoverable_gain", "recovery", "unrecoverable_gain", "floor")
        checked = {name: parameter(name, getattr(self, name), 0) for name in names}
        return {**checked, "work_rest": parameter("work_rest", self.work_rest, 0, 1)}

    @property
    def idle(self) -> bool:
        """Whether nothing tires."""
        return not (self.recoverable_gain.any() or self.unrecoverable_gain.any() or self.recovery.any())

    def remember(self, task: Any, n_agents: int) -> Floats:
        """Return RF and UF, (2, n)."""
        return np.full((2, n_agents), 0.5)

    def after(self, own: Any, effort: Any) -> Floats:
        """Return RF and UF (2, n) after a step with these efforts (n,)."""
        recoverable, unrecoverable = np.asarray(own, dtype=np.float64)
        effort = np.asarray(effort, dtype=np.float64)
        rest = np.where(effort > 0, self.work_rest, 1.0)
        tired = recoverable + self.recoverable_gain * effort - self.recovery * rest
        return np.stack([np.maximum(self.floor, tired), unrecoverable + self.unrecoverable_gain * effort])

    def feel(self, own: Floats, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its effort as it is felt."""
        return step if isinstance(step.effort, float) else step._replace(effort=step.effort * own.sum(axis=0))

    def notice(self, own: Floats, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Tire, or rest."""
        moved = self.after(own, np.broadcast_to(step.effort, own.shape[1:]))
        own[...] = moved if active is None else np.where(active, moved, own)


def _sigmoid(x: Any) -> Any:
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(x)))
