"""The experiments on the dopamine signal: what they must show by their equations, and what they report."""

import numpy as np
import pytest
from figure_rules import printable

from rpe import experiments
from rpe.experiments import cue_shift, micro_win_errors, probability_and_risk, ramps, representations
from rpe.table import read

SMALL = {
    "cue_shift": cue_shift.Settings(n_trials=150),
    "probability_and_risk": probability_and_risk.Settings(n_trials=150, n_seeds=2),
    "representations": representations.Settings(n_trials=100, n_variable=200, n_seeds=1),
    "ramps": ramps.Settings(n_trials=300),
    "micro_win_errors": micro_win_errors.Settings(
        n_trials=800, n_agents=16, n_random=10, n_repetitions=60, wins=(1, 10)
    ),
}


@pytest.fixture(scope="module", params=list(SMALL))
def report(request):
    return experiments.run(request.param, SMALL[request.param], 1)


def test_reports_are_complete(report, tmp_path):
    assert report.table.n_rows > 5
    experiments.write(report, tmp_path)
    printable(report.figures)
    back = read(tmp_path / f"{report.name}.csv")
    np.testing.assert_equal(dict(back), dict(report.table))
    assert back.about == report.table.about
    assert back.about["sentences"] == report.sentences
    # Every factor has a column of its own.
    texts = [column for column in report.table.values() if column.dtype.kind == "U"]
    assert not any(", λ" in text or "; " in text for column in texts for text in column)
    assert report.sentences
    assert all(sentence.endswith(".") and "nan" not in sentence for sentence in report.sentences)
    assert all(ax.get_title(loc="left") for figure in report.figures.values() for ax in figure.axes if ax.get_xlabel())


def test_reports_are_reproducible(report):
    again = experiments.run(report.name, SMALL[report.name], 1)
    assert again.sentences == report.sentences
    np.testing.assert_equal(dict(again.table), dict(report.table))


def test_the_trained_cue_has_the_discounted_error():
    """Serial compound: δ(cue) = γ^(steps from cue to reward), here 0.98² per 0.1 s, and −1 at an omission."""
    result = cue_shift.run(cue_shift.Settings(n_trials=2000))
    probe = result.found["serial compound, λ = 0"]
    assert probe.cue[-1] == pytest.approx(0.98**20, rel=1e-3)
    assert probe.reward[0] == pytest.approx(1.0)
    assert probe.probes["omitted"].min() == pytest.approx(-1.0, abs=1e-3)
    assert probe.probes["early"][result.step(1.0)] == pytest.approx(1.0, abs=1e-3)
    assert result.found["ends at reward, λ = 0"].probes["early"][result.step(1.5)] == pytest.approx(0.0, abs=1e-9)


def test_errors_at_the_reward_are_one_minus_the_chance():
    result = probability_and_risk.run(probability_and_risk.Settings(n_trials=1500, n_seeds=3), 0)
    found = result.found["λ = 0, symmetric"]
    np.testing.assert_allclose(found.reward.mean(axis=0)[1:], [0.75, 0.5, 0.25, 0.0], atol=0.06)
    np.testing.assert_allclose(
        found.cue.mean(axis=0), 0.98 ** (4 * 10) * np.array([0, 0.25, 0.5, 0.75, 1.0]), atol=0.03
    )
    slopes = {name: part.slope.mean(axis=0)[2] for name, part in result.found.items()}
    assert slopes["λ = 0, asymmetric"] > 3 * abs(slopes["λ = 0.9, symmetric"])


def test_representations_get_the_verdicts_of_their_equations():
    result = representations.run(representations.Settings(n_trials=600, n_variable=2000, n_seeds=1), 0)
    verdicts = result.verdicts
    plain, ends, fuzzy = "serial compound, λ = 0", "ends at reward, λ = 0", "microstimuli, λ = 0.95"
    assert verdicts["dip on time at an omission"][plain]
    assert not verdicts["dip on time at an omission"][fuzzy]
    assert not verdicts["no dip after an early reward"][plain]
    assert verdicts["no dip after an early reward"][ends]
    assert verdicts["an error travels through the delay"][plain]
    assert verdicts["later rewards surprise less"]["belief state, λ = 0"]
    assert not verdicts["later rewards surprise less"]["presence, λ = 0.9"]


def test_only_feedback_decay_and_value_ramp():
    result = ramps.run(ramps.Settings(n_trials=3000))
    slopes = {name: ramps._numbers(result, part) for name, part in result.found.items()}
    seen, unseen = "slope, progress seen (per s)", "slope, progress unseen (per s)"
    assert abs(slopes["TD(0)"][seen]) < 1e-3
    assert slopes["feedback on progress"][seen] > 0.02
    assert abs(slopes["feedback on progress"][unseen]) < 0.02
    assert slopes["value decay"][unseen] > 0.02


def test_wins_change_when_errors_fall_and_nothing_else():
    result = micro_win_errors.run(micro_win_errors.Settings(n_repetitions=20), 0)
    assert result.identity < 1e-10
    assert np.abs(result.certain[10, 0.0][-1, 1:]).max() < 1e-6
    gamma = 0.98
    one, ten = (result.start(n, 0.0)[-1] for n in (1, 10))
    assert one == pytest.approx(gamma**10, rel=1e-4)
    assert ten == pytest.approx(0.1 * sum(gamma**t for t in range(1, 11)), rel=1e-4)
    assert result.half(10, 0.0) < result.half(1, 0.0)
    half = result.uncertain[0.5]
    assert half["deviation"] == pytest.approx(half["expected"], rel=0.1)
    assert half["expected"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cue_shift.Settings(n_trials=5), "n_trials must be at least 10"),
        (lambda: cue_shift.Settings(shift=1.0), "shift must be below delay"),
        (lambda: probability_and_risk.Settings(negative_gain=2.0), "negative_gain must lie in"),
        (lambda: representations.Settings(n_seeds=0), "n_seeds must be at least 1"),
        (lambda: ramps.Settings(n_places=3), "n_places must be at least 6"),
        (lambda: ramps.Settings(stay=0.2), "stay must be at least two steps"),
        (lambda: micro_win_errors.Settings(wins=(1, 3)), "wins must divide n_steps = 10; got 3"),
        (lambda: micro_win_errors.Settings(wins=(2, 5)), "wins must hold 1"),
        (lambda: micro_win_errors.Settings(traces=(1.5,)), "traces must lie in"),
        (lambda: micro_win_errors.Settings(kept=(1.5,)), "kept must lie in"),
        (lambda: micro_win_errors.Settings(discounts=()), "discounts must have at least one level; got none"),
    ],
)
def test_bad_settings(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_theories_disagree_about_expected_wins():
    settings = micro_win_errors.Settings(
        wins=(1, 5),
        n_repetitions=200,
        base_rate_ratios=(1.0,),
        learning_rates=(0.1,),
        discounts=(0.95,),
        n_trials=50,
        n_agents=2,
    )
    found = micro_win_errors.run(settings, 0).theories
    sure = {(row["theory"], row["cues"], row["n_wins"]): row["mean"] for row in found if row["probability"] == 1.0}
    for cues in ("start", "every step"):
        assert abs(sure["TD(0)", cues, 5]) < 0.01
        assert abs(sure["TD(λ)", cues, 5]) < 0.01
        assert sure["value decay", cues, 5] > 0.05
    # A theory that counts wins foresees them all, whatever the cues.
    assert abs(sure["semi-Markov", "start", 5]) < 0.01
    assert abs(sure["semi-Markov", "every step", 5]) < 0.01
    # A value that learns with α once a trial and keeps κ of itself settles at ακ / (1 − κ (1 − α)).
    alone = next(row for row in found if row.get("kept") == 0.6 and (row["cues"], row["n_wins"]) == ("start", 1))
    assert alone["mean"] == pytest.approx(1 - 0.1 * 0.6 / (1 - 0.6 * 0.9), abs=1e-6)
    noisy = [row for row in found if row["probability"] < 1.0 and row["theory"] == "TD(0)"]
    assert all(abs(row["mean"]) < 4 * row["standard error"] + 0.02 for row in noisy)
    assert all(0.3 < row["paid"] < 0.7 for row in noisy)  # of a win that comes half the time
