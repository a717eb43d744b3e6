"""The experiments on fitting: settings, tables, sentences and figures, from small runs."""

import numpy as np
import pytest
from figure_rules import printable

from rpe import experiments, plots
from rpe.experiments import model_comparison, recovery, semester
from rpe.table import read

SMALL = {
    "recovery": recovery.Settings(n_subjects=12, n_lengths=3, shortest=20, longest=300, n_starts=2),
    "model_comparison": model_comparison.Settings(
        n_subjects=4, n_trials=2, n_units=4, deadline=8, n_goals=2, n_starts=1
    ),
    "semester": semester.Settings(n_students=10, n_individuals=3, n_starts=1, n_screen=5, n_replications=20),
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
    assert "" in report.figures
    for figure in report.figures.values():
        assert all(ax.get_title(loc="left") for ax in figure.axes)


def test_the_result_does_not_depend_on_processes():
    settings = SMALL["model_comparison"]
    one, two = (experiments.run("model_comparison", settings, 3, n_jobs=n) for n in (1, 2))
    np.testing.assert_equal(dict(one.table), dict(two.table))


def test_quick_and_full_are_of_the_same_kind():
    for module in (recovery, model_comparison, semester):
        assert isinstance(module.Settings.quick(), module.Settings)
        assert isinstance(module.Settings.full(), module.Settings)


def test_more_trials_bring_a_better_recovery():
    result = recovery.run(SMALL["recovery"], 0)
    error = [result.found[n, "maximum a posteriori"].rmse[0] for n in result.lengths]
    assert error[-1] < error[0]


def test_confusion_shares_sum_to_one():
    table = experiments.run("model_comparison", SMALL["model_comparison"], 2).table
    shares = np.array(table["share"]).reshape(3, 3, 3)
    np.testing.assert_allclose(shares.sum(axis=2), 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: recovery.Settings(n_subjects=1), "n_subjects must be at least 2"),
        (lambda: recovery.Settings(shortest=50, longest=50), "longest must be at least 51"),
        (lambda: recovery.Settings(good=1.5), "good must lie in"),
        (lambda: model_comparison.Settings(n_goals=99), "n_goals must be at most 8"),
        (lambda: model_comparison.Settings(n_trials=0), "n_trials must be at least 1"),
        (lambda: semester.Settings(n_students=2), "n_students must be at least 3"),
        (lambda: semester.Settings(efficacy=-0.1), "efficacy must lie in"),
    ],
)
def test_bad_settings(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Figures


def test_recovery_draws_points_errors_and_the_line():
    ax = plots.recovery([0.1, 0.5, 0.9], [0.2, 0.4, 0.8], error=[0.1, np.nan, 0.2], parameter="rate")
    identity, points = ax.lines
    assert identity.get_gid() == "identity"
    np.testing.assert_array_equal(points.get_xydata(), [[0.1, 0.2], [0.5, 0.4], [0.9, 0.8]])
    assert len(ax.collections[0].get_segments()) == 2
    assert [text.get_text() for text in ax.texts] == ["r = 0.98"]


def test_recovery_curve_names_its_curves():
    ax = plots.recovery_curve([20, 100], [[0.1, 0.9], [-0.2, 0.8]], labels=["one", "two"], parameter="rate")
    assert {text.get_text() for text in ax.texts} == {"one", "two"}
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["20", "100"]
    assert ax.get_ylim()[0] == -0.2


def test_confusion_writes_what_it_shows():
    ax = plots.confusion([[1.0, 0.0], [np.nan, 0.25]], labels=["a", "b"])
    assert [text.get_text() for text in ax.texts] == ["1.00", "0.00", "–", "0.25"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b"]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plots.recovery([0.1], [0.1, 0.2]), ValueError, "estimate must have the shape"),
        (lambda: plots.recovery([0.1], [0.1], parameter=3), TypeError, "parameter must be a string"),
        (lambda: plots.recovery_curve([20, 10], [0.1, 0.2]), ValueError, "n_trials must rise"),
        (lambda: plots.recovery_curve([10, 20], [0.1, 1.2]), ValueError, "correlation must lie in"),
        (lambda: plots.confusion([[0.5, 0.5]], labels=["a"]), ValueError, "n_models, n_models"),
        (lambda: plots.confusion([[1.5]], labels=["a"]), ValueError, "matrix must lie in"),
        (lambda: plots.confusion([[1.0]], labels=["a", "b"]), ValueError, "labels must have one entry"),
    ],
)
def test_bad_figures(call, error, message):
    with pytest.raises(error, match=message):
        call()
