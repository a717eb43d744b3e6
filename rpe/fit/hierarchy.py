"""The density of a hierarchical model: groups, covariates, subjects, and all their data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rpe._checks import ArrayLike, Floats, Ints, numbers
from rpe.fit.groups import first_group
from rpe.fit.model import EDGE
from rpe.fit.objective import Search


class Parts(NamedTuple):
    """A point of the hierarchy, taken apart.

    Attributes
    ----------
    mean : float array (n_groups, p)
        Of the groups, on the unconstrained scale.
    slope : float array (n_covariates, p)
        Change per unit of a covariate, on that scale.
    log_spread : float array (p,)
        Log standard deviation of subjects around what groups and covariates say.
    z : float array (n_subjects, p)
        Where each subject lies, in such standard deviations.
    """

    mean: Floats
    slope: Floats
    log_spread: Floats
    z: Floats


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Log density of subjects as draws around the means of their groups, with covariates, and its gradient.

    On the unconstrained scale, subject i of group g with covariates x has

        uᵢ = μ_g + xᵢ B + σ zᵢ,   μ ~ N(m, s²),   B ~ N(0, 1),   σ ~ N⁺(0, 1),   z ~ N(0, 1),

    with m and s the priors of the model's parameters, or twice the spread from which their starts are
    drawn. A single subject has u = m + s z.

    Attributes
    ----------
    objective : Search
        The likelihood, without a prior.
    group : int array (n_subjects,)
        The group of each subject.
    group_names, covariate_names : tuple of str
        What they are called.
    covariates : float array (n_subjects, n_covariates)
        As given.
    centre, width : float array (p,)
        m and s.
    """

    objective: Search
    group: Ints
    group_names: tuple[str, ...]
    covariates: Floats
    covariate_names: tuple[str, ...]
    centre: Floats
    width: Floats

    @classmethod
    def of(
        cls, objective: Search, groups: Sequence[str] | None = None, covariates: Mapping[str, ArrayLike] | None = None
    ) -> "Hierarchy":
        """Make the hierarchy of an objective's subjects.

        Raises
        ------
        TypeError, ValueError
            For groups or covariates that are not one for each subject.
        """
        n = len(objective.groups)
        names = ["all"] * n if groups is None else list(map(str, groups))
        if len(names) != n:
            raise ValueError(f"groups must name a group for each of the {n} subjects; got {len(names)}")
        known = tuple(dict.fromkeys(names))
        columns = {name: numbers(name, values) for name, values in (covariates or {}).items()}
        for name, values in columns.items():
            if values.shape != (n,):
                raise ValueError(f"{name} must have shape ({n},), one for each subject; got {values.shape}")
        x = np.stack(list(columns.values()), axis=1) if columns else np.zeros((n, 0))
        group = np.array([known.index(name) for name in names])
        return cls(objective, group, known, x, tuple(columns), *first_group(objective.model))

    @property
    def single(self) -> bool:
        """Whether there is one subject only, and so no group."""
        return len(self.group) == 1

    @property
    def size(self) -> int:
        """Number of dimensions."""
        p = len(self.centre)
        return p if self.single else p * (len(self.group_names) + len(self.covariate_names) + 1 + len(self.group))

    def parts(self, x: Floats) -> Parts:
        """Take a point (size,) apart."""
        p = len(self.centre)
        if self.single:
            return Parts(self.centre[None], np.zeros((0, p)), np.log(self.width), x[None])
        rows = x.reshape(-1, p)
        first, second = len(self.group_names), len(self.group_names) + len(self.covariate_names)
        return Parts(rows[:first], rows[first:second], rows[second], rows[second + 1 :])

    def subjects(self, x: Floats) -> Floats:
        """Return every subject's parameters at a point, (n_subjects, p), on the unconstrained scale."""
        at = self.parts(x)
        return at.mean[self.group] + self.covariates @ at.slope + np.exp(at.log_spread) * at.z

    def density(self, x: Floats) -> tuple[float, Floats]:
        """Return the log density at a point (size,), up to a constant, and its gradient (size,)."""
        at, u = self.parts(x), self.subjects(x)
        data = self.objective.slope(u, np.arange(len(u)))
        # Beyond the edge of the scale the likelihood is that of the edge.
        score = np.where(np.abs(u) < EDGE, data.score, 0.0)
        spread = np.exp(at.log_spread)
        value = data.value.sum() - 0.5 * (at.z**2).sum()
        z = score * spread - at.z
        if self.single:
            return float(value), z.ravel()
        away = (at.mean - self.centre) / self.width
        value += -0.5 * ((away**2).sum() + (at.slope**2).sum() + (spread**2).sum()) + at.log_spread.sum()
        mean = np.stack([score[self.group == g].sum(axis=0) for g in range(len(at.mean))]) - away / self.width
        slope = self.covariates.T @ score - at.slope
        log_spread = (score * at.z).sum(axis=0) * spread - spread**2 + 1
        return float(value), np.concatenate([mean.ravel(), slope.ravel(), log_spread, z.ravel()])

    def draw(self, rng: np.random.Generator) -> Floats:
        """Draw a point (size,) from the prior."""
        if self.single:
            return rng.standard_normal(self.size)
        p = len(self.centre)
        mean = self.centre + self.width * rng.standard_normal((len(self.group_names), p))
        slope = rng.standard_normal((len(self.covariate_names), p))
        spread = np.abs(rng.standard_normal(p))
        z = rng.standard_normal((len(self.group), p))
        return np.concatenate([mean.ravel(), slope.ravel(), np.log(spread), z.ravel()])
