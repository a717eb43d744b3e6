"""Manipulations of dopamine within windows and trials: errors, firing or release, scaled, added to or clamped."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Seed, choice, flag, generator, instance, numbers, scalar, sequence
from rpe.schedules.schedule import Change, Schedule

Operation = Literal["scale", "add", "surge", "clamp"]
Event = Literal["cue on", "cue off", "reward", "omission", "trial", "between"]
Target = Literal["error", "firing", "release"]

# The trials and the steps of a window, (n,) each.
Steps = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]

OPERATIONS: tuple[Operation, ...] = ("scale", "add", "surge", "clamp")
EVENTS: tuple[Event, ...] = ("cue on", "cue off", "reward", "omission", "trial", "between")
TARGETS: tuple[Target, ...] = ("error", "firing", "release")


def manipulate(
    s: Schedule,
    operation: Operation,
    amount: float | tuple[float, float],
    *,
    event: Event = "reward",
    window: tuple[float, float] | None = None,
    cue: str | None = None,
    kinds: Sequence[str] | None = None,
    phases: Sequence[str] | None = None,
    chance: float = 1.0,
    cells: tuple[float, float] | None = None,
    total: bool = False,
    target: Target = "error",
    rng: Seed = None,
) -> Schedule:
    """Manipulation of dopamine: the schedule with stimulation, inhibition or a lesion in the named windows.

    Within a window the operations act in this order, whichever was asked for first, and before the theory learns,

        δ ← (1 + m) δ,   δ ← δ + p,   δ ← max(δ + D, D),   δ ← c.

    Parameters
    ----------
    s : Schedule
    operation : {"scale", "add", "surge", "clamp"}
        Multiply by 1 + amount (≥ −1; −1 is a lesion), add, add what no prediction cancels (a drug; of errors only),
        or replace.
    amount : float or (float, float)
        m, without unit; p, D ≥ 0 or c in units of the target: reward units for errors (1 is the error to an uncued
        reward of 1), Hz for firing, nM for release. Two numbers are a linear course over the window.
    event : {"cue on", "cue off", "reward", "omission", "trial", "between"}
        What the window is counted from, every time that it happens: "omission" is when a reward is due and none comes
        in the trial, "trial" the whole window of the trial, "between" all steps of it before the first stimulus and
        after the last stimulus and reward.
    window : (float, float), optional
        From and to, s from the event; by default one step. Not for "trial" and "between". Time runs on across the
        windows of trials: what reaches beyond the end of one lies in the gap, where nothing is, and then in the next.
    cue : str, optional
        The stimulus of "cue on" and "cue off"; by default any.
    kinds, phases : sequence of str, optional
        Types of trial and phases; by default all.
    chance : float
        Share of the trials, drawn at random.
    cells : (float, float), optional
        Only cells whose own number lies in this range, both ends included: τ of distributional cells, the time
        constant in s of those with several. Theories without such cells refuse it.
    total : bool
        Whether the amount that is added is the whole dose, of which each of the steps of a window gets its share, so
        that it does not depend on dt.
    target : {"error", "firing", "release"}
        Errors carry signal and learning. Firing is ν = 5 + 25 [δ]₊ − 5 [−δ]₊ Hz, and what is done to it is done to δ.
        Release is what is measured, and teaches nothing: see `applied`.
    rng : int, numpy.random.Generator or None
        Seed of the trials.

    Returns
    -------
    Schedule

    Raises
    ------
    TypeError, ValueError
        For unknown words, names or amounts out of range.

    References
    ----------
    Steinberg, E. E. et al. (2013). A causal link between prediction errors, dopamine neurons and learning. Nature
    Neuroscience 16, 966-973. doi:10.1038/nn.3413
    Jeong, H. et al. (2022). Mesolimbic dopamine release conveys causal associations. Science 378, eabq6740 (clamps).
    doi:10.1126/science.abq6740
    Redish, A. D. (2004). Addiction as a computational process gone awry. Science 306, 1944-1947 (surges).
    doi:10.1126/science.1102384

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x50 | AX+ x50")
    >>> lesion = s.manipulate("scale", -1.0, event="trial", phases=["AX+ x50"])
    >>> error = rpe.theories.TD().learn(lesion).delta[0]
    >>> bool(abs(error[50:]).max() == 0.0)
    True
    """
    instance("s", s, Schedule)
    choice("operation", operation, OPERATIONS)
    choice("event", event, EVENTS)
    choice("target", target, TARGETS)
    course = numbers("amount", amount)
    if course.shape not in ((), (2,)):
        raise ValueError(f"amount must be a number or two; got shape {course.shape}")
    if operation == "scale":
        scalar("amount", float(course.min()), -1)
    if operation == "surge":
        scalar("amount", float(course.min()), 0)
        if target != "error":
            raise ValueError(f"target must be 'error' for a surge; got {target!r}")
    if flag("total", total) and operation != "add":
        raise ValueError(f"total must be False unless something is added; got operation {operation!r}")
    chosen = _trials(s, kinds, phases) & (generator(rng).random(s.n_trials) < scalar("chance", chance, 0, 1))
    found = np.full(s.reward.shape, np.nan)
    for trial, (trials, steps) in _windows(s, event, window, cue):
        if chosen[trial] and len(steps):
            each = np.linspace(course.reshape(-1)[0], course.reshape(-1)[-1], len(steps))
            found[trials, steps] = each / len(steps) if total else each
    which = None if cells is None else _range_of_cells(cells, target)
    if target == "error" and operation == "add" and which is None:
        return replace(s, pulse=s.pulse + np.nan_to_num(found))
    return replace(s, changes=(*s.changes, Change(target, operation, found, which)))


def applied(s: Schedule, target: Target, signal: npt.ArrayLike) -> Floats:
    """Return a signal with the manipulations of its target applied; those of some cells only are left out.

    Parameters
    ----------
    s : Schedule
    target : {"error", "firing", "release"}
    signal : float array (..., n_trials, n_steps)
        Errors in reward units (what is added to them is in `s.pulse`, and not added again), Hz, or nM.

    Raises
    ------
    ValueError
        If the last axes do not fit.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> s = rpe.schedules.design("A+ x1").manipulate("clamp", 0.0, target="release")
    >>> applied(s, "release", np.full(s.reward.shape, 40.0))[0, [14, 15]].tolist()
    [40.0, 0.0]
    """
    instance("s", s, Schedule)
    choice("target", target, TARGETS)
    result = numbers("signal", signal).copy()
    if result.shape[-2:] != s.reward.shape:
        raise ValueError(f"signal must have shape (..., {s.n_trials}, {s.n_steps}); got {result.shape}")
    for operation in OPERATIONS:
        for change in s.changes:
            if (change.target, change.operation, change.cells) == (target, operation, None):
                result = _one(result, operation, change.amount)
    return result


def _one(signal: Floats, operation: str, amount: Floats) -> Floats:
    on = ~np.isnan(amount)
    if operation == "scale":
        return np.where(on, signal * (1 + amount), signal)
    if operation == "surge":
        return np.where(on, np.maximum(signal + amount, amount), signal)
    return np.where(on, signal + amount, signal) if operation == "add" else np.where(on, amount, signal)


def _range_of_cells(cells: tuple[float, float], target: Target) -> tuple[float, float]:
    ends = sequence("cells", cells)
    if len(ends) != 2:
        raise ValueError(f"cells must be (lowest, highest); got {cells!r}")
    if target == "release":
        raise ValueError("cells must be None for release, which all cells share; got " + repr(cells))
    lowest = scalar("cells[0]", ends[0])
    return lowest, scalar("cells[1]", ends[1], lowest)


def _trials(s: Schedule, kinds: Sequence[str] | None, phases: Sequence[str] | None) -> Bools:
    chosen = np.ones(s.n_trials, dtype=bool)
    if kinds is not None:
        chosen &= s.of_kind(*sequence("kinds", kinds))
    if phases is not None:
        chosen &= s.in_phase(*sequence("phases", phases))
    return chosen


def _windows(s: Schedule, event: Event, window: tuple[float, float] | None, cue: str | None) -> list[tuple[int, Steps]]:
    """The trial of every window's event, and the trials and steps of the window."""
    if event in ("trial", "between"):
        if window is not None or cue is not None:
            raise ValueError(f"window and cue must be left out for event {event!r}; got {window!r} and {cue!r}")
        where = np.ones(s.reward.shape, dtype=bool) if event == "trial" else _between(s)
        whole = [np.flatnonzero(steps) for steps in where]
        return [(trial, (np.full(len(steps), trial), steps)) for trial, steps in enumerate(whole)]
    first, last = _span(window, s.dt)
    spans = [(int(trial), np.arange(step + first, step + last)) for trial, step in _events(s, event, cue)]
    return [(trial, _in_trials(s, trial, steps)) for trial, steps in spans]


def _in_trials(s: Schedule, trial: int, steps: npt.NDArray[np.intp]) -> Steps:
    """Trials and steps that steps of a trial are, which may lie before its start and after its end."""
    start = s.start / s.dt
    since = start[trial] + steps
    trials = np.maximum(np.searchsorted(start, since + 1e-6, side="right") - 1, 0)
    own = np.floor(since - start[trials] + 1e-6).astype(np.intp)
    there = (own >= 0) & (own < s.n_steps)
    return trials[there], own[there]


def _span(window: tuple[float, float] | None, dt: float) -> tuple[int, int]:
    if window is None:
        return 0, 1
    ends = sequence("window", window)
    if len(ends) != 2:
        raise ValueError(f"window must be (from, to) in s; got {window!r}")
    start = scalar("window[0]", ends[0])
    stop = scalar("window[1]", ends[1], start)
    first = int(np.floor(start / dt + 1e-6))
    return first, max(first + 1, int(np.floor(stop / dt + 1e-6)))


def _events(s: Schedule, event: Event, cue: str | None) -> npt.NDArray[np.intp]:
    """Trial and step of every event, (n_events, 2)."""
    if event in ("cue on", "cue off"):
        names = s.stimuli if cue is None else (choice("cue", cue, s.stimuli),)
        off = np.zeros_like(s.level, dtype=bool)
        off[:, 1:] = (s.level[:, :-1] != 0) & (s.level[:, 1:] == 0)
        places = [s.stimuli.index(name) for name in names]
        return np.argwhere((s.onset if event == "cue on" else off)[:, :, places].any(axis=2))
    if cue is not None:
        raise ValueError(f"cue must be left out for event {event!r}; got {cue!r}")
    if event == "reward":
        return np.argwhere(s.reward != 0)
    missed = np.flatnonzero(~np.isnan(s.due) & ~(s.reward != 0).any(axis=1))
    steps = np.floor(s.due[missed] / s.dt + 1e-6).astype(np.intp)
    return np.stack([missed, steps], axis=1)[steps < s.n_steps]


def _between(s: Schedule) -> Bools:
    """The steps before the first stimulus or reward of a trial, and after the last, (n_trials, n_steps)."""
    happens = (s.level != 0).any(axis=2) | (s.reward != 0)
    begun = np.maximum.accumulate(happens, axis=1)
    goes_on = np.maximum.accumulate(happens[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(~(begun & goes_on))
