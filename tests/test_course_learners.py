"""Learners of a course: double Q, SARSA(λ), n-step, Dyna, bonuses, schedules; against loops by hand and the optimum."""

import gymnasium as gym
import numpy as np
import pytest
from toy_text import newest

import rpe
from rpe import agents
from rpe.tasks import Tables, TableTask

RATES = {"learning_rate": 0.3, "discount": 0.9, "inverse_temperature": 1.5}


def chain(length=5, n_steps=25):
    """Cells in a row, back and forth; each step costs, the far end pays 1 and ends the trial."""
    cell = np.clip(np.arange(length)[:, None] + [-1, 1], 0, length - 1)
    reached = (cell == length - 1)[None]
    one = np.ones((1, 1, 1))
    available = np.ones((length, 2), dtype=bool)
    return TableTask(Tables(cell[None], one, reached * 1.0, 0.01 * one, reached, available), n_steps)


def played(learner, **options):
    task = chain()
    history = rpe.simulate.run(learner, task, n_trials=12, rng=5, keep_memory=True, **options)
    full = history.full
    for trial in range(12):
        n = int(history.trials.length[0, trial])
        state, action = full.state[0, trial, : n + 1], full.action[0, trial, :n]
        yield state, action, full.reward[0, trial, :n] - 0.01, bool(full.reward[0, trial, n - 1] > 0)
    yield history.memory, full


def softmax(row, beta=1.5):
    weights = np.exp(beta * (row - row.max()))
    return weights / weights.sum()


@pytest.mark.parametrize("trace_decay", [0.0, 0.8])
def test_sarsa_by_hand(trace_decay):
    *trials, (memory, _) = played(agents.Sarsa(trace_decay=trace_decay, **RATES))
    q = np.zeros((5, 2))
    for state, action, utility, ended in trials:
        trace = np.zeros((5, 2))
        for t, u in enumerate(utility):
            last = t + 1 == len(utility)
            ahead = (
                softmax(q[state[t + 1]]) @ q[state[t + 1]]
                if last
                else q[state[t + 1], action[min(t + 1, len(action) - 1)]]
            )
            carry = 0.0 if last and ended else 0.9
            delta = u + carry * ahead - q[state[t], action[t]]
            trace[state[t], action[t]] += 1
            q += 0.3 * delta * trace
            trace *= carry * trace_decay
    np.testing.assert_allclose(memory.q[0, :, 0].T, q, atol=1e-12)


@pytest.mark.parametrize("n", [1, 3, 100])
def test_n_step_sarsa_by_hand(n):
    *trials, (memory, _) = played(agents.NStepSarsa(n_steps=n, **RATES))
    q = np.zeros((5, 2))
    for state, action, utility, ended in trials:
        length = len(utility)
        for now in range(length):
            worth = softmax(q[state[now + 1]]) @ q[state[now + 1]]
            over = now + 1 == length
            for t in range(max(0, now + 1 - n), now + 1) if over else [now + 1 - n]:
                if t >= 0:
                    gain = sum(0.9 ** (k - t) * utility[k] for k in range(t, now + 1))
                    gain += 0.0 if over and ended else 0.9 ** (now + 1 - t) * worth
                    q[state[t], action[t]] += 0.3 * (gain - q[state[t], action[t]])
    np.testing.assert_allclose(memory.q[0, :, 0].T, q, atol=1e-12)


def test_one_step_is_expected_sarsa():
    one, two = (
        list(played(learner))[-1] for learner in (agents.NStepSarsa(n_steps=1, **RATES), agents.ExpectedSarsa(**RATES))
    )
    np.testing.assert_array_equal(one[1].action, two[1].action)
    np.testing.assert_allclose(one[1].delta, two[1].delta, atol=1e-12)


def test_double_q_by_hand():
    *trials, (memory, full) = played(agents.DoubleQLearner(**RATES))
    q, visits = np.zeros((2, 5, 2)), np.zeros((5, 2), dtype=int)
    for number, (state, action, utility, ended) in enumerate(trials):
        for t, u in enumerate(utility):
            place = state[t], action[t]
            own, to = visits[place] % 2, state[t + 1]
            carry = 0.0 if ended and t + 1 == len(utility) else 0.9
            delta = u + carry * q[1 - own, to, q[own, to].argmax()] - q[(own, *place)]
            q[(own, *place)] += 0.3 * delta
            visits[place] += 1
            assert full.delta[0, number, t + 1] == pytest.approx(delta)
    np.testing.assert_allclose(memory.q[:, :, 0].transpose(0, 2, 1), q, atol=1e-12)


def test_double_q_does_not_overrate_noise():
    """One state from which ten arms of mean −0.1 lead: Q-learning takes the best of the noise for worth."""
    rng = np.random.default_rng(0)
    noise = rng.normal(-0.1, 1.0, (50, 1, 10))
    one = np.ones((1, 1, 1))
    arms = TableTask(
        Tables(
            np.zeros((50, 1, 10), dtype=int),
            one / 50 * np.ones((50, 1, 1)),
            noise,
            0 * one,
            one > 0,
            np.ones((1, 10), dtype=bool),
        ),
        1,
    )
    worth = {}
    for learner in (agents.QLearner, agents.DoubleQLearner):
        memory = rpe.simulate.run(
            learner(learning_rate=0.2, inverse_temperature=0.0),
            arms,
            n_agents=200,
            n_trials=200,
            rng=0,
            keep_memory=True,
        ).memory
        a, b = memory.q[0, :, :, 0], memory.q[-1, :, :, 0]
        worth[learner] = np.take_along_axis(b, a.argmax(axis=0)[None], axis=0).mean()
    truth = noise.mean(axis=0).max()
    assert worth[agents.QLearner] > truth + 0.15
    assert worth[agents.DoubleQLearner] < truth + 0.02


@pytest.mark.parametrize("learner", [agents.DynaQ, agents.PrioritisedSweeping])
def test_replay_needs_fewer_steps(learner):
    rates = {"learning_rate": 0.5, "discount": 0.9, "inverse_temperature": np.inf}
    maze = rpe.envs.tabulate(gym.make(newest("CliffWalking")), n_steps=500)
    steps = {
        n: rpe.simulate.run(learner(n_planning=n, **rates), maze, n_agents=5, n_trials=10, rng=0).trials.length.sum()
        for n in (0, 10)
    }
    plain = rpe.simulate.run(agents.QLearner(**rates), maze, n_agents=5, n_trials=10, rng=0).trials.length.sum()
    assert steps[0] == plain
    assert steps[10] < 0.8 * plain


def test_replay_reaches_the_values_of_dynamic_programming():
    for learner in (agents.DynaQ, agents.PrioritisedSweeping):
        memory = rpe.simulate.run(
            learner(learning_rate=0.5, discount=0.9, exploration=1.0, n_planning=20),
            chain(),
            n_agents=2,
            n_trials=30,
            rng=0,
            keep_memory=True,
        ).memory
        np.testing.assert_allclose(memory.q[0, :, 0, :4], agents.optimal(chain(), 0.9).q[:, :4], atol=1e-3)


def test_bonuses_by_hand():
    history = rpe.simulate.run(
        agents.CountBonus(bonus=2.0, learning_rate=1.0, discount=0.0), rpe.tasks.bandit([0.0]), n_trials=9, rng=0
    )
    value, expected = 0.0, []
    for n in range(1, 10):
        expected.append(2 / np.sqrt(n) - value)
        value = 2 / np.sqrt(n)
    np.testing.assert_allclose(history.full.delta[0, :, 1], expected)


def test_upper_confidence_tries_everything_first():
    arms = rpe.tasks.bandit([0.1, 0.5, 0.9, 0.2])
    learner = agents.UpperConfidence(confidence=0.5, inverse_temperature=np.inf, learning_rate=0.1)
    action = rpe.simulate.run(learner, arms, n_agents=50, n_trials=150, rng=0).full.action[:, :, 0]
    assert (np.sort(action[:, :4], axis=1) == np.arange(4)).all()
    assert (action[:, -30:] == 2).mean() > 0.7


def test_schedules():
    falling = agents.Scheduled(
        agents.QLearner(inverse_temperature=np.inf), {"exploration": lambda trial: float(trial < 20)}
    )
    action = rpe.simulate.run(
        falling, rpe.tasks.bandit([0.0, 1.0]), n_agents=200, n_trials=40, rng=0, record="all"
    ).full.action
    assert 0.4 < action[:, :20].mean() < 0.6
    assert (action[:, 20:] == 1).mean() > 0.99
    with pytest.raises(ValueError, match="schedules must name parameters of QLearner; got 'epsilon'"):
        agents.Scheduled(agents.QLearner(), {"epsilon": float})


@pytest.mark.parametrize("learner", [agents.DoubleQLearner, agents.NStepSarsa, agents.DynaQ])
def test_no_traces(learner):
    with pytest.raises(ValueError, match="trace_decay must be 0"):
        learner(trace_decay=0.5)


@pytest.mark.parametrize(
    "learner",
    [
        agents.DoubleQLearner(),
        agents.Sarsa(trace_decay=0.5),
        agents.NStepSarsa(),
        agents.DynaQ(),
        agents.PrioritisedSweeping(),
        agents.CountBonus(),
        agents.UpperConfidence(),
    ],
)
def test_agents_who_end_at_other_times_are_the_runs_alone(learner):
    """In a batch, an agent does what it does alone: its own traces, visits and replays."""
    many = rpe.simulate.run(learner, chain(), n_agents=4, n_trials=6, rng=0, record="all", keep_memory=True)
    assert len(set(many.trials.length[:, 0].tolist())) > 1
    assert isinstance(learner, agents.DynaQ) or not np.isnan(many.full.delta).any()
    ended = np.arange(25) >= many.trials.length[..., None]
    assert (many.full.delta[..., 1:][ended] == 0).all()
    assert (many.memory.q[:, :, :, 4] == 0).all()


def test_the_optimum_and_regret():
    lake = gym.make("FrozenLake-v1", is_slippery=False)
    best = agents.optimal(lake, discount=0.9)
    assert best.start == pytest.approx(0.9**5)
    assert best.policy[:, 0].tolist() == [False, True, True, False]
    history = rpe.simulate.run(agents.QLearner(), lake, n_trials=5, rng=0)
    np.testing.assert_allclose(rpe.measures.regret(history), 1 - history.trials.reward)
    planner = agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=np.inf)
    slippery = rpe.envs.tabulate(gym.make("FrozenLake-v1"))
    found = rpe.simulate.run(planner, slippery, n_agents=2000, n_trials=1, rng=0)
    assert abs(rpe.measures.regret(found).mean()) < 0.04
