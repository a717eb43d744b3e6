"""Settings of the main experiment: the family, the worked example within it, and how much is sampled."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe._checks import choice, count, scalar
from rpe.choice import inverse_temperature

MATCHINGS = ("D(5)", "D(10)", "D(N)", "D(T)", "equal area")
PAYS = ("completion", "deadline")


@dataclass(frozen=True)
class Settings:
    """What the main experiment varies and how much of it.

    Parameters
    ----------
    n_units : int
        Units of work of the task, throughout but for random tasks.
    deadline : int
        Steps that there are, throughout but for random tasks.
    effort : float
        Cost of a step of work, reward units.
    distraction : float
        Pay of a step of distraction, reward units.
    start_cost : float
        Cost of starting, reward units.
    horizons : tuple of float
        Family: discount rate × deadline, kT, of the hyperbolic discounter.
    matchings : tuple of str
        Family: where an exponential or quasi-hyperbolic discounter agrees with the hyperbolic one:
        in D at 5, 10, N or T steps, or in the area under D over steps 1 to N.
    temperatures : tuple of float
        Family: inverse temperatures β of the softmax, per reward unit; infinity is greedy.
    present_bias : float
        Present bias β of quasi-hyperbolic discounting, in (0, 1].
    cost_ratios : tuple of float
        Family: N(e + d)/R, what the work costs as a share of the budget.
    goal_numbers : tuple of int
        Family: sub-goals of the split task.
    pays : tuple of {"completion", "deadline"}
        Family: whether pay arrives when earned, or all of it at the deadline.
    success_probabilities : tuple of float
        Family: chance that a step of work completes a unit.
    reward : float
        Worked example: budget, reward units.
    n_goals : int
        Worked example: sub-goals.
    k : float
        Worked example: hyperbolic discounting, per step.
    inverse_temperature : float
        Worked example: β, per reward unit.
    n_rates : int
        Worked example: how many values of k are computed.
    n_ratios : int
        Worked example: how many cost ratios are computed.
    n_tasks : int
        Random tasks.
    n_task_rates : int
        Discount rates for which each random task is judged.
    n_agents : int
        Learners of each condition.
    n_trials : int
        Trials that they learn for.
    learning_rate : float
        α of the learners, per step.
    trace_decay : float
        λ of the learners, in [0, 1].
    exploration : float
        ε of the learners, the chance of a random choice.
    n_credit_trials : int
        Trials of the learners in the sweep over λ, and of those whose errors at sub-goals are read.
    n_walkers : int
        Planners that are simulated for the curves by streak.
    """

    n_units: int = 20
    deadline: int = 60
    effort: float = 1.0
    distraction: float = 2.0
    start_cost: float = 2.0
    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = MATCHINGS
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    present_bias: float = 0.7
    cost_ratios: tuple[float, ...] = (0.3, 0.6, 0.9)
    goal_numbers: tuple[int, ...] = (2, 5, 10)
    pays: tuple[str, ...] = PAYS
    success_probabilities: tuple[float, ...] = (1.0, 0.7)
    reward: float = 100.0
    n_goals: int = 5
    k: float = 0.08
    inverse_temperature: float = 1.0
    n_rates: int = 25
    n_ratios: int = 15
    n_tasks: int = 200
    n_task_rates: int = 6
    n_agents: int = 48
    n_trials: int = 400
    learning_rate: float = 0.1
    trace_decay: float = 0.9
    exploration: float = 0.1
    n_credit_trials: int = 800
    n_walkers: int = 1000

    def __post_init__(self) -> None:
        counts = ("n_units", "deadline", "n_rates", "n_ratios", "n_tasks", "n_agents", "n_trials", "n_credit_trials")
        for name in (*counts, "n_walkers"):
            count(name, getattr(self, name), 2)
        count("n_task_rates", self.n_task_rates)
        count("n_goals", self.n_goals, 1, self.n_units)
        for name in ("reward", "effort", "distraction", "start_cost"):
            scalar(name, getattr(self, name), 0)
        scalar("k", self.k, 0, open_low=True)
        scalar("present_bias", self.present_bias, 0, 1, open_low=True)
        for name in ("learning_rate", "trace_decay", "exploration"):
            scalar(name, getattr(self, name), 0, 1)
        inverse_temperature(self.inverse_temperature)
        self._check_family()

    def _check_family(self) -> None:
        for name in ("horizons", "matchings", "temperatures", "cost_ratios", "goal_numbers", "pays"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
        inverse_temperature(np.array(self.temperatures))
        for name in ("horizons", "cost_ratios"):
            for level in getattr(self, name):
                scalar(name, level, 0, open_low=True)
        for level in self.goal_numbers:
            count("goal_numbers", level, 1, self.n_units)
        for level in self.success_probabilities:
            scalar("success_probabilities", level, 0, 1, open_low=True)
        for matching in self.matchings:
            choice("matchings", matching, MATCHINGS)
        for pay in self.pays:
            choice("pays", pay, PAYS)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within half a minute; its family points the way that the default's does."""
        return cls(
            temperatures=(1.0, 10.0, float("inf")),
            matchings=("D(10)", "D(N)", "D(T)"),
            goal_numbers=(5,),
            n_rates=9,
            n_ratios=5,
            n_tasks=24,
            n_task_rates=4,
            n_agents=8,
            n_trials=50,
            n_credit_trials=50,
            n_walkers=200,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version: more levels of every factor, and a wide map over random tasks."""
        return cls(
            horizons=(0.5, 1.2, 2.4, 4.8, 12.0),
            cost_ratios=(0.2, 0.4, 0.6, 0.8, 1.0),
            goal_numbers=(2, 5, 10, 20),
            n_rates=41,
            n_ratios=31,
            n_tasks=1000,
            n_agents=128,
            n_trials=1000,
            n_credit_trials=2000,
        )
