"""Measures: exact ones against enumeration and samples, sampled ones against plain recomputation."""

import itertools

import gymnasium as gym
import numpy as np
import pytest
from numpy.testing import assert_allclose

import rpe
from rpe import measures, tasks

HYPERBOLIC = rpe.discounting.Hyperbolic(k=0.1)
SMALL = tasks.GoalTask(
    n_units=2,
    deadline=5,
    payout=[0, 3, 8],
    distraction=1.0,
    start_cost=1.0,
    success_probability=0.7,
    overhead=0.5,
    disengagement=0.4,
    penalty=1.0,
)


def enumerate_paths(task, policy):
    """Every path with its probability, by plain recursion: [(probability, states, actions, reward, effort)]."""
    tables, shape = task.tables, task.tables.next_state.shape
    luck, reward, effort = (
        np.broadcast_to(t, shape) for t in (tables.outcome_probability, tables.reward, tables.effort)
    )
    done = []

    def walk(p, states, actions, gained, spent):
        if len(actions) == task.n_steps:
            done.append((p, states, actions, gained, spent))
            return
        s = states[-1]
        for a in range(task.n_actions):
            for i in range(shape[0]):
                q = p * policy[a, 0, s] * luck[i, s, a]
                if q > 0:
                    after = int(tables.next_state[i, s, a])
                    walk(q, [*states, after], [*actions, a], gained + reward[i, s, a], spent + effort[i, s, a])

    walk(1.0, [0], [], 0.0, 0.0)
    return done


@pytest.mark.parametrize("sophisticated", [False, True])
def test_exact_equals_enumeration(sophisticated):
    planner = rpe.agents.Planner(HYPERBOLIC, inverse_temperature=0.8, sophisticated=sophisticated)
    exact = measures.exact(planner, SMALL)
    paths = enumerate_paths(SMALL, planner.init(SMALL, 1).policy)
    p = np.array([path[0] for path in paths])
    assert p.sum() == pytest.approx(1.0)
    units = SMALL.decode(np.array([path[1] for path in paths]))["units"]
    works = np.array([path[2] for path in paths]) == tasks.WORK
    assert_allclose(exact.share_done[0], p @ (units / 2))
    first = np.stack([np.where((units >= n).any(axis=1), (units >= n).argmax(axis=1), 5) for n in (1, 2)])
    assert exact.procrastination_index[0] == pytest.approx((p @ first.T).mean() / 5)
    assert exact.completion_probability[0] == pytest.approx(p @ (units[:, -1] == 2))
    finished = units[:, -1] == 2
    assert exact.completion_time[0] == pytest.approx((p * finished) @ first[1] / (p @ finished))
    assert exact.reward[0] == pytest.approx(p @ [path[3] for path in paths])
    assert exact.effort[0] == pytest.approx(p @ [path[4] for path in paths])
    assert exact.welfare[0] == pytest.approx(exact.reward[0] - exact.effort[0])
    start = np.where(works.any(axis=1), works.argmax(axis=1), 5)
    assert exact.start_latency[0] == pytest.approx(p @ start / 5)
    for n in range(2):
        at = units[:, :-1] == n
        assert exact.work_probability[0, n] == pytest.approx((p @ (works & at).sum(axis=1)) / (p @ at.sum(axis=1)))
    assert_allclose(exact.units_probability[0], [p @ (units[:, -1] == n) for n in range(3)])
    assert exact.mean_units[0] == pytest.approx(p @ units[:, -1])
    gained = np.diff(units, axis=1)
    assert exact.mean_completion_time[0] == pytest.approx((p @ (gained @ np.arange(1, 6))) / (p @ units[:, -1]))
    assert exact.rush[0] == pytest.approx(1 - (p @ units[:, 4]) / (p @ units[:, 5]))
    assert exact.last_third_share[0] == pytest.approx(1 - (p @ (2 * units[:, 3] + units[:, 4])) / 3 / (p @ units[:, 5]))


def test_samples_agree_with_exact():
    task = tasks.micro_wins(3, n_units=6, deadline=15, success_probability=0.8, distraction=1.5)
    planner = rpe.agents.Planner(HYPERBOLIC)
    exact = measures.exact(planner, task)
    history = rpe.simulate.run(planner, task, n_agents=4000, rng=0)
    for name in ("procrastination_index", "completion_probability", "start_latency", "welfare", "completion_time"):
        sampled = getattr(measures, name)(history)[:, 0]
        error = np.nanstd(sampled) / np.sqrt(len(sampled)) + 1e-4
        assert abs(np.nanmean(sampled) - getattr(exact, name)[0]) < 4 * error, name


def test_vector_parameters_are_agents():
    rates = np.array([0.01, 0.08, 0.3])
    task = tasks.monolithic(n_units=6, deadline=15)
    many = measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic(rates)), task)
    for i, k in enumerate(rates):
        one = measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic(k)), task)
        assert_allclose(many.share_done[i], one.share_done[0])
        assert many.welfare[i] == pytest.approx(one.welfare[0])


def test_exact_reads_what_a_learner_knows():
    """The frozen policy of learners, exactly and from samples."""
    task = tasks.monolithic(n_units=3, deadline=8)
    learner = rpe.agents.ExpectedSarsa(learning_rate=0.3, trace_decay=0.8, inverse_temperature=0.3)
    trained = rpe.simulate.run(learner, task, n_agents=2, n_trials=60, rng=0, keep_memory=True)
    exact = measures.exact(learner, task, n_agents=2, memory=trained.memory)

    class Frozen:
        def init(self, task, n_agents):
            return [trained.memory.q[:, :, i % 2 : i % 2 + 1] for i in range(n_agents)]

        def policy(self, memory, state):
            q = np.stack([memory[i][0, :, 0, s] for i, s in enumerate(state)], axis=1)
            return rpe.choice.softmax(q, 0.3, task.tables.available[state].T)

        def update(self, memory, state, action, step, active):
            return np.zeros(len(state))

    history = rpe.simulate.run(Frozen(), task, n_agents=2000, rng=1)
    sampled = measures.procrastination_index(history)[:, 0].reshape(-1, 2)
    for i in range(2):
        assert sampled[:, i].mean() == pytest.approx(exact.procrastination_index[i], abs=0.03)


def test_floor_and_ceiling_of_the_index():
    eager = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=np.inf)
    without_fun = tasks.monolithic(distraction=0.0, effort=0.0, start_cost=0.0)
    assert measures.exact(
        rpe.agents.Planner(rpe.discounting.Exponential(0.9), np.inf), without_fun
    ).procrastination_index[0] == pytest.approx(21 / 120)
    hopeless = tasks.monolithic(reward=0.0)
    idle = measures.exact(eager, hopeless)
    assert idle.procrastination_index[0] == pytest.approx(1.0)
    assert idle.start_latency[0] == pytest.approx(1.0)
    assert np.isnan(idle.rush[0])
    assert np.isnan(idle.completion_time[0])


def test_plan_gap_of_naifs_and_sophisticates():
    """A greedy naif with a present bias plans to begin tomorrow, every day; a sophisticate does what it foresees."""
    report = tasks.monolithic(
        n_units=1, deadline=10, reward=20.0, effort=4.0, start_cost=0.0, distraction=0.0, pay="deadline"
    )
    biased = rpe.discounting.QuasiHyperbolic(0.5, 0.99)
    naif = rpe.agents.Planner(biased, inverse_temperature=np.inf)
    plan = measures.planned(naif, report)
    assert plan.completion_probability[0] == 1
    assert measures.exact(naif, report).start_latency[0] - plan.start_latency[0] == pytest.approx(
        measures.plan_gap(naif, report)[0]
    )
    wise = rpe.agents.Planner(biased, inverse_temperature=2.0, sophisticated=True)
    assert measures.plan_gap(wise, report)[0] == pytest.approx(0.0, abs=1e-12)


def test_naive_plan_is_put_off_every_day():
    report = tasks.DoOnceTask([3, 5, 8, 13])
    naif = rpe.agents.Planner(rpe.discounting.QuasiHyperbolic(0.5, 1.0), inverse_temperature=np.inf)
    assert measures.planned(naif, report).completion_time[0] == 2
    assert measures.exact(naif, report).completion_time[0] == 4
    assert measures.plan_gap(naif, report)[0] == pytest.approx((3 - 1) / 5)


# --- momentum -----------------------------------------------------------------------------------


class Script:
    """An agent that acts by a given table (n_trials, n_steps, n_agents), whatever the state."""

    def __init__(self, actions):
        self.actions = actions

    def init(self, task, n_agents):
        return {"now": 0}

    def policy(self, memory, state):
        trial, step = divmod(memory["now"], self.actions.shape[1])
        return np.eye(2)[self.actions[trial, step]].T

    def update(self, memory, state, action, step, active):
        memory["now"] += 1
        return np.zeros(len(state))


def scripted(seed=0, n_agents=7, n_trials=5, n_steps=12, stay=0.8):
    """Histories of given actions with runs, on a task that nobody finishes."""
    rng = np.random.default_rng(seed)
    actions = np.zeros((n_trials, n_steps, n_agents), dtype=int)
    actions[:, 0] = rng.integers(2, size=(n_trials, n_agents))
    for t in range(1, n_steps):
        actions[:, t] = np.where(rng.random((n_trials, n_agents)) < stay, actions[:, t - 1], 1 - actions[:, t - 1])
    task = tasks.micro_wins(10, n_units=30, deadline=n_steps)
    history = rpe.simulate.run(Script(actions), task, n_agents=n_agents, n_trials=n_trials, rng=0)
    return history, actions.transpose(2, 0, 1)


def gap_of(actions):
    """P(work | worked) − P(work | did not), pooled over an agent's trials, in plain loops."""
    counts = {True: [0, 0], False: [0, 0]}
    for trial in actions:
        for before, now in itertools.pairwise(trial):
            counts[bool(before)][0] += int(now)
            counts[bool(before)][1] += 1
    return counts[True][0] / counts[True][1] - counts[False][0] / counts[False][1]


def test_momentum_gap_in_plain_loops():
    history, actions = scripted()
    assert_allclose(measures.momentum(history).observed, [gap_of(agent) for agent in actions])


def test_shuffle_is_the_mean_over_random_orders():
    """The expectation in closed form against a thousand real shuffles."""
    history, actions = scripted(n_agents=3, n_trials=20)
    rng = np.random.default_rng(0)
    shuffled = [[gap_of(rng.permuted(agent, axis=1)) for agent in actions] for _ in range(1000)]
    assert_allclose(measures.momentum(history).shuffled, np.mean(shuffled, axis=0), atol=0.01)


def test_momentum_is_zero_for_coin_flips_and_positive_for_runs():
    flips = measures.momentum_gap(scripted(n_agents=200, n_trials=20, stay=0.5)[0])
    runs = measures.momentum_gap(scripted(n_agents=200, n_trials=20, stay=0.8)[0])
    assert abs(flips.mean()) < 0.02
    assert runs.mean() > 0.3


def test_conditional_rates_in_plain_loops():
    history, actions = scripted()
    streaks, units, since = {}, {}, {}
    goals = set(history.task.goals)
    for agent in actions:
        for trial in agent:
            run, done, last = 0, 0, None
            for now, action in enumerate(trial):
                for table, key in ((streaks, run), (units, done), (since, None if last is None else now - last)):
                    hit, n = table.get(key, (0, 0))
                    table[key] = (hit + int(action), n + 1)
                run = run + 1 if action else 0
                if action:
                    done += 1
                    if done in goals:
                        last = now + 1
    for rates, table in (
        (measures.work_by_streak(history), streaks),
        (measures.work_by_unit(history), units),
        (measures.work_since_sub_goal(history), since),
    ):
        found = {int(c): p for c, p in zip(rates.condition, rates.probability, strict=True) if np.isfinite(p)}
        assert found == pytest.approx({k: hit / n for k, (hit, n) in table.items() if k is not None})


def test_last_trials_only():
    history, actions = scripted()
    assert_allclose(measures.momentum(history, last=2).observed, [gap_of(agent[-2:]) for agent in actions])
    assert measures.work_by_unit(history, last=1).offered.sum() == actions[:, -1].size


# --- bands and errors ---------------------------------------------------------------------------


def test_bootstrap_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = [
        band.low <= 1.0 <= band.high
        for band in (
            measures.bootstrap(rng.exponential(size=60), confidence=0.9, n_resamples=400, rng=rng) for _ in range(200)
        )
    ]
    assert 0.80 <= np.mean(hits) <= 0.97


def test_bootstrap_of_curves_is_reproducible():
    curves = np.random.default_rng(0).normal(size=(30, 4))
    a, b = (measures.bootstrap(curves, rng=3) for _ in range(2))
    for x, y in zip(a, b, strict=True):
        assert_allclose(x, y)
    assert_allclose(a.mean, curves.mean(axis=0))
    assert (a.low < a.high).all()


def test_event_errors_in_plain_loops():
    task = tasks.micro_wins(2, n_units=4, deadline=8, distraction=0.5, start_cost=0.0)
    learner = rpe.agents.QLearner(inverse_temperature=0.5)
    history = rpe.simulate.run(learner, task, n_agents=40, n_trials=6, rng=0)
    errors, full = measures.event_errors(history), history.full
    units = task.decode(full.state)["units"]
    for trial in range(6):
        found = {"cue": [], "sub-goal": [], "goal": []}
        for agent in range(40):
            found["cue"].append(full.delta[agent, trial, 0])
            for t in range(8):
                if units[agent, trial, t + 1] > units[agent, trial, t] and units[agent, trial, t + 1] in (2, 4):
                    kind = "goal" if units[agent, trial, t + 1] == 4 else "sub-goal"
                    found[kind].append(full.delta[agent, trial, t + 1])
        for kind, values in found.items():
            assert errors[kind][trial] == pytest.approx(np.mean(values) if values else np.nan, nan_ok=True)


def test_bad_input():
    table = rpe.envs.tabulate(gym.make("FrozenLake-v1"))
    planner = rpe.agents.Planner(HYPERBOLIC)
    lake = measures.exact(planner, table)
    assert lake.reward.shape == (1,)
    with pytest.raises(ValueError, match="units of work"):
        _ = lake.procrastination_index
    history = rpe.simulate.run(planner, table, n_agents=2, rng=0)
    for measure in (measures.procrastination_index, measures.momentum_gap, measures.event_errors, measures.rush):
        with pytest.raises(ValueError, match="units of work"):
            measure(history)
    summary = rpe.simulate.run(planner, SMALL, n_agents=2, rng=0, record="summary")
    with pytest.raises(ValueError, match="record='summary'"):
        measures.welfare(summary)
    unseen = rpe.simulate.run(planner, SMALL, n_agents=2, rng=0, record=[])
    with pytest.raises(ValueError, match="in full"):
        measures.work_by_unit(unseen)
    with pytest.raises(TypeError, match="history must be a History"):
        measures.rush("history")
    with pytest.raises(ValueError, match="last must be at most 1; got 2"):
        measures.momentum(unseen, last=2)
    with pytest.raises(TypeError, match="planner must be a Planner"):
        measures.planned(rpe.agents.QLearner(), SMALL)
    with pytest.raises(ValueError, match="hold the time"):
        measures.planned(planner, table)
    with pytest.raises(ValueError, match="n_steps must be at most 5"):
        measures.exact(planner, SMALL, n_steps=6)
    with pytest.raises(ValueError, match="n_agents"):
        measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic([0.1, 0.2])), SMALL, n_agents=3)
    with pytest.raises(ValueError, match="policy must have shape"):
        measures.follow(np.ones((2, 1, 3)), SMALL)
    with pytest.raises(ValueError, match="policy must sum to 1"):
        measures.follow(np.full((2, 1, SMALL.n_states), 0.4), SMALL)
    with pytest.raises(ValueError, match="at least two agents"):
        measures.bootstrap([1.0])
    with pytest.raises(ValueError, match="values must be finite"):
        measures.bootstrap([1.0, np.nan])
    with pytest.raises(ValueError, match="confidence"):
        measures.bootstrap([1.0, 2.0], confidence=1.0)
