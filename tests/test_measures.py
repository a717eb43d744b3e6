"""Measures: exact ones against enumeration and samples, sampled ones against plain recomputation."""

import itertools
from dataclasses import replace

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


def momentum_of(p, units, works, n_units):
    """Momentum within strata of time and units done, weighted by overlap, in plain loops over paths."""
    strata = {}
    for weight, done, worked in zip(p, units, works, strict=True):
        for t in range(1, len(worked)):
            if done[t] < n_units:
                cell = strata.setdefault((t, done[t]), {True: [0.0, 0.0], False: [0.0, 0.0]})[bool(worked[t - 1])]
                cell[0] += weight * worked[t]
                cell[1] += weight
    up = down = 0.0
    for cell in strata.values():
        (v, a), (w, b) = cell[True], cell[False]
        if a > 0 and b > 0:
            up += (v / a - w / b) * a * b / (a + b)
            down += a * b / (a + b)
    return up / down if down else np.nan


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
    assert exact.undone[0] == pytest.approx(1 - p @ units[:, -1] / 2)
    of_done = first * np.stack([(units >= n).any(axis=1) for n in (1, 2)])
    assert exact.delay[0] == pytest.approx((p @ of_done.T).sum() / (2 * 5))
    assert exact.momentum[0] == pytest.approx(momentum_of(p, units[:, :-1], works, 2))
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


@pytest.mark.parametrize("knowledge", ["naive", "sophisticated", "partially naive"])
def test_a_task_for_each_agent_is_as_one_after_the_other(knowledge):
    """Tasks that pay differently in one solution, against each solved alone; agents and tasks shared or not."""
    rates, believed = np.array([0.02, 0.1, 0.3, 0.1]), np.array([0.01, 0.05, 0.15, 0.05])
    several = [replace(SMALL, payout=[0, a, b], distraction=d) for a, b, d in ((3, 8, 1.0), (0, 9, 0.5), (5, 5, 2.0))]
    each = [several[0], several[1], several[2], several[1]]

    def planner(k, half):
        later = rpe.discounting.Hyperbolic(half) if knowledge == "partially naive" else None
        return rpe.agents.Planner(rpe.discounting.Hyperbolic(k), 1.5, knowledge != "naive", believed_discounting=later)

    together = measures.exact_each(planner(rates, believed), each)
    alike = measures.exact_each(planner(0.1, 0.05), each)
    for i, task in enumerate(each):
        for found, alone in (
            (together, measures.exact(planner(rates[i], believed[i]), task)),
            (alike, measures.exact(planner(0.1, 0.05), task)),
        ):
            for name in ("welfare", "effort", "procrastination_index", "completion_probability", "momentum"):
                assert_allclose(getattr(found, name)[i], getattr(alone, name)[0], atol=1e-12, err_msg=name)
            assert_allclose(found.utility[i], alone.utility[0], atol=1e-12)
    assert together.take([1, 3]).shared_task is several[1]


def test_tasks_that_lead_elsewhere_are_not_solved_together():
    planner = rpe.agents.Planner(HYPERBOLIC)
    with pytest.raises(ValueError, match="rewards, efforts and points alone"):
        measures.exact_each(planner, [SMALL, replace(SMALL, success_probability=0.6)])
    with pytest.raises(ValueError, match="tasks must hold at least one task; got none"):
        measures.exact_each(planner, [])
    two = rpe.agents.Planner(rpe.discounting.Hyperbolic([0.1, 0.2]))
    with pytest.raises(ValueError, match="one for each of 2 agents; got 3"):
        measures.exact_each(two, [SMALL, replace(SMALL, penalty=0.0), SMALL])
    with pytest.raises(TypeError, match="planner must be a Planner; got QLearner"):
        measures.exact_each(rpe.agents.QLearner(), [SMALL])
    own = measures.exact_each(planner, [SMALL, replace(SMALL, penalty=0.0)])
    with pytest.raises(ValueError, match="agents must share one task; each of 2 has its own"):
        measures.classify(own, own)


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


@pytest.mark.parametrize("beta", [0.3, 1.0, 10.0, np.inf])
@pytest.mark.parametrize("sophisticated", [False, True])
def test_time_consistent_agents_have_no_plan_gap(beta, sophisticated):
    """Noise alone makes no gap: what is planned contains it."""
    for gamma in (0.0, 0.9, 1.0):
        agent = rpe.agents.Planner(rpe.discounting.Exponential(gamma), beta, sophisticated)
        for task in (tasks.monolithic(), tasks.micro_wins(3, success_probability=0.8, pay="deadline")):
            assert abs(measures.plan_gap(agent, task)[0]) < 1e-12
    biased = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08), beta, sophisticated)
    gap = measures.plan_gap(biased, tasks.monolithic())[0]
    assert abs(gap) < 1e-12 if sophisticated else abs(gap) > 1e-3


# --- records of every kind ------------------------------------------------------------------------


def test_every_record_gives_the_same_measures():
    """A simulation, its choices as a record, and its work over time; and the index is delay plus undone."""
    planner = rpe.agents.Planner(HYPERBOLIC, inverse_temperature=0.5)
    task = tasks.micro_wins(2, n_units=4, deadline=9, success_probability=0.8, start_cost=1.0)
    history = rpe.simulate.run(planner, task, n_agents=60, rng=0)
    choices = rpe.records.Choices.of(
        history.full.action, history.full.reward, state=history.full.state, effort=history.full.effort
    )
    done = np.diff(task.decode(history.full.state[:, 0])["units"], axis=1)
    log = rpe.records.WorkLog.of(done)
    names = ("procrastination_index", "delay", "undone", "completion_probability", "completion_time", "rush")
    for name in (*names, "last_third_share"):
        measure = getattr(measures, name)
        assert_allclose(measure(choices, task=task), measure(history))
        assert_allclose(measure(log, n_units=4), measure(history)[:, 0])
    assert_allclose(measures.start_latency(choices, task=task), measures.start_latency(history))
    assert_allclose(measures.momentum(choices, task=task), measures.momentum(history))
    assert_allclose(measures.welfare(choices), measures.welfare(history))
    for by in measures.YARDSTICKS:
        mine, theirs = (measures.welfare(r, by=by, discounting=HYPERBOLIC) for r in (history, choices))
        assert_allclose(mine, theirs)
    parts = measures.delay(history) + measures.undone(history)
    assert_allclose(parts, measures.procrastination_index(history), atol=1e-14)
    exact = measures.exact(planner, task)
    assert_allclose(exact.delay + exact.undone, exact.procrastination_index, atol=1e-14)
    for name in (*names, "start_latency", "momentum", "welfare"):
        assert_allclose(getattr(measures, name)(exact), getattr(exact, name))


def test_work_over_time_by_hand():
    log = rpe.records.WorkLog.of([[1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0], [1, -1, 0, 0]])
    assert_allclose(measures.delay(log, n_units=2), [(1 + 2) / 8, 4 / 8, 0.0, np.nan])
    assert_allclose(measures.undone(log, n_units=2), [0.0, 0.5, 1.0, np.nan])
    assert_allclose(measures.procrastination_index(log, n_units=2), [3 / 8, 1.0, 1.0, np.nan])
    assert_allclose(measures.start_latency(log, n_units=2), [0.0, 0.75, 1.0, np.nan])
    assert_allclose(measures.completion_time(log, n_units=2), [2, np.nan, np.nan, np.nan])


# --- welfare, worth and classes -------------------------------------------------------------------


def best_by_recursion(task, weight, may_work):
    """The value of the best policy by plain recursion over states."""
    tables, shape = task.tables, task.tables.next_state.shape
    chance, reward, effort = (
        np.broadcast_to(t, shape) for t in (tables.outcome_probability, tables.reward, tables.effort)
    )
    known = {}

    def value(state, time):
        if time == task.n_steps:
            return 0.0
        if state not in known:
            options = []
            for action in range(shape[2]):
                if tables.available[state, action] and (may_work or not task.is_work[action]):
                    total = 0.0
                    for i in range(shape[0]):
                        gain = weight[time] * (reward[i, state, action] - effort[i, state, action])
                        total += chance[i, state, action] * (
                            gain + value(tables.next_state[i, state, action], time + 1)
                        )
                    options.append(total)
            known[state] = max(options)
        return known[state]

    return value(0, 0)


@pytest.mark.parametrize("by", measures.YARDSTICKS)
def test_worth_by_recursion(by):
    discounting = rpe.discounting.Hyperbolic([0.05, 0.4])
    worth = measures.worth_doing(SMALL, by=by, discounting=discounting)
    weights = np.broadcast_to(measures.yardstick(by, discounting, 5), (2, 5))
    found = worth if by != "undiscounted" else measures.Worth(*(np.repeat(part, 2) for part in worth))
    for i in range(2):
        assert found.best[i] == pytest.approx(best_by_recursion(SMALL, weights[i], True))
        assert found.never[i] == pytest.approx(best_by_recursion(SMALL, weights[i], False))
        assert found.gain[i] == pytest.approx(found.best[i] - found.never[i])


def test_yardsticks():
    biased = rpe.discounting.QuasiHyperbolic(0.6, 0.9)
    assert_allclose(measures.yardstick("long-run self", biased, 4), 0.9 ** np.arange(4))
    assert_allclose(measures.yardstick("today's self", biased, 4), [1, 0.54, 0.486, 0.4374])
    consistent = rpe.discounting.Exponential([0.5, 0.9])
    assert_allclose(*(measures.yardstick(by, consistent, 6) for by in measures.YARDSTICKS[1:]))
    assert_allclose(measures.yardstick("long-run self", HYPERBOLIC, 5), 1.5 / (1.5 + 0.1 * np.arange(5)))
    assert_allclose(measures.yardstick("long-run self", rpe.discounting.Exponential(0.0), 3), [1, 0, 0])


def test_a_discounted_welfare_is_the_value_of_today():
    """For a time-consistent agent it is what the planner itself says its first state is worth."""
    planner = rpe.agents.Planner(rpe.discounting.Exponential(0.9), 0.7, sophisticated=True)
    value = planner.init(SMALL, 1).value[0, 0]
    assert measures.welfare(measures.exact(planner, SMALL), by="today's self", discounting=planner.discounting)[
        0
    ] == pytest.approx(value)


def test_classes():
    """One case of each class, made so that the reason is plain."""
    greedy = {"inverse_temperature": np.inf}
    small = {"n_units": 4, "deadline": 12, "effort": 1.0, "distraction": 1.0, "start_cost": 0.0}
    steep, patient = (rpe.agents.Planner(rpe.discounting.Hyperbolic(k), **greedy) for k in (0.5, 0.0))

    def judged(agent, before, after, **how):
        return measures.classify(measures.exact(agent, before), measures.exact(agent, after), **how)[0]

    rich, poor = (tasks.monolithic(reward=r, **small) for r in (16.0, 7.0))
    split = tasks.micro_wins(4, reward=16.0, **small)
    assert judged(steep, rich, split) == "helps"
    assert judged(steep, split, rich) == "hurts"
    assert judged(patient, rich, split) == "no effect"
    assert judged(patient, poor, tasks.micro_wins(4, reward=7.0, **small)) == "rightly left alone"
    # A lure at once and a fine in the end: sooner done, and worse off.
    lured = rpe.agents.Planner(rpe.discounting.Exponential(0.3), **greedy)
    assert judged(lured, poor, tasks.GoalTask(payout=[0, 4.0, 1.0, 1.0, 1.0], **small)) == "helps"
    fined = tasks.GoalTask(payout=[0, 4.0, 1.0, 1.0, 1.0], penalty=20.0, **small)
    assert judged(lured, poor, fined) == "works at a loss"
    today = {"by": "today's self", "discounting": lured.discounting}
    assert judged(lured, poor, fined, **today) == "helps"
    wide = measures.Thresholds(index=1.0, completion=1.0)
    assert judged(steep, rich, split, thresholds=wide) == "no effect"


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


def test_raw_difference_in_plain_loops():
    history, actions = scripted()
    assert_allclose(measures.momentum_with_trend(history).observed, [gap_of(agent) for agent in actions])


def test_shuffle_is_the_mean_over_random_orders():
    """The expectation in closed form against a thousand real shuffles."""
    history, actions = scripted(n_agents=3, n_trials=20)
    rng = np.random.default_rng(0)
    shuffled = [[gap_of(rng.permuted(agent, axis=1)) for agent in actions] for _ in range(1000)]
    assert_allclose(measures.momentum_with_trend(history).shuffled, np.mean(shuffled, axis=0), atol=0.01)


def test_momentum_in_plain_loops():
    history, actions = scripted(n_agents=40)
    units = history.full.state[..., :-1]
    units = history.task.decode(units)["units"]
    whole = momentum_of(np.ones(200), units.reshape(200, -1), actions.reshape(200, -1), 30)
    assert measures.momentum(history) == pytest.approx(whole)
    last = momentum_of(np.ones(80), units[:, -2:].reshape(80, -1), actions[:, -2:].reshape(80, -1), 30)
    assert measures.momentum(history, last=2) == pytest.approx(last)
    each = [momentum_of(np.ones(5), units[i], actions[i], 30) for i in range(40)]
    assert_allclose(measures.momentum(history, by_agent=True), each)


def test_momentum_is_zero_for_coin_flips_and_positive_for_runs():
    flips = measures.momentum_band(scripted(n_agents=300, n_trials=20, stay=0.5)[0], rng=0)
    assert flips.low < 0 < flips.high
    assert abs(flips.mean) < 0.02
    runs = measures.momentum_band(scripted(n_agents=200, n_trials=20, stay=0.8)[0], rng=0)
    assert runs.low < 0.6 < runs.high


def test_a_trend_is_no_momentum():
    """Work that grows with time alone: a large raw difference beyond a shuffle, and no momentum."""
    rng = np.random.default_rng(0)
    rate = np.linspace(0, 1, 12) ** 2
    actions = (rng.random((20, 12, 400)) < rate[:, None]).astype(int)
    task = tasks.micro_wins(10, n_units=30, deadline=12)
    history = rpe.simulate.run(Script(actions), task, n_agents=400, n_trials=20, rng=0, record="all")
    assert np.nanmean(measures.momentum_with_trend(history).beyond_shuffle) > 0.25
    band = measures.momentum_band(history, rng=0)
    assert band.low < 0 < band.high
    assert abs(band.mean) < 0.02


@pytest.mark.parametrize("sophisticated", [False, True])
@pytest.mark.parametrize(
    "discounting", [HYPERBOLIC, rpe.discounting.Exponential(0.9), rpe.discounting.Exponential(1.0)]
)
def test_planners_without_start_costs_have_no_momentum(discounting, sophisticated):
    for task in (tasks.monolithic(start_cost=0.0), tasks.micro_wins(4, start_cost=0.0, success_probability=0.7)):
        planner = rpe.agents.Planner(discounting, inverse_temperature=0.4, sophisticated=sophisticated)
        assert abs(measures.exact(planner, task).momentum[0]) < 1e-12
    planner = rpe.agents.Planner(discounting, inverse_temperature=0.4, sophisticated=sophisticated)
    assert measures.exact(planner, tasks.monolithic(start_cost=2.0)).momentum[0] > 0.05


def test_sampled_momentum_agrees_with_exact():
    planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    for n_goals in (1, 5):
        task = tasks.micro_wins(n_goals)
        history = rpe.simulate.run(planner, task, n_agents=2000, rng=1, record="all")
        band = measures.momentum_band(history, confidence=0.999, rng=0)
        assert band.low < measures.exact(planner, task).momentum[0] < band.high


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
    assert_allclose(measures.momentum_with_trend(history, last=2).observed, [gap_of(agent[-2:]) for agent in actions])
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
    for measure in (
        measures.procrastination_index,
        measures.momentum,
        measures.momentum_with_trend,
        measures.event_errors,
        measures.rush,
    ):
        with pytest.raises(ValueError, match="units of work"):
            measure(history)
    summary = rpe.simulate.run(planner, SMALL, n_agents=2, rng=0, record="summary")
    with pytest.raises(ValueError, match="record='summary'"):
        measures.welfare(summary)
    unseen = rpe.simulate.run(planner, SMALL, n_agents=2, rng=0, record=[])
    with pytest.raises(ValueError, match="in full"):
        measures.work_by_unit(unseen)
    with pytest.raises(ValueError, match="in full"):
        measures.momentum(unseen)
    with pytest.raises(ValueError, match="in full"):
        measures.welfare(unseen, by="today's self", discounting=HYPERBOLIC)
    with pytest.raises(TypeError, match="record must be a History, an exact solution, choices"):
        measures.rush("history")
    with pytest.raises(ValueError, match="last must be at most 1; got 2"):
        measures.momentum_with_trend(unseen, last=2)
    log = rpe.records.WorkLog.of([[1, 1]])
    with pytest.raises(ValueError, match="n_units must say how many units"):
        measures.delay(log)
    with pytest.raises(TypeError, match="must hold reward and effort; got WorkLog"):
        measures.welfare(log)
    with pytest.raises(ValueError, match="task must be the task with units of work"):
        measures.delay(history.full)
    with pytest.raises(ValueError, match="name must be one of 'undiscounted'"):
        measures.yardstick("mine", HYPERBOLIC, 3)
    with pytest.raises(ValueError, match="discounting must be given for the yardstick"):
        measures.worth_doing(SMALL, by="long-run self")
    with pytest.raises(ValueError, match="units of work and hold the time"):
        measures.worth_doing(table)
    alone = measures.exact(planner, SMALL)
    pair = measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic([0.1, 0.2])), SMALL)
    with pytest.raises(ValueError, match="same agents; got 1 and 2"):
        measures.classify(alone, pair)
    with pytest.raises(ValueError, match="index must lie in"):
        measures.Thresholds(index=-1.0)
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
