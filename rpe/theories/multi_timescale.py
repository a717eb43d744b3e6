"""Multi-timescale TD: cells with discount factors of their own, hyperbolic together."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe import td
from rpe._checks import Floats, KnowsItsKeywords, Seed, between, count, flag, instance, scalar
from rpe.schedules import Schedule
from rpe.td.step_by_step import Rule
from rpe.theories._linear import run_on
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, corrected
from rpe.theories._trial_level import Features, check_features, td_features, td_kinds
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class MultiTimescaleTD(KnowsItsKeywords):
    """Multi-timescale TD(λ): each cell has its own time constant of discounting; the signal is their mean error.

        δ_i = r + γ_i V_i(t) − V_i(t − 1),   γ_i = exp(−dt/τ_i),   τ_i log-uniform

    Parameters
    ----------
    learning_rate : float
        α in [0, 1], per step.
    trace_decay : float
        λ in [0, 1], per step of the schedule.
    shortest, longest : float
        Range of τ_i, s.
    n_cells : int
        Cells.
    features : str, array or callable
        Representation, as in `TD`.
    cells : bool
        Whether to keep the errors of all `cells` in `more`, (n_cells, n_trials, n_steps).

    Notes
    -----
    `learn` returns in `more` the cells' `time_constants` (n_cells,), s, and their last `weights`
    (n_cells, n_features).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Masset, P. et al. (2025). Multi-timescale reinforcement learning in the brain. Nature.
    doi:10.1038/s41586-025-08929-9

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=300)
    >>> learned = rpe.theories.MultiTimescaleTD(trace_decay=0.9).learn(s)
    >>> bool(0.3 < learned.delta[0, -1, 5] < 0.9)
    True
    """

    learning_rate: float = 0.1
    trace_decay: float = 0.0
    shortest: float = 0.3
    longest: float = 30.0
    n_cells: int = 50
    features: Features = "serial_compound"
    cells: bool = False

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "trace_decay", "shortest", "longest")

    def __post_init__(self) -> None:
        check_features(self.features)
        for name in ("learning_rate", "trace_decay"):
            scalar(name, getattr(self, name), 0, 1)
        scalar("shortest", self.shortest, 0, open_low=True)
        scalar("longest", self.longest, self.shortest, open_low=True)
        count("n_cells", self.n_cells, 2)
        flag("cells", self.cells)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return f"Multi-timescale TD({self.trace_decay:g})"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    @property
    def time_constants(self) -> Floats:
        """τ_i, s, at the middles of equal parts of the logarithmic range, (n_cells,)."""
        share = (np.arange(self.n_cells) + 0.5) / self.n_cells
        return np.asarray(self.shortest * (self.longest / self.shortest) ** share)

    def stability(self, schedule: Schedule) -> Stability:
        """Return κ, by which an update corrects its own error, where it is largest."""
        instance("schedule", schedule, Schedule)
        return corrected(td_features(schedule, self.features), self._rule(schedule.dt))

    def _rule(self, dt: float) -> Rule:
        """The rule of all cells."""
        each = (np.asarray(self.learning_rate), np.exp(-dt / self.time_constants), np.asarray(self.trace_decay))
        return Rule(*each, "updated", "accumulating", -np.inf, True)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        delta, value, weights = self._cells(schedule)
        more = {"time_constants": self.time_constants, "weights": weights} | ({"cells": delta} if self.cells else {})
        return Learned(delta.mean(axis=0, keepdims=True), value.mean(axis=0, keepdims=True), more)

    def with_cells(self) -> Self:
        """Return the theory that keeps the errors of its cells."""
        return replace(self, cells=True)

    def _cells(self, schedule: Schedule) -> tuple[Floats, Floats, Floats]:
        """Errors and values of all cells, (n_cells, n_trials, n_steps), and their weights."""
        x = td_kinds(schedule, self.features)
        if Manipulated(schedule, self.time_constants).any:
            run = run_on(x, schedule, self._rule(schedule.dt), self.time_constants)
            return run.delta, run.value, run.more["weights"]
        learned = td.learn(
            x,
            schedule.reward,
            learning_rate=self.learning_rate,
            discount=np.exp(-schedule.dt / self.time_constants),
            trace_decay=self.trace_decay,
            pulse=schedule.pulse,
            learning=schedule.learning,
            record="all",
        )
        return learned.delta, learned.value, learned.weights


def population_value(delay: npt.ArrayLike, mean_rate: float) -> Floats:
    """Return what a unit reward is worth to cells with exponentially distributed rates, ∫ f(k) e^(−kd) dk.

    That is the hyperbola 1/(1 + k₀ d).

    Parameters
    ----------
    delay : float array (...)
        d ≥ 0, s.
    mean_rate : float
        k₀, the mean of the cells' discount rates, per s.

    Returns
    -------
    float array (...)

    Raises
    ------
    TypeError, ValueError
        For negative delays or rates.

    References
    ----------
    Kurth-Nelson, Z. & Redish, A. D. (2009). Temporal-difference reinforcement learning with
    distributed representations. PLoS ONE 4(10), e7362. doi:10.1371/journal.pone.0007362

    Examples
    --------
    >>> population_value([0.0, 10.0], 0.1)
    array([1. , 0.5])
    """
    return np.asarray(1.0 / (1.0 + scalar("mean_rate", mean_rate, 0) * between("delay", delay, 0)))


SCORECARD: Variants = {"multi-timescale": MultiTimescaleTD}
