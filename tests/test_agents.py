"""Agents against the same rules in plain Python, one agent at a time, and against exact solutions."""

import copy
import math
import pickle
from dataclasses import dataclass

import naive
import numpy as np
import pytest

import rpe
from rpe.agents import ActorCritic, ExpectedSarsa, MicroAgents, Planner, PresentBiasedLearner, QLearner
from rpe.discounting import Exponential, Hyperbolic, Hyperboloid, QuasiHyperbolic, SumOfExponentials

N = 5
TASKS = {
    "goal": naive.goal_task(),
    "tower": naive.tower_task(),
    "maze": naive.maze_task(),
    "maze that never ends": rpe.tasks.TableTask(
        naive.maze_task(3).tables._replace(terminated=np.zeros((1, 1, 1), dtype=bool)), 9
    ),
}
SHARED = {
    "learning_rate": np.linspace(0.1, 0.5, N),
    "inverse_temperature": np.array([0.0, 0.5, 1.0, 3.0, np.inf]),
}


def row(value, i):
    """The parameter of one agent."""
    return float(np.broadcast_to(value, N)[i])


def scalar_twin(agent, task, i):
    """The naive restatement of agent i."""
    shared = {"alpha": row(agent.learning_rate, i), "beta": row(agent.inverse_temperature, i)}
    if isinstance(agent, ActorCritic):
        return naive.ActorCritic(
            task, gamma=row(agent.discount, i), actor=row(agent.actor_rate, i), lam=row(agent.trace_decay, i), **shared
        )
    shared |= {"lam": row(agent.trace_decay, i), "epsilon": row(agent.exploration, i), "initial": agent.initial_value}
    shared["replacing"] = agent.trace == "replacing"
    if isinstance(agent, MicroAgents):
        m, k = agent.n_exponentials, row(agent.k, i)
        gammas = [math.exp(k * math.log(1 - (j + 0.5) / m)) for j in range(m)]
        return naive.Learner(task, gammas=gammas, weights=[1 / m] * m, on_policy=agent.sophisticated, **shared)
    gamma = row(agent.discount, i)
    if isinstance(agent, PresentBiasedLearner):
        bias = row(agent.present_bias, i)
        bank = {"gammas": [0.0, gamma], "weights": [1 - bias, bias]}
        return naive.Learner(task, on_policy=agent.sophisticated, **bank, **shared)
    bank = {"gammas": [gamma], "weights": [1.0]}
    if isinstance(agent, QLearner):
        return naive.Learner(task, cut=agent.cut_trace, **bank, **shared)
    return naive.Learner(task, on_policy=True, **bank, **shared)


def play(agent, task, n, seed, n_trials=4):
    """Random available actions; yields all that an agent sees, and what it says."""
    rng = np.random.default_rng(seed)
    memory = agent.init(task, n)
    for _ in range(n_trials):
        state = task.initial(n, rng)
        cue = agent.start(memory, state)
        yield memory, "start", state, cue
        active = None
        for now in range(task.n_steps):
            chosen = agent.policy(memory, state)
            action = np.array([rng.choice(naive.offers(task, s)) for s in state])
            step = task.step(state, action, rng)
            last = now == task.n_steps - 1
            step = step._replace(truncated=~step.terminated if last else step.truncated)
            going = np.ones(n, dtype=bool) if active is None else active
            step = step._replace(state=np.where(going, step.state, state))
            delta = agent.update(memory, state, action, step, active)
            yield memory, "step", (state, action, step, chosen, going, delta), None
            state, going = step.state, going & ~step.terminated
            if not going.any():
                break
            active = None if going.all() else going


def alone(agent, i):
    """The agent with the parameters of one."""
    own = {name: getattr(agent, name) for name in agent.__dataclass_fields__}
    return type(agent)(**{name: v[i] if getattr(v, "shape", ()) == (N,) else v for name, v in own.items()})


def utility(step, i, weight=0.0):
    """The experienced utility of agent i."""
    r, e, p, s = (np.broadcast_to(x, step.state.shape)[i] for x in step[1:5])
    return float(r + p - e + weight * s)


def known(memory):
    """Tables as {name: (n_tables, n_actions, n_agents, n_states)}, values that agents can have learned."""
    if hasattr(memory, "q"):
        return memory.q
    return np.stack([memory.preference])


LEARNERS = {
    "q": QLearner(discount=np.linspace(0.5, 1.0, N), **SHARED),
    "q, traces": QLearner(discount=0.9, trace_decay=np.linspace(0, 1, N), initial_value=0.3, **SHARED),
    "q, traces not cut": QLearner(discount=0.9, trace_decay=0.8, cut_trace=False, **SHARED),
    "q, replacing": QLearner(discount=0.9, trace_decay=0.8, trace="replacing", cut_trace=False, **SHARED),
    "q, one for all": QLearner(discount=0.9, trace_decay=0.7, learning_rate=0.3, inverse_temperature=2.0),
    "sarsa": ExpectedSarsa(discount=0.9, exploration=np.linspace(0, 1, N), **SHARED),
    "sarsa, traces": ExpectedSarsa(discount=0.95, exploration=0.1, trace_decay=np.linspace(0, 1, N), **SHARED),
    "sarsa, replacing": ExpectedSarsa(discount=0.95, trace_decay=0.9, trace="replacing", **SHARED),
    "micro": MicroAgents(k=np.linspace(0.0, 0.5, N), n_exponentials=4, **SHARED),
    "micro, traces": MicroAgents(k=0.1, n_exponentials=3, trace_decay=0.9, exploration=0.2, **SHARED),
    "micro, naive": MicroAgents(k=0.1, n_exponentials=3, trace_decay=0.9, sophisticated=False, **SHARED),
    "biased": PresentBiasedLearner(present_bias=np.linspace(0, 1, N), discount=0.9, **SHARED),
    "biased, traces": PresentBiasedLearner(present_bias=0.6, trace_decay=0.9, sophisticated=True, **SHARED),
    "actor-critic": ActorCritic(discount=np.linspace(0.5, 1, N), actor_rate=0.3, **SHARED),
    "actor-critic, traces": ActorCritic(trace_decay=np.linspace(0, 1, N), actor_rate=0.3, **SHARED),
}


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("learner", LEARNERS)
def test_a_learner_is_its_scalar_restatement(learner, name):
    agent, task = LEARNERS[learner], TASKS[name]
    twins = [scalar_twin(agent, task, i) for i in range(N)]
    for _memory, kind, seen, cue in play(agent, task, N, seed=4):
        for i, twin in enumerate(twins):
            if kind == "start":
                assert cue[i] == pytest.approx(twin.start(int(seen[i])), abs=1e-12)
                continue
            state, action, step, chosen, going, delta = seen
            if not going[i]:
                assert delta[i] == 0
                continue
            want = twin.probabilities(int(state[i]))
            expected = [want.get(a, 0.0) for a in range(task.n_actions)]
            np.testing.assert_allclose(chosen[:, i], expected, atol=1e-10)
            move = (int(state[i]), int(action[i]), utility(step, i), int(step.state[i]), bool(step.terminated[i]))
            assert delta[i] == pytest.approx(twin.update(*move), abs=1e-11)
    compare_tables(_memory, twins, task)


def compare_tables(memory, twins, task):
    """Every entry of every agent."""
    available = np.broadcast_to(task.tables.available, (task.n_states, task.n_actions))
    for i, twin in enumerate(twins):
        tables = twin.q if hasattr(twin, "q") else [twin.theta]
        for table, got in zip(tables, known(memory), strict=True):
            want = np.array([[table[s, a] for s in range(task.n_states)] for a in range(task.n_actions)])
            np.testing.assert_allclose(np.where(available.T, got[:, i], want), want, atol=1e-12)
        if hasattr(twin, "v"):
            np.testing.assert_allclose(memory.v[i], list(twin.v.values()), atol=1e-12)


@pytest.mark.parametrize("agent", [QLearner(pseudo_reward_weight=0.5), ActorCritic(pseudo_reward_weight=0.5)])
def test_pseudo_rewards_count_by_weight(agent):
    task = naive.goal_task()
    weighted = plain = 0
    for _, kind, seen, _ in play(agent, task, 30, seed=0, n_trials=1):
        if kind == "step":
            step, delta = seen[2], seen[5]
            twin = [utility(step, i, 0.5) for i in range(30)]
            weighted += np.abs(delta - twin).max() < 1e-12
            plain += np.abs(np.array([utility(step, i) for i in range(30)]) - twin).max() > 0.1
    assert weighted == 6  # nothing is known in the first trial, so δ is the utility
    assert plain > 0


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("name", ["goal", "maze"])
def test_agent_i_of_many_is_the_agent_alone(learner, name):
    agent, task = LEARNERS[learner], TASKS[name]
    for whole, _kind, _seen, _ in play(agent, task, N, seed=9):
        last = whole
    i = 3
    one = alone(agent, i)
    memory = one.init(task, 1)
    for _, kind, seen, _ in play(agent, task, N, seed=9):
        if kind == "start":
            one.start(memory, seen[i : i + 1])
        else:
            state, action, step, _, going, delta = seen
            part = type(step)(*(x if isinstance(x, float) else x[i : i + 1] for x in step))
            got = one.update(memory, state[i : i + 1], action[i : i + 1], part, going[i : i + 1])
            assert got[0] == delta[i]
    np.testing.assert_array_equal(known(memory)[:, :, 0], known(last)[:, :, i])


def test_memory_survives_a_copy_and_a_pickle():
    agent, task = LEARNERS["q, traces"], TASKS["maze"]
    for whole, kind, seen, _ in play(agent, task, N, seed=1, n_trials=2):
        memory = whole
        if kind == "step":
            state, action, step = seen[:3]
    copies = [memory, copy.deepcopy(memory), pickle.loads(pickle.dumps(memory))]
    results = [(agent.update(m, state, action, step, None), m.q.copy()) for m in copies]
    for delta, q in results[1:]:
        np.testing.assert_array_equal(delta, results[0][0])
        np.testing.assert_array_equal(q, results[0][1])


def test_an_unavailable_action_is_never_worth_or_chosen():
    task = TASKS["maze"]
    closed = ~np.broadcast_to(task.tables.available, (task.n_states, task.n_actions)).T
    assert closed.any()
    states = np.arange(task.n_states)
    for agent in [*LEARNERS.values(), Planner(Hyperbolic(0.1))]:
        one = alone(agent, 3)
        memory = one.init(task, task.n_states)
        chosen = one.policy(memory, states)
        assert (chosen[closed] == 0).all()
        np.testing.assert_allclose(chosen.sum(axis=0), 1.0)
        assert np.abs(one.value(memory, states)).max() < 100


# Planners


def discounts(discounting, n):
    return [float(discounting(float(t))) for t in range(n)]


PLANNERS = {
    "exponential": (Exponential(0.9), None),
    "hyperbolic": (Hyperbolic(0.3), None),
    "hyperboloid": (Hyperboloid(0.5, 0.7), None),
    "present-biased": (QuasiHyperbolic(0.6, 0.95), None),
    "a sum": (SumOfExponentials([0.2, 0.9]), None),
    "effort apart": (Hyperbolic(0.1), Exponential(0.4)),
    "no discount": (Exponential(1.0), None),
    "myopic": (Exponential(0.0), None),
}
SMALL = {
    "goal": naive.goal_task(deadline=5, n_units=2, payout=[0, 2, 6], potential=None, pseudo_reward=[0, 1.5, 0]),
    "points": naive.goal_task(deadline=4),
    "tower": naive.tower_task(2, n_layers=5),
    "maze": naive.maze_task(1, n_steps=4),
}


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("form", PLANNERS)
@pytest.mark.parametrize("beta", [0.8, np.inf])
@pytest.mark.parametrize("sophisticated", [False, True])
def test_a_planner_is_the_brute_force_recursion(name, form, beta, sophisticated):
    task, (discounting, effort) = SMALL[name], PLANNERS[form]
    planner = Planner(
        discounting, inverse_temperature=beta, sophisticated=sophisticated, effort_discounting=effort,
        pseudo_reward_weight=0.5,
    )  # fmt: skip
    memory = planner.init(task, 1)
    d, n = discounts(discounting, task.n_steps), task.n_steps
    e = d if effort is None else discounts(effort, n)
    layer = task.layer_size

    def time_of(state):
        return 0 if layer is None else state // layer

    if sophisticated:
        choose = naive.sophisticated_plan(task, d, e, n, time_of, beta, pseudo=0.5)
    else:
        choose = naive.naive_plan(
            task, d, e, lambda s, t: n if layer is None else min(n, n - time_of(s) + t), beta, 0.5
        )
    for state in range(task.n_states if layer is None else n * layer):
        want, value = choose(state)
        expected = [want.get(a, 0.0) for a in range(task.n_actions)]
        if beta == np.inf:  # ties are broken alike only up to rounding: compare what the choice is worth
            assert memory.policy[:, 0, state] @ np.array(expected) > 0
        else:
            np.testing.assert_allclose(memory.policy[:, 0, state], expected, atol=1e-11)
        assert memory.value[0, state] == pytest.approx(value, abs=1e-11)


@pytest.mark.parametrize("name", SMALL)
def test_greedy_exponential_is_dynamic_programming(name):
    task, gamma = SMALL[name], 0.85
    value = np.zeros(task.n_states)
    for _ in range(task.n_steps):
        q = {
            (s, a): sum(
                p * (r - e + (not over) * gamma * value[to]) for p, r, e, to, over in naive.outcomes(task, s, a)
            )
            for s in range(task.n_states)
            for a in naive.offers(task, s)
        }
        value = np.array([max(q[s, a] for a in naive.offers(task, s)) for s in range(task.n_states)])
    live = slice(None) if task.layer_size is None else slice(0, task.n_steps * task.layer_size)
    both = [
        Planner(Exponential(gamma), inverse_temperature=np.inf, sophisticated=s).init(task, 1) for s in (False, True)
    ]
    for memory in both:
        np.testing.assert_allclose(memory.value[0, live], value[live], atol=1e-12)


def test_naive_and_sophisticated_differ_under_hyperbolic_discounting():
    task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=30.0)
    both = [Planner(Hyperbolic(0.3), inverse_temperature=2.0, sophisticated=s).init(task, 1) for s in (False, True)]
    assert np.abs(both[0].policy - both[1].policy).max() > 0.05


@pytest.mark.parametrize("sophisticated", [False, True])
def test_planner_row_i_is_the_planner_alone(sophisticated):
    task = SMALL["points"]
    k, beta, g = np.array([0.0, 0.1, 0.9]), np.array([0.5, np.inf, 2.0]), np.array([0.9, 0.5, 1.0])
    w = np.array([0.0, 1.0, 2.0])
    many = Planner(Hyperbolic(k), beta, sophisticated, Exponential(g), w).init(task, 3)
    for i in range(3):
        one = Planner(Hyperbolic(k[i]), beta[i], sophisticated, Exponential(g[i]), w[i]).init(task, 1)
        np.testing.assert_allclose(many.policy[:, i], one.policy[:, 0], atol=1e-14)
        np.testing.assert_allclose(many.value[i], one.value[0], atol=1e-12)


def test_a_shared_solution_serves_many_agents():
    task, planner = SMALL["points"], Planner(Hyperbolic(0.2))
    memory = planner.init(task, 7)
    assert memory.policy.shape == (3, 1, task.n_states)
    states = np.arange(7)
    np.testing.assert_array_equal(planner.policy(memory, states), memory.policy[:, 0, :7])
    np.testing.assert_array_equal(planner.value(memory, states), memory.value[0, :7])


def test_the_horizon_of_a_planner_is_how_far_it_looks():
    task = naive.maze_task(5, n_steps=6)
    short = Planner(Exponential(0.9), horizon=2).init(task, 1)
    same = Planner(Exponential(0.9)).init(rpe.tasks.TableTask(task.tables, 2), 1)
    np.testing.assert_array_equal(short.policy, same.policy)
    assert np.abs(short.policy - Planner(Exponential(0.9)).init(task, 1).policy).max() > 1e-3


# What learners converge to


def learned(agent, task, n_trials, n=40):
    history = rpe.simulate.run(agent, task, n_agents=n, n_trials=n_trials, rng=5, keep_memory=True)
    start = np.zeros(n, dtype=int)
    return history.memory, agent.value(history.memory, start)


SURE = rpe.tasks.GoalTask(n_units=2, deadline=4, payout=[0, 1.0, 6.0], distraction=0.8, start_cost=0.5)


def test_q_learning_finds_the_optimum():
    agent = QLearner(learning_rate=0.5, discount=0.9, exploration=1.0)
    memory, value = learned(agent, SURE, 400)
    exact = Planner(Exponential(0.9), inverse_temperature=np.inf).init(SURE, 1)
    np.testing.assert_allclose(value, exact.value[0, 0], atol=1e-8)
    greedy = memory.q[0].argmax(axis=0)
    reached = memory.q[0].min(axis=(0, 1)) != 0
    reached &= exact.policy[:, 0].max(axis=0) == 1
    assert reached.sum() > 5
    assert (greedy[:, reached] == exact.policy[:, 0].argmax(axis=0)[reached]).all()


@pytest.mark.parametrize(
    ("agent", "discounting"),
    [
        (ExpectedSarsa(inverse_temperature=0.3, learning_rate=0.5, discount=0.9), Exponential(0.9)),
        (
            MicroAgents(inverse_temperature=0.3, learning_rate=0.5, k=0.4, n_exponentials=6),
            SumOfExponentials.hyperbolic(0.4, 6),
        ),
        (
            PresentBiasedLearner(
                learning_rate=0.5, present_bias=0.6, discount=0.9, sophisticated=True, inverse_temperature=0.3
            ),
            QuasiHyperbolic(0.6, 0.9),
        ),
    ],
)
def test_on_policy_learners_become_the_sophisticated_planner(agent, discounting):
    _, value = learned(agent, SURE, 1500)
    exact = Planner(discounting, 0.3, sophisticated=True).init(SURE, 1).value[0, 0]
    np.testing.assert_allclose(value, exact, atol=1e-5)


def test_traces_change_the_way_and_not_the_goal():
    agent = ExpectedSarsa(learning_rate=0.03, discount=0.9, trace_decay=0.8, inverse_temperature=0.3)
    _, value = learned(agent, SURE, 3000, n=200)
    exact = Planner(Exponential(0.9), 0.3, sophisticated=True).init(SURE, 1).value[0, 0]
    assert value.mean() == pytest.approx(exact, abs=0.03)


def test_a_naive_present_biased_learner_becomes_the_naive_planner():
    agent = PresentBiasedLearner(learning_rate=0.5, present_bias=0.6, discount=0.9, exploration=0.5)
    memory, _ = learned(agent, SURE, 600)
    exact = Planner(QuasiHyperbolic(0.6, 0.9)).init(SURE, 1)
    greedy = PresentBiasedLearner(present_bias=0.6, discount=0.9)
    chosen = greedy.policy(memory, np.zeros(40, dtype=int))
    np.testing.assert_allclose(chosen, np.repeat(exact.policy[:, 0, :1], 40, axis=1), atol=1e-6)


def test_an_actor_critic_finds_the_better_way():
    agent = ActorCritic(learning_rate=0.2, actor_rate=0.2, discount=1.0, inverse_temperature=2.0)
    _, value = learned(agent, SURE, 1500)
    best = Planner(Exponential(1.0), inverse_temperature=np.inf).init(SURE, 1).value[0, 0]
    assert value.mean() > 0.9 * best
    assert value.max() <= best + 0.1


# Bad input

ALL = [QLearner, ExpectedSarsa, MicroAgents, PresentBiasedLearner, ActorCritic]


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 1.2),
        ("learning_rate", [0.1, -0.1]),
        ("learning_rate", np.nan),
        ("learning_rate", [[0.1]]),
        ("trace_decay", 1.01),
        ("inverse_temperature", -1.0),
        ("inverse_temperature", np.nan),
        ("pseudo_reward_weight", np.inf),
    ],
)
def test_bad_parameters_are_refused_by_name(kind, name, value):
    with pytest.raises(ValueError, match=f"{name} must"):
        kind(**{name: value})


@pytest.mark.parametrize(
    ("kind", "name", "value", "error"),
    [
        (QLearner, "discount", 1.5, ValueError),
        (QLearner, "discount", "high", TypeError),
        (QLearner, "cut_trace", 1, TypeError),
        (QLearner, "trace", "dutch", ValueError),
        (QLearner, "exploration", -0.1, ValueError),
        (QLearner, "initial_value", [1.0, 2.0], ValueError),
        (QLearner, "initial_value", np.inf, ValueError),
        (ExpectedSarsa, "discount", -0.1, ValueError),
        (MicroAgents, "k", -1.0, ValueError),
        (MicroAgents, "n_exponentials", 0, ValueError),
        (MicroAgents, "n_exponentials", 2.5, TypeError),
        (MicroAgents, "sophisticated", "yes", TypeError),
        (PresentBiasedLearner, "present_bias", 1.1, ValueError),
        (ActorCritic, "actor_rate", 2.0, ValueError),
        (ActorCritic, "discount", np.nan, ValueError),
    ],
)
def test_bad_own_parameters_are_refused_by_name(kind, name, value, error):
    with pytest.raises(error, match=f"{name} must"):
        kind(**{name: value})


@pytest.mark.parametrize("kind", ALL)
def test_a_typo_and_a_mismatch_are_refused(kind):
    with pytest.raises(TypeError, match="learnin_rate"):
        kind(learnin_rate=0.1)
    with pytest.raises(ValueError, match="one entry per agent"):
        kind(learning_rate=[0.1, 0.2], trace_decay=[0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="n_agents must be 2"):
        kind(learning_rate=[0.1, 0.2]).init(SURE, 3)


def test_bad_planners_are_refused():
    with pytest.raises(TypeError, match="discounting must"):
        Planner(0.9)
    with pytest.raises(TypeError, match="effort_discounting must"):
        Planner(Exponential(0.9), effort_discounting=0.5)
    with pytest.raises(ValueError, match="inverse_temperature must"):
        Planner(Exponential(0.9), inverse_temperature=-1)
    with pytest.raises(TypeError, match="sophisticated must"):
        Planner(Exponential(0.9), sophisticated="very")
    with pytest.raises(ValueError, match="horizon must"):
        Planner(Exponential(0.9), horizon=0)
    with pytest.raises(ValueError, match="one entry per agent"):
        Planner(Exponential([0.9, 0.8]), inverse_temperature=[1, 2, 3])
    with pytest.raises(ValueError, match="n_agents must be 2"):
        Planner(Exponential([0.9, 0.8])).init(SURE, 3)
    with pytest.raises(TypeError, match="task must"):
        Planner(Exponential(0.9)).init(object(), 1)


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("learner", LEARNERS)
def test_the_value_of_a_state_that_was_just_reached(learner, name):
    """What was read ahead of an update is no longer used where the update has changed it."""
    agent, task = LEARNERS[learner], TASKS[name]
    for memory, kind, seen, _ in play(agent, task, N, seed=5):
        if kind == "step":
            step, going, fresh = seen[2], seen[4] & ~seen[2].terminated, copy.deepcopy(memory)
            if hasattr(fresh, "ahead"):
                fresh.ahead = None
            known = agent.value(memory, step.state), agent.policy(memory, step.state)
            read = agent.value(fresh, step.state.copy()), agent.policy(fresh, step.state.copy())
            for a, b in zip(known, read, strict=True):
                np.testing.assert_allclose(a[..., going], b[..., going], atol=1e-12)


@pytest.mark.parametrize("name", ["td", "agents", "simulate", "schedules", "features", "choice", "discounting"])
def test_completion_shows_what_users_may_use(name):
    module = getattr(rpe, name)
    assert dir(module) == sorted(module.__all__)
    assert all(getattr(module, each) is not None for each in module.__all__)


def test_a_learner_of_ones_own_overrides_its_utility_alone():
    """With utility 3u all values triple, at a third of the inverse temperature with the same choices."""

    @dataclass(frozen=True, eq=False, kw_only=True)
    class Tripled(QLearner):
        def utility(self, step):
            return 3 * super().utility(step)

    task, shared = naive.goal_task(), {"trace_decay": 0.8, "discount": 0.9}
    runs = [
        rpe.simulate.run(learner, task, n_agents=20, n_trials=5, rng=0)
        for learner in (QLearner(inverse_temperature=1.5, **shared), Tripled(inverse_temperature=0.5, **shared))
    ]
    np.testing.assert_array_equal(runs[0].full.action, runs[1].full.action)
    np.testing.assert_allclose(3 * runs[0].full.delta, runs[1].full.delta, atol=1e-12)


def test_a_learner_of_ones_own_overrides_its_error_alone():
    """With δ = u − q a learner is myopic: Q-learning with a discount factor of 0."""

    @dataclass(frozen=True, eq=False, kw_only=True)
    class Myopic(QLearner):
        def error(self, utility, value, ahead, discount):
            return utility - value

    task = naive.maze_task()
    runs = [
        rpe.simulate.run(learner, task, n_agents=20, n_trials=5, rng=0)
        for learner in (QLearner(discount=0.0), Myopic(discount=0.9))
    ]
    np.testing.assert_allclose(runs[0].full.delta[..., 1:], runs[1].full.delta[..., 1:], atol=1e-12)


def test_agents_offer_the_documented_hooks():
    assert isinstance(QLearner(), rpe.agents.Agent)
    assert isinstance(QLearner(), rpe.agents.AgentHooks)
    assert isinstance(Planner(Hyperbolic()), rpe.agents.Agent)
    assert not isinstance(Planner(Hyperbolic()), rpe.agents.AgentHooks)  # it has no error of the cue
