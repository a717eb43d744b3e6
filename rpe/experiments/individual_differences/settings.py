"""Settings of the experiment on individual differences, and what was found in people."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe._checks import count, scalar
from rpe.choice import inverse_temperature

# Steel (2007): correlations with procrastination; efficacy from memory.
PEOPLE = {"aversiveness": 0.40, "impulsiveness": 0.41, "efficacy": -0.38}

# Zhang & Ma (2024), ln k and mean date of work: 84 people (published); 70 with all seven hours (their file).
STUDENTS, STUDENTS_LOW, STUDENTS_HIGH = 0.28, 0.07, 0.47

DAYS, HALF_HOURS = 110, 14

# What else students differ in, one after the other.
SOURCES = ("effort", "value of reward", "noise of choice", "start date")


@dataclass(frozen=True)
class Settings:
    """The population.

    Parameters
    ----------
    n_agents : int
        People.
    spread : float
        Standard deviation of the logarithm of effort and of reward, across people.
    bas_weight : float
        Weight b of the questionnaire: reward sensitivity is exp(b z); .15 is the value used for teaching.
    temperatures : tuple of float
        Family: inverse temperatures β, per reward unit; the first is that of the worked example.
    n_students : int
        Students of the semester.
    n_semesters : int
        How often each goes through it.
    effort_spread : float
        Students: standard deviation of ln effort.
    value_spread : float
        Students: standard deviation of ln reward.
    noise_spread : float
        Students: standard deviation of ln β.
    latest_start : int
        Students: the last day on which one begins, of 110; all days up to it are as likely.
    reliability : float
        Students: of a measured ln k, in (0, 1]; correlations with it shrink by the square root.
    n_learners : int
        Learners of the test of receptors.
    n_trials : int
        Their trials.
    """

    n_agents: int = 300
    temperatures: tuple[float, ...] = (1.0, 0.3, 3.0, 10.0, float("inf"))
    n_students: int = 150
    n_semesters: int = 6
    effort_spread: float = 0.3
    value_spread: float = 0.5
    noise_spread: float = 1.0
    latest_start: int = 60
    reliability: float = 0.7
    spread: float = 0.3
    bas_weight: float = 0.15
    n_learners: int = 400
    n_trials: int = 200

    def __post_init__(self) -> None:
        for name in ("n_agents", "n_learners", "n_trials", "n_students"):
            count(name, getattr(self, name), 10)
        count("n_semesters", self.n_semesters)
        count("latest_start", self.latest_start, 1, DAYS - HALF_HOURS)
        for name in ("spread", "bas_weight", "effort_spread", "value_spread", "noise_spread"):
            scalar(name, getattr(self, name), 0)
        scalar("reliability", self.reliability, 0, 1, open_low=True)
        if not self.temperatures:
            raise ValueError("temperatures must have at least one level; got none")
        inverse_temperature(np.array(self.temperatures))

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            n_agents=80,
            temperatures=(1.0, 0.3, 10.0, float("inf")),
            n_students=50,
            n_semesters=3,
            n_learners=150,
            n_trials=100,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_agents=2000, n_students=600, n_learners=4000)
