"""Feature-specific errors: each cell knows one feature of the world; together they are the TD error."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from rpe._checks import (
    Floats,
    KnowsItsKeywords,
    PerAgent,
    Seed,
    agent_count,
    choice,
    default,
    flag,
    instance,
    parameter,
    scalar,
)
from rpe.schedules import Schedule
from rpe.td.errors import td_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import Features, check_features, per_step, td_features, td_kinds
from rpe.theories.protocol import Learned, Stability, Variants
from rpe.theories.td import TD


@dataclass(frozen=True)
class FeatureErrors(KnowsItsKeywords):
    """Feature-specific errors, after Lee and others: a vector of errors, whose sum is that of TD(0).

        δ_i = r/n + w_i (γ x_i(t) − x_i(t − 1)),   δ = Σ_i δ_i,   w ← w + α δ x(t − 1)

    Each cell has one of the n features, so that cells differ at cues and agree at reward. The sum
    teaches; errors that taught each weight alone would learn something else.

    Parameters
    ----------
    features : {"serial_compound", "presence", "microstimuli"}, array or callable
        As in `rpe.theories.TD`.
    learning_rate : float or array (n_agents,)
        α ≥ 0, per step; .05 to .1 in the authors' script.
    discount : float or array (n_agents,)
        γ in [0, 1], per `step`.
    step : float or None
        Step of γ, s; None for the step of the schedule.
    share : {"all", "on"}
        Among which features a reward is divided: all, as published, or those that were on.
    cells : bool
        Whether `learn` returns in `more` the errors of the `cells`, (n_features, n_trials, n_steps), of the first
        agent.

    Notes
    -----
    Before a trial no feature is on. A pulse is divided as a reward is. `learn` returns in `more` the
    `weights` at the end, (n_agents, n_features).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Lee, R. S., Sagiv, Y., Engelhard, B., Witten, I. B. & Daw, N. D. (2024). A feature-specific prediction
    error model explains dopaminergic heterogeneity. Nature Neuroscience 27, 1574-1586.
    doi:10.1038/s41593-024-01689-1

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x100, B- x100", rng=0)
    >>> learned = rpe.theories.FeatureErrors("presence", cells=True).learn(s)
    >>> learned.more["cells"].shape, bool(abs(learned.more["cells"].sum(axis=0) - learned.delta[0]).max() < 1e-12)
    ((2, 200, 30), True)
    """

    features: Features = "serial_compound"
    learning_rate: PerAgent = default(0.1)
    discount: PerAgent = default(0.98)
    step: float | None = 0.05
    share: str = "all"
    cells: bool = False

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount")

    def __post_init__(self) -> None:
        check_features(self.features)
        for name, high in (("learning_rate", np.inf), ("discount", 1.0)):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        if self.step is not None:
            scalar("step", self.step, 0, open_low=True)
        choice("share", self.share, ("all", "on"))
        flag("cells", self.cells)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        features = self.features.replace("_", " ") if isinstance(self.features, str) else "own features"
        return f"Feature-specific errors, {features}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α |x|²."""
        instance("schedule", schedule, Schedule)
        return rate_times_features(self.learning_rate, td_features(schedule, self.features))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        if not self.cells and self.share == "all" and isinstance(self.features, str):
            # The errors of all features sum to that of TD(0).
            sum_of_all = TD(
                self.features,
                learning_rate=self.learning_rate,
                discount=self.discount,
                step=self.step,
                trace_decay=0.0,
                value_floor=None,
            )
            return sum_of_all.learn(schedule, rng)
        return self._with_each_cell(schedule)

    def _with_each_cell(self, schedule: Schedule) -> Learned:
        x, n = td_kinds(schedule, self.features), self._n_agents()
        gamma = per_step(self.discount, self.step, schedule.dt)
        w, change = np.zeros((x.shape[2], n)), Manipulated(schedule)
        delta, value = np.empty((2, *x.shape[:2], n))
        cells = np.empty((x.shape[2], *x.shape[:2]))
        income = schedule.reward + schedule.pulse
        for trial, learns in enumerate(schedule.learning.tolist()):
            before = np.zeros(x.shape[2])
            for step, now in enumerate(x[trial]):
                parts = td_error(0.0, before[:, None] * w, now[:, None] * w, gamma)
                parts += income[trial, step] * self._shares(before)[:, None]
                error = change(parts.sum(axis=0), trial, step)
                delta[trial, step], value[trial, step], cells[:, trial, step] = error, now @ w, parts[:, 0]
                if learns[step]:
                    w += before[:, None] * (self.learning_rate * error)
                before = now
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), {"cells": cells, "weights": w.T})

    def with_cells(self) -> Self:
        """Return the theory, which gives the errors of its cells in `more`."""
        return replace(self, cells=True)

    def _shares(self, before: Floats) -> Floats:
        """What each feature gets of a reward, (n_features,)."""
        on = before != 0
        if self.share == "on" and on.any():
            return np.asarray(on / on.sum())
        return np.full(len(before), 1 / len(before))

    def _n_agents(self) -> int:
        return agent_count(learning_rate=self.learning_rate, discount=self.discount)


SCORECARD: Variants = {"feature errors": FeatureErrors}
