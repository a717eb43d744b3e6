"""The density of hierarchical models; its sampler is tested under the extra `posterior` (test_posterior.py)."""

import sys

import numpy as np
import pytest

import rpe
from rpe.fit import Model, Parameter, posterior
from rpe.fit.estimation import objective_of
from rpe.fit.hierarchy import Hierarchy

MODEL = Model(
    rpe.agents.QLearner(discount=0.0),
    rpe.tasks.bandit([0.2, 0.8]),
    {"learning_rate": Parameter(0, 1, prior=(0.0, 1.5)), "inverse_temperature": Parameter(0, prior=(0.7, 0.5))},
)
DATA = rpe.fit.simulated(MODEL, [[0.2, 3.0], [0.4, 2.0], [0.3, 4.0]], n_trials=20, rng=0)
AGE = np.array([-1.0, 0.5, 2.0])


def hierarchy(data=DATA, groups=("a", "b", "a"), **covariates):
    return Hierarchy.of(objective_of(MODEL, data), groups, covariates or {"age": AGE})


def test_the_density_is_that_of_its_parts():
    from scipy.stats import halfnorm, norm

    made = hierarchy()

    def by_hand(x):
        mean, slope, log_spread, z = np.split(x, [4, 6, 8])
        mean, slope, z = mean.reshape(2, 2), slope.reshape(1, 2), z.reshape(3, 2)
        u = mean[[0, 1, 0]] + AGE[:, None] * slope + np.exp(log_spread) * z
        agent, task = MODEL.at(MODEL.from_free(u))
        log_prior = norm.logpdf(mean, [0.0, 0.7], [1.5, 0.5]).sum() + norm.logpdf(slope).sum() + norm.logpdf(z).sum()
        log_prior += halfnorm.logpdf(np.exp(log_spread)).sum() + log_spread.sum()
        return rpe.fit.log_likelihood(agent, task, DATA).sum() + log_prior

    rng = np.random.default_rng(0)
    first, second = made.draw(rng), made.draw(rng)
    assert made.size == first.size == 14
    assert made.density(first)[0] - made.density(second)[0] == pytest.approx(by_hand(first) - by_hand(second))


@pytest.mark.parametrize("n_subjects", [1, 3])
def test_the_gradient_is_that_of_the_density(n_subjects):
    made = hierarchy() if n_subjects == 3 else Hierarchy.of(objective_of(MODEL, DATA.take([0])))
    x = made.draw(np.random.default_rng(1))
    steps = 1e-5 * np.eye(made.size)
    slope = [(made.density(x + step)[0] - made.density(x - step)[0]) / 2e-5 for step in steps]
    assert made.density(x)[1] == pytest.approx(slope, abs=1e-5)


@pytest.mark.parametrize(
    ("groups", "covariates", "message"),
    [
        (["a"], None, "groups must name a group for each of the 3 subjects; got 1"),
        (None, {"age": [1.0]}, r"age must have shape \(3,\), one for each subject; got \(1,\)"),
        (None, {"age": [1.0, np.nan, 0.0]}, "age must be finite"),
    ],
)
def test_groups_and_covariates_are_one_for_each_subject(groups, covariates, message):
    with pytest.raises(ValueError, match=message):
        Hierarchy.of(objective_of(MODEL, DATA), groups, covariates)


def test_without_the_extra_the_call_says_which_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "nutpie", None)
    with pytest.raises(ImportError, match=r'pip install "rpe\[posterior\]"'):
        posterior(MODEL, DATA)
