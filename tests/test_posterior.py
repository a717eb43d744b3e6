"""Posteriors by nutpie and ArviZ; deselected unless asked for (`pytest -m posterior`)."""

import numpy as np
import pytest

import rpe
from rpe.fit import HyperbolicDelay, Model, Parameter, posterior, posterior_summary, simulated
from rpe.fit.estimation import objective_of
from rpe.fit.hierarchy import Hierarchy
from rpe.records import Choices, Offers

pytestmark = [pytest.mark.posterior, pytest.mark.filterwarnings("default")]

GUESSER = Model(
    rpe.agents.BiasedGuesser(),
    rpe.tasks.bandit([0.5, 0.5]),
    {"bias": Parameter(0, 1, prior=(0.0, 1.5))},
    name="guesser",
)
LEARNER = Model(
    rpe.agents.QLearner(discount=0.0),
    rpe.tasks.bandit([0.2, 0.8]),
    {"learning_rate": Parameter(0, 1, prior=(-1.0, 0.7)), "inverse_temperature": Parameter(0, prior=(1.0, 0.4))},
    name="Q",
)
DELAY = Model(
    HyperbolicDelay(),
    None,
    {"k": Parameter(0, prior=(-4.0, 1.0)), "inverse_temperature": Parameter(0, prior=(-1.5, 0.5))},
    name="hyperbolic",
)


def asked(n_trials=20):
    rng = np.random.default_rng(0)
    later, days = rng.integers(40, 100, n_trials), rng.choice([3, 7, 14, 30, 60, 120, 240], n_trials)
    now = np.round(later * rng.uniform(0.15, 0.95, n_trials))
    amount, delay = np.stack([now, later], axis=-1), np.stack([0 * days, days], axis=-1)
    return Offers.of([[0] * n_trials], amount=amount, delay=delay)


def test_the_posterior_of_one_subject_is_that_of_a_grid():
    action = [[1] * 14 + [0] * 6]
    found = posterior(GUESSER, Choices.of(action, np.zeros((1, 20))), n_draws=2000, n_tune=500, n_chains=2, rng=0)
    u = np.linspace(-8, 8, 4001)
    bias = 1 / (1 + np.exp(-u))
    weight = np.exp(6 * np.log(bias) + 14 * np.log1p(-bias) - 0.5 * (u / 1.5) ** 2)
    mean = (weight * bias).sum() / weight.sum()
    spread = np.sqrt((weight * (bias - mean) ** 2).sum() / weight.sum())
    drawn = found.posterior["bias"].to_numpy()
    assert drawn.mean() == pytest.approx(mean, abs=0.01)
    assert drawn.std() == pytest.approx(spread, rel=0.06)
    # Every choice has a likelihood of its own, which is what leave-one-out needs.
    first = drawn[..., 0][..., None]
    expected = np.where(np.array(action[0]) == 0, np.log(first), np.log1p(-first))
    np.testing.assert_allclose(found.log_likelihood["data"].to_numpy(), expected)


def test_groups_and_covariates_are_found():
    rng = np.random.default_rng(1)
    score, group = rng.standard_normal(24), np.repeat(["control", "patient"], 12)
    u = np.where(group == "patient", -4.5, -3.0) + 0.8 * score + 0.2 * rng.standard_normal(24)
    data = simulated(DELAY, np.stack([np.exp(u), np.full(24, 0.3)], axis=1), data=asked(40), rng=2)
    found = posterior(
        DELAY, data, groups=list(group), covariates={"score": score}, n_draws=300, n_tune=300, n_chains=2, rng=0
    )
    apart = np.log(found.posterior["k_group"].to_numpy())
    assert (apart[..., 0] > apart[..., 1]).mean() > 0.99
    assert found.posterior["k_slope"].to_numpy().mean() == pytest.approx(0.8, abs=0.25)
    assert found.posterior_predictive["action"].shape == (1, 100, 24, 40)
    table = posterior_summary(found)
    assert (table["r_hat"] < 1.05).all()
    assert (table["ess_bulk"] > 50).all()
    assert table.about["elpd_loo"] < 0
    drawn = found.posterior["k"].to_numpy()
    assert np.corrcoef(np.log(drawn).mean(axis=(0, 1)), u)[0, 1] > 0.9


def test_recordings_are_replicated_from_the_draws():
    schedule = rpe.schedules.delay_conditioning(20, delay=1.0, dt=0.5, duration=2.0)
    rate = {"learning_rate": Parameter(0, 1, prior=(-1.0, 1.0))}
    model = rpe.fit.SignalModel(rpe.theories.RescorlaWagner(), schedule, rate, sensor=rpe.fit.Sensor(noise=0.2))
    data = simulated(model, [[0.3]], data="signals", rng=0)
    found = posterior(model, data, n_draws=60, n_tune=60, n_chains=1, n_predictive=40, rng=0)
    made = found.posterior_predictive["response"].to_numpy()
    assert made.shape == (1, 40, 1, 20, 4)
    best = rpe.fit.fit(model, data, n_starts=2, rng=0)
    expected = rpe.fit.predicted_signals(best).response
    assert np.abs(made.mean(axis=1)[0] - expected).max() < 0.2
    assert (made - expected).std() == pytest.approx(best.table["noise"][0], rel=0.1)


def ranks(model, n_subjects, made, n_rounds, n_draws=60):
    """Where true values lie among posterior draws, thinned, (n_rounds, n_values)."""
    found = []
    for seed in range(n_rounds):
        rng = np.random.default_rng(seed)
        blank = made(np.tile(model.from_free(np.zeros(len(model.names))), (n_subjects, 1)), 0)
        hierarchy = Hierarchy.of(objective_of(model, blank))
        truth = hierarchy.draw(rng)
        values = model.from_free(hierarchy.subjects(truth))
        drawn = posterior(
            model, made(values, seed), n_draws=4 * n_draws, n_tune=250, n_chains=1, n_predictive=0, rng=seed
        ).posterior
        of_subjects = np.stack([drawn[name].to_numpy()[0, ::4] for name in model.names], axis=-1)
        row = list((of_subjects[:, 0] < values[0]).sum(axis=0))
        if n_subjects > 1:
            middle = model.from_free(hierarchy.parts(truth).mean)[0]
            row += [
                (drawn[f"{n}_group"].to_numpy()[0, ::4, 0] < m).sum() for n, m in zip(model.names, middle, strict=True)
            ]
        found.append(row)
    return np.array(found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["one learner", "a group that discounts"])
def test_simulation_based_calibration(kind):
    """Ranks of the truth among draws are even (Talts et al. 2018, arXiv:1804.06788)."""
    from scipy.stats import kstest

    if kind == "one learner":
        found = ranks(LEARNER, 1, lambda x, seed: simulated(LEARNER, x, n_trials=40, rng=seed), 60)
    else:
        found = ranks(DELAY, 3, lambda x, seed: simulated(DELAY, x, data=asked(), rng=seed), 40)
    for column in found.T:
        assert kstest((column + 0.5) / 61, "uniform").pvalue > 0.005
