"""The semester, one-shot, dated and graph tasks: rules restated in plain loops, and published numbers."""

import re
from math import comb

import numpy as np
import pytest

import rpe
from rpe import tasks
from rpe.tasks import DatedChoice, DoOnceTask, GraphTask, SemesterTask

GREEDY = float("inf")


def planner(discounting, **options):
    return rpe.agents.Planner(discounting, **{"inverse_temperature": GREEDY} | options)


def exponential(gamma):
    return rpe.discounting.Exponential(gamma)


def present_biased(beta):
    return rpe.discounting.QuasiHyperbolic(beta, 1.0)


# --- the semester of Chebolu & Dayan -------------------------------------------------------------


def semester(gamma, *, effort_gamma=None, sophisticated=False, **task):
    agent = rpe.agents.Planner(
        exponential(gamma),
        inverse_temperature=7.0,
        sophisticated=sophisticated,
        effort_discounting=None if effort_gamma is None else exponential(effort_gamma),
    )
    return rpe.measures.exact(agent, SemesterTask(**task))


@pytest.mark.parametrize(
    ("gamma", "task", "week", "units"),
    [
        (1.0, {}, 2.50, 22.0),
        (0.9, {}, 14.02, 20.6),
        (1.0, {"efficacy": 0.3}, 4.72, None),
        (1.0, {"effort_exponent": 1.5}, 8.33, None),
    ],
)
def test_mean_week_of_a_unit(gamma, task, week, units):
    """Pay at the end: mean week (counted from 1) of a completed unit, ±0.3."""
    found = semester(gamma, **task)
    assert found.mean_completion_time[0] == pytest.approx(week, abs=0.3)
    if units is not None:
        assert found.mean_units[0] == pytest.approx(units, abs=0.3)


def test_effort_that_is_discounted_more_is_put_off():
    """γ_r = 0.9 and γ_c = 0.9, 0.8, 0.5, a reward of 1 a unit (0.25 beyond the threshold): 2.45 < 2.83 < 14.33."""
    task = {"unit_reward": 1.0, "extra_reward": 0.25, "pay": "threshold"}
    found = [semester(0.9, effort_gamma=c, **task).mean_completion_time[0] for c in (0.9, 0.8, 0.5)]
    assert found == pytest.approx([2.45, 2.83, 14.33], abs=0.4)
    assert found == sorted(found)


def test_impatience_delays_and_often_fails_the_threshold():
    """Pay at the threshold, cost exponent 2.2: γ = 0.6 works later than γ = 1 (9.97 against 8.11), P(≥ 14) = 0.51."""
    task = {"pay": "threshold", "effort_exponent": 2.2}
    hasty, patient = semester(0.6, **task), semester(1.0, **task)
    assert hasty.mean_completion_time[0] > patient.mean_completion_time[0]
    assert (hasty.mean_completion_time[0], patient.mean_completion_time[0]) == pytest.approx((9.97, 8.11), abs=0.05)
    assert hasty.units_probability[0, 14:].sum() == pytest.approx(0.51, abs=0.01)


def test_waiting_for_interest():
    """When interesting weeks pay, work waits for them; without such pay, interest changes nothing."""
    waiting = semester(1.0, interest_probability=0.05, efficacy=0.8)
    plain = semester(1.0)
    indifferent = semester(1.0, interest_probability=0.05, interest_reward=0.0)
    assert waiting.mean_completion_time[0] > plain.mean_completion_time[0] + 1
    assert indifferent.mean_completion_time[0] == pytest.approx(plain.mean_completion_time[0], abs=1e-6)
    assert waiting.welfare[0] > plain.welfare[0]


SEMESTERS = [
    {"n_units": 4, "n_weeks": 3, "threshold": 2},
    {"n_units": 3, "n_weeks": 2, "threshold": 3, "pay": "threshold", "effort_exponent": 2.0, "efficacy": 0.3},
    {"n_units": 3, "n_weeks": 3, "threshold": 1, "interest_probability": 0.2, "boredom_probability": 0.1},
]


@pytest.mark.parametrize("values", SEMESTERS)
def test_semester_rules_restated(values):
    """Every state and action against plain loops: where it leads, how likely, and its reward."""
    task = SemesterTask(**values)
    tables = task.tables
    n, interests = task.n_units, 1 if task.interest_probability is None else 2
    for state in range(task.n_weeks * task.layer_size):
        week, rest = divmod(state, task.layer_size)
        units, interest = divmod(rest, interests)
        for a in range(n + 1):
            assert tables.available[state, a] == (a <= n - units)
            if a > n - units:
                continue
            expected = {}
            for k in range(a + 1):
                p = comb(a, k) * task.efficacy**k * (1 - task.efficacy) ** (a - k)
                for after in range(interests):
                    q = 1.0
                    if interests == 2:
                        turn = task.boredom_probability if interest else task.interest_probability
                        q = turn if after != interest else 1 - turn
                    pay = worth(task, units + k) if week == task.n_weeks - 1 else 0.0
                    if task.pay == "threshold":
                        pay = worth(task, units + k) - worth(task, units)
                    reward = 0.1 * (n - a) + pay + (2.0 * a if interest else 0.0)
                    key = ((week + 1) * task.layer_size + (units + k) * interests + after, round(reward, 9))
                    expected[key] = expected.get(key, 0.0) + p * q
            found = {}
            for outcome in range(len(tables.next_state)):
                p = tables.outcome_probability[outcome, state, a]
                key = (int(tables.next_state[outcome, state, a]), round(float(tables.reward[outcome, state, a]), 9))
                if p > 0:
                    found[key] = found.get(key, 0.0) + p
            assert found == pytest.approx({k: p for k, p in expected.items() if p > 0})
            assert tables.effort[0, state, a] == pytest.approx(0.3 * a**task.effort_exponent)
            assert tables.terminated[0, state, a] == (week == task.n_weeks - 1)


def worth(task, units):
    if units < task.threshold:
        return 0.0
    return 4.0 * task.threshold + 1.0 * (units - task.threshold)


# --- something to be done once ------------------------------------------------------------------


def day_done(discounting, costs, **options):
    """The day on which a greedy planner does it, counted from 1."""
    sophisticated = options.pop("sophisticated", False)
    agent = planner(discounting, sophisticated=sophisticated)
    exact = rpe.measures.exact(agent, DoOnceTask(costs, **options))
    assert exact.completion_probability[0] == 1
    return float(exact.completion_time[0])


def test_the_report_of_odonoghue_and_rabin():
    """Costs 3, 5, 8, 13 and β = ½: time-consistent on day 1, sophisticated on day 2, naive on day 4."""
    costs = [3, 5, 8, 13]
    assert day_done(exponential(1.0), costs) == 1
    assert day_done(present_biased(0.5), costs, sophisticated=True) == 2
    assert day_done(present_biased(0.5), costs) == 4


@pytest.mark.parametrize("beta", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("cost", [1.0, 5.0])
def test_akerlofs_threshold(beta, cost):
    """A naif puts off iff βc + βx < c: the loss per day at which it stops is x = c(1 − β)/β, within 1 %."""
    threshold = cost * (1 - beta) / beta
    costs = [cost] * 30
    assert day_done(present_biased(beta), costs, delay_loss=0.99 * threshold) == 30
    assert day_done(present_biased(beta), costs, delay_loss=1.01 * threshold) == 1


def test_do_once_rules_restated():
    """Costs when done, a loss for every day that begins undone, and the reward a day after the last."""
    task = DoOnceTask([3.0, 5.0, 8.0], delay_loss=0.5, reward=7.0)
    for day_of_doing in range(3):
        state, rng, spent, got = np.zeros(1, dtype=int), np.random.default_rng(0), 0.0, 0.0
        for day in range(4):
            step = task.step(state, np.array([int(day == day_of_doing)]), rng)
            spent, got, state = spent + step.effort[0], got + step.reward, step.state
            assert step.terminated[0] == (day == 3)
        assert spent == [3.0, 5.0, 8.0][day_of_doing] + 0.5 * day_of_doing
        assert got[0] == 7.0
    with pytest.raises(ValueError, match="available"):
        task.step(np.array([4]), np.array([0]), rng)


# --- dated rewards ------------------------------------------------------------------------------


def prefers_later(discounting, delays):
    memory = planner(discounting).init(DatedChoice([100, 110], delays), 1)
    return memory.policy[1, 0, 0] == 1


@pytest.mark.parametrize("k", [0.01, 0.05, 0.099, 0.101, 0.2, 0.5])
def test_preferences_reverse_only_under_steep_hyperbolic_discounting(k):
    """100 in 30 days or 110 in 31: the later one is preferred from afar, and given up when near iff k > 0.1."""
    hyperbolic = rpe.discounting.Hyperbolic(k)
    afar, near = prefers_later(hyperbolic, [30, 31]), prefers_later(hyperbolic, [0, 1])
    assert afar
    assert (afar and not near) == (k > 0.1)


@pytest.mark.parametrize("gamma", [0.5, 0.9, 0.91, 0.99, 1.0])
def test_exponential_preferences_never_reverse(gamma):
    assert prefers_later(exponential(gamma), [30, 31]) == prefers_later(exponential(gamma), [0, 1])


def test_dated_rewards_come_when_they_are_due():
    task = DatedChoice([5.0, 7.0], [1, 3])
    for option, (amount, delay) in enumerate(((5.0, 1), (7.0, 3))):
        state, got = np.zeros(1, dtype=int), []
        for now in range(task.n_steps):
            step = task.step(state, np.array([option if now == 0 else 0]), np.random.default_rng(0))
            got.append(float(step.reward[0]))
            state = step.state
        assert got == [amount if now == delay else 0.0 for now in range(4)]
        assert step.terminated[0]


# --- graphs -------------------------------------------------------------------------------------


def cost_ratio(task, beta):
    return float(rpe.measures.exact(planner(present_biased(beta)), task).effort[0]) / task.cheapest


def test_the_fan_of_kleinberg_and_oren():
    """β = ½, c = 1.9, n = 10: the walker goes to the end and pays 613.1 times the least; not so if c ≥ 1/β."""
    assert cost_ratio(GraphTask.fan(10, 1.9), 0.5) == pytest.approx(613.1, abs=0.1)
    assert cost_ratio(GraphTask.fan(10, 2.1), 0.5) == pytest.approx(1.0)
    history = rpe.simulate.run(planner(present_biased(0.5)), GraphTask.fan(10, 1.9), rng=0)
    assert history.full.state[0, 0, :12].tolist() == list(range(12))


def test_deleting_choices_restores_the_cheapest_walk():
    assert cost_ratio(GraphTask.fan(10, 1.9, skips=False), 0.5) == pytest.approx(1.0)


@pytest.mark.parametrize(("reward", "abandons"), [(1.99, True), (2.01, False)])
def test_a_task_is_abandoned_when_it_costs_more_than_the_discounted_reward(reward, abandons):
    """One edge of cost 1 and β = ½: worth it iff 1 ≤ ½ r."""
    task = GraphTask({(0, 1): 1.0}, reward=reward, may_abandon=True)
    exact = rpe.measures.exact(planner(present_biased(0.5)), task)
    assert (exact.effort[0] == 0) == abandons
    assert exact.reward[0] == (0 if abandons else reward)


def test_cheapest_walk_by_brute_force():
    rng = np.random.default_rng(3)
    for _ in range(20):
        edges = {
            (i, j): float(rng.random()) for i in range(5) for j in range(i + 1, 6) if j == i + 1 or rng.random() < 0.5
        }

        def least(node, edges=edges):
            return 0.0 if node == 5 else min(c + least(j) for (i, j), c in edges.items() if i == node)

        assert GraphTask(edges).cheapest == pytest.approx(least(0))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SemesterTask(n_units=0), ValueError, "n_units must be at least 1; got 0"),
        (lambda: SemesterTask(n_weeks=0), ValueError, "n_weeks"),
        (lambda: SemesterTask(threshold=23), ValueError, "threshold must be at most 22; got 23"),
        (lambda: SemesterTask(efficacy=1.1), ValueError, r"efficacy must lie in \[0, 1\]; got 1.1"),
        (lambda: SemesterTask(effort=-1), ValueError, "effort"),
        (lambda: SemesterTask(effort_exponent=0), ValueError, "effort_exponent"),
        (lambda: SemesterTask(pay="later"), ValueError, "pay must be one of 'deadline', 'threshold'; got 'later'"),
        (lambda: SemesterTask(interest_probability=np.nan), ValueError, "interest_probability must be finite"),
        (lambda: SemesterTask(unit_reward=np.inf), ValueError, "unit_reward must be finite"),
        (lambda: DoOnceTask([]), ValueError, "costs"),
        (lambda: DoOnceTask([1, -1]), ValueError, "costs must lie in .* at index 1"),
        (lambda: DoOnceTask([1], delay_loss=-1), ValueError, "delay_loss"),
        (lambda: DoOnceTask([[1]]), ValueError, "costs must have shape"),
        (lambda: DatedChoice([1, 2], [0]), ValueError, "delays must have one entry per amount, 2; got 1"),
        (lambda: DatedChoice([1, 2], [0, -1]), ValueError, "delays must be at least 0"),
        (lambda: DatedChoice([1, 2], [0, 1.5]), TypeError, "delays must be an integer"),
        (lambda: DatedChoice([], []), ValueError, "amounts"),
        (lambda: GraphTask({}), TypeError, "edges"),
        (lambda: GraphTask({(1, 0): 1.0}), ValueError, "higher node"),
        (lambda: GraphTask({(0, 2): 1.0}), ValueError, r"none leaves \[1\]"),
        (lambda: GraphTask({(0, 1): -1.0}), ValueError, "cost of edge"),
        (lambda: GraphTask({(0, 1): 1.0}, may_abandon=1), TypeError, "may_abandon"),
        (lambda: GraphTask.fan(0, 1.9), ValueError, "n must be at least 1"),
        (lambda: GraphTask.fan(3, 0.0), ValueError, "cost"),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()


class Gym(tasks.TabulatedTask):
    """Two units to do by studying; a workout is pleasant, and is no work."""

    n_units, n_steps, layer_size = 2, 4, 3
    action_names = ("workout", "study")

    def __init__(self, work_actions=None):
        self._declared = work_actions

    @property
    def work_actions(self):
        return super().work_actions if self._declared is None else self._declared

    def decode(self, state):
        time, units = np.divmod(np.asarray(state), 3)
        return {"time": time, "units": units}

    def tabulate(self):
        now = self.decode(np.arange(15)[:, None])
        studies = np.arange(2) == 1
        units = np.minimum(now["units"] + studies, 2)
        time = np.minimum(now["time"] + 1, 4) + 0 * units
        return tasks.Tables(
            next_state=(3 * time + units)[None],
            outcome_probability=np.ones((1, 1, 1)),
            reward=np.where(studies, 5.0 * (units > now["units"]), 1.0)[None],
            effort=np.zeros((1, 1, 1)),
            terminated=np.broadcast_to(now["time"] >= 3, (1, 15, 2)),
            available=np.ones((15, 2), dtype=bool),
        )


class TestWorkIsWhatATaskSaysIsWork:
    LEARNER = rpe.agents.QLearner(inverse_temperature=0.5)

    def test_a_workout_is_no_work(self):
        history = rpe.simulate.run(self.LEARNER, Gym((1,)), n_agents=50, n_trials=3, rng=0, record="all")
        np.testing.assert_array_equal(history.trials.worked, (history.full.action == 1).sum(axis=2))
        idle = np.cumprod(history.full.action == 0, axis=2).sum(axis=2)
        np.testing.assert_array_equal(history.trials.start_time, idle)

    def test_the_exact_solution_agrees(self):
        planner = rpe.agents.Planner(rpe.discounting.Exponential(0.9), inverse_temperature=0.3)
        exact = rpe.measures.exact(planner, Gym((1,)))
        history = rpe.simulate.run(planner, Gym((1,)), n_agents=20_000, n_trials=1, rng=0)
        np.testing.assert_allclose(exact.start_latency, history.trials.start_time.mean() / 4, atol=0.01)

    def test_none_is_work_unless_it_is_said(self):
        assert Gym().work_actions == ()
        assert not Gym().is_work.any()
        history = rpe.simulate.run(self.LEARNER, Gym(), n_agents=5, n_trials=2, rng=0)
        np.testing.assert_array_equal(history.trials.worked, 0)

    @pytest.mark.parametrize(
        ("name", "options"), [("Interest", {"interest": 1.0}), ("Progress", {"weight": 1.0, "of": "competence"})]
    )
    def test_mechanisms_ask_the_task(self, name, options):
        agent = getattr(rpe.mechanisms, name)(self.LEARNER, **options)
        with pytest.raises(ValueError, match="task must have units of work; got Gym"):
            agent.init(Gym(), 1)
        agent.init(Gym((1,)), 1)

    def test_interest_is_in_work_alone(self):
        agent = rpe.mechanisms.Interest(self.LEARNER, interest=2.0)
        memory, zeros = agent.init(Gym((1,)), 2), np.zeros(2)
        over = np.zeros(2, dtype=bool)
        step = tasks.Step(np.zeros(2, dtype=int), zeros, zeros, 0.0, 0.0, over, over)
        found = agent.transform_step(memory, np.zeros(2, dtype=int), np.array([0, 1]), step)
        assert found.reward.tolist() == [0.0, 2.0]

    def test_a_work_action_must_exist(self):
        with pytest.raises(ValueError, match=r"work_actions must lie in \[0, 1\]; got 2"):
            _ = Gym((2,)).is_work
        with pytest.raises(ValueError, match="work_actions must be at most 1; got 2"):
            tasks.TableTask(Gym().tables, 4, work_actions=(2,))
        with pytest.raises(ValueError, match="action_names must have one name per action, 2; got 1"):
            tasks.TableTask(Gym().tables, 4, action_names=["workout"])

    @pytest.mark.parametrize(
        ("task", "work"),
        [
            (tasks.monolithic(), (1,)),
            (tasks.five_minutes(tasks.off_path_wins(tasks.monolithic(), 1.0), 3), (1, 3)),
            (tasks.SemesterTask(n_units=3, threshold=2), (1, 2, 3)),
            (tasks.ToDoList(minutes=[5, 6], pay=[-1, -1]), (0, 1)),
            (tasks.TwoProjects(), (1, 2)),
            (tasks.DoOnceTask([1, 2]), (1,)),
            (tasks.bandit([0.1, 0.2]), ()),
            (tasks.with_optimal_points(tasks.ToDoList(minutes=[5], pay=[-1]), 1.0), (0,)),
        ],
        ids=lambda each: type(each).__name__,
    )
    def test_every_task_declares_it(self, task, work):
        assert task.work_actions == work
        assert np.flatnonzero(task.is_work).tolist() == list(work)


@pytest.mark.parametrize(
    "task",
    [
        tasks.micro_wins(3),
        tasks.ritual(tasks.five_minutes(tasks.monolithic()), [0]),
        tasks.SemesterTask(),
        tasks.ToDoList(),
        tasks.TwoProjects(),
        tasks.DoOnceTask([1, 2]),
        tasks.DatedChoice([1, 2], [0, 1]),
        tasks.GraphTask.fan(2, 3.0),
        tasks.bandit([0.1]),
        tasks.FourRooms(),
    ],
    ids=lambda task: type(task).__name__,
)
def test_a_task_says_what_it_is_in_a_line(task):
    assert repr(task).startswith(type(task).__name__)
    assert "\n" not in repr(task)
    assert len(repr(task)) < 120
    assert str(task.n_steps) in repr(task)
    assert isinstance(task, tasks.Task)


@pytest.mark.parametrize("room", [tasks, rpe.mechanisms])
def test_completion_shows_what_users_may_use(room):
    assert dir(room) == sorted(room.__all__)
    table = room.__doc__.split("\n\n")[1]
    assert "you want" in table
    named = set(re.findall(r"`(\w+)", table))
    assert named <= set(room.__all__)
    calls = {name for name in room.__all__ if callable(getattr(room, name))}
    quiet = {"GoalRules", "Step", "Task", "Variant", "optimal_value", "MechanismMemory", "biased_policy"}
    assert calls - quiet <= named
