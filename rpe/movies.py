"""Movies, each from one call: errors that move to the cue, a task as it is worked on, and its dopamine.

=======================================  ===============================
what you want                            what to call
=======================================  ===============================
the error on its way from reward to cue  `cue_shift(delta, dt, cue=...)`
a task as it is worked on                `work(history)`
the dopamine of a win over repetitions   `micro_win(history, signal)`
to play, to save                         the `Movie` that each returns
=======================================  ===============================
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, HTMLWriter, PillowWriter
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from rpe._checks import Floats, Ints, count, mapping, path, scalar
from rpe._files import write_atomically
from rpe.dopamine import Signal, prediction_errors
from rpe.dopamine.events import recorded
from rpe.plots import describe, house, inputs, style
from rpe.plots.labels import along_top, note
from rpe.plots.lines import sub_goals
from rpe.simulate import History

__all__ = ["Movie", "cue_shift", "micro_win", "work"]

_ICONS = {
    "minus": "−", "fast-backward": "⏮", "step-backward": "‹", "play fa-flip-horizontal": "◀", "pause": "⏸",
    "play": "▶", "step-forward": "›", "fast-forward": "⏭", "plus": "+",
}  # fmt: skip
_SUFFIXES = (".gif", ".html", ".mp4")
# Pages with more megabytes of frames than matplotlib's own limit of 20 still play well.
_LIMIT_MB = 40.0


class Movie:
    """A figure that changes from frame to frame; in a notebook it plays.

    Parameters
    ----------
    figure : matplotlib Figure
    draw : callable
        `draw(i)` changes the figure into frame i.
    n_frames : int
    fps : int
        Frames per second, from 1 to 60.
    about : str
        A sentence on what it shows, which starts the text alternative.

    Attributes
    ----------
    alt : str
        The text alternative: `about`, and the last frame in words.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import rpe
    >>> movie = rpe.movies.cue_shift([[0.0, 0.0, 1.0], [0.0, 0.9, 0.1]], 0.5, cue=0.5, events={"reward": 1.0})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     movie.save(Path(folder) / "shift.gif").name
    'shift.gif'
    """

    def __init__(self, figure: Figure, draw: Callable[[int], None], n_frames: int, fps: int, about: str) -> None:
        self.figure, self.draw, self.n_frames = figure, draw, n_frames
        self.fps = count("fps", fps, 1, 60)
        FigureCanvasAgg(figure)
        draw(n_frames - 1)
        # The room for names is found once, for the fullest frame; finding it anew would make the axes jump.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for ax in figure.axes:
            ax.relim()
        self.alt = f"{about} In the end: {describe(figure)}"

    def save(self, file: str | os.PathLike[str]) -> Path:
        """Write the movie; return the path.

        Parameters
        ----------
        file : path
            Ends in .gif, .html (plays by itself in a browser, with controls) or .mp4 (needs ffmpeg).

        Raises
        ------
        ValueError
            For another ending, or .mp4 without ffmpeg.
        FileNotFoundError
            If its folder does not exist.
        """
        path = _target(file)
        return write_atomically(path, lambda temporary: self._write(temporary, path.suffix.lower()))

    def html(self) -> str:
        """Return the movie as a piece of HTML with controls, for a page or a notebook."""
        with mpl.rc_context({"animation.embed_limit": _LIMIT_MB}):
            writer = HTMLWriter(fps=self.fps, embed_frames=True, default_mode="loop")
            with tempfile.TemporaryDirectory() as folder:
                page = Path(folder) / "movie.html"
                self._frames(writer, page)
                return _offline(page.read_text(encoding="utf-8"))

    def _repr_html_(self) -> str:
        return f'<div role="img" aria-label="{escape(self.alt)}">{self.html()}</div>'

    def __repr__(self) -> str:
        return f"<movie of {self.n_frames} frames: {self.alt}>"

    def _write(self, temporary: Path, suffix: str) -> None:
        if suffix == ".html":
            head = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>rpe</title></head><body>'
            temporary.write_text(f"{head}{self._repr_html_()}<p>{escape(self.alt)}</p></body></html>", encoding="utf-8")
            return
        writer = PillowWriter(fps=self.fps) if suffix == ".gif" else FFMpegWriter(fps=self.fps)
        # Writers choose the format by the name's ending, which a temporary file lacks.
        named = temporary.with_name(temporary.name + suffix)
        try:
            self._frames(writer, named)
            named.replace(temporary)
        finally:
            named.unlink(missing_ok=True)

    def _frames(self, writer: AbstractMovieWriter, path: Path) -> None:
        with writer.saving(self.figure, str(path), self.figure.dpi):
            for i in range(self.n_frames):
                self.draw(i)
                writer.grab_frame()


def _offline(page: str) -> str:
    """Matplotlib's player with signs in place of the icons that it loads from elsewhere."""
    page = re.sub(r'<link rel="stylesheet"\s+href="https?:[^"]*">', "", page)
    return re.sub(r'<i class="fa fa-([\w -]+)"></i>', lambda icon: _ICONS.get(icon[1], icon[1]), page)


def cue_shift(
    delta: npt.ArrayLike,
    dt: float | None = None,
    *,
    cue: float | None = None,
    events: Mapping[str, float] | None = None,
    trials: Sequence[int] | None = None,
    fps: int = 8,
    file: str | os.PathLike[str] | None = None,
) -> Movie:
    """Show prediction errors within the trial, trial after trial, as they move from the reward to the cue.

    Parameters
    ----------
    delta : float array (n_trials, n_steps) or (n_agents, n_trials, n_steps)
        Prediction error δ in reward units; the mean over agents is shown.
    dt : float, optional
        Length of a step in seconds; without it time is counted in steps.
    cue : float, optional
        When the cue comes, in seconds or steps; the same as an event named "cue".
    events : mapping of str to float, optional
        Other times to mark and name, such as {"reward": 1.5}.
    trials : sequence of int, optional
        Which trials to show, counted from 0; by default some sixty, closer together at first.
    fps : int
        Frames per second, from 1 to 60.
    file : path, optional
        Where to write it: .gif, .html or .mp4.

    Returns
    -------
    Movie
        It plays in a notebook; `save` writes it.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, times or trials outside those given, or another kind of file.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> movie = rpe.movies.cue_shift(np.eye(4), 0.5, cue=0.5, events={"reward": 1.5})
    >>> movie.n_frames
    4
    """
    path = None if file is None else _target(file)
    errors = inputs.values("delta", delta)
    errors = errors.mean(axis=0) if errors.ndim == 3 else errors
    if errors.ndim != 2 or not errors.size:
        raise ValueError(f"delta must have shape (n_trials, n_steps) or (n_agents, ...); got {np.shape(delta)}")
    step = 1.0 if dt is None else scalar("dt", dt, 0, open_low=True)
    times = np.arange(errors.shape[1]) * step
    marks = {**({} if cue is None else {"cue": cue}), **mapping("events", {} if events is None else events)}
    for name, time in marks.items():
        scalar(f"events[{name!r}]" if name != "cue" else "cue", time, 0, float(times[-1]))
    shown = _thinned(len(errors)) if trials is None else [count("trials", i, 0, len(errors) - 1) for i in trials]
    if not shown:
        raise ValueError("trials must name at least one trial; got none")
    movie = _errors(errors, times, shown, marks, "time (steps)" if dt is None else "time (s)", fps)
    if path is not None:
        movie.save(path)
    return movie


def work(
    history: History,
    *,
    agent: int = 0,
    trial: int = -1,
    fps: int = 6,
    file: str | os.PathLike[str] | None = None,
) -> Movie:
    """Show one trial of the long task: units done towards sub-goals and deadline, and the error at each step.

    Parameters
    ----------
    history : History
        A run on a task with units (`rpe.tasks.micro_wins` and its kin), with the agents to show
        among those recorded in full; by default these are the first 64.
    agent : int
        Which of the recorded agents.
    trial : int
        Which trial; −1 is the last.
    fps : int
        Frames per second, from 1 to 60.
    file : path, optional
        Where to write it: .gif, .html or .mp4.

    Returns
    -------
    Movie
        It plays in a notebook; `save` writes it.

    Raises
    ------
    TypeError, ValueError
        For a history without recorded agents or of a task without units, a number out of range, or
        another kind of file.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    >>> history = rpe.simulate.run(planner, task, n_agents=1, n_trials=1, rng=0)
    >>> rpe.movies.work(history).n_frames
    9
    """
    path = None if file is None else _target(file)
    run = _run(history, agent, trial)
    movie = _work(run, history.task, fps)
    if path is not None:
        movie.save(path)
    return movie


def micro_win(
    history: History,
    signal: Signal,
    *,
    agent: int = 0,
    trial: int = 0,
    fps: int = 4,
    file: str | os.PathLike[str] | None = None,
) -> Movie:
    """Show one trial of the long task with its dopamine: work progresses above, the trace in nM runs below.

    Below stands what each step's error does within seconds of it, the latest step in colour and
    earlier ones in grey; between steps, which last much longer, dopamine rests at its tonic level.

    Parameters
    ----------
    history : History
        A run on a task with units (`rpe.tasks.micro_wins` and its kin), with agents in full.
    signal : Signal
        Of `rpe.dopamine.from_history` of this run.
    agent : int
        Which of the recorded agents.
    trial : int
        Which trial; −1 is the last.
    fps : int
        Frames per second, from 1 to 60.
    file : path, optional
        Where to write it: .gif, .html or .mp4.

    Returns
    -------
    Movie
        It plays in a notebook; `save` writes it.

    Raises
    ------
    TypeError, ValueError
        As `work`, and for a signal that does not hold this agent and trial.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=1, n_trials=3, rng=0)
    >>> signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
    >>> rpe.movies.micro_win(history, signal).n_frames
    9
    """
    path = None if file is None else _target(file)
    run = _run(history, agent, trial)
    if not isinstance(signal, Signal):
        raise TypeError(f"signal must come from rpe.dopamine.from_history; got {type(signal).__name__}")
    assert history.full is not None  # _run has checked it
    full = recorded(history)
    number, which = int(full.agents[agent]), trial % full.action.shape[1]
    if number not in signal.agents or which not in signal.trials:
        raise ValueError(f"signal must hold agent {number} and trial {which}; it has {signal}")
    tonic = signal.tonic_rate[np.searchsorted(signal.agents, number), np.searchsorted(signal.trials, which)]
    errors = prediction_errors(history, agents=[number], trials=[which])[0, 0]
    level = signal.concentration(np.nan_to_num(errors), float(tonic))
    movie = _micro_win(run, level, signal, history.task, fps)
    if path is not None:
        movie.save(path)
    return movie


class _Run(NamedTuple):
    """One trial of one agent: units at each moment, actions (−1 none), and errors at each moment."""

    units: Ints
    action: Ints
    delta: Floats


def _run(history: History, agent: int, trial: int) -> _Run:
    if not isinstance(history, History):
        raise TypeError(f"history must come from rpe.simulate.run; got {type(history).__name__}")
    if history.full is None:
        raise ValueError('history must hold agents in full, so run with record="all" or a list of agents; it has none')
    task = history.task
    if not all(hasattr(task, name) for name in ("decode", "goals", "deadline", "n_units")):
        raise ValueError(f"history must be of a task with units and a deadline; got {type(task).__name__}")
    n_agents, n_trials = history.full.action.shape[:2]
    row = count("agent", agent, 0, n_agents - 1)
    if not isinstance(trial, int) or not -n_trials <= trial < n_trials:
        raise ValueError(f"trial must be an int from {-n_trials} to {n_trials - 1}; got {trial!r}")
    units = np.asarray(task.decode(history.full.state[row, trial])["units"])
    return _Run(units, history.full.action[row, trial], history.full.delta[row, trial])


def _errors(
    errors: Floats, times: Floats, shown: Sequence[int], marks: Mapping[str, float], label: str, fps: int
) -> Movie:
    with _canvas(4.8, 2.8) as figure:
        ax = figure.subplots()
        low, high = min(0.0, float(np.nanmin(errors))), max(0.0, float(np.nanmax(errors)))
        room = 0.08 * (high - low or 1.0)
        # The number of the trial stands below the curve's floor, where nothing is drawn.
        ax.set(xlim=(times[0], times[-1]), ylim=(low - 2.5 * room, high + room), xlabel=label)
        ax.set_ylabel("prediction error (reward units)")
        ax.axhline(0, color=house.FAINT, linewidth=0.6, zorder=1)
        for time in marks.values():
            ax.axvline(time, color=house.INK, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
        along_top(ax, list(marks.values()), list(marks))
        (first,) = ax.plot(times, errors[shown[0]], color=house.FAINT, linewidth=1.0, label=f"trial {shown[0] + 1}")
        (line,) = ax.plot(times, errors[shown[-1]], color=house.BLUE, linewidth=1.8, zorder=4)
        where: dict[str, Any] = {"transform": ax.transAxes, "va": "bottom"}
        number = ax.text(0.99, 0.02, "", ha="right", color=house.BLUE, fontsize=9, weight="bold", **where)
        ax.text(0.01, 0.02, f"grey: trial {shown[0] + 1}", color=house.GREY, fontsize=7, **where)
        first.set_clip_on(False)

    def draw(i: int) -> None:
        line.set_ydata(errors[shown[i]])
        line.set_label(f"trial {shown[i] + 1}")
        number.set_text(f"trial {shown[i] + 1}")

    return Movie(figure, draw, len(shown), fps, "A movie of the prediction error within the trial, trial by trial.")


def _work(run: _Run, task: Any, fps: int) -> Movie:
    n = len(run.action)
    # Those who plan have no errors to show.
    span = float(np.nanmax(np.abs(run.delta), initial=0.0))
    heights = [3, 2] if span else [3]
    with _canvas(5.2, 1.0 + 0.56 * sum(heights)) as figure:
        above, *rest = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        _progress_frame(above, task, n)
        (units,) = above.plot([], [], color=house.BLUE, drawstyle="steps-post", linewidth=2.0, zorder=4)
        foot = above.get_xaxis_transform()
        small: dict[str, Any] = {"markersize": 4, "clip_on": False}
        actions = [
            above.plot([], [], house.MARKERS[a], color=house.PALETTE[a], label=name, transform=foot, **small)[0]
            for a, name in enumerate(task.action_names)
        ]
        house.key_above(above, len(actions))
        errors = [_error_line(below, span) for below in rest]
        (rest or [above])[-1].set_xlabel("time (steps)")
    time = np.arange(n + 1)

    def draw(i: int) -> None:
        units.set_data(time[: i + 1], run.units[: i + 1])
        units.set_label("units done")
        done = run.action[:i]
        for action, points in enumerate(actions):
            where = np.flatnonzero(done == action)
            points.set_data(where + 0.5, np.full(where.shape, 0.035))
        for line in errors:
            line.set_data(time[: i + 1], run.delta[: i + 1])

    about = f"A movie of one trial of {task.n_units} units of work before a deadline of {task.deadline} steps."
    return Movie(figure, draw, n + 1, fps, about)


def _micro_win(run: _Run, level: Floats, signal: Signal, task: Any, fps: int) -> Movie:
    n = len(run.action)
    with _canvas(5.2, 4.2) as figure:
        above, below = figure.subplots(2, 1, height_ratios=[3, 2])
        _progress_frame(above, task, n)
        above.set_xlabel(f"time (steps of {signal.seconds_per_step:g} s)")
        (units,) = above.plot([], [], color=house.BLUE, drawstyle="steps-post", linewidth=2.0, zorder=4)
        (here,) = above.plot([], [], "o", color=house.VERMILLION, markersize=5, zorder=5, clip_on=False)
        here.set_label("now")
        room = 0.08 * max(float(np.ptp(level)), 1.0)
        below.set(xlim=signal.times[[0, -1]], ylim=(level.min() - room, level.max() + room))
        below.set(xlabel="time from step (s)", ylabel="dopamine (nM)")
        below.axvline(0, color=house.FAINT, linewidth=0.6)
        before = [below.plot([], [], color=house.FAINT, linestyle="-", linewidth=0.8, zorder=2)[0] for _ in level]
        (now,) = below.plot([], [], color=house.VERMILLION, linestyle="-", linewidth=1.8, zorder=4)
        text = below.text(0.99, 0.97, "", transform=below.transAxes, ha="right", va="top", fontsize=8, color=house.INK)
    names = _step_names(run, task)

    def draw(i: int) -> None:
        units.set_data(np.arange(i + 1), run.units[: i + 1])
        units.set_label("units done")
        here.set_data([i], [run.units[i]])
        for j, line in enumerate(before):
            line.set_data(*((signal.times, level[j]) if j < i else ([], [])))
        now.set_data(signal.times, level[i])
        now.set_label(f"dopamine after step {i}")
        text.set_text(names[i])

    about = f"A movie of one trial of {task.n_units} units of work, and of the dopamine that each step brings."
    return Movie(figure, draw, n + 1, fps, about)


def _step_names(run: _Run, task: Any) -> list[str]:
    """What happens at each moment: the cue, what was done, a sub-goal, the goal, or nothing any more."""
    names = ["cue", *("the trial has ended" if action < 0 else task.action_names[action] for action in run.action)]
    for number, goal in enumerate(task.goals, 1):
        reached = np.flatnonzero((run.units[1:] >= goal) & (run.units[:-1] < goal)) + 1
        for moment in reached:
            names[moment] = "goal" if goal == task.n_units else f"sub-goal {number}"
    return names


def _error_line(ax: Axes, span: float) -> Line2D:
    ax.set(ylim=(-1.1 * span, 1.1 * span), ylabel="prediction error\n(reward units)")
    ax.axhline(0, color=house.FAINT, linewidth=0.6)
    look: dict[str, Any] = {"color": house.VERMILLION, "drawstyle": "steps-mid", "linewidth": 1.4}
    return ax.plot([], [], label="prediction error", **look)[0]


def _progress_frame(ax: Axes, task: Any, n: int) -> None:
    """Draw what the units move in: sub-goals, the goal, and the deadline, with their names."""
    inner = [goal for goal in task.goals if goal < task.n_units]
    ax.set(xlim=(0, n), ylim=(-0.1 * task.n_units, 1.12 * task.n_units), ylabel="units done")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    sub_goals(ax, np.asarray(inner, dtype=np.float64), axis="y")
    ax.axhline(task.n_units, color=house.INK, linewidth=0.8, zorder=1)
    note(ax, 0.01 * n, task.n_units * 1.01, "goal")
    if inner:
        note(ax, 0.01 * n, inner[-1] + 0.01 * task.n_units, "sub-goals" if len(inner) > 1 else "sub-goal")
    ax.axvline(task.deadline, color=house.INK, linewidth=2.0, clip_on=False)
    along_top(ax, [task.deadline], ["deadline"])


@contextmanager
def _canvas(width: float, height: float) -> Iterator[Figure]:
    """A figure in the house style that pyplot does not know, so that nothing has to close it."""
    with style(width=width, height=height):
        yield Figure(figsize=(width, height), dpi=120, layout="constrained")


def _thinned(n: int) -> list[int]:
    """Some sixty trials, closer together at first, where learning is fast."""
    return np.unique(np.r_[0, np.geomspace(1, n, 80).round() - 1, n - 1].astype(np.int64)).tolist()


def _target(file: str | os.PathLike[str]) -> Path:
    target = path("file", file)
    if target.suffix.lower() not in _SUFFIXES:
        raise ValueError(f"file must end in {', '.join(_SUFFIXES)}; got {target.name!r}")
    if target.suffix.lower() == ".mp4" and not FFMpegWriter.isAvailable():
        raise ValueError(f"file must end in .gif or .html, as ffmpeg is not installed; got {target.name!r}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"file must lie in a folder that exists; got {str(target)!r}")
    return target


def __dir__() -> list[str]:
    return __all__
