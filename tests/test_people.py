"""Measures and figures of people's records."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import rpe
from rpe.measures import completion_deciles, learning_curves, mean_completion_day, stay_probabilities
from rpe.records import WorkLog, read_work

LOG = WorkLog.of([[0, 1, 0, 3, 0, 0, 0, 0, 0, 4], [0] * 10, [1, -1, 0, 0, 0, 0, 0, 0, 0, 1]])


def test_mean_completion_day_and_deciles_are_sums_over_days():
    np.testing.assert_allclose(mean_completion_day(LOG), [(1 * 1 + 3 * 3 + 9 * 4) / 8, np.nan, np.nan])
    np.testing.assert_allclose(completion_deciles(LOG)[0], np.array([0, 1, 1, 4, 4, 4, 4, 4, 4, 8]) / 8)
    # With nothing undone, the procrastination index is (MUCD + 1) / T.
    one = LOG.take([0])
    index = rpe.measures.procrastination_index(one, n_units=8)
    assert (mean_completion_day(one) + 1) / 10 == pytest.approx(index)
    assert rpe.measures.rush(one, n_units=8) == pytest.approx([0.5])


def test_wide_data_are_measured_as_they_are_read():
    wide = {"subject": ["a"], "day_0": [0.5], "day_1": [0.0], "day_2": [1.5]}
    log = read_work(wide, days="day_", unit=0.5)
    assert mean_completion_day(log) == pytest.approx([1.5])


def test_staying_shows_planning_where_there_is_planning():
    task = rpe.tasks.TwoStep.drifting(200, deviation=0.05, rng=0)
    shares = {}
    for weight in (0.0, 1.0):
        learner = rpe.agents.TwoStepLearner(model_weight=weight, first_temperature=5.0, second_temperature=4.0)
        history = rpe.simulate.run(learner, task, n_agents=20, n_trials=1, rng=0, record="all")
        data = rpe.fit.choices_of(history)
        first, second = data.action[:, 0, ::2], data.action[:, 0, 1::2]
        assert second.shape == (20, 200)
        common = (data.state[:, 0, 1:-1:2] % 3 - 1) == first
        shares[weight] = stay_probabilities(first, data.reward[:, 0, 1::2], common).mean(axis=0)
    crossing = {weight: share[1, 1] - share[1, 0] - share[0, 1] + share[0, 0] for weight, share in shares.items()}
    assert crossing[1.0] > 0.2
    assert abs(crossing[0.0]) < 0.1


def test_learning_curves_are_means_by_condition_and_block():
    correct = [[0, 1, 0, 1, 1, 1], [0, 0, np.nan, 1, 1, 1]]
    found = learning_curves(correct, ["easy", "hard"] * 3, block=2)
    assert found.conditions == ("easy", "hard")
    np.testing.assert_allclose(found.share, [[[0.0, 1.0], [0.0, 1.0]], [[1.0, 1.0], [0.5, 1.0]]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stay_probabilities([[0, 1]], [[0.0]]), r"must have shape \(n_subjects, n_trials\)"),
        (lambda: learning_curves([[0, 2]]), r"correct must lie in \[0, 1\]; got 2"),
        (lambda: learning_curves([[0, 1]], ["easy"]), r"condition must have shape \(1, 2\) or \(2,\); got \(1,\)"),
    ],
)
def test_measures_refuse_what_does_not_match(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    with pytest.raises(TypeError, match="record must be work over time"):
        mean_completion_day([1, 2])


def test_the_check_draws_data_over_what_the_model_makes():
    observed = np.array([[0.0, 1.0], [1.0, 1.0]])
    simulated = np.random.default_rng(0).random((50, 2, 2))
    ax = rpe.plots.predictive_check(observed, simulated, ax=Figure().subplots())
    model, data = ax.lines
    np.testing.assert_allclose(data.get_ydata(), [0.5, 1.0])
    np.testing.assert_allclose(model.get_ydata(), simulated.mean(axis=(0, 1)))
    with pytest.raises(ValueError, match="simulated must have shape"):
        rpe.plots.predictive_check(observed, simulated[:, :1])


def test_figures_of_people_draw_what_they_are_given():
    stay = np.array([[[0.6, 0.5], [0.4, 0.9]]])
    ax = rpe.plots.stay_probabilities(stay, ax=Figure().subplots())
    drawn = [container.lines[0].get_ydata().tolist() for container in ax.containers]
    assert drawn == [[0.9, 0.4], [0.5, 0.6]]
    curves = rpe.plots.learning_curves(np.full((2, 3, 4), 0.7), labels=["easy", "hard"], ax=Figure().subplots())
    assert {text.get_text() for text in curves.texts} == {"easy", "hard"}
    page = rpe.plots.reviewer_page(
        np.ones((3, 2)),
        np.ones((3, 2)),
        parameters=["rate", "β"],
        matrix=np.eye(2),
        models=["A", "B"],
        observed=np.eye(3),
        simulated=np.zeros((4, 3, 3)),
    )
    assert [ax.get_xlabel() for ax in page] == ["true rate", "true β", "model that fits best", "trial"]


# The 27 items in order: amount now, amount later, days (Kirby, Petry & Bickel 1999).
ITEMS = """54/55/117 55/75/61 19/25/53 31/85/7 14/25/19 47/50/160 15/35/13 25/60/14 78/80/162 40/55/62 11/30/7 67/75/119
34/35/186 27/50/21 69/85/91 49/60/89 80/85/157 24/35/29 33/80/14 28/30/179 34/50/30 25/30/80 41/75/20 54/60/111
54/80/30 22/25/136 20/55/7"""
SIZES = {"small": (0, 40), "medium": (40, 70), "large": (70, 90)}


@pytest.mark.parametrize(("size", "k"), [("small", 0.009704), ("medium", 0.009740), ("large", 0.009781)])
def test_a_questionnaire_of_monetary_choices_is_scored_as_published(size, k):
    items = np.array([item.split("/") for item in ITEMS.split()], dtype=float)
    low, high = SIZES[size]
    now, later, days = items[(items[:, 1] > low) & (items[:, 1] < high)].T
    assert len(now) == 9
    answers = (later / (1 + 0.01 * days) > now).astype(int)
    one_slip = answers.copy()
    lowest = np.argmin((later / now - 1) / days)
    one_slip[lowest] = 1 - one_slip[lowest]
    score = rpe.measures.discount_score(now, later, days, [answers, one_slip, 0 * answers, 0 * answers + 1])
    assert score.k[:2] == pytest.approx([k, k], abs=1e-6)
    assert score.consistency == pytest.approx([1.0, 8 / 9, 1.0, 1.0])
    rate = (later / now - 1) / days
    assert score.k[2:] == pytest.approx([rate.max(), rate.min()])
    with pytest.raises(ValueError, match=r"chose_later must be 0 or 1, \(n_subjects, 9\)"):
        rpe.measures.discount_score(now, later, days, [[1, 0]])


def test_a_review_holds_what_its_parts_give():
    arms, free = rpe.tasks.bandit([0.3, 0.7]), {"inverse_temperature": rpe.fit.Parameter(0, 20, start=(2, 6))}
    learns = rpe.fit.Model(rpe.agents.QLearner(learning_rate=0.4, discount=0.0), arms, free, name="learns")
    guesses = rpe.fit.Model(rpe.agents.BiasedGuesser(), arms, {"bias": rpe.fit.Parameter(0, 1)}, name="guesses")
    data = rpe.fit.simulated(learns, [[4.0], [6.0]], n_trials=60, rng=1)
    found = rpe.fit.review([guesses, learns], data, n_subjects=4, n_draws=20, n_starts=1, rng=0)
    assert found.best is found.fits[1]
    assert set(found.recovery.true[:, 0]) <= set(found.best.estimates[:, 0])
    assert found.comparison == rpe.fit.compare(found.fits)
    assert (found.observed == (data.action[:, :, 0] == 1)).all()
    # The simulated studies come from each subject's own estimate: chance of the better arm at the end.
    assert found.simulated[:, :, 40:].mean() > 0.7
    assert found.simulated.shape == (20, 2, 60)
    text = repr(found)
    for part in (found.comparison, found.recovery, found.confusion):
        assert repr(part) in text
    assert f"predictive check: {found.misses:.0%} of points outside" in text
    page = found.page()
    assert [ax.get_xlabel() for ax in page] == ["true inverse_temperature", "model that fits best", "trial"]
    with pytest.raises(ValueError, match="models must be at least two; got 1"):
        rpe.fit.review([learns], data)


def test_work_offers_and_signals_are_reviewed_too():
    from rpe.fit.reviewing import _check, _kind

    semester = rpe.fit.semester_models()["basic"]
    work = rpe.fit.simulated(semester, [[0.95, 0.7, 0.5]] * 2, data="work", rng=0)
    found = rpe.fit.fit(semester, work, n_starts=1, rng=0)
    seen, made = _check(found, 3, np.random.default_rng(0))
    assert (seen == work.units[:, 1:]).all()
    assert made.shape == (3, 2, 16)
    assert (np.diff(made, axis=2) >= 0).all()
    assert _kind(work) == ("work", 1)
    schedule = rpe.schedules.delay_conditioning(20, delay=1.0, dt=0.5, duration=2.0)
    rate = {"learning_rate": rpe.fit.Parameter(0, 1)}
    model = rpe.fit.SignalModel(rpe.theories.RescorlaWagner(), schedule, rate)
    signals = rpe.fit.simulated(model, [[0.2], [0.4]], data="signals", rng=0)
    seen, made = _check(rpe.fit.fit(model, signals, n_starts=1, rng=0), 20, np.random.default_rng(0))
    np.testing.assert_allclose(seen, signals.response.mean(axis=1))
    np.testing.assert_allclose(made.mean(axis=(0, 1)), seen.mean(axis=0), atol=0.15)
