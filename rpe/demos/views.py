"""The two demos: the cue shift, and micro wins against one goal."""

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rpe import agents, discounting, features, measures, schedules, tasks, td
from rpe._checks import Bools, Floats
from rpe.demos.controls import Control, View
from rpe.plots import house
from rpe.plots.labels import along_top, note

_TRIALS, _CUE, _REWARD, _END, _DT = 200, 0.5, 1.5, 2.5, 0.1
_FROM, _TO = round(_CUE / _DT), round(_REWARD / _DT)
_UNITS = 20


class CueShift(View):
    """The prediction error moves from the reward to the cue: TD(λ) over a complete serial compound.

    Examples
    --------
    >>> import rpe
    >>> view = rpe.demos.CueShift()
    >>> picture = view.show(learning_rate=0.2, trial=1)
    >>> view.sentence
    'In trial 1 the error is 0 at the cue and 1 at the reward.'
    """

    controls: ClassVar[tuple[Control, ...]] = (
        Control("learning_rate", "learning rate α", 0.1, 0.001, 1.0, log=True, about="share of an error learned"),
        Control("discount", "discount γ", 0.98, 0.8, 1.0, about="per step of 0.1 s"),
        Control("trace_decay", "trace decay λ", 0.0, 0.0, 1.0, about="how far back an error teaches"),
        Control("probability", "reward probability p", 1.0, 0.0, 1.0, about="share of trials with a reward"),
        Control("trial", "trial shown", _TRIALS, 1, _TRIALS, about="of 200, in the panel on the right"),
    )

    def build(self) -> list[Artist]:
        """Make the map of all trials, the curve of one trial, and the errors at cue and reward."""
        left, right = np.asarray(self.figure.subfigures(1, 2, width_ratios=[1.05, 1]))
        self._build_map(left.subplots())
        within, over = right.subplots(2, 1)
        _time_axis(within)
        within.set(ylim=(-1.1, 1.1), ylabel="error δ (reward units)")
        along_top(within, [_CUE, _REWARD], ["cue", "reward"])
        within.axhline(0, color=house.FAINT, linewidth=0.6)
        times = np.arange(round(_END / _DT)) * _DT
        (self.trial,) = within.plot(times, np.zeros_like(times), color=house.INK)
        self.which = note(within, 0.02, -1.05, "")
        over.set(xlim=(0, _TRIALS), ylim=(-1.1, 1.1), xlabel="trial", ylabel="error δ (reward units)")
        over.axhline(0, color=house.FAINT, linewidth=0.6)
        points: dict[str, Any] = {"linestyle": "none", "markersize": 2.8, "markeredgewidth": 0}
        self.events = [
            _curve(over, house.BLUE, "-", "cue"),
            over.plot([], [], "s", color=house.VERMILLION, label="reward", **points)[0],
            over.plot([], [], "v", color=house.INK, label="reward left out", **points)[0],
        ]
        self.cursor = over.axvline(1, color=house.FAINT, linewidth=0.8, zorder=1)
        house.key_above(over, 3)
        return [self.map, *self.times, self.falls, self.trial, self.which, self.cursor, *self.events]

    def _build_map(self, ax: Axes) -> None:
        edges = (-_DT / 2, _END - _DT / 2, _TRIALS + 0.5, 0.5)
        look: dict[str, Any] = {"cmap": house.SIGNED, "vmin": -1, "vmax": 1, "interpolation": "nearest"}
        self.map = ax.imshow(np.zeros((_TRIALS, round(_END / _DT))), aspect="auto", extent=edges, **look)
        self.times = _time_axis(ax)
        along_top(ax, [_CUE, _REWARD], ["cue", "reward"])
        ax.set(ylabel="trial", yticks=[1, 50, 100, 150, 200])
        # Falls are marked by a sign too: the colours alone would not tell everybody.
        look = {"marker": "_", "linestyle": "none", "color": "white", "markersize": 4, "markeredgewidth": 0.8}
        (self.falls,) = ax.plot([], [], **look)
        house.colour_bar(ax, self.map, "prediction error δ (reward units; – falls)")

    def change(self, **values: Any) -> str:
        """Learn anew, unless only the trial shown has changed."""
        trial = int(values.pop("trial"))
        delta, given = _learned(**values)
        self.map.set_data(delta)
        rows, steps = np.nonzero(delta < -0.4)
        self.falls.set_data(steps * _DT, rows + 1)
        self.trial.set_ydata(delta[trial - 1])
        self.trial.set_label(f"trial {trial}")
        self.which.set_text(f"trial {trial}")
        trials = np.arange(1, _TRIALS + 1)
        for line, (where, step) in zip(self.events, ((given | True, _FROM), (given, _TO), (~given, _TO)), strict=True):
            line.set_data(trials[where], delta[where, step])
        self.cursor.set_xdata([trial, trial])
        cue, reward = (_digits(delta[trial - 1, step]) for step in (_FROM, _TO))
        event = "reward" if given[trial - 1] else "reward that was left out"
        return f"In trial {trial} the error is {cue} at the cue and {reward} at the {event}."


class MicroWins(View):
    """One goal against micro wins: 20 units of work before a deadline, an exact hyperbolic planner.

    Examples
    --------
    >>> import rpe
    >>> view = rpe.demos.MicroWins()
    >>> picture = view.show(k=0.08, n_goals=5)
    >>> view.sentence
    'Procrastination index: one goal 0.7381, micro wins 0.1962. Finished in time: 0.9508 and 1.'
    """

    controls: ClassVar[tuple[Control, ...]] = (
        Control("k", "discount rate k", 0.08, 0.001, 1.0, log=True, about="hyperbolic, per step"),
        Control("n_goals", "number of goals", 5, 1, _UNITS, about="on the same budget of 100"),
        Control("deadline", "deadline", 60, 24, 80, about="in steps; 20 units take at least 20"),
        Control(
            "matching",
            "pay",
            "pay",
            options=(("the same sum", "pay"), ("the same value at the start", "present_value")),
            about="what micro wins have in common with one goal",
        ),
        Control("start_cost", "start-up cost", 2.0, 0.0, 10.0, about="reward units, after each step without work"),
        Control("inverse_temperature", "inverse temperature β", 1.0, 0.1, 10.0, log=True, about="1 / reward unit"),
    )
    size: ClassVar[tuple[float, float]] = (6.4, 4.0)

    def build(self) -> list[Artist]:
        """Make the axes, with the deadline, and two curves."""
        self.ax = self.figure.subplots()
        self.ax.set(xlim=(0, 82), ylim=(0, 1.12), xlabel="time (steps)", ylabel="share of units done")
        self.ax.axhline(1, color=house.INK, linewidth=0.8, zorder=1)
        note(self.ax, 0.5, 1.01, "goal")
        self.deadline = self.ax.axvline(60, color=house.INK, linewidth=2.0)
        # Left of its line, so that the latest deadline keeps its name inside the axes.
        self.name = note(self.ax, 60, 0.03, "deadline", ha="right")
        self.name_of_goals = note(self.ax, 0.5, 0, "")
        self.curves = [
            _curve(self.ax, house.BLUE, "-", "one goal"),
            _curve(self.ax, house.VERMILLION, (0, (5, 1.2)), "micro wins"),
        ]
        look: dict[str, Any] = {"color": house.GREY, "linewidth": 0.6, "linestyle": (0, (1, 2))}
        (self.sub_goals,) = self.ax.plot([], [], **look)
        house.key_above(self.ax, 2)
        return [self.sub_goals, self.name_of_goals, self.deadline, self.name, *self.curves]

    def change(self, **values: Any) -> str:
        """Solve both tasks, and draw the work done over time."""
        n_goals, matching = values.pop("n_goals"), values.pop("matching")
        one = _solved(1, "pay", **values)
        many = _solved(n_goals, matching if n_goals > 1 else "pay", **values)
        deadline = values["deadline"]
        for line, found in zip(self.curves, (one, many), strict=True):
            line.set_data(np.arange(deadline + 1), found.share_done[0])
        self.deadline.set_xdata([deadline, deadline])
        self.name.set_x(deadline - 0.6)
        self._mark([goal / _UNITS for goal in _task(n_goals, deadline).goals[:-1]])
        index = [_digits(found.procrastination_index[0]) for found in (one, many)]
        ended = [_digits(found.completion_probability[0]) for found in (one, many)]
        return (
            f"Procrastination index: one goal {index[0]}, micro wins {index[1]}. "
            f"Finished in time: {ended[0]} and {ended[1]}."
        )

    def _mark(self, shares: list[float]) -> None:
        """Draw faint lines at the sub-goals, and name the highest."""
        width, gap = np.array([0.0, self.ax.get_xlim()[1], np.nan]), np.full(len(shares), np.nan)
        self.sub_goals.set_data(np.tile(width, len(shares)), np.column_stack([shares, shares, gap]).ravel())
        self.name_of_goals.set_text("" if not shares else "sub-goals" if len(shares) > 1 else "sub-goal")
        self.name_of_goals.set_y(shares[-1] + 0.005 if shares else 0)


@lru_cache(maxsize=8)
def _learned(learning_rate: float, discount: float, trace_decay: float, probability: float) -> tuple[Floats, Bools]:
    """Errors (n_trials, n_steps) of TD(λ), and which trials were rewarded, which follows from one seed."""
    times: dict[str, Any] = {"cue_time": _CUE, "reward_time": _REWARD, "duration": _END, "dt": _DT}
    schedule = schedules.delay_conditioning(_TRIALS, probability=probability, rng=0, **times)
    rates: dict[str, Any] = {"learning_rate": learning_rate, "discount": discount, "trace_decay": trace_decay}
    learned = td.learn(features.complete_serial_compound(schedule), schedule.reward, record="all", **rates)
    return np.asarray(learned.delta[0]), schedule.reward[:, _TO] > 0


@lru_cache(maxsize=32)
def _solved(
    n_goals: int, matching: str, k: float, deadline: int, start_cost: float, inverse_temperature: float
) -> measures.Exact:
    shape = discounting.Hyperbolic(k=k)
    task = _task(n_goals, deadline, matching=matching, discounting=shape, start_cost=start_cost)
    return measures.exact(agents.Planner(shape, inverse_temperature=inverse_temperature), task)


def _task(n_goals: int, deadline: int, **more: Any) -> tasks.GoalTask:
    return tasks.micro_wins(n_goals, n_units=_UNITS, deadline=deadline, **more)


def _time_axis(ax: Axes) -> list[Line2D]:
    ax.set(xlim=(-_DT / 2, _END - _DT / 2), xlabel="time (s)")
    look: dict[str, Any] = {"color": house.INK, "linewidth": 0.6, "linestyle": (0, (1, 2))}
    return [ax.axvline(time, **look) for time in (_CUE, _REWARD)]


def _curve(ax: Axes, color: str, linestyle: Any, name: str) -> Line2D:
    return ax.plot([], [], color=color, linestyle=linestyle, label=name, linewidth=1.8)[0]


def _digits(value: float) -> str:
    """Four digits, as the sliders show them."""
    return f"{value:.4g}" if abs(value) >= 5e-5 else "0"
