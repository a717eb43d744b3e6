"""Settings of the main experiment."""

from dataclasses import dataclass
from typing import Self

from rpe._checks import count, scalar


@dataclass(frozen=True)
class Settings:
    """What the main experiment varies and how much of it.

    Parameters
    ----------
    n_units, deadline : int
        Size of the task, in units of work and steps.
    reward, effort, distraction, start_cost : float
        Budget, cost of a step of work, pay of a step of distraction, cost of starting, in reward
        units.
    n_goals : int
        Sub-goals of the split task.
    k : float
        Hyperbolic discount rate per step; the exponential gets the γ with the same D(n_units).
    inverse_temperature : float
        β of the softmax, per reward unit.
    null : float
        Changes of the procrastination index smaller than this count as nothing.
    n_rates, n_ratios : int
        Resolution of the sweep over k and of the map over cost ratios.
    n_tasks : int
        Random tasks; each is judged for eight discount rates.
    n_agents, n_trials : int
        Learners per condition and trials they learn for.
    learning_rate, trace_decay, exploration : float
        α, λ and ε of the learners.
    n_credit_trials : int
        Trials of the learners in the sweep over λ, and of those whose errors at sub-goals are read.
    n_walkers : int
        Planners that are simulated for the momentum curves.
    n_students : int
        Simulated students for the comparison with the work of a real class.
    """

    n_units: int = 20
    deadline: int = 60
    reward: float = 100.0
    effort: float = 1.0
    distraction: float = 2.0
    start_cost: float = 2.0
    n_goals: int = 5
    k: float = 0.08
    inverse_temperature: float = 1.0
    null: float = 0.02
    n_rates: int = 25
    n_ratios: int = 15
    n_tasks: int = 300
    n_agents: int = 64
    n_trials: int = 600
    learning_rate: float = 0.1
    trace_decay: float = 0.9
    exploration: float = 0.1
    n_credit_trials: int = 1000
    n_walkers: int = 2000
    n_students: int = 300

    def __post_init__(self) -> None:
        counts = ("n_units", "deadline", "n_rates", "n_ratios", "n_tasks", "n_agents", "n_trials", "n_credit_trials")
        for name in (*counts, "n_walkers", "n_students"):
            count(name, getattr(self, name), 2)
        count("n_goals", self.n_goals, 1, self.n_units)
        for name in ("reward", "effort", "distraction", "start_cost", "inverse_temperature", "null"):
            scalar(name, getattr(self, name), 0)
        scalar("k", self.k, 0, open_low=True)
        for name in ("learning_rate", "trace_decay", "exploration"):
            scalar(name, getattr(self, name), 0, 1)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within half a minute."""
        return cls(
            n_rates=13,
            n_ratios=7,
            n_tasks=20,
            n_agents=16,
            n_trials=50,
            n_credit_trials=50,
            n_walkers=400,
            n_students=60,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version with a wide map over random tasks."""
        return cls(n_rates=41, n_ratios=31, n_tasks=1500, n_agents=128, n_trials=1000, n_credit_trials=2000)
