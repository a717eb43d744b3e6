"""Readers of recorded dopamine: tables with one row a sample, and NWB files."""

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, count, scalar
from rpe.records._columns import found_columns, subject_codes
from rpe.records._sources import MISSING, Readable, Source, source_of
from rpe.records.signals import Signals

# Cells of an array of responses for each sample that was read, beyond which times do not come again.
_SPARSE = 50


def read_signals(
    data: Readable,
    *,
    columns: Mapping[str, str] | None = None,
    dt: float | None = None,
    first_trial: int = 0,
    subjects: Sequence[str] | None = None,
    missing_values: Sequence[str] = MISSING,
    delimiter: str | None = None,
    encoding: str = "utf-8-sig",
) -> Signals:
    """Read recorded responses from a file or data frame with one row a sample.

    Parameters
    ----------
    data : path, pandas or polars DataFrame, rpe.table.Table, or mapping of str to array
        With columns subject, trial, time (s from the event) and response (dF/F, spikes per s, ...).
        A missing response is kept as NaN. Other columns, such as the type of a trial, are kept in
        `Signals.extra` if they do not change within a trial.
    columns : mapping of str to str, optional
        What columns are called in these data: `{"response": "dFF"}`; usual names are recognised.
    dt : float, optional
        Average the samples within steps of this length, s; needed where times differ from trial to
        trial, as they do between a camera's clock and an event's.
    first_trial : int
        Number of the first trial in the data, such as 1.
    subjects : sequence of str, optional
        The animals to expect, in this order; by default those of the data as they come.
    missing_values, delimiter, encoding
        As in `read_choices`.

    Returns
    -------
    Signals

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        For columns that are missing, cells that are no numbers, a sample that comes twice, or times
        that differ from trial to trial without `dt`; the message names line, column and value.

    Examples
    --------
    >>> rows = {"mouse": ["a"] * 4, "trial": [1, 1, 2, 2], "time": [0.0, 0.1, 0.0, 0.1], "dFF": [0.1, 0.9, 0.2, 0.4]}
    >>> read_signals(rows, first_trial=1).response
    array([[[0.1, 0.9],
            [0.2, 0.4]]])
    """
    if isinstance(data, str | os.PathLike) and Path(data).suffix == ".nwb":
        raise ValueError(f"{data}: must be a table; rpe.records.read_nwb reads NWB files")
    source = source_of(data, delimiter, encoding, missing_values)
    at = found_columns(source, ("subject", "trial", "time", "response"), (), columns)
    names, who = subject_codes(source, at["subject"], subjects)
    first = count("first_trial", first_trial, 0)
    trial = source.whole("trial", at["trial"], least=first) - first
    when = source.real("time", at["time"])
    absent = source.absent(at["response"])
    value = source.real("response", at["response"], absent)
    times, step = _steps(source, when, None if dt is None else scalar("dt", dt, 0, open_low=True))
    shape = (len(names), int(trial.max()) + 1, len(times))
    if len(times) > 1000 and np.prod([float(n) for n in shape]) > _SPARSE * source.n_rows:
        raise ValueError(
            f"{source.name}: times must come again in every trial; got {len(times)} different ones (dt= averages them)"
        )
    flat = np.ravel_multi_index((who, trial, step), shape)
    if dt is None:
        _no_sample_twice(source, flat, at["time"])
    known = ~absent
    size = np.bincount(flat[known], minlength=int(np.prod(shape)))
    total = np.bincount(flat[known], value[known], minlength=int(np.prod(shape)))
    response = np.divide(total, size, out=np.full(len(size), np.nan), where=size > 0).reshape(shape)
    extra = _of_trials(source, list(at.values()), who * shape[1] + trial, shape[:2])
    return Signals(tuple(names), times, response, extra)


def _steps(source: Source, when: Floats, dt: float | None) -> tuple[Floats, Ints]:
    """The times (n_times,) of all samples, and which one each row (n_rows,) is at."""
    if dt is None:
        # Times that differ in the last digits alone are the same.
        times, step = np.unique(np.round(when, 9), return_inverse=True)
        return np.asarray(times, dtype=np.float64), step.reshape(-1)
    place = np.floor(when / dt + 1e-6).astype(np.int64)
    first = int(place.min())
    return np.arange(first, int(place.max()) + 1, dtype=np.float64) * dt, place - first


def _no_sample_twice(source: Source, flat: Ints, column: str) -> None:
    order = np.argsort(flat, kind="stable")
    twice = np.flatnonzero(np.diff(flat[order]) == 0)
    if len(twice):
        first, second = (int(order[twice[0] + i]) for i in (0, 1))
        source.fail(
            second, f"every sample must come once (that of {source.place} {source.lines[first]} is the same)", column
        )


def _of_trials(source: Source, used: Sequence[str], place: Ints, shape: tuple[int, ...]) -> dict[str, Any]:
    """Columns that do not change within a trial, (n_subjects, n_trials) each; empty or NaN in trials without a row."""
    cells, first = np.unique(place, return_index=True)
    inverse = np.searchsorted(cells, place)
    extra = {}
    for name in (name for name in source.cells if name not in used):
        values = source.text_or_numbers(name)
        one = values[first]
        same: Bools = (one[inverse] == values) | ((one[inverse] != one[inverse]) & (values != values))
        if same.all():
            filled = np.full(int(np.prod(shape)), "" if values.dtype.kind == "U" else np.nan, dtype=values.dtype)
            filled[cells] = one
            extra[name] = filled.reshape(shape)
    return extra


def read_nwb(
    data: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    series: str,
    events: str = "start_time",
    window: tuple[float, float],
    dt: float,
    channel: int = 0,
) -> Signals:
    """Read recorded dopamine from NWB files, one an animal, cut around an event of every trial.

    Needs pynwb: `pip install "rpe[nwb]"`.

    Parameters
    ----------
    data : path or sequence of paths
        Neurodata Without Borders files, each with a table of trials.
    series : str
        Name of the recording, in the acquisition or in a processing module, such as "DfOverF".
    events : str
        Column of the table of trials that holds the time of the event, s.
    window : (float, float)
        From when until when around the event, s.
    dt : float
        Length of a step over which samples are averaged, s.
    channel : int
        Which column of a recording with several.

    Returns
    -------
    Signals
        Subjects are named as in the files, or as the files themselves. Numbers and texts of the
        table of trials are kept in `Signals.extra` if all files have them.

    Raises
    ------
    ImportError
        Without pynwb.
    OSError
        If a file cannot be read.
    ValueError
        If it has no such recording, column or channel; the message names those that there are.

    References
    ----------
    Rübel, O., Tritt, A., Ly, R., ... Bouchard, K. E. (2022). The Neurodata Without Borders ecosystem
    for neurophysiological data science. eLife 11, e78362. doi:10.7554/eLife.78362

    Examples
    --------
    With the extra `nwb`, two animals whose trials have a column `cue`, of its onset in seconds::

        files = ["mouse1.nwb", "mouse2.nwb"]
        signals = rpe.records.read_nwb(files, series="dff", events="cue", window=(-1.0, 3.0), dt=0.05)
        signals.response.shape  # animals, trials, steps
    """
    open_file = _pynwb().NWBHDF5IO
    paths = [data] if isinstance(data, str | os.PathLike) else list(data)
    if not paths:
        raise ValueError("data must be at least one file; got none")
    parts, more = [], []
    for path in paths:
        with open_file(str(path), "r") as opened:
            content = opened.read()
            trials = _trials(content, path, events)
            clock, trace = _recording(content, path, series, count("channel", channel, 0))
            name = content.subject.subject_id if content.subject is not None else None
            cut = Signals.around(trace, clock, trials[events], window=window, dt=dt, subject=name or Path(path).stem)
        parts.append(cut)
        more.append(trials)
    whole = Signals.stacked(parts)
    shared = set.intersection(*(set(trials) for trials in more)) - {events}
    return Signals(whole.subjects, whole.times, whole.response, _padded(shared, more, whole.response.shape[1]))


def _pynwb() -> Any:
    try:
        return import_module("pynwb")
    except ImportError as error:
        raise ImportError('NWB files need pynwb; install it with: pip install "rpe[nwb]"') from error


def _trials(content: Any, path: object, events: str) -> dict[str, Any]:
    """Columns of the table of trials, those that have one value a trial."""
    names = () if content.trials is None else content.trials.colnames
    if events not in names:
        raise ValueError(
            f"{path}: events must be a column of the trials ({', '.join(names) or 'none'}); got {events!r}"
        )
    columns = {name: np.asarray(content.trials[name][:]) for name in names}
    return {
        name: values.astype(np.str_) if values.dtype.kind == "O" else values
        for name, values in columns.items()
        if values.ndim == 1 and values.dtype.kind in "OUbiuf"
    }


def _recording(content: Any, path: object, series: str, channel: int) -> tuple[Floats, Floats]:
    """Times (n_samples,), s, and values (n_samples,) of a recording."""
    found = {each.name: each for each in content.all_children() if isinstance(each, _pynwb().TimeSeries)}
    if series not in found:
        raise ValueError(f"{path}: series must be a recording ({', '.join(sorted(found)) or 'none'}); got {series!r}")
    recording = found[series]
    values = np.asarray(recording.data[:], dtype=np.float64)
    n_channels = 1 if values.ndim == 1 else int(np.prod(values.shape[1:]))
    if channel >= n_channels:
        raise ValueError(f"{path}: channel must be below {n_channels}; got {channel}")
    values = values.reshape(len(values), n_channels)[:, channel]
    conversion = float(recording.conversion) if recording.conversion is not None else 1.0
    values = values * conversion + float(recording.offset or 0.0)
    if recording.timestamps is not None:
        return np.asarray(recording.timestamps[:], dtype=np.float64), values
    return float(recording.starting_time) + np.arange(len(values)) / float(recording.rate), values


def _padded(names: set[str], tables: Sequence[Mapping[str, Any]], n_trials: int) -> dict[str, Any]:
    """Columns of all tables of trials, (n_files, n_trials) each; empty or NaN where a file has fewer trials."""
    extra = {}
    for name in sorted(names):
        text = any(table[name].dtype.kind == "U" for table in tables)
        rows = [np.asarray(table[name]).astype(np.str_ if text else np.float64) for table in tables]
        extra[name] = np.full((len(rows), n_trials), "" if text else np.nan, dtype=np.result_type(*rows))
        for i, row in enumerate(rows):
            extra[name][i, : len(row)] = row
    return extra
