"""Planners: one sweep against a sweep for every delay, blocks against single agents, and partial naivete."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import rpe
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic, QuasiHyperbolic
from rpe.tasks import Tables, TabulatedTask


class Plain:
    """A discount function that hides its form, so that the planner sweeps every delay."""

    def __init__(self, inner):
        self.inner = inner

    @property
    def n_agents(self):
        return self.inner.n_agents

    def __call__(self, delay):
        return self.inner(delay)


TASKS = [
    rpe.tasks.micro_wins(3, n_units=6, deadline=14, success_probability=0.7, disengagement=0.4),
    rpe.tasks.monolithic(n_units=4, deadline=12, pay="deadline", fatigue_cost=0.3),
    rpe.tasks.micro_wins(2, n_units=4, deadline=9, matching="potential"),
]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("sophisticated", [False, True])
@pytest.mark.parametrize(
    "discounting",
    [Exponential(0.0), Exponential([0.7, 0.9, 1.0]), QuasiHyperbolic([0.3, 0.7, 1.0], 0.9), QuasiHyperbolic(0.6, 1.0)],
)
def test_one_sweep_is_the_sweep_over_delays(task, sophisticated, discounting):
    for beta in (0.4, np.inf, [0.3, 1.0, np.inf] if discounting.n_agents == 3 else 2.0):
        fast, slow = (
            Planner(d, beta, sophisticated).init(task, discounting.n_agents) for d in (discounting, Plain(discounting))
        )
        if np.ndim(beta) or np.isfinite(beta):
            assert_allclose(fast.policy, slow.policy, atol=1e-13)
            plans = [m.plan for m in (fast, slow)]
            if (discounting(1) > 0).all():
                assert_allclose(*plans, atol=1e-11)
        # Greedy selves who are exactly indifferent may be foreseen to break the tie either way.
        if np.isfinite(beta).all() or not sophisticated:
            assert_allclose(fast.value, slow.value, atol=1e-12)


def test_many_agents_in_blocks_are_each_alone():
    task = rpe.tasks.monolithic()
    rates = np.geomspace(0.01, 1.0, 200)
    many = Planner(Hyperbolic(rates))
    assert len(list(many.solutions(task))) > 1
    memory, exact = many.init(task, 200), rpe.measures.exact(many, task)
    for i in (0, 57, 199):
        one = Planner(Hyperbolic(rates[i]))
        assert_allclose(memory.policy[:, i], one.init(task, 1).policy[:, 0], atol=1e-14)
        assert_allclose(exact.share_done[i], rpe.measures.exact(one, task).share_done[0], atol=1e-13)


# --- partial naivete ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [lambda d: d, Plain])
@pytest.mark.parametrize("task", TASKS)
def test_the_ends_of_partial_naivete(task, form):
    """A right belief is sophistication; a belief in no present bias is, for a greedy choice, naivete."""
    own, unbiased = form(QuasiHyperbolic(0.6, 0.9)), form(Exponential(0.9))
    right = Planner(own, 0.7, True, believed_discounting=form(QuasiHyperbolic(0.6, 0.9))).init(task, 1)
    wise = Planner(own, 0.7, True).init(task, 1)
    assert_allclose(right.policy, wise.policy, atol=1e-13)
    assert_allclose(right.plan, wise.plan, atol=1e-13)
    hopeful = Planner(own, np.inf, True, believed_discounting=unbiased)
    naif = Planner(own, np.inf)
    for name in ("procrastination_index", "welfare"):
        found, expected = (getattr(rpe.measures.exact(agent, task), name)[0] for agent in (hopeful, naif))
        assert found == pytest.approx(expected)


def test_partial_naivete_in_plain_recursion():
    """A hyperbolic agent that believes its later selves discount less, against the definition in plain Python."""
    task = rpe.tasks.micro_wins(2, n_units=2, deadline=5, reward=12.0, distraction=1.0, start_cost=1.0)
    own, believed, beta = Hyperbolic(0.5), Hyperbolic(0.1), 0.8
    tables = task.tables

    def offers(state):
        return [a for a in range(2) if tables.available[state, a]]

    def utility(state, action):
        return float(tables.reward[0, state, action] - tables.effort[0, state, action])

    def chooses(state, time, discounting):
        """Softmax over the value of each action now, with later selves as they are believed to be."""
        q = np.array(
            [
                utility(state, a) + later(int(tables.next_state[0, state, a]), time + 1, 1, discounting)
                for a in offers(state)
            ]
        )
        weight = np.exp(beta * (q - q.max()))
        return dict(zip(offers(state), weight / weight.sum(), strict=True))

    def later(state, time, delay, discounting):
        """The value, to a self `delay` steps earlier, of what believed selves do from here."""
        if time == task.n_steps:
            return 0.0
        total = 0.0
        for action, p in chooses(state, time, believed).items():
            after = int(tables.next_state[0, state, action])
            total += p * (
                float(discounting(delay)) * utility(state, action) + later(after, time + 1, delay + 1, discounting)
            )
        return total

    memory = Planner(own, beta, True, believed_discounting=believed).init(task, 1)
    for state in range(3 * task.layer_size):
        time, found = state // task.layer_size, chooses(state, state // task.layer_size, own)
        for action, p in found.items():
            assert memory.policy[action, 0, state] == pytest.approx(p), (time, state)
        for action, p in (found if time == 0 else chooses(state, time, believed)).items():
            assert memory.plan[action, 0, state] == pytest.approx(p)


class Chore(TabulatedTask):
    """Once: pay a cost, and from the next step on have a benefit each step; several such chores exclude each other."""

    def __init__(self, *chores, n_steps=1500):
        self.chores, self.length = chores, n_steps

    @property
    def n_steps(self):
        return self.length

    @property
    def layer_size(self):
        return 1 + len(self.chores)

    def tabulate(self):
        size, n = self.layer_size, self.length
        time, what = np.divmod(np.arange((n + 1) * size), size)
        action = np.arange(size)
        after = np.where(what[:, None] > 0, what[:, None], action)
        benefit = np.array([0.0, *(v for _, v in self.chores)])
        cost = np.array([0.0, *(c for c, _ in self.chores)])
        shape = (1, len(what), size)
        return Tables(
            next_state=(np.minimum(time + 1, n)[:, None] * size + after)[None],
            outcome_probability=np.ones((1, 1, 1)),
            reward=np.broadcast_to(benefit[what][:, None], shape).copy(),
            effort=np.broadcast_to(cost, shape).copy(),
            terminated=np.broadcast_to((time + 1 >= n)[:, None], shape).copy(),
            available=(what[:, None] == 0) | (action == 0),
        )

    def first_act(self, planner, within=100):
        """The first step in which a greedy planner acts, and which chore; None if not soon."""
        policy = planner.init(self, 1).policy[:, 0]
        for step in range(within):
            if policy[0, step * self.layer_size] < 0.5:
                return step, int(policy[:, step * self.layer_size].argmax())
        return None


def test_partially_naive_people_wait_for_ever():
    """O'Donoghue & Rabin (2001): with β = .7 the sophisticate acts within twelve steps, belief in β̂ = .8 never does."""
    chore = Chore((1.0, 0.05))
    biased = QuasiHyperbolic(0.7, 0.99)
    step, _ = chore.first_act(Planner(biased, np.inf, True))
    assert 0 <= step <= 11
    assert chore.first_act(Planner(biased, np.inf, True, believed_discounting=QuasiHyperbolic(0.8, 0.99))) is None
    assert chore.first_act(Planner(biased, np.inf)) is None
    assert chore.first_act(Planner(Exponential(0.99), np.inf)) == (0, 1)


@pytest.mark.parametrize(
    ("benefit", "naif", "consistent"),
    [(0.0100, None, None), (0.0103, None, (0, 1)), (0.1222, None, (0, 1)), (0.1225, (0, 1), (0, 1))],
)
def test_thresholds_of_a_chore(benefit, naif, consistent):
    """A naif with β = .9 acts from v = .122334 on, a time-consistent person from .010101 on (c = 1, δ = .99)."""
    chore = Chore((1.0, benefit), n_steps=3000)
    assert chore.first_act(Planner(QuasiHyperbolic(0.9, 0.99), np.inf)) == naif
    assert chore.first_act(Planner(Exponential(0.99), np.inf)) == consistent


def test_a_better_chore_keeps_a_naif_from_any():
    naif = Planner(QuasiHyperbolic(0.9, 0.99), np.inf)
    assert Chore((0.1, 0.02)).first_act(naif) == (0, 1)
    assert Chore((0.1, 0.02), (10.0, 1.0)).first_act(naif) is None


def test_bad_beliefs():
    with pytest.raises(ValueError, match="sophisticated must be True if believed_discounting is given; got False"):
        Planner(Hyperbolic(0.1), believed_discounting=Hyperbolic(0.05))
    with pytest.raises(TypeError, match="believed_discounting must be a discount function"):
        Planner(Hyperbolic(0.1), sophisticated=True, believed_discounting=0.5)
    with pytest.raises(ValueError, match="discounting has 2, believed_discounting has 3"):
        Planner(Hyperbolic([0.1, 0.2]), sophisticated=True, believed_discounting=Hyperbolic([0.1, 0.2, 0.3]))
