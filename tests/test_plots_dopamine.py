"""Figures of the dopamine of behaviour: what they draw is what the signal holds."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

import rpe
from rpe import plots

TASK = rpe.tasks.micro_wins(n_goals=3, n_units=6, deadline=14, reward=30.0)


@pytest.fixture(scope="module")
def history():
    learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.98, trace_decay=0.9, inverse_temperature=1.0)
    return rpe.simulate.run(learner, TASK, n_agents=16, n_trials=60, rng=0, record="all")


@pytest.fixture(scope="module")
def signal(history):
    return rpe.dopamine.from_history(history, seconds_per_step=60.0)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def drawn(ax, name):
    return [line for line in ax.lines if line.get_label() == name]


def test_the_chain_draws_the_traces_of_the_signal(signal):
    ax = plots.signal_chain(signal, trials=[0, 59])
    panels = ax.figure.axes
    assert ax.figure.get_size_inches()[0] == pytest.approx(3.5)
    shown = signal.traces([0, 59])
    happened = ~np.isnan(shown.rate).all(axis=(0, 2))
    assert [text for text in texts(ax) if text != "sub-goal"] == ["cue", "1", "2", "goal", "omitted"]
    inside = (shown.times >= -0.5 - 1e-9) & (shown.times <= 2 + 1e-9)
    values = [shown.delta, shown.rate, shown.concentration, shown.d1]
    for panel, array in zip(panels, values, strict=True):
        for trial, name in enumerate(("trial 1", "trial 60")):
            y = drawn(panel, name)[0].get_ydata().reshape(happened.sum(), -1)
            np.testing.assert_array_equal(y[:, :-1], array[trial][happened][:, inside])
            assert np.isnan(y[:, -1]).all()
    assert [panel.get_ylabel().replace("\n", " ") for panel in panels] == [
        "error (reward units)",
        "firing (Hz)",
        "dopamine (nM)",
        "receptors occupied",
    ]
    assert {"D1", "D2"} <= set(texts(panels[-1]))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["trial 1", "trial 60"]


def test_the_windows_stand_at_their_events_on_one_axis(signal):
    ax = plots.signal_chain(signal, trials=[0], window=(-1.0, 1.0), events=["cue", "goal"])
    line = drawn(ax.figure.axes[2], "trial 1")[0]
    x = line.get_xdata().reshape(2, -1)[:, :-1]
    zero = [mark.get_xdata()[0] for mark in ax.lines if mark.get_gid() == "event"]
    for row, origin in zip(x, zero, strict=True):
        np.testing.assert_allclose(row - origin, signal.times[np.abs(signal.times) <= 1 + 1e-9], atol=1e-9)
    assert x[0, -1] < x[1, 0]


def test_too_many_sub_goals_are_left_out_evenly():
    task = rpe.tasks.micro_wins(n_goals=10)
    history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=2, n_trials=2, rng=0)
    signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
    names = [text for text in texts(plots.signal_chain(signal, trials=[0])) if text != "sub-goal"]
    assert names == ["cue", "1", "3", "5", "7", "9", "goal"]


def test_win_by_win_draws_means_over_agents(signal):
    ax = plots.win_by_win(signal, log_trials=False)
    (cells,) = ax.collections
    np.testing.assert_array_equal(np.ma.getdata(cells.get_array()), signal.mean("peak_nM"))
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(signal.events)
    assert ax.get_xlim() == (0.5, 60.5)
    assert ax.get_ylim() == (5, 0)
    assert ax.figure.axes[1].get_ylabel() == "peak dopamine (nM)"
    assert plots.win_by_win(signal, column="area_nM_s", ax=Figure().subplots()).get_xscale() == "log"


def test_the_movie_shows_progress_and_the_trace_of_each_step(history, signal):
    movie = rpe.movies.micro_win(history, signal, agent=2, trial=-1)
    above, below = movie.figure.axes
    full = history.full
    assert movie.n_frames == TASK.n_steps + 1
    for step in (0, 3, TASK.n_steps):
        movie.draw(step)
        rate = rpe.dopamine.firing_rate(full.delta[2, -1, step] / signal.reward_scale)
        (now,) = [line for line in below.lines if str(line.get_label()).startswith("dopamine after")]
        at = int(np.argmin(np.abs(signal.times - 0.2)))
        sampled = np.r_[np.full(50, 5.0), np.full(10, float(rate))]
        expected = rpe.dopamine.release(sampled, 0.02)[-1]
        assert now.get_ydata()[at] == pytest.approx(expected, rel=1e-5)
        (units,) = drawn(above, "units done")
        np.testing.assert_array_equal(units.get_ydata(), TASK.decode(full.state[2, -1, : step + 1])["units"])
    assert {text.get_text() for text in below.texts} <= {*TASK.action_names, "the trial has ended", "goal"}


def test_the_movie_names_sub_goals(history, signal):
    movie = rpe.movies.micro_win(history, signal, trial=30)
    below = movie.figure.axes[1]
    names = []
    for step in range(movie.n_frames):
        movie.draw(step)
        names.append(below.texts[0].get_text())
    assert names[0] == "cue"
    units = TASK.decode(history.full.state[0, 30])["units"]
    assert names[int(np.argmax(units >= 2))] == "sub-goal 1"
    assert names[int(np.argmax(units >= 6))] == "goal"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda h, s: plots.signal_chain(h), TypeError, "signal must come from"),
        (lambda h, s: plots.signal_chain(s, trials=[]), ValueError, "trials must name 1 to 4"),
        (lambda h, s: plots.signal_chain(s, trials=range(5)), ValueError, "trials must name 1 to 4"),
        (lambda h, s: plots.signal_chain(s, trials=[60]), ValueError, "trials must be among"),
        (lambda h, s: plots.signal_chain(s, events=["lunch"]), ValueError, "events must be one of"),
        (lambda h, s: plots.signal_chain(s, events=["goal", "cue"]), ValueError, "events must name 1 to 7"),
        (lambda h, s: plots.signal_chain(s, window=(1.0, 2.0)), ValueError, r"window\[0\] must lie in"),
        (lambda h, s: plots.win_by_win(h), TypeError, "signal must come from"),
        (lambda h, s: plots.win_by_win(s, column="event"), ValueError, "column must be one of"),
        (lambda h, s: plots.win_by_win(s, log_trials=1), TypeError, "log_trials must be True or False"),
        (lambda h, s: rpe.movies.micro_win(h, h), TypeError, "signal must come from"),
        (lambda h, s: rpe.movies.micro_win(h, s, agent=16), ValueError, "agent must be at most 15"),
    ],
)
def test_bad_input(history, signal, call, error, message):
    with pytest.raises(error, match=message):
        call(history, signal)


def test_the_movie_needs_the_signal_of_its_trial(history):
    some = rpe.dopamine.from_history(history, seconds_per_step=60.0, agents=[1], trials=[4])
    with pytest.raises(ValueError, match="signal must hold agent 0 and trial 4"):
        rpe.movies.micro_win(history, some, agent=0, trial=4)
