"""Physiology: kinetics against SciPy and roots, closed forms, units, and what bad input says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import rpe
from rpe import dopamine
from rpe.dopamine.concentration import REGIONS

BURST = np.where((np.arange(60) >= 20) & (np.arange(60) < 22), 25.0, 5.0)
PAUSE = np.where((np.arange(60) >= 20) & (np.arange(60) < 25), 0.0, 5.0)


def integrated(rate, dt, region, synchrony, block=1.0, brake=3.0):
    """The kinetics by SciPy's implicit solver, step by step."""
    k = REGIONS[region]

    def change(_, state, hz):
        c, a = state
        # All terminals release at the tonic 5 Hz; a share of them follows what departs from it.
        free = k.release * (5.0 + synchrony * (hz - 5.0)) / (1 + brake * a)
        return [free - k.uptake * c / (k.affinity * block + c) - 0.04 * c, 0.003 * c * (1 - a) - 0.3 * a]

    def balance(c):
        return change(0, [c, 0.003 * c / (0.003 * c + 0.3)], 5.0)[0]

    start = brentq(balance, 0, 1e5)
    state, trace = [start, 0.003 * start / (0.003 * start + 0.3)], []
    for hz in rate:
        state = solve_ivp(change, (0, dt), state, args=(hz,), method="LSODA", rtol=1e-10, atol=1e-10).y[:, -1]
        trace.append(state[0])
    return np.array(trace)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("rate", [BURST, PAUSE], ids=["burst", "pause"])
def test_release_is_what_scipy_integrates(region, rate):
    found = dopamine.release(rate, 0.1, region=region, synchrony=0.5)
    np.testing.assert_allclose(found, integrated(rate, 0.1, region, 0.5), rtol=1e-5)


def test_release_under_uptake_block_and_without_autoreceptors():
    found = dopamine.release(BURST, 0.1, uptake_block=5.0, autoreceptors=False, synchrony=0.2)
    np.testing.assert_allclose(found, integrated(BURST, 0.1, "accumbens", 0.2, block=5.0, brake=0.0), rtol=1e-5)


@pytest.mark.parametrize("rate", [BURST, PAUSE])
def test_halving_dt_changes_nothing(rate):
    coarse = dopamine.release(rate, 0.1)
    fine = dopamine.release(np.repeat(rate, 2), 0.05)[1::2]
    np.testing.assert_allclose(fine, coarse, rtol=1e-5)


@given(rate=st.floats(0.1, 8.0), synchrony=st.floats(0.05, 0.5))
@settings(deadline=None, max_examples=20)
def test_a_constant_rate_rests_at_the_root(rate, synchrony):
    steady = dopamine.steady_concentration(rate)
    trace = dopamine.release(np.full(50, rate), 0.2, synchrony=synchrony, baseline=rate)
    np.testing.assert_allclose(trace, steady, rtol=1e-6)


def test_concentration_grows_with_the_rate_and_rows_are_alone():
    rates = np.stack([BURST, PAUSE, 2 * BURST])
    together = dopamine.release(rates, 0.1)
    for row, rate in zip(together, rates, strict=True):
        np.testing.assert_allclose(row, dopamine.release(rate, 0.1), rtol=1e-5)
    assert (np.diff(dopamine.steady_concentration(np.linspace(0, 8, 9))) > 0).all()
    assert (together >= 0).all()


def test_uptake_block_raises_the_level_and_slows_the_decay():
    def half_decay(trace):
        top = trace[21]
        return np.argmax(trace[21:] - trace[0] < 0.5 * (top - trace[0]))

    plain, blocked = (dopamine.release(np.repeat(BURST, 10), 0.01, uptake_block=k, synchrony=0.5) for k in (1, 5))
    plain, blocked = plain[9::10], blocked[9::10]
    assert blocked[0] > 1.5 * plain[0]
    assert half_decay(blocked) >= half_decay(plain)


def test_bursts_raise_d1_and_pauses_lower_d2():
    tonic = dopamine.release(np.full(60, 5.0), 0.1)
    for receptor, rate, sign in (("D1", BURST, 1), ("D1", PAUSE, -1), ("D2", PAUSE, -1)):
        changed = dopamine.occupancy(dopamine.release(rate, 0.1), 0.1, receptor=receptor)
        usual = dopamine.occupancy(tonic, 0.1, receptor=receptor)
        assert sign * (changed - usual)[20:].sum() > 0


def test_units():
    assert dopamine.to_ng_per_ml(1.0) == pytest.approx(0.15318)
    assert dopamine.from_ng_per_ml(dopamine.to_ng_per_ml(90.0)) == pytest.approx(90.0)


def test_rates_have_a_floor_and_asymmetric_gains():
    np.testing.assert_allclose(dopamine.firing_rate([-1.0, 0.0, 0.2, 9.0]), [0.0, 5.0, 10.0, 40.0])
    np.testing.assert_allclose(dopamine.firing_rate(-0.1, gain_negative=20.0), 3.0)


def test_spikes_have_the_analytic_rate():
    rate = np.array([2.0, 20.0])[:, None] * np.ones(200_000)
    counts = dopamine.spikes(rate, 0.01, rng=0, refractory=0.005)
    expected = rate[:, 0] / (1 + rate[:, 0] * 0.005)
    found = counts.sum(axis=1) / 2000.0
    np.testing.assert_allclose(found, expected, atol=4 * np.sqrt(expected.max() / 2000.0))


def test_pauses_grow_with_the_negative_error():
    errors = -np.linspace(0, 1, 11)[:, None] * (np.arange(30) < 10) * np.exp(-np.arange(30) / 8.0)
    lengths = dopamine.pause_length(dopamine.firing_rate(errors), 0.05)
    assert (np.diff(lengths) >= 0).all()
    assert lengths[0] == 0
    assert lengths[-1] > 0


def test_bursts_follow_the_rule():
    assert dopamine.bursts([0.0, 0.1, 0.2]) == []
    assert dopamine.bursts([0.0, 0.08, 0.24, 0.41, 0.45]) == [(0, 2), (3, 4)]


@pytest.mark.parametrize(
    ("receptor", "concentration", "expected"),
    [("D1", 20, 0.0196), ("D1", 1000, 0.5), ("D2", 20, 0.667), ("D2", 1000, 0.990)],
)
def test_occupancy_has_the_published_values(receptor, concentration, expected):
    assert dopamine.occupancy(float(concentration), 0.1, receptor=receptor) == pytest.approx(expected, abs=1e-3)


def test_slow_receptors_follow_their_equation():
    c = np.array([20.0] * 5 + [200.0] * 600)
    found = dopamine.occupancy(c, 1.0, receptor="D2", kinetics="slow")
    on, off = 0.02 / 60, 0.5 / 60
    balance, speed = on * 200 / (on * 200 + off), on * 200 + off
    start = on * 20 / (on * 20 + off)
    np.testing.assert_allclose(found[:5], start)
    np.testing.assert_allclose(found[5:], balance + (start - balance) * np.exp(-speed * np.arange(1, 601)), rtol=1e-9)
    fine = dopamine.occupancy(np.repeat(c, 2), 0.5, receptor="D2", kinetics="slow")[1::2]
    np.testing.assert_allclose(fine, found, rtol=1e-9)


def test_density_adapts_to_the_stated_level_and_exactly():
    share = np.full(400, 1.0)
    found = dopamine.receptor_density(share, usual=0.5)
    assert found[-1] == pytest.approx(0.85, abs=1e-6)
    tau, eta = 14.0, (1 / 0.85 - 1) / 7.0
    speed = 1 / tau + eta * 0.5
    np.testing.assert_allclose(found[:5], 0.85 + 0.15 * np.exp(-speed * np.arange(1, 6)), rtol=1e-9)
    np.testing.assert_allclose(dopamine.receptor_density(np.full(9, 0.5), usual=0.5), 1.0)
    np.testing.assert_allclose(
        dopamine.receptor_density(np.repeat(share[:5], 2), 0.5, usual=0.5)[1::2], found[:5], rtol=1e-12
    )


def test_the_plasticity_window_is_the_published_one():
    def change(delay):
        pulse = np.where(np.abs(np.arange(1200) * 0.01 - 3.0 - delay) < 0.05, 200.0, 20.0)
        return dopamine.plasticity(pulse, 0.01, glutamate=3.0, tonic=20.0)

    grown = {delay: change(delay) for delay in (-1.0, 0.3, 0.6, 1.0, 2.0, 5.0)}
    assert min(grown[0.6], grown[1.0]) > 3 * max(grown[-1.0], grown[5.0])
    assert dopamine.eligibility(np.linspace(0, 3, 3001)).max() == pytest.approx(1.0, abs=1e-6)
    pulse = np.full(100, 0.0)
    assert dopamine.plasticity(pulse, 0.1, glutamate=1.0, tonic=20.0, receptor="D2") > 0


def test_sensors_follow_their_kernels():
    step = np.where(np.arange(500) >= 10, 100.0, 0.0)
    found = dopamine.measured(step, 0.01, sensor="GRAB-DA1m")
    top = 100.0 / 230.0
    np.testing.assert_allclose(found[10:], top * (1 - np.exp(-0.01 / 0.06 * np.arange(1, 491))), rtol=1e-9)
    fall = dopamine.measured(100.0 - step, 0.01, sensor="GCaMP6f")
    np.testing.assert_allclose(
        fall[10:], 100.0 * np.exp(-0.01 / 0.25 * np.arange(1, 491)) - 100.0, rtol=1e-9, atol=1e-9
    )
    electrode = dopamine.measured(step, 0.01, sensor="FSCV")
    assert electrode[39] == 0
    assert electrode[40] == 100.0
    np.testing.assert_array_equal(dopamine.measured(np.full(20, 50.0), 0.1, sensor="FSCV"), 0.0)


def test_the_summary_has_a_row_for_every_popular_term():
    errors = np.zeros((4, 50))
    errors[:, 10] = 1.0
    reward = np.zeros((4, 50))
    reward[:2, 30] = 1.0
    found = dopamine.summary(errors, 0.1, reward=reward, bas=1.0, bas_weight=0.15)

    def row(quantity, unit):
        (place,) = np.flatnonzero((found["quantity"] == quantity) & (found["unit"] == unit))
        return found["mean"][place], found["low"][place], found["high"][place]

    level = dopamine.release(dopamine.firing_rate(errors), 0.1)
    assert row("concentration", "nM") == pytest.approx((level.mean(), level.min(), level.max()))
    assert row("concentration", "ng/mL") == pytest.approx(
        dopamine.to_ng_per_ml([level.mean(), level.min(), level.max()])
    )
    assert row("firing rate", "Hz") == pytest.approx((5.5, 5.0, 30.0))
    assert row("δ", "reward units") == pytest.approx((0.02, 0.0, 1.0))
    assert row("B_max, D2", "nM")[0] == 27.0
    assert row("BP_ND, D2", "1")[0] == pytest.approx(3 * (1 - dopamine.occupancy(level, 0.1).mean()))
    assert row("reward sensitivity exp(b z), z = +1.0", "1")[0] == pytest.approx(np.exp(0.15))
    assert row("rate", "1/min")[0] == pytest.approx(6.0)
    assert row("chance per step at which any came", "1")[0] == 0.5
    assert row("entropy", "bits")[0] == 1.0
    assert "frequency of micro wins" not in dopamine.summary(errors, 0.1)["term"]
    sure = dopamine.summary(errors, 0.1, reward=np.abs(errors))
    assert sure["mean"][sure["unit"] == "bits"].tolist() == [0.0]
    text = str(found)
    assert len(text.splitlines()) == found.n_rows + 1
    assert "ng/mL" in text
    assert "nan" not in text


def test_the_chain_from_a_schedule_to_a_sensor():
    s = rpe.schedules.delay_conditioning(n_trials=50)
    learned = rpe.td.learn(rpe.features.complete_serial_compound(s), s.reward, discount=0.98, trace_decay=0.9)
    concentration = dopamine.release(dopamine.firing_rate(learned.delta), s.dt)
    assert concentration.shape == learned.delta.shape
    assert dopamine.occupancy(concentration, s.dt).max() < 1
    assert concentration[0, 0].argmax() == s.step_of(1.5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: dopamine.firing_rate([np.nan]), ValueError, "delta must be finite"),
        (lambda: dopamine.firing_rate(0.0, ceiling=1.0), ValueError, "ceiling must lie in"),
        (lambda: dopamine.release([-1.0], 0.1), ValueError, "rate must lie in"),
        (lambda: dopamine.release([1e12], 0.1), ValueError, r"rate must lie in \[0, 1000\]; got 1e\+12"),
        (lambda: dopamine.release([5.0], 0.1, baseline=1e12), ValueError, r"baseline must lie in \[0, 1000\]"),
        (lambda: dopamine.release([5.0], np.inf), ValueError, "dt must be finite"),
        (lambda: dopamine.release(5.0, 0.1), ValueError, "time on its last axis"),
        (lambda: dopamine.release([5.0], 0.0), ValueError, "dt must lie in"),
        (lambda: dopamine.release([5.0], 0.1, region="cortex"), ValueError, "region must be one of"),
        (lambda: dopamine.release([5.0], 0.1, uptake_block=0.5), ValueError, "uptake_block must lie in"),
        (lambda: dopamine.occupancy([-1.0], 0.1), ValueError, "concentration must lie in"),
        (lambda: dopamine.occupancy([1.0], 0.1, receptor="D5"), ValueError, "receptor must be one of"),
        (lambda: dopamine.occupancy(1.0, 0.1, kinetics="slow"), ValueError, "time on its last axis"),
        (lambda: dopamine.receptor_density([1.5]), ValueError, "occupied must lie in"),
        (lambda: dopamine.eligibility(0.0, rise=2.0, decay=1.0), ValueError, "decay must lie in"),
        (lambda: dopamine.measured([1.0], 0.1, sensor="eye"), ValueError, "sensor must be one of"),
        (lambda: dopamine.measured([1.0], 0.1, baseline_steps=2), ValueError, "baseline_steps must be at most 1"),
        (lambda: dopamine.bursts([1.0, 0.5]), ValueError, "times must be a rising list"),
        (lambda: dopamine.autoreceptor_rate(12.0), ValueError, "drive must lie in"),
        (lambda: dopamine.summary([1.0], 0.1, reward=[1.0, 2.0]), ValueError, "shape of run"),
        (lambda: dopamine.summary([1.0]), ValueError, "dt must be given"),
        (lambda: dopamine.summary(1.0, 0.1), ValueError, "time on its last axis"),
        (lambda: dopamine.to_ng_per_ml(-1.0), ValueError, "concentration must lie in"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
