"""Simulations against a scalar one that reads the same noise, and against themselves cut differently."""

import copy
import dataclasses

import gymnasium as gym
import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_text import newest

import rpe
from rpe.agents import ExpectedSarsa, MicroAgents, Planner, QLearner
from rpe.discounting import Exponential, Hyperbolic
from rpe.simulate import run

GOAL = naive.goal_task()
MAZE = naive.maze_task()
LEARNER = QLearner(learning_rate=0.3, discount=0.9, trace_decay=0.8, exploration=0.1)


def streams(seed, n):
    """The streams of choice and of luck of a single group of agents."""
    assert n <= 256
    return np.random.default_rng(seed).spawn(1)[0].spawn(2)


def scalar_history(task, twins, n_trials, n_steps, seed):
    """Play every agent alone, step by step, with the numbers that `run` draws for it."""
    n = len(twins)
    choices, lucks = streams(seed, n)
    full = {"state": np.zeros((n, n_trials, n_steps + 1)), "action": np.full((n, n_trials, n_steps), -1)}
    full |= {name: np.zeros((n, n_trials, n_steps)) for name in ("reward", "effort")}
    full |= {"delta": np.zeros((n, n_trials, n_steps + 1))}
    length = np.zeros((n, n_trials))
    lucky = task.tables.next_state.shape[0] > 1
    for trial in range(n_trials):
        uniform = choices.random((n_steps, n))
        starts = task.initial(n, lucks)
        luck = lucks.random((n_steps, n)) if lucky else np.zeros((n_steps, n))
        for i, twin in enumerate(twins):
            state = int(starts[i])
            full["delta"][i, trial, 0] = twin.start(state)
            full["state"][i, trial] = state
            for now in range(n_steps):
                p, level = twin.probabilities(state), uniform[now, i]
                for action in sorted(p):
                    if level < p[action]:
                        break
                    level -= p[action]
                outcome, mass = 0, naive.pick(task.tables.outcome_probability, 0, state, action)
                while luck[now, i] >= mass:
                    outcome += 1
                    mass += naive.pick(task.tables.outcome_probability, outcome, state, action)
                reward, effort, points = (
                    naive.pick(table, outcome, state, action)
                    for table in (task.tables.reward, task.tables.effort, task.tables.points)
                )
                over = bool(naive.pick(task.tables.terminated, outcome, state, action))
                to = int(task.tables.next_state[outcome, state, action])
                full["delta"][i, trial, now + 1] = twin.update(state, action, reward + points - effort, to, over)
                full["action"][i, trial, now], full["reward"][i, trial, now] = action, reward
                full["effort"][i, trial, now] = effort
                state = to
                full["state"][i, trial, now + 1 :] = state
                length[i, trial] += 1
                if over:
                    break
    return full, length


@pytest.mark.parametrize(
    ("task", "n_steps"), [(GOAL, None), (GOAL, 4), (MAZE, None), (naive.tower_task(), None), (naive.tower_task(4), 3)]
)
@pytest.mark.parametrize("trace_decay", [0.0, 0.8])
def test_a_simulation_is_the_scalar_one(task, n_steps, trace_decay):
    n, n_trials = 7, 6
    agent = QLearner(learning_rate=0.3, discount=0.9, trace_decay=trace_decay, exploration=0.1, cut_trace=True)
    history = run(agent, task, n_agents=n, n_trials=n_trials, n_steps=n_steps, rng=11, record="all")
    twins = [
        naive.Learner(task, gammas=[0.9], weights=[1], alpha=0.3, lam=trace_decay, beta=1.0, epsilon=0.1, cut=True)
        for _ in range(n)
    ]
    full, length = scalar_history(task, twins, n_trials, n_steps or task.n_steps, seed=11)
    for name, want in full.items():
        np.testing.assert_allclose(getattr(history.full, name), want, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(history.curves.delta_mean, full["delta"].mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(history.curves.delta_variance, full["delta"].var(axis=0), atol=1e-11)
    np.testing.assert_array_equal(history.trials.length, length)
    np.testing.assert_allclose(history.trials.reward, full["reward"].sum(axis=2), atol=1e-12)
    np.testing.assert_allclose(history.trials.effort, full["effort"].sum(axis=2), atol=1e-12)
    assert history.trials.units is None or task is GOAL
    assert (history.n_agents, history.n_trials, history.n_steps) == (n, n_trials, n_steps or task.n_steps)


def test_traces_are_settled_when_all_have_ended_early():
    task, n_trials = naive.tower_task(), 40
    agent = QLearner(learning_rate=0.3, discount=0.9, trace_decay=0.8, exploration=0.1)
    history = run(agent, task, n_agents=2, n_trials=n_trials, rng=3, record="all")
    rule = {"gammas": [0.9], "weights": [1], "alpha": 0.3, "lam": 0.8, "beta": 1.0, "epsilon": 0.1, "cut": True}
    full, length = scalar_history(task, [naive.Learner(task, **rule) for _ in range(2)], n_trials, 6, seed=3)
    assert ((length[0] < length[1]) & (length[1] < 5)).any()
    np.testing.assert_allclose(history.full.delta, full["delta"], atol=1e-12)


def boiled_down(task, states, actions):
    """The summary of one trial of one agent, from the definition of each number."""
    n_steps = len(actions)
    units = [int(u) for u in task.decode(states)["units"]]
    offered = [bool(task.tables.available[s, 1]) for s in states[:-1]]
    works = [a == 1 for a in actions]

    def at(time):
        return float(np.interp(time, np.arange(n_steps + 1), units))

    pairs = [t for t in range(n_steps - 1) if offered[t] and offered[t + 1]]
    return {
        "length": n_steps,
        "units": units[-1],
        "unit_steps": sum(units[:-1]),
        "units_late": units[-1] - at(0.8 * n_steps),
        "units_last_third": units[-1] - at(n_steps * 2 / 3),
        "completion_time": units.index(task.n_units) if task.n_units in units else -1,
        "start_time": works.index(True) if any(works) else n_steps,
        "choices": sum(offered),
        "worked": sum(works),
        "pairs": len(pairs),
        "pairs_worked": sum(works[t] for t in pairs),
        "pairs_both": sum(works[t] and works[t + 1] for t in pairs),
    }


@pytest.mark.parametrize(
    "task",
    [
        GOAL,
        rpe.tasks.micro_wins(3, n_units=5, deadline=11, reward=30.0),
        rpe.tasks.GoalTask(n_units=2, deadline=600, distraction=0.0, success_probability=0.01),
        rpe.tasks.GoalTask(n_units=1, deadline=1),
        rpe.tasks.GoalTask(n_units=9, deadline=7),
    ],
)
def test_summaries_follow_their_definitions(task):
    n, n_trials = 40, 3
    history = run(LEARNER, task, n_agents=n, n_trials=n_trials, rng=3, record="all")
    done = np.zeros((n_trials, task.n_steps + 1))
    events = {True: [[] for _ in range(n_trials)], False: [[] for _ in range(n_trials)]}
    for i in range(n):
        for trial in range(n_trials):
            states, actions = history.full.state[i, trial], history.full.action[i, trial]
            for name, want in boiled_down(task, states, list(actions)).items():
                assert getattr(history.trials, name)[i, trial] == pytest.approx(want, abs=1e-12), name
            units = task.decode(states)["units"]
            done[trial] += units / task.n_units / n
            for t in range(task.n_steps):
                if units[t + 1] > units[t] and units[t + 1] in task.goals:
                    last = bool(units[t + 1] == task.n_units)
                    events[last][trial].append(history.full.delta[i, trial, t + 1])
    np.testing.assert_allclose(history.curves.share_done, done, atol=1e-12)
    for last, curve in ((False, history.curves.sub_goal_error), (True, history.curves.goal_error)):
        want = [np.mean(errors) if errors else np.nan for errors in events[last]]
        np.testing.assert_allclose(curve, want, atol=1e-12)


def same(a, b, *, full=True):
    """Whether two histories are the same to the bit."""
    parts = [(a.curves, b.curves), (a.trials, b.trials)] + ([(a.full, b.full)] if full else [])
    for x, y in parts:
        assert (x is None) == (y is None)
        for name in () if x is None else x._fields:
            u, v = getattr(x, name), getattr(y, name)
            assert (u is None) == (v is None), name
            if u is not None:
                np.testing.assert_array_equal(u, v, err_msg=name)


@st.composite
def goal_tasks(draw):
    """Random valid tasks."""
    n_units, deadline = draw(st.integers(1, 6)), draw(st.integers(1, 10))
    amount = st.floats(0, 5)
    return rpe.tasks.micro_wins(
        draw(st.integers(1, n_units)),
        n_units=n_units,
        deadline=deadline,
        reward=draw(st.floats(0, 50)),
        share=draw(st.floats(0, 1)),
        effort=draw(amount),
        distraction=draw(amount),
        start_cost=draw(amount),
        success_probability=draw(st.floats(0.1, 1)),
        overhead=draw(amount),
        disengagement=draw(st.sampled_from([0.0, 0.3, 1.0])),
        fatigue_cost=draw(st.sampled_from([0.0, 0.5])),
        max_fatigue=2,
        pay=draw(st.sampled_from(["completion", "deadline"])),
    )


def test_equally_likely_lucks_need_one_entry():
    tables = naive.tower_task().tables
    short = rpe.tasks.TableTask(tables._replace(outcome_probability=np.full((1, 1, 1), 0.5)), 6, layer_size=3)
    same(*(run(LEARNER, task, n_agents=9, n_trials=3, rng=0) for task in (naive.tower_task(), short)))


def test_a_luck_of_no_probability_never_comes():
    p = np.array([1 / 3, 1 / 3, 1 / 3 - 2e-12, 0.0, 0.0]).reshape(5, 1, 1)
    tables = rpe.tasks.Tables(
        next_state=np.zeros((5, 1, 1), dtype=int),
        outcome_probability=np.broadcast_to(p, (5, 1, 1)),
        reward=np.arange(5.0).reshape(5, 1, 1),
        effort=np.zeros((1, 1, 1)),
        terminated=np.ones((1, 1, 1), dtype=bool),
        available=np.ones((1, 1), dtype=bool),
    )
    task = rpe.tasks.TableTask(tables, 1)
    zero = np.zeros(3, dtype=int)
    step = task.look_up(zero, zero, np.array([0.0, 0.5, np.nextafter(1.0, 0.0)]))
    assert step.reward.tolist() == [0.0, 1.0, 2.0]


@settings(deadline=None, max_examples=20)
@given(goal_tasks(), st.integers(0, 3), st.sampled_from([255, 256, 257, 513, 1100]), st.integers(0, 2**32 - 1))
def test_chunks_change_nothing(task, which, n, seed):
    rng = np.random.default_rng(seed)
    vector = {"learning_rate": rng.random(n), "inverse_temperature": rng.random(n) * 3}
    agent = [
        QLearner(discount=rng.random(n), trace_decay=0.9, **vector),
        ExpectedSarsa(exploration=rng.random(n), **vector),
        MicroAgents(k=rng.random(n), n_exponentials=2, **vector),
        QLearner(),
    ][which]
    chosen = [n - 1, 0, 3]
    runs = [
        run(agent, task, n_agents=n, n_trials=2, rng=seed, record=chosen, chunk_size=size) for size in (1, 300, None)
    ]
    same(runs[0], runs[1])
    same(runs[0], runs[2])


@pytest.mark.parametrize("sophisticated", [False, True])
def test_chunks_change_nothing_for_planners(sophisticated):
    n = 257
    planner = Planner(
        Hyperbolic(np.linspace(0, 1, n)), np.linspace(0.1, 3, n), sophisticated, Exponential(np.linspace(0.5, 1, n))
    )
    runs = [run(planner, GOAL, n_trials=2, rng=1, chunk_size=size) for size in (1, 1000)]
    assert runs[0].n_agents == n
    same(*runs)


def test_chunks_change_nothing_where_trials_end_apart():
    runs = [run(LEARNER, MAZE, n_agents=600, n_trials=4, rng=1, chunk_size=size, record="all") for size in (256, 600)]
    assert len(np.unique(runs[0].trials.length)) > 3
    same(*runs)


@pytest.mark.parametrize("n", [3, 300])
def test_agent_i_does_not_depend_on_how_many_there_are(n):
    small = run(LEARNER, GOAL, n_agents=256, n_trials=3, rng=5, record="all")
    large = run(LEARNER, GOAL, n_agents=256 + n, n_trials=3, rng=5, record="all")
    np.testing.assert_array_equal(small.full.delta, large.full.delta[:256])


def test_one_seed_gives_one_result_and_another_another():
    first, again, other = (run(LEARNER, GOAL, n_agents=20, n_trials=5, rng=seed, record="all") for seed in (1, 1, 2))
    same(first, again)
    assert (first.full.action != other.full.action).any()
    same(first, run(LEARNER, GOAL, n_agents=20, n_trials=5, rng=np.random.default_rng(1), record="all"))


# What is recorded


def test_the_ways_to_record_agree():
    def go(record):
        return run(LEARNER, GOAL, n_agents=300, n_trials=4, rng=2, record=record)

    default, summary, everything, chosen, none = (go(r) for r in (None, "summary", "all", [299, 7], []))
    for other in (default, everything, chosen, none):
        for name in summary.curves._fields:
            np.testing.assert_array_equal(getattr(other.curves, name), getattr(summary.curves, name))
    assert summary.trials is None
    assert summary.full is None
    assert none.full is None
    same(default, everything, full=False)
    same(none, everything, full=False)
    assert default.full.agents.tolist() == list(range(64))
    assert chosen.full.agents.tolist() == [299, 7]
    assert everything.full.state.shape == (300, 4, 7)
    for name in ("state", "action", "reward", "effort", "delta"):
        whole = getattr(everything.full, name)
        np.testing.assert_array_equal(getattr(default.full, name), whole[:64])
        np.testing.assert_array_equal(getattr(chosen.full, name), whole[[299, 7]])
    assert repr(chosen).endswith(": 300 agents, 4 trials of up to 6 steps, 2 agents in full)")
    assert repr(chosen).startswith(f"History({type(chosen.agent).__name__} on {type(chosen.task).__name__}")


def test_a_scalar_array_of_one_agent_can_be_recorded():
    history = run(LEARNER, GOAL, n_agents=3, n_trials=2, rng=0, record=np.array([1]))
    assert history.full.action.shape == (1, 2, 6)


def test_memory_does_not_grow_with_trials_unless_asked():
    import tracemalloc

    def peak(n_trials):
        tracemalloc.start()
        run(QLearner(), GOAL, n_agents=256, n_trials=n_trials, rng=0, record="summary")
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(2)
    assert peak(60) < 1.2 * peak(20)


# Memory


def test_learning_goes_on_from_memory():
    agent = QLearner(learning_rate=0.2, trace_decay=0.5, inverse_temperature=np.inf)
    task = rpe.tasks.micro_wins(2, n_units=4, deadline=8)
    memory = agent.init(task, 5)
    memory.table += np.random.default_rng(0).normal(size=memory.table.shape)
    memories = copy.deepcopy(memory), memory
    whole = run(agent, task, n_agents=5, n_trials=6, rng=0, record="all", memory=memories[0], keep_memory=True)
    parts = [run(agent, task, n_agents=5, n_trials=3, rng=s, record="all", memory=memories[1]) for s in (1, 2)]
    for name in ("action", "delta"):
        joined = np.concatenate([getattr(part.full, name) for part in parts], axis=1)
        np.testing.assert_array_equal(getattr(whole.full, name), joined)
    np.testing.assert_array_equal(memories[0].q, memories[1].q)
    assert whole.memory is memories[0]
    assert parts[0].memory is None


def test_an_artificial_cap_bootstraps_and_a_deadline_does_not():
    task = rpe.tasks.GoalTask(n_units=1, deadline=2, distraction=0.0, effort=0.0, start_cost=0.0)
    agent = QLearner(learning_rate=0.5, discount=0.9, initial_value=10.0)
    capped = run(agent, task, n_agents=50, n_trials=1, n_steps=1, rng=0, record="all").full
    distracted = capped.action[:, 0, 0] == 0
    assert distracted.any()
    np.testing.assert_allclose(capped.delta[distracted, 0, 1], 0.9 * 10 - 10)
    ended = run(agent, task, n_agents=50, n_trials=1, rng=0, record="all").full
    idle = (ended.action[:, 0] == 0).all(axis=1)
    np.testing.assert_allclose(ended.delta[idle, 0, 2], -10.0)


# Agents of one's own


class Coin:
    """The least that an agent can be."""

    def __init__(self):
        self.updates = 0

    def init(self, task, n_agents):
        return np.full((task.n_actions, n_agents), 1.0 / task.n_actions)

    def policy(self, memory, state):
        return memory

    def update(self, memory, state, action, step, active):
        self.updates += 1
        return np.zeros(len(state))


def test_three_methods_make_an_agent():
    coin, task = Coin(), rpe.tasks.GoalTask(n_units=50, deadline=20)
    assert isinstance(coin, rpe.agents.Agent)
    history = run(coin, task, n_agents=500, n_trials=2, rng=0)
    assert coin.updates == 40
    assert history.trials.units.mean() == pytest.approx(10, abs=0.2)
    assert np.isnan(history.curves.delta_mean[:, 0]).all()  # it says nothing about the cue
    assert (history.curves.delta_mean[:, 1:] == 0).all()


class Unequal(Coin):
    """An agent with a number per agent that cannot be cut."""

    n_agents = 300


def test_an_agent_that_cannot_be_cut_is_not():
    assert run(Unequal(), GOAL, n_trials=1, rng=0).n_agents == 300
    with pytest.raises(TypeError, match="agent must be a dataclass"):
        run(Unequal(), GOAL, n_trials=1, rng=0, chunk_size=256)


@dataclasses.dataclass(frozen=True)
class Biased:
    """A dataclass of one's own with a parameter per agent."""

    work: np.ndarray

    @property
    def n_agents(self):
        return len(self.work)

    def init(self, task, n_agents):
        return np.stack([1 - self.work, self.work])

    def policy(self, memory, state):
        return memory

    def update(self, memory, state, action, step, active):
        return np.zeros(len(state))


def test_a_dataclass_of_ones_own_is_cut():
    agent, task = Biased(np.linspace(0, 1, 600)), rpe.tasks.GoalTask(n_units=50, deadline=20)
    runs = [run(agent, task, n_trials=2, rng=0, chunk_size=size, record=[]) for size in (256, 600)]
    np.testing.assert_array_equal(runs[0].trials.units, runs[1].trials.units)
    assert (runs[0].trials.units[[0, -1]] == [[0], [20]]).all()


# Environments


def test_a_vector_environment_is_stepped_as_it_is():
    agent = QLearner(learning_rate=0.5, discount=0.95, inverse_temperature=5.0, exploration=0.2, initial_value=0.5)
    envs = gym.make_vec("FrozenLake-v1", num_envs=8, is_slippery=False)
    history = run(agent, envs, n_trials=120, rng=0, record="all")
    assert (history.n_agents, history.n_steps) == (8, 100)
    assert history.trials.reward[:, -40:].mean() > 0.2
    assert history.trials.units is None
    moves = {0: -1, 1: 4, 2: 1, 3: -4}
    for i in (0, 7):
        for trial in (0, 119):
            states, actions = history.full.state[i, trial], history.full.action[i, trial]
            length = history.trials.length[i, trial]
            assert (actions[:length] >= 0).all()
            assert (actions[length:] == -1).all()
            assert (states[length:] == states[length]).all()
            for t in range(length):
                assert states[t + 1] in (states[t], states[t] + moves[int(actions[t])])
            assert length == 100 or states[length] in (5, 7, 11, 12, 15)
    envs.close()


def test_an_environment_of_one_matches_its_tables():
    env = gym.make("FrozenLake-v1", is_slippery=False)
    agent = QLearner(learning_rate=0.5, discount=0.9, exploration=1.0)
    history = run(agent, env, n_trials=50, rng=4, record="all")
    twin = naive.Learner(rpe.envs.tabulate(env), gammas=[0.9], weights=[1], alpha=0.5, lam=0.0, beta=1.0, epsilon=1.0)
    for trial in range(50):
        twin.start(0)
        states, actions = history.full.state[0, trial], history.full.action[0, trial]
        for t in range(history.trials.length[0, trial]):
            over = states[t + 1] in (5, 7, 11, 12, 15)
            delta = twin.update(states[t], actions[t], float(states[t + 1] == 15), states[t + 1], over)
            assert history.full.delta[0, trial, t + 1] == pytest.approx(delta, abs=1e-12)
    assert (history.trials.length < 100).any()


@pytest.mark.parametrize("family", ["CliffWalking", "Taxi"])
def test_environments_with_and_without_a_time_limit(family):
    name = newest(family)
    env = gym.make_vec(name, num_envs=3)
    n_steps = None if env.spec is not None and env.spec.max_episode_steps else 200
    history = run(QLearner(learning_rate=0.5), env, n_trials=5, n_steps=n_steps, rng=0)
    assert history.curves.delta_mean.shape == (5, 201)
    assert (history.trials.reward < 0).all()
    again = run(QLearner(learning_rate=0.5), gym.make_vec(name, num_envs=3), n_trials=5, n_steps=n_steps, rng=0)
    same(history, again)


def test_an_environment_equals_its_table():
    env = gym.make("FrozenLake-v1", is_slippery=False)
    agent = QLearner(learning_rate=0.5, discount=0.9, inverse_temperature=3.0, initial_value=0.2)
    table = rpe.envs.tabulate(env)
    runs = [run(agent, world, n_agents=1, n_trials=30, rng=8, record="all") for world in (env, table)]
    for name in ("state", "action", "reward", "delta"):
        np.testing.assert_allclose(*(getattr(r.full, name) for r in runs), atol=1e-12)


# The progress bar


def test_the_progress_bar_goes_to_stderr_and_changes_nothing(capfd):
    quiet = run(LEARNER, GOAL, n_agents=20, n_trials=3, rng=0)
    assert capfd.readouterr() == ("", "")
    shown = run(LEARNER, GOAL, n_agents=20, n_trials=3, rng=0, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "trial" in err
    same(quiet, shown)


# Bad input


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"n_agents": 0}, ValueError, "n_agents must be at least 1; got 0"),
        ({"n_agents": 2.5}, TypeError, "n_agents must be an integer"),
        ({"n_trials": 0}, ValueError, "n_trials must be at least 1; got 0"),
        ({"n_trials": True}, TypeError, "n_trials must be an integer"),
        ({"n_trials": np.nan}, TypeError, "n_trials must be an integer"),
        ({"n_steps": 0}, ValueError, "n_steps must be at least 1; got 0"),
        ({"n_steps": 7}, ValueError, "n_steps must be at most 6; got 7"),
        ({"chunk_size": 0}, ValueError, "chunk_size must be at least 1; got 0"),
        ({"record": "some"}, ValueError, "record must be 'summary', 'all'"),
        ({"record": 5}, TypeError, "record must be 'summary', 'all'"),
        ({"record": [0.5]}, TypeError, "record must be a sequence of whole numbers"),
        ({"record": [[0]]}, TypeError, "record must be a sequence of whole numbers"),
        ({"record": [True]}, TypeError, "record must be a sequence of whole numbers"),
        ({"record": [0, 0]}, ValueError, "record must name different agents"),
        ({"record": [-1]}, ValueError, "record must name different agents"),
        ({"record": [2]}, ValueError, r"record must name different agents in \[0, 1\]"),
        ({"record": "all", "n_trials": 10**8}, ValueError, "record must need at most 4 GiB"),
        ({"progress": "yes"}, TypeError, "progress must be True or False"),
        ({"keep_memory": 1}, TypeError, "keep_memory must be True or False"),
        ({"rng": -1}, ValueError, "rng must"),
        ({"rng": "seed"}, TypeError, "rng must"),
        ({"task": "GoalTask"}, TypeError, "must be a"),
        ({"task": None}, TypeError, "must be a"),
        ({"agent": object()}, TypeError, "agent must have the method 'init'"),
        ({"agent": QLearner}, TypeError, "agent must be"),
        ({"agent": QLearner(learning_rate=[0.1, 0.2, 0.3])}, ValueError, "n_agents must be 3"),
        ({"memory": QLearner().init(GOAL, 3)}, ValueError, "memory must hold 2 agents; got 3"),
        ({"memory": QLearner().init(MAZE, 2)}, ValueError, "memory must hold 168 states; got 5"),
    ],
)
def test_bad_input_is_refused_by_name(changes, error, message):
    arguments = {"agent": LEARNER, "task": GOAL, "n_agents": 2, "n_trials": 1, "rng": 0} | changes
    with pytest.raises(error, match=message):
        run(arguments.pop("agent"), arguments.pop("task"), **arguments)


def test_bad_environments_are_refused():
    with pytest.raises(TypeError, match="space"):
        run(LEARNER, gym.make("CartPole-v1"))
    with pytest.raises(ValueError, match="n_agents must be 2"):
        run(LEARNER, gym.make_vec("FrozenLake-v1", num_envs=2), n_agents=3)
    with pytest.raises(TypeError, match="task must be"):
        run(Planner(Exponential(0.9)), gym.make("FrozenLake-v1"))


@pytest.mark.parametrize("missing", ["init", "policy", "update"])
def test_a_missing_method_is_named(missing):
    agent = Coin()
    setattr(agent, missing, None)
    with pytest.raises(TypeError, match=f"agent must have the method '{missing}'; Coin has not"):
        run(agent, GOAL)


def test_labelled_arrays_hold_all_that_was_recorded():
    import xarray

    task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=6)
    history = run(QLearner(), task, n_agents=5, n_trials=3, rng=0, record=[1, 3])
    data = history.to_xarray()
    assert isinstance(data, xarray.Dataset)
    assert dict(data.sizes) == {"trial": 3, "moment": 7, "agent": 5, "recorded_agent": 2, "step": 6}
    for name, array in (*history.curves._asdict().items(), *history.trials._asdict().items()):
        np.testing.assert_array_equal(data[name], array)
    assert data["recorded_agent"].values.tolist() == [1, 3]
    for name in ("state", "action", "reward", "effort", "delta"):
        np.testing.assert_array_equal(data[f"full_{name}"].sel(recorded_agent=3), getattr(history.full, name)[1])
    assert data["sub_goal_error"].dims == data["goal_error"].dims == ("trial",)
    assert data["units"].sel(agent=4, trial=2) == history.trials.units[4, 2]


def test_labelled_arrays_leave_out_what_was_not_recorded():
    data = run(QLearner(), rpe.tasks.bandit([0.5]), n_agents=2, rng=0, record="summary").to_xarray()
    assert set(data.data_vars) == {"delta_mean", "delta_variance"}
