"""From a history to the figure of its dopamine, and what release costs as steps get longer.

A run of 64 agents and 300 trials on five micro wins is read as dopamine, and the chain and the heat
map are drawn and rendered, from start to end: CPU time of one thread, the median of rounds. First a
sample of peaks is checked against SciPy's LSODA. Then the cost of a step of `rpe.dopamine.release` is
compared, in back-to-back rounds, for steps of a second, a minute and a day.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from io import BytesIO
from statistics import median
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import rpe

PULSE, TONIC, SYNCHRONY = 0.2, 5.0, 0.3


def run() -> Any:
    """The history of the README's five lines."""
    learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.98, trace_decay=0.9, inverse_temperature=1.0)
    task = rpe.tasks.micro_wins(n_goals=5)
    return rpe.simulate.run(learner, task, n_agents=64, n_trials=300, rng=0, record="all")


def figure(history: Any) -> Any:
    """From the history to two rendered figures; return the signal."""
    signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
    for ax in (rpe.plots.signal_chain(signal, trials=[0, 20, 299]), rpe.plots.win_by_win(signal)):
        ax.figure.savefig(BytesIO(), format="png")
    plt.close("all")
    return signal


def check(signal: Any) -> None:
    """Compare a sample of peaks with SciPy."""
    from scipy.integrate import solve_ivp

    k = rpe.dopamine.REGIONS["accumbens"]

    def change(_: float, state: Any, hz: float) -> list[float]:
        c, a = state
        free = k.release * (TONIC + SYNCHRONY * (hz - TONIC)) / (1 + k.brake * a)
        return [free - k.uptake * c / (k.affinity + c) - k.leak * c, k.on * c * (1 - a) - k.off * a]

    def after(state: Any, hz: float, seconds: float) -> Any:
        return solve_ivp(change, (0, seconds), state, args=(hz,), method="LSODA", rtol=1e-10, atol=1e-10).y[:, -1]

    rest = after([50.0, 0.3], TONIC, 1000.0)
    for row in np.random.default_rng(0).choice(signal.peaks.n_rows, 20, replace=False):
        expected = after(rest, signal.peaks["rate_Hz"][row], PULSE)[0]
        if abs(signal.peaks["peak_nM"][row] - expected) > 2e-3:
            sys.exit(f"peak {row} is {signal.peaks['peak_nM'][row]:.5f} nM, by SciPy {expected:.5f} nM")


def seconds(call: Callable[[], object]) -> float:
    """CPU time of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def main() -> None:
    """Check, time, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 3 if parser.parse_args().quick else 9
    history = run()
    check(figure(history))
    times = [seconds(lambda: figure(history)) for _ in range(rounds)]
    rates = np.random.default_rng(0).uniform(0, 40, (64, 30))
    steps = {"1 s": 1.0, "60 s": 60.0, "1 day": 86_400.0}
    costs = [[seconds(lambda dt=dt: rpe.dopamine.release(rates, dt)) for dt in steps.values()] for _ in range(rounds)]
    print("| work | found | must |\n|---|---|---|")
    print(f"| 64 agents × 300 trials, history to two figures, CPU s | {median(times):.2f} | ≤ 3 |")
    for i, name in enumerate(list(steps)[1:], 1):
        ratio = median(row[i] / row[0] for row in costs)
        print(f"| a step of release of {name} / one of 1 s | {ratio:.2f} | ≤ 3 |")
    print("all:", " ".join(f"{x:.2f}" for x in times))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
