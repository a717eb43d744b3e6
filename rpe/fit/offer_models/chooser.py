"""Choice between offers: what is shared by all models of it, and its likelihood."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from rpe._checks import ArrayLike, Floats, Ints, PerAgent, agent_count, default, instance, numbers, parameter, shown
from rpe._softmax import log_softmax
from rpe.choice import inverse_temperature
from rpe.records import Offers


@dataclass(frozen=True, eq=False, kw_only=True)
class OfferChooser(ABC):
    """Chooser between offers, P(option) ∝ exp(β V(option)): nothing is learned, and every trial stands alone.

    A model of your own is a frozen dataclass that states `values`, `needs` and the ranges of its parameters.

    Parameters
    ----------
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of value; infinity for greedy.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np
    >>> import rpe
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Largest(rpe.fit.OfferChooser):
    ...     needs = ("amount",)
    ...     def ranges(self):
    ...         return {}
    ...     def values(self, offer):
    ...         return offer["amount"]
    >>> chooser = Largest(inverse_temperature=1.0)
    >>> chooser.values({"amount": np.array([[[1.0, 3.0]]])}).argmax(axis=-1)
    array([[1]])
    """

    inverse_temperature: PerAgent = default(1.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inverse_temperature", inverse_temperature(self.inverse_temperature))
        for name, (low, high) in self.ranges().items():
            object.__setattr__(self, name, parameter(name, getattr(self, name), low, high))
        _ = self.n_agents

    @property
    @abstractmethod
    def needs(self) -> tuple[str, ...]:
        """Names of the attributes that it reads, such as "amount" and "delay"."""

    @abstractmethod
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter of its own, by name."""

    @abstractmethod
    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return what every option is worth.

        Parameters
        ----------
        offer : mapping of str to float array (n or 1, n_trials, n_options)
            The attributes of the options.

        Returns
        -------
        float array (n, n_trials, n_options)
        """

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return agent_count(**{name: value for name, value in arrays.items() if isinstance(value, np.ndarray)})

    def check_offer(self, offer: Mapping[str, Floats]) -> None:
        """Raise unless an offer has the attributes that the model needs, as numbers.

        Raises
        ------
        TypeError, ValueError
            If it has not.
        """
        if not isinstance(offer, Mapping):
            raise TypeError(f"offer must be a mapping of attributes to arrays; got {shown(offer)}")
        lacking = [name for name in self.needs if name not in offer]
        if lacking:
            raise ValueError(f"offers must have {', '.join(self.needs)}; they have {', '.join(offer)}")
        for name in self.needs:
            # Fits ask thousands of times, with arrays of a record that was checked.
            if type(offer[name]) is not np.ndarray or offer[name].dtype != np.float64:
                numbers(f"{name} of the offer", offer[name])

    def log_policy(self, offer: Mapping[str, Floats]) -> Floats:
        """Return the log choice probabilities (n_options, n_trials, n)."""
        self.check_offer(offer)
        return log_softmax(np.moveaxis(self.values(offer), (0, 1, 2), (2, 1, 0)), self.inverse_temperature)


def column(value: ArrayLike) -> Floats:
    """Return a parameter (n,) so that it stands beside offers (n, n_trials, n_options)."""
    array = np.asarray(value, dtype=np.float64)
    return array.reshape(-1, 1, 1) if array.ndim else array


def log_policies(chooser: OfferChooser, offers: Offers, subject: Ints | None = None) -> Floats:
    """Return log choice probabilities (n_options, n_trials, n) of n agents, agent i offered what subject[i] was."""
    who = np.arange(offers.n_subjects) if subject is None else subject
    return chooser.log_policy({name: values[who] for name, values in offers.attributes.items()})


def offer_log_likelihood(chooser: OfferChooser, offers: Offers, trials: ArrayLike | None = None) -> Floats:
    """Return the log likelihood of each subject's choices between offers, Σ ln P(chosen).

    Parameters
    ----------
    chooser : OfferChooser
        With one set of parameters, or one per subject.
    offers : Offers
        Of n subjects.
    trials : bool array (n_trials,), optional
        Which trials are scored.

    Returns
    -------
    float array (n_subjects,)

    Raises
    ------
    ValueError
        If an attribute is missing, or shapes do not fit.

    Examples
    --------
    >>> import rpe
    >>> amounts, days = [[80, 85], [34, 50]], [[0, 157], [0, 30]]
    >>> data = rpe.records.Offers.of([[0, 1]], amount=amounts, delay=days)
    >>> rpe.fit.offer_log_likelihood(rpe.fit.HyperbolicDelay(k=0.015, inverse_temperature=0.5), data).round(4)
    array([-0.5797])
    """
    instance("chooser", chooser, OfferChooser), instance("offers", offers, Offers)
    if chooser.n_agents not in (1, offers.n_subjects):
        raise ValueError(f"chooser must describe 1 or {offers.n_subjects} agents; got {chooser.n_agents}")
    logs = log_policies(chooser, offers)
    scored = offers.scored.T.copy()
    if trials is not None:
        mask = np.asarray(trials, dtype=np.bool_)
        if mask.shape != scored.shape[:1]:
            raise ValueError(f"trials must have shape {scored.shape[:1]}; got {mask.shape}")
        scored &= mask[:, None]
    each = np.take_along_axis(logs, np.maximum(offers.action.T, 0)[None], axis=0)[0]
    return np.where(scored, each, 0.0).sum(axis=0)
