"""From a history to nanomolar: events against a scalar reading, transients against closed forms and SciPy."""

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import gymnasium as gym
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import lambertw

import rpe
from rpe import dopamine
from rpe.dopamine import events, kinetics, transients
from rpe.dopamine.kinetics import Kinetics
from rpe.tasks import Tables, TableTask

LEARNER = rpe.agents.QLearner(learning_rate=0.2, discount=0.98, trace_decay=0.9, inverse_temperature=1.0)
FREE = Kinetics(uptake=1500.0, leak=0.0, brake=0.0)
SHORT = rpe.tasks.micro_wins(n_goals=3, n_units=6, deadline=14, reward=30.0)


@pytest.fixture(scope="module")
def history():
    return rpe.simulate.run(LEARNER, rpe.tasks.micro_wins(n_goals=5), n_agents=64, n_trials=300, rng=0, record="all")


@pytest.fixture(scope="module")
def signal(history):
    return dopamine.from_history(history, seconds_per_step=60.0)


@pytest.fixture(scope="module")
def short():
    return rpe.simulate.run(LEARNER, SHORT, n_agents=6, n_trials=40, rng=1, record="all")


def cleared(start, time, drive, k):
    """Concentration after a time of constant release, by the Lambert W function (uptake alone)."""
    q = k.uptake - drive
    if q == 0:
        return np.sqrt((k.affinity + start) ** 2 + 2 * k.affinity * k.uptake * time) - k.affinity
    rest, size = k.affinity * drive / q, k.affinity * k.uptake / q
    y = (start - rest) / size
    exponent = np.log(abs(y)) + y - q**2 * time / (k.affinity * k.uptake)
    return rest + size * lambertw(np.sign(y) * np.exp(exponent), -1 if y < -1 else 0).real


def integrated(rate, pulse, time, k, synchrony=0.3, tonic=5.0):
    """C at the times after an event, by SciPy's implicit solver."""

    def change(_, state, hz):
        c, a = state
        free = k.release * (tonic + synchrony * (hz - tonic)) / (1 + k.brake * a)
        return [free - k.uptake * c / (k.affinity + c) - k.leak * c, k.on * c * (1 - a) - k.off * a]

    def run(state, hz, until):
        return solve_ivp(change, (0, until), state, args=(hz,), method="LSODA", rtol=1e-10, atol=1e-10).y[:, -1]

    rest = run([50.0, 0.3], tonic, 1000.0)
    at = run(rest, rate, min(time, pulse))
    return (run(at, tonic, time - pulse) if time > pulse else at)[0]


def naive_events(history, agent, trial):
    """The events of one trial of one agent, step by step: (name, step, error)."""
    full, task = history.full, history.task
    found = [("cue", 0, full.delta[agent, trial, 0])]
    names = [f"sub-goal {i}" for i in range(1, len(task.goals))] + ["goal"]
    before, step = 0, 0
    for step, action in enumerate(full.action[agent, trial], 1):
        if action < 0:
            break
        units = int(task.decode(full.state[agent, trial, step])["units"])
        for name, goal in zip(names, task.goals, strict=True):
            if before < goal <= units:
                found.append((name, step, full.delta[agent, trial, step]))
        before = units
    if before < task.n_units:
        found.append(("omission", int((full.action[agent, trial] >= 0).sum()), full.delta[agent, trial, step]))
    return found


# Kinetics


@pytest.mark.parametrize(
    ("start", "time", "drive", "expected"),
    [
        (0, 0.1, 200, 13.28794),
        (500, 0.2, 0, 288.16949),
        (50, 1, 300, 40.02606),
        (50, 1, 1500, 563.94751),
        (50, 1, 2000, 951.00671),
    ],
)
def test_uptake_alone_has_a_closed_form(start, time, drive, expected):
    if start:
        assert cleared(start, time, drive, FREE) == pytest.approx(expected, abs=1e-5)
    state = np.array([[float(start)], [0.0]])
    found, _ = kinetics.advance(FREE, np.array([float(drive)]), state, float(time), kinetics.first_step())
    assert found[0, 0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("dt", [0.01, 0.1, 1.0, 20.0, 60.0, 86400.0])
@pytest.mark.parametrize("synchrony", [0.3, 1.0])
def test_release_agrees_with_scipy_at_any_step(dt, synchrony):
    rates = np.array([0.0, 25.0, 5.0, 200.0, 2.0, 0.0, 40.0])
    k = kinetics.REGIONS["accumbens"]
    state = [float(x) for x in kinetics.balance(k, np.asarray(5.0 * k.release))]

    def change(_, y, hz):
        free = k.release * (5.0 + synchrony * (hz - 5.0)) / (1 + k.brake * y[1])
        return [free - k.uptake * y[0] / (k.affinity + y[0]) - k.leak * y[0], k.on * y[0] * (1 - y[1]) - k.off * y[1]]

    expected = []
    for hz in rates:
        state = solve_ivp(change, (0, dt), state, args=(hz,), method="LSODA", rtol=1e-11, atol=1e-11).y[:, -1]
        expected.append(state[0])
    found = dopamine.release(rates, dt, synchrony=synchrony)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def steps_taken(monkeypatch, rates, dt):
    """How many steps of integration a release needs, and where it ends."""
    taken, plain = [], kinetics._rodas

    def counted(*arguments):
        taken.append(1)
        # Steps that never reach the end would hang the test rather than fail it.
        assert len(taken) <= 5000, "integration does not get on"
        return plain(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(kinetics, "_rodas", counted)
        trace = dopamine.release(rates, dt)
    return len(taken), trace[-1]


def test_release_costs_what_happens_not_what_time_passes(monkeypatch):
    rates = np.tile([5.0, 25.0, 0.0, 40.0], 5)
    counts = [steps_taken(monkeypatch, rates, dt)[0] for dt in (1.0, 60.0, 86400.0, 1e9)]
    assert max(counts) <= 3 * min(counts)
    # A rate that does not change costs a step of integration a step.
    assert steps_taken(monkeypatch, np.full(500, 5.0), 60.0)[0] < 520
    _, end = steps_taken(monkeypatch, np.full(3, 20.0), 1e9)
    assert end == pytest.approx(float(dopamine.steady_concentration(5.0 + 0.3 * 15.0)), rel=1e-6)


def test_synchrony_moves_phasic_release_only():
    tonic = [dopamine.release(np.full(9, 5.0), 1.0, synchrony=s)[-1] for s in (0.0, 0.3, 1.0)]
    np.testing.assert_allclose(tonic, float(dopamine.steady_concentration(5.0)), rtol=1e-6)
    assert tonic[0] == pytest.approx(68.2, abs=0.1)
    burst = np.where(np.arange(60) < 10, 30.0, 5.0)
    tops = [dopamine.release(burst, 0.02, synchrony=s).max() for s in (0.0, 0.15, 0.3)]
    assert tops[0] == pytest.approx(tonic[0])
    assert tops[2] - tops[0] == pytest.approx(2 * (tops[1] - tops[0]), rel=0.05)


def test_a_tonic_rate_per_row():
    rates = np.full((3, 40), 6.0)
    together = dopamine.release(rates, 0.1, baseline=[2.0, 5.0, 8.0])
    alone = [dopamine.release(rates[0], 0.1, baseline=hz) for hz in (2.0, 5.0, 8.0)]
    np.testing.assert_allclose(together, alone, rtol=1e-5)
    with pytest.raises(ValueError, match="baseline must be a number or fit the rows"):
        dopamine.release(rates, 0.1, baseline=[2.0, 5.0])


# One event


def one_event(error, **settings):
    """The signal of a task of one step, which pays 1, when an agent has this error on it."""
    tables = Tables(
        np.array([[[1], [1]]]), np.ones((1, 1, 1)), np.ones((1, 1, 1)), np.zeros((1, 1, 1)), np.ones((1, 1, 1), bool),
        np.ones((2, 1), bool),
    )  # fmt: skip
    full = SimpleNamespace(
        agents=np.array([0]),
        state=np.array([[[0, 1]]]),
        action=np.array([[[0]]]),
        reward=np.array([[[1.0]]]),
        effort=np.array([[[0.0]]]),
        delta=np.array([[[0.0, error]]]),
    )
    run = SimpleNamespace(task=TableTask(tables, 1), agent=object(), memory=None, n_agents=1, full=full)
    return dopamine.from_history(run, seconds_per_step=60.0, **settings)


@pytest.mark.parametrize("error", [-1.5, -0.5, 0.3, 1.0, 9.0])
@pytest.mark.parametrize("pulse", [0.1, 0.213])
def test_the_peak_of_one_event_has_the_closed_form(error, pulse):
    row = one_event(error, region=FREE, pulse=pulse).peaks.where(np.array([1]))
    rate = min(max(5 + 25 * max(error, 0) - 5 * max(-error, 0), 0), 40)
    rest = FREE.affinity * 1000 / (FREE.uptake - 1000)
    expected = cleared(rest, pulse, 200 * (5 + 0.3 * (rate - 5)), FREE)
    assert row["rate_Hz"][0] == pytest.approx(rate)
    assert row["tonic_nM"][0] == pytest.approx(rest)
    assert row["peak_nM"][0] == pytest.approx(expected, rel=1e-5)
    assert row["d1"][0] == pytest.approx(expected / (expected + 1000), rel=1e-5)
    assert row["d2"][0] == pytest.approx(expected / (expected + 10), rel=1e-5)


@pytest.mark.parametrize("error", [-1.0, 0.4, 1.2])
def test_a_transient_is_what_scipy_integrates(error):
    signal = one_event(error)
    shown = signal.traces()
    rate, k = signal.peaks["rate_Hz"][1], kinetics.REGIONS["accumbens"]
    goal = shown.events.index("goal")
    for time in (-0.5, 0.1, 0.2, 0.5, 3.0):
        at = int(np.argmin(np.abs(shown.times - time)))
        expected = integrated(rate, 0.2, max(time, 0.0), k)
        assert shown.concentration[0, goal, at] == pytest.approx(expected, rel=1e-5)
    assert signal.peaks["peak_nM"][1] == pytest.approx(integrated(rate, 0.2, 0.2, k), rel=1e-5)
    fine = one_event(error, dt=0.001).peaks["area_nM_s"][1]
    assert signal.peaks["area_nM_s"][1] == pytest.approx(fine, rel=2e-3)


def test_halving_the_fine_step_changes_no_peak():
    for dt in (0.04, 0.01):
        coarse, fine = (one_event(0.7, dt=step).peaks for step in (dt, dt / 2))
        assert coarse["peak_nM"][1] == pytest.approx(fine["peak_nM"][1], rel=1e-5)
        assert coarse["area_nM_s"][1] == pytest.approx(fine["area_nM_s"][1], rel=0.01)


def test_small_errors_superpose_where_kinetics_are_linear():
    linear = {"region": FREE._replace(affinity=1e6, uptake=4e6), "synchrony": 0.1}
    rise = [
        one_event(x, **linear).peaks["peak_nM"][1] - one_event(x, **linear).peaks["tonic_nM"][1]
        for x in (0.2, 0.5, 0.7)
    ]
    assert rise[0] + rise[1] == pytest.approx(rise[2], rel=1e-3)
    bent = [one_event(x).peaks["area_nM_s"][1] for x in (0.2, 0.5, 0.7)]
    assert abs(bent[0] + bent[1] - bent[2]) > 0.01 * bent[2]


@pytest.mark.parametrize("tonic", [np.array([5.0]), np.array([3.1, 6.7])])
def test_the_table_of_responses_is_what_is_integrated(tonic):
    setting = transients.Setting(kinetics.REGIONS["accumbens"], 0.3, 0.2, (0.0, 5.0), 0.02, "instant")
    rng = np.random.default_rng(0)
    rate, level = rng.uniform(0, 40, 60), rng.uniform(tonic.min(), tonic.max(), 60)
    found = transients.Response(setting, tonic, 40.0)(rate, level)
    exact = transients.transient(setting, rate, level)
    # The tonic axis is coarser; without it the error is that of the integration.
    tolerance = 1e-3 if tonic.size == 1 else 0.05
    np.testing.assert_allclose(found[0], exact.extreme, atol=tolerance)
    np.testing.assert_allclose(found[1], exact.area, atol=tolerance)
    np.testing.assert_allclose(found[3], exact.extreme_d2, atol=1e-3 * tolerance / 0.05 + 1e-6)


def test_slow_receptors_follow_their_equation():
    setting = transients.Setting(kinetics.REGIONS["accumbens"], 0.3, 0.2, (-1.0, 5.0), 0.01, "slow")
    found = transients.transient(setting, np.array([40.0, 0.0]), np.array([5.0, 5.0]))
    for name, bound in (("D1", found.d1), ("D2", found.d2)):
        # Between two samples their mean stands for the concentration.
        level = found.concentration.copy()
        level[:, 1:] = (found.concentration[:, 1:] + found.concentration[:, :-1]) / 2
        steps = dopamine.occupancy(level, 0.01, receptor=name, kinetics="slow")
        np.testing.assert_allclose(bound, steps, rtol=1e-9)
        assert np.ptp(bound) < 0.2 * np.ptp(dopamine.occupancy(found.concentration, 0.01, receptor=name))


# Events


def test_events_are_those_of_a_scalar_reading(short):
    signal = dopamine.from_history(short, seconds_per_step=30.0)
    rows = {(agent, trial): [] for agent in range(6) for trial in range(40)}
    for i in range(signal.peaks.n_rows):
        cell = tuple(signal.peaks[name][i] for name in ("event", "step", "error", "time_s"))
        rows[int(signal.peaks["agent"][i]), int(signal.peaks["trial"][i])].append(cell)
    kinds = set()
    for (agent, trial), found in rows.items():
        expected = [(name, step, error, 30.0 * step) for name, step, error in naive_events(short, agent, trial)]
        assert found == expected
        kinds |= {name for name, *_ in expected}
    assert kinds == {"cue", "sub-goal 1", "sub-goal 2", "goal", "omission"}


def test_reading_in_blocks_changes_nothing(short, monkeypatch):
    whole = dopamine.from_history(short, seconds_per_step=30.0)
    monkeypatch.setattr(events, "_BLOCK", 100)
    monkeypatch.setattr(transients, "_ROWS", 64)
    cut = dopamine.from_history(short, seconds_per_step=30.0)
    for name in whole.peaks:
        if whole.peaks[name].dtype.kind == "f":
            np.testing.assert_allclose(cut.peaks[name], whole.peaks[name], rtol=1e-5, atol=1e-6)
        else:
            np.testing.assert_array_equal(cut.peaks[name], whole.peaks[name])
    np.testing.assert_allclose(cut.total_area, whole.total_area, rtol=1e-4, atol=1e-4)


def test_some_agents_and_trials_are_the_same_as_among_all(short):
    whole = dopamine.from_history(short, seconds_per_step=30.0)
    some = dopamine.from_history(short, seconds_per_step=30.0, agents=[4, 1], trials=[39, 3])
    rows = np.isin(whole.peaks["agent"], [1, 4]) & np.isin(whole.peaks["trial"], [3, 39])
    for name in whole.peaks:
        np.testing.assert_array_equal(some.peaks[name], whole.peaks[name][rows])
    assert some.mean().shape == (5, 2)
    np.testing.assert_array_equal(some.total_area, whole.total_area[np.ix_([1, 4], [3, 39])])
    assert dopamine.from_history(short, seconds_per_step=30.0, trials=[7]).traces().trials.tolist() == [7]


def test_more_agents_change_nothing_in_the_first():
    few, many = (
        dopamine.from_history(
            rpe.simulate.run(LEARNER, SHORT, n_agents=n, n_trials=5, rng=3, record=range(64)), seconds_per_step=60.0
        )
        for n in (256, 512)
    )
    for name in few.peaks:
        np.testing.assert_array_equal(few.peaks[name], many.peaks[name])


def test_range_adaptation_makes_ten_times_the_reward_the_same_nanomolar():
    found = []
    for size in (1.0, 10.0):
        task = replace(
            SHORT, payout=size * SHORT.payout, effort=size, distraction=2 * size, start_cost=2 * size, goals=SHORT.goals
        )
        learner = replace(LEARNER, inverse_temperature=1.0 / size)
        history = rpe.simulate.run(learner, task, n_agents=8, n_trials=30, rng=0, record="all")
        found.append(dopamine.from_history(history, seconds_per_step=60.0))
    assert found[1].reward_scale == 10 * found[0].reward_scale
    np.testing.assert_array_equal(found[0].peaks["step"], found[1].peaks["step"])
    np.testing.assert_allclose(found[0].peaks["peak_nM"], found[1].peaks["peak_nM"], rtol=1e-9)
    np.testing.assert_allclose(10 * found[0].peaks["error"], found[1].peaks["error"], rtol=1e-9, atol=1e-9)


def test_all_errors_of_a_trial_make_the_total_area(short):
    signal = dopamine.from_history(short, seconds_per_step=30.0)
    errors = short.full.delta[2, 5]
    rates = dopamine.firing_rate(errors / signal.reward_scale)
    total = transients.transient(signal.setting, rates, np.full_like(rates, 5.0)).area.sum()
    assert signal.total_area[2, 5] == pytest.approx(total, abs=1e-3)


def test_traces_are_means_over_agents(short):
    signal = dopamine.from_history(short, seconds_per_step=30.0)
    shown = signal.traces([39, 0])
    assert shown.trials.tolist() == [0, 39]
    peaks = signal.peaks.where((signal.peaks["trial"] == 39) & (signal.peaks["event"] == "sub-goal 1"))
    one = shown.events.index("sub-goal 1")
    at = int(np.argmin(np.abs(shown.times - 0.2)))
    assert shown.n_agents[1, one] == peaks.n_rows
    assert shown.concentration[1, one, at] == pytest.approx(peaks["peak_nM"].mean(), rel=1e-4)
    assert shown.delta[1, one].max() == pytest.approx(peaks["error"].mean())
    assert shown.step[1, one] == pytest.approx(peaks["step"].mean())
    during = (shown.times > -1e-9) & (shown.times < 0.2 - 1e-9)
    np.testing.assert_allclose(shown.rate[1, one], np.where(during, peaks["rate_Hz"].mean(), 5.0))
    never = signal.traces([39]).n_agents[0] == 0
    assert np.isnan(signal.traces([39]).concentration[0, never]).all()


def test_a_signal_says_what_other_errors_would_do(short):
    signal = dopamine.from_history(short, seconds_per_step=30.0)
    level = signal.concentration([-5.0, 0.0, 5.0])
    at = int(np.argmin(np.abs(signal.times - 0.2)))
    for error, found in zip((-5.0, 0.0, 5.0), level, strict=True):
        rate = float(dopamine.firing_rate(error / 10.0))
        assert found[at] == pytest.approx(integrated(rate, 0.2, 0.2, kinetics.REGIONS["accumbens"]), rel=1e-5)
    np.testing.assert_array_equal(
        dopamine.prediction_errors(short, agents=[2], trials=[5])[0, 0], short.full.delta[2, 5]
    )
    with pytest.raises(ValueError, match=r"error must have the shape \(n,\)"):
        signal.concentration(np.zeros((2, 2)))


def test_tonic_firing_follows_average_reward_if_asked(short):
    signal = dopamine.from_history(short, seconds_per_step=30.0, tonic_gain=4.0, tonic_memory=0.25)
    full, average = short.full, 0.0
    for trial in range(40):
        assert signal.tonic_rate[3, trial] == pytest.approx(5.0 + 4.0 * average / 10.0)
        steps = (full.action[3, trial] >= 0).sum()
        average += 0.25 * (full.reward[3, trial].sum() / steps - average)
    np.testing.assert_allclose(signal.tonic, dopamine.steady_concentration(signal.tonic_rate), rtol=1e-9)
    assert np.ptp(signal.tonic) > 5


class Lottery(TableTask):
    """Two steps: the first reaches a sub-goal, which pays half the time; the second the goal, which pays."""

    goals = (1, 2)

    def decode(self, state):
        return {"units": np.asarray([0, 1, 2])[state]}


def lottery():
    reward = np.zeros((2, 3, 1))
    reward[0, 0], reward[:, 1] = 4.0, 1.0
    to = np.array([[[1], [2], [2]]] * 2)
    ends = np.zeros((2, 3, 1), dtype=bool)
    ends[:, 1:] = True
    return Lottery(Tables(to, np.full((2, 1, 1), 0.5), reward, np.zeros((1, 1, 1)), ends, np.ones((3, 1), bool)), 2)


def test_a_win_that_pays_nothing_is_an_omission():
    task = lottery()
    history = rpe.simulate.run(LEARNER, task, n_agents=50, n_trials=60, rng=0, record="all")
    signal = dopamine.from_history(history, seconds_per_step=60.0)
    paid = history.full.reward[..., 0] > 0
    for kind, happened in (("sub-goal", paid), ("omission", ~paid)):
        rows = signal.peaks.where(signal.peaks["kind"] == kind)
        found = np.zeros_like(paid)
        found[rows["agent"], rows["trial"]] = True
        np.testing.assert_array_equal(found, happened)
        assert set(rows["goal"].tolist()) == {1}
    late = signal.peaks.where(signal.peaks["trial"] > 40)
    dip = late["peak_nM"][late["kind"] == "omission"]
    assert (dip < late["tonic_nM"][0]).all()
    assert (late["peak_nM"][late["kind"] == "sub-goal"] > late["tonic_nM"][0]).all()
    np.testing.assert_array_equal(signal.wins, 1 + paid)


# Whose errors


@pytest.mark.parametrize("discounting", [rpe.discounting.Exponential(0.9), rpe.discounting.Hyperbolic(k=0.3)])
@pytest.mark.parametrize("sophisticated", [False, True])
def test_a_planners_errors_add_up_to_what_the_trial_brought(discounting, sophisticated):
    planner = rpe.agents.Planner(discounting, inverse_temperature=0.5, sophisticated=sophisticated)
    history = rpe.simulate.run(planner, SHORT, n_agents=5, n_trials=4, rng=0, record=[1, 3])
    signal = dopamine.from_history(history, seconds_per_step=60.0)
    delta = dopamine.prediction_errors(history)
    brought = (history.full.reward - history.full.effort).sum(axis=-1)
    np.testing.assert_allclose(delta.sum(axis=-1), brought, rtol=1e-9)
    memory = planner.init(SHORT, 5)
    value = memory.value[0]
    state, full = history.full.state[0, 2], history.full
    for step in range(SHORT.n_steps - 1):
        expected = full.reward[0, 2, step] - full.effort[0, 2, step] + value[state[step + 1]] - value[state[step]]
        assert delta[0, 2, step + 1] == pytest.approx(expected)
    assert delta[0, 2, 0] == pytest.approx(value[state[0]])
    assert set(signal.peaks["agent"].tolist()) == {1, 3}


def test_planners_that_differ_have_their_own_errors():
    planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=[0.02, 0.2]))
    history = rpe.simulate.run(planner, SHORT, n_agents=2, n_trials=1, rng=0, record="all", keep_memory=True)
    cue = dopamine.from_history(history, seconds_per_step=60.0).peaks
    cue = cue["error"][cue["event"] == "cue"]
    np.testing.assert_allclose(cue, planner.init(SHORT, 2).value[:, 0])
    assert cue[0] > cue[1]


def test_a_planner_expects_nothing_after_the_end_and_more_after_a_cap():
    planner = rpe.agents.Planner(rpe.discounting.Exponential(0.9))
    # The one state ends the trial and would be worth 1 if it were entered anew.
    one = np.ones((1, 1, 1))
    loop = TableTask(Tables(np.zeros((1, 1, 1), int), one, one, 0 * one, one > 0, np.ones((1, 1), bool)), 1)
    history = rpe.simulate.run(planner, loop, n_agents=1, record="all")
    np.testing.assert_allclose(dopamine.prediction_errors(history)[0, 0], [1.0, 0.0])
    cut = rpe.simulate.run(planner, SHORT, n_agents=3, n_steps=5, rng=0, record="all")
    value = planner.init(SHORT, 1).value[0]
    brought = (cut.full.reward - cut.full.effort).sum(axis=-1)[:, 0]
    end = value[cut.full.state[:, 0, 5]]
    assert (end > 0).all()
    np.testing.assert_allclose(dopamine.prediction_errors(cut)[:, 0].sum(axis=-1), brought + end)


def test_planners_refuse_points():
    task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, matching="potential")
    planner = rpe.agents.Planner(rpe.discounting.Exponential(0.9))
    history = rpe.simulate.run(planner, task, n_agents=1, n_trials=1, rng=0, record="all")
    with pytest.raises(ValueError, match="history must be of a task without points"):
        dopamine.from_history(history, seconds_per_step=60.0)


class Silent:
    """An agent without a cue error: it has no `start`."""

    def init(self, task, n_agents):
        return np.zeros((task.n_actions, n_agents))

    def policy(self, memory, state):
        return np.full(memory.shape, 1 / len(memory))

    def update(self, memory, state, action, step, active):
        return np.asarray(step.reward, dtype=float) + np.zeros(len(state))


def test_an_agent_without_an_error_at_the_cue_has_no_cue():
    history = rpe.simulate.run(Silent(), SHORT, n_agents=4, n_trials=6, rng=0, record="all")
    signal = dopamine.from_history(history, seconds_per_step=60.0)
    assert "cue" not in signal.peaks["event"]
    assert np.isfinite(signal.total_area).all()
    assert np.isnan(signal.mean()[0]).all()


def lake():
    wrapped = rpe.envs.SubGoals(gym.make("FrozenLake-v1", is_slippery=False), [4, 8])
    return wrapped, rpe.simulate.run(LEARNER, wrapped, n_agents=1, n_trials=150, n_steps=30, rng=0, record="all")


def test_sub_goals_of_a_wrapped_environment():
    wrapped, history = lake()
    signal = dopamine.from_history(
        history, seconds_per_step=60.0, units=lambda state: state % wrapped.n_won, sub_goals=(1, 2)
    )
    assert signal.events == ("cue", "sub-goal 1", "sub-goal 2", "goal", "omission")
    full = history.full
    for trial in range(150):
        row = signal.peaks.where(signal.peaks["trial"] == trial)
        length = int((full.action[0, trial] >= 0).sum())
        place = full.state[0, trial] // wrapped.n_won
        expected = ["cue"]
        first = np.flatnonzero(place[: length + 1] == 4)
        if first.size:
            expected.append("sub-goal 1")
            if (place[first[0] : length + 1] == 8).any():
                expected.append("sub-goal 2")
        expected.append("goal" if place[length] == 15 else "omission")
        assert row["event"].tolist() == expected
        assert row["step"][-1] == length
    assert "goal" in signal.peaks["event"]
    # The record itself counts sub-goals.
    plain = dopamine.from_history(history, seconds_per_step=60.0)
    np.testing.assert_array_equal(plain.peaks["event"], signal.peaks["event"])
    # Without counting units, the cue, the goal and its omission are left.
    uncounted = SimpleNamespace(**{**vars(history), "full": history.full._replace(units=None)})
    assert dopamine.from_history(uncounted, seconds_per_step=60.0).events == ("cue", "goal", "omission")


def test_units_of_the_record_are_read_before_anything_else():
    wrapped, history = lake()
    full = SimpleNamespace(**history.full._asdict() | {"units": history.full.state % wrapped.n_won})
    told = SimpleNamespace(**{**vars(history), "full": full})
    found = dopamine.from_history(told, seconds_per_step=60.0, sub_goals=(1, 2))
    given = dopamine.from_history(history, seconds_per_step=60.0, units=full.units, sub_goals=(1, 2))
    np.testing.assert_array_equal(found.peaks["event"], given.peaks["event"])


# The five lines


def test_the_five_lines(history, signal):
    assert signal.reward_scale == 20.0
    assert signal.peaks.n_rows == 64 * 300 * 6
    assert signal.events == ("cue", "sub-goal 1", "sub-goal 2", "sub-goal 3", "sub-goal 4", "goal", "omission")
    k = kinetics.REGIONS["accumbens"]
    for row in np.random.default_rng(0).choice(signal.peaks.n_rows, 12, replace=False):
        assert signal.peaks["peak_nM"][row] == pytest.approx(
            integrated(signal.peaks["rate_Hz"][row], 0.2, 0.2, k), abs=2e-3
        )
    peak = signal.mean("peak_nM")
    assert peak[0, 0] == pytest.approx(68.22, abs=0.01)  # Nothing is expected of the first cue: the tonic level.
    assert (peak[1:6, 0] > 145).all()
    assert (peak[1:6, 0] < 160).all()
    assert peak[0, -1] == pytest.approx(204.4, abs=0.1)  # 40 Hz, the ceiling.
    np.testing.assert_allclose(peak[1:6, -1], 68.2, atol=0.1)  # Practised, certain wins move nothing.
    text = str(dopamine.summary(signal))
    for part in ("nM", "ng/mL", "Hz", "reward units", "BP_ND", "share at the ceiling", "bits"):
        assert part in text


def test_the_summary_says_what_the_events_are(history, signal):
    found = dopamine.summary(signal)

    def row(quantity, event, unit):
        (place,) = np.flatnonzero((found["quantity"] == quantity) & (found["event"] == event) & (found["unit"] == unit))
        return found["mean"][place], found["low"][place], found["high"][place]

    wins = signal.peaks["event"] == "sub-goal 2"
    level = signal.peaks["peak_nM"][wins]
    assert row("peak concentration", "sub-goal 2", "nM") == pytest.approx((level.mean(), level.min(), level.max()))
    assert row("peak concentration", "sub-goal 2", "ng/mL")[0] == pytest.approx(0.15318 * level.mean())
    assert row("wins per trial", "all", "1")[0] == 5
    assert row("rate", "all", "1/h")[0] == pytest.approx(5.0)
    assert row("chance per trial", "sub-goal 2", "1")[0] == 1.0
    assert row("entropy", "sub-goal 2", "bits")[0] == 0.0
    assert row("share at the ceiling", "cue", "1")[0] == pytest.approx(
        (signal.peaks["rate_Hz"][signal.peaks["event"] == "cue"] == 40).mean()
    )
    again = dopamine.summary(history, seconds_per_step=60.0)
    for name in found:
        np.testing.assert_array_equal(again[name], found[name])


def test_peaks_rise_and_fall_with_the_error(signal):
    order = np.argsort(signal.peaks["error"])
    peaks = signal.peaks["peak_nM"][order]
    assert all(a <= b + 1e-6 for a, b in pairwise(peaks[:: len(peaks) // 500]))


# Bad input


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"seconds_per_step": -1.0}, ValueError, "seconds_per_step must lie in"),
        ({"seconds_per_step": 0.5}, ValueError, r"seconds_per_step must lie in \[6, inf\); got 0.5"),
        ({"pulse": -0.1}, ValueError, "pulse must lie in"),
        ({"pulse": 9.0}, ValueError, "pulse must lie in"),
        ({"window": (1.0, 5.0)}, ValueError, r"window\[0\] must lie in"),
        ({"window": (-1.0, 0.0)}, ValueError, r"window\[1\] must lie in"),
        ({"window": (1.0,)}, ValueError, "window must be"),
        ({"dt": 0.0}, ValueError, "dt must lie in"),
        ({"reward_scale": "size"}, ValueError, "reward_scale must be one of 'range'"),
        ({"reward_scale": 0.0}, ValueError, "reward_scale must lie in"),
        ({"sub_goals": (2, 6)}, ValueError, "sub_goals must be at most 5; got 6"),
        ({"sub_goals": (0,)}, ValueError, "sub_goals must be at least 1"),
        ({"sub_goals": (3, 2)}, ValueError, "sub_goals must rise"),
        ({"units": np.zeros(3, dtype=int)}, ValueError, "units must have the shape of the recorded states"),
        ({"units": lambda state: state * 0.5, "sub_goals": (1,)}, TypeError, "units must hold whole numbers"),
        ({"units": lambda state: state}, ValueError, "sub_goals must say at which units"),
        ({"agents": [99]}, ValueError, "agents must be among the 6"),
        ({"agents": []}, ValueError, "agents must name at least one"),
        ({"trials": [0, 0]}, ValueError, "each once"),
        ({"trials": [40]}, ValueError, "trials must be among the 40"),
        ({"region": "cortex"}, ValueError, "region must be one of"),
        ({"synchrony": 1.5}, ValueError, "synchrony must lie in"),
        ({"receptors": "fast"}, ValueError, "receptors must be one of"),
        ({"ceiling": 1e12}, ValueError, "ceiling must lie in"),
        ({"baseline": 50.0}, ValueError, "baseline must lie in"),
        ({"tonic_memory": 0.0}, ValueError, "tonic_memory must lie in"),
    ],
)
def test_bad_input(short, settings, error, message):
    with pytest.raises(error, match=message):
        dopamine.from_history(short, **{"seconds_per_step": 60.0, **settings})


def test_what_is_no_full_history_is_refused(short):
    bare = rpe.simulate.run(LEARNER, SHORT, n_agents=2, n_trials=2, rng=0, record="summary")
    with pytest.raises(ValueError, match="history must hold agents in full"):
        dopamine.from_history(bare, seconds_per_step=60.0)
    with pytest.raises(TypeError, match=r"history must come from rpe\.simulate\.run; got ndarray"):
        dopamine.from_history(short.full.delta, seconds_per_step=60.0)
    with pytest.raises(TypeError, match="from_history"):
        dopamine.firing_rate(short)
    with pytest.raises(ValueError, match="seconds_per_step must be given"):
        dopamine.summary(short)
    signal = dopamine.from_history(short, seconds_per_step=60.0)
    with pytest.raises(ValueError, match="column must be one of"):
        signal.mean("event")
    with pytest.raises(ValueError, match="trials must be among"):
        signal.traces([77])
    nothing = rpe.simulate.run(LEARNER, replace(SHORT, payout=np.zeros(7), distraction=-1.0), n_trials=2, rng=0)
    with pytest.raises(ValueError, match="reward_scale must be a number or None where no step pays"):
        dopamine.from_history(nothing, seconds_per_step=60.0)


def test_the_room_shows_what_users_may_use():
    assert dir(dopamine) == sorted(dopamine.__all__)
