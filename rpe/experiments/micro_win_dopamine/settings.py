"""Settings of the experiment: the streams of wins, the family of settings, and how much is sampled."""

from dataclasses import dataclass
from typing import Self

from rpe._checks import choice, count, scalar
from rpe.dopamine import REGIONS

SCALES = ("largest win", "budget")


@dataclass(frozen=True)
class Settings:
    """What the dopamine of micro wins is computed for.

    Parameters
    ----------
    n_wins : int
        Wins into which a budget is split; each of equal wins pays 1 reward unit.
    gap : int
        Steps from one win to the next.
    seconds_per_step : float
        Length of a step, s.
    n_trials : int
        Repetitions, before a probe in which the middle win is left out.
    probability : float
        Chance of each win where wins are uncertain.
    n_seeds : int
        Sequences of outcomes, where outcomes are random.
    learning_rates : tuple of float
        Family: α of the learners, per step; ANCCR learns with a fifth of it.
    discounts : tuple of float
        Family: γ of the learners, per step.
    trace_decay : float
        Trace decay λ of TD(λ), in [0, 1].
    regions : tuple of str
        Family: where dopamine is released.
    synchronies : tuple of float
        Family: share of terminals that follow a burst.
    scales : tuple of {"largest win", "budget"}
        Family: what neurons adapt to: errors are divided by the largest payout of a stream, or by
        the budget.
    kappas : tuple of float
        κ of incentive salience, a factor on value.
    uptake_blocks : tuple of float
        Factors on the K_m of the transporter.
    densities : tuple of float
        Receptor densities, as a factor on the usual one.
    n_agents : int
        Learners on the behavioural task.
    n_task_trials : int
        Their trials.
    """

    n_wins: int = 5
    gap: int = 2
    seconds_per_step: float = 60.0
    n_trials: int = 300
    probability: float = 0.5
    n_seeds: int = 12
    learning_rates: tuple[float, ...] = (0.1, 0.3)
    discounts: tuple[float, ...] = (0.9, 0.98, 1.0)
    trace_decay: float = 0.9
    regions: tuple[str, ...] = ("accumbens", "dorsal striatum")
    synchronies: tuple[float, ...] = (0.1, 0.3)
    scales: tuple[str, ...] = SCALES
    kappas: tuple[float, ...] = (0.2, 1.0, 3.0)
    uptake_blocks: tuple[float, ...] = (1.0, 2.0, 5.0)
    densities: tuple[float, ...] = (0.7, 1.0, 1.3)
    n_agents: int = 64
    n_task_trials: int = 300

    def __post_init__(self) -> None:
        count("n_wins", self.n_wins, 3)
        count("gap", self.gap, 2)
        count("n_trials", self.n_trials, 20)
        count("n_seeds", self.n_seeds)
        count("n_agents", self.n_agents, 2)
        count("n_task_trials", self.n_task_trials, 20)
        scalar("seconds_per_step", self.seconds_per_step, 6)
        scalar("trace_decay", self.trace_decay, 0, 1)
        scalar("probability", self.probability, 0.05, 0.95)
        limits: dict[str, tuple[float, float]] = {
            "learning_rates": (0.01, 1),
            "discounts": (0, 1),
            "synchronies": (0, 1),
            "kappas": (0.01, 100),
            "uptake_blocks": (1, 100),
            "densities": (0, 100),
        }
        for name, (low, high) in limits.items():
            self._levels(name)
            for level in getattr(self, name):
                scalar(name, level, low, high)
        for name, known in (("regions", tuple(REGIONS)), ("scales", SCALES)):
            self._levels(name)
            for level in getattr(self, name):
                choice(name, level, known)
        if 1.0 not in self.kappas or 1.0 not in self.uptake_blocks:
            raise ValueError(f"kappas and uptake_blocks must hold 1; got {self.kappas} and {self.uptake_blocks}")

    def _levels(self, name: str) -> None:
        if not getattr(self, name):
            raise ValueError(f"{name} must have at least one level; got none")

    @property
    def n_steps(self) -> int:
        """Steps of a trial, from the cue to the goal."""
        return self.n_wins * self.gap

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            n_trials=150,
            n_seeds=3,
            discounts=(0.9, 1.0),
            regions=("accumbens",),
            synchronies=(0.1, 0.3),
            n_agents=16,
            n_task_trials=150,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            n_trials=1000,
            n_seeds=40,
            learning_rates=(0.05, 0.1, 0.3),
            discounts=(0.8, 0.9, 0.95, 0.98, 1.0),
            synchronies=(0.05, 0.1, 0.3, 1.0),
            n_agents=256,
            n_task_trials=1000,
        )
