"""Mechanisms: plain at weight zero, their equations by hand, and in company."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rpe
from rpe import mechanisms
from rpe.tasks import Step

TASK = rpe.tasks.micro_wins(n_goals=2, n_units=6, deadline=12, reward=30.0, success_probability=0.8, start_cost=1.0)
LEARNER = rpe.agents.QLearner(learning_rate=0.3, discount=0.95, trace_decay=0.7, inverse_temperature=0.5)
PLANNER = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.1))
IDLE = {
    "EffortCost": {},
    "RewardSensitivity": {"score": 2.0},
    "Satiation": {},
    "Fatigue": {},
    "Habit": {},
    "CuedHabit": {"cues": ("time",)},
    "Consolidation": {"trials_per_day": 1},
    "ChoiceKernel": {},
    "GoalGradient": {},
    "ResistanceToChange": {},
    "Wanting": {},
    "Opponency": {},
    "Progress": {},
    "Interest": {},
    "BasalShift": {},
    "Homeostasis": {},
    "Mood": {},
    "Celebration": {},
    "Industriousness": {},
    "Attention": {},
    "Willpower": {},
    "RewardKinds": {"satiation": (0.5, 0.1, 0.0)},
    "Liking": {"opioid": 0.3},
    "Vigour": {},
}
BUSY = {
    "EffortCost": {"shape": "parabolic", "steepness": 2.0},
    "RewardSensitivity": {"score": 2.0, "weight": 0.3},
    "Satiation": {"strength": 0.1},
    "Fatigue": {"recoverable_gain": 0.3, "recovery": 0.1},
    "Habit": {"weight": 2.0, "learning_rate": 0.2},
    "CuedHabit": {"weight": 2.0, "learning_rate": 0.2, "cues": ("time",)},
    "Consolidation": {"labile_loss": 0.5, "trials_per_day": 1},
    "ChoiceKernel": {"weight": 2.0},
    "GoalGradient": {"weight": 2.0},
    "ResistanceToChange": {"disruption": 0.2},
    "Wanting": {"kappa": 4.0},
    "Opponency": {"dopamine": 0.5, "d2_density": 0.5},
    "Progress": {"weight": 5.0, "of": "competence"},
    "Interest": {"interest": 2.0, "paid": "completion"},
    "BasalShift": {"size": 1.0, "rise": 0.1},
    "Homeostasis": {"weight": 1.0, "shift": 0.1},
    "Celebration": {"size": 5.0, "habituation": 0.1},
    "Industriousness": {"weight": 1.0, "learning_rate": 0.3},
    "Attention": {"weight": 1.0, "follows": "reward"},
    "Willpower": {"weight": 2.0, "use": 0.2},
    "RewardKinds": {"weight": 1.0, "scale": (1.0, 3.0, 1.0), "satiation": (0.1, 0.0, 0.0)},
    "Liking": {"weight": 1.0, "opioid": 0.3},
    "Mood": {"weight": 1.0, "learning_rate": 0.3},
    "Vigour": {"weight": 1.0, "learning_rate": 0.2},
}


MECHANISMS = {
    name
    for name in mechanisms.__all__
    if isinstance(getattr(mechanisms, name), type) and issubclass(getattr(mechanisms, name), mechanisms.Mechanism)
}


def test_every_mechanism_is_tested_at_rest_and_at_work():
    """Those around planners or action values alone have tests of their own."""
    assert set(IDLE) == set(BUSY) == MECHANISMS - {"Mechanism", "ControlInvestment", "Efficacy", "Surge"}


def run(agent, **options):
    return rpe.simulate.run(agent, TASK, n_agents=40, n_trials=15, rng=3, record="all", **options)


def held(agent, task, n):
    """The memory of a mechanism alone, with nothing inside."""
    return mechanisms.MechanismMemory(None, agent.create_memory(task, n))


def step(reward=0.0, effort=0.0, n=1, state=0):
    zeros = np.zeros(n)
    over = np.zeros(n, dtype=bool)
    return Step(np.full(n, state), zeros + reward, zeros + effort, 0.0, 0.0, over, over)


@pytest.mark.parametrize("name", IDLE)
@pytest.mark.parametrize("inside", [LEARNER, PLANNER], ids=["learner", "planner"])
def test_at_weight_zero_the_agent_is_the_plain_agent_bit_for_bit(name, inside):
    wrapped = getattr(mechanisms, name)(inside, **IDLE[name])
    assert wrapped.idle
    plain, found = run(inside).full, run(wrapped).full
    for one, other in zip(plain, found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_all_at_weight_zero_is_plain_too():
    agent = LEARNER
    for name, options in IDLE.items():
        agent = getattr(mechanisms, name)(agent, **options)
    np.testing.assert_array_equal(run(agent).full.delta, run(LEARNER).full.delta)


@pytest.mark.parametrize("name", BUSY)
def test_with_a_weight_something_changes(name):
    wrapped = getattr(mechanisms, name)(LEARNER, **BUSY[name])
    assert not wrapped.idle
    assert not np.array_equal(run(wrapped).full.action, run(LEARNER).full.action)


@pytest.mark.parametrize("name", BUSY)
def test_a_memory_has_one_type_whatever_the_parameters(name):
    """What an idle mechanism holds, and what it holds at work: same types, same shapes."""

    def shapes(own):
        parts = vars(own) if hasattr(own, "__dict__") else dict(enumerate(own if isinstance(own, tuple) else (own,)))
        return {key: np.shape(part) for key, part in parts.items()}

    make = getattr(mechanisms, name)
    of = {key: value for key, value in BUSY[name].items() if key == "of"}
    idle, busy = (make(LEARNER, **options).init(TASK, 3) for options in (IDLE[name] | of, BUSY[name]))
    assert type(idle) is type(busy) is mechanisms.MechanismMemory
    assert type(idle.inner) is type(busy.inner)
    assert type(idle.own) is type(busy.own)
    assert shapes(idle.own) == shapes(busy.own)


def test_idle_mechanisms_make_nothing_until_it_is_asked_for():
    class Costly(mechanisms.Mechanism):
        made = 0

        @property
        def idle(self):
            return True

        def create_memory(self, task, n_agents):
            type(self).made += 1
            return np.zeros(n_agents)

    agent = Costly(LEARNER)
    history = run(agent, keep_memory=True)
    assert Costly.made == 0
    assert history.memory.own.shape == (40,)
    assert history.memory.own is history.memory.own
    assert Costly.made == 1


@pytest.mark.parametrize("name", IDLE)
def test_no_method_is_patched_into_an_instance(name):
    agent = getattr(mechanisms, name)(LEARNER, **IDLE[name])
    run(agent)
    assert not {"init", "start", "policy", "value", "update"} & set(vars(agent))


def test_a_memory_made_at_rest_cannot_go_to_work():
    history = run(mechanisms.Habit(LEARNER), keep_memory=True)
    with pytest.raises(ValueError, match="memory must be of a Habit that was at work when it was made"):
        run(mechanisms.Habit(LEARNER, weight=1.0), memory=history.memory)


def test_a_memory_made_at_work_can_rest():
    """Trained with a habit, then tested without: the agent inside goes on as it is."""
    trained = [run(mechanisms.Habit(LEARNER, weight=1.0), keep_memory=True).memory for _ in range(2)]
    rested = run(mechanisms.Habit(LEARNER, weight=0.0), memory=trained[0])
    plain = run(LEARNER, memory=trained[1].inner)
    np.testing.assert_array_equal(rested.full.delta, plain.full.delta)


def test_a_mechanism_of_ones_own_needs_its_hooks_alone():
    """Every hook, in the order in which a step calls them, around and inside other mechanisms."""
    called = []

    class Own(mechanisms.Mechanism):
        def create_memory(self, task, n_agents):
            return np.zeros(n_agents)

        def transform_step(self, memory, state, action, step):
            called.append("transform_step")
            return step._replace(reward=step.reward + 1.0)

        def log_bias(self, memory, state):
            called.append("log_bias")
            return None

        def observe(self, memory, state, action, step, active):
            called.append("observe")
            memory.own += step.reward

    agent = mechanisms.Habit(Own(mechanisms.Satiation(LEARNER)))
    memory, plain = agent.init(TASK, 2), LEARNER.init(TASK, 2)
    state, action = np.zeros(2, dtype=int), np.ones(2, dtype=int)
    np.testing.assert_array_equal(agent.policy(memory, state), LEARNER.policy(plain, state))
    delta = agent.update(memory, state, action, step(3.0, n=2), None)
    np.testing.assert_array_equal(delta, LEARNER.update(plain, state, action, step(4.0, n=2), None))
    assert called == ["log_bias", "transform_step", "observe"]
    np.testing.assert_array_equal(memory.inner.own, 3.0)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_every_agent_is_given_its_own_memory(weight):
    """Through idle mechanisms, around and inside one at work."""
    given = []

    class Inside:
        def init(self, task, n_agents):
            return "mine"

        def start(self, memory, state):
            given.append(memory)
            return np.zeros(len(state))

        def policy(self, memory, state):
            given.append(memory)
            return np.full((2, len(state)), 0.5)

        def update(self, memory, state, action, step, active):
            given.append(memory)
            return np.zeros(len(state))

    agent = mechanisms.Satiation(mechanisms.Habit(mechanisms.Vigour(mechanisms.Fatigue(Inside())), weight=weight))
    memory, state = agent.init(TASK, 1), np.zeros(1, dtype=int)
    agent.start(memory, state)
    agent.policy(memory, state)
    agent.update(memory, state, state, step(), None)
    assert given == ["mine"] * 3
    with pytest.raises(TypeError, match="agent must have the method 'value'; Inside has not"):
        agent.value(memory, state)


@pytest.mark.parametrize("weight", [0.0, 2.0])
def test_agents_are_copied_and_pickled(weight):
    agent = mechanisms.Habit(mechanisms.Satiation(LEARNER), weight=weight)
    expected = run(agent).full.delta
    for twin in (copy.copy(agent), copy.deepcopy(agent), pickle.loads(pickle.dumps(agent))):
        np.testing.assert_array_equal(run(twin).full.delta, expected)


def test_memories_are_copied_and_pickled():
    memory = mechanisms.Habit(mechanisms.Satiation(LEARNER), weight=1.0).init(TASK, 3)
    memory.own += 0.5
    for twin in (copy.deepcopy(memory), pickle.loads(pickle.dumps(memory))):
        np.testing.assert_array_equal(twin.own, memory.own)
        np.testing.assert_array_equal(twin.inner.own, np.zeros(3))
        np.testing.assert_array_equal(twin.q, memory.q)


@pytest.mark.parametrize("name", BUSY)
def test_parameters_per_agent_and_chunks_do_not_matter(name):
    """Agents with parameters of their own are, each, the agent alone; also across chunks."""
    options = dict(BUSY[name])
    key = next(k for k, value in options.items() if isinstance(value, float))
    values = np.where(np.arange(300) % 2, options[key], 0.5 * options[key])
    many = getattr(mechanisms, name)(LEARNER, **(options | {key: values}))
    one, two = (
        rpe.simulate.run(many, TASK, n_agents=300, n_trials=4, rng=0, record=[0, 1, 299], chunk_size=size).full
        for size in (256, 512)
    )
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)
    same = getattr(mechanisms, name)(LEARNER, **options)
    alike = rpe.simulate.run(same, TASK, n_agents=300, n_trials=1, rng=0, record=[1, 299]).full
    np.testing.assert_array_equal(alike.action[:, 0], one.action[1:, 0])


@given(bias=st.lists(st.floats(-30, 30), min_size=3, max_size=3), beta=st.floats(0, 5))
@settings(deadline=None, max_examples=50)
def test_a_bias_is_added_to_the_logits(bias, beta):
    values = np.array([[0.3], [-1.0], [2.0]])
    shift = np.array(bias)[:, None]
    found = mechanisms.biased_policy(rpe.choice.softmax(values, beta), shift)
    np.testing.assert_allclose(found, rpe.choice.softmax(beta * values + shift, 1.0), atol=1e-12)


def test_a_bias_cannot_bring_what_is_not_there():
    found = mechanisms.biased_policy(np.array([[1.0], [0.0]]), np.array([[-800.0], [0.0]]))
    np.testing.assert_array_equal(found, [[1.0], [0.0]])


def test_fatigue_follows_the_published_trajectory():
    tired = mechanisms.Fatigue(LEARNER, recoverable_gain=0.2, recovery=0.1, unrecoverable_gain=0.05)
    memory = held(tired, TASK, 1)
    own = memory.own
    seen = []
    for effort in (1.0, 1.0, 1.0, 0.0, 0.0, 0.0):
        experienced = tired.transform_step(memory, None, None, step(effort=effort))
        np.testing.assert_allclose(experienced.effort, effort * own.sum(axis=0))
        tired.observe(memory, None, None, step(effort=effort), None)
        seen.append(own[:, 0].copy())
    recoverable, unrecoverable = np.array(seen).T
    np.testing.assert_allclose(recoverable, [0.643, 0.786, 0.929, 0.829, 0.729, 0.629], atol=1e-9)
    np.testing.assert_allclose(unrecoverable, [0.55, 0.60, 0.65, 0.65, 0.65, 0.65], atol=1e-9)


def test_recoverable_fatigue_has_a_floor():
    tired = mechanisms.Fatigue(LEARNER, recovery=0.4, floor=0.2)
    memory = held(tired, TASK, 1)
    own = memory.own
    for _ in range(3):
        tired.observe(memory, None, None, step(), None)
    np.testing.assert_array_equal(own[:, 0], [0.2, 0.5])


@pytest.mark.parametrize(("days", "rate"), [(66, 0.0444), (18, 0.153), (254, 0.0117)])
def test_a_habit_reaches_95_percent_after_the_published_days(days, rate):
    habit = mechanisms.Habit(LEARNER, weight=1.0, learning_rate=1 - 0.05 ** (1 / days), miss_rate=0.0)
    assert float(habit.learning_rate) == pytest.approx(rate, rel=0.01)
    memory = held(habit, TASK, 1)
    own = memory.own
    for _ in range(days):
        habit.observe(memory, np.array([0]), np.array([1]), step(), None)
    assert own[1, 0, 0] == pytest.approx(0.95)
    assert own[0].max() == own[1, 1:].max() == 0


def test_misses_have_their_own_rate_and_the_inactive_stay():
    habit = mechanisms.Habit(LEARNER, weight=2.0, learning_rate=0.5, miss_rate=0.1)
    memory = held(habit, TASK, 2)
    own = memory.own
    for action in (1, 0):
        habit.observe(memory, np.array([3, 3]), np.array([action, action]), step(n=2), np.array([True, False]))
    np.testing.assert_allclose(own[:, 3, 0], [0.5, 0.45])
    np.testing.assert_array_equal(own[:, 3, 1], 0)
    np.testing.assert_allclose(habit.log_bias(memory, np.array([3, 3]))[:, 0], [1.0, 0.9])


def test_a_choice_kernel_by_hand():
    kernel = mechanisms.ChoiceKernel(LEARNER, weight=-3.0, learning_rate=0.25)
    memory = held(kernel, TASK, 1)
    own = memory.own
    for action in (1, 1, 0):
        kernel.observe(memory, np.array([5]), np.array([action]), step(), None)
    np.testing.assert_allclose(own[:, 0], [0.25, 0.4375 * 0.75])
    np.testing.assert_allclose(kernel.log_bias(memory, np.array([0]))[:, 0], [-0.75, -0.984375])


def test_satiation_by_hand():
    hungry = mechanisms.Satiation(LEARNER, strength=0.5, retention=0.8)
    memory = held(hungry, TASK, 1)
    experienced = []
    for reward in (2.0, -1.0, 2.0):
        experienced.append(hungry.transform_step(memory, None, None, step(reward=reward)).reward[0])
        hungry.observe(memory, None, None, step(reward=reward), None)
    np.testing.assert_allclose(experienced, [2.0, -np.exp(-1.0), 2 * np.exp(-0.5 * 1.6)])


def test_effort_costs_have_their_shapes():
    effort = np.linspace(0, 4, 41)
    parabolic = mechanisms.EffortCost(LEARNER, shape="parabolic", steepness=0.5).cost(effort)
    np.testing.assert_allclose(parabolic, 0.5 * effort**2)
    sigmoid = mechanisms.EffortCost(LEARNER, shape="sigmoid", steepness=3.0, turning_point=2.0, maximum=5.0)
    cost = sigmoid.cost(effort)
    assert cost[0] == pytest.approx(0.0, abs=1e-12)
    assert sigmoid.cost(1e3) == pytest.approx(5.0)
    assert np.diff(cost).argmax() == pytest.approx(20, abs=1)


def test_reward_sensitivity_scales_reward_and_nothing_else():
    keen = mechanisms.RewardSensitivity(LEARNER, score=2.0, weight=0.15)
    experienced = keen.transform_step(None, None, None, step(reward=3.0, effort=1.0))
    np.testing.assert_allclose(experienced.reward, 3.0 * np.exp(0.3))
    np.testing.assert_allclose(experienced.effort, 1.0)


@pytest.mark.parametrize(
    ("shape", "head_start", "expected"),
    [
        ("proportional", 0, [0, 1 / 3, 2 / 3, 0, 1 / 3, 2 / 3, 0]),
        ("proportional", 1, [1 / 4, 2 / 4, 3 / 4, 1 / 4, 2 / 4, 3 / 4, 0]),
        ("small area", 0, [1, 1 / 2, 1, 1, 1 / 2, 1, 0]),
        ("two references", 0, [1, 0, 1, 1, 0, 1, 0]),
    ],
)
def test_goal_gradients_start_anew_at_each_sub_goal(shape, head_start, expected):
    keen = mechanisms.GoalGradient(LEARNER, weight=1.0, shape=shape, head_start=head_start)
    np.testing.assert_allclose(keen.gradient(TASK), expected)
    memory = held(keen, TASK, 1)
    state = np.flatnonzero(TASK.decode(np.arange(TASK.n_states))["units"] == 1)[:1]
    np.testing.assert_allclose(keen.log_bias(memory, state)[:, 0], [0, expected[1]])


def test_mechanisms_compose_and_are_fitted():
    """A habit around a learner, its weight recovered from choices."""
    task = rpe.tasks.bandit([0.3, 0.7])
    inside = rpe.agents.QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=2.0)
    agent = mechanisms.ChoiceKernel(mechanisms.RewardSensitivity(inside, score=1.0, weight=0.1), weight=1.0)
    model = rpe.fit.Model(
        agent,
        task,
        {"weight": rpe.fit.Parameter(start=(-2, 2)), "agent.agent.inverse_temperature": rpe.fit.Parameter(0, 20)},
    )
    true = np.tile([1.5, 3.0], (30, 1))
    data = rpe.fit.simulated(model, true, n_trials=200, rng=0)
    found = rpe.fit.fit(model, data, groups=["all"] * 30, n_starts=2, rng=0)
    np.testing.assert_allclose(found.estimates[0], [1.5, 3.0], rtol=0.15)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mechanisms.Habit("agent"), TypeError, "must have the method 'init'"),
        (lambda: mechanisms.Habit(LEARNER, weight=-1.0), ValueError, "weight must lie in"),
        (lambda: mechanisms.Habit(LEARNER, miss_rate=2.0), ValueError, "miss_rate must lie in"),
        (lambda: mechanisms.ChoiceKernel(LEARNER, weight=np.nan), ValueError, "weight must be finite"),
        (lambda: mechanisms.Fatigue(LEARNER, work_rest=1.5), ValueError, "work_rest must lie in"),
        (lambda: mechanisms.Satiation(LEARNER, retention=-0.1), ValueError, "retention must lie in"),
        (lambda: mechanisms.EffortCost(LEARNER, shape="cubic"), ValueError, "shape must be one of"),
        (lambda: mechanisms.EffortCost(LEARNER, steepness=0.0), ValueError, "steepness must lie in"),
        (lambda: mechanisms.GoalGradient(LEARNER, shape="steep"), ValueError, "shape must be one of"),
        (
            lambda: mechanisms.Habit(LEARNER, weight=[1.0, 2.0], learning_rate=[0.1] * 3),
            ValueError,
            "one entry per agent",
        ),
        (lambda: mechanisms.Habit(LEARNER, weight=[1.0, 2.0]).init(TASK, 3), ValueError, "n_agents must be 2"),
        (
            lambda: mechanisms.GoalGradient(LEARNER, weight=1.0).init(rpe.tasks.bandit([0.5, 0.5]), 2),
            ValueError,
            "units of work",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
