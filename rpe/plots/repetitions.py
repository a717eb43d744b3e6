"""Wins over repetitions: how much dopamine each event brings the first time, the tenth, the hundredth."""

from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes

from rpe._checks import Floats, Ints, flag, text
from rpe.plots import house

_COLUMNS = {
    "peak_nM": "peak dopamine (nM)",
    "area_nM_s": "area above tonic (nM s)",
    "rate_Hz": "firing (Hz)",
    "error": "prediction error (reward units)",
    "d1": "D1 receptors occupied",
    "d2": "D2 receptors occupied",
}


class MeanSignal(Protocol):
    """A signal with means over agents of each event and trial, such as `rpe.dopamine.Signal`."""

    @property
    def events(self) -> tuple[str, ...]:
        """Names of the events."""

    @property
    def trials(self) -> Ints:
        """Which trials."""

    def mean(self, column: str = "peak_nM") -> Floats:
        """Return a mean (n_events, n_trials); NaN where nothing happened."""


@house.styled
def win_by_win(
    signal: MeanSignal,
    *,
    column: str = "peak_nM",
    log_trials: bool = True,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw dopamine by event and repetition: a heat map of cue, sub-goals, goal and omission over trials.

    Parameters
    ----------
    signal : Signal
        Of `rpe.dopamine.from_history`; means over agents are shown, grey where no agent had the event.
    column : str
        What is shown, a column of `signal.peaks`.
    log_trials : bool
        Whether the axis of trials is logarithmic, as learning is fast at first.
    label : str, optional
        Of the colour bar.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For a column that the signal does not have, or a signal without any event.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=3, n_trials=50, rng=0)
    >>> signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
    >>> ax = rpe.plots.win_by_win(signal, ax=Figure().subplots())
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['cue', 'sub-goal 1', 'goal', 'omission']
    """
    if not callable(getattr(signal, "mean", None)) or not hasattr(signal, "events"):
        raise TypeError(f"signal must come from rpe.dopamine.from_history; got {type(signal).__name__}")
    values = signal.mean(column)
    happened = np.asarray(~np.isnan(values).all(axis=1))
    if not happened.any():
        raise ValueError("signal must hold at least one event; got none")
    values, names = (
        values[happened],
        [name for name, some in zip(signal.events, happened.tolist(), strict=True) if some],
    )
    log = flag("log_trials", log_trials)
    if label is not None:
        text("label", label)
    ax = house.axes(ax)
    ax.set_facecolor("#DDDDDD")
    place = np.asarray(signal.trials) + 1.0
    edges = np.concatenate([[place[0] - 0.5], (place[1:] + place[:-1]) / 2, [place[-1] + 0.5]])
    known = values[~np.isnan(values)]
    look: dict[str, Any] = {
        "cmap": house.SEQUENTIAL,
        "norm": house.sequential_norm(known, log=False),
        "rasterized": True,
    }
    cells = ax.pcolormesh(edges, np.arange(len(names) + 1), values, **look)
    ax.set(xlim=edges[[0, -1]], ylim=(len(names), 0), xlabel="repetition (trial)")
    if log:
        house.log_scale(ax, "x")
    ax.set_yticks(np.arange(len(names)) + 0.5, names)
    ax.tick_params(axis="y", length=0)
    for row in range(1, len(names)):
        ax.axhline(row, color="white", linewidth=0.8)
    house.colour_bar(ax, cells, _COLUMNS.get(column, column) if label is None else label)
    return ax
