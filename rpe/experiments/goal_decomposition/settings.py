"""Settings of the experiment on splits: the task, the family of agents, and the learners of the maze."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe._checks import count, scalar
from rpe.choice import inverse_temperature
from rpe.experiments.micro_wins.settings import MATCHINGS
from rpe.experiments.specifications import check_levels


@dataclass(frozen=True)
class Settings:
    """The task and the agents.

    Parameters
    ----------
    goals : tuple of int
        Numbers of sub-goals K, the first 1.
    overhead : float
        Cost o of reaching each sub-goal but the last, reward units, in the arm with overhead.
    disengagement : float
        Probability q of losing engagement there, in that arm.
    shares : tuple of float
        Shares φ of the budget that move to the sub-goals.
    horizons : tuple of float
        Family: discount rate × deadline, kT, of the hyperbolic discounter.
    matchings : tuple of str
        Family: where exponential and quasi-hyperbolic discounters agree with the hyperbolic one, as in `micro_wins`.
    temperatures : tuple of float
        Family: inverse temperatures β of the choice, per reward unit; infinity is greedy.
    k : float
        Worked example: hyperbolic discounting, per step; β = 1, and the exponential agent is matched at D(N).
    maze_rates : tuple of float
        Family of learners in the maze: α per step.
    maze_temperatures : tuple of float
        Family of learners in the maze: β, per reward unit (infinity is greedy, apart from ε = .1).
    n_agents : int
        Learners of the maze of each setting.
    n_trials : int
        Their trials.
    """

    goals: tuple[int, ...] = (1, 2, 4, 5, 10, 20)
    overhead: float = 2.0
    disengagement: float = 1.0
    shares: tuple[float, ...] = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = MATCHINGS
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    k: float = 0.08
    maze_rates: tuple[float, ...] = (0.1, 0.25, 0.5)
    maze_temperatures: tuple[float, ...] = (30.0, float("inf"))
    n_agents: int = 12
    n_trials: int = 40

    def __post_init__(self) -> None:
        if len(self.goals) < 2 or self.goals[0] != 1:
            raise ValueError(f"goals must begin with 1 and hold another; got {self.goals}")
        for n in self.goals:
            count("goals", n, 1, 20)
        for share in self.shares:
            scalar("shares", share, 0, 1)
        check_levels(self.horizons, self.matchings, self.temperatures)
        if not self.maze_rates or not self.maze_temperatures:
            raise ValueError("maze_rates and maze_temperatures must have at least one level each")
        for rate in self.maze_rates:
            scalar("maze_rates", rate, 0, 1, open_low=True)
        inverse_temperature(np.array(self.maze_temperatures))
        scalar("overhead", self.overhead, 0)
        scalar("disengagement", self.disengagement, 0, 1)
        scalar("k", self.k, 0)
        for name in ("n_agents", "n_trials"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            goals=(1, 5, 20),
            shares=(0.0, 0.25, 1.0),
            matchings=("D(5)", "D(N)", "D(T)"),
            temperatures=(0.3, 3.0, float("inf")),
            maze_rates=(0.1, 0.5),
            maze_temperatures=(30.0, float("inf")),
            n_agents=6,
            n_trials=12,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(goals=(1, 2, 3, 4, 5, 7, 10, 20), shares=tuple(np.linspace(0, 1, 21).tolist()))
