"""The objective of fits to recorded signals: least squares in which gain, offset and noise are solved for."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rpe._checks import ArrayLike, Bools, Floats, Ints, instance
from rpe.fit.model import EDGE
from rpe.fit.objective import DIFFERENCE, Search, Slope
from rpe.fit.signals import SignalModel
from rpe.records import Signals
from rpe.schedules import Schedule

if TYPE_CHECKING:
    from rpe.fit.estimates import Fit

# Numbers that predictions may take at once, and the log likelihood of a theory that diverges.
_NUMBERS, _DIVERGED = 1 << 22, -1e12
# Correlations of the residuals of successive steps from which on they are not taken for noise.
_CORRELATED = 0.2


class Regression(NamedTuple):
    """Recorded responses on what a theory predicts, n fits.

    Attributes
    ----------
    gain, offset, noise : float array (n,)
        g ≥ 0, b and σ by maximum likelihood.
    residual : float array (n, n_samples)
        y − g f − b; 0 where a sample does not count.
    centred : float array (n, n_samples)
        f minus its mean; 0 where a sample does not count.
    value : float array (n,)
        Log likelihood.
    """

    gain: Floats
    offset: Floats
    noise: Floats
    residual: Floats
    centred: Floats
    value: Floats


class SignalObjective(Search):
    """The log likelihood of recorded signals under a theory, with an optional normal prior.

    For n samples y and predictions f(θ), with ĝ, b̂ and σ̂² = RSS / n solved for,

        ln L(θ) = −n/2 (ln 2π σ̂² + 1),   ∂ ln L/∂θ = Σ (y − ĝ f − b̂) ĝ ∂f/∂θ / σ̂²,

    and the information is that of ĝ ∂f/∂θ off the plane of f and the constant (Kaufman's approximation
    of variable projection).

    Parameters
    ----------
    model : SignalModel
        With p free parameters.
    data : Signals
        Of the animals.
    trials : bool array (n_trials,) or None
        Which trials count; the theory learns in all.
    prior : (mean (p,), precision (p, p)) or None
        Normal prior on the unconstrained scale.

    Raises
    ------
    ValueError
        If the record has other trials than the schedule, or no sample within its window.

    References
    ----------
    Kaufman, L. (1975). A variable projection method for solving separable nonlinear least squares
    problems. BIT 15, 49-57. doi:10.1007/BF01932995
    """

    model: SignalModel
    data: Signals

    def __init__(
        self,
        model: SignalModel,
        data: Signals,
        trials: ArrayLike | None = None,
        prior: tuple[Floats, Floats] | None = None,
    ) -> None:
        self.model, self.prior = model, prior
        self.trials = None if trials is None else np.asarray(trials, dtype=np.bool_)
        self.groups = [np.array([i]) for i in range(data.n_subjects)]
        self.schedules = [model.schedule_of(name) for name in data.subjects]
        self.data = _on_steps(model, data, self.schedules)
        self._y, self._counts = self._observed(self.trials)

    def screen(self, u: Floats) -> Floats:
        """Return the objective (n_subjects, n_points) of every animal at the same points (n_points, p)."""
        n = len(self.groups)
        points, subject = np.tile(u, (n, 1)), np.repeat(np.arange(n), len(u))
        return self._regressed(points, subject).value.reshape(n, len(u)) + self.log_prior(u)[None]

    def regression(self, u: Floats) -> Regression:
        """Return gain, offset, noise and residuals of every animal at its u, (n_subjects, p)."""
        return self._regressed(u, np.arange(len(u)))

    def predicted(self, u: Floats) -> Floats:
        """Return the signal expected of every animal at its u, (n_subjects, n_trials, n_steps)."""
        fit, f = self.regression(u), self._predictions(u, np.arange(len(u)))
        return (fit.offset[:, None] + fit.gain[:, None] * f).reshape(self.data.response.shape)

    def drawn(self, u: Floats, n: int, rng: np.random.Generator) -> Floats:
        """Return n recordings (n, n_subjects, n_trials, n_steps) of all animals at their u, with their noise."""
        expected, noise = self.predicted(u), self.regression(u).noise[:, None, None]
        expected = np.where(np.isfinite(self.data.response), expected, np.nan)
        return expected + noise * rng.standard_normal((n, *expected.shape))

    def held_out(self, u: Floats, trials: Bools) -> Floats:
        """Return the log likelihood (n_subjects,) of other trials, with gain, offset and noise of those that count."""
        fit, f = self.regression(u), self._predictions(u, np.arange(len(u)))
        y, counts = self._observed(trials)
        square = np.where(counts, (y - fit.offset[:, None] - fit.gain[:, None] * f) ** 2, 0.0).sum(axis=1)
        return -0.5 * (counts.sum(axis=1) * np.log(2 * np.pi * fit.noise**2) + square / fit.noise**2)

    def of_sensor(self, u: Floats) -> dict[str, Floats]:
        """Return gain, offset, noise, explained variance and correlation of successive residuals of every animal."""
        fit = self.regression(u)
        mean = self._y.sum(axis=1) / self._counts.sum(axis=1)
        total = np.where(self._counts, (self._y - mean[:, None]) ** 2, 0.0).sum(axis=1)
        explained = 1 - (fit.residual**2).sum(axis=1) / np.maximum(total, np.finfo(float).tiny)
        columns = {"gain": fit.gain, "offset": fit.offset, "noise": fit.noise}
        return {**columns, "explained": explained, "autocorrelation": self._autocorrelation(fit.residual)}

    def warnings(self, u: Floats) -> list[list[str]]:
        """Return what is to be said of each animal's fit."""
        found = self.of_sensor(u)
        said = []
        for gain, r in zip(found["gain"], found["autocorrelation"], strict=True):
            reasons = ["gain is 0: the theory explains nothing"] if gain == 0 else []
            if r > _CORRELATED:
                reasons.append(f"residuals of successive steps correlate (r = {r:.2f}); compare by cross_validate")
            said.append(reasons)
        return said

    def _at_once(self, members: list[Ints]) -> int:
        return max(1, _NUMBERS // (1 + 2 * len(self.model.parameters)) // self._y.shape[1])

    def _block(self, u: Floats, members: list[Ints]) -> Slope:
        """Slopes of a block of fits; predictions by central differences."""
        n, p = u.shape
        subject = np.concatenate(members)
        here = np.clip(u, -EDGE, EDGE)
        steps = DIFFERENCE * np.concatenate([np.zeros((1, p)), np.eye(p), -np.eye(p)])
        variants = (here[None] + steps[:, None]).reshape(-1, p)
        f = self._predictions(variants, np.tile(subject, 1 + 2 * p)).reshape(1 + 2 * p, n, -1)
        fit = self._fitted(f[0], subject)
        slopes = fit.gain[:, None, None] * (f[1 : 1 + p] - f[1 + p :]).transpose(1, 0, 2) / (2 * DIFFERENCE)
        slopes = np.where(self._counts[subject][:, None] & np.isfinite(slopes), slopes, 0.0)
        variance = fit.noise**2
        score = np.einsum("nm,npm->np", fit.residual, slopes) / variance[:, None]
        slopes = self._off_plane(slopes, fit.centred, subject)
        information = np.einsum("npm,nqm->npq", slopes, slopes) / variance[:, None, None]
        return Slope(fit.value, score, information)

    def _off_plane(self, slopes: Floats, centred: Floats, subject: Ints) -> Floats:
        """Slopes (n, p, n_samples) without what a change of offset or gain could do as well."""
        counts = self._counts[subject][:, None]
        slopes = np.where(counts, slopes - slopes.sum(axis=2, keepdims=True) / counts.sum(axis=2, keepdims=True), 0.0)
        square = np.maximum((centred**2).sum(axis=1), np.finfo(float).tiny)
        along = np.einsum("npm,nm->np", slopes, centred) / square[:, None]
        return slopes - along[:, :, None] * centred[:, None]

    def _regressed(self, u: Floats, subject: Ints) -> Regression:
        size = self._at_once([])
        parts = [
            self._fitted(self._predictions(u[i : i + size], subject[i : i + size]), subject[i : i + size])
            for i in range(0, len(u), size)
        ]
        return Regression(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def _fitted(self, f: Floats, subject: Ints) -> Regression:
        """Regressions on predictions f (n, n_samples); those of a theory that diverges explain nothing."""
        y, counts = self._y[subject], self._counts[subject]
        bounded = np.asarray(np.isfinite(f).all(axis=1))
        f = np.where(counts & bounded[:, None], f, 0.0)
        n = counts.sum(axis=1)
        mean_f, mean_y = f.sum(axis=1) / n, y.sum(axis=1) / n
        centred = np.where(counts, f - mean_f[:, None], 0.0)
        away = np.where(counts, y - mean_y[:, None], 0.0)
        square = (centred**2).sum(axis=1)
        # Predictions that hardly vary over the samples tell nothing of the gain.
        varies = square > 1e-20 * np.maximum(1.0, (f**2).sum(axis=1))
        gain = np.maximum(np.divide((centred * away).sum(axis=1), square, out=np.zeros(len(f)), where=varies), 0.0)
        residual = away - gain[:, None] * centred
        floor = 1e-12 * np.maximum((away**2).sum(axis=1), np.finfo(float).tiny)
        variance = np.maximum((residual**2).sum(axis=1), floor) / n
        value = np.where(bounded, -0.5 * n * (np.log(2 * np.pi * variance) + 1), _DIVERGED)
        return Regression(gain, mean_y - gain * mean_f, np.sqrt(variance), residual, centred, value)

    def _predictions(self, u: Floats, subject: Ints) -> Floats:
        """What the theory predicts at u (n, p) for the schedules of these animals, (n, n_samples)."""
        values = self.model.from_free(u)
        f = np.empty((len(u), self._y.shape[1]))
        which = np.array([id(schedule) for schedule in self.schedules])[subject]
        for one in np.unique(which):
            rows = np.flatnonzero(which == one)
            # Animals at the same point share what the theory says.
            different, place = np.unique(values[rows], axis=0, return_inverse=True)
            said = self.model.predicted(self.schedules[subject[rows[0]]], different)
            f[rows] = said.reshape(len(different), -1)[place.reshape(-1)]
        return f

    def _observed(self, trials: Bools | None) -> tuple[Floats, Bools]:
        """Samples (n_subjects, n_samples) in these trials, 0 where there is none, and which count."""
        seen = np.isfinite(self.data.response)
        if trials is not None:
            if trials.shape != seen.shape[1:2]:
                raise ValueError(f"trials must have shape ({seen.shape[1]},); got {trials.shape}")
            seen &= trials[:, None]
        counts = seen.reshape(len(seen), -1)
        if not counts.any(axis=1).all():
            empty = self.data.subjects[int(np.argmin(counts.any(axis=1)))]
            raise ValueError(f"trials must leave samples of every animal; {empty!r} has none")
        return np.where(seen, self.data.response, 0.0).reshape(counts.shape), counts

    def _autocorrelation(self, residual: Floats) -> Floats:
        """Correlation of residuals in successive steps of a trial, (n_subjects,)."""
        shape = self.data.response.shape
        r, counts = residual.reshape(shape), self._counts.reshape(shape)
        both = counts[:, :, 1:] & counts[:, :, :-1]
        product = np.where(both, r[:, :, 1:] * r[:, :, :-1], 0.0).sum(axis=(1, 2))
        n, square = both.sum(axis=(1, 2)), (r**2).sum(axis=(1, 2)) / counts.sum(axis=(1, 2))
        return product / np.maximum(n, 1) / np.maximum(square, np.finfo(float).tiny)


def _on_steps(model: SignalModel, data: Signals, schedules: list[Schedule]) -> Signals:
    """The record averaged over the steps of the schedules, which are those of the first."""
    first = schedules[0]
    for name, schedule in zip(data.subjects, schedules, strict=True):
        shape = (schedule.n_trials, schedule.n_steps, schedule.dt)
        if shape != (data.response.shape[1], first.n_steps, first.dt):
            raise ValueError(
                f"schedule of {name!r} must have {data.response.shape[1]} trials, as the record, of "
                f"{first.n_steps} steps of {first.dt:g} s; got {shape[0]} of {shape[1]} of {shape[2]:g} s"
            )
    return data.binned(first.times - model.event, first.dt)


def predicted_signals(found: "Fit") -> Signals:
    """Return the signal that a fit expects of every animal, in the steps of the schedule, to be drawn over the data.

    Parameters
    ----------
    found : Fit
        Of a SignalModel.

    Returns
    -------
    Signals

    Raises
    ------
    TypeError
        For a fit of choices.

    Examples
    --------
    >>> import rpe
    >>> schedule = rpe.schedules.delay_conditioning(30, delay=1.0, dt=0.5, duration=2.0)
    >>> model = rpe.fit.SignalModel(rpe.theories.RescorlaWagner(), schedule, {"learning_rate": rpe.fit.Parameter(0, 1)})
    >>> data = rpe.fit.simulated(model, [[0.2]], data="signals", rng=0)
    >>> predicted_signals(rpe.fit.fit(model, data, n_starts=3, rng=0)).response.shape
    (1, 30, 4)
    """
    from rpe.fit.estimates import Fit

    objective = instance("found", found, Fit).objective
    if not isinstance(objective, SignalObjective):
        raise TypeError(f"found must be of signals; {found.model.name!r} is of choices, or does not hold its data")
    data = objective.data
    return Signals(data.subjects, data.times, objective.predicted(found.free), data.extra)
