"""Rival goals: the task, momentum and looking ahead, commitment, and resistance to change."""

from itertools import product

import numpy as np
import pytest

import rpe
from rpe.agents import GoalCommitment, GoalPursuit
from rpe.agents.goal_pursuit import best_rival, prospective_value
from rpe.mechanisms import ResistanceToChange, extinction
from rpe.tasks import Step, ThreeSuits

TASK = ThreeSuits.published()
SMALL = ThreeSuits([[0.8, 0.2], [0.3, 0.7]], block_length=4, target=3, reward=5.0)


def choose(agent, suits, tokens, task=SMALL):
    """The memory after some choices that brought these tokens, and the state that was reached."""
    memory = agent.init(task, 1)
    state = np.zeros(1, dtype=np.int64)
    for suit, token in zip(suits, tokens, strict=True):
        after = task.tables.next_state[1 - token, state, suit]
        agent.update(memory, state, np.array([suit]), Step(after, 0.0, 0.0, 0.0, 0.0, None, None), None)
        state = after
    return memory, state


class TestTask:
    def test_tokens_by_hand(self):
        rng = np.random.default_rng(0)
        state, tokens, paid = SMALL.initial(1, rng), np.zeros(2, dtype=int), 0.0
        for time in range(SMALL.n_steps):
            known = SMALL.decode(state)
            assert (known["time"][0], known["block"][0]) == (time, time // 4)
            assert known["dominant"][0] == (0 if time < 4 else 1)
            np.testing.assert_array_equal(known["tokens"][0], tokens)
            suit = int(rng.integers(2))
            step = SMALL.step(state, np.array([suit]), rng)
            got = SMALL.decode(step.state)["tokens"][0][suit] != tokens[suit]
            tokens[suit] = (tokens[suit] + got) % 3
            assert step.reward[0] == (5.0 if got and tokens[suit] == 0 else 0.0)
            assert step.terminated[0] == (time == SMALL.n_steps - 1)
            paid, state = paid + step.reward[0], step.state

    def test_chances_are_those_of_the_blocks(self):
        outcome = SMALL.tables.outcome_probability[0].reshape(9, 9, 2)[:8]
        np.testing.assert_array_equal(outcome, np.repeat(SMALL.chance, 4, axis=0)[:, None] * np.ones((1, 9, 1)))

    def test_published_blocks(self):
        assert TASK.n_steps == 540
        np.testing.assert_array_equal(TASK.chance.argmax(axis=1), [0, 1, 2, 0, 1, 2, 0, 2, 1] * 2)
        expected = [0.8, 0.7, 0.6, 0.7, 0.8, 0.6, 0.7, 0.8, 0.6, 0.8, 0.6, 0.7, 0.6, 0.8, 0.7, 0.6, 0.8, 0.7]
        np.testing.assert_allclose(TASK.chance.max(axis=1), expected)
        np.testing.assert_allclose(np.sort(TASK.chance, axis=1)[:, 0], 1 - np.array(expected))

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: ThreeSuits([[1.2]]), "probability must lie in"),
            (lambda: ThreeSuits([0.5]), r"shape \(n_blocks, n_suits\)"),
            (lambda: ThreeSuits([[0.5]], target=0), "target must be at least 1"),
            (lambda: ThreeSuits.published((0.5,)), "strengths must be three"),
            (lambda: GoalPursuit(rule="luck"), "rule must be one of"),
            (lambda: GoalPursuit(learning_rate=2.0), "learning_rate must lie in"),
            (lambda: GoalCommitment(rival_weight=-1.0), "rival_weight must lie in"),
            (lambda: GoalPursuit(learning_rate=[0.1, 0.2]).init(SMALL, 3), "n_agents must be 2"),
            (lambda: ResistanceToChange(GoalPursuit(), reward_rate=0.0), "reward_rate must lie in"),
            (lambda: extinction(-1.0, 1.0), "time must lie in"),
        ],
    )
    def test_bad_input(self, call, message):
        with pytest.raises(ValueError, match=message):
            call()

    def test_only_tasks_with_suits(self):
        with pytest.raises(TypeError, match="task must be ThreeSuits"):
            GoalPursuit().init(rpe.tasks.bandit([0.5]), 1)


class TestValues:
    def test_momentum_update(self):
        """Tokens 1, 0, 1 from an empty suit that needs seven, α = .5, γ = .9."""
        agent = GoalPursuit(learning_rate=0.5, discount=0.9)
        expected = [(0.503878, 0.127143), (0.502455, 0.117187), (0.508984, 0.140039)]
        for n in range(3):
            memory, _ = choose(agent, [0] * (n + 1), [1, 0, 1][: n + 1], TASK)
            np.testing.assert_allclose((memory.slope[0, 0], memory.intercept[0, 0]), expected[n], atol=1e-6)

    def test_prospective_value(self):
        assert prospective_value(np.array(0.5), np.array(0.9), np.array(3)) == pytest.approx(5.477085, abs=1e-6)
        assert prospective_value(np.array(0.0), np.array(1.0), np.array(3)) == 0.0
        # By enumeration: the pay of 10 after waiting for one token.
        p, gamma = 0.3, 0.8
        waited = sum(p * (1 - p) ** (k - 1) * gamma**k for k in range(1, 200))
        assert prospective_value(np.array(p), np.array(gamma), np.array(2)) == pytest.approx(10 * waited**2)

    def test_hybrid_is_a_mean_of_looking_ahead_and_back(self):
        values = {}
        for rule, weight in (("prospective", 0.5), ("hybrid", 1.0), ("hybrid", 0.0), ("hybrid", 0.25)):
            agent = GoalPursuit(rule=rule, prospective_weight=weight, discount=0.9)
            memory, state = choose(agent, [0, 1], [1, 1], TASK)
            values[rule, weight] = agent.values(memory, state)
        np.testing.assert_allclose(values["hybrid", 1.0], values["prospective", 0.5])
        np.testing.assert_allclose(values["hybrid", 0.0].ravel(), 10 * 0.9 ** np.array([6, 6, 7]))
        mixed = 0.25 * values["hybrid", 1.0] + 0.75 * values["hybrid", 0.0]
        np.testing.assert_allclose(values["hybrid", 0.25], mixed)

    def test_best_rival(self):
        np.testing.assert_array_equal(best_rival(np.array([[1.0, 2], [1, 5], [0, 3]])), [[1, 5], [1, 3], [1, 5]])

    def test_values_begin_afresh_in_a_block_and_tokens_stay(self):
        agent = GoalPursuit(learning_rate=0.5)
        memory, state = choose(agent, [0, 0, 1, 1], [1, 1, 0, 1])
        np.testing.assert_array_equal(memory.slope, [[0.5], [0.5]])
        np.testing.assert_array_equal(SMALL.decode(state)["tokens"], [[2, 1]])


class TestHiddenGoal:
    @pytest.mark.parametrize("rule", ["momentum", "persistence", "prospective", "hybrid"])
    def test_likelihood_sums_over_all_goals(self, rule):
        """The forward algorithm against the sum over all sequences of goals."""
        agent = GoalPursuit(
            rule=rule,
            learning_rate=0.4,
            leaving=0.3,
            kernel_rate=0.6,
            inverse_temperature=2,
            goal_inverse_temperature=3,
        )
        suits, tokens = [0, 1, 1], [1, 0, 1]
        card, goal = [], []
        for n in range(3):
            memory, state = choose(agent, suits[:n], tokens[:n])
            card.append(self.moves(agent, memory, state, 2.0))
            goal.append(self.moves(agent, memory, state, 3.0))
        total = 0.0
        for path in product(range(2), repeat=3):
            chance = 0.5 * card[0][path[0], suits[0]]
            for n in (1, 2):
                chance *= goal[n][path[n - 1], path[n]] * card[n][path[n], suits[n]]
            total += chance
        ours = 1.0
        for n in range(3):
            memory, state = choose(agent, suits[:n], tokens[:n])
            ours *= agent.policy(memory, state)[suits[n], 0]
        assert ours == pytest.approx(total, rel=1e-12)

    @staticmethod
    def moves(agent, memory, state, beta):
        """Stay or go, by the published formula, for two suits."""
        v = agent.values(memory, state)[:, 0]
        c = memory.kernel[:, 0]
        stay = [1 / (1 + np.exp(0.3 - c[g] - beta * (v[g] - v[1 - g]))) for g in (0, 1)]
        return np.array([[stay[0], 1 - stay[0]], [1 - stay[1], stay[1]]])

    def test_who_waits_does_not_learn(self):
        agent = GoalPursuit(learning_rate=0.5, kernel_rate=0.5)
        memory, before = agent.init(SMALL, 2), agent.init(SMALL, 2)
        step = Step(SMALL.tables.next_state[0, [0, 0], [0, 0]], 0.0, 0.0, 0.0, 0.0, None, None)
        agent.update(memory, np.zeros(2, dtype=int), np.zeros(2, dtype=int), step, np.array([True, False]))
        for new, old in zip(memory[2:], before[2:], strict=True):
            np.testing.assert_array_equal(new[:, 1], old[:, 1])
        assert memory.slope[0, 0] != before.slope[0, 0]


@pytest.fixture(scope="module")
def found():
    from rpe.experiments.persistence import PILOT, retrospective_share

    known = {}
    for name, agent in PILOT.items():
        history = rpe.simulate.run(agent, TASK, n_agents=300, rng=0, record="all")
        known[name] = (retrospective_share(history).mean(axis=0), history.trials.reward.mean() / 10)
    return known


class TestPublishedSignatures:
    @pytest.mark.parametrize(
        ("name", "share", "goals"),
        [("momentum", (0.41, 0.49, 0.57), 38.5), ("prospective", (0.31, 0.44, 0.62), 44.2)],
    )
    def test_share_and_goals(self, found, name, share, goals):
        np.testing.assert_allclose(found[name][0], share, atol=0.03)
        assert found[name][1] == pytest.approx(goals, abs=1)
        assert (np.diff(found[name][0]) > 0).all()

    def test_persistence_does_not_lean_back(self, found):
        assert (found["persistence"][0] < 0.30).all()
        assert found["persistence"][1] == pytest.approx(45.3, abs=1)

    def test_chance(self):
        agent = GoalPursuit(rule="prospective", inverse_temperature=0.0, goal_inverse_temperature=0.0)
        history = rpe.simulate.run(agent, TASK, n_agents=300, rng=0)
        assert history.trials.reward.mean() / 10 == pytest.approx(32.1, abs=0.5)


class TestCommitment:
    def test_at_full_weight_of_rivals_it_is_the_agent_inside(self):
        plain, same = GoalPursuit(rule="prospective"), GoalCommitment()
        one, two = (rpe.simulate.run(agent, TASK, n_agents=20, rng=1).trials.reward for agent in (plain, same))
        np.testing.assert_array_equal(one, two)

    def test_giving_up_commitment_raises_earnings(self):
        committed = GoalCommitment(rival_weight=0.3, leaving=-1.0, progress_weight=1.0)
        earned = [
            rpe.simulate.run(agent, TASK, n_agents=200, rng=1).trials.reward for agent in (committed, GoalCommitment())
        ]
        difference = earned[1].mean() - earned[0].mean()
        assert difference > 4 * np.hypot(*(x.std() / np.sqrt(200) for x in earned))

    def test_a_fit_recovers_commitment(self):
        """The likelihood over ω and b₀ of choices by committed agents has its maximum at ω < 1 and b₀ > 0."""
        true = GoalCommitment(rival_weight=0.4, leaving=-0.5, inverse_temperature=1.0, goal_inverse_temperature=1.0)
        history = rpe.simulate.run(true, TASK, n_agents=8, rng=2, record="all")
        data = rpe.fit.choices_of(history)
        weights, leaving = (0.1, 0.4, 0.7, 1.0), (-1.0, -0.5, 0.0)
        likelihood = {
            (w, b): rpe.fit.log_likelihood(
                GoalCommitment(rival_weight=w, leaving=b, inverse_temperature=1.0, goal_inverse_temperature=1.0),
                TASK,
                data,
            ).sum()
            for w, b in product(weights, leaving)
        }
        best = max(likelihood, key=likelihood.get)
        assert best == (0.4, -0.5)


class TestResistance:
    def test_slope_ratio(self):
        """Slopes of extinction at 120 and 30 rewards an hour, c = 1, d = .001."""
        slope = np.log10(extinction(1.0, [120.0, 30.0]))
        assert slope[0] / slope[1] == pytest.approx(0.543689, abs=1e-6)

    def test_a_disruption_takes_its_share_of_work(self):
        planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08))
        task = rpe.tasks.micro_wins()
        rates = np.array([0.5, 2.0])
        agent = ResistanceToChange(planner, disruption=0.2, reward_rate=rates)
        memory, plain = agent.init(task, 2), planner.init(task, 2)
        state = np.full(2, 500)
        before, after = planner.policy(plain, state), agent.policy(memory, state)
        work = task.is_work
        kept = np.log10(after[work].sum(axis=0) / before[work].sum(axis=0))
        np.testing.assert_allclose(kept, -0.2 / np.sqrt(rates))
        np.testing.assert_allclose(after.sum(axis=0), 1.0)

    def test_resistance_is_not_momentum(self):
        """At the same time and units done, work does not follow on work, however much it resists."""
        planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08))
        task = rpe.tasks.micro_wins(start_cost=0.0)
        for rate in (0.5, 2.0):
            found = rpe.measures.exact(ResistanceToChange(planner, disruption=0.2, reward_rate=rate), task)
            np.testing.assert_allclose(found.momentum, 0.0, atol=1e-12)

    def test_rewards_make_mass(self):
        agent = ResistanceToChange(rpe.agents.QLearner(), disruption=0.3, reward_rate=1.0, learning_rate=0.1)
        history = rpe.simulate.run(agent, rpe.tasks.micro_wins(), n_agents=5, n_trials=1, rng=0, keep_memory=True)
        rate = np.ones(5)
        for reward in history.full.reward[:, 0].T:
            rate += 0.1 * (reward - rate)
        np.testing.assert_allclose(history.memory.own[0], rate)
