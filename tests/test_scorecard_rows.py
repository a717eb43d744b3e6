"""Findings that single cells, ramps, choices and rivals decide: each is passed by its account and failed by another."""

import numpy as np
import pytest

from rpe import scorecard
from rpe.scorecard.findings import value_decay_script
from rpe.theories import (
    ANCCR,
    TD,
    ChoiceErrors,
    ConfidenceErrors,
    DistributionalTD,
    FactoredValues,
    FeatureErrors,
    FeedbackUncertaintyTD,
    Hierarchical,
    KalmanTD,
    MultiTimescaleTD,
    OpALStar,
    PayoffCost,
    RescorlaWagner,
    SemiMarkovTD,
    ValueCode,
    ValueDecayTD,
)

ZERO = TD(trace_decay=0.0)


class Curious:
    """TD(0) with a bonus for information, at the target that promises it."""

    def learn(self, schedule, rng=None):
        learned = ZERO.learn(schedule, rng)
        onset = schedule.onset[:, :, schedule.stimuli.index("info")]
        return learned._replace(delta=learned.delta + 0.1 * onset)


class Weighing:
    """Knows gains and costs of every stimulus, and weighs them by dopamine at choice."""

    def learn(self, schedule, rng=None):
        learned = RescorlaWagner().learn(schedule, rng)
        shown = (schedule.level[:-2] != 0).any(axis=1)
        sums = [np.clip(sign * schedule.reward[:-2], 0, None).sum(axis=1) for sign in (1, -1)]
        means = [np.array([each[on].mean() for on in shown.T])[None] for each in sums]
        return learned._replace(more=dict(zip(("gain", "cost"), means, strict=True)))

    def drive(self, learned, dopamine):
        return 4.0 * learned.more["gain"] - (4.0 - 20.0 * dopamine) * learned.more["cost"]


@pytest.mark.parametrize(
    ("row", "passer", "failer"),
    [
        ("D01", FeedbackUncertaintyTD(), ZERO),
        ("D04", ZERO, ValueDecayTD()),
        ("D07", ValueDecayTD(), ValueDecayTD(kept=1.0)),
        ("E03", ChoiceErrors("sarsa"), ChoiceErrors("q_learning")),
        ("E04", ChoiceErrors("q_learning"), ChoiceErrors("sarsa")),
        ("E08", OpALStar(), RescorlaWagner()),
        ("E15", Hierarchical(pseudo_reward=2.0), ZERO),
        ("H05", FactoredValues(), ZERO),
        ("A03", TD(trace_decay=0.0, ends_at_reward=True), TD(learning_rate=0.0)),
        ("E07", Weighing(), PayoffCost()),
        ("E11", ConfidenceErrors(), ConfidenceErrors(confidence=False)),
        ("E12", SemiMarkovTD(), ZERO.published()["Ludvig 2012, presence"]),
        ("F01", DistributionalTD(), MultiTimescaleTD()),
        ("F02", DistributionalTD(), MultiTimescaleTD()),
        ("F04", MultiTimescaleTD(n_cells=20), DistributionalTD(n_cells=10)),
        ("F06", ZERO, ValueCode()),
        ("F07", MultiTimescaleTD(), FeatureErrors()),
        ("F08", ZERO, ValueCode()),
        ("G01", ANCCR(), ZERO),
        ("H10", TD("presence"), ZERO),
        ("E05", Curious(), ZERO),
    ],
)
def test_a_row_is_passed_by_its_account_and_failed_by_another(row, passer, failer):
    card = scorecard.run({"passer": passer, "failer": failer}, [row], n_seeds=1, rng=0)
    assert [card.scores[name, row].verdict for name in card.theories] == ["PASS", "FAIL"], card.numbers


def test_teleport_is_a_step_that_stays_in_a_value_code():
    card = scorecard.run([ValueCode(), KalmanTD()], ["D02"], n_seeds=1, rng=0)
    assert card.matrix.tolist() == [["FAIL"], ["FAIL"]]
    assert card.scores["value code", "D02"].numbers["half a second later over jump"] > 0.9


def test_what_has_no_cells_is_not_applicable():
    card = scorecard.run([ZERO], ["F01", "F02", "F04", "F07"], n_seeds=1, rng=0)
    assert set(card.matrix[0].tolist()) == {"N.A."}


def test_the_oracle_of_value_decay_ramps():
    errors = value_decay_script.oracle()
    assert np.diff(errors[1:]).min() > 0


def test_who_expects_nothing_does_not_pass_an_early_reward():
    card = scorecard.run([TD(learning_rate=0.0)], ["A03"], n_seeds=1, rng=0)
    assert card.matrix.tolist() == [["FAIL"]]
    assert card.scores[card.theories[0], "A03"].numbers["lowest near usual time"] == 0.0


def test_rows_that_discriminate_carry_information_and_theories_have_a_distance():
    """Half of four theories pass one row: 1 bit; all of them the other: none. Cells that do not apply do not count."""
    verdicts = {"A": "PASS PASS", "B": "PASS PASS", "C": "FAIL PASS", "D": "FAIL PASS", "E": "N.A. N.A."}
    scores = {
        (theory, row): scorecard.Score(verdict, 0.0, 0, 1, {})
        for theory, both in verdicts.items()
        for row, verdict in zip(("X", "Y"), both.split(), strict=True)
    }
    card = scorecard.Scorecard(tuple(verdicts), ("X", "Y"), scores, 0)
    assert card.information["finding"].tolist() == ["X", "Y"]
    np.testing.assert_allclose(card.information["bits"], [1.0, 0.0], atol=1e-12)
    assert card.distance("A", "B") == 0.0
    assert card.distance("A", "C") == 0.5
    assert np.isnan(card.distance("A", "E"))
    with pytest.raises(ValueError, match="theory must be"):
        card.distance("A", "Z")
