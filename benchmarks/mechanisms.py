"""The agent loop with every mechanism around the agent at weight zero, against the plain loop.

Both run `rpe.simulate.run` with the same seed and must give the same errors, bit for bit. Times are CPU
time of this thread, in interleaved rounds; the ratio is the median of back-to-back ratios. A mechanism
that keeps a record even while it is idle (`observes_when_idle`) needs every step of the agent's own methods,
so that a single agent, which runs on plain numbers else, pays for it: those are in rows of their own.
"""

import time
from statistics import median

import numpy as np

import rpe

# All that go around any agent and rest by default; Efficacy goes around planners.
AROUND = [
    name
    for name in rpe.mechanisms.__all__
    if isinstance(mechanism := getattr(rpe.mechanisms, name), type)
    and issubclass(mechanism, rpe.mechanisms.Mechanism)
    and name not in ("Mechanism", "Efficacy")
]
TASK = rpe.tasks.micro_wins(n_goals=5)
PLAIN = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, inverse_temperature=1.0)


def wrapped(names):
    agent = PLAIN
    for name in names:
        agent = getattr(rpe.mechanisms, name)(agent)
    return agent


def simulate(agent, n_agents):
    start = time.thread_time()
    history = rpe.simulate.run(agent, TASK, n_agents=n_agents, n_trials=20, rng=0)
    return time.thread_time() - start, history.curves.delta_mean


def main():
    silent = [name for name in AROUND if not getattr(rpe.mechanisms, name).observes_when_idle]
    for names, must in ((silent, "must 1.10"), (AROUND, "some of which observe")):
        around = wrapped(names)
        for n_agents in (1, 1_000, 10_000):
            ratios = []
            for _ in range(9):
                plain, expected = simulate(PLAIN, n_agents)
                idle, found = simulate(around, n_agents)
                np.testing.assert_array_equal(found, expected)
                ratios.append(idle / plain)
            shown = " ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"{len(names)} idle mechanisms, {n_agents:6} agents: {median(ratios):.2f} of plain ({shown}); {must}")


if __name__ == "__main__":
    main()
