"""The long task: its rules restated in plain scalars, the five matchings, and properties of random tasks."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import rpe
from rpe.tasks import GoalTask, Tables, TableTask, micro_wins, monolithic

DISTRACT, WORK, REST = 0, 1, 2
BASE = {
    "n_units": 4,
    "deadline": 6,
    "payout": [0, 2, 0, 5, 9],
    "goals": [1, 3, 4],
    "effort": 1.5,
    "distraction": 0.7,
    "start_cost": 2.5,
}
VARIANTS = [
    {},
    {"success_probability": 0.7},
    {"overhead": 0.5, "disengagement": 0.25},
    {"success_probability": 0.6, "overhead": 0.5, "disengagement": 1.0, "penalty": 3.0},
    {"pay": "deadline"},
    {"pay": "deadline", "success_probability": 0.5, "penalty": 1.0},
    {"due": [2, 4, 6]},
    {"due": [2, 4, 6], "pay": "deadline", "success_probability": 0.7},
    {"due": [2, 4, 6], "forfeit": "all"},
    {"due": [2, 4, 5], "forfeit": "all", "pay": "deadline", "success_probability": 0.7},
    {"fatigue_cost": 0.2, "max_fatigue": 3, "rest_recovery": 2},
    {"fatigue_cost": 0.5, "max_fatigue": 2, "success_probability": 0.5, "disengagement": 0.5, "due": [3, 5, 6]},
    {"potential": [0, 1, 2, 4, 0], "potential_discount": 0.9},
    {"pseudo_reward": [0, 3, 0, 3, 0], "success_probability": 0.8},
    {"goals": [2, 4], "overhead": 1.0},
]


def restated(rules, state, action):
    """The rules in plain scalars: {(what follows, its reward): probability}. State: t, n, c, f, missed set."""
    t, n, c, f, missed = state
    rule = {
        "success_probability": 1.0,
        "overhead": 0.0,
        "disengagement": 0.0,
        "penalty": 0.0,
        "pay": "completion",
        "due": None,
        "forfeit": "payment",
        "fatigue_cost": 0.0,
        "max_fatigue": 0,
        "rest_recovery": 2,
        "potential": None,
        "pseudo_reward": None,
    } | rules
    goals, pays = rule["goals"], rule["payout"]
    outcomes = {}
    works = action == WORK and n < rule["n_units"]
    for success, p in ((True, rule["success_probability"]), (False, 1 - rule["success_probability"])):
        for slips, q in ((True, rule["disengagement"]), (False, 1 - rule["disengagement"])):
            if p * q == 0:
                continue
            after = n + 1 if works and success else n
            arrived = after > n
            sub_goal = arrived and after in goals[:-1]
            time = t + 1
            engaged = 1 if works and not (sub_goal and slips) else 0
            tired = f + 1 if works else f - (rule["rest_recovery"] if action == REST else 1)
            tired = min(max(tired, 0), rule["max_fatigue"]) if rule["fatigue_cost"] else 0
            late = set(missed)
            if rule["due"]:
                for goal, due in zip(goals, rule["due"], strict=True):
                    if time >= due and after < goal:
                        late.add(goal)
            cost = 0.0
            if works:
                cost = rule["effort"] * (1 + rule["fatigue_cost"] * f) + (rule["start_cost"] if c == 0 else 0.0)
            if sub_goal:
                cost += rule["overhead"]
            lost = late if rule["forfeit"] == "payment" else set(range(99)) if late else set()
            gain = rule["distraction"] if action == DISTRACT else 0.0
            if rule["pay"] == "completion" and arrived and after not in lost:
                gain += pays[after]
            if time == rule["deadline"]:
                if rule["pay"] == "deadline":
                    gain += sum(pays[i] for i in range(after + 1) if i not in lost)
                if after < rule["n_units"]:
                    gain -= rule["penalty"]
            points = 0.0
            if rule["potential"]:
                ahead = 0.0 if time == rule["deadline"] else rule["potential"][after]
                points = rule["potential_discount"] * ahead - rule["potential"][n]
            tick = rule["pseudo_reward"][after] if rule["pseudo_reward"] and arrived else 0.0
            key = (time, after, engaged, tired, frozenset(late), *(round(x, 9) for x in (gain, cost, points, tick)))
            outcomes[key] = outcomes.get(key, 0.0) + p * q
    return outcomes


def tabulated(task, state, action):
    """What the tables say, in the same form; missed sub-deadlines as the tables remember them."""
    tables, shape = task.tables, task.tables.next_state.shape
    found = {}
    for outcome in range(shape[0]):
        p = float(np.broadcast_to(tables.outcome_probability, shape)[outcome, state, action])
        after = {k: int(v) for k, v in task.decode(tables.next_state[outcome, state, action]).items()}
        gained = (
            round(float(np.broadcast_to(part, shape)[outcome, state, action]), 9)
            for part in (tables.reward, tables.effort, tables.points, tables.pseudo_reward)
        )
        key = (*after.values(), *gained)
        found[key] = found.get(key, 0.0) + p
    return found


def remembered(task, missed):
    """The code in which a state remembers missed sub-deadlines."""
    if task.due is None or (task.forfeit == "payment" and task.pay == "completion"):
        return 0
    if task.forfeit == "all":
        return int(bool(missed))
    return sum(1 << i for i, goal in enumerate(task.goals) if goal in missed)


@pytest.mark.parametrize("variant", VARIANTS)
def test_tables_equal_the_rules_restated(variant):
    """Every state that can be reached, every action, every outcome."""
    rules = BASE | variant
    task = GoalTask(**rules)
    seen, todo = set(), [(0, 0, 0, 0, frozenset())]
    while todo:
        state = todo.pop()
        if state in seen or state[0] == task.deadline:
            continue
        seen.add(state)
        t, n, c, f, missed = state
        place = int(task.encode(t, n, c, f, remembered(task, missed)))
        assert {k: int(v) for k, v in task.decode(place).items()} == {
            "time": t,
            "units": n,
            "engaged": c,
            "fatigue": f,
            "missed": remembered(task, missed),
        }
        for action in range(task.n_actions):
            expected = restated(rules, state, action)
            todo += [key[:5] for key in expected]
            merged = {}
            for key, p in expected.items():
                short = (*key[:4], remembered(task, key[4]), *key[5:])
                merged[short] = merged.get(short, 0.0) + p
            assert tabulated(task, place, action) == pytest.approx(merged)
            assert task.tables.available[place, action] == (action != WORK or n < task.n_units)
            assert np.broadcast_to(task.tables.terminated, task.tables.next_state.shape)[0, place, action] == (
                t + 1 == task.deadline
            )
    assert len(seen) > 20


def test_states_of_a_large_task_mean_what_they_say():
    """Decoded against plain arithmetic, and encoded back; numpy.unravel_index fails on such a column."""
    task = GoalTask(
        n_units=6, deadline=4, goals=range(1, 7), pay="deadline", due=[1] * 6, fatigue_cost=0.3, max_fatigue=3
    )
    states = np.arange(task.n_states)
    assert len(states) > 8192
    for column in (states, states[:, None]):
        parts = task.decode(column)
        assert_allclose(task.encode(**parts), column)
        for state in (0, 5_000, 10_752, len(states) - 1):
            found = tuple(int(part.ravel()[state]) for part in parts.values())
            rest, missed = divmod(state, 64)
            rest, fatigue = divmod(rest, 4)
            rest, engaged = divmod(rest, 2)
            assert found == (*divmod(rest, 7), engaged, fatigue, missed)


# --- the matchings -------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_goals", "n_units"), [(1, 7), (3, 7), (5, 20), (7, 7)])
def test_goals_stand_at_even_shares(n_goals, n_units):
    goals = micro_wins(n_goals, n_units=n_units, deadline=30).goals
    assert goals == tuple(int(np.ceil(j * n_units / n_goals - 1e-9)) for j in range(1, n_goals + 1))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_equal_pay_spends_the_budget(share):
    task = micro_wins(4, n_units=10, deadline=30, reward=60.0, share=share)
    assert task.budget == pytest.approx(60.0)
    assert task.payout[list(task.goals[:-1])] == pytest.approx([share * 15.0] * 3)
    assert task.payout[-1] == pytest.approx(share * 15.0 + (1 - share) * 60.0)


@pytest.mark.parametrize(
    "discounting",
    [
        rpe.discounting.Hyperbolic(0.2),
        rpe.discounting.Exponential(0.9),
        rpe.discounting.QuasiHyperbolic(0.6, 0.99),
        rpe.discounting.SumOfExponentials.hyperbolic(0.2),
    ],
)
@pytest.mark.parametrize("share", [0.4, 1.0])
@pytest.mark.parametrize("pay", ["completion", "deadline"])
def test_equal_present_value_is_equal_on_the_non_stop_path(discounting, share, pay):
    """The pay of working without a stop, discounted by when each payment really arrives."""
    options = {"n_units": 10, "deadline": 15, "pay": pay}

    def worth(task):
        state, total = task.initial(1, np.random.default_rng(0)), 0.0
        for now in range(task.deadline):
            action = WORK if now < task.n_units else REST if task.n_actions > 2 else DISTRACT
            step = task.step(state, np.array([action]), np.random.default_rng(0))
            earned = step.reward[0] - (task.distraction if action == DISTRACT else 0.0)
            total += earned * float(discounting(now))
            state = step.state
        return total

    split = micro_wins(3, matching="present_value", discounting=discounting, share=share, **options)
    assert worth(split) == pytest.approx(worth(monolithic(**options)))
    ratio = split.payout[split.payout > 0] / micro_wins(3, share=share, **options).payout[split.payout > 0]
    assert_allclose(ratio, ratio[0])


def test_points_are_taken_back_and_the_pay_is_the_single_goals():
    task = micro_wins(5, matching="potential", success_probability=0.7)
    plain = monolithic(success_probability=0.7)
    assert_allclose(task.payout, plain.payout)
    rng = np.random.default_rng(0)
    state, points = task.initial(50, rng), np.zeros(50)
    for _ in range(task.deadline):
        units = task.decode(state)["units"]
        step = task.step(state, np.where(units < 20, rng.integers(2, size=50), DISTRACT), rng)
        points, state = points + step.points, step.state
    assert_allclose(points, 0.0, atol=1e-12)
    assert np.abs(task.tables.points).max() == pytest.approx(0.5 * 100 * 4 / 5)


def test_potential_takes_its_discount_from_the_agent():
    exponential, hyperbolic = rpe.discounting.Exponential(0.9), rpe.discounting.Hyperbolic(0.08)
    assert micro_wins(5, matching="potential", discounting=exponential).potential_discount == pytest.approx(0.9)
    matched = micro_wins(5, matching="potential", discounting=hyperbolic).potential_discount
    assert matched**20 == pytest.approx(float(hyperbolic(20)))


@pytest.mark.parametrize("matching", ["feedback", "pseudo_reward"])
def test_marks_and_ticks_pay_nothing(matching):
    task = micro_wins(5, matching=matching)
    for mine, plain in zip(task.tables[:-1], monolithic().tables[:-1], strict=True):
        assert_allclose(mine, plain)
    assert task.goals == (4, 8, 12, 16, 20)
    ticks = task.tables.pseudo_reward
    assert ticks.max() == (20.0 if matching == "pseudo_reward" else 0.0)


def test_pseudo_rewards_move_only_agents_that_weigh_them():
    ticks = micro_wins(5, matching="pseudo_reward")
    hyperbolic = rpe.discounting.Hyperbolic(0.08)
    plain, unweighted, weighted = (
        rpe.measures.exact(rpe.agents.Planner(hyperbolic, pseudo_reward_weight=weight), task).procrastination_index[0]
        for task, weight in ((monolithic(), 0.0), (ticks, 0.0), (ticks, 1.0))
    )
    assert unweighted == plain
    assert weighted < plain - 0.2


# --- properties of random tasks ------------------------------------------------------------------


@st.composite
def goal_tasks(draw):
    n_units = draw(st.integers(1, 6))
    deadline = draw(st.integers(1, 10))
    number = st.floats(0.0, 5.0)
    payout = [0.0, *(draw(number) for _ in range(n_units))]
    goals = sorted(draw(st.sets(st.integers(1, n_units))) | {n_units})
    due = draw(st.none() | st.lists(st.integers(1, deadline), min_size=len(goals), max_size=len(goals)))
    return GoalTask(
        n_units=n_units,
        deadline=deadline,
        payout=payout,
        goals=goals,
        effort=draw(number),
        distraction=draw(number),
        start_cost=draw(number),
        success_probability=draw(st.floats(0.1, 1.0)),
        overhead=draw(number),
        disengagement=draw(st.floats(0.0, 1.0)),
        pay=draw(st.sampled_from(["completion", "deadline"])),
        due=due,
        forfeit=draw(st.sampled_from(["payment", "all"])),
        penalty=draw(number),
        fatigue_cost=draw(st.sampled_from([0.0, 0.3])),
        max_fatigue=draw(st.integers(1, 3)),
    )


@given(goal_tasks())
@settings(max_examples=60, deadline=None)
def test_probabilities_sum_to_one_and_progress_never_falls(task):
    tables = task.tables
    shape = tables.next_state.shape
    assert_allclose(np.broadcast_to(tables.outcome_probability, shape).sum(axis=0), 1.0)
    before, after = (task.decode(state) for state in (np.arange(task.n_states)[None, :, None], tables.next_state))
    assert (after["units"] >= before["units"]).all()
    assert (after["units"] <= before["units"] + 1).all()
    assert ((after["time"] == before["time"] + 1) | (before["time"] == task.deadline)).all()


@given(goal_tasks(), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_pay_sums_to_what_was_reached(task, seed):
    """Without sub-deadlines the pay of a trial is Σ payout over the units done, less the penalty."""
    if task.due is not None:
        task = GoalTask(**{name: getattr(task, name) for name in task.__dataclass_fields__ if name != "due"})
    rng = np.random.default_rng(seed)
    state, received, leisure = task.initial(20, rng), np.zeros(20), np.zeros(20)
    for _ in range(task.deadline):
        can = task.decode(state)["units"] < task.n_units
        action = np.where(can & (rng.random(20) < 0.8), WORK, DISTRACT)
        step = task.step(state, action, rng)
        received, leisure, state = received + step.reward, leisure + (action == DISTRACT), step.state
        assert (step.effort >= 0).all()
    done = task.decode(state)["units"]
    expected = np.cumsum(task.payout)[done] - task.penalty * (done < task.n_units)
    assert_allclose(received - task.distraction * leisure, expected, atol=1e-9)


@given(goal_tasks(), st.floats(0.0, 1.0), st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_shaping_leaves_exponential_policies_unchanged(task, gamma, sophisticated, seed):
    potential = np.random.default_rng(seed).normal(size=task.n_units + 1) * 5
    values = {name: getattr(task, name) for name in task.__dataclass_fields__}
    shaped = GoalTask(**(values | {"potential": potential, "potential_discount": gamma}))
    agent = rpe.agents.Planner(rpe.discounting.Exponential(gamma), sophisticated=sophisticated)
    assert np.abs(agent.init(task, 1).policy - agent.init(shaped, 1).policy).max() < 1e-9


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"n_units": 0}, ValueError, "n_units must be at least 1; got 0"),
        ({"n_units": 2.0}, TypeError, "n_units must be an integer; got 2.0"),
        ({"n_units": True}, TypeError, "n_units"),
        ({"deadline": 0}, ValueError, "deadline must be at least 1; got 0"),
        ({"payout": [0, 1]}, ValueError, r"payout must have shape \(21,\)"),
        ({"payout": [1] + [0] * 20}, ValueError, r"payout\[0\] must be 0"),
        ({"payout": [0] * 20 + [np.nan]}, ValueError, "payout must be finite; got nan at index 20"),
        ({"payout": ["a"] * 21}, TypeError, "payout must hold real numbers"),
        ({"goals": [5, 3, 20]}, ValueError, "goals must increase and end at n_units = 20"),
        ({"goals": [5, 21]}, ValueError, "goals must be at most 20; got 21"),
        ({"goals": [5]}, ValueError, "goals must increase"),
        ({"effort": -1}, ValueError, "effort"),
        ({"effort": [1, 2]}, ValueError, "effort must be a single number"),
        ({"distraction": np.inf}, ValueError, "distraction must be finite; got inf"),
        ({"start_cost": -0.1}, ValueError, "start_cost"),
        ({"success_probability": 0}, ValueError, r"success_probability must lie in \(0, 1\]; got 0"),
        ({"success_probability": 1.1}, ValueError, "success_probability"),
        ({"overhead": -1}, ValueError, "overhead"),
        ({"disengagement": 1.5}, ValueError, r"disengagement must lie in \[0, 1\]; got 1.5"),
        ({"pay": "now"}, ValueError, "pay must be one of 'completion', 'deadline', 'goal at deadline'; got 'now'"),
        ({"due": [10, 20], "goals": [10, 15, 20]}, ValueError, "due must have one step per sub-goal, 3; got 2"),
        ({"due": [61]}, ValueError, "due must be at most 60; got 61"),
        ({"forfeit": "some"}, ValueError, "forfeit must be one of"),
        ({"penalty": -1}, ValueError, "penalty"),
        ({"fatigue_cost": -1}, ValueError, "fatigue_cost"),
        ({"max_fatigue": 0}, ValueError, "max_fatigue"),
        ({"rest_recovery": 0}, ValueError, "rest_recovery"),
        ({"potential": [0, 1]}, ValueError, "potential must have shape"),
        ({"potential_discount": 2}, ValueError, "potential_discount"),
        ({"pseudo_reward": [np.inf] * 21}, ValueError, "pseudo_reward must be finite"),
        ({"due": [60] * 11, "goals": range(10, 21), "pay": "deadline"}, ValueError, "at most 10 sub-deadlines; got 11"),
        ({"efort": 1}, TypeError, "efort"),
    ],
)
def test_bad_tasks(values, error, message):
    with pytest.raises(error, match=message):
        GoalTask(**values)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"n_goals": 21}, ValueError, "n_goals must be at most n_units = 20; got 21"),
        ({"n_goals": 0}, ValueError, "n_goals must be at least 1"),
        ({"share": 1.1}, ValueError, "share"),
        ({"reward": -1}, ValueError, "reward"),
        ({"reward": np.nan}, ValueError, "reward must be finite"),
        ({"matching": "fair"}, ValueError, "matching must be one of 'pay', 'present_value'"),
        ({"matching": "present_value"}, ValueError, "discounting must be a discount function"),
        (
            {"matching": "present_value", "discounting": rpe.discounting.Hyperbolic([0.1, 0.2])},
            ValueError,
            "discounting must describe one agent",
        ),
        ({"rewards": 1}, TypeError, "rewards"),
    ],
)
def test_bad_micro_wins(values, error, message):
    with pytest.raises(error, match=message):
        micro_wins(**values)


def test_bad_steps():
    task, rng = monolithic(n_units=1, deadline=5), np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"action must lie in \[0, 1\]; got 2 at index 0"):
        task.step(np.array([0]), np.array([2]), rng)
    with pytest.raises(ValueError, match="state must lie in"):
        task.step(np.array([9999]), np.array([0]), rng)
    done = task.encode(time=1, units=1, engaged=1)
    with pytest.raises(ValueError, match="action must be available"):
        task.step(np.atleast_1d(done), np.array([WORK]), rng)


GOOD = {
    "next_state": np.zeros((1, 2, 2), dtype=int),
    "outcome_probability": np.ones((1, 1, 1)),
    "reward": np.zeros((1, 1, 1)),
    "effort": np.zeros((1, 1, 1)),
    "terminated": np.zeros((1, 1, 1), dtype=bool),
    "available": np.ones((2, 2), dtype=bool),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"next_state": np.zeros((2, 2), dtype=int)}, "next_state must have shape"),
        ({"next_state": np.full((1, 2, 2), 2)}, r"next_state must lie in \[0, 1\]"),
        ({"outcome_probability": np.full((1, 1, 1), 0.5)}, "outcome_probability must be at least 0 and sum to 1"),
        ({"reward": np.zeros((1, 3, 1))}, "reward must fit the shape"),
        ({"reward": np.full((1, 1, 1), np.nan)}, "reward must be finite"),
        ({"available": np.zeros((2, 2), dtype=bool)}, "available must offer at least one action"),
    ],
)
def test_bad_tables(change, message):
    with pytest.raises(ValueError, match=message):
        TableTask(Tables(**(GOOD | change)), n_steps=3)


def test_bad_table_tasks():
    with pytest.raises(ValueError, match="n_steps"):
        TableTask(Tables(**GOOD), n_steps=0)
    with pytest.raises(ValueError, match="initial_probability must have shape"):
        TableTask(Tables(**GOOD), n_steps=1, initial_probability=[0.5, 0.4])
    with pytest.raises(ValueError, match="next layer"):
        TableTask(Tables(**GOOD), n_steps=2, layer_size=1)


def test_two_goals_pay_on_time_only():
    """A late sub-goal forfeits its pay alone, or everything from then on."""
    for forfeit, expected in (("payment", 7.0), ("all", 0.0)):
        task = GoalTask(n_units=2, deadline=6, payout=[0, 5, 7], due=[1, 6], forfeit=forfeit, distraction=0.0)
        rng = np.random.default_rng(0)
        state, total = task.initial(1, rng), 0.0
        for action in itertools.chain([DISTRACT, WORK, WORK], [DISTRACT] * 3):
            step = task.step(state, np.array([action]), rng)
            total, state = total + step.reward[0], step.state
        assert total == expected


def test_sub_goals_can_be_paid_at_once_and_the_goal_at_the_deadline():
    rules = {
        "n_units": 2,
        "deadline": 4,
        "payout": [0.0, 3.0, 7.0],
        "start_cost": 0.0,
        "effort": 0.0,
        "distraction": 0.0,
    }
    worth = {
        pay: rpe.agents.optimal(rpe.tasks.GoalTask(pay=pay, **rules), discount=0.9).start
        for pay in ("completion", "goal at deadline", "deadline")
    }
    expected = {"completion": 3 + 0.9 * 7, "goal at deadline": 3 + 0.9**3 * 7, "deadline": 0.9**3 * 10}
    assert worth == pytest.approx(expected)
    with pytest.raises(ValueError, match="due must be None with pay='goal at deadline'"):
        rpe.tasks.GoalTask(pay="goal at deadline", due=[2, 4], **rules)


def test_equal_present_value_counts_the_goal_at_the_deadline():
    discounting = rpe.discounting.Exponential(0.9)
    split = rpe.tasks.micro_wins(
        n_goals=2,
        n_units=2,
        deadline=4,
        reward=10.0,
        matching="present_value",
        discounting=discounting,
        pay="goal at deadline",
    )
    assert split.payout[1] + 0.9**3 * split.payout[2] == pytest.approx(0.9**3 * 10)


def test_trials_start_where_numpy_would_let_them():
    """The draws of `Generator.choice` with these probabilities, number by number."""
    tables = micro_wins(n_goals=2, n_units=2, deadline=3).tables
    chance = np.zeros(tables.next_state.shape[1])
    chance[[1, 2, 4]] = 0.2, 0.5, 0.3
    task = TableTask(tables, n_steps=3, initial_probability=chance)
    one, two = np.random.default_rng(3), np.random.default_rng(3)
    for n in (1, 50, 7):
        np.testing.assert_array_equal(task.initial(n, one), two.choice(len(chance), size=n, p=chance))
