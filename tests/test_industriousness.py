"""Learned industriousness: acquisition, extinction and transfer in closed form and by a loop, and null controls."""

from math import exp

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

from rpe import mechanisms, simulate, tasks
from rpe.agents import QLearner
from rpe.experiments import industriousness

TINY = industriousness.Settings(
    pays=(2.0,), weights=(0.0, 1.0), rates=(0.1,), learning_rates=(0.2,), temperatures=(2.0,), n_agents=60, n_choices=90
)
LEARNER = QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=1.0)


def trained(agent, effort, reward, n_steps, memory=None):
    task = tasks.paid_effort(effort, reward, n_steps=n_steps)
    return simulate.run(agent, task, n_agents=1, memory=memory, keep_memory=True, rng=0).memory


def test_paid_effort_gains_worth_and_unpaid_effort_loses_it():
    """Closed form: r (1 − (1 − α)ⁿ), and (1 − α)ᵏ of it after k unpaid steps; reward without effort teaches nothing."""
    agent = mechanisms.Industriousness(LEARNER, weight=1.0, learning_rate=0.1, levels=(2.0,))
    memory = trained(agent, 2.0, 3.0, 12)
    assert agent.worth(memory, 2.0) == pytest.approx(3 * (1 - 0.9**12))
    memory = trained(agent, 0.0, 3.0, 7, memory)
    assert agent.worth(memory, 2.0) == pytest.approx(3 * (1 - 0.9**12))
    memory = trained(agent, 2.0, 0.0, 5, memory)
    assert agent.worth(memory, 2.0) == pytest.approx(3 * (1 - 0.9**12) * 0.9**5)
    assert agent.worth(memory, 0.0) == 0.0


def test_errors_by_a_scalar_loop():
    """Two levels, a chance of pay, work and rest: what the agent inside learns from, step by step."""
    task = tasks.paid_effort(1.5, 3.0, 0.5, rest=0.4, n_steps=40)
    agent = mechanisms.Industriousness(LEARNER, weight=0.7, learning_rate=0.2, levels=(1.0, 3.0), width=0.8)
    full = simulate.run(agent, task, n_agents=1, rng=3, record="all").full
    near, far = exp(-0.5 * (0.5 / 0.8) ** 2), exp(-0.5 * (1.5 / 0.8) ** 2)
    x = [near / (near + far), far / (near + far)]
    q, v = [0.0, 0.0], [0.0, 0.0]
    assert 5 < full.action.sum() < 35
    for t in range(40):
        action, reward = full.action[0, 0, t], full.reward[0, 0, t]
        u = x[0] * v[0] + x[1] * v[1] if action else 0.0
        delta = reward - (1.5 - 0.7 * u if action else 0.0) - q[action]
        assert full.delta[0, 0, t + 1] == pytest.approx(delta, abs=1e-12)
        q[action] += 0.3 * delta
        if action:
            v = [v[j] + 0.2 * x[j] * (reward - u) for j in range(2)]


def test_what_effort_is_worth_goes_along_and_nothing_else_does():
    agent = mechanisms.Industriousness(LEARNER, weight=1.0, learning_rate=0.5)
    task = tasks.monolithic(n_units=2, deadline=4)
    old = trained(agent, 2.0, 3.0, 4)
    new = agent.transfer(old, task)
    assert agent.worth(new, 2.0) == agent.worth(old, 2.0) > 1
    np.testing.assert_array_equal(new.q, LEARNER.init(task, 1).q)
    new.own += 1.0
    assert agent.worth(old, 2.0) < agent.worth(new, 2.0)


def test_efforts_far_from_all_levels_are_felt_as_the_nearest():
    agent = mechanisms.Industriousness(LEARNER, levels=(1.0, 2.0), width=0.1)
    np.testing.assert_allclose(agent.sensations([500.0, 0.0, 1.5]), [[0.0, 0.0, 0.5], [1.0, 0.0, 0.5]], atol=1e-12)


@pytest.fixture(scope="module")
def study():
    return industriousness.run(TINY, 0)


def test_the_figure_can_be_printed_and_says_what_was_found(study):
    printable(study.figures())
    for panel in study.panels:
        assert not isinstance(panel.title, str), panel.title
        says_the_finding(panel)


def test_without_weight_training_leaves_nothing(study):
    """The null control: the same random numbers, so that nothing differs at all."""
    for new in industriousness.NEW_TASKS:
        where = {"part": "family", "task": new, "when": "early", "weight": 0.0}
        plain = study.values("share of work", training="none", **where)
        for kind in industriousness.TRAINING:
            np.testing.assert_array_equal(study.values("share of work", training=kind, **where), plain)


def test_what_is_paid_for_other_effort_or_none_does_not_transfer(study):
    """Effort of another degree, a width of three away, leaves a hundredth at most; no effort, and no pay, nothing."""
    where = {"part": "family", "task": "paid rarely", "when": "early", "weight": 1.0}
    share = {kind: study.value("share of work", training=kind, **where) for kind in industriousness.TRAINING}
    assert share["pay without effort"] == share["this effort, unpaid"] == share["none"]
    assert abs(share["less effort, paid"] - share["none"]) < 0.03
    assert share["this effort, paid"] > share["none"] + 0.05


def test_work_at_a_loss_goes_on_and_unpaid_work_ends(study):
    where = {"training": "this effort, paid", "weight": 1.0, "part": "family"}
    early, late = (study.value("share of work", task="unpaid", when=when, **where) for when in ("early", "late"))
    assert late < early - 0.05
    lost = [study.value("mean loss", task="not worth it", when=when, control="none") for when in ("early", "late")]
    assert lost[0] > 0.05


def test_shares_are_those_of_the_table(study):
    place = {"task": "paid rarely", "when": "late"}
    more = study.values("share of work", training="this effort, paid", weight=1.0, **place) - study.values(
        "share of work", training="none", weight=1.0, **place
    )
    assert study.value("share", finding="works more", control="none", **place) == np.mean(more > 0.02)
    assert study.value("mean of more work", control="none", **place) == pytest.approx(more.mean())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mechanisms.Industriousness(LEARNER, weight=-1), "weight must lie in"),
        (lambda: mechanisms.Industriousness(LEARNER, levels=(2.0, 1.0)), "levels must rise"),
        (lambda: mechanisms.Industriousness(LEARNER, levels=(0.0,)), "levels must lie in"),
        (lambda: mechanisms.Industriousness(LEARNER, width=0.0), "width must lie in"),
        (lambda: tasks.paid_effort(-1.0, 1.0), "effort must lie in"),
        (lambda: tasks.paid_effort(1.0, 1.0, 2.0), "probability must lie in"),
        (lambda: industriousness.Settings(weights=(0.5, 1.0)), "weights must begin with 0"),
        (lambda: industriousness.Settings(pays=()), "pays must have at least one level"),
        (lambda: industriousness.Settings(less=2.0), "less must lie in"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
