"""Compiled TD(λ) against NumPy: the same to the bit where agents have traces of their own, else to 1e-12."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

import rpe
from rpe.td._fast import dispatch

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="Numba, the extra `fast`, is not installed")

N_TRIALS, N_STEPS = 12, 9


def features(kind, rng):
    """A serial compound of two chains, one of them with levels, that overlap and end where trials do; or any."""
    if kind == "any":
        return rng.normal(size=(N_TRIALS, N_STEPS, 4))
    if kind == "one chain":
        return np.eye(N_STEPS)[:, 2:]
    x = np.zeros((N_TRIALS, N_STEPS, 11))
    for trial in range(N_TRIALS):
        for step in range(2, N_STEPS):
            x[trial, step, step - 2] = 1.0
        if trial % 3:
            for step in range(4, 8):
                x[trial, step, step + 3] = 0.5
    return x


def both(x, reward, **options):
    return [rpe.td.learn(x, reward, engine=engine, **options) for engine in ("numpy", "numba")]


@needs_numba
@pytest.mark.parametrize("kind", ["one chain", "two chains"])
@pytest.mark.parametrize("n_agents", [2, 64, 150])
@pytest.mark.parametrize("trace_decay", ["own", "none"])
@pytest.mark.parametrize("value_floor", [None, 0.0])
def test_serial_compounds_are_the_same_to_the_bit(kind, n_agents, trace_decay, value_floor):
    rng = np.random.default_rng(n_agents)
    learning = rng.random((N_TRIALS, N_STEPS)) < 0.8
    options = {
        "learning_rate": rng.uniform(0.1, 0.5, n_agents),
        "discount": rng.uniform(0.8, 1.0, n_agents),
        "trace_decay": rng.uniform(0, 1, n_agents) if trace_decay == "own" else 0.0,
        "initial_weights": rng.normal(size=(n_agents, features(kind, rng).shape[-1])),
    }
    reward, pulse = rng.normal(size=(2, N_TRIALS, N_STEPS))
    numpy, numba = both(features(kind, rng), reward, pulse=pulse, learning=learning, value_floor=value_floor, **options)
    assert np.abs(numpy.delta).max() > 1
    for name in ("delta", "value", "weights"):
        np.testing.assert_array_equal(getattr(numba, name), getattr(numpy, name), err_msg=name)
    for name in ("delta_mean", "delta_variance"):
        np.testing.assert_allclose(getattr(numba, name), getattr(numpy, name), rtol=0, atol=1e-12, err_msg=name)


@needs_numba
@pytest.mark.parametrize("bootstrap", ["updated", "stale"])
@pytest.mark.parametrize("n_agents", [1, 70])
@pytest.mark.parametrize("kind", ["two chains", "any"])
def test_all_else_is_the_same_to_rounding(kind, n_agents, bootstrap):
    """One discount and trace for all, a floor, and one agent; what no kernel takes goes the way of NumPy."""
    rng = np.random.default_rng(3)
    rates = rng.uniform(0.05, 0.2, n_agents)
    reward = rng.random((N_TRIALS, N_STEPS))
    options = {"trace_decay": 0.8, "value_floor": 0.0, "bootstrap": bootstrap}
    numpy, numba = both(features(kind, rng), reward, learning_rate=rates, **options)
    assert np.abs(numpy.delta).max() > 0.5
    for one, other in zip(numba, numpy, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("n_trials", "compiles"), [(3, False), (1500, True)])
def test_long_runs_are_compiled_where_numba_is_installed(n_trials, compiles, monkeypatch):
    calls = []
    monkeypatch.setattr(dispatch, "learn_compiled", lambda *told: calls.append(told))
    for engine in ("auto", "numpy"):
        rpe.td.learn(np.eye(5), np.ones((n_trials, 5)), discount=np.full(4, 0.9), engine=engine)
    assert len(calls) == (compiles and find_spec("numba") is not None)


def test_engines_are_told_apart():
    with pytest.raises(ValueError, match="engine must be one of"):
        rpe.td.learn(np.eye(3), np.ones((2, 3)), engine="cython")


def test_without_numba_it_says_what_to_install():
    code = (
        "import sys; sys.modules['numba'] = None; import importlib.util as u; u.find_spec = lambda name: None\n"
        "import numpy as np, rpe\nrpe.td.learn(np.eye(3), np.ones((2, 3)), engine='numba')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in run.stderr
    assert 'pip install "rpe[fast]"' in run.stderr
