"""Fast copies of theories' rules, compiled with Numba or on plain numbers, each held against its rule."""

import importlib.util
from importlib.util import find_spec

import numpy as np
import pytest

from rpe import schedules, theories
from rpe.schedules import Trial
from rpe.theories import _causes
from rpe.theories._event_log import event_log
from rpe.theories._fast import causes, choices, compiling, continuous_time, successor


@pytest.fixture(scope="module")
def mixed():
    return schedules.design("A+ / AX- x20, AB+ x10, B- x10", gap=schedules.exponential(3.0), dt=0.25, rng=0)


@pytest.fixture(params=["as it is", "plain"])
def fast(request, monkeypatch):
    """Load a fast copy: compiled where Numba is there, and on plain numbers."""

    def load(module):
        if request.param == "as it is":
            return module
        monkeypatch.setattr(compiling, "COMPILED", False)
        spec = importlib.util.spec_from_file_location("plain", module.__file__)
        plain = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(plain)
        return plain

    return load


@pytest.mark.parametrize("form", ["discounted", "average"])
@pytest.mark.parametrize("knowledge", ["learned", "given"])
@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("how", ["compiled", "plain"])
def test_fast_semi_markov_is_the_rule(mixed, form, knowledge, reset, how, monkeypatch):
    from rpe.theories import semi_markov

    theory = theories.SemiMarkovTD(form=form, knowledge=knowledge, reset=reset)
    rule = theory._step_by_step(mixed, semi_markov._hidden(mixed, knowledge), 1)
    monkeypatch.setattr(semi_markov, "worth_it", lambda n_steps: how == "compiled")
    fast = theory.learn(mixed)
    assert abs(rule.delta).max() > 0.3
    for one, other in ((fast.delta, rule.delta), (fast.value, rule.value)):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)
    for name in ("weights", "rho"):
        np.testing.assert_allclose(fast.more[name], rule.more[name], rtol=0, atol=1e-12)


@pytest.mark.skipif(find_spec("numba") is None, reason="Numba, the extra `fast`, is not installed")
@pytest.mark.parametrize("bootstrap", ["updated", "stale"])
def test_compiled_loop_of_continuous_time_is_the_same_to_the_bit(mixed, bootstrap):
    rates = continuous_time.Rates(np.array(0.1), np.array(0.98), bootstrap, np.array(0.01))
    states = theories.BeliefTD()._states(mixed)
    for one, other in zip(
        continuous_time.compiled(states, mixed, rates), continuous_time.alone(states, mixed, rates), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.skipif(find_spec("numba") is None, reason="Numba, the extra `fast`, is not installed")
@pytest.mark.parametrize("code", ["expectile", "quantile"])
def test_compiled_cells_are_the_rule(mixed, code, monkeypatch):
    theory, found = theories.DistributionalTD(n_cells=7, code=code), {}
    for worth in (True, False):
        monkeypatch.setattr(theories.distributional, "worth_it", lambda n_steps, worth=worth: worth)
        found[worth] = theory.learn(mixed)
    assert abs(found[False].delta).max() > 0.3
    for name in ("delta", "value"):
        np.testing.assert_allclose(getattr(found[True], name), getattr(found[False], name), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found[True].more["weights"], found[False].more["weights"], rtol=0, atol=1e-12)


@pytest.mark.skipif(find_spec("numba") is None, reason="Numba, the extra `fast`, is not installed")
@pytest.mark.parametrize(
    "theory",
    [
        theories.FeedbackUncertaintyTD(feedback=True),
        theories.KalmanTD(),
        theories.KalmanTD("microstimuli", onset_teaches=False),
    ],
)
def test_compiled_loops_are_the_rule(mixed, monkeypatch, theory):
    fast = theory.learn(mixed)
    for module in (theories.feedback_uncertainty, theories.kalman):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    rule = theory.learn(mixed)
    assert abs(rule.delta).max() > 0.3
    for name in ("delta", "value"):
        np.testing.assert_allclose(getattr(fast, name), getattr(rule, name), rtol=0, atol=1e-9)
    for name in rule.more:
        np.testing.assert_allclose(fast.more[name], rule.more[name], rtol=0, atol=1e-9)


# Retrospective causes: the rule for all agents at once, and its fast copy agent by agent

AGENTS = {
    "learning_rate": np.array([0.02, 0.1, 0.3]),
    "threshold": np.array([0.6, 0.2, 0.05]),
    "weight": np.array([0.5, 0.9, 0.2]),
    "cause_learning_rate": np.array([0.2, 0.5, 1.0]),
}


@pytest.fixture(scope="module")
def missed():
    """Rewards that are due and do not come, which agents notice at different times, a pulse, and probes."""
    kinds = {
        "A+": Trial({"A": (0.5, 1.0)}, {1.5: 1.0}),
        "A-": Trial({"A": (0.5, 1.0)}, due=1.5),
        "AB": Trial({"A": (0.5, 1.0), "B": (0.5, 1.5)}, {1.5: 0.5}, pulses={(1.0, 1.25): 0.3}),
        "probe": Trial({"B": (0.5, 1.0)}, due=1.5, learning=False),
    }
    order = (["A+"] * 3 + ["A-", "AB"]) * 8 + ["probe", "A-"]
    return schedules.sequence(kinds, order, dt=0.25, duration=2.0, gap=6.0)


def _events_of(theory, schedule):
    log = event_log(schedule, theory.jitter, np.random.default_rng(0))
    known = _causes.Known(theory._constants(schedule, log), theory._rates(schedule, log))
    return schedule, log, known, theory._parameters(theory._n_agents())


@pytest.mark.parametrize("rate", [None, 4e-4])
def test_fast_causes_are_the_rule(missed, fast, rate):
    told = _events_of(theories.ANCCR(**AGENTS, rate_per_sample=rate), missed)
    rule, quick = _causes.judge_events(*told), fast(causes).judge_events_alone(*told)
    assert abs(rule[0]).max() > 0.3
    for one, other in zip(quick, rule, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("operation", [None, ("scale", -0.5), ("clamp", 0.4)])
def test_agents_at_once_are_each_on_its_own(missed, operation, monkeypatch):
    schedule = missed if operation is None else missed.manipulate(*operation, kinds=["AB"])
    monkeypatch.setattr(theories.anccr, "worth_it", lambda n_events: False)
    together = theories.ANCCR(**AGENTS).learn(schedule, 3)
    for agent in range(3):
        alone = theories.ANCCR(**{name: each[agent] for name, each in AGENTS.items()}).learn(schedule, 3)
        np.testing.assert_allclose(together.delta[agent], alone.delta[0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(together.value[agent], alone.value[0], rtol=0, atol=1e-12)
    monkeypatch.setattr(theories.anccr, "worth_it", lambda n_events: True)
    np.testing.assert_allclose(theories.ANCCR(**AGENTS).learn(schedule, 3).delta, together.delta, rtol=0, atol=1e-12)
    # Some notice an omission when others do not yet.
    omitted = together.delta[:, missed.of_kind("A-"), 6] != 0
    assert (omitted.any(axis=0) & ~omitted.all(axis=0)).any()


@pytest.mark.parametrize("theory", [theories.SuccessorTD(), theories.SuccessorTD(variant="published", trace_decay=0.4)])
def test_fast_successor_is_the_rule(missed, fast, theory):
    x, rows = theory._rows(missed)
    rates = tuple(map(float, (theory.learning_rate, theory.reward_learning_rate, theory.discount, 0.25, 0.4)))
    quick = fast(successor).alone(missed, x, rows, rates, theory.variant == "published")
    rule = theory._step_by_step(missed)
    names = ("change of value", "sum", None, "successor", "reward_weights")
    for one, name in zip(quick, names, strict=True):
        other = rule.value if name is None else rule.more[name]
        assert abs(other).max() > 0.05
        np.testing.assert_allclose(one, other[0], rtol=0, atol=1e-12)


def test_a_lone_successor_learns_fast(missed, monkeypatch):
    theory, found = theories.SuccessorTD(), []
    for worth in (True, False):
        monkeypatch.setattr(theories.successor, "worth_it", lambda n_events, worth=worth: worth)
        found.append(theory.learn(missed))
    np.testing.assert_allclose(found[0].delta, found[1].delta, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found[0].more["successor"], found[1].more["successor"], rtol=0, atol=1e-12)


@pytest.fixture(scope="module")
def choosing():
    """Two options, of which either is taken, a light before them, and a pulse."""
    windows = {"A": (1.0, 2.0), "B": (1.0, 2.0)}
    kinds = {
        "A": Trial({"L": (0.0, 1.0), **windows}, {2.0: 1.0}, choice=(1.0, "A", "AB")),
        "B": Trial(windows, {2.0: 0.4}, pulses={(1.5, 2.0): 0.1}, choice=(1.0, "B", "AB")),
        "C": Trial({"L": (0.0, 1.0), "C": (1.0, 2.0)}, learning=False),
    }
    return schedules.sequence(kinds, ["A", "B", "A", "C"] * 15, dt=0.5, duration=3.0)


@pytest.mark.parametrize("rule", ["sarsa", "q_learning", "value"])
def test_fast_choices_are_the_rule(choosing, fast, rule, monkeypatch):
    theory = theories.ChoiceErrors(rule, learning_rate=0.3, discount=0.9, inverse_temperature=2.0)
    slow = theory._step_by_step(choosing)
    assert abs(slow.delta).max() > 0.3
    monkeypatch.setattr(theories.choice_errors, "worth_it", lambda n_events: True)
    np.testing.assert_allclose(theory.learn(choosing).delta, slow.delta, rtol=0, atol=1e-12)
    quick = fast(choices).alone(choosing, theories.choice_errors._states(choosing), rule, 0.3, 0.9, 2.0)
    for one, other in zip(quick, (slow.delta, slow.value, slow.more["weights"]), strict=True):
        np.testing.assert_allclose(one, other[0], rtol=0, atol=1e-12)


def test_variants_of_incentive_salience_share_what_is_learned(missed):
    from rpe.theories._trial_level import SharedSchedule

    shared, rules = SharedSchedule.of(missed), ("multiplicative", "additive")
    for rule in rules:
        theory = theories.IncentiveSalience(rule=rule, kappa=3.0)
        one, other = theory.learn(shared), theory.learn(missed)
        np.testing.assert_array_equal(one.delta, other.delta)
        np.testing.assert_array_equal(one.more["wanting"], other.more["wanting"])
        one.delta[:] = np.nan
    assert [name for name, _ in shared.made] == ["incentive salience"]
