"""Wanting, receptors, intrinsic motivation, drugs and efficacy: equations by hand, and what follows from them."""

from itertools import pairwise

import numpy as np
import pytest

import rpe
from rpe import mechanisms
from rpe.tasks import Step, Tables, TableTask

LEARNER = rpe.agents.QLearner(learning_rate=0.1, discount=0.9, inverse_temperature=1.0)
GOALS = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=10.0, success_probability=0.7)


def one_shot(rewards):
    """A choice that is made once: action a pays rewards[a], and the trial ends."""
    n = len(rewards)
    zeros = np.zeros((1, 1, 1))
    over = np.ones((1, 1, 1), dtype=bool)
    pays = np.array(rewards, dtype=float).reshape(1, 1, n)
    return TableTask(
        Tables(np.zeros((1, 1, n), dtype=int), np.ones((1, 1, 1)), pays, zeros, over, np.ones((1, n), bool)), 1
    )


def held(agent, task, n):
    """The memory of a mechanism alone, with nothing inside."""
    return mechanisms.MechanismMemory(None, agent.create_memory(task, n))


def step(reward=0.0, effort=0.0, state=0, over=False, n=1):
    ended = np.full(n, over)
    return Step(np.full(n, state), np.zeros(n) + reward, np.zeros(n) + effort, 0.0, 0.0, ended, np.zeros(n, bool))


def zero(n=1):
    return np.zeros(n, dtype=int)


class TestWanting:
    def test_logits_by_hand(self):
        agent = mechanisms.Wanting(LEARNER, kappa=3.0, inverse_temperature=0.5, learning_rate=0.25)
        memory = agent.init(one_shot([0.0, 4.0]), 1)
        agent.update(memory, zero(), zero() + 1, step(4.0, over=True), None)
        # R = 1 after a quarter of the way; Q = .4 from the learner's own rate of .1.
        logit = 0.4 + 0.5 * 2.0 * 1.0
        np.testing.assert_allclose(agent.policy(memory, zero())[1], 1 / (1 + np.exp(-logit)))
        assert memory.own.liked[0] == 4.0

    def test_liking_follows_the_opioid_gain_alone(self):
        liked = {}
        for kappa, gain in ((2.0, 1.0), (5.0, 1.0), (2.0, 3.0)):
            agent = mechanisms.Wanting(LEARNER, kappa=kappa, liking_gain=gain)
            memory = agent.init(one_shot([0.0, 1.0]), 1)
            for _ in range(7):
                agent.update(memory, zero(), zero() + 1, step(1.0, over=True), None)
            liked[kappa, gain] = memory.own.liked[0]
        assert liked == {(2.0, 1.0): 7.0, (5.0, 1.0): 7.0, (2.0, 3.0): 21.0}

    def test_liking_is_kept_where_wanting_is_as_usual(self):
        """At κ = 1 choices are those of the plain agent, and what was received was liked all the same."""
        history = rpe.simulate.run(
            mechanisms.Wanting(LEARNER, liking_gain=2.0), GOALS, n_agents=9, n_trials=5, rng=0, keep_memory=True
        )
        plain = rpe.simulate.run(LEARNER, GOALS, n_agents=9, n_trials=5, rng=0)
        np.testing.assert_array_equal(history.trials.reward, plain.trials.reward)
        np.testing.assert_allclose(history.memory.own.liked, 2.0 * plain.trials.reward.sum(axis=1))

    @pytest.mark.parametrize("around", ["ChoiceKernel", "Habit"])
    def test_liking_is_kept_within_other_mechanisms(self, around):
        """Whether those around it rest or work, and however deep it lies."""
        for weight in (0.0, 1.0):
            outer = getattr(mechanisms, around)
            agent = outer(mechanisms.Progress(mechanisms.Wanting(mechanisms.Fatigue(LEARNER))), weight=weight)
            history = rpe.simulate.run(agent, GOALS, n_agents=9, n_trials=5, rng=0, keep_memory=True)
            liked = history.memory.inner.inner.own.liked
            np.testing.assert_allclose(liked, history.trials.reward.sum(axis=1))

    def test_absent_agents_learn_and_like_nothing(self):
        agent = mechanisms.Wanting(LEARNER, kappa=2.0)
        memory = agent.init(one_shot([0.0, 1.0]), 2)
        agent.update(memory, zero(2), zero(2) + 1, step(1.0, n=2), np.array([True, False]))
        assert memory.own.liked.tolist() == [1.0, 0.0]
        assert memory.own.reward[1, 0].tolist() == [0.1, 0.0]


class TestOpponency:
    def test_logits_by_hand(self):
        agent = mechanisms.Opponency(LEARNER, dopamine=0.5, d1_density=1.2, d2_density=0.8, learning_rate=1.0)
        memory = agent.init(one_shot([0.0, 4.0]), 1)
        agent.update(memory, zero(), zero() + 1, step(4.0, 3.0, over=True), None)
        # 1.2 × 1.5 − 1 = .8 on benefits, .8 × .5 − 1 = −.6 on costs; Q = .1 × (4 − 3).
        logit = 0.1 + 0.8 * 4 + 0.6 * 3
        np.testing.assert_allclose(agent.policy(memory, zero())[1], 1 / (1 + np.exp(-logit)))

    def test_low_dopamine_avoids_what_is_costly(self):
        chosen = {}
        for rho in (-0.7, 0.0, 0.7):
            agent = mechanisms.Opponency(LEARNER, dopamine=rho, learning_rate=1.0)
            memory = agent.init(one_shot([0.0, 4.0]), 1)
            for _ in range(200):
                agent.update(memory, zero(), zero() + 1, step(4.0, 3.0, over=True), None)
            chosen[rho] = agent.policy(memory, zero())[1, 0]
        assert chosen[-0.7] < 0.1 < chosen[0.0] < 0.8 < chosen[0.7]


class TestProgress:
    def test_competence_by_hand(self):
        agent = mechanisms.Progress(LEARNER, weight=2.0, of="competence", fast=0.5, slow=0.1)
        memory = held(agent, GOALS, 1)
        reached = GOALS.encode(1, 1, 1)
        worked = step(0.0, state=int(reached))
        assert agent.transform_step(memory, zero(), zero() + 1, worked).reward[0] == pytest.approx(2.0 * (0.5 - 0.1))
        agent.observe(memory, zero(), zero() + 1, worked, None)
        assert agent.transform_step(memory, zero(), zero() + 1, worked).reward[0] == pytest.approx(2.0 * (0.75 - 0.19))

    @pytest.mark.parametrize("of", ["learning", "competence"])
    def test_vanishes_when_nothing_is_left_to_learn(self, of):
        agent = mechanisms.Progress(LEARNER, weight=1.0, of=of)
        memory = held(agent, GOALS, 1)
        worked = step(1.0, state=int(GOALS.encode(1, 1, 1)))
        bonus = []
        for _ in range(400):
            bonus.append(agent.transform_step(memory, zero(), zero() + 1, worked).reward[0] - 1.0)
            agent.observe(memory, zero(), zero() + 1, worked, None)
        assert max(bonus) > 0.02
        assert abs(bonus[-1]) < 1e-6


class TestInterest:
    def run(self, n=100, p=0.7, **options):
        agent = mechanisms.Interest(LEARNER, interest=1.0, **options)
        memory = held(agent, GOALS, 1)
        own = memory.own
        rng = np.random.default_rng(0)
        for _ in range(n):
            to = int(GOALS.encode(1, int(rng.random() < p), 1))
            agent.observe(memory, zero(), zero() + 1, step(state=to), None)
        return own.interest[0]

    def test_expected_pay_undermines_by_a_closed_form(self):
        assert self.run(n=10, paid="engagement", undermining=0.1) == pytest.approx(0.9**10)
        assert self.run(n=10, paid="nothing", undermining=0.1) == 1.0

    def test_order_of_contingencies(self):
        left = {paid: self.run(paid=paid) for paid in ("nothing", "engagement", "completion", "performance")}
        assert left["engagement"] < left["completion"] < left["performance"]

    def test_feedback_feeds(self):
        assert self.run(feedback=True) > 1.0

    def test_idle_steps_change_nothing(self):
        agent = mechanisms.Interest(LEARNER, interest=1.0, paid="engagement")
        memory = held(agent, GOALS, 1)
        own = memory.own
        agent.observe(memory, zero(), zero(), step(), None)
        assert own.interest[0] == 1.0
        assert agent.transform_step(memory, zero(), zero(), step(2.0)).reward[0] == 2.0


class TestSurge:
    @pytest.mark.parametrize("around", [lambda a: a, lambda a: mechanisms.ChoiceKernel(a, weight=1.0)])
    def test_value_grows_by_a_constant_for_ever(self, around):
        agent = mechanisms.Surge(around(LEARNER), size=0.025, actions=1)
        memory = agent.init(one_shot([0.0, 1.0]), 1)
        values = []
        for _ in range(2000):
            delta = agent.update(memory, zero(), zero() + 1, step(1.0, over=True), None)
            values.append(memory.q[0][1, 0, 0])
        assert delta[0] == pytest.approx(0.025)
        np.testing.assert_allclose(np.diff(values[-1000:]), 0.1 * 0.025, rtol=1e-9)

    def test_other_actions_are_plain(self):
        agent = mechanisms.Surge(LEARNER, size=1.0, actions=1)
        memory, plain = agent.init(one_shot([1.0, 1.0]), 1), LEARNER.init(one_shot([1.0, 1.0]), 1)
        for _ in range(20):
            agent.update(memory, zero(), zero(), step(1.0, over=True), None)
            LEARNER.update(plain, zero(), zero(), step(1.0, over=True), None)
        assert memory.q[0][0, 0, 0] == plain.q[0][0, 0, 0]

    def test_idle_is_plain(self):
        agent = mechanisms.Surge(LEARNER)
        one, two = (rpe.simulate.run(a, GOALS, n_agents=5, n_trials=5, rng=1, record="all") for a in (agent, LEARNER))
        np.testing.assert_array_equal(one.full.delta, two.full.delta)

    def test_a_drug_on_the_way_to_more_by_hand(self):
        """δ = max(u + γ V(s′) − Q + D, D), with a next state that is worth something and one that is not."""
        agent = mechanisms.Surge(LEARNER, size=0.5, actions=1)
        for value, expected in ((4.0, 1.0 + 0.9 * 4.0 - 2.0 + 0.5), (0.0, 0.5)):
            memory = agent.init(GOALS, 1)
            memory.q[0][:, 0, 7] = value
            memory.q[0][1, 0, 0] = 2.0
            delta = agent.update(memory, zero(), zero() + 1, step(2.0, 1.0, state=7), None)
            assert delta[0] == pytest.approx(expected)

    def test_agents_without_action_values_are_refused(self):
        with pytest.raises(TypeError, match="agent must keep action values; Planner does not"):
            mechanisms.Surge(TestEfficacy.PLANNER, size=1.0).init(GOALS, 1)

    def test_bank_of_tables_is_refused(self):
        with pytest.raises(ValueError, match="agent must keep one table of action values; got 20"):
            mechanisms.Surge(rpe.agents.MicroAgents(k=0.1), size=1.0)


class TestBasalShift:
    def test_natural_reward_loses_value(self):
        agent = mechanisms.BasalShift(LEARNER, size=1.0, rise=0.01)
        memory = agent.init(one_shot([1.0, 0.0]), 1)
        for _ in range(50):
            agent.update(memory, zero(), zero() + 1, step(0.0, over=True), None)
        assert memory.own[0] == pytest.approx(0.5)
        for _ in range(300):
            agent.update(memory, zero(), zero(), step(1.0, over=True), None)
        assert memory.q[0][0, 0, 0] == pytest.approx(0.5, abs=1e-6)


class TestHomeostasis:
    def test_drive_reduction_by_hand(self):
        body = mechanisms.Homeostasis(LEARNER, weight=1.0, set_point=10.0, m=2.0, n=4.0)
        memory = mechanisms.MechanismMemory(None, np.array([[8.0], [10.0]]))
        experienced = body.transform_step(memory, zero(), zero(), step(1.5)).reward[0]
        assert experienced == pytest.approx(2.0**2 - 0.5**2)
        more = body.transform_step(memory, zero(), zero(), step(5.0)).reward[0]
        assert more == pytest.approx(2.0**2 - 3.0**2)

    def test_doses_move_the_set_point_and_it_recovers(self):
        body = mechanisms.Homeostasis(LEARNER, weight=1.0, set_point=10.0, leak=0.0, shift=0.5, recovery=0.1)
        memory = held(body, GOALS, 1)
        own = memory.own
        for _ in range(4):
            body.observe(memory, zero(), zero() + 1, step(0.0), None)
        h = 0.0
        for _ in range(4):
            h = h + 0.5 - 0.1 * h
        assert own[1, 0] - 10 == pytest.approx(h)
        for _ in range(200):
            body.observe(memory, zero(), zero(), step(0.0), None)
        assert own[1, 0] == pytest.approx(10.0)


class TestVigour:
    def test_by_hand(self):
        agent = mechanisms.Vigour(LEARNER, weight=0.5, cost=4.0, learning_rate=0.25, rest=1)
        own, action = np.array([1.0, 1.0]), np.array([0, 1])
        memory = mechanisms.MechanismMemory(None, own)
        zeros, over = np.zeros(2), np.zeros(2, dtype=bool)
        step = Step(np.zeros(2, dtype=int), zeros + 3.0, zeros, 0.0, 0.0, over, over)
        np.testing.assert_allclose(
            agent.transform_step(memory, action, action, step).reward, [3 - 0.5 * 4, 3 - 0.5 * 1]
        )
        agent.observe(memory, action, action, step, np.array([True, False]))
        np.testing.assert_allclose(own, [1.5, 1.0])

    def test_what_it_costs_is_least_at_the_latency(self):
        rate, cost = 0.7, 2.0
        latency = np.linspace(0.1, 10, 100_001)
        total = cost / latency + rate * latency
        assert latency[total.argmin()] == pytest.approx(mechanisms.optimal_latency(cost, rate), abs=1e-4)
        assert total.min() == pytest.approx(2 * np.sqrt(cost * rate))

    def test_nothing_earned_nothing_done(self):
        agent = mechanisms.Vigour(LEARNER, weight=1.0)
        assert agent.latency(mechanisms.MechanismMemory(None, np.array([0.0, 4.0]))).tolist() == [np.inf, 0.5]

    def test_a_richer_world_makes_rest_dearer_until_haste_is(self):
        """Acting costs 2 √(C ρ), resting ρ: rest is the cheaper one while ρ < 4 C."""
        agent = mechanisms.Vigour(LEARNER, weight=1.0, cost=0.25, rest=1)
        zeros, over = np.zeros(2), np.zeros(2, dtype=bool)
        step = Step(np.zeros(2, dtype=int), zeros, zeros, 0.0, 0.0, over, over)
        for rate, sign in ((0.5, -1), (1.0, 0), (2.0, 1)):
            memory = mechanisms.MechanismMemory(None, np.full(2, rate))
            act, rest = agent.transform_step(memory, np.array([0, 1]), np.array([0, 1]), step).reward
            assert np.sign(round(act - rest, 9)) == sign


class TestEfficacy:
    PLANNER = rpe.agents.Planner(rpe.discounting.Exponential(0.99), inverse_temperature=2.0)

    def test_at_weight_zero_the_planner_is_plain(self):
        doubter = mechanisms.Efficacy(self.PLANNER)
        one, two = (
            rpe.simulate.run(a, GOALS, n_agents=20, n_trials=3, rng=1, record="all") for a in (doubter, self.PLANNER)
        )
        for a, b in zip(one.full, two.full, strict=True):
            np.testing.assert_array_equal(a, b)

    def test_sure_of_the_truth_plans_as_the_plain_planner(self):
        task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=10.0, success_probability=0.51)
        sure = mechanisms.Efficacy(self.PLANNER, weight=1.0, prior=(51e9, 49e9), n_grid=3)
        assert sure.grid[1] == 0.51
        one, two = (
            rpe.simulate.run(a, task, n_agents=20, n_trials=3, rng=1, record="all") for a in (sure, self.PLANNER)
        )
        np.testing.assert_array_equal(one.full.action, two.full.action)

    def test_belief_moves_at_goals_alone(self):
        doubter = mechanisms.Efficacy(self.PLANNER, weight=1.0, prior=(1, 3))
        memory = held(doubter, GOALS, 1)
        own = memory.own
        at = [int(GOALS.encode(t, u, 1)) for t, u in ((0, 0), (1, 1), (2, 1), (3, 2), (4, 3))]
        means = []
        for now, then in pairwise(at):
            doubter.observe(memory, np.array([now]), zero() + 1, step(state=then), None)
            means.append(own.mean[0])
        # Units 1 (no goal), none, 2 (a goal: two successes, one failure), 3 (no goal).
        assert means == [0.25, 0.25, 3 / 7, 3 / 7]

    def test_other_tasks_are_refused(self):
        with pytest.raises(TypeError, match="task must be a GoalTask"):
            mechanisms.Efficacy(self.PLANNER, weight=1.0).init(one_shot([0.0, 1.0]), 1)


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: mechanisms.Wanting(LEARNER, kappa=-1), ValueError, "kappa must"),
        (lambda: mechanisms.Opponency(LEARNER, d1_density=-1), ValueError, "d1_density must"),
        (lambda: mechanisms.Progress(LEARNER, fast=0.1, slow=0.1), ValueError, "fast must be larger"),
        (lambda: mechanisms.Progress(LEARNER, of="effort"), ValueError, "of must"),
        (
            lambda: mechanisms.Progress(LEARNER, weight=1.0, of="competence").init(one_shot([0, 1]), 1),
            ValueError,
            "task must",
        ),
        (lambda: mechanisms.Interest(LEARNER, paid="wages"), ValueError, "paid must"),
        (lambda: mechanisms.Interest(LEARNER, feedback=1), TypeError, "feedback must"),
        (lambda: mechanisms.Interest(LEARNER, interest=1.0).init(one_shot([0, 1]), 1), ValueError, "task must"),
        (lambda: mechanisms.Surge(LEARNER, size=-1), ValueError, "size must"),
        (lambda: mechanisms.Surge(LEARNER, size=1, actions=()), ValueError, "actions must"),
        (lambda: mechanisms.BasalShift(LEARNER, size=1, actions=1.5), TypeError, "actions must"),
        (lambda: mechanisms.Homeostasis(LEARNER, weight=2), ValueError, "weight must"),
        (lambda: mechanisms.Vigour(LEARNER, cost=0), ValueError, "cost must"),
        (lambda: mechanisms.Vigour(LEARNER, rest=-1), ValueError, "rest must"),
        (lambda: mechanisms.Vigour(LEARNER).latency(None), TypeError, "memory must"),
        (lambda: mechanisms.Homeostasis(LEARNER, m=0), ValueError, "m must"),
        (lambda: mechanisms.Efficacy(TestEfficacy.PLANNER, prior=(1, 0)), ValueError, "prior must"),
        (lambda: mechanisms.Efficacy(TestEfficacy.PLANNER, prior=(1, 2, 3)), ValueError, "prior must be two"),
        (lambda: mechanisms.Efficacy(TestEfficacy.PLANNER, n_grid=1), ValueError, "n_grid must"),
    ],
)
def test_bad_input(make, error, match):
    with pytest.raises(error, match=match):
        make()
