"""Streams of wins: what is paid when, by design; and the records that theories of dopamine make of them."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Floats, Ints
from rpe.experiments.micro_win_dopamine.settings import Settings
from rpe.schedules import Schedule
from rpe.theories import ANCCR, TD, Theory, ValueDecayTD

# Theories see a step as 1 s, and trials a minute apart: their time constants are those of animals.
TIME_BETWEEN_TRIALS = 60.0


class Design(NamedTuple):
    """What tells one stream from another; one column of the table each.

    Attributes
    ----------
    n_wins : int
        Parts of the budget.
    sizes : str
        "equal", "growing" or "shrinking".
    probability : float
        Of each win.
    control : str
        "none"; "announced": a signal one step before each win that will be paid; "shuffled": wins
        before the goal come at random steps.
    """

    n_wins: int
    sizes: str = "equal"
    probability: float = 1.0
    control: str = "none"

    @property
    def is_random(self) -> bool:
        """Whether outcomes differ between sequences."""
        return self.probability < 1 or self.control == "shuffled"


def designs(settings: Settings) -> list[Design]:
    """All streams: the plain one first."""
    n, p = settings.n_wins, settings.probability
    return [
        Design(n),
        Design(1),
        Design(n, "growing"),
        Design(n, "shrinking"),
        Design(n, probability=p),
        Design(n, probability=p, control="announced"),
        Design(n, control="shuffled"),
    ]


class Stream(NamedTuple):
    """One sequence of outcomes.

    Attributes
    ----------
    schedule : Schedule
        What theories learn; its steps are the moments of the trial, the cue first.
    units : int array (n_trials + 1, n_moments)
        Wins that were due so far.
    """

    schedule: Schedule
    units: Ints


def stream(settings: Settings, design: Design, rng: np.random.Generator) -> Stream:
    """Return what is paid in all trials; in the last one the middle win is left out."""
    n_trials, n_steps, n = settings.n_trials + 1, settings.n_steps, design.n_wins
    due = np.zeros((n_trials, n_steps + 1), dtype=bool)
    due[:, n_steps // n :: n_steps // n] = True
    if design.control == "shuffled":
        due[:, 1:-1] = rng.permuted(due[:, 1:-1], axis=1)
    units = np.cumsum(due, axis=1)
    paid = due & (rng.random(due.shape) < design.probability)
    if not design.is_random:
        paid[-1] &= units[-1] != (n + 1) // 2
    size = np.append(0.0, _sizes(settings, design))
    level = np.zeros((n_trials, n_steps + 1, 2))
    level[:, :-1, 0] = 1.0
    if design.control == "announced":
        level[:, :-1, 1] = paid[:, 1:]
    return Stream(_schedule(level, paid * size[units]), units)


def _sizes(settings: Settings, design: Design) -> Floats:
    """Pay of each win, (n_wins,); the budget is the same for all designs."""
    order = np.arange(1.0, design.n_wins + 1)
    weight = {"equal": np.ones_like(order), "growing": order, "shrinking": order[::-1]}[design.sizes]
    return np.asarray(settings.n_wins * weight / weight.sum())


def _schedule(level: Floats, reward: Floats) -> Schedule:
    n_trials = len(reward)
    zero = np.zeros(n_trials, dtype=np.int64)
    gap, due = np.full(n_trials, TIME_BETWEEN_TRIALS), np.full(n_trials, np.nan)
    learning = np.ones(reward.shape, dtype=bool)
    names = ("cue", "announcement")
    return Schedule(
        names, 1.0, level, reward, np.zeros(reward.shape), gap, zero, ("wins",), zero, ("training",), learning, due
    )


@dataclass(frozen=True, eq=False)
class Steps:
    """What theories say of streams, step by step, as `rpe.dopamine.from_history` reads it; an agent a theory."""

    agents: Ints
    state: Ints
    action: Ints
    reward: Floats
    effort: Floats
    delta: Floats
    units: Ints


@dataclass(frozen=True, eq=False)
class Record:
    """A record without an agent that acts, or a task with rules: a stream of wins."""

    full: Steps
    n_agents: int
    task: Any = None
    agent: Any = None
    memory: Any = None


def record(streams: list[Stream], errors: list[Floats]) -> Record:
    """Return the record of errors (n_agents, n_trials, n_moments) about each stream, one stream after the other."""
    many = [len(each) for each in errors]
    delta = np.concatenate(errors)
    reward = np.repeat(np.stack([each.schedule.reward[:, 1:] for each in streams]), many, axis=0)
    units = np.repeat(np.stack([each.units for each in streams]), many, axis=0)
    state = np.broadcast_to(np.arange(delta.shape[2]), delta.shape)
    action, effort = np.zeros(reward.shape, dtype=np.int64), np.zeros(reward.shape)
    return Record(Steps(np.arange(len(delta)), state, action, reward, effort, delta, units), len(delta))


def theories(settings: Settings) -> dict[str, tuple[Theory, list[dict[str, float]]]]:
    """Theories by name, each with the parameters of all its agents."""
    both = [{"learning_rate": a, "discount": g} for a in settings.learning_rates for g in settings.discounts]
    alpha, gamma = (np.array([each[name] for each in both]) for name in ("learning_rate", "discount"))
    # One step of γ and λ is one step of the stream.
    plain, traced = (
        TD(learning_rate=alpha, discount=gamma, trace_decay=trace, step=None) for trace in (0.0, settings.trace_decay)
    )
    # ANCCR learns per event, with rates that are smaller in its own papers.
    slow = np.array(settings.learning_rates) / 5
    return {
        "TD(0)": (plain, both),
        "TD(λ)": (traced, both),
        "value decay": (ValueDecayTD(learning_rate=alpha, discount=gamma), both),
        "ANCCR": (ANCCR(learning_rate=slow), [{"learning_rate": a} for a in settings.learning_rates]),
    }
