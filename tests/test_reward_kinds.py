"""Kinds of reward and liking: tables, mechanisms by scalar loops and closed forms, null controls, dissociation."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

from rpe import mechanisms, simulate, tasks
from rpe.agents import QLearner
from rpe.experiments import liking, reward_kinds

LEARNER = QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=1.0)
ONCE = np.zeros(1, dtype=int)


# --- the task ---------------------------------------------------------------------------------------


def test_each_kind_comes_after_its_delay():
    task = tasks.reward_kinds([5.0, 3.0, 1.0], delays=[2, 0, 1], n_steps=10)
    rng = np.random.default_rng(0)
    for kind, (amount, delay) in enumerate(zip((5.0, 3.0, 1.0), (2, 0, 1), strict=True)):
        state, received = ONCE, []
        for _ in range(delay + 1):
            assert task.tables.available[state[0], kind]
            step = task.step(state, ONCE + kind, rng)
            state, received = step.state, [*received, step.reward[0]]
        assert received == [0.0] * delay + [amount]
        assert state[0] == 0
    assert task.tables.available.sum(axis=1).tolist() == [3, 1, 1, 1]


def test_chance_and_what_is_offered():
    task = tasks.reward_kinds([2.0, 1.0], probabilities=[0.25, 1.0], offered=[True, False])
    assert (task.tables.outcome_probability * task.tables.reward).sum(axis=0).tolist() == [[0.5, 1.0]]
    assert task.tables.available.tolist() == [[True, False]]


# --- kinds ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pooled", [False, True])
def test_kinds_by_a_scalar_loop(pooled):
    task = tasks.reward_kinds([2.0, 1.0], delays=[1, 0], n_steps=40)
    scale, kappa, rho, w = (1.5, 0.5), (0.2, 0.1), (0.8, 0.9), 0.7
    agent = mechanisms.RewardKinds(
        LEARNER, weight=w, scale=scale, satiation=kappa, retention=rho, pooled=pooled,
        inverse_temperature=1.3, learning_rate=0.2, discount=0.6,
    )  # fmt: skip
    history = simulate.run(agent, task, n_agents=1, rng=4, record="all", keep_memory=True)
    full, memory = history.full, history.memory
    c, g, q = [0.0, 0.0], np.zeros((2, 2)), np.zeros((2, 2))
    for t in range(40):
        s, a, r, to = (x[0, 0, t] for x in (full.state, full.action, full.reward, full.state[..., 1:]))
        felt = r * scale[a] ** w
        assert full.delta[0, 0, t + 1] == pytest.approx(felt - q[a, s], abs=1e-12)
        q[a, s] += 0.3 * (felt - q[a, s])
        g[a, s] += 0.2 * ((felt if r else 0.6 * g[a, to]) - g[a, s])
        c = [rho[k] * c[k] + (r if pooled or k == a else 0.0) for k in range(2)]
    assert set(full.action[0, 0]) == {0, 1}
    np.testing.assert_allclose(memory.own.stores[:, 0], c, atol=1e-12)
    np.testing.assert_allclose(memory.own.hungry[:, :, 0], g, atol=1e-12)
    first, second = agent.policy(memory, ONCE)[:, 0]
    bias = [1.3 * (exp(-w * kappa[k] * c[k]) - 1) * g[k, 0] for k in range(2)]
    assert log(first / second) == pytest.approx(q[0, 0] + bias[0] - q[1, 0] - bias[1])


def test_the_worth_of_a_delayed_kind_is_discounted():
    """Closed form: γ^d times its size on its scale."""
    task = tasks.reward_kinds([2.0, 3.0], delays=[3, 1], n_steps=400)
    agent = mechanisms.RewardKinds(LEARNER, weight=1.0, scale=(1.0, 0.5), satiation=(0.1, 0.0), retention=(0.9, 0.9),
                                   learning_rate=0.5, discount=0.8)  # fmt: skip
    memory = simulate.run(agent, task, n_agents=1, rng=0, keep_memory=True).memory
    np.testing.assert_allclose(memory.own.hungry[:, 0, 0], [2 * 0.8**3, 1.5 * 0.8], atol=1e-3)


def test_a_meal_of_one_kind_in_closed_form():
    task = tasks.reward_kinds([1.0, 1.0])
    for pooled, left in ((False, [exp(-2.0), 1.0]), (True, [exp(-2.0), exp(-1.0)])):
        agent = mechanisms.RewardKinds(
            LEARNER, weight=1.0, scale=(1, 1), satiation=(0.2, 0.1), retention=(1, 1), pooled=pooled
        )
        memory = agent.init(task, 1)
        ten = task.step(ONCE, ONCE, np.random.default_rng(0))._replace(reward=np.array([10.0]))
        agent.update(memory, ONCE, ONCE, ten, None)
        np.testing.assert_allclose(agent.appetite(memory)[:, 0], left)


# --- liking -----------------------------------------------------------------------------------------


def test_liking_by_a_scalar_loop():
    task = tasks.paid_effort(0.4, 1.0, 0.7, rest=0.1, n_steps=30)
    agent = mechanisms.Liking(LEARNER, weight=0.6, opioid=0.5, endocannabinoid=3.0)
    history = simulate.run(agent, task, n_agents=1, rng=1, record="all", keep_memory=True)
    q, liked, received = [0.0, 0.0], 0.0, 0.0
    for t in range(30):
        action, reward = history.full.action[0, 0, t], history.full.reward[0, 0, t]
        delta = reward + 0.6 * (1.5 * reward - reward) - 0.4 * action - q[action]
        assert history.full.delta[0, 0, t + 1] == pytest.approx(delta, abs=1e-12)
        q[action] += 0.3 * delta
        liked, received = liked + 1.5 * reward, received + reward
    own = history.memory.own
    assert (own.liked[0], own.received[0]) == pytest.approx((liked, received))
    assert agent.liking([1.0, -2.0]).tolist() == [1.5, -3.0]


def test_liking_is_read_out_where_nothing_is_learned_from_it():
    """Weight 0: the plain agent bit for bit, with pleasure counted all the same."""
    task = tasks.lever(n_steps=20)
    blocked = mechanisms.Liking(LEARNER, opioid=0.0)
    runs = [simulate.run(a, task, n_agents=4, rng=0, record="all", keep_memory=True) for a in (LEARNER, blocked)]
    np.testing.assert_array_equal(runs[0].full.delta, runs[1].full.delta)
    assert (runs[1].memory.own.received > 5).all()
    assert not runs[1].memory.own.liked.any()


# --- the experiments --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kinds():
    return reward_kinds.run(reward_kinds.Settings.quick(), 0)


def test_the_figure_can_be_printed_and_says_what_was_found(kinds):
    printable(kinds.figures())
    for panel in kinds.panels:
        assert not isinstance(panel.title, str), panel.title
        says_the_finding(panel)


@pytest.fixture(scope="module")
def felt():
    return liking.run(replace(liking.Settings.quick(), n_choices=100), 0)


def test_a_meal_means_nothing_to_one_currency(kinds):
    """The null control, with the same random numbers; and a kind that does not satiate moves nothing of its own."""
    assert not kinds.values("missed", store="one currency").any()
    assert not kinds.values("missed", store="own stores", fed="completion").any()
    assert kinds.values("missed", store="own stores", fed="company").mean() > 0.02
    pool = [kinds.values("missed", store="one pool", fed=kind) for kind in reward_kinds.KINDS]
    np.testing.assert_array_equal(pool[0], pool[1])


def test_rates_of_exchange_in_closed_form(kinds):
    """γ^d times the size, times e to the power of −κ times the meal: 30 of food at κ = .1, or of anything in a pool."""
    for discount in (0.6, 0.95):
        hungry, full = 5 * discount**2, 5 * discount**2 * exp(-3)
        for store, by_meal in (
            ("one currency", [hungry] * 4),
            ("one pool", [hungry, full, full, full]),
            ("own stores", [hungry, full, hungry, hungry]),
        ):
            found = [
                kinds.value("completions for food", store=store, discount=discount, fed=fed)
                for fed in ("nothing", *reward_kinds.KINDS)
            ]
            np.testing.assert_allclose(found, by_meal)


def test_what_was_fed_is_chosen_less(kinds):
    fall = {kind: kinds.values("fall of its share", store="own stores", fed=kind) for kind in reward_kinds.KINDS}
    assert (fall["company"] >= 0).all()
    assert (fall["food"] >= 0).all()
    missed = kinds.values("missed", store="own stores")
    assert kinds.value("share", finding="a meal moves choices", store="own stores") == np.mean(missed > 0.05)


def test_shares_after_practice_sum_to_one(kinds):
    total = sum(kinds.values(f"share of {kind}", part="practice") for kind in reward_kinds.KINDS)
    np.testing.assert_allclose(total, 1.0)
    variety = kinds.values("variety")
    assert (variety >= 1).all()
    assert (variety <= 3).all()


def test_wanting_without_liking_and_liking_without_wanting(felt):
    """Both exist where learning follows reward; where it follows liking, the first comes down."""
    where = {"part": "states", "liking_weight": 0.0}
    wanting, pleasure = (
        {state: felt.values(quantity, state=state, **where).mean() for state in liking.STATES}
        for quantity in ("wanting", "liking")
    )
    assert wanting["wanting without liking"] > wanting["normal"] + 0.1
    assert wanting["liking without wanting"] < wanting["normal"] - 0.1
    assert pleasure == pytest.approx({state: gain for state, (_, gain) in liking.STATES.items()})
    mine = {w: felt.values("wanting", state="wanting without liking", liking_weight=w).mean() for w in (0.0, 1.0)}
    assert mine[1.0] < mine[0.0] - 0.1


def test_gains_change_nothing_where_learning_follows_reward(felt):
    assert felt.value("share", finding="wanting follows liking", liking_weight=0.0, when="late") == 0.0
    rows = [
        r for r in felt.rows if r["quantity"] == "wanting" and r.get("part") == "family" and r["liking_weight"] == 1.0
    ]
    normal = {(r["salience"], r["inverse_temperature"]): r["value"] for r in rows if r["gain"] == 1}
    along = [
        (r["value"] - normal[r["salience"], r["inverse_temperature"]]) * np.sign(r["gain"] - 1)
        for r in rows
        if r["gain"] != 1
    ]
    share = felt.value("share", finding="wanting follows liking", liking_weight=1.0, when="late")
    assert share == np.mean(np.array(along) > 0.02) > 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tasks.reward_kinds([1.0], delays=[-1]), "delays"),
        (lambda: tasks.reward_kinds([1.0, 2.0], probabilities=[0.5]), "probabilities must have shape"),
        (lambda: tasks.reward_kinds([1.0, 2.0], offered=[False, False]), "offered must be true or false"),
        (lambda: tasks.reward_kinds([[1.0]]), "amounts must have shape"),
        (lambda: mechanisms.RewardKinds(LEARNER, satiation=(0.1,)), "satiation must have one entry a kind"),
        (lambda: mechanisms.RewardKinds(LEARNER, scale=(0.0, 1.0, 1.0)), "scale must lie in"),
        (lambda: mechanisms.RewardKinds(LEARNER, weight=1.0).init(tasks.reward_kinds([1.0] * 4), 1), "4 actions"),
        (lambda: mechanisms.Liking(LEARNER, weight=2.0), "weight must lie in"),
        (lambda: mechanisms.Liking(LEARNER, opioid=-1.0), "opioid must lie in"),
        (lambda: reward_kinds.Settings(amounts=(1.0, 2.0)), "amounts must have one entry for each of food"),
        (lambda: reward_kinds.Settings(discounts=()), "discounts must have at least one level"),
        (lambda: liking.Settings(gains=(0.5, 2.0)), "gains must hold 1"),
        (lambda: liking.Settings(weights=(0.5,)), "weights must begin with 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
