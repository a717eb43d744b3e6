"""Adapting: the ideal observer against every path of the world, regret by hand, and nobody beats the observer."""

from itertools import pairwise, product
from types import SimpleNamespace

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

from rpe import simulate
from rpe.experiments import adaptation
from rpe.experiments.adaptation import IdealObserver
from rpe.tasks import ChangingBandit, Step

P, H = 0.8, 0.15


def by_all_paths(actions, rewards):
    """P(the first arm is good at the next choice), by summing over every path that the world can take."""
    total = np.zeros(2)
    for path in product((0, 1), repeat=len(actions) + 1):
        chance = 0.5
        for before, after in pairwise(path):
            chance *= H if before != after else 1 - H
        for state, action, reward in zip(path[:-1], actions, rewards, strict=True):
            pays = P if action == state else 1 - P
            chance *= pays if reward else 1 - pays
        total[path[-1]] += chance
    return total[0] / total.sum()


@pytest.mark.parametrize("seed", range(5))
def test_the_observer_is_bayes_rule(seed):
    rng = np.random.default_rng(seed)
    actions, rewards = rng.integers(2, size=(2, 7))
    observer, over = IdealObserver(P, H), np.zeros(1, dtype=bool)
    belief, state = observer.init(None, 1), np.zeros(1, dtype=int)
    for i, (action, reward) in enumerate(zip(actions, rewards, strict=True)):
        step = Step(state, np.array([float(reward)]), 0.0, 0.0, 0.0, over, over)
        before = belief.copy()
        surprise = observer.update(belief, state, np.array([action]), step, None)
        assert belief[0] == pytest.approx(by_all_paths(actions[: i + 1], rewards[: i + 1]), abs=1e-12)
        assert surprise == belief - before
    np.testing.assert_array_equal(observer.policy(belief, state)[0], belief > 0.5)
    frozen = belief.copy()
    observer.update(belief, state, np.array([0]), step, np.array([False]))
    np.testing.assert_array_equal(belief, frozen)


def test_regret_and_lag_by_hand():
    chance = np.array([[0.9, 0.1]] * 5 + [[0.1, 0.9]] * 20)
    task = ChangingBandit(chance)
    action = np.array([0] * 5 + [0] * 4 + [1] * 16)
    history = SimpleNamespace(full=SimpleNamespace(action=np.stack([action, 1 - action])[:, None]))
    regret, lag = adaptation._judged(task, history)
    np.testing.assert_allclose(regret, [4 / 25 * 0.8, 21 / 25 * 0.8])
    np.testing.assert_array_equal(lag, [4, 11])
    steady = ChangingBandit([[0.9, 0.1]] * 25)
    assert np.isnan(adaptation._judged(steady, history)[1]).all()


def test_worlds_turn_as_often_as_their_hazard():
    settings = adaptation.Settings(n_sessions=50, n_choices=400)
    worlds = adaptation.sessions(settings, 0.1, 0.7, np.random.default_rng(0))
    turns = np.mean([np.abs(np.diff(each.probabilities[:, 0])) > 0 for each in worlds])
    assert turns == pytest.approx(0.1, abs=4 * (0.09 / 20_000) ** 0.5)


def test_in_a_sure_world_the_observer_needs_one_choice():
    worlds = [ChangingBandit([[1.0, 0.0]] * 50)]
    own = adaptation._sessions(worlds, IdealObserver(1.0, 0.0), 400, 1, np.random.default_rng(0))
    regret, _ = adaptation._means(*own)
    assert regret[0] == pytest.approx(0.5 / 50, abs=0.002)


@pytest.fixture(scope="module")
def study(quick):
    return quick("adaptation")


def test_the_figure_can_be_printed_and_says_what_was_found(study):
    figures = adaptation.figures(study)
    printable(figures)
    for panel in study.panels:
        says_the_finding(panel)


def test_nobody_beats_the_observer(study):
    """By more than chance: it is the optimum in expectation."""
    assert study.values("lost to the observer", part="family").min() > -0.01
    assert study.values("lost to the observer", part="family").mean() > 0.02


def test_shares_are_those_of_the_table(study):
    def regret(learner):
        return {
            tuple(row[name] for name in ("hazard", "probability", "rate", "inverse_temperature")): row["value"]
            for row in study.rows
            if row.get("learner") == learner and row["quantity"] == "regret"
        }

    fixed, other = regret("fixed rate"), regret("Pearce-Hall")
    less = np.array([fixed[key] - other[key] for key in other])
    found = {name: study.value(name, part="share", learner="Pearce-Hall") for name in ("share", "reversed")}
    assert found == pytest.approx({"share": np.mean(less > 0.005), "reversed": np.mean(less < -0.005)})


def test_without_mood_the_learner_is_the_plain_one():
    """The null control, bit for bit."""
    settings = adaptation.Settings(mood_weights=(0.0,))
    task = ChangingBandit([[0.8, 0.2]] * 30)
    (plain, _), (moody, _) = (adaptation._learner(settings, name) for name in ("fixed rate", "mood"))
    one, other = (simulate.run(agent, task, rng=3, record="all").full for agent in (plain, moody))
    np.testing.assert_array_equal(one.action, other.action)
    np.testing.assert_array_equal(one.delta, other.delta)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: IdealObserver(0.3, 0.1), "probability must lie in"),
        (lambda: IdealObserver(0.7, 1.1), "hazard must lie in"),
        (lambda: adaptation.Settings(hazards=(0.0,)), "hazards must lie in"),
        (lambda: adaptation.Settings(rates=()), "rates must have at least one level"),
        (lambda: adaptation.Settings(n_choices=10), "n_choices must be at least 30"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
