"""What compiled kernels work on: task, learner, noise and page as plain arrays."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints


class TaskArrays(NamedTuple):
    """A task, flat, with cells (outcome · n_states + state) · n_actions + action.

    Attributes
    ----------
    n_actions, plane : int
        A, and the number of cells of one outcome, n_states · A.
    next_state : int array (n_cells,)
    utility, pseudo_reward : float array (n_cells,)
        reward + points − effort; the pseudo-reward without entries if there is none.
    reward, effort : float array (n_cells,)
        Without entries if they are not recorded.
    terminated : bool array (n_cells,)
    may_end : bool array (n_steps,)
        Whether a trial can end with each step.
    cumulative : float array (n_outcomes − 1, n_places)
        Cumulative probabilities of the outcomes; `n_places` is 1 if they are the same everywhere.
    available : bool array (n_states, A)
        Which actions are offered; without entries if all are, or if the values say it.
    done, offers : int and bool array (n_states,)
        Units done and whether work can be chosen; without entries if they are not recorded.
    """

    n_actions: int
    plane: int
    next_state: Ints
    utility: Floats
    pseudo_reward: Floats
    reward: Floats
    effort: Floats
    terminated: Bools
    may_end: Bools
    cumulative: Floats
    available: Bools
    done: npt.NDArray[np.int32]
    offers: Bools


class LearnerArrays(NamedTuple):
    """A learner: its rule as flags, and its parameters per agent.

    Attributes
    ----------
    table : float array (n_tables, n_states · n · A), or (1, n_states · n) of an actor-critic
        What is learned; changed in place.
    actor : float array (n_states · n · A,)
        Preferences of an actor-critic, changed in place; without entries for other learners.
    learning_rate, actor_rate, trace_decay, beta, exploration, pseudo_weight : float array (n,)
    discounts, weights : float array (n_tables, n)
    on_policy, replacing, cuts : bool
    traces : int
        How credit is assigned: `NO_TRACE`, `SWEEP` or `DENSE`.
    """

    table: Floats
    actor: Floats
    learning_rate: Floats
    actor_rate: Floats
    trace_decay: Floats
    beta: Floats
    exploration: Floats
    pseudo_weight: Floats
    discounts: Floats
    weights: Floats
    on_policy: bool
    replacing: bool
    cuts: bool
    traces: int


class NoiseArrays(NamedTuple):
    """What chance decides in a page of trials.

    Attributes
    ----------
    start : int array (n_trials, n)
        The first states.
    choice, outcome : float array (n_trials, n_steps, n)
        Uniform numbers; `outcome` without entries if steps have one outcome.
    """

    start: Ints
    choice: Floats
    outcome: Floats


class PageArrays(NamedTuple):
    """Where trials are written down, (n_steps (+ 1), n_trials, n); see `rpe.simulate.page.Page`.

    Attributes
    ----------
    delta, action, done, offers, reward, effort, length
        As there.
    state, cell : int arrays (n_steps + 1, n_trials, n) and (n_steps, n_trials, n)
        Where agents are, and what they did with which outcome (−1 after the end); without entries
        if nobody is recorded in full.
    """

    delta: Floats
    action: npt.NDArray[np.int16]
    done: npt.NDArray[np.int32]
    offers: Bools
    reward: Floats
    effort: Floats
    length: npt.NDArray[np.int32]
    state: Ints
    cell: Ints


class Lanes(NamedTuple):
    """Room for what a block of agents, at most `width` of them, goes through in a step; agents last.

    Attributes
    ----------
    here, after : float array (n_tables, A, width)
        Values of the state where agents are, and of the one that they reach.
    q, policy : float array (A, width)
        Q = Σ wᵢ Qᵢ, or preferences; what choices are drawn from, weights or probabilities.
    delta, carry, old : float array (n_tables, width)
        δᵢ, γᵢ (0 where the world ended), and the value that is learned.
    worth : float array (n_tables, width)
        What the state that was reached is worth to each table.
    kept : float array (n_tables, width)
        What earlier traces are multiplied by: 0 where they are cut, else 1.
    total, level, cumulative, utility : float array (width,)
    state, action, cell, to : int array (width,)
    row, row_after : int array (width,)
        Which rows of a table `here` and `after` are, state · n + agent.
    active : bool array (width,)
    visited : int array (n_steps, width)
        The entries that a trial visited, row · A + action.
    n_visited, place : int array (width,)
        How many these are, and which of them is visited now.
    trace : float array (n_tables, n_steps, width)
        Dense: the traces of these entries. Sweep: by how much λ-errors are carried into each step.
    errors : float array (n_tables, n_steps, width)
        Sweep: the errors of the trial.
    """

    here: Floats
    after: Floats
    q: Floats
    policy: Floats
    delta: Floats
    carry: Floats
    old: Floats
    worth: Floats
    kept: Floats
    total: Floats
    level: Floats
    cumulative: Floats
    utility: Floats
    state: Ints
    action: Ints
    cell: Ints
    to: Ints
    row: Ints
    row_after: Ints
    active: Bools
    visited: Ints
    n_visited: Ints
    place: Ints
    trace: Floats
    errors: Floats


# Agents that go abreast: so many that calls of a stage cost little, so few that their values stay near the processor.
NUMBERS, LEAST_LANES = 1024, 64
NO_TRACE, SWEEP, DENSE = 0, 1, 2
