"""Recorded dopamine: readers, fits of theories, and which theories a protocol tells apart."""

import numpy as np
import pytest

import rpe
from rpe.fit import Parameter, Sensor, SignalModel
from rpe.records import Signals, read_signals
from rpe.theories import TD, AverageRewardTD, HyperbolicTD, PearceHall, RescorlaWagner, Salience, ValueCode

RATE = Parameter(0, 1, start=(0.1, 0.5))
CLEAR = Sensor(gain=2.0, offset=0.5, noise=0.2)


def protocol(order):
    kinds = {
        "A+": rpe.schedules.Trial({"A": (0.5, 1.5)}, {1.5: 1.0}, due=1.5),
        "A-": rpe.schedules.Trial({"A": (0.5, 1.5)}, {}, due=1.5),
        "+": rpe.schedules.Trial({}, {1.5: 1.0}, due=1.5),
    }
    return rpe.schedules.sequence(kinds, order, dt=0.25, duration=2.5)


TELLING = protocol((["A+"] * 8 + ["A-"] * 2 + ["+"] * 2) * 2 + ["A-"] * 12)


def theories(schedule, sensor=CLEAR):
    td = TD(trace_decay=0.0, learning_rate=0.1)
    plain = (RescorlaWagner(), PearceHall(), td, HyperbolicTD(), AverageRewardTD())
    models = [SignalModel(theory, schedule, {"learning_rate": RATE}, sensor=sensor) for theory in plain]
    around = (ValueCode(td), Salience(td))
    return models + [SignalModel(each, schedule, {"theory.learning_rate": RATE}, sensor=sensor) for each in around]


def test_the_likelihood_is_that_of_a_regression_on_the_theory():
    model = theories(TELLING)[2]
    data = rpe.fit.simulated(model, [[0.2], [0.4]], data="signals", rng=0)
    found = rpe.fit.fit(model, data, n_starts=3, rng=0)
    for i, rate in enumerate(found.estimates[:, 0]):
        delta = TD(trace_decay=0.0, learning_rate=rate).learn(TELLING).delta[0].ravel()
        design = np.stack([delta, np.ones_like(delta)], axis=1)
        (gain, offset), *_ = np.linalg.lstsq(design, data.response[i].ravel())
        residual = data.response[i].ravel() - design @ [gain, offset]
        variance = (residual**2).mean()
        likelihood = -0.5 * ((residual**2).sum() / variance + delta.size * np.log(2 * np.pi * variance))
        assert found.log_likelihood[i] == pytest.approx(likelihood)
        assert found.table["gain"][i] == pytest.approx(gain)
        assert found.table["offset"][i] == pytest.approx(offset)
    assert model.at(found.estimates[0])[0].learning_rate == found.estimates[0, 0]
    assert found.bic == pytest.approx(-2 * found.log_likelihood + 4 * np.log(TELLING.reward.size))
    assert found.table["gain"] == pytest.approx([2.0, 2.0], abs=0.2)


def test_the_score_is_the_slope_of_the_likelihood_and_the_information_its_curvature():
    model = SignalModel(
        TD(trace_decay=0.0, learning_rate=0.1),
        TELLING,
        {"learning_rate": RATE, "discount": Parameter(0, 1), "sensor.decay": Parameter(0, start=(0.1, 1.0))},
        sensor=CLEAR,
    )
    data = rpe.fit.simulated(model, [[0.2, 0.9, 0.3]] * 2, data="signals", rng=0)
    objective = rpe.fit.fit(model, data, n_starts=1, max_iterations=1, rng=0).objective
    u, who = model.to_free([[0.25, 0.85, 0.2], [0.2, 0.9, 0.3]]), np.arange(2)
    slope = objective.slope(u, who)
    for i in range(3):
        step = 1e-4 * np.eye(3)[i]
        ahead, behind = (objective.slope(u + sign * step, who).value for sign in (1, -1))
        assert slope.score[:, i] == pytest.approx((ahead - behind) / 2e-4, rel=1e-3, abs=1e-3)
    curvature, information = objective.curvature(u, who)[1], slope.information[1]
    assert np.diag(information) == pytest.approx(np.diag(curvature), rel=0.2)


def test_recordings_recover_the_theory_that_made_them():
    clear = Sensor(gain=2.0, noise=0.1)
    models = [model for model in theories(TELLING, clear) if not isinstance(model.theory, AverageRewardTD)]
    found = rpe.fit.model_recovery(models, n_subjects=3, data="signals", n_starts=2, rng=0)
    assert len(models) == 6
    assert np.diag(found.confusion).mean() > 0.9
    assert found.report() == ""


def test_the_report_names_the_pairs_that_a_protocol_cannot_tell_apart():
    # Without a cue that predicts, whatever a theory makes of delays is not seen.
    models = theories(protocol(["A+"] * 6), Sensor(noise=1.0))
    poor = rpe.fit.model_recovery([models[i] for i in (2, 3, 5)], n_subjects=10, data="signals", n_starts=2, rng=0)
    assert "not told apart: TD(0), serial compound and HDTD" in poor.report()
    assert "! not told apart" in repr(poor)
    with pytest.raises(ValueError, match=r"enough must lie in \[0.5, 1\]; got 0.2"):
        poor.report(enough=0.2)


def test_a_family_of_protocols_says_which_pairs_each_tells_apart():
    from dataclasses import replace

    td, hyperbolic = (
        replace(theories(TELLING, Sensor(gain=2.0, noise=0.2))[i], name=n) for i, n in ((2, "TD"), (3, "H"))
    )
    found = rpe.fit.protocol_recovery(
        [td, hyperbolic, replace(td, name="twin")],
        {"poor": protocol(["A+"] * 2), "telling": TELLING},
        n_subjects=5,
        data="signals",
        n_starts=1,
        rng=0,
    )
    alone = found.recoveries["telling"].pairs["right"]
    assert found.table["right"][3:].tolist() == alone.tolist()
    assert found.summary["worst"].tolist() == [found.table["right"][:3].min(), 0.5]
    said = found.report()
    assert "poor: not told apart: TD and H" in said
    assert "telling: not told apart: TD and H" not in said
    assert "no protocol tells apart TD and twin (at best right for 50%)" in said
    assert "no protocol tells apart TD and H" not in said
    assert said in repr(found)
    with pytest.raises(TypeError, match=r"protocols must be a Schedule for a SignalModel.*as 'x'"):
        rpe.fit.protocol_recovery([td, td], {"x": rpe.tasks.bandit([0.5, 0.5])})


def test_a_check_finds_what_a_theory_does_not_make():
    rescorla, td = (theories(TELLING)[i] for i in (0, 2))
    made = rpe.fit.simulated(td, [[0.3], [0.4]], data="signals", rng=0)
    kind = np.array(["cued", "probe"])[np.tile(np.arange(36) >= 24, (2, 1)).astype(int)]
    response = made.response.copy()
    response[0, :, 9] = np.nan
    data = Signals(made.subjects, made.times, response, {"kind": kind})
    right, wrong = (rpe.fit.fit(model, data, n_starts=2, rng=0) for model in (td, rescorla))
    table = rpe.fit.signal_check(right, by="kind", rng=0)
    assert table.about["outside"] < 0.15
    assert rpe.fit.signal_check(wrong, by="kind", rng=0).about["outside"] > 0.2
    # Two kinds of ten steps, of which one was never recorded of the first animal.
    assert table.n_rows == 38
    probe = (table["subject"] == "1") & (table["kind"] == "probe")
    assert table["observed"][probe] == pytest.approx(response[1, 24:].mean(axis=0))
    assert table["outside"].mean() == table.about["outside"]
    draws = rpe.fit.replicated_signals(right, n_draws=300, rng=1)
    assert np.isnan(draws[:, 0, :, 9]).all()
    expected, noise = rpe.fit.predicted_signals(right).response, right.table["noise"][1]
    assert draws[:, 1].mean(axis=0) == pytest.approx(expected[1], abs=6 * noise / np.sqrt(300))
    assert (draws[:, 1] - expected[1]).std() == pytest.approx(noise, rel=0.02)
    with pytest.raises(ValueError, match="by must be one of 'kind'; got 'type'"):
        rpe.fit.signal_check(right, by="type")


def test_learning_rates_are_recovered_at_a_ratio_of_one():
    """As much noise as signal, 20 animals of 200 trials each."""
    schedule = protocol(((["A+"] * 8 + ["A-"] * 2) * 20)[:200])
    model = theories(schedule)[2]
    model = SignalModel(model.theory, schedule, {"learning_rate": Parameter(0, 1, start=(0.02, 0.3))}, sensor=CLEAR)
    clean = model.predicted(schedule, np.array([[0.1]]))
    level = float(CLEAR.gain * clean.std())
    noisy = SignalModel(model.theory, schedule, model.parameters, sensor=Sensor(gain=CLEAR.gain, noise=level))
    found = rpe.fit.parameter_recovery(noisy, n_subjects=20, data="signals", n_starts=2, rng=0)
    assert found.correlation[0] > 0.9


def test_theories_that_say_the_same_are_told_apart_by_chance():
    model = theories(TELLING)[0]
    found = rpe.fit.model_recovery([model, model], n_subjects=3, data="signals", n_starts=1, rng=0)
    assert found.pairs["right"].tolist() == [0.5]


def test_cross_validation_and_criteria_compare_theories_as_they_do_models_of_choice():
    models = [theories(TELLING)[i] for i in (0, 2)]
    data = rpe.fit.simulated(models[1], [[0.2], [0.3]], data="signals", rng=1)
    fits = rpe.fit.fit_all(models, data, n_starts=2, rng=0)
    table = rpe.fit.compare(fits)
    assert table["n_parameters"].tolist() == [4, 4]
    assert table["n_best_bic"].tolist() == [0, 2]
    rw, td = (rpe.fit.cross_validate(model, data, n_folds=3, n_starts=2, rng=0) for model in models)
    assert (td > rw).all()
    # What is left out is predicted with the gain, offset and noise of the rest.
    kept = np.arange(36) >= 12
    rest = rpe.fit.fit(models[1], data, n_starts=2, rng=0, trials=kept)
    delta = np.stack([TD(trace_decay=0.0, learning_rate=a).learn(TELLING).delta[0] for a in rest.estimates[:, 0]])
    gain, offset, noise = (rest.table[name][:, None, None] for name in ("gain", "offset", "noise"))
    away = ((data.response - offset - gain * delta) / noise)[:, :12]
    by_hand = -0.5 * (away**2 + np.log(2 * np.pi * noise**2)).sum(axis=(1, 2))
    assert rest.objective.held_out(rest.free, ~kept) == pytest.approx(by_hand)


def test_fits_of_signals_warn():
    model = theories(TELLING)[2]
    shown = rpe.fit.simulated(model, [[0.2]], data="signals", rng=0)
    upside_down = rpe.fit.fit(model, Signals.of(-shown.response, shown.times), n_starts=2, rng=0)
    assert "gain is 0: the theory explains nothing" in upside_down.report()
    drift = np.repeat(np.random.default_rng(0).normal(size=(1, 36, 1)), 10, axis=2)
    drifting = rpe.fit.fit(model, Signals.of(shown.response + drift, shown.times), n_starts=2, rng=0)
    assert "residuals of successive steps correlate" in drifting.report()
    assert rpe.fit.fit(model, shown, n_starts=2, rng=0).report() == ""


def test_samples_that_are_missing_do_not_count():
    model = theories(TELLING)[2]
    whole = rpe.fit.simulated(model, [[0.2]], data="signals", rng=0)
    holes = np.where(np.arange(36)[None, :, None] < 30, whole.response, np.nan)
    found = rpe.fit.fit(model, Signals.of(holes, whole.times), n_starts=2, rng=0)
    same = rpe.fit.fit(model, whole, n_starts=2, rng=0, trials=np.arange(36) < 30)
    assert found.log_likelihood == pytest.approx(same.log_likelihood)
    assert found.n_choices.tolist() == same.n_choices.tolist() == [300]


def test_parameters_that_a_theory_takes_one_by_one_are_found_too():
    model = SignalModel(
        Salience(TD(trace_decay=0.0, learning_rate=0.2)), TELLING, {"novelty": Parameter(0, 2)}, sensor=CLEAR
    )
    data = rpe.fit.simulated(model, [[0.8]], data="signals", rng=0)
    assert rpe.fit.fit(model, data, n_starts=2, rng=0).estimates[0, 0] == pytest.approx(0.8, abs=0.25)


def test_animals_have_schedules_of_their_own():
    own = {"a": TELLING, "b": protocol(["A-"] * 12 + ["A+"] * 24)}
    model = SignalModel(TD(trace_decay=0.0, learning_rate=0.1), own, {"learning_rate": RATE}, sensor=CLEAR)
    each = [SignalModel(model.theory, own[k], model.parameters, sensor=CLEAR) for k in "ab"]
    parts = [rpe.fit.simulated(one, [[0.3]], data="signals", rng=i) for i, one in enumerate(each)]
    data = Signals.of(np.concatenate([part.response for part in parts]), parts[0].times, subjects=["a", "b"])
    together = rpe.fit.fit(model, data, n_starts=2, rng=0).estimates[:, 0]
    apart = [rpe.fit.fit(one, part, n_starts=2, rng=0).estimates[0, 0] for one, part in zip(each, parts, strict=True)]
    assert together == pytest.approx(apart, rel=1e-3)
    with pytest.raises(ValueError, match="schedule must have one for 'c'; got a, b"):
        rpe.fit.fit(model, Signals.of(data.response, data.times, subjects=["a", "c"]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parameters": {}}, "at least one free parameter"),
        ({"parameters": {"speed": RATE}}, "speed must be a field of TD"),
        ({"parameters": {"sensor.colour": RATE}}, "sensor.colour must be a field of Sensor"),
    ],
)
def test_models_of_signals_refuse_what_is_not_there(change, message):
    with pytest.raises(ValueError, match=message):
        SignalModel(**{"theory": TD(), "schedule": TELLING, "parameters": {"discount": RATE}} | change)


def test_data_and_model_must_be_of_one_kind():
    model = theories(TELLING)[0]
    choices = rpe.records.Choices.of([[0, 1]], [[0.0, 1.0]])
    with pytest.raises(TypeError, match="data must be Signals for a SignalModel; got Choices"):
        rpe.fit.fit(model, choices)
    with pytest.raises(ValueError, match="must have 3 trials, as the record"):
        rpe.fit.fit(model, Signals.of(np.zeros((1, 3, 10)), TELLING.times))


def test_signals_are_read_as_they_lie(tmp_path):
    path = tmp_path / "dff.tsv"
    path.write_text("mouse\ttrial\ttime\tdFF\tkind\na\t1\t-0.1\t0.5\tA+\na\t1\t0.0\tNA\tA+\na\t2\t0.0\t2\tA-\n")
    read = read_signals(path, first_trial=1)
    assert read.times.tolist() == [-0.1, 0.0]
    np.testing.assert_array_equal(read.response, [[[0.5, np.nan], [np.nan, 2.0]]])
    assert read.extra["kind"].tolist() == [["A+", "A-"]]
    assert read_signals(read.table).response[0, 1, 1] == 2.0
    averaged = read_signals(
        {"subject": ["a"] * 3, "trial": [0] * 3, "time": [0.01, 0.07, 0.13], "response": [1, 3, 7]}, dt=0.1
    )
    assert averaged.response.tolist() == [[[2.0, 7.0]]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "a,0,0.0,1\na,0,0.0,2\n",
            r"line 3: every sample must come once \(that of line 2 is the same\); got '0.0' in column 'time'",
        ),
        ("a,0,0.0,loud\n", "line 2: response must be a number; got 'loud' in column 'response'"),
        ("a,1.5,0.0,1\n", "line 2: trial must be a whole number; got '1.5' in column 'trial'"),
        ("a,0,,1\n", "line 2: time must be given in every row"),
    ],
)
def test_errors_name_line_column_and_value(tmp_path, rows, message):
    path = tmp_path / "bad.csv"
    path.write_text("subject,trial,time,response\n" + rows)
    with pytest.raises(ValueError, match=message):
        read_signals(path)


def test_nwb_files_are_sent_to_their_reader():
    with pytest.raises(ValueError, match="read_nwb reads NWB files"):
        read_signals("mouse.nwb")
