"""Settings of the experiment on persistence: rules of three suits, and what people did."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe._checks import count, scalar
from rpe.agents import GoalPursuit

STRENGTHS = (0.8, 0.7, 0.6)

# Aenugu & O'Doherty (2025), experiment 1, 44 people, by the chance of the dominant suit.
PEOPLE = {0.8: 0.424, 0.7: 0.481, 0.6: 0.561}

PEOPLE_GOALS = 37.18

NULL_SHARE, NULL_GOALS = 0.02, 0.5

AS_PEOPLE = "retrospective share as people's"

_WARM, _HOT = (
    {"inverse_temperature": beta, "goal_inverse_temperature": beta, "kernel_rate": 0.0, "leaving": 0.0}
    for beta in (5.0, 10.0)
)

PILOT = {
    "momentum": GoalPursuit(rule="momentum", learning_rate=0.8, discount=0.93, **_WARM),
    "persistence": GoalPursuit(rule="persistence", learning_rate=0.3, **_HOT),
    "prospective": GoalPursuit(rule="prospective", learning_rate=0.3, discount=0.95, **_HOT),
    "hybrid": GoalPursuit(rule="hybrid", learning_rate=0.3, discount=0.95, prospective_weight=0.5, **_HOT),
}
"""The worked example: one agent of each rule."""


@dataclass(frozen=True)
class Settings:
    """The family of agents, and how many are simulated.

    Parameters
    ----------
    learning_rates : tuple of float
        Family: learning rate α, per choice.
    temperatures : tuple of float
        Family: inverse temperatures β of the choice of cards and goals, per reward unit.
    discounts : tuple of float
        Family: discount γ, per choice.
    kernel_rates : tuple of float
        Family: rate α_c of the choice kernel, per choice.
    leaving : tuple of float
        Family: bias β₀ against leaving a goal, in logits.
    rival_weights : tuple of float
        Commitment: weight ω of the rival goals; the last must be 1.
    progress_weights : tuple of float
        Commitment: weight b₂ of progress; the first must be 0.
    n_agents : int
        Agents of each setting.
    n_example : int
        Agents of each rule in the worked example.
    n_recovered : int
        Model recovery: agents of each rule.
    n_draws : int
        Model recovery: draws from the prior of each model.
    disruption : float
        Disruption x of the test of resistance, which lowers log₁₀ P(work) by x over the resistance.
    """

    learning_rates: tuple[float, ...] = (0.3, 0.8)
    temperatures: tuple[float, ...] = (2.0, 5.0, 10.0)
    discounts: tuple[float, ...] = (0.9, 0.95)
    kernel_rates: tuple[float, ...] = (0.0, 0.8)
    leaving: tuple[float, ...] = (-0.5, 0.5)
    rival_weights: tuple[float, ...] = (0.0, 0.5, 1.0)
    progress_weights: tuple[float, ...] = (0.0, 2.0)
    n_agents: int = 30
    n_example: int = 200
    n_recovered: int = 12
    n_draws: int = 150
    disruption: float = 0.2

    def __post_init__(self) -> None:
        for name, top in (("learning_rates", 1), ("discounts", 1), ("kernel_rates", 1), ("temperatures", np.inf)):
            _levels(name, getattr(self, name), 0, top)
        _levels("leaving", self.leaving, -np.inf, np.inf)
        _levels("rival_weights", self.rival_weights, 0, 1)
        _levels("progress_weights", self.progress_weights, 0, np.inf)
        if self.rival_weights[-1] != 1 or self.progress_weights[0] != 0:
            raise ValueError(
                "rival_weights must end with 1 and progress_weights begin with 0, for who is not committed; "
                f"got {self.rival_weights} and {self.progress_weights}"
            )
        for name in ("n_agents", "n_example", "n_recovered", "n_draws"):
            count(name, getattr(self, name), 2)
        scalar("disruption", self.disruption, 0)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            temperatures=(5.0, 10.0),
            kernel_rates=(0.0,),
            leaving=(0.0,),
            rival_weights=(0.0, 1.0),
            n_agents=16,
            n_example=48,
            n_recovered=3,
            n_draws=40,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            learning_rates=(0.1, 0.3, 0.5, 0.8), leaving=(-0.5, 0.0, 0.5), n_agents=60, n_recovered=30, n_draws=600
        )


def _levels(name: str, levels: tuple[float, ...], low: float, high: float) -> None:
    if not levels:
        raise ValueError(f"{name} must have at least one level; got none")
    for level in levels:
        scalar(name, level, low, high)
