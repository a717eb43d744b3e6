"""The parts of the main experiment that are learned: learners, credit assignment, errors at sub-goals."""

from functools import partial
from typing import Any

import numpy as np

from rpe import measures, simulate, sweep
from rpe._checks import Floats
from rpe.agents import ExpectedSarsa, MicroAgents, TabularLearner
from rpe.discounting import Exponential
from rpe.experiments.intervals import standard_errors
from rpe.experiments.micro_wins.arms import ARMS, Row, task
from rpe.experiments.micro_wins.example import DISCOUNTING, discount_functions
from rpe.experiments.micro_wins.settings import Settings

CREDIT_GOALS = (1, 2, 5, 20)
CREDIT_TRACES = (0.0, 0.5, 0.9, 0.98)
CHANCES = (1.0, 0.7)
N_MOMENTS = 16
_LAST = 5  # the last fifth of the trials is what a learner has come to


def solve(settings: Settings, **options: Any) -> list[Row]:
    """Let all learners learn; rows of the table. Options are those of `rpe.sweep.run`."""
    cells = [
        *(("learned", arm, shape, settings.n_goals, 1.0) for shape in DISCOUNTING for arm in ARMS),
        *(("credit", ARMS[1], "none", k, 1.0) for k in CREDIT_GOALS if k <= settings.n_units),
        *(("sub-goal error", ARMS[1], "hyperbolic", settings.n_goals, p) for p in CHANCES),
    ]
    names = ("part", "arm", "shape", "n_goals", "success_probability")
    plan = sweep.Design(dict(zip(names, map(list, zip(*cells, strict=True)), strict=True)))
    found = sweep.run(partial(cell, settings=settings), plan, **options)
    rows: list[Row] = []
    for i in range(found.n_rows):
        line = {name: found[name][i].item() for name in found}
        key = {name: line[name] for name in names}
        values = {name: value for name, value in line.items() if name not in names and value == value and value != ""}
        rows += _rows(key, values)
    return _with_effects(rows)


def cell(
    *, settings: Settings, part: str, arm: str, shape: str, n_goals: int, success_probability: float, rng: Any
) -> Row:
    """One condition, as columns; what belongs to one trial or one λ has it in its name after a bar."""
    if part == "learned":
        return learn(settings, arm, shape, rng)
    if part == "credit":
        return credit(settings, n_goals, rng)
    return sub_goal_errors(settings, success_probability, rng)


def _rows(key: Row, values: Row) -> list[Row]:
    """The row of a condition, and one for each trial or λ that it tells of."""
    plain = {name: value for name, value in values.items() if "|" not in name}
    rows = [{**key, **plain}] if plain else []
    found: dict[tuple[str, float], Row] = {}
    for name, value in values.items():
        if "|" in name:
            quantity, factor, level = name.split("|")
            part = "learning curve" if key["part"] == "learned" else key["part"]
            part = "error curve" if part == "sub-goal error" else part
            at = float(level)
            found.setdefault((factor, at), {**key, "part": part, factor: at})[quantity] = value
    return [*rows, *found.values()]


def _with_effects(rows: list[Row]) -> list[Row]:
    """Give learned arms their effect against the learned single goal."""
    learned = [line for line in rows if line["part"] == "learned"]
    base = {line["shape"]: line["procrastination_index"] for line in learned if line["arm"] == ARMS[0]}
    for line in learned:
        line["effect"] = base[line["shape"]] - line["procrastination_index"]
    return rows


def learner(settings: Settings, shape: str) -> TabularLearner:
    """The learner of each way to discount; each learns the value of what it really does."""
    # Greedy learners never explore apart from ε, which is what β = ∞ asks for.
    shared: dict[str, Any] = {
        "learning_rate": settings.learning_rate,
        "trace_decay": settings.trace_decay,
        "exploration": settings.exploration,
        "inverse_temperature": settings.inverse_temperature,
    }
    if shape == "hyperbolic":
        return MicroAgents(k=settings.k, **shared)
    exponential = discount_functions(settings)[shape]
    assert isinstance(exponential, Exponential)
    return ExpectedSarsa(discount=exponential.gamma, **shared)


def _moments(n_trials: int) -> list[int]:
    """Trials at which a curve of learning is read, evenly spread on a logarithmic axis."""
    return np.unique(np.geomspace(1, n_trials, N_MOMENTS).astype(np.int64)).tolist()


def _around(values: Any, trial: int) -> float:
    """The mean over the trials just before one, a fifth of those so far, where known."""
    part = np.asarray(values)[_before(trial)]
    known = part[np.isfinite(part)]
    return float(known.mean()) if known.size else float("nan")


def _before(trial: int) -> slice:
    return slice(max(0, int(trial * 0.8) - 1), trial)


def _ends(where: str, own: Floats) -> dict[str, float]:
    """The mean less and plus 1.96 standard errors over agents, as columns; own (n_agents,)."""
    low, high = own.mean() + 1.96 * (standard_errors(own) - own.mean())
    return {f"low|{where}": float(low), f"high|{where}": float(high)}


def learn(settings: Settings, arm: str, shape: str, rng: Any) -> Row:
    """Let learners work on one arm."""
    history = simulate.run(
        learner(settings, shape),
        task(settings, arm, discount_functions(settings)[shape]),
        n_agents=settings.n_agents,
        n_trials=settings.n_trials,
        rng=rng,
        record=[],
    )
    late = slice(-max(1, settings.n_trials // _LAST), None)
    index = measures.procrastination_index(history)
    band = measures.bootstrap(index[:, late].mean(axis=1), rng=rng)
    curve = {}
    for t in _moments(settings.n_trials):
        curve[f"procrastination_index|trial|{t}"] = _around(index.mean(axis=0), t)
        curve |= _ends(f"trial|{t}", index[:, _before(t)].mean(axis=1))
    return {
        "procrastination_index": float(band.mean),
        "low": float(band.low),
        "high": float(band.high),
        "completion_probability": float(measures.completion_probability(history)[:, late].mean()),
        "welfare": float(measures.welfare(history)[:, late].mean()),
        **curve,
    }


def credit(settings: Settings, n_goals: int, rng: Any) -> Row:
    """Learners that discount (almost) nothing, a group for each λ: what is left of a gain is credit assignment."""
    each = max(2, settings.n_agents // 2)
    agent = ExpectedSarsa(
        discount=0.99999,
        learning_rate=settings.learning_rate,
        trace_decay=np.repeat(CREDIT_TRACES, each),
        exploration=settings.exploration,
        inverse_temperature=0.5,
    )
    split = task(settings, ARMS[1], n_goals=n_goals, distraction=1.0)
    history = simulate.run(
        agent, split, n_agents=each * len(CREDIT_TRACES), n_trials=settings.n_credit_trials, rng=rng, record=[]
    )
    late = slice(-max(1, settings.n_credit_trials // _LAST), None)
    late_index = measures.procrastination_index(history)[:, late].reshape(len(CREDIT_TRACES), -1)
    found = {}
    for t, own, mean in zip(CREDIT_TRACES, late_index, late_index.mean(axis=1), strict=True):
        found[f"procrastination_index|trace_decay|{t}"] = float(mean)
        found |= _ends(f"trace_decay|{t}", own.reshape(each, -1).mean(axis=1))
    return found


def sub_goal_errors(settings: Settings, success_probability: float, rng: Any) -> Row:
    """Ask μAgents whether reaching a sub-goal keeps its error once it is expected."""
    split = task(settings, ARMS[1], success_probability=success_probability, distraction=0.5)
    bank = MicroAgents(k=0.05, learning_rate=settings.learning_rate, inverse_temperature=1.0)
    n_agents, n_trials = max(2, settings.n_agents // 4), settings.n_credit_trials
    history = simulate.run(bank, split, n_agents=n_agents, n_trials=n_trials, rng=rng, record="summary")
    errors = measures.event_errors(history)["sub-goal"]
    late = errors[-max(1, n_trials // _LAST) :]
    known = late[np.isfinite(late)]
    found = {"error": float(known.mean())} if known.size else {}
    return found | {f"error|trial|{t}": _around(errors, t) for t in _moments(n_trials)}
