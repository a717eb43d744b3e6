"""Attention and self-control: feeds by their tables, mechanisms by scalar loops and brute force, null controls."""

from math import exp, log

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

import rpe
from rpe import mechanisms, simulate, tasks
from rpe.agents import Planner, QLearner
from rpe.experiments import focus, self_control

LEARNER = QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=1.0)


# --- the feed ---------------------------------------------------------------------------------------


def chances(task):
    """P(next kind | kind, action), and the mean reward of each, in plain Python."""
    t = task.tables
    n = task.n_states
    following, reward = np.zeros((n, 2, n)), np.zeros((n, 2))
    for o in range(t.n_outcomes):
        for s in range(n):
            for a in range(2):
                p = np.broadcast_to(t.outcome_probability, t.next_state.shape)[o, s, a]
                following[s, a, t.next_state[o, s, a]] += p
                reward[s, a] += p * t.reward[o, s, a]
    return following, reward


def test_what_a_feed_shows_next():
    likings = (0.0, 1.0, 4.0)
    with_chance = {"look_probability": 0.25, "work_probability": 0.5, "work": 3.0}
    for shows in ("same", "random", "liked"):
        task = tasks.feed(likings, shows, **with_chance)
        following, reward = chances(task)
        np.testing.assert_allclose(reward, [[x, 3.0] for x in likings])
        again = {"same": [1.0, 1.0], "random": [1 / 3, 1 / 3], "liked": [1.0, 0.0]}[shows]
        for s in range(3):
            np.testing.assert_allclose(following[s, :, s], again)
            for other in {0, 1, 2} - {s}:
                np.testing.assert_allclose(following[s, :, other], (1 - np.array(again)) / 2)
        assert task.tables.reward.max() == 16.0


def test_shares_of_a_feed():
    following, _ = chances(tasks.feed((0.0, 1.0), "random", shares=(0.2, 0.8)))
    np.testing.assert_allclose(following[:, :, 1], 0.8)
    assert tasks.feed((0.0, 1.0), "same", shares=(0.2, 0.8)).initial_probability.tolist() == [0.2, 0.8]


# --- attention --------------------------------------------------------------------------------------


@pytest.mark.parametrize("follows", ["predictiveness", "surprise", "reward"])
def test_attention_by_a_scalar_loop(follows):
    task = tasks.feed((0.0, 0.5, 2.0), "liked", work=1.0, look_probability=0.5, n_steps=60)
    agent = mechanisms.Attention(LEARNER, weight=1.2, learning_rate=0.2, first=0.7, suppression=0.1, follows=follows)
    history = simulate.run(agent, task, n_agents=1, rng=1, record="all", keep_memory=True)
    full, own = history.full, history.memory.own
    a, expected, overall = [0.7] * 3, [0.0] * 3, 0.0
    assert 10 < full.action.sum() < 50
    for t in range(60):
        s, r = full.state[0, 0, t], full.reward[0, 0, t]
        if full.action[0, 0, t] == 1:
            a[s] *= 0.9
            continue
        aim = {"predictiveness": abs(r - overall) - abs(r - expected[s]), "surprise": abs(r - expected[s]), "reward": r}
        a[s] = max(0.0, a[s] + 0.2 * (aim[follows] - a[s]))
        expected[s] += 0.2 * (r - expected[s])
        overall += 0.2 * (r - overall)
    np.testing.assert_allclose(own.attention[:, 0], a, atol=1e-12)
    np.testing.assert_allclose(own.expected[:, 0], expected, atol=1e-12)
    policy = agent.policy(history.memory, np.array([2]))[:, 0]
    q = agent.action_values(history.memory, np.array([2]))[:, 0]
    assert policy[0] / policy[1] == pytest.approx(exp(q[0] - q[1] + 1.2 * a[2]))


def test_attention_to_a_sure_distraction():
    """Closed form, all looks: surprise (1 − η)ⁿ (a + n η r), and capture by value r + (1 − η)ⁿ (a − r)."""
    task = tasks.feed((2.0,), "same", work=-1e6, n_steps=9)
    for follows, wanted in (
        ("surprise", 0.9**9 * (1.0 + 9 * 0.1 * 2.0 / 0.9)),
        ("reward", 2.0 + 0.9**9 * (1.0 - 2.0)),
        ("predictiveness", 0.9**9),  # a single kind predicts no better than all do
    ):
        agent = mechanisms.Attention(
            QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=float("inf"), initial_value=0.0),
            weight=1.0,
            follows=follows,
        )
        memory = agent.init(task, 1)
        rng = np.random.default_rng(0)
        for _ in range(9):
            state, action = np.zeros(1, dtype=int), np.zeros(1, dtype=int)
            agent.update(memory, state, action, task.step(state, action, rng), None)
        assert memory.own.attention[0, 0] == pytest.approx(wanted), follows


# --- self-control -----------------------------------------------------------------------------------


def test_willpower_by_a_scalar_loop():
    task = tasks.feed((1.0,), "same", work=1.5, n_steps=50)
    agent = mechanisms.Willpower(LEARNER, weight=2.0, use=0.3, recovery=0.05)
    full = simulate.run(agent, task, n_agents=1, rng=2, record="all").full
    memory = simulate.run(agent, task, n_agents=1, rng=2, keep_memory=True).memory
    q, left = [0.0, 0.0], 1.0
    assert 5 < full.action.sum() < 48
    for t in range(50):
        action = full.action[0, 0, t]
        tempted = 1 / (1 + exp(q[1] - q[0]))
        left = max(0.0, left - 0.3 * tempted) if action else left + 0.05 * (1 - left)
        q[action] += 0.3 * (full.reward[0, 0, t] - q[action])
    assert memory.own.left[0] == pytest.approx(left, abs=1e-12)
    ratio = np.divide(*agent.policy(memory, np.zeros(1, dtype=int)))[0]
    assert -log(ratio) == pytest.approx(q[1] - q[0] + 2 * left)
    fresh = agent.transfer(memory, task)
    assert fresh.own.left == pytest.approx(left)
    np.testing.assert_array_equal(fresh.q, LEARNER.init(task, 1).q)


def test_control_is_worth_most_by_brute_force():
    rng = np.random.default_rng(0)
    odds, gain = rng.normal(0, 2, 40), rng.normal(1, 2, 40)
    agent = mechanisms.ControlInvestment(LEARNER, maximum=5.0, cost=0.3, n_levels=2001)
    found = agent.best(odds, gain)
    for odd, d, u in zip(odds, gain, found, strict=True):
        worth = [d / (1 + exp(-(odd + x))) - 0.15 * x * x for x in np.linspace(0, 5, 2001)]
        assert u == pytest.approx(np.linspace(0, 5, 2001)[int(np.argmax(worth))])
        if 0 < u < 5:  # the condition of first order, D σ′(l + u) = c u
            slope = exp(-(odd + u)) / (1 + exp(-(odd + u))) ** 2
            assert d * slope == pytest.approx(0.3 * u, abs=0.005)
    assert not found[gain <= 0].any()
    assert (found > 0).sum() > 10


def test_control_is_invested_in_work():
    task = tasks.feed((0.5, 1.0), "random", work=3.0, n_steps=30)
    agent = mechanisms.ControlInvestment(LEARNER, maximum=4.0, cost=0.2)
    memory, rng = agent.init(task, 2), np.random.default_rng(0)
    state, spent = np.array([0, 1]), np.zeros(2)
    for _ in range(30):
        plain, chosen = LEARNER.policy(memory.inner, state), agent.policy(memory, state)
        q = LEARNER.action_values(memory.inner, state)
        u = agent.best(np.log(plain[1] / plain[0]), q[1] - q[0])
        np.testing.assert_allclose(np.log(chosen[1] / chosen[0]), np.log(plain[1] / plain[0]) + u)
        spent += 0.1 * u**2
        action = np.array([1, rng.integers(2)])
        step = task.step(state, action, rng)
        agent.update(memory, state, action, step, None)
        state = step.state
    assert (u > 0.3).all()
    np.testing.assert_allclose(memory.own.spent, spent)


@pytest.mark.parametrize("extra", [{}, {"maximum": 0.0}])
def test_without_control_the_agent_is_the_plain_agent(extra):
    task = tasks.feed((0.5, 1.0), "random", n_steps=20)
    plain, found = (
        simulate.run(agent, task, n_agents=5, n_trials=3, rng=1, record="all").full
        for agent in (LEARNER, mechanisms.ControlInvestment(LEARNER, **extra))
    )
    np.testing.assert_array_equal(plain.delta, found.delta)


def test_nothing_to_choose_asks_for_no_control():
    task = tasks.monolithic(n_units=1, deadline=4, reward=50.0)
    agent = mechanisms.ControlInvestment(LEARNER, maximum=4.0)
    full = simulate.run(agent, task, n_agents=30, n_trials=20, rng=0, record="all").full
    assert np.isfinite(full.delta[np.isfinite(full.reward).nonzero()]).any()
    done = task.encode(1, 1)
    memory = agent.init(task, 1)
    assert agent.intensity(memory, np.array([done])) == 0.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mechanisms.Attention(LEARNER, follows="me"), ValueError, "follows must be one of"),
        (lambda: mechanisms.Attention(LEARNER, weight=1).init(tasks.bandit([1, 0]), 1), ValueError, "are work, and"),
        (lambda: mechanisms.Willpower(LEARNER, use=2.0), ValueError, "use must lie in"),
        (lambda: mechanisms.ControlInvestment(LEARNER, cost=0.0), ValueError, "cost must lie in"),
        (lambda: mechanisms.ControlInvestment(Planner(rpe.discounting.Exponential(0.9))), TypeError, "action_values"),
        (
            lambda: mechanisms.ControlInvestment(mechanisms.Habit(Planner(rpe.discounting.Exponential(0.9)))),
            TypeError,
            "agent must have the method 'action_values'; Planner has not",
        ),
        (lambda: tasks.feed((1.0,), "liked"), ValueError, "two kinds or more"),
        (lambda: tasks.feed((1.0, 2.0), "loud"), ValueError, "shows must be one of"),
        (lambda: tasks.feed((1.0, 2.0), shares=(0.5, 0.6)), ValueError, "sum to 1"),
        (lambda: tasks.feed((1.0, 2.0), look_probability=0.0), ValueError, "look_probability must lie in"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- the experiments --------------------------------------------------------------------------------


TINY = focus.Settings(
    chances=(1.0,), rates=(0.2,), suppressions=(0.0,), weights=(1.0,), temperatures=(2.0,), n_agents=60, n_choices=75
)
SMALL = self_control.Settings(
    weights=(3.0,), uses=(0.0, 0.1), recoveries=(0.02,), learning_rates=(0.2,), temperatures=(1.0,), n_agents=300,
    n_choices=60,
)  # fmt: skip


@pytest.fixture(scope="module")
def looks():
    return focus.run(TINY, 0)


@pytest.fixture(scope="module")
def control():
    return self_control.run(SMALL, 0)


def test_the_figure_can_be_printed_and_says_what_was_found(looks):
    printable(looks.figures())
    for panel in looks.panels:
        assert not isinstance(panel.title, str), panel.title
        says_the_finding(panel)


def test_steady_distractions_lose_attention_and_rewarding_ones_keep_it(looks):
    """What follows from the equations: surprise and predictiveness of a sure, steady distraction go to 0."""
    where = {"part": "family", "feed": "steady", "work": "each time"}
    plain = looks.value("late", follows="nothing", **where)
    assert looks.value("late", follows="predictiveness", **where) < plain + 0.1
    assert looks.value("late", follows="reward", **where) > plain + 0.1
    for follows in focus.FOLLOWS[1:]:
        assert looks.value("early", follows=follows, **where) > looks.value("early", follows="nothing", **where)


def test_the_popular_feed_shows_the_kinds_as_often(monkeypatch):
    """The control: the same kinds in the same shares, over all people."""
    made = []
    monkeypatch.setattr(focus, "_task", lambda *given: made.append(given) or task(*given))
    focus.run(TINY, 0)
    shares = {given[1]: given[4] for given in made}
    assert [name for name, given in shares.items() if given is not None] == ["as popular"]
    assert shares["as popular"].sum() == pytest.approx(1)
    assert shares["as popular"].argmax() == 3  # the best liked is shown most


task = focus._task


def test_shares_of_looks_are_those_of_the_table(looks):
    late = {feed: looks.values("late", follows="reward", feed=feed) for feed in focus.FEEDS}
    more = late["adaptive"] - late["as popular"]
    place = {"finding": "holds attention longer", "follows": "reward", "against": "as popular"}
    assert looks.value("share", **place) == np.mean(more > 0.02)
    assert looks.value("mean of more looks", follows="reward", against="as popular") == pytest.approx(more.mean())


def test_nothing_is_depleted_where_nothing_is_used(control):
    """The null controls: the same random numbers, so that the effect is none at all."""
    for account in ("none", "investment"):
        assert control.value("effect of depletion", account=account) == 0.0
    assert control.value("effect of depletion", account="resource", use=0.0) == 0.0
    assert control.value("effect of depletion", account="resource", use=0.1) > 0.3


def test_a_resource_falls_and_an_investment_follows_stakes(control):
    assert control.value("fall over time", account="resource", use=0.1) > control.value(
        "fall over time", account="resource", use=0.0
    )
    assert control.value("rise by stakes", account="investment") > 0.02
    share = control.value("share", finding="more depletion than replicated", account="resource")
    assert share == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: focus.Settings(work=1.0), "likings must be two or more, and all below work, 1"),
        (lambda: focus.Settings(chances=()), "chances must have at least one level"),
        (lambda: focus.Settings(weights=(0.0,)), "weights must lie in"),
        (lambda: self_control.Settings(n_choices=35), "n_choices must be a multiple of 10"),
        (lambda: self_control.Settings(uses=(2.0,)), "uses must lie in"),
        (lambda: self_control.Settings(stakes=0.5), "stakes must lie in"),
    ],
)
def test_bad_settings(call, message):
    with pytest.raises(ValueError, match=message):
        call()
