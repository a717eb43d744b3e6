"""What a fit found: estimates for every subject, their errors, and the criteria of the model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from rpe._checks import (
    LARGEST,
    Bools,
    Floats,
    Ints,
    Seed,
    choice,
    count,
    indices,
    instance,
    numbers,
    sequence,
    shown,
    text,
    unmasked,
)
from rpe.fit.model import EDGE, Free
from rpe.fit.objective import Objective, Search
from rpe.table import Table

# Warnings that a fit shows at a prompt; and standard errors beyond which nothing is known of a parameter: as a share of
# its range, or where it has none.
_SHOWN, _WIDE, _FAR = 3, 0.29, 100.0
# Correlation of two estimates beyond which only a combination of the two is known.
_TRADE = 0.95
# Log likelihood above which a model foretells what it is fitted to: somebody who never works finds work too costly.
_CERTAIN = -1e-3


METHODS = ("ml", "map", "hierarchical")


def _shaped(name: str, value: Any, shape: tuple[int, ...]) -> None:
    if np.shape(value) != shape:
        raise ValueError(f"{name} must have shape {shape}; got {np.shape(value)}")


def _flagged(name: str, value: Any, shape: tuple[int, ...]) -> None:
    array = unmasked(name, value)
    if array.dtype != np.bool_:
        raise TypeError(f"{name} must hold True and False; got {shown(value)}")
    _shaped(name, array, shape)


@dataclass(frozen=True, eq=False)
class Fit:
    """Estimates of one model for every subject.

    Attributes
    ----------
    model : Model or SignalModel
        What was fitted.
    subjects : tuple of str
        Names of the n subjects, or of the groups that share their parameters.
    method : str
        "ml", "map" or "hierarchical".
    free : float array (n_subjects, n_parameters)
        Estimates on the unconstrained scale.
    covariance : float array (n_subjects, n_parameters, n_parameters)
        Inverse of the observed information on that scale, or of the expected one where the former
        is not positive definite; NaN where neither is.
    log_likelihood, log_posterior : float array (n_subjects,)
        At the estimates; equal without a prior.
    n_choices : int array (n_subjects,)
        Choices (or days) that were scored.
    converged : bool array (n_subjects,)
        Whether the best start converged.
    n_agreeing : int array (n_subjects,)
        How many starts ended within 0.01 log units of the best.
    n_starts : int
        How many there were.
    prior : tuple or None
        Mean and precision of the normal prior on the unconstrained scale.
    objective : Search or None
        What was maximised, with the data; None for fits that were joined.
    lopsided : bool array (n_subjects, n_parameters) or None
        Where the likelihood is so far from that of a normal estimate that standard errors mislead: 1.96 of
        them away it falls by less than a third or more than three times what it should.
    """

    model: Free
    subjects: tuple[str, ...]
    method: str
    free: Floats
    covariance: Floats
    log_likelihood: Floats
    log_posterior: Floats
    n_choices: Ints
    converged: Bools
    n_agreeing: Ints
    n_starts: int
    prior: tuple[Floats, Floats] | None = None
    objective: Search | None = None
    lopsided: Bools | None = None

    def __post_init__(self) -> None:
        p = len(instance("model", self.model, Free).parameters)
        n = len([text("subjects", name) for name in sequence("subjects", self.subjects)])
        choice("method", self.method, METHODS)
        count("n_starts", self.n_starts, 0)
        each = (n,)
        for name, shape in (("free", (n, p)), ("log_likelihood", each), ("log_posterior", each)):
            _shaped(name, numbers(name, getattr(self, name), empty=True), shape)
        _shaped("covariance", numbers("covariance", self.covariance, empty=True, missing=True), (n, p, p))
        for name in ("n_choices", "n_agreeing"):
            indices(name, getattr(self, name), LARGEST, each)
        _flagged("converged", self.converged, each)
        if self.lopsided is not None:
            _flagged("lopsided", self.lopsided, (n, p))

    def __repr__(self) -> str:
        starts = "1 start" if self.n_starts == 1 else f"{self.n_starts} starts"
        warnings = self.report().splitlines()
        shown = "".join(f"\n! {line}" for line in warnings[:_SHOWN])
        more = f"\n! ... {len(warnings) - _SHOWN} more; see report()" if len(warnings) > _SHOWN else ""
        return f"Fit of model {self.model.name!r} by {self.method!r}, {starts}\n{self.table!r}{shown}{more}"

    @cached_property
    def estimates(self) -> Floats:
        """Estimates on the natural scale, (n_subjects, n_parameters)."""
        return self.model.from_free(self.free)

    @cached_property
    def standard_errors(self) -> Floats:
        """Standard errors on the natural scale by the delta method, (n_subjects, n_parameters); NaN if unknown."""
        variance = np.diagonal(self.covariance, axis1=1, axis2=2)
        slopes = [p.slope(self.free[:, i]) for i, p in enumerate(self.model.parameters.values())]
        return np.sqrt(variance) * np.abs(np.stack(slopes, axis=1))

    @property
    def aic(self) -> Floats:
        """Akaike's criterion, −2 ln L + 2p, (n_subjects,); lower is better."""
        return -2 * self.log_likelihood + 2 * self.model.n_parameters

    @property
    def bic(self) -> Floats:
        """Schwarz's criterion, −2 ln L + p ln n, (n_subjects,); lower is better."""
        return -2 * self.log_likelihood + self.model.n_parameters * np.log(self.n_choices)

    @property
    def log_evidence(self) -> Floats:
        """Laplace's approximation of the log evidence, ln p(y, û) + (p ln 2π + ln |Σ|)/2, (n_subjects,).

        Raises
        ------
        ValueError
            If there was no prior, without which there is no evidence.

        References
        ----------
        MacKay, D. J. C. (2003). Information Theory, Inference, and Learning Algorithms. Cambridge
        University Press, chapter 27.
        """
        if self.prior is None:
            raise ValueError("log_evidence needs a prior; fit with method='map' or hierarchically")
        _, log_determinant = np.linalg.slogdet(self.covariance)
        return self.log_posterior + 0.5 * (self.free.shape[1] * np.log(2 * np.pi) + log_determinant)

    @cached_property
    def table(self) -> Table:
        """One row per subject: estimates, standard errors, log likelihood, criteria, convergence."""
        columns: dict[str, Any] = {"subject": list(self.subjects)}
        for i, name in enumerate(self.model.names):
            columns[name] = self.estimates[:, i]
            columns[f"{name}_se"] = self.standard_errors[:, i]
        columns |= {} if self.objective is None else self.objective.of_sensor(self.free)
        columns |= {
            "log_likelihood": self.log_likelihood,
            "aic": self.aic,
            "bic": self.bic,
            "n_choices": self.n_choices,
            "converged": self.converged,
            "n_agreeing": self.n_agreeing,
        }
        return Table(columns, {"model": self.model.name, "method": self.method, "n_starts": self.n_starts})

    @property
    def at_bound(self) -> Bools:
        """Which estimates lie at a bound, or run away where there is none, (n_subjects, n_parameters)."""
        return np.abs(self.free) > EDGE - 3

    @property
    def undetermined(self) -> Bools:
        """Which parameters the data do not determine, (n_subjects, n_parameters).

        That is where there is no standard error, or it exceeds .29 of the range (the standard deviation of
        a uniform variable: nothing is known), or, without an upper bound, twice the distance from the lower one.
        """
        low, high = (np.array([getattr(p, side) for p in self.model.parameters.values()]) for side in ("low", "high"))
        above = 2 * np.maximum(np.abs(self.estimates - np.where(np.isfinite(low), low, 0.0)), 1e-12)
        scale = np.where(np.isfinite(high), _WIDE * (high - low), np.where(np.isfinite(low), above, _FAR))
        return np.asarray(~(self.standard_errors <= scale))

    @property
    def correlation(self) -> Floats:
        """Correlation of the estimates of each subject, (n_subjects, n_parameters, n_parameters); NaN if unknown."""
        error = np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.covariance / (error[:, :, None] * error[:, None]))

    def report(self) -> str:
        """Return a sentence on every subject whose fit should not be trusted as it is; empty if there is none.

        Those are fits that did not converge, whose best value fewer than two of several starts reached, of data
        that the model foretells with certainty (log likelihood 0), which leave its parameters open; and those
        that have an estimate at a bound, a parameter that the data do not determine, two that trade off
        (correlation of their estimates beyond .95), or a likelihood so lopsided that only `intervals` tell
        how well a parameter is known.
        """
        lines = []
        more = [[]] * len(self.subjects) if self.objective is None else self.objective.warnings(self.free)
        for i, subject in enumerate(self.subjects):
            reasons = [] if self.converged[i] else ["did not converge"]
            if self.n_starts > 2 and self.n_agreeing[i] < 2:
                reached = "only 1" if self.n_agreeing[i] else "none"
                reasons.append(f"{reached} of {self.n_starts} starts reached the best value; use more")
            if isinstance(self.objective, Objective) and self.log_likelihood[i] > _CERTAIN:
                reasons.append("the model is certain of these data (log likelihood 0), as of all that never vary")
            names = np.array(self.model.names)
            reasons += [f"{name} lies at a bound" for name in names[self.at_bound[i]]]
            unknown = names[self.undetermined[i] & ~self.at_bound[i]]
            if len(unknown):
                reasons.append(f"the data do not determine {', '.join(unknown)}")
            reasons += self._shape_of(i) + more[i]
            if reasons:
                lines.append(f"subject {subject}: {'; '.join(reasons)}")
        return "\n".join(lines)

    def _shape_of(self, i: int) -> list[str]:
        """What is to be said of how a subject's likelihood falls from its optimum."""
        names, r = self.model.names, self.correlation[i]
        pairs = [(a, b) for a in range(len(names)) for b in range(a + 1, len(names))]
        said = [f"{names[a]} and {names[b]} trade off (r = {r[a, b]:.2f})" for a, b in pairs if abs(r[a, b]) > _TRADE]
        odd = [] if self.lopsided is None else list(np.array(names)[self.lopsided[i] & ~self.undetermined[i]])
        return said + ([f"standard errors of {', '.join(odd)} mislead; use intervals()"] if odd else [])

    def trials(self) -> Table:
        """Return trial-wise regressors at the estimates: one row a choice or miss, see `rpe.fit.regressors`.

        Raises
        ------
        TypeError
            For work over time, whose choices are not seen, and for signals.
        ValueError
            If the fit does not hold its data.

        Examples
        --------
        >>> import rpe
        >>> data = rpe.records.Choices.of([[0, 1, 1, 1, 0, 1]], [[0.0, 1.0, 1.0, 0.0, 0.0, 1.0]])
        >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0, learning_rate=0.5), rpe.tasks.bandit([0.2, 0.8]),
        ...     {"inverse_temperature": rpe.fit.Parameter(0, 20)})
        >>> rpe.fit.fit(model, data, n_starts=1, rng=0).trials()["prediction_error"]
        array([ 0.   ,  1.   ,  0.5  , -0.75 ,  0.   ,  0.625])
        """
        from rpe.fit.regressors import trials_at

        if self.objective is None:
            raise ValueError("fit must hold its data; one that was joined does not")
        if not isinstance(self.objective, Objective):
            raise TypeError(f"fit must be of choices; {self.model.name!r} is of signals (see predicted_signals)")
        members = self.objective.groups
        values = np.empty((self.objective.data.n_subjects, self.model.n_parameters))
        for row, group in zip(self.estimates, members, strict=True):
            values[group] = row
        return trials_at(self.objective.model, self.objective.data, values)

    def intervals(
        self, *, level: float = 0.95, n_points: int = 20, n_simulated: int | None = None, rng: Seed = 0
    ) -> Table:
        """Return profile-likelihood intervals, corrected for finite data; see `rpe.fit.profile_intervals`."""
        from rpe.fit.intervals import profile_intervals

        return profile_intervals(self, level=level, n_points=n_points, n_simulated=n_simulated, rng=rng)


def joined(fits: Sequence[Fit]) -> Fit:
    """Return the fits of one model to several sets of subjects as one.

    Raises
    ------
    ValueError
        If there is none, or they are of other models, methods or numbers of starts.

    Examples
    --------
    >>> import rpe
    >>> free = {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)}
    >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]), free, name="learns")
    >>> data = rpe.fit.simulated(model, [[0.2, 3.0], [0.5, 2.0]], n_trials=60, rng=0)
    >>> one, other = (rpe.fit.fit(model, data.take([i]), n_starts=2, rng=0) for i in (0, 1))
    >>> rpe.fit.joined([one, other]).estimates.shape
    (2, 2)
    """
    fits = [instance("fits", each, Fit) for each in sequence("fits", fits)]
    alike = {(each.model.names, each.method, each.n_starts) for each in fits}
    if len(alike) != 1:
        raise ValueError(f"fits must be of one model, by one method; got {len(alike)} kinds")
    arrays = ("free", "covariance", "log_likelihood", "log_posterior", "n_choices", "converged", "n_agreeing")
    together: dict[str, Any] = {name: np.concatenate([getattr(each, name) for each in fits]) for name in arrays}
    if all(each.lopsided is not None for each in fits):
        together["lopsided"] = np.concatenate([each.lopsided for each in fits if each.lopsided is not None])
    names = tuple(str(i) for i in range(len(together["free"])))
    return replace(fits[0], subjects=names, objective=None, **{"lopsided": None, **together})
