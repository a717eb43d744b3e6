"""Predictive checks of recorded signals: recordings as a fitted theory makes them, beside what was recorded."""

import numpy as np

from rpe._checks import Floats, Seed, choice, count, generator, instance
from rpe.fit.estimates import Fit
from rpe.fit.signal_objective import SignalObjective
from rpe.table import Table

_INSIDE = (0.025, 0.975)


def replicated_signals(found: Fit, *, n_draws: int = 200, rng: Seed = None) -> Floats:
    """Return recordings as the fitted theory makes them, with each animal's gain, offset and noise.

    Parameters
    ----------
    found : Fit
        Of a SignalModel.
    n_draws : int
        Replicated recordings of every animal.
    rng : int, numpy.random.Generator or None
        Seed of the noise.

    Returns
    -------
    float array (n_draws, n_subjects, n_trials, n_steps)
        NaN where nothing was recorded; in the steps of the schedule, as `predicted_signals`.

    Raises
    ------
    TypeError, ValueError
        For a fit of choices, or options out of range.

    Examples
    --------
    >>> import rpe
    >>> schedule = rpe.schedules.delay_conditioning(5, delay=1.0, dt=0.5, duration=2.0)
    >>> model = rpe.fit.SignalModel(rpe.theories.RescorlaWagner(), schedule, {"learning_rate": rpe.fit.Parameter(0, 1)})
    >>> data = rpe.fit.simulated(model, [[0.2]], data="signals", rng=0)
    >>> replicated_signals(rpe.fit.fit(model, data, n_starts=1, rng=0), n_draws=7, rng=0).shape
    (7, 1, 5, 4)
    """
    return _of_signals(found).drawn(found.free, count("n_draws", n_draws), generator(rng))


def signal_check(found: Fit, *, by: str | None = None, n_draws: int = 200, rng: Seed = None) -> Table:
    """Predictive check of recorded dopamine: mean responses in every step beside those that the fit replicates.

    Parameters
    ----------
    found : Fit
        Of a SignalModel.
    by : str, optional
        Name of what is known of each trial (`Signals.extra`), such as its kind, for means of each apart.
    n_draws : int
        Replicated recordings, at least 20.
    rng : int, numpy.random.Generator or None
        Seed.

    Returns
    -------
    Table
        One row an animal, kind of trial and step: subject, kind, time (s from the event), observed,
        expected, low and high (the middle 95 % of replications), and outside, whether the observed mean
        is not between them. Its `about` has the share that lies outside; some .05 is what a right theory has.

    Raises
    ------
    TypeError, ValueError
        For a fit of choices, trials of which no such thing is known, or options out of range.

    References
    ----------
    Gelman, A., Meng, X.-L. & Stern, H. (1996). Posterior predictive assessment of model fitness via realized
    discrepancies. Statistica Sinica 6(4), 733-760.

    Examples
    --------
    >>> import rpe
    >>> schedule = rpe.schedules.delay_conditioning(30, delay=1.0, dt=0.5, duration=2.0)
    >>> model = rpe.fit.SignalModel(rpe.theories.RescorlaWagner(), schedule, {"learning_rate": rpe.fit.Parameter(0, 1)})
    >>> data = rpe.fit.simulated(model, [[0.2]], data="signals", rng=0)
    >>> table = signal_check(rpe.fit.fit(model, data, n_starts=3, rng=0), rng=0)
    >>> table["time"].tolist(), bool(table.about["outside"] <= 0.25)
    ([0.0, 0.5, 1.0, 1.5], True)
    """
    data = _of_signals(found).data
    draws = replicated_signals(found, n_draws=count("n_draws", n_draws, 20), rng=rng)
    kinds = np.full(data.response.shape[:2], "all")
    if by is not None:
        kinds = data.extra[choice("by", by, tuple(data.extra))].astype(str)
    rows: dict[str, list[object]] = {name: [] for name in ("subject", "kind", "time", "observed")}
    rows |= {name: [] for name in ("expected", "low", "high")}
    for i, subject in enumerate(data.subjects):
        for kind in dict.fromkeys(map(str, kinds[i])):
            # Steps without a sample in any such trial have no mean.
            trials = kinds[i] == kind
            seen = np.flatnonzero(np.isfinite(data.response[i, trials]).any(axis=0))
            made = np.nanmean(draws[:, i, trials][:, :, seen], axis=1)
            rows["subject"] += [subject] * len(seen)
            rows["kind"] += [kind] * len(seen)
            rows["time"] += list(data.times[seen])
            rows["observed"] += list(np.nanmean(data.response[i, trials][:, seen], axis=0))
            rows["expected"] += list(made.mean(axis=0))
            low, high = np.quantile(made, _INSIDE, axis=0)
            rows["low"] += list(low)
            rows["high"] += list(high)
    observed, low, high = (np.array(rows[name], dtype=np.float64) for name in ("observed", "low", "high"))
    outside = (observed < low) | (observed > high)
    about = {"model": found.model.name, "n_draws": n_draws, "outside": float(outside.mean())}
    return Table({**rows, "outside": outside}, about)


def _of_signals(found: Fit) -> SignalObjective:
    if not isinstance(instance("found", found, Fit).objective, SignalObjective):
        raise TypeError(f"found must be of signals; {found.model.name!r} is of choices, or does not hold its data")
    assert isinstance(found.objective, SignalObjective)
    return found.objective
