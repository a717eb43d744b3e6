"""The corticostriatal actor: what dopamine teaches against SciPy, a scalar agent, and the exact solution."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import rpe
from rpe import measures
from rpe.agents import CorticostriatalActor
from rpe.tasks import Step

TASK = rpe.tasks.micro_wins(n_goals=3, n_units=6, deadline=14, reward=30.0)


def taught(error, delay, synchrony=0.3):
    """∫ e(t) (C − C₀) dt by SciPy, with the integral as a third state."""
    k = rpe.dopamine.REGIONS["accumbens"]
    rate = min(max(5 + 25 * max(error, 0) - 5 * max(-error, 0), 0), 40)
    rest = float(rpe.dopamine.steady_concentration(5.0))
    bound = 0.003 * rest / (0.003 * rest + 0.3)

    def change(t, y, hz):
        free = k.release * (5 + synchrony * (hz - 5)) / (1 + k.brake * y[1])
        c = free - k.uptake * y[0] / (k.affinity + y[0]) - k.leak * y[0]
        return [c, k.on * y[0] * (1 - y[1]) - k.off * y[1], float(rpe.dopamine.eligibility(t + delay)) * (y[0] - rest)]

    look = {"method": "LSODA", "rtol": 1e-9, "atol": 1e-9}
    pulse = solve_ivp(change, (0, 0.2), [rest, bound, 0.0], args=(rate,), **look).y[:, -1]
    return solve_ivp(change, (0.2, 6), pulse, args=(5.0,), **look).y[2, -1]


@pytest.mark.parametrize("delay", [0.0, 0.3, 2.0])
def test_what_dopamine_teaches_is_the_plasticity_of_the_transient(delay):
    unit = taught(1.0, 0.3)
    found = CorticostriatalActor(delay=delay).teaching([-2.0, -0.5, 0.0, 0.25, 1.0, 3.0])
    expected = [taught(error, delay) / unit for error in (-2.0, -0.5, 0.0, 0.25, 1.0, 3.0)]
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert found[2] == 0.0


def test_bursts_saturate_dips_are_shallow_and_the_window_closes():
    actor = CorticostriatalActor()
    burst, dip = actor.teaching([1.0, 1.4, 1.5, 4.0, 99.0]), actor.teaching([-1.0, -2.0])
    assert burst[0] == pytest.approx(1.0, abs=1e-6)
    assert burst[1] == pytest.approx(burst[4])
    assert dip[0] == dip[1]
    assert -0.2 < dip[0] < -0.1
    late = [float(CorticostriatalActor(delay=d).teaching(1.0)) for d in (0.3, 1.0, 2.0, 5.0)]
    assert all(a > b for a, b in pairwise(late))
    assert late[-1] < 0.02
    assert CorticostriatalActor(synchrony=0.0).teaching([1.0, -1.0]).tolist() == [0.0, 0.0]
    assert CorticostriatalActor(uptake_block=5.0).teaching(1.0) > 1.5


def test_one_step_by_hand():
    actor = CorticostriatalActor(learning_rate=0.5, direct_rate=0.2, indirect_rate=[0.1, 0.3], discount=0.9)
    memory = actor.init(TASK, 2)
    memory.critic[:] = 4.0
    state, action = np.array([0, 0]), np.array([1, 0])
    step = Step(
        np.array([3, 3]),
        np.array([10.0, 2.0]),
        np.array([1.0, 0.0]),
        0.0,
        0.0,
        np.array([True, False]),
        np.zeros(2, bool),
    )
    delta = actor.update(memory, state, action, step, None)
    np.testing.assert_allclose(delta, [10 - 1 - 4, 2 + 0.9 * 4 - 4])
    d = actor.teaching(delta / 10.0)
    np.testing.assert_allclose(memory.critic[0], 4 + 0.5 * 10 * d)
    np.testing.assert_allclose([memory.direct[0, 0, 1], memory.direct[0, 1, 0]], 1 + 0.2 * d)
    np.testing.assert_allclose([memory.indirect[0, 0, 1], memory.indirect[0, 1, 0]], 1 - np.array([0.1, 0.3]) * d)
    assert (memory.direct != 1).sum() == 2
    gone = actor.update(memory, state, action, step, np.array([False, True]))
    assert gone[0] == 0.0
    assert memory.critic[0, 0] == pytest.approx(4 + 5 * d[0])


def test_dopamine_at_choice_weighs_benefits_over_costs():
    for rho, expected in ((1.0, [4.0, 2.0]), (-1.0, [-6.0, -1.0]), (0.0, [2.0 - 3.0, 1.0 - 0.5])):
        actor = CorticostriatalActor(dopamine_at_choice=rho, inverse_temperature=0.7)
        memory = actor.init(TASK, 1)
        memory.direct[0, 0], memory.indirect[0, 0] = [2.0, 1.0], [3.0, 0.5]
        chance = actor.policy(memory, np.array([0]))[:, 0]
        assert np.log(chance[0] / chance[1]) == pytest.approx(0.7 * (expected[0] - expected[1]))


def utility(exact):
    return float(exact.reward[0] - exact.effort[0])


def test_the_exact_solution_is_its_referee():
    best_agent = rpe.agents.Planner(rpe.discounting.Exponential(0.98), inverse_temperature=float("inf"))
    best = utility(measures.exact(best_agent, TASK))
    worth = float(best_agent.init(TASK, 1).value[0, 0])
    # Two actions chosen evenly are what a fresh actor does.
    even = utility(measures.exact(CorticostriatalActor(), TASK))
    gained = {}
    for name, settings in (("learns", {}), ("too late", {"delay": 5.0}), ("no dopamine", {"synchrony": 0.0})):
        actor = CorticostriatalActor(**settings)
        history = rpe.simulate.run(actor, TASK, n_agents=64, n_trials=600, rng=0, keep_memory=True)
        brought = (history.trials.reward - history.trials.effort)[:, -100:].mean()
        gained[name] = (brought - even) / (best - even)
        if name == "learns":
            assert 0.9 * worth < history.memory.v[:, 0].mean() < worth
            # Certain wins come to teach nothing.
            assert abs(history.curves.goal_error[-1]) < 0.2 < history.curves.goal_error[0]
    assert gained["learns"] > 0.65
    assert gained["too late"] < 0.35
    assert abs(gained["no dopamine"]) < 0.1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: CorticostriatalActor(learning_rate=1.5), ValueError, "learning_rate must lie in"),
        (lambda: CorticostriatalActor(direct_rate=0.6), ValueError, "direct_rate must lie in"),
        (lambda: CorticostriatalActor(dopamine_at_choice=-2.0), ValueError, "dopamine_at_choice must lie in"),
        (lambda: CorticostriatalActor(delay=-1.0), ValueError, "delay must lie in"),
        (lambda: CorticostriatalActor(reward_scale=0.0), ValueError, "reward_scale must lie in"),
        (lambda: CorticostriatalActor(reward_scale="size"), TypeError, "reward_scale must hold real numbers"),
        (lambda: CorticostriatalActor(synchrony=2.0), ValueError, "synchrony must lie in"),
        (lambda: CorticostriatalActor(direct_rate=[0.1, 0.2], discount=[0.9] * 3), ValueError, "one entry per agent"),
        (lambda: CorticostriatalActor(direct_rate=[0.1, 0.2]).init(TASK, 3), ValueError, "n_agents must be 2"),
        (
            lambda: CorticostriatalActor().init(rpe.tasks.GoalTask(payout=np.zeros(21), distraction=-1.0), 1),
            ValueError,
            "reward_scale must be a number",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
