"""Trial-wise regressors: prediction errors, values and choice probabilities of every trial, for brain and behaviour."""

from typing import Any, cast

import numpy as np

from rpe._checks import ArrayLike, Floats, instance, numbers
from rpe.fit.likelihood import FiniteTask, Moment, walk
from rpe.fit.model import Model
from rpe.fit.objective import Data
from rpe.fit.offer_models import OfferChooser, log_policies
from rpe.records import Choices, Offers
from rpe.table import Table

_COLUMNS = ("prediction_error", "value_chosen", "value_others", "choice_probability", "log_likelihood")


def trials_at(model: Model, data: Data, values: ArrayLike) -> Table:
    """Trial-wise regressors of a model at given parameters, such as estimates or posterior means.

    Parameters
    ----------
    model : Model
        Any.
    data : Choices or Offers
        Of n subjects.
    values : float array (n_subjects, n_parameters)
        Of the free parameters, natural scale.

    Returns
    -------
    Table
        One row a choice or miss, with the columns subject, trial, and for Choices step, state and
        reward; action (−1 for a miss); prediction_error (of `Choices`), value_chosen, value_others (the mean of
        the other actions that the state offers), choice_probability and log_likelihood of what was
        chosen. NaN at misses, for errors of which no feedback was seen, and for values of agents that
        have none.

    Raises
    ------
    TypeError
        For work over time, whose choices are not seen.
    ValueError
        For another shape of `values`.

    Examples
    --------
    >>> import rpe
    >>> free = {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)}
    >>> model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]), free, name="learns")
    >>> data = rpe.fit.simulated(model, [[0.2, 3.0], [0.5, 2.0]], n_trials=60, rng=0)
    >>> found = rpe.fit.trials_at(model, data, [[0.2, 3.0], [0.5, 2.0]])
    >>> found["subject"].shape, sorted(set(found) & {"prediction_error", "value_chosen"})
    ((120,), ['prediction_error', 'value_chosen'])
    """
    instance("model", model, Model)
    x = numbers("values", values)
    if not isinstance(data, Choices | Offers):
        raise TypeError(f"data must be Choices or Offers, in which choices are seen; got {type(data).__name__}")
    if x.shape != (data.n_subjects, model.n_parameters):
        raise ValueError(f"values must have shape {(data.n_subjects, model.n_parameters)}; got {x.shape}")
    return _of_offers(model, data, x) if isinstance(data, Offers) else _of_choices(model, data, x)


def _of_choices(model: Model, data: Choices, values: Floats) -> Table:
    found = {name: np.full(data.action.shape, np.nan) for name in _COLUMNS}
    groups = [np.array([i]) for i in range(len(values))] if model.in_task else [np.arange(len(values))]
    for group in groups:
        agent, task = model.at(values[group])
        _Watch(agent, found, group).over(task, data.take(group))
    at = who, trial, step = np.nonzero((data.action >= 0) | data.missed)
    columns: dict[str, Any] = {
        "subject": [data.subjects[i] for i in who],
        "trial": trial,
        "step": step,
        "state": data.state[at],
        "action": data.action[at],
        "reward": np.where(data.action[at] >= 0, data.reward[at], np.nan),
    }
    return Table(columns | {name: array[at] for name, array in found.items()}, {"model": model.name})


class _Watch:
    """What is written down of a group of subjects while their record is replayed."""

    def __init__(self, agent: Any, found: dict[str, Floats], group: Any) -> None:
        self.agent, self.found, self.group = agent, found, group

    def over(self, task: FiniteTask, data: Choices) -> None:
        """Replay the record."""
        walk(self.agent, task, data, self._before, learned=self._after)

    def _before(self, moment: Moment) -> None:
        who = np.flatnonzero(moment.chose)
        logs = moment.log_probability[moment.action[who], who]
        self._write("log_likelihood", moment, logs)
        self._write("choice_probability", moment, np.exp(logs))
        read = getattr(self.agent, "action_values", None)
        if read is None:
            return
        values = np.array(read(moment.memory, moment.state)[:, who])
        chosen = moment.action[who], np.arange(len(who))
        self._write("value_chosen", moment, values[chosen])
        # Actions that are never chosen are those that the state does not offer.
        others = np.isfinite(moment.log_probability[:, who])
        others[chosen] = False
        total = np.where(others, values, 0.0).sum(axis=0)
        count = others.sum(axis=0)
        self._write("value_others", moment, np.where(count > 0, total / np.maximum(count, 1), np.nan))

    def _after(self, moment: Moment, delta: Floats) -> None:
        self._write("prediction_error", moment, delta[moment.chose])

    def _write(self, name: str, moment: Moment, values: Floats) -> None:
        self.found[name][self.group[moment.chose], moment.trial, moment.now] = values


def _of_offers(model: Model, data: Offers, x: Floats) -> Table:
    chooser = cast(OfferChooser, model.at(x)[0])
    logs = log_policies(chooser, data)
    values = np.broadcast_to(chooser.values(data.attributes), (*data.action.shape, data.n_options))
    at = who, trial = np.nonzero(data.action >= 0)
    chosen = data.action[at]
    taken = values[who, trial, chosen]
    return Table(
        {
            "subject": [data.subjects[i] for i in who],
            "trial": trial,
            "action": chosen,
            "value_chosen": taken,
            "value_others": (values[at].sum(axis=-1) - taken) / (data.n_options - 1),
            "choice_probability": np.exp(logs[chosen, trial, who]),
            "log_likelihood": logs[chosen, trial, who],
        },
        {"model": model.name},
    )
