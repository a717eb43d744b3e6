"""Dynamics that an environment publishes, as tables, and whether it plays by them."""

from typing import Any

import numpy as np

from rpe._checks import Bools, Floats
from rpe.envs._received import checked_reset, checked_step
from rpe.tasks import Tables

_N_TRIALS, _N_STEPS, _LONGEST = 400, 1200, 200
_EXPLORATION = 0.3
# Probabilities are refused if what happens would be so unlikely; the seed is fixed, so that this is no lottery.
_UNLIKELY = 1e-6


def published(env: Any) -> Tables | None:
    """Return the dynamics `unwrapped.P` as tables, padded with outcomes of probability 0; None if there are none.

    Raises
    ------
    ValueError
        If states or actions are missing or do not exist, or what they bring is not as Gymnasium has it.
    """
    given = getattr(getattr(env, "unwrapped", None), "P", None)
    if not isinstance(given, dict | list) or not len(given):
        return None
    rows = {state: _listed(row) for state, row in _listed(given).items()}
    n_states, n_actions = len(rows), len(next(iter(rows.values())))
    if set(rows) != set(range(n_states)) or any(set(row) != set(range(n_actions)) for row in rows.values()):
        raise ValueError("P must hold every state and action, counted from 0; some are missing")
    n_outcomes = max(len(outcomes) for row in rows.values() for outcomes in row.values())
    shape = (n_outcomes, n_states, n_actions)
    to, chance, reward = np.zeros(shape, dtype=np.int64), np.zeros(shape), np.zeros(shape)
    terminated = np.zeros(shape, dtype=np.bool_)
    for state, row in rows.items():
        for action, outcomes in row.items():
            for i, outcome in enumerate(_checked_outcomes(outcomes, state, action, n_states)):
                place = (i, state, action)
                chance[place], to[place], reward[place], terminated[place] = outcome
    return Tables(to, chance, reward, np.zeros((1, 1, 1)), terminated, np.ones(shape[1:], dtype=np.bool_))


def _checked_outcomes(outcomes: Any, state: int, action: int, n_states: int) -> list[tuple[Any, ...]]:
    """What P says of an action, or what is wrong with it."""
    kinds = (int | float | np.number, int | np.integer, int | float | np.number, int | np.bool_)
    for outcome in outcomes:
        if len(outcome) != 4 or not all(isinstance(part, kind) for part, kind in zip(outcome, kinds, strict=True)):
            raise TypeError(
                "P must hold (probability, next state, reward, terminated) for every outcome; "
                f"action {action} in state {state} has {outcome!r}"
            )
        probability, after, pays, _ = outcome
        if not 0 <= after < n_states or not np.isfinite(pays) or not probability >= 0:
            raise ValueError(
                f"P must lead to states from 0 to {n_states - 1} with probabilities of at least 0 and finite rewards; "
                f"action {action} in state {state} has {outcome!r}"
            )
    total = sum(outcome[0] for outcome in outcomes)
    if not abs(total - 1) < 1e-6:
        raise ValueError(
            f"P must hold probabilities that sum to 1; those of action {action} in state {state} sum to {total:g}"
        )
    return list(outcomes)


def _listed(row: Any) -> dict[int, Any]:
    return dict(row) if isinstance(row, dict) else dict(enumerate(row))


def published_available(env: Any, tables: Tables) -> Bools:
    """Return which actions each state offers, (n_states, n_actions): `unwrapped.action_mask(state)`, or all."""
    mask = getattr(env.unwrapped, "action_mask", None)
    shape = tables.next_state.shape[1:]
    if not callable(mask):
        return np.ones(shape, dtype=np.bool_)
    offered: Bools = np.array([mask(state) for state in range(shape[0])], dtype=np.bool_)
    # Where a trial is over, a mask may offer nothing.
    offered[~offered.any(axis=1)] = True
    return offered


def check_by_playing(env: Any, tables: Tables, first: Floats) -> None:
    """Play sampled steps, always the same, and compare each with the tables.

    Half of the choices lead where the tables promise most and half where least was tried, so that what
    happens late in a trial is met as well.

    Raises
    ------
    ValueError
        If a step does what the tables do not allow, or outcomes come too often or too seldom, with the
        state and action.
    """
    rng = np.random.default_rng(0)
    best = _promising(tables)
    tried = np.zeros(tables.next_state.shape[1:], dtype=np.int64)
    seen: dict[tuple[int, int], list[tuple[int, float, bool]]] = {}
    left = _N_STEPS
    for trial in range(_N_TRIALS):
        state = int(checked_reset(env.reset(seed=trial))[0])
        if not 0 <= state < len(first) or first[state] == 0:
            raise ValueError(f"env must start where it publishes (initial_state_distrib); it started in state {state}")
        for _ in range(min(_LONGEST, left)):
            action = _choice(best[state], tables.available[state], tried[state], bool(trial % 2), rng)
            tried[state, action] += 1
            left -= 1
            after, reward, terminated, truncated, info = checked_step(env.step(action))
            _compare(tables, state, action, (int(after), reward, terminated))
            _compare_mask(tables, int(after), info, terminated or truncated)
            seen.setdefault((state, action), []).append((int(after), reward, terminated))
            state = int(after)
            if terminated or truncated:
                break
        if left <= 0:
            break
    _compare_frequencies(tables, seen)


def _choice(best: int, offered: Bools, tried: Any, explores: bool, rng: np.random.Generator) -> int:
    if not explores and rng.random() > _EXPLORATION:
        return int(best)
    count = np.where(offered, tried + rng.random(tried.size), np.inf)
    return int(np.argmin(count))


def _promising(tables: Tables, discount: float = 0.95) -> Any:
    """The action (n_states,) that the tables promise most of, by value iteration."""
    shape = tables.next_state.shape
    chance = np.broadcast_to(tables.outcome_probability, shape)
    gain, on = (chance * tables.reward).sum(axis=0), discount * chance * ~tables.terminated
    value = np.zeros(shape[1])
    for _ in range(100):
        q = np.where(tables.available, gain + (on * value[tables.next_state]).sum(axis=0), -np.inf)
        value = q.max(axis=1)
    return q.argmax(axis=1)


def _compare(tables: Tables, state: int, action: int, found: tuple[int, float, bool]) -> None:
    possible = tables.outcome_probability[:, state, action] > 0
    for name, part, value in zip(
        ("leads to state", "pays", "ends the trial:"),
        (tables.next_state, tables.reward, tables.terminated),
        found,
        strict=True,
    ):
        agrees: Any = np.isclose(part[:, state, action], value, rtol=1e-9, atol=1e-9)
        if not (possible & agrees).any():
            allowed = sorted(set(part[possible, state, action].tolist()))
            raise ValueError(
                f"env must play by the dynamics that it publishes; action {action} in state {state} {name} {value}, "
                f"where P allows {', '.join(map(str, allowed))}"
            )
        possible &= agrees


def _compare_mask(tables: Tables, state: int, info: dict[str, Any], over: bool) -> None:
    mask = info.get("action_mask")
    if mask is None or over or not np.any(mask):
        return
    if not np.array_equal(np.asarray(mask, dtype=np.bool_), tables.available[state]):
        raise ValueError(
            f"env must give the masks of its states as unwrapped.action_mask(state) to be tabulated; in state {state} "
            f"info['action_mask'] is {np.asarray(mask).tolist()}, where the tables have "
            f"{tables.available[state].astype(int).tolist()}"
        )


def _compare_frequencies(tables: Tables, seen: dict[tuple[int, int], list[tuple[int, float, bool]]]) -> None:
    """Refuse what happens too often or too seldom, by Pearson's test in every state and action."""
    from scipy.stats import chi2

    for (state, action), found in seen.items():
        expected: dict[tuple[int, float, bool], float] = {}
        for outcome in range(len(tables.next_state)):
            probability = tables.outcome_probability[outcome, state, action]
            key = tuple(
                part[outcome, state, action].item() for part in (tables.next_state, tables.reward, tables.terminated)
            )
            expected[key] = expected.get(key, 0.0) + float(probability)
        expected = {key: value for key, value in expected.items() if value > 0}
        n = len(found)
        if len(expected) < 2 or n * min(expected.values()) < 5:
            continue
        observed = {key: _hits(found, key) for key in expected}
        statistic = sum((observed[key] - n * p) ** 2 / (n * p) for key, p in expected.items())
        if chi2.sf(statistic, len(expected) - 1) < _UNLIKELY:
            likeliest = max(expected, key=lambda key: abs(observed[key] - n * expected[key]))
            raise ValueError(
                f"env must play by the dynamics that it publishes; action {action} in state {state} leads to state "
                f"{likeliest[0]} in {observed[likeliest]} of {n} steps, where P has probability {expected[likeliest]:g}"
            )


def _hits(found: list[tuple[int, float, bool]], key: tuple[int, float, bool]) -> int:
    return sum(a == key[0] and abs(r - key[1]) <= 1e-9 * max(1.0, abs(r)) and e == key[2] for a, r, e in found)


def start_distribution(env: Any, n_states: int) -> Floats:
    """Return where trials start, (n_states,): as published, or the one state in which a trial starts.

    Raises
    ------
    TypeError
        If the environment does not say.
    """
    core = env.unwrapped
    distribution = getattr(core, "initial_state_distrib", None)
    if distribution is not None:
        return np.asarray(distribution, dtype=np.float64)
    fixed = getattr(core, "start_state_index", None)
    if fixed is None:
        raise TypeError("env must publish where its trials start (initial_state_distrib); it does not")
    return np.eye(1, n_states, int(fixed))[0]
