"""Softmax Q-learning through `rpe.simulate.run`, against plain C and plain Python.

Both sides run the same public task with the same rule and form the same means and variances of δ.
First the same uniform numbers must give the same values; then both are timed from start to end,
each drawing its own numbers: NumPy's PCG64 here, xoshiro256+ in C. C takes one agent after another,
so that an agent's values stay in its cache; it records no progress, which the rows with sub-goals
do on our side. Times are CPU time of this one thread, in interleaved
rounds; a ratio is the median of back-to-back ratios, and all of them are printed.

`--figure` draws agent-steps per second against agents instead, as the docs show it.
"""

import argparse
import math
import random
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import gymnasium as gym
import numpy as np
from _c import AgentLoop

import rpe

ENGINES = ("numpy", "numba") if find_spec("numba") else ("numpy",)
FIGURE = Path(__file__).parents[1] / "notebooks" / "docs" / "figures" / "throughput.png"


def gridworld(side: int = 8, n_steps: int = 50, *, ends: bool = False) -> rpe.tasks.TableTask:
    """A square of cells with four moves; the far corner pays 10 and leads back to the start, or ends the trial."""
    row, column = np.divmod(np.arange(side * side), side)
    to_row = np.clip(row[:, None] + [0, 1, 0, -1], 0, side - 1)
    to_column = np.clip(column[:, None] + [1, 0, -1, 0], 0, side - 1)
    cell = to_row * side + to_column
    goal = cell == side * side - 1
    tables = rpe.tasks.Tables(
        next_state=(cell if ends else np.where(goal, 0, cell))[None],
        outcome_probability=np.ones((1, 1, 1)),
        reward=np.where(goal, 10.0, 0.0)[None],
        effort=np.full((1, 1, 1), 0.1),
        terminated=(goal & ends)[None],
        available=np.ones(cell.shape, dtype=bool),
    )
    return rpe.tasks.TableTask(tables, n_steps=n_steps)


def corridor(length: int = 40, n_steps: int = 50) -> rpe.tasks.TableTask:
    """A row of cells with two moves; the far end pays 10 and leads back to the start."""
    cell = np.clip(np.arange(length)[:, None] + [1, -1], 0, length - 1)
    goal = cell == length - 1
    tables = rpe.tasks.Tables(
        next_state=np.where(goal, 0, cell)[None],
        outcome_probability=np.ones((1, 1, 1)),
        reward=np.where(goal, 10.0, 0.0)[None],
        effort=np.full((1, 1, 1), 0.1),
        terminated=np.zeros((1, 1, 1), dtype=bool),
        available=np.ones(cell.shape, dtype=bool),
    )
    return rpe.tasks.TableTask(tables, n_steps=n_steps)


def noise_of(seed: int, n_agents: int, n_trials: int, n_steps: int) -> Any:
    """The uniform numbers with which `rpe.simulate.run` draws choices: a stream for every 256 agents."""
    noise = np.empty((n_trials, n_steps, n_agents))
    for i, group in enumerate(np.random.default_rng(seed).spawn(-(-n_agents // 256))):
        columns = slice(256 * i, min(256 * (i + 1), n_agents))
        stream = group.spawn(2)[0]
        for trial in noise:
            trial[:, columns] = stream.random((n_steps, columns.stop - columns.start))
    return noise


class ScalarLearner:
    """The same rule (λ = 0) for one agent over plain Python floats."""

    def __init__(self, agent: Any, task: Any) -> None:
        shape = task.tables.next_state.shape[1:]
        available = np.broadcast_to(task.tables.available, shape).tolist()
        self.offers = [[a for a in range(shape[1]) if can[a]] for can in available]
        self.q = [[0.0] * shape[1] for _ in range(shape[0])]
        self.alpha, self.gamma = float(agent.learning_rate), float(agent.discount)
        self.beta = float(agent.inverse_temperature)

    def choose(self, state: int) -> int:
        """Softmax by the inverse of the cumulative distribution."""
        row, offers = self.q[state], self.offers[state]
        best = max([row[a] for a in offers])
        weights = [math.exp(self.beta * (row[a] - best)) for a in offers]
        level = random.random() * sum(weights)
        chosen = offers[-1]
        for action, weight in zip(offers, weights, strict=True):
            level -= weight
            if level < 0:
                chosen = action
                break
        return chosen

    def learn(self, state: int, action: int, utility: float, to: int, over: bool) -> None:
        """One update of Q-learning."""
        ahead = 0.0 if over else max([self.q[to][a] for a in self.offers[to]])
        self.q[state][action] += self.alpha * (utility + self.gamma * ahead - self.q[state][action])


def python_loop(agent: Any, task: Any, n_trials: int) -> None:
    """One agent on the tables of the task as lists."""
    shape = task.tables.next_state.shape[1:]
    next_state = task.tables.next_state[0].tolist()
    utility = np.broadcast_to((task.tables.reward - task.tables.effort)[0], shape).tolist()
    ended = np.broadcast_to(task.tables.terminated[0], shape).tolist()
    learner = ScalarLearner(agent, task)
    for _ in range(n_trials):
        state = 0
        for _ in range(task.n_steps):
            action = learner.choose(state)
            to, over = next_state[state][action], ended[state][action]
            learner.learn(state, action, utility[state][action], to, over)
            state = to
            if over:
                break


def env_loop(agent: Any, env: Any, n_trials: int) -> None:
    """The same agent in the scalar Gymnasium environment."""
    learner = ScalarLearner(agent, env.task)
    for trial in range(n_trials):
        state, _ = env.reset(seed=0 if trial == 0 else None)
        over = False
        while not over:
            action = learner.choose(state)
            to, utility, over, _, _ = env.step(action)
            learner.learn(state, action, utility, to, over)
            state = to


def check(loop: AgentLoop, agent: Any, task: Any, engine: Any) -> None:
    """Fail unless both sides compute the same from the same noise."""
    n_agents, n_trials = 600, 30
    how = {"n_agents": n_agents, "n_trials": n_trials, "rng": 7, "keep_memory": True, "engine": engine}
    history = rpe.simulate.run(agent, task, **how)
    plain = loop(agent, task, n_agents, n_trials, noise_of(7, n_agents, n_trials, task.n_steps))
    np.testing.assert_allclose(
        np.where(task.tables.available.T[:, None], history.memory.q[0], 0.0).transpose(1, 2, 0), plain["q"], atol=1e-9
    )
    np.testing.assert_allclose(history.curves.delta_mean, plain["delta_mean"], atol=1e-9)
    variance = plain["square"] - plain["delta_mean"] ** 2
    np.testing.assert_allclose(history.curves.delta_variance, variance, atol=1e-6)


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
    spread = " ".join(f"{value:.2f}" for value in values)
    print(f"{name:<66} {median(values):>6.2f}   {rule:<8} [{spread}]", flush=True)


def main() -> None:
    """Check, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer agents and rounds; about half a minute")
    parser.add_argument("--figure", action="store_true", help=f"draw throughput against agents to {FIGURE.name}")
    parser.add_argument("--rounds", type=int, default=0, help="rounds per row")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 5)
    plain = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, inverse_temperature=1.0)
    traced = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, inverse_temperature=1.0, trace_decay=0.9)
    if options.figure:
        draw(throughput(plain, rounds))
        return
    against_c(plain, traced, rounds, quick=options.quick)
    others(plain, rounds, quick=options.quick)


def against_c(plain: Any, traced: Any, rounds: int, *, quick: bool) -> None:
    """The rows against C."""
    loop = AgentLoop()
    four, ending, two, goal = gridworld(), gridworld(ends=True), corridor(), rpe.tasks.micro_wins(5)
    for agent, task in ((plain, four), (plain, ending), (plain, two), (plain, goal), (traced, goal)):
        for engine in ENGINES:
            check(loop, agent, task, engine)
    print("same noise, same values: checked\n")
    print(f"{'time of rpe.simulate.run / time of plain C':<66} {'ratio':>6}   must")
    compiled = {100: "<= 1.0", 1_000: "<= 0.75", 10_000: "<= 0.6"}
    rows: list[tuple[str, Any, Any, dict[str, dict[int, str]]]] = [
        ("4 actions, 64 states", plain, four, {"numpy": {1_000: "<= 1.25", 10_000: "<= 1.0"}, "numba": compiled}),
        ("2 actions, 40 states", plain, two, {"numpy": {1_000: "<= 1.6", 10_000: "<= 1.6"}, "numba": compiled}),
        ("2 actions, five sub-goals, 2,562 states", plain, goal, {"numba": compiled}),
        ("2 actions, five sub-goals, traces", traced, goal, {}),
        ("4 actions, may end early; per step lived", plain, ending, {}),
    ]
    for name, agent, task, rules in rows:
        for engine in ENGINES:
            for n_agents in (100, 1_000, 10_000) if quick or task is goal else (100, 1_000, 10_000, 100_000):
                n_trials = max(5, (40_000 if quick else 400_000) // n_agents)
                ours, theirs = (
                    run_of(agent, task, n_agents, n_trials, engine),
                    partial(loop, agent, task, n_agents, n_trials),
                )
                rule = rules.get(engine, {}).get(n_agents, "")
                report(f"{name}, {n_agents:,} agents, {engine}", ratios(ours, theirs, rounds), rule)


def run_of(agent: Any, task: Any, n_agents: int, n_trials: int, engine: Any) -> Callable[[], Any]:
    """A run that keeps means over agents."""
    how = {"n_agents": n_agents, "n_trials": n_trials, "rng": 0, "record": "summary", "engine": engine}
    return partial(rpe.simulate.run, agent, task, **how)


def throughput(agent: Any, rounds: int) -> dict[str, dict[int, float]]:
    """Millions of agent-steps per second of CPU time, by how and number of agents; the best of the rounds."""
    task, loop, total = gridworld(), AgentLoop(), 100_000
    found: dict[str, dict[int, float]] = {}
    print(f"{'millions of agent-steps per second':<40} " + " ".join(f"{10**k:>9,}" for k in range(6)))
    for n_agents in (10**k for k in range(6)):
        n_trials = min(max(5, total // n_agents), 2_000)
        ways: dict[str, Callable[[], Any]] = {"plain C": partial(loop, agent, task, n_agents, n_trials)}
        ways |= {f"rpe, {engine}": run_of(agent, task, n_agents, n_trials, engine) for engine in ENGINES}
        if n_agents == 1:
            ways["plain Python loop"] = partial(python_loop, agent, task, n_trials)
        for call in ways.values():
            call()
        best = dict.fromkeys(ways, math.inf)
        for _ in range(rounds):
            best = {name: min(best[name], seconds(call)) for name, call in ways.items()}
        for name, time_taken in best.items():
            found.setdefault(name, {})[n_agents] = n_agents * n_trials * task.n_steps / time_taken / 1e6
    for name, speeds in found.items():
        print(f"{name:<40} " + " ".join(f"{speed:>9.2f}" for speed in speeds.values()))
    return found


def draw(found: dict[str, dict[int, float]]) -> None:
    """Draw throughput against agents."""
    import matplotlib.pyplot as plt

    with rpe.plots.style(width=4.6, height=3.1):
        figure, ax = plt.subplots(layout="constrained")
        for name, speeds in found.items():
            if len(speeds) == 1:
                ax.axhline(*speeds.values(), linestyle=":", color="0.5", label=name)
            else:
                ax.plot(list(speeds), list(speeds.values()), marker="o", markersize=3, label=name)
        ax.set(xscale="log", yscale="log", xlabel="agents", ylabel="agent-steps per second of\none thread (millions)")
        ax.legend()
    figure.savefig(FIGURE, dpi=220)
    print(f"drawn to {FIGURE}")


def others(agent: Any, rounds: int, *, quick: bool) -> None:
    """Recording, scaling, and one agent."""
    print(f"\n{'other ratios':<66} {'ratio':>6}   must")
    goal = rpe.tasks.micro_wins(5)

    def run(task: Any, n_agents: int, record: Any) -> Callable[[], Any]:
        return partial(rpe.simulate.run, agent, task, n_agents=n_agents, n_trials=20, rng=0, record=record)

    for name, task in (("gridworld", gridworld()), ("five sub-goals", goal)):
        values = ratios(run(task, 10_000, None), run(task, 10_000, "summary"), rounds)
        report(f"default recording / summary alone, {name}", values, "<= 1.25")
        if not quick:
            values = [r / 50 for r in ratios(run(task, 100_000, "summary"), run(task, 2_000, "summary"), rounds)]
            report(f"time per agent, 100,000 / 2,000 agents, {name}", values, "<= 1.15")
    one = {"numpy": "<= 1.3", "numba": "<= 0.5"}
    for name, task in (("4 actions", gridworld()), ("2 actions", corridor()), ("five sub-goals", goal)):
        for engine in ENGINES:
            values = ratios(run_of(agent, task, 1, 200, engine), partial(python_loop, agent, task, 200), rounds)
            report(f"one agent: time / a plain Python loop, {name}, {engine}", values, one[engine])
    env = gym.make("rpe/MicroWins-v0", task=goal).unwrapped
    values = ratios(partial(python_loop, agent, goal, 200), partial(env_loop, agent, env, 200), rounds)
    report("one agent: steps/s in the env / in a plain Python loop", values, ">= 0.5")
    batch = [2000 * r for r in ratios(partial(python_loop, agent, goal, 100), run(goal, 10_000, None), rounds)]
    report("10,000 agents: steps/s / in a plain Python loop", batch, "")


if __name__ == "__main__":
    main()
