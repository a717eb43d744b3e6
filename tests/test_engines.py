"""Engines: compiled kernels and short cuts against the agents' own methods, which NumPy runs step by step."""

import subprocess
import sys
from importlib.util import find_spec
from unittest.mock import patch

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rpe
from rpe.agents import ActorCritic, ExpectedSarsa, MicroAgents, PresentBiasedLearner, QLearner
from rpe.simulate import run
from rpe.simulate._fast import dispatch

ENGINES = "numpy", "numba"
needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="Numba, the extra `fast`, is not installed")


def arrays_of(history):
    """All arrays of a history by name, with what was learned."""
    found = {}
    for part in ("curves", "trials", "full"):
        values = getattr(history, part)
        found |= {} if values is None else {f"{part}.{k}": v for k, v in values._asdict().items() if v is not None}
    memory = history.memory
    learned = {"q": memory.q} if hasattr(memory, "q") else {"v": memory.v, "preference": memory.preference}
    return found | learned


def assert_same(one, other, *, exactly):
    """Fail unless two histories hold the same numbers, to the bit or to 1e-12."""
    a, b = arrays_of(one), arrays_of(other)
    assert a.keys() == b.keys()
    for name in a:
        if exactly or a[name].dtype.kind != "f":
            np.testing.assert_array_equal(a[name], b[name], err_msg=name)
        else:
            np.testing.assert_allclose(a[name], b[name], rtol=1e-12, atol=1e-12, err_msg=name)


def run_step_by_step(*args, **how):
    """A run by the agent's own methods."""
    with patch.object(sys.modules["rpe.simulate.run"], "fast_way", lambda *_, **__: None):
        return run(*args, **how)


def with_extras(task, seed):
    """A task of tables with points and pseudo-rewards."""
    tables = task.tables
    points, pseudo = np.random.default_rng(seed).normal(size=(2, *tables.next_state.shape))
    start = np.random.default_rng(seed).dirichlet(np.ones(task.n_states)) if task.layer_size is None else None
    return rpe.tasks.TableTask(
        tables._replace(points=points, pseudo_reward=pseudo), task.n_steps, start, layer_size=task.layer_size
    )


@st.composite
def tasks(draw):
    """Tasks with and without layers, units of work, chance, endings, actions not offered, points, pseudo-rewards."""
    seed = draw(st.integers(0, 1000))
    kind = draw(st.sampled_from(["maze", "tower", "goal", "micro_wins", "bandit"]))
    if kind == "goal":
        return naive.goal_task()
    if kind == "micro_wins":
        return rpe.tasks.micro_wins(draw(st.integers(1, 3)), n_units=4, deadline=draw(st.integers(4, 9)))
    if kind == "bandit":
        return rpe.tasks.bandit([0.2, 0.7, 0.5][: draw(st.integers(2, 3))])
    sizes = {"n_actions": draw(st.integers(1, 5)), "n_outcomes": draw(st.integers(1, 3))}
    task = (naive.maze_task if kind == "maze" else naive.tower_task)(seed, **sizes)
    return with_extras(task, seed) if draw(st.booleans()) else task


@st.composite
def agents(draw, n, *, plain=False):
    """Agents that kernels take; parameters are shared or per agent. Plain are those with a short cut in NumPy."""

    def each(low, high):
        spread = st.lists(st.floats(low, high), min_size=n, max_size=n)
        return draw(st.one_of(st.floats(low, high), spread))

    kinds = [QLearner, QLearner, ExpectedSarsa, MicroAgents, PresentBiasedLearner, ActorCritic]
    kind = QLearner if plain else draw(st.sampled_from(kinds))
    greedy = not plain and draw(st.booleans()) and draw(st.booleans())
    shared = {
        "learning_rate": each(0.0, 1.0),
        "trace_decay": (n == 1 or not plain) * draw(st.sampled_from([0.0, 1.0])) * np.asarray(each(0.0, 1.0)),
        "inverse_temperature": np.inf if greedy else each(0.0, 20.0),
        "pseudo_reward_weight": draw(st.sampled_from([0.0, 0.7])),
    }
    if kind is ActorCritic:
        return kind(**shared, actor_rate=each(0.0, 1.0), discount=each(0.0, 1.0))
    shared |= {
        "exploration": 0.0 if plain else draw(st.sampled_from([0.0, 0.2])),
        "trace": draw(st.sampled_from(["accumulating", "replacing"])),
        "initial_value": draw(st.sampled_from([0.0, 1.5])),
    }
    if kind is QLearner:
        return kind(**shared, discount=each(0.0, 1.0), cut_trace=draw(st.booleans()))
    if kind is MicroAgents:
        return kind(
            **shared, k=each(0.0, 1.0), n_exponentials=draw(st.integers(1, 9)), sophisticated=draw(st.booleans())
        )
    if kind is PresentBiasedLearner:
        return kind(**shared, present_bias=each(0.1, 1.0), sophisticated=draw(st.booleans()))
    return kind(**shared, discount=each(0.0, 1.0))


@needs_numba
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_compiled_runs_are_those_of_numpy(data):
    n = data.draw(st.sampled_from([1, 2, 5, 70, 300]))
    task, agent = data.draw(tasks()), data.draw(agents(n))
    n_trials, n_steps = data.draw(st.integers(1, 5)), data.draw(st.integers(1, task.n_steps))
    record = data.draw(st.sampled_from([None, "summary", "all", [n - 1]]))
    how = {"n_agents": n, "n_trials": n_trials, "n_steps": n_steps, "rng": 1, "record": record, "keep_memory": True}
    one, other = (run(agent, task, engine=engine, **how) for engine in ("numpy", "numba"))
    assert_same(one, other, exactly=not getattr(agent, "on_policy", False))


@needs_numba
@pytest.mark.parametrize("task", [naive.maze_task(), naive.tower_task()], ids=["visited again", "layered"])
@pytest.mark.parametrize("trace", ["accumulating", "replacing"])
@pytest.mark.parametrize("cut_trace", [True, False])
def test_compiled_traces_are_those_of_numpy(task, trace, cut_trace):
    agent = QLearner(learning_rate=0.3, trace_decay=0.9, discount=0.9, trace=trace, cut_trace=cut_trace)
    one, other = (run(agent, task, n_agents=20, n_trials=5, rng=0, engine=e, keep_memory=True) for e in ENGINES)
    assert_same(one, other, exactly=True)


@needs_numba
@pytest.mark.parametrize("task", [naive.maze_task(), rpe.tasks.micro_wins(2, n_units=3, deadline=6)])
def test_compiled_learning_goes_on_from_memory_and_back(task):
    agent = QLearner(learning_rate=0.3, trace_decay=0.7, discount=0.9)
    memories = [agent.init(task, 6) for _ in range(2)]
    for engines in (("numpy", "numpy"), ("numba", "numpy"), ("numpy", "numba")):
        one, other = (
            run(agent, task, n_agents=6, n_trials=3, rng=2, memory=memory, engine=engine, keep_memory=True)
            for memory, engine in zip(memories, engines, strict=True)
        )
        assert_same(one, other, exactly=True)


@needs_numba
@pytest.mark.parametrize("chunk_size", [None, 256, 1024])
def test_compiled_chunks_change_nothing(chunk_size):
    rates = np.linspace(0.05, 0.5, 600)
    agent = QLearner(learning_rate=rates, trace_decay=0.5)
    how = {"n_agents": 600, "n_trials": 3, "rng": 4}
    one = run(agent, naive.goal_task(), engine="numpy", **how)
    other = run(agent, naive.goal_task(), engine="numba", chunk_size=chunk_size, **how)
    for name, values in one.trials._asdict().items():
        np.testing.assert_array_equal(values, getattr(other.trials, name), err_msg=name)
    np.testing.assert_array_equal(one.curves.delta_mean, other.curves.delta_mean)
    np.testing.assert_array_equal(one.full.delta, other.full.delta)


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_short_cuts_of_numpy_are_the_agents_step_by_step(data):
    """One agent on plain numbers, and many in few calls a step, against the agent's own methods."""
    n = data.draw(st.sampled_from([1, 2, 5, 300]))
    task, agent = data.draw(tasks()), data.draw(agents(n, plain=True))
    n_trials, n_steps = data.draw(st.integers(1, 5)), data.draw(st.integers(1, task.n_steps))
    how = {"n_agents": n, "n_trials": n_trials, "n_steps": n_steps, "rng": 1, "engine": "numpy", "keep_memory": True}
    how["record"] = data.draw(st.sampled_from([None, "summary"]))
    assert_same(run(agent, task, **how), run_step_by_step(agent, task, **how), exactly=True)


@pytest.mark.parametrize("engine", ["numpy", pytest.param("numba", marks=needs_numba)])
def test_agents_that_stay_choose_by_what_they_have_just_learned(engine):
    agent = QLearner(learning_rate=1.0, inverse_temperature=5.0)
    how = {"n_agents": 300, "n_trials": 3, "rng": 0, "engine": engine, "keep_memory": True}
    task = naive.maze_task(n_states=2)
    assert_same(run(agent, task, **how), run_step_by_step(agent, task, **how), exactly=True)


@pytest.mark.parametrize(("n", "way"), [(1, "SingleAgent"), (3, "ManyAgents")])
def test_short_cuts_are_taken(n, way, monkeypatch):
    taken, kind = [], getattr(dispatch, way)
    monkeypatch.setattr(dispatch, way, lambda *args: taken.append(way) or kind(*args))
    run(QLearner(), naive.goal_task(), n_agents=n, rng=0, engine="numpy")
    run(ExpectedSarsa(), naive.goal_task(), n_agents=n, rng=0, engine="numpy")
    assert taken == [way]


class Doubled(QLearner):
    """A learner with an error of its own."""

    def error(self, utility, value, ahead, discount):
        return 2 * super().error(utility, value, ahead, discount)


@needs_numba
@pytest.mark.parametrize(
    "agent",
    [
        Doubled(),
        rpe.mechanisms.RewardSensitivity(QLearner(), score=1.0, weight=0.5),
        rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08)),
        ActorCritic(trace_decay=0.5),
    ],
    ids=["own error", "mechanism", "planner", "actor-critic with dense traces"],
)
def test_what_kernels_do_not_take_goes_the_numpy_way(agent):
    task = naive.goal_task() if not isinstance(agent, ActorCritic) else naive.maze_task()
    one, other = (run(agent, task, n_agents=4, n_trials=4, rng=0, engine=engine) for engine in ("numpy", "numba"))
    np.testing.assert_array_equal(one.full.delta, other.full.delta)
    np.testing.assert_array_equal(one.full.action, other.full.action)


def test_auto_takes_kernels_for_long_runs_only(monkeypatch):
    monkeypatch.setattr(dispatch, "find_spec", lambda name: object())
    assert dispatch.saves_time(1, 1000, 60)
    assert dispatch.saves_time(10**5, 10, 60)
    assert not dispatch.saves_time(100, 20, 60)
    monkeypatch.setattr(dispatch, "find_spec", lambda name: None)
    assert not dispatch.saves_time(10**6, 1000, 60)


def test_without_numba_all_works_and_asking_for_it_says_what_to_install(monkeypatch):
    for module in (dispatch, rpe._checks):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    history = run(QLearner(), naive.goal_task(), n_agents=2, n_trials=2, rng=0)
    assert history.trials.length.shape == (2, 2)
    with pytest.raises(ModuleNotFoundError, match=r"rpe\[fast\]"):
        run(QLearner(), naive.goal_task(), engine="numba")
    with pytest.raises(ValueError, match="engine must be one of 'auto', 'numpy', 'numba'"):
        run(QLearner(), naive.goal_task(), engine="c")


def test_short_runs_do_not_import_numba():
    code = (
        "import sys, rpe; rpe.simulate.run(rpe.agents.QLearner(), rpe.tasks.micro_wins(3), n_agents=10, rng=0); "
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_idle_mechanisms_are_no_detour(weight, monkeypatch):
    """One learner goes the way of plain numbers inside idle mechanisms too, and remembers as it does alone."""
    learner, task = rpe.agents.QLearner(), rpe.tasks.micro_wins()
    wrapped = rpe.mechanisms.Habit(rpe.mechanisms.Satiation(learner), weight=weight)
    alone, inside = learner.init(task, 1), wrapped.init(task, 1)
    pages, page = [], sys.modules["rpe.simulate.run"]._one_page
    monkeypatch.setattr(sys.modules["rpe.simulate.run"], "_one_page", lambda *args: pages.append(0) or page(*args))
    rpe.simulate.run(learner, task, n_trials=3, rng=0, memory=alone)
    assert not pages
    rpe.simulate.run(wrapped, task, n_trials=3, rng=0, memory=inside)
    assert bool(pages) == bool(weight)
    if not weight:
        np.testing.assert_array_equal(inside.table, alone.table)
