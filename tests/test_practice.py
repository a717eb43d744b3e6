"""Habits of cues, nights between days of practice, and routines: by hand, by scalar loops and in closed form."""

import numpy as np
import pytest

from rpe import mechanisms, simulate, tasks
from rpe.agents import CorticostriatalActor, Planner, QLearner
from rpe.discounting import Exponential

LEARNER = QLearner(learning_rate=0.3, discount=0.95, inverse_temperature=0.5)
TASK = tasks.monolithic(n_units=3, deadline=6, reward=20.0, success_probability=0.7)
DAY = tasks.Routine(n_slots=3, irregularity=2, utilities=(1.0, -0.5), incentive=3.0, plan="after old")
MYOPIC = Planner(Exponential(0.0), inverse_temperature=1.5)


def played(agent, task=TASK, **options):
    return simulate.run(agent, task, **{"n_agents": 4, "n_trials": 12, "rng": 3, "record": "all", **options})


class TestCuedHabit:
    def test_with_every_state_a_cue_it_is_the_habit_bit_for_bit(self):
        options = {"weight": [0.0, 1.0, 2.0, 4.0], "learning_rate": 0.2, "miss_rate": 0.05}
        plain = played(mechanisms.Habit(LEARNER, **options)).full
        cued = played(mechanisms.CuedHabit(LEARNER, **options)).full
        for one, other in zip(plain, cued, strict=True):
            np.testing.assert_array_equal(one, other)

    @pytest.mark.parametrize("binding", ["elements", "configuration"])
    def test_strength_by_a_scalar_loop(self, binding):
        cues, weights = ("place", "time", "before"), (0.5, 0.3, 0.2)
        agent = mechanisms.CuedHabit(
            MYOPIC, weight=2.0, learning_rate=0.3, miss_rate=0.1, cues=cues, cue_weights=weights, binding=binding
        )
        history = played(agent, DAY, n_agents=1, n_trials=20, keep_memory=True)
        meaning, strength = DAY.decode(np.arange(DAY.n_states)), {}

        def keys(state):
            levels = [int(meaning[cue][state]) for cue in cues]
            return [tuple(levels)] if binding == "configuration" else list(zip(cues, levels, strict=True))

        for trial in range(20):
            for t in range(3):
                state, action = history.full.state[0, trial, t], history.full.action[0, trial, t]
                for key in keys(state):
                    for a in range(3):
                        h = strength.get((key, a), 0.0)
                        strength[key, a] = h + 0.3 * (1 - h) if a == action else h - 0.1 * h
        shares = (1.0,) if binding == "configuration" else weights
        visited = np.unique(history.full.state[0, :, :-1])
        assert len(visited) > 8
        for state in visited:
            expected = [
                sum(share * strength.get((key, a), 0.0) for share, key in zip(shares, keys(state), strict=True))
                for a in range(3)
            ]
            found = agent.strength(history.memory, np.array([state]))[:, 0]
            np.testing.assert_allclose(found, expected, atol=1e-12)

    @pytest.mark.parametrize(("binding", "left"), [("elements", 0.6), ("configuration", 0.0)])
    def test_what_moving_leaves_in_closed_form(self, binding, left):
        """After n repetitions S = 1 − (1 − α)ⁿ; a new place takes its share, or all."""
        agent = mechanisms.CuedHabit(
            MYOPIC, weight=1.0, learning_rate=0.1, cues=("place", "time"), cue_weights=(0.4, 0.6), binding=binding
        )
        memory = agent.init(DAY, 1)
        home, away = (task._mornings()[:1] for task in (DAY, tasks.Routine(n_slots=3, place=1)))
        step = DAY.step(home, np.array([2]), rng=np.random.default_rng(0))
        for _ in range(30):
            agent.observe(memory, home, np.array([2]), step, None)
        strong = 1 - 0.9**30
        assert agent.strength(memory, home)[2, 0] == pytest.approx(strong)
        assert agent.strength(memory, away)[2, 0] == pytest.approx(left * strong)
        # The bias is all that habit adds to a choice.
        odds = np.log(agent.policy(memory, away)[2] / agent.policy(memory, away)[0])
        plain = np.log(MYOPIC.policy(memory.inner, away)[2] / MYOPIC.policy(memory.inner, away)[0])
        assert (odds - plain)[0] == pytest.approx(left * strong)


class TestConsolidation:
    @pytest.mark.parametrize(
        ("labile", "stable", "capture"), [(0.6, 0.1, 0.3), (0.0, 0.3, 0.3), (0.5, 0.0, 0.0), (1.0, 0.2, 1.0)]
    )
    def test_nights_by_a_scalar_loop(self, labile, stable, capture):
        """Also where both parts lose as much, for which the closed form is another; for D1 and D2 weights alike."""
        agent = mechanisms.Consolidation(
            CorticostriatalActor(), labile_loss=labile, stable_loss=stable, capture=capture
        )
        memory = agent.init(TASK, 2)
        for name, change in (("direct", 0.7), ("indirect", -0.4), ("critic", 5.0)):
            getattr(memory.inner, name)[:] += change
        agent.sleep(memory, [0, 3])
        agent.sleep(memory, [5, 2])
        for name, change, base in (("direct", 0.7, 1.0), ("indirect", -0.4, 1.0), ("critic", 5.0, 0.0)):
            fast, slow = change, 0.0
            for _ in range(5):
                slow, fast = (1 - stable) * (slow + capture * fast), (1 - labile) * (1 - capture) * fast
            np.testing.assert_allclose(getattr(memory, name), base + fast + slow, atol=1e-12)
            np.testing.assert_allclose(memory.own.stable[name], slow, atol=1e-12)

    def test_who_does_not_sleep_is_left_alone_to_the_bit(self):
        agent = mechanisms.Consolidation(LEARNER, labile_loss=0.5, trials_per_day=[1, np.inf])
        found = played(agent, n_agents=2, keep_memory=True)
        plain = played(LEARNER, n_agents=2)
        np.testing.assert_array_equal(found.full.delta[1], plain.full.delta[1])
        assert not np.array_equal(found.full.delta[0], plain.full.delta[0])
        before = found.memory.table.copy()
        agent.sleep(found.memory, [0, 4])
        np.testing.assert_array_equal(found.memory.table[:, :, 0], before[:, :, 0])
        assert not np.array_equal(found.memory.table[:, :, 1], before[:, :, 1])

    def test_nights_come_between_days(self):
        """Days by the clock of trials, and the same sessions with sleep in between."""
        options = {"labile_loss": 0.5, "capture": 0.3, "stable_loss": 0.05}
        by_day = mechanisms.Consolidation(LEARNER, trials_per_day=3, nights=2, **options)
        by_hand = mechanisms.Consolidation(LEARNER, **options)
        one, other = by_day.init(TASK, 4), by_hand.init(TASK, 4)
        for day in range(3):
            if day:
                by_hand.sleep(other, 2)
            for agent, memory in ((by_day, one), (by_hand, other)):
                played(agent, n_trials=3, rng=day, memory=memory, keep_memory=True)
        np.testing.assert_array_equal(one.table, other.table)

    @pytest.mark.parametrize("capture", [0.2, 0.6])
    def test_days_of_perfect_practice_in_closed_form(self, capture):
        """Each day learns what is missing, each night keeps κ of that alone: 1 − (1 − κ)ᴰ after D days."""
        learner = QLearner(learning_rate=1.0, discount=0.0)
        agent = mechanisms.Consolidation(learner, labile_loss=1.0, capture=capture, trials_per_day=2)
        arm = tasks.bandit([1.0])
        for days in (1, 3, 6):
            memory = agent.init(arm, 1)
            simulate.run(agent, arm, n_agents=1, n_trials=2 * days, rng=0, memory=memory, keep_memory=True)
            agent.sleep(memory, 1)
            assert memory.table[0, 0, 0, 0] == pytest.approx(1 - (1 - capture) ** days)

    def test_within_and_around_other_mechanisms(self):
        sleeper = {"labile_loss": 0.5, "trials_per_day": 2}
        inside = mechanisms.ChoiceKernel(mechanisms.Consolidation(LEARNER, **sleeper), weight=1.0)
        around = mechanisms.Consolidation(mechanisms.ChoiceKernel(LEARNER, weight=1.0), **sleeper)
        np.testing.assert_array_equal(played(inside).full.delta, played(around).full.delta)


class TestRoutine:
    def test_a_day_by_hand(self):
        task = tasks.Routine(
            n_slots=3, place=1, first_hour=2, utilities=(1.0, -2.0), incentive=5.0, plan="time", planned_hour=3
        )
        rng = np.random.default_rng(0)
        state = task.initial(1, rng)
        met = []
        for action in (1, 2, 0):
            offered = np.flatnonzero(task.tables.available[state[0]]).tolist()
            step = task.step(state, np.array([action]), rng)
            now = {name: int(x[0]) for name, x in task.decode(state).items()}
            met.append((*now.values(), offered, step.reward[0], step.effort[0], bool(step.terminated[0])))
            state = step.state
        assert met == [
            (0, 2, 1, 0, 0, 0, [0, 1, 2], 1.0, 0.0, False),
            (1, 3, 1, 1, 1, 0, [0, 2], 3.0, 0.0, False),
            (2, 4, 1, 2, 1, 1, [0], 0.0, 0.0, True),
        ]

    def test_days_begin_within_their_hours(self):
        task = tasks.Routine(first_hour=1, irregularity=3)
        hours = task.decode(task.initial(400, np.random.default_rng(0)))["time"]
        assert np.bincount(hours)[1:].min() > 70
        assert set(hours.tolist()) == {1, 2, 3, 4}
        assert task.initial_probability[task._mornings()].tolist() == [0.25] * 4

    def test_a_choice_without_foresight_weighs_what_is_there(self):
        """P(a) ∝ exp(β u(a)), whatever comes later in the day."""
        policy = MYOPIC.policy(MYOPIC.init(DAY, 1), DAY._mornings()[:1])[:, 0]
        odds = np.exp(1.5 * np.array([0.0, 1.0, -0.5]))
        np.testing.assert_allclose(policy, odds / odds.sum())
        after = DAY.step(DAY._mornings()[:1], np.array([1]), rng=np.random.default_rng(0)).state
        policy = MYOPIC.policy(MYOPIC.init(DAY, 1), after)[:, 0]
        odds = np.exp(1.5 * np.array([0.0, -np.inf, 2.5]))
        np.testing.assert_allclose(policy, odds / odds.sum())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mechanisms.CuedHabit(LEARNER, cues=()), ValueError, "cues must have at least one name"),
        (lambda: mechanisms.CuedHabit(LEARNER, cues=("time", "time")), ValueError, "and each once"),
        (lambda: mechanisms.CuedHabit(LEARNER, cues=("time",), cue_weights=(0.5,)), ValueError, "and sum to 1"),
        (lambda: mechanisms.CuedHabit(LEARNER, binding="glue"), ValueError, "binding must be one of"),
        (
            lambda: mechanisms.CuedHabit(LEARNER, weight=1.0, cues=("place",)).init(TASK, 1),
            ValueError,
            "cues must be among time, units",
        ),
        (lambda: mechanisms.Consolidation(LEARNER, labile_loss=2.0), ValueError, "labile_loss must lie in"),
        (lambda: mechanisms.Consolidation(LEARNER, trials_per_day=0), ValueError, "trials_per_day must lie in"),
        (lambda: mechanisms.Consolidation(MYOPIC, labile_loss=0.5).init(TASK, 1), TypeError, "must learn weights"),
        (
            lambda: (agent := mechanisms.Consolidation(LEARNER, labile_loss=0.5)).sleep(agent.init(TASK, 1), -1),
            ValueError,
            "nights must lie in",
        ),
        (lambda: tasks.Routine(first_hour=4, irregularity=3), ValueError, "irregularity must be"),
        (lambda: tasks.Routine(utilities=(1.0,)), ValueError, "utilities must have two entries"),
        (lambda: tasks.Routine(plan="never"), ValueError, "plan must be one of"),
        (lambda: tasks.Routine(place=2), ValueError, "place must be"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
