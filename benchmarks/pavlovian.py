"""Linear TD(λ) by `rpe.td.learn`, against plain C and against a research script's loop.

Both sides learn from the same features and rewards by the same rule and return the same: weights,
means and variances of δ over agents, δ and V of the first 64 agents. First that is checked; then both
are timed from start to end. C takes one agent after another, so that an agent's weights stay in its
cache. Times are CPU time of one thread, in interleaved rounds; a ratio is the median of back-to-back
ratios, and all of them are printed.
"""

import argparse
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np
from _td import PlainTD

import rpe

N_STEPS, CUE = 50, 5


def compound() -> Any:
    """A complete serial compound, (n_steps, n_features)."""
    return np.eye(N_STEPS)[:, CUE:]


def microstimuli(n_features: int) -> Any:
    """Microstimuli of one stimulus that comes on at the cue, (n_steps, n_features)."""
    height = 0.985 ** np.arange(N_STEPS - CUE)[:, None]
    centre = np.arange(1, n_features + 1) / n_features
    x = np.zeros((N_STEPS, n_features))
    x[CUE:] = height * np.exp(-((height - centre) ** 2) / (2 * 0.08**2)) / np.sqrt(2 * np.pi)
    return x


def rewards(n_trials: int) -> Any:
    """A reward of 1 in step 40 of 90 % of trials."""
    reward = np.zeros((n_trials, N_STEPS))
    reward[:, 40] = np.random.default_rng(0).random(n_trials) < 0.9
    return reward


def rates_of(n_agents: int, *, shared: bool = False, traced: bool = True, largest: float = 0.3) -> Any:
    """Learning rate, discount and trace decay of every agent, (3, n_agents)."""
    rng = np.random.default_rng(1)
    rates = rng.uniform([[0.01], [0.9], [0.5]], [[largest], [1.0], [0.95]], (3, n_agents))
    if shared:
        rates[1:] = [[0.98], [0.9]]
    return rates if traced else rates * [[1], [1], [0]]


def ours(
    x: Any, reward: Any, rates: Any, *, shared: bool = False, record: str = "summary", engine: str = "numpy"
) -> Any:
    """The public call."""
    alpha, gamma, lam = rates
    if shared:
        gamma, lam = gamma[0], lam[0]
    return rpe.td.learn(x, reward, learning_rate=alpha, discount=gamma, trace_decay=lam, record=record, engine=engine)


def script(reward: Any, alpha: float, gamma: float, lam: float) -> Any:
    """A research script's loop over the states of a serial compound: one agent, one NumPy number after another."""
    w = np.zeros(N_STEPS - CUE)
    delta, value = np.zeros(reward.shape), np.zeros(reward.shape)
    for trial in range(reward.shape[0]):
        e, old = np.zeros(N_STEPS - CUE), 0.0
        for t in range(N_STEPS):
            if t >= CUE:
                value[trial, t] = w[t - CUE]
            delta[trial, t] = reward[trial, t] + gamma * value[trial, t] - old
            w += alpha * delta[trial, t] * e
            e *= gamma * lam
            if t >= CUE:
                e[t - CUE] = 1.0
                old = w[t - CUE]
    return delta, value, w


def seconds(call: Callable[[], Any]) -> float:
    """CPU time of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def ratios(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int) -> list[float]:
    """Time ours / theirs, back to back, in interleaved rounds."""
    return [seconds(ours) / seconds(theirs) for _ in range(rounds)]


def report(name: str, values: list[float], rule: str) -> None:
    """Print one row of the table."""
    spread = " ".join(f"{value:.3g}" for value in values)
    print(f"{name:<60} {median(values):>6.3g}   {rule:<8} [{spread}]", flush=True)


def check(plain: PlainTD) -> None:
    """Fail unless both sides compute the same."""
    reward = rewards(60)
    for n_agents in (1, 100):
        for options in ({}, {"shared": True}, {"traced": False}, {"shared": True, "traced": False}):
            rates, shared = rates_of(n_agents, **options), options.get("shared", False)
            same(ours(compound(), reward, rates, shared=shared), plain.serial(CUE, reward, rates))
            for n_features in (20, 50):
                x = microstimuli(n_features)
                same(ours(x, reward, rates, shared=shared), plain.linear(x, reward, rates))
    rates = rates_of(1)
    learned = ours(compound(), reward, rates)
    same((learned.delta[0], learned.value[0], learned.weights[0]), script(reward, *rates[:, 0]))


def same(one: Any, other: Any) -> None:
    """Fail unless all arrays agree."""
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-9)


def serial_rows(plain: PlainTD, rounds: int, *, quick: bool) -> None:
    """The serial compound against C and against the script."""
    x = compound()
    for n_agents, n_trials in ((10_000, 100),) if quick else ((10_000, 100), (100_000, 20)):
        reward = rewards(n_trials)
        for traced, rule in ((True, "<= 1.9"), (False, "<= 1.25")):
            rates = rates_of(n_agents, traced=traced)
            values = ratios(partial(ours, x, reward, rates), partial(plain.serial, CUE, reward, rates), rounds)
            report(f"serial compound, {n_agents:,} agents{'' if traced else ', λ = 0'} / C", values, rule)
    reward, rates = rewards(1000), rates_of(100, shared=True)
    values = ratios(partial(ours, x, reward, rates, shared=True), partial(plain.serial, CUE, reward, rates), rounds)
    report("serial compound, 100 agents, γ and λ shared / C", values, "<= 3.2")
    rates = rates_of(1)
    values = ratios(partial(ours, x, reward, rates), partial(script, reward, *rates[:, 0]), rounds)
    report("one agent, 1,000 trials / a research script's loop", values, "<= 0.10")


def compiled_rows(plain: PlainTD, rounds: int, *, quick: bool) -> None:
    """The compiled loops against C, and against NumPy for one agent whose values have a floor."""
    x = compound()
    for n_agents, n_trials in ((100, 1000), (1000, 200)) if quick else ((100, 1000), (1000, 200), (10_000, 100)):
        reward, rates = rewards(n_trials), rates_of(n_agents)
        mine, theirs = partial(ours, x, reward, rates, engine="numba"), partial(plain.serial, CUE, reward, rates)
        same(mine(), theirs())
        report(f"serial compound, Numba, {n_agents:,} agents / C", ratios(mine, theirs, rounds), "<= 0.76")
    told = {"learning_rate": 0.05, "discount": 0.98, "trace_decay": 0.9, "value_floor": 0.0}
    numba, numpy = (partial(rpe.td.learn, microstimuli(50), rewards(100), engine=e, **told) for e in ("numba", "numpy"))
    same(numba()[:3], numpy()[:3])
    report("50 microstimuli, one agent, a floor, Numba / NumPy", ratios(numba, numpy, rounds), "<= 0.10")


def other_rows(rounds: int, *, quick: bool) -> None:
    """Recording, scaling and memory."""
    x, reward, rates = compound(), rewards(100), rates_of(10_000)
    values = ratios(partial(ours, x, reward, rates), partial(ours, x, reward, rates, record="none"), rounds)
    report("default recording / none, 10,000 agents", values, "<= 1.25")
    if not quick:
        reward, many, few = rewards(20), rates_of(100_000), rates_of(2_000)
        values = [r / 50 for r in ratios(partial(ours, x, reward, many), partial(ours, x, reward, few), rounds)]
        report("time per agent, 100,000 / 2,000 agents", values, "<= 1.15")
    report("peak growth of memory / size of the weights, 200,000 agents", [growth()], "<= 1.15")


def microstimuli_rows(plain: PlainTD, rounds: int) -> None:
    """Microstimuli against C."""
    reward = rewards(20)
    for shared, rule in ((True, "<= 0.35"), (False, "<= 2.8")):
        for n_features in (20, 50):
            x, rates = microstimuli(n_features), rates_of(10_000, shared=shared)
            theirs = partial(plain.linear, x, reward, rates)
            values = ratios(partial(ours, x, reward, rates, shared=shared), theirs, rounds)
            report(f"{n_features} microstimuli, γ and λ {'shared' if shared else 'per agent'} / C", values, rule)


def growth() -> float:
    """How much one call adds to the peak of memory, over the size of the weights that it returns."""
    x, reward, rates = compound(), rewards(20), rates_of(200_000)
    tracemalloc.start()
    weights = ours(x, reward, rates).weights
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / weights.nbytes


def main() -> None:
    """Check, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer agents and rounds; about 20 seconds")
    parser.add_argument("--rounds", type=int, default=0, help="rounds per row")
    options = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit(subprocess.call([sys.executable, *sys.argv], env=os.environ | {"OMP_NUM_THREADS": "1"}))
    rounds = options.rounds or (3 if options.quick else 7)
    plain = PlainTD()
    check(plain)
    print(f"{'50 steps, reward on 90 % of trials':<60} {'ratio':>6}   must")
    serial_rows(plain, rounds, quick=options.quick)
    other_rows(rounds, quick=options.quick)
    microstimuli_rows(plain, rounds)
    if find_spec("numba") is not None:
        compiled_rows(plain, rounds, quick=options.quick)


if __name__ == "__main__":
    main()
