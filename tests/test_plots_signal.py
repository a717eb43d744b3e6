"""Figures of the dopamine signal: what they draw is what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from rpe import plots

TIME = np.arange(30) * 0.1
SIGNAL = np.where(TIME.round(1) == 0.5, 1.0, 0.0) - np.where(TIME.round(1) == 1.5, 0.5, 0.0)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def texts(ax):
    return {text.get_text() for text in ax.texts}


def line(ax, name):
    return next(drawn for drawn in ax.lines if drawn.get_label() == name)


def test_peri_event_marks_and_names_cue_reward_and_omission():
    ax = plots.peri_event(np.stack([SIGNAL, 2 * SIGNAL]), 0.1, cue=0.5, reward=1.0, omission=1.5, labels=["a", "b"])
    assert {"cue", "reward", "omission", "a", "b"} <= texts(ax)
    np.testing.assert_allclose(line(ax, "b").get_ydata(), 2 * SIGNAL)
    np.testing.assert_allclose(line(ax, "a").get_xdata(), TIME)
    shifted = plots.peri_event(SIGNAL, 0.1, cue=0.5, zero="cue")
    assert shifted.get_xlabel() == "time from cue (s)"


def test_peri_event_shows_means_and_bands_over_agents():
    agents = np.random.default_rng(0).normal(size=(1, 40, 30))
    ax = plots.peri_event(agents, 0.1, band="sd")
    drawn = next(drawn for drawn in ax.lines if len(drawn.get_ydata()) == 30)
    np.testing.assert_allclose(drawn.get_ydata(), agents[0].mean(axis=0))
    assert ax.collections


def test_value_ramps_have_their_unit():
    ax = plots.value_ramps(np.linspace(0, 1, 30), 0.1, reward=2.9)
    assert "value" in ax.get_ylabel().lower()
    assert "reward" in texts(ax)


def test_a_raster_has_every_spike_and_the_rate():
    counts = np.random.default_rng(0).poisson(0.5, (20, 30))
    ax = plots.raster(counts, 0.1, cue=0.5, bin_width=0.1, ax=Figure().subplots())
    above, below = ax.figure.axes
    rate = next(drawn for drawn in below.lines if len(drawn.get_ydata()) == 60)
    np.testing.assert_allclose(rate.get_ydata()[::2], counts.mean(axis=0) / 0.1)
    assert above.get_ylabel() == "trial"


def test_concentrations_have_both_units():
    ax = plots.concentration(50 + 40 * SIGNAL, 0.1, cue=0.5)
    assert ax.get_ylabel() == "dopamine (nM)"
    assert "ng/mL" in ax.child_axes[0].get_ylabel()


def test_occupancy_shows_both_receptors():
    ax = plots.occupancy(np.full(30, 0.02), np.full(30, 0.7), 0.1)
    assert {"D1", "D2"} <= {text.split()[0] for text in texts(ax) if text}


def test_the_chain_has_a_panel_for_each_link():
    rate, level = 5 + 20 * np.maximum(SIGNAL, 0), 50 + 40 * np.maximum(SIGNAL, 0)
    bound = {"D2": level / (level + 10)}
    ax = plots.trace_chain(SIGNAL, rate, level, bound, 0.1, cue=0.5, ax=Figure().subplots())
    labels = [panel.get_ylabel() for panel in ax.figure.axes]
    assert len(labels) >= 4
    for unit in ("reward units", "Hz", "nM"):
        assert any(unit in label for label in labels)


def test_cells_are_sorted_by_what_tells_them_apart():
    errors = np.array([[0.0, 0.3, 0.0], [0.0, 0.1, 0.0], [0.0, 0.2, -0.5]])
    ax = plots.cell_errors(errors, 0.5, of_cells=[0.9, 0.1, 0.5], label="τ", events={"reward": 0.5})
    (shown,) = ax.images
    assert shown.get_array()[:, 1].tolist() == [0.1, 0.2, 0.3]
    assert shown.origin == "lower"
    assert shown.get_extent() == [-0.25, 1.25, 0.5, 3.5]
    assert shown.norm.vmax == -shown.norm.vmin == 0.5
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0.1", "0.5", "0.9"]
    with pytest.raises(ValueError, match="cells must have shape"):
        plots.cell_errors([0.0, 1.0], 0.5)
    with pytest.raises(ValueError, match=r"events.'late'. must lie in"):
        plots.cell_errors(errors, 0.5, events={"late": 3.0})


def test_reversal_points_and_decoded_distributions():
    ax = plots.reversal_points([1.0, 5.0, 9.0], [0.1, 0.5, 0.9], mean=5.0)
    assert "reversal" in ax.get_ylabel()
    drawn = plots.decoded_distribution([1.0, 1.0, 5.0, 6.0], [1.0, 6.0], [0.5, 0.5], n_bins=5)
    assert sum(bar.get_height() for bar in drawn.containers[0]) == pytest.approx(1.0)


def test_responses_and_sums():
    ax = plots.responses(
        [0.0, 0.5, 1.0], [[0, 0.5, 1], [1, np.nan, 0]], labels=["cue", "reward"], xlabel="p", ylabel="δ"
    )
    np.testing.assert_array_equal(line(ax, "cue").get_ydata(), [0, 0.5, 1])
    assert line(ax, "cue").get_marker() != line(ax, "reward").get_marker()
    many = plots.responses(np.arange(50.0), np.where(np.arange(50) == 7, 1.0, np.nan), xlabel="x", ylabel="y")
    assert any(len(drawn.get_xdata()) == 1 for drawn in many.lines)
    bars = plots.error_sums([[0.9, 0.1], [0.5, -0.5]], labels=["one", "five"], parts=["cue", "wins"], total=[1.0, 0.0])
    heights = [bar.get_height() for container in bars.containers for bar in container]
    assert sum(abs(height) for height in heights) == pytest.approx(2.0)


def test_negative_errors_are_hatched():
    errors = np.zeros((5, 30))
    errors[:, 5], errors[:, 15] = 1.0, -0.8
    ax = plots.prediction_errors(errors, 0.1)
    assert any(patch.get_hatch() for patch in ax.patches)
    assert not any(patch.get_hatch() for patch in plots.prediction_errors(np.maximum(errors, 0), 0.1).patches)


def test_scorecards_and_verdicts_say_it_in_letters():
    ax = plots.scorecard_matrix(["PF", "M–"], rows=["a", "b"], columns=["A01", "A02"])
    assert [text.get_text() for text in ax.texts] == ["P", "F", "M", "–"]
    ax = plots.verdicts([[1, 0, np.nan]], rows=["a"], columns=["x", "y", "z"])
    assert [text.get_text() for text in ax.texts] == ["✓", "·", "?"]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plots.peri_event(SIGNAL, 0.0), ValueError, "dt must lie in"),
        (lambda: plots.peri_event(SIGNAL, 0.1, cue=9.0), ValueError, "cue"),
        (lambda: plots.peri_event(np.zeros((9, 30)), 0.1), ValueError, "at most 8"),
        (lambda: plots.concentration([-1.0, 2.0], 0.1), ValueError, "concentration must lie in"),
        (lambda: plots.occupancy([2.0, 0.1], [0.1, 0.1], 0.1), ValueError, "must lie in"),
        (lambda: plots.reversal_points([1.0], [1.5]), ValueError, "asymmetr"),
        (lambda: plots.responses([1.0, 0.5], [0, 1], xlabel="x", ylabel="y"), ValueError, "x must rise"),
        (lambda: plots.scorecard_matrix(["PQ"], rows=["a"], columns=["b", "c"]), ValueError, "got 'Q'"),
        (
            lambda: plots.scorecard_matrix(["P"], rows=["a"], columns=["b", "c"]),
            ValueError,
            "columns must have one entry",
        ),
        (lambda: plots.verdicts([1.0], rows=["a"], columns=["b"]), ValueError, "n_rows, n_columns"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
