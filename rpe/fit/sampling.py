"""Posterior of hierarchical models by the No-U-Turn sampler, in ArviZ's form."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from rpe._checks import ArrayLike, Floats, Seed, count, flag, generator
from rpe.fit.estimation import objective_of
from rpe.fit.hierarchy import Hierarchy
from rpe.fit.likelihood import Moment, walk
from rpe.fit.model import Model
from rpe.fit.objective import Data, Objective, Search
from rpe.fit.offer_models import log_policies
from rpe.fit.signal_objective import SignalObjective
from rpe.fit.signals import SignalModel
from rpe.fit.synthetic import simulated
from rpe.records import Choices, Offers, Signals, WorkLog
from rpe.table import ColumnLike, Table

# Agents at once when the likelihood of each choice is computed.
_AGENTS = 1 << 14


def posterior(
    model: Model | SignalModel,
    data: Data | Signals,
    *,
    groups: Sequence[str] | None = None,
    covariates: Mapping[str, ArrayLike] | None = None,
    n_draws: int = 1000,
    n_tune: int = 1000,
    n_chains: int = 4,
    n_predictive: int = 100,
    rng: Seed = None,
    progress: bool = False,
) -> Any:
    """Sample the posterior of a hierarchical model: groups, covariates on parameters, and subjects.

    Subjects are draws around the mean of their group on the unconstrained scale; the density is
    that of `rpe.fit.hierarchy.Hierarchy`, and its sampler that of nutpie. Needs nutpie and ArviZ:
    `pip install "rpe[posterior]"`.

    Parameters
    ----------
    model : Model or SignalModel
        What is fitted. Priors of its parameters are those of the groups' means.
    data : Choices, WorkLog or Offers; Signals of a SignalModel
        Of the subjects. One subject alone has the priors as they are.
    groups : sequence of str, optional
        The group of each subject, with a mean of its own, such as patients and controls.
    covariates : mapping of str to float array (n_subjects,), optional
        By which subjects differ, such as a questionnaire's score; standardise them first, as the
        prior of their slopes is N(0, 1) per unit.
    n_draws, n_tune, n_chains : int
        Draws kept of each chain, those before them, and chains.
    n_predictive : int
        Draws from which data are simulated, spread over all; 0 simulates none.
    rng : int, numpy.random.Generator or None
        Seed.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    arviz.InferenceData
        *posterior*: each parameter by name, of every subject, on its own scale; with `_group`, the
        median of each group, with `_slope`, the change on the unconstrained scale per unit of each
        covariate, and with `_spread`, the standard deviation of subjects on that scale.
        *log_likelihood*: of each choice given those before (of each subject where choices are not
        seen one by one), for `arviz.loo`. *posterior_predictive* and *observed_data*: simulated and
        recorded choices, units of work or responses, the last with the gain, offset and noise that are best
        at each draw. *sample_stats*: of the sampler.

    Raises
    ------
    ImportError
        Without the extra, which the message names.
    TypeError, ValueError
        For groups or covariates that are not one for each subject, and as `fit`.

    References
    ----------
    Hoffman, M. D. & Gelman, A. (2014). The No-U-Turn sampler. Journal of Machine Learning Research
    15, 1593-1623.
    Seyboldt, A. et al. nutpie, https://github.com/pymc-devs/nutpie

    Examples
    --------
    With the extra `posterior`, and a `model` and `data` as for `rpe.fit.fit`::

        found = rpe.fit.posterior(model, data, rng=0)
        print(rpe.fit.posterior_summary(found))
    """
    nutpie, arviz = _engine()
    sizes = {"n_draws": n_draws, "n_tune": n_tune, "n_chains": n_chains}
    draws, tune, chains = (count(name, value) for name, value in sizes.items())
    predictive = count("n_predictive", n_predictive, 0)
    hierarchy = Hierarchy.of(objective_of(model, data), groups, covariates)
    for_chains, for_data = generator(rng).spawn(2)
    compiled = _compiled(nutpie, hierarchy)
    found = nutpie.sample(
        compiled,
        draws=draws,
        tune=tune,
        chains=chains,
        cores=1,
        seed=int(for_chains.integers(2**31)),
        save_warmup=False,
        progress_bar=flag("progress", progress),
    )
    values = np.stack([found.posterior[name].to_numpy() for name in model.names], axis=-1)
    more: dict[str, Any] = {"log_likelihood": _pointwise(hierarchy.objective, values)}
    more["observed_data"] = _seen(hierarchy.objective.data)
    if predictive:
        more["posterior_predictive"] = _predicted(hierarchy.objective, values, predictive, for_data)
    found.extend(arviz.from_dict(**more))
    return found


def posterior_summary(found: Any) -> Table:
    """Return mean, spread, 94 % interval and convergence of what a posterior holds, one row a number.

    Parameters
    ----------
    found : arviz.InferenceData
        Of `posterior`.

    Returns
    -------
    Table
        Columns variable, mean, sd, low, high (highest density), r_hat (below 1.01 where chains agree),
        ess_bulk and ess_tail (effective draws). Its `about` has the expected log predictive density by
        leave-one-out, `elpd_loo`, its standard error, and how many Pareto k are above .7.

    References
    ----------
    Vehtari, A., Gelman, A., Simpson, D., Carpenter, B. & Bürkner, P.-C. (2021). Rank-normalization,
    folding, and localization: an improved R-hat. Bayesian Analysis 16, 667-718. doi:10.1214/20-BA1221
    Vehtari, A., Gelman, A. & Gabry, J. (2017). Practical Bayesian model evaluation using
    leave-one-out cross-validation and WAIC. Statistics and Computing 27, 1413-1432.
    doi:10.1007/s11222-016-9696-4

    Examples
    --------
    With the extra `posterior`, and a `model` and `data` as for `rpe.fit.fit`::

        table = rpe.fit.posterior_summary(rpe.fit.posterior(model, data, rng=0))
        table.where(table["r_hat"] > 1.01)  # where chains do not agree
    """
    _, arviz = _engine()
    frame = arviz.summary(found, round_to="none")
    names = {"mean": "mean", "sd": "sd", "low": "hdi_3%", "high": "hdi_97%"}
    names |= {name: name for name in ("r_hat", "ess_bulk", "ess_tail")}
    columns: dict[str, ColumnLike] = {"variable": list(map(str, frame.index))}
    columns |= {name: frame[column].to_numpy(dtype=np.float64) for name, column in names.items()}
    loo = arviz.loo(found, pointwise=True)
    about = {"elpd_loo": float(loo.elpd_loo), "se": float(loo.se), "n_bad_k": int((loo.pareto_k > 0.7).sum())}
    return Table(columns, about)


def _engine() -> tuple[Any, Any]:
    try:
        return import_module("nutpie"), import_module("arviz")
    except ImportError as error:
        raise ImportError(
            'posterior needs nutpie and ArviZ; install them with: pip install "rpe[posterior]"'
        ) from error


def _compiled(nutpie: Any, hierarchy: Hierarchy) -> Any:
    """The density as nutpie takes it."""
    model, objective = hierarchy.objective.model, hierarchy.objective
    coordinates = {"subject": list(objective.data.subjects)}
    shapes: dict[str, tuple[str, ...]] = dict.fromkeys(model.names, ("subject",))
    if not hierarchy.single:
        coordinates |= {"group": list(hierarchy.group_names)}
        shapes |= {f"{name}_group": ("group",) for name in model.names} | {f"{name}_spread": () for name in model.names}
        if hierarchy.covariate_names:
            coordinates |= {"covariate": list(hierarchy.covariate_names)}
            shapes |= {f"{name}_slope": ("covariate",) for name in model.names}

    def expanded(x: Floats) -> dict[str, Floats]:
        at, own = hierarchy.parts(x), model.from_free(hierarchy.subjects(x))
        middle, spread = model.from_free(at.mean), np.exp(at.log_spread)
        of = {"": own, "_group": middle, "_slope": at.slope, "_spread": spread[None]}
        found = {f"{name}{end}": part[:, i] for i, name in enumerate(model.names) for end, part in of.items()}
        sizes = {name: [len(coordinates[d]) for d in dims] for name, dims in shapes.items()}
        return {name: np.array(found[name].reshape(size), order="C") for name, size in sizes.items()}

    def make_density() -> Callable[[Floats], tuple[float, Floats]]:
        return hierarchy.density

    def make_expansion(*_: object) -> Callable[[Floats], dict[str, Floats]]:
        return expanded

    sizes = [tuple(len(coordinates[d]) for d in dims) for dims in shapes.values()]
    return nutpie.compiled_pyfunc.from_pyfunc(
        hierarchy.size,
        make_density,
        make_expansion,
        [np.dtype(np.float64)] * len(shapes),
        sizes,
        list(shapes),
        coords=coordinates,
        dims=shapes,
        make_initial_point_fn=lambda seed: 0.5 * hierarchy.draw(np.random.default_rng(seed)),
    )


def _pointwise(objective: Search, values: Floats) -> dict[str, Floats]:
    """Log likelihood (n_chains, n_draws, n) of each choice, or of each subject, at values (chain, draw, subject, p)."""
    flat = values.reshape(-1, *values.shape[2:])
    size = max(1, _AGENTS // flat.shape[1])
    parts = [_of_block(objective, flat[i : i + size]) for i in range(0, len(flat), size)]
    each = np.concatenate(parts)
    return {"data": each.reshape(*values.shape[:2], -1)}


def _of_block(objective: Search, values: Floats) -> Floats:
    """Log likelihoods (n_draws, n) at values (n_draws, n_subjects, p)."""
    n_draws, n, p = values.shape
    model, data = objective.model, objective.data
    rows, subject = values.reshape(-1, p), np.tile(np.arange(n), n_draws)
    if isinstance(model, Model) and isinstance(data, Offers):
        logs = log_policies(model.at(rows)[0], data, subject)
        chosen = np.maximum(data.action, 0)[subject].T
        each = np.take_along_axis(logs, chosen[None], axis=0)[0].T.reshape(n_draws, n, -1)
        return each[:, data.scored]
    if isinstance(model, Model) and isinstance(data, Choices) and not model.in_task:
        seen: list[Floats] = []

        def visit(moment: Moment) -> None:
            chosen = moment.log_probability[moment.action, np.arange(len(subject))].reshape(n_draws, n)
            seen.append(chosen[:, moment.scored[:n]])

        walk(*model.at(rows), data, visit, subject)
        return np.concatenate(seen, axis=1)
    return objective.slope(model.to_free(rows), subject).value.reshape(n_draws, n)


def _predicted(objective: Search, values: Floats, n: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Data (1, n_draws, ...) simulated at some of the values (chain, draw, subject, p), spread over all."""
    flat = values.reshape(-1, *values.shape[2:])
    chosen = flat[np.linspace(0, len(flat) - 1, min(n, len(flat))).astype(int)]
    if isinstance(objective, SignalObjective):
        return {"response": np.stack([objective.drawn(objective.model.to_free(x), 1, rng)[0] for x in chosen])[None]}
    assert isinstance(objective, Objective)
    model, data = objective.model, objective.data
    rows, who = chosen.reshape(-1, chosen.shape[-1]), np.tile(np.arange(chosen.shape[1]), len(chosen))
    if isinstance(data, Offers):
        made: Choices | WorkLog | Offers = simulated(model, rows, data=data.take(who), rng=rng)
    elif isinstance(data, WorkLog):
        made = simulated(model, rows, data="work", rng=rng)
    else:
        made = simulated(model, rows, n_trials=data.action.shape[1], rng=rng)
    return {name: each.reshape(1, *chosen.shape[:2], *each.shape[1:]) for name, each in _seen(made).items()}


def _seen(data: Data | Signals) -> dict[str, Any]:
    if isinstance(data, WorkLog):
        return {"units": data.units}
    return {"response": data.response} if isinstance(data, Signals) else {"action": data.action}
