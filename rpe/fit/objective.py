"""The objective of estimation: the log likelihood or posterior of many fits at once, its score and information."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np

from rpe._checks import ArrayLike, Bools, Floats, Ints, instance, shown, unmasked
from rpe.fit import bandit, semester_recursion, table_slopes
from rpe.fit.likelihood import FiniteTask, Moment, check_fits, log_likelihood, walk
from rpe.fit.model import EDGE, Free, Model
from rpe.fit.offer_models import log_policies, offer_log_likelihood
from rpe.fit.work_likelihood import outcomes, predictive, work_log_likelihood
from rpe.records import Choices, Offers, Signals, WorkLog

# Differences on the unconstrained scale: small against curvature, large against rounding.
DIFFERENCE = 1e-4
# Agents replayed at once.
_BLOCK = 1 << 14
_LEAST = 1e-300


Data = Choices | WorkLog | Offers
"""What can be fitted."""


class Slope(NamedTuple):
    """The objective of n fits, and how it changes.

    Attributes
    ----------
    value : float array (n,)
        Log likelihood, plus the log prior.
    score : float array (n, n_parameters)
        Its derivatives with respect to the parameters on the unconstrained scale.
    information : float array (n, n_parameters, n_parameters)
        Expected information of each choice (or day's work) given those before, plus that of the
        prior.
    """

    value: Floats
    score: Floats
    information: Floats


class Search:
    """What every objective of estimation has: groups of subjects, a model, a prior, and slopes."""

    model: Free
    data: Data | Signals
    trials: Bools | None
    prior: tuple[Floats, Floats] | None
    groups: list[Ints]

    def screen(self, u: Floats) -> Floats:
        """Return the objective (n_groups, n_points) of every group at the same points (n_points, p)."""
        raise NotImplementedError

    def slope(self, u: Floats, group: Ints) -> Slope:
        """Return the objective of n fits at u (n, p), fit i to the data of group `group[i]`, and its derivatives."""
        members = [self.groups[i] for i in group]
        size = self._at_once(members)
        parts = [self._block(u[i : i + size], members[i : i + size]) for i in range(0, len(u), size)]
        value, score, information = (np.concatenate(part) for part in zip(*parts, strict=True))
        if self.prior is not None:
            mean, precision = self.prior
            score = score - (u - mean) @ precision
            information = information + precision
        return Slope(value + self.log_prior(u), score, information)

    def curvature(self, u: Floats, group: Ints) -> Floats:
        """Return the negative second derivatives (n, p, p), by differences of the score."""
        p = u.shape[1]
        curvature = np.empty((len(u), p, p))
        for i in range(p):
            step = np.zeros(p)
            step[i] = 10 * DIFFERENCE
            ahead, behind = (self.slope(u + sign * step, group).score for sign in (1, -1))
            curvature[:, i] = (behind - ahead) / (20 * DIFFERENCE)
        return (curvature + curvature.transpose(0, 2, 1)) / 2

    def log_prior(self, u: Floats) -> Any:
        """Return the log density (n,) of the prior at u (n, p); 0 without one."""
        if self.prior is None:
            return np.zeros(len(u))
        mean, precision = self.prior
        away = u - mean
        _, log_determinant = np.linalg.slogdet(precision)
        constant = 0.5 * (log_determinant - u.shape[1] * np.log(2 * np.pi))
        return constant - 0.5 * np.einsum("ni,ij,nj->n", away, precision, away)

    def of_sensor(self, u: Floats) -> dict[str, Floats]:
        """Return what was solved for beside the parameters, (n_groups,) each: nothing where choices are fitted."""
        return {}

    def warnings(self, u: Floats) -> list[list[str]]:
        """Return what is to be said of each group's fit beside what holds for all models."""
        return [[] for _ in self.groups]

    def _at_once(self, members: list[Ints]) -> int:
        """How many fits make a block."""
        raise NotImplementedError

    def _block(self, u: Floats, members: list[Ints]) -> Slope:
        """Slopes of a block of fits, without the prior."""
        raise NotImplementedError


class Objective(Search):
    """The log likelihood of groups of subjects under a model, with an optional normal prior.

    Parameters
    ----------
    model : Model
        With p free parameters.
    data : Choices, WorkLog or Offers
        Of the subjects.
    trials : bool array (n_trials,) or None
        Which trials of choices are scored.
    prior : (mean (p,), precision (p, p)) or None
        Normal prior on the unconstrained scale.
    groups : sequence of int arrays, optional
        Subjects that share their parameters; by default each subject is a group of its own.
    """

    model: Model
    data: Data

    def __init__(
        self,
        model: Model,
        data: Data,
        trials: ArrayLike | None = None,
        prior: tuple[Floats, Floats] | None = None,
        groups: Sequence[Ints] | None = None,
    ) -> None:
        instance("model", model, Model)
        instance("data", data, Choices | Offers | WorkLog)
        self.model, self.data, self.prior = model, data, prior
        self.trials = _mask(trials, data)
        if isinstance(data, Offers) != (model.task is None):
            raise TypeError(f"data must fit a model {_kind(model)}; got {type(data).__name__}")
        if isinstance(data, Choices):
            check_fits(cast(FiniteTask, model.task), data)
        self._exact = bandit.applies(model, data)
        self._of_tables = not self._exact and table_slopes.applies(model, data)
        self._of_semester = semester_recursion.applies(model, data)
        self.groups = [np.array([i]) for i in range(data.n_subjects)] if groups is None else list(groups)

    def screen(self, u: Floats) -> Floats:
        """Return the objective (n_groups, n_points) of every group at the same points (n_points, p)."""
        if self._of_semester:
            each = self._semesters(self.model.from_free(u))
        else:
            each = np.stack([self._likelihood(*self.model.at(self.model.from_free(point))) for point in u], axis=1)
        return np.stack([each[group].sum(axis=0) for group in self.groups]) + self.log_prior(u)[None]

    def _semesters(self, values: Floats) -> Floats:
        """Log likelihood of every subject's semester at the same points, (n_subjects, n_points)."""
        n, log = self.data.n_subjects, cast(WorkLog, self.data)
        logs, done = semester_recursion.log_probabilities(
            self.model, log, np.tile(values, (n, 1)), np.repeat(np.arange(n), len(values))
        )
        total = np.take_along_axis(logs, done[:, None], axis=1).sum(axis=(0, 1))
        return np.maximum(total, np.log(_LEAST)).reshape(n, -1)

    def _at_once(self, members: list[Ints]) -> int:
        """How many fits make a block."""
        return max(1, _BLOCK // (1 + 2 * self.model.n_parameters) // max(map(len, members)))

    def _likelihood(self, agent: Any, task: Any) -> Floats:
        if isinstance(self.data, WorkLog):
            return np.maximum(work_log_likelihood(agent, task, self.data), np.log(_LEAST))
        if isinstance(self.data, Offers):
            return offer_log_likelihood(agent, self.data, self.trials)
        return log_likelihood(agent, task, self.data, self.trials)

    def _block(self, u: Floats, members: list[Ints]) -> Slope:
        """Slopes of a block of fits: exact, or central differences between variants that are agents of their own."""
        p = u.shape[1]
        fit = np.repeat(np.arange(len(u)), [len(group) for group in members])
        firsts = np.flatnonzero(np.diff(fit, prepend=-1))
        if self._exact:
            return self._exact_block(np.clip(u, -EDGE, EDGE), fit, firsts, np.concatenate(members))
        if self._of_tables:
            parts = self._table_slopes(np.clip(u, -EDGE, EDGE)[fit], np.concatenate(members))
            return Slope(*(np.add.reduceat(part, firsts) for part in parts))
        offsets = np.concatenate([np.zeros((1, p)), DIFFERENCE * np.eye(p), -DIFFERENCE * np.eye(p)])
        variants = (np.clip(u, -EDGE, EDGE)[None] + offsets[:, None])[:, fit].reshape(-1, p)
        subject = np.tile(np.concatenate(members), 1 + 2 * p)
        tally = _Tally(len(fit), p)
        add = {WorkLog: self._add_work, Offers: self._add_offers}.get(type(self.data), self._add_choices)
        add(variants, subject, tally)
        return Slope(*(np.add.reduceat(part, firsts) for part in (tally.value, tally.score, tally.information)))

    def _exact_block(self, u: Floats, fit: Ints, firsts: Ints, subject: Ints) -> Slope:
        """Slopes of a block of fits by their own recursion, where there is one."""
        parameters = self.model.parameters.values()
        values = self.model.from_free(u)[fit]
        parts = bandit.slopes(self.model, cast(Choices, self.data), values, subject, self.trials)
        value, score, information = (np.add.reduceat(part, firsts) for part in parts)
        turn = np.stack([p.slope(u[:, i]) for i, p in enumerate(parameters)], axis=1)
        return Slope(value, score * turn, information * turn[:, :, None] * turn[:, None])

    @cached_property
    def _table_slopes(self) -> table_slopes.TableSlopes:
        return table_slopes.TableSlopes(self.model, cast(Choices, self.data), self.trials)

    def _add_choices(self, variants: Floats, subject: Ints, tally: "_Tally") -> None:
        def visit(moment: Moment) -> None:
            if self.trials is None or self.trials[moment.trial]:
                tally.add_choices(moment.log_probability, moment.action, moment.scored)

        values, data = self.model.from_free(variants), cast(Choices, self.data)
        if not self.model.in_task:
            walk(*self.model.at(values), data, visit, subject)
            return
        groups = self._same_task(values)
        seen: list[dict[tuple[int, int], tuple[Floats, Ints, Bools]]] = [{} for _ in groups]
        for rows, kept in zip(groups, seen, strict=True):

            def keep(moment: Moment, to: Any = kept) -> None:
                to[moment.trial, moment.now] = (moment.log_probability, moment.action, moment.scored)

            walk(*self.model.at(values[rows]), data, keep, subject[rows])
        back = np.argsort(np.concatenate(groups), kind="stable")
        for at in sorted(set().union(*seen)):
            if self.trials is None or self.trials[at[0]]:
                # Where nobody of a group chose, nothing was seen of it.
                parts = [kept.get(at, self._nothing(len(rows))) for rows, kept in zip(groups, seen, strict=True)]
                tally.add_choices(*(np.concatenate(part, axis=-1)[..., back] for part in zip(*parts, strict=True)))

    def _add_offers(self, variants: Floats, subject: Ints, tally: "_Tally") -> None:
        data = cast(Offers, self.data)
        agent, _ = self.model.at(self.model.from_free(variants))
        logs = log_policies(agent, data, subject)
        scored = data.scored if self.trials is None else data.scored & self.trials
        subject = subject[: tally.n]
        tally.add_trials(logs, np.maximum(data.action[subject].T, 0), scored[subject].T)

    def _nothing(self, n: int) -> tuple[Floats, Ints, Bools]:
        shape = (cast(FiniteTask, self.model.task).n_actions, n)
        return np.zeros(shape), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)

    def _add_work(self, variants: Floats, subject: Ints, tally: "_Tally") -> None:
        values, log = self.model.from_free(variants), cast(WorkLog, self.data)
        if self._of_semester:
            everyone = np.ones(len(subject), dtype=np.bool_)
            for week, done in zip(*semester_recursion.log_probabilities(self.model, log, values, subject), strict=True):
                tally.add_choices(week, done, everyone)
            return
        parts = []
        for rows in self._same_task(values):
            # Members of a group share one solution of the task.
            different, solution = np.unique(values[rows], axis=0, return_inverse=True)
            parts.append(predictive(*self.model.at(different), log, subject[rows], solution.ravel()))
        back = np.argsort(np.concatenate(self._same_task(values)), kind="stable")
        seen, known = outcomes(log)
        for day, probabilities in enumerate(np.concatenate(parts, axis=-1)[..., back]):
            with np.errstate(divide="ignore"):
                tally.add_choices(np.log(probabilities), seen[day, subject], known[day, subject])

    def _same_task(self, values: Floats) -> list[Ints]:
        """Rows of parameters that share the task."""
        columns = [self.model.names.index(name) for name in self.model.in_task]
        _, group = np.unique(values[:, columns], axis=0, return_inverse=True)
        return [np.flatnonzero(group.ravel() == i) for i in range(group.max() + 1)]


def _mask(trials: ArrayLike | None, data: Data) -> Bools | None:
    """Which trials (n_trials,) of choices are scored, if any were named."""
    if trials is None:
        return None
    mask = unmasked("trials", trials)
    if mask.dtype.kind not in "bif" or (mask.dtype != np.bool_ and not np.isin(mask, (0, 1)).all()):
        raise TypeError(f"trials must hold True and False; got {shown(trials)}")
    n_trials = None if isinstance(data, WorkLog) else data.action.shape[1]
    if mask.ndim != 1 or (n_trials is not None and mask.size != n_trials):
        raise ValueError(f"trials must have shape ({n_trials},), one entry for each trial; got {mask.shape}")
    return mask.astype(np.bool_)


def _kind(model: Model) -> str:
    return "of offers" if model.task is None else "on a task"


class _Tally:
    """Sums of log likelihood, score and information over choices; variants first: 0, +h, −h of each parameter."""

    def __init__(self, n: int, p: int) -> None:
        self.n, self.p = n, p
        self.value, self.score, self.information = np.zeros(n), np.zeros((n, p)), np.zeros((n, p, p))
        self._fit = np.arange(n)

    def add_trials(self, log_probabilities: Floats, action: Ints, scored: Bools) -> None:
        """Add many choices per fit at once: (n_actions, n_trials, variants · n), and (n_trials, n) that were chosen."""
        p = self.p
        finite = np.where(np.isneginf(log_probabilities), np.log(_LEAST), log_probabilities)
        logs = finite.reshape(*finite.shape[:2], 1 + 2 * p, self.n)
        slopes = (logs[:, :, 1 : 1 + p] - logs[:, :, 1 + p :]) / (2 * DIFFERENCE)
        seen, weight = scored.astype(np.float64), np.exp(logs[:, :, 0]) * scored
        self.value += (np.take_along_axis(logs[:, :, 0], action[None], axis=0)[0] * seen).sum(axis=0)
        of_chosen = np.take_along_axis(slopes, action[None, :, None], axis=0)[0]
        self.score += (of_chosen * seen[:, None]).sum(axis=0).T
        for i in range(p):
            for j in range(i + 1):
                expected = (weight * slopes[:, :, i] * slopes[:, :, j]).sum(axis=(0, 1))
                self.information[:, i, j] += expected
                if i != j:
                    self.information[:, j, i] += expected

    def add_choices(self, log_probabilities: Floats, action: Ints, scored: Bools) -> None:
        """Add one choice per fit, with the information expected of it."""
        n, p = self.n, self.p
        # What is impossible counts as just possible, so that a fit can find its way out.
        finite = np.where(np.isneginf(log_probabilities), np.log(_LEAST), log_probabilities)
        logs = finite.reshape(-1, 1 + 2 * p, n)
        slopes = (logs[:, 1 : 1 + p] - logs[:, 1 + p :]) / (2 * DIFFERENCE)
        chosen, seen = action[:n], scored[:n].astype(np.float64)
        self.value += logs[chosen, 0, self._fit] * seen
        weight = np.exp(logs[:, 0]) * seen
        for i in range(p):
            self.score[:, i] += slopes[chosen, i, self._fit] * seen
            for j in range(i + 1):
                expected = (weight * slopes[:, i] * slopes[:, j]).sum(axis=0)
                self.information[:, i, j] += expected
                if i != j:
                    self.information[:, j, i] += expected
