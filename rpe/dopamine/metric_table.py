"""The quantities that popular texts on dopamine name, computed for a run, with units and caveats."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, between, numbers, scalar
from rpe.dopamine.behaviour import from_history
from rpe.dopamine.concentration import MOLAR_MASS, release
from rpe.dopamine.firing import firing_rate
from rpe.dopamine.history import RecordedHistory, is_history
from rpe.dopamine.kinetics import Kinetics
from rpe.dopamine.receptors import binding_potential, occupancy
from rpe.dopamine.signal import Signal
from rpe.table import Table

_NG = MOLAR_MASS * 1e-3
# Density of D2 receptors that stands for the usual one, nM (provisional: from memory).
_USUAL_DENSITY = 27.0
_CAVEATS = {
    "dopamine release": "tonic estimates differ ten-fold between methods",
    "VTA activation": "a dip can go no lower than silence",
    "reward prediction error": "a predicted win has none",
    "receptor density": "availability is not density; findings on motivation conflict",
    "frequency of micro wins": "predicted wins carry no error",
}


class Summary(Table):
    """A table with one row for each quantity and event of a run; `print(summary)` shows it.

    Columns: `term` (as popular texts call it), `quantity` (what it is in this library), `event`
    ("all", "cue", "sub-goal 1" and so on), `mean`, `low` and `high` over agents and trials (NaN where
    there is none), `unit`, and `caveat` (what it does not say).

    Examples
    --------
    >>> import rpe
    >>> summary = rpe.dopamine.summary([0.0, 0.0, 1.0, 0.0], 0.1)
    >>> summary.n_rows > 5, "quantity" in summary
    (True, True)
    """

    def __str__(self) -> str:
        heads = list(self)
        numeric = [self[name].dtype.kind == "f" for name in heads]
        rows = [
            [_shown(value) if is_number else str(value) for value, is_number in zip(row, numeric, strict=True)]
            for row in zip(*self.values(), strict=True)
        ]
        _blank_repeats(rows, [i for i, name in enumerate(heads) if name in ("term", "quantity", "caveat")])
        widths = [max(len(line[i]) for line in [heads, *rows]) for i in range(len(heads))]
        lines = [
            "  ".join(
                cell.rjust(width) if is_number else cell.ljust(width)
                for cell, width, is_number in zip(line, widths, numeric, strict=True)
            )
            for line in [heads, *rows]
        ]
        return "\n".join(line.rstrip() for line in lines)


class _Line(NamedTuple):
    term: str
    quantity: str
    event: str
    mean: float
    low: float
    high: float
    unit: str
    caveat: str


class _Receptors(NamedTuple):
    """What is assumed of receptor density and of BAS scores."""

    density: float
    bas: float
    bas_weight: float


def summary(
    run: Signal | RecordedHistory | npt.ArrayLike,
    dt: float | None = None,
    *,
    seconds_per_step: float | None = None,
    reward: npt.ArrayLike | None = None,
    region: str | Kinetics = "accumbens",
    receptor_density: float = 1.0,
    bas: float = 0.0,
    bas_weight: float = 0.0,
) -> Summary:
    """Return what a run amounts to in the terms of popular texts, with units and caveats.

    Dopamine release (nM and ng/mL), firing of the ventral tegmental area, reward prediction error,
    receptor density, BAS score and the frequency of micro wins: of a behavioural run for each event,
    of a trace of errors over all steps.

    Parameters
    ----------
    run : Signal, History, or float array (..., n_steps)
        A signal of `from_history`; a history, which is read with the defaults of `from_history`; or
        prediction errors in reward units, as of `rpe.td.learn`.
    dt : float, optional
        Length of a step of an array, s.
    seconds_per_step : float, optional
        Length of a step of a history, s.
    reward : float array (..., n_steps), optional
        Rewards (micro wins) that go with an array, for their frequency and predictability.
    region : {"accumbens", "dorsal striatum"} or Kinetics
        Where dopamine is released; a signal has its own.
    receptor_density : float
        Relative to the usual one; 27 nM stands for 1 (provisional: from memory).
    bas : float
        BAS score, in standard deviations from the mean.
    bas_weight : float
        What a standard deviation does to the logarithm of reward sensitivity; 0, no effect, unless
        it is switched on for teaching.

    Returns
    -------
    Summary
        A `rpe.table.Table`. Release and firing of an event are where they are farthest from their
        tonic level.

    Raises
    ------
    TypeError, ValueError
        For NaN, shapes that do not match, a length of a step that is missing, or parameters out of
        range.

    Examples
    --------
    >>> import numpy as np
    >>> errors = np.where(np.arange(30) == 10, 1.0, 0.0)
    >>> found = summary(errors, 0.1, reward=errors)
    >>> list(dict.fromkeys(found["term"].tolist()))
    ['dopamine release', 'VTA activation', 'reward prediction error', 'receptor density', 'BAS score',
     'frequency of micro wins']
    >>> float(found["high"][found["unit"] == "nM"][0].round(0))
    124.0
    """
    receptors = _Receptors(
        scalar("receptor_density", receptor_density, 0), scalar("bas", bas), scalar("bas_weight", bas_weight)
    )
    if isinstance(run, Signal):
        return _of_signal(run, receptors)
    if is_history(run):
        if seconds_per_step is None:
            raise ValueError("seconds_per_step must be given for a history; got None")
        history: Any = run
        return _of_signal(from_history(history, seconds_per_step=seconds_per_step, region=region), receptors)
    if dt is None:
        raise ValueError("dt must be given for an array of prediction errors; got None")
    return _of_errors(numbers("run", run), dt, reward, region, receptors)


def _of_signal(signal: Signal, receptors: _Receptors) -> Summary:
    peaks = signal.peaks
    rows = {event: peaks["event"] == event for event in signal.events}
    lines = [_line("dopamine release", "tonic concentration", "all", signal.tonic, "nM")]
    lines += _per_event("dopamine release", "peak concentration", rows, peaks["peak_nM"], "nM")
    lines += _per_event("dopamine release", "peak concentration", rows, peaks["peak_nM"] * _NG, "ng/mL")
    lines += _per_event("dopamine release", "area above tonic", rows, peaks["area_nM_s"], "nM s")
    lines.append(_line("dopamine release", "area above tonic, whole trial", "all", signal.total_area, "nM s"))
    lines += _per_event("VTA activation", "firing rate", rows, peaks["rate_Hz"], "Hz")
    at_ceiling = peaks["rate_Hz"] >= signal.coding.ceiling
    lines += _per_event(
        "VTA activation", "share at the ceiling", rows, at_ceiling.astype(np.float64), "1", spread=False
    )
    lines += _per_event("reward prediction error", "δ", rows, peaks["error"], "reward units")
    tonic_d2 = occupancy(signal.tonic, 1.0, receptor="D2")
    lines += _density(float(tonic_d2.mean()), receptors)
    lines += _per_event("receptor density", "D1 occupancy", rows, peaks["d1"], "1")
    lines += _per_event("receptor density", "D2 occupancy", rows, peaks["d2"], "1")
    lines.append(_bas(receptors))
    lines.append(_line("frequency of micro wins", "wins per trial", "all", signal.wins, "1"))
    rate = signal.wins.sum() / max(float(signal.duration.sum()), 1e-300) * 3600
    lines.append(_single("frequency of micro wins", "rate", "all", rate, "1/h"))
    for event in signal.events:
        if event not in ("cue", "omission"):
            chance = rows[event].sum() / signal.wins.size
            lines.append(_single("frequency of micro wins", "chance per trial", event, chance, "1"))
            lines.append(
                _single("frequency of micro wins", "entropy", event, float(_entropy(np.array([chance]))[0]), "bits")
            )
    return _table(lines, peaks.about)


def _of_errors(
    errors: Floats, dt: float, reward: npt.ArrayLike | None, region: str | Kinetics, receptors: _Receptors
) -> Summary:
    if errors.ndim == 0:
        raise ValueError("run must have time on its last axis, shape (..., n_steps); got a number")
    rate = firing_rate(errors)
    level = release(rate, dt, region=region)
    bound = float(occupancy(level, dt, receptor="D2").mean())
    lines = [
        _line("dopamine release", "concentration", "all", level, "nM"),
        _line("dopamine release", "concentration", "all", level * _NG, "ng/mL"),
        _line("VTA activation", "firing rate", "all", rate, "Hz"),
        _line("reward prediction error", "δ", "all", errors, "reward units"),
        *_density(bound, receptors),
        _bas(receptors),
    ]
    if reward is not None:
        lines += _wins(between("reward", reward), errors.shape, dt)
    return _table(lines, {"dt": dt})


def _wins(income: Floats, shape: tuple[int, ...], dt: float) -> list[_Line]:
    """Rate of rewards, and how unpredictable they are step by step."""
    if income.shape != shape:
        raise ValueError(f"reward must have the shape of run, {shape}; got {income.shape}")
    came = income.reshape(-1, shape[-1]) > 0
    chance = came.mean(axis=0)
    chance = chance[chance > 0]
    some = chance.size > 0
    term = "frequency of micro wins"
    return [
        _single(term, "rate", "all", came.sum() / (came.size * dt) * 60, "1/min"),
        _single(term, "chance per step at which any came", "all", float(chance.mean()) if some else 0.0, "1"),
        _single(term, "entropy", "all", float(_entropy(chance).mean()) if some else 0.0, "bits"),
    ]


def _density(bound: float, receptors: _Receptors) -> list[_Line]:
    """Density of D2 receptors, and how much of it a tracer finds free."""
    bmax = _USUAL_DENSITY * receptors.density
    return [
        _single("receptor density", "B_max, D2", "all", bmax, "nM"),
        _single("receptor density", "BP_ND, D2", "all", float(binding_potential(bmax, bound)), "1")._replace(
            caveat=f"scans find 2.5 to 4; here dopamine at rest occupies {bound:.0%} of D2, at an EC50 of 10 nM"
        ),
    ]


def _bas(receptors: _Receptors) -> _Line:
    gain = float(np.exp(receptors.bas_weight * receptors.bas))
    on = receptors.bas_weight != 0
    caveat = "an assumption; no settled estimate" if on else "no effect unless switched on: an assumption"
    quantity = f"reward sensitivity exp(b z), z = {receptors.bas:+.1f}"
    return _single("BAS score", quantity, "all", gain, "1")._replace(caveat=caveat)


def _per_event(
    term: str, quantity: str, rows: dict[str, Bools], values: Floats, unit: str, *, spread: bool = True
) -> list[_Line]:
    """A line for each event that happened."""
    of = _line if spread else _single_mean
    return [of(term, quantity, event, values[where], unit) for event, where in rows.items() if where.any()]


def _line(term: str, quantity: str, event: str, values: Floats, unit: str) -> _Line:
    mean, low, high = float(values.mean()), float(values.min()), float(values.max())
    return _Line(term, quantity, event, mean, low, high, unit, _CAVEATS[term])


def _single_mean(term: str, quantity: str, event: str, values: Floats, unit: str) -> _Line:
    return _single(term, quantity, event, float(values.mean()), unit)


def _single(term: str, quantity: str, event: str, value: float, unit: str) -> _Line:
    return _Line(term, quantity, event, float(value), np.nan, np.nan, unit, _CAVEATS.get(term, ""))


def _table(lines: list[_Line], about: dict[str, Any]) -> Summary:
    columns = zip(*lines, strict=True)
    return Summary(dict(zip(_Line._fields, map(np.array, columns), strict=True)), about)


def _blank_repeats(rows: list[list[str]], columns: list[int]) -> None:
    """Leave out, in place, what a line has in common with the line above it."""
    for i in columns:
        above = ""
        for row in rows:
            row[i], above = "" if row[i] == above else row[i], row[i]


def _shown(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4g}"


def _entropy(p: Floats) -> Floats:
    """Of a chance event, bits."""
    sure = (p <= 0) | (p >= 1)
    inside = np.where(sure, 0.5, p)
    return np.where(sure, 0.0, -inside * np.log2(inside) - (1 - inside) * np.log2(1 - inside))
