"""Families of settings in tidy tables: what tells settings apart, and effects between two levels of a factor."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe.claims.claim import Facts, Rows

__all__ = ["change", "each_level", "joined", "meaningful", "unlike", "wide"]

# A class is what became of a setting, and does not tell it from others.
_NO_FACTORS = ("quantity", "value", "part", "class")
Factors = dict[str, npt.NDArray[Any]]


def unlike(rows: Rows, *but: str) -> Factors:
    """Return the factors of a family: the columns of long rows in which they differ, but those that are named."""
    names = [name for name in rows if name not in (*_NO_FACTORS, *but)]
    return meaningful({name: rows[name] for name in names if len(set(map(str, rows[name].tolist()))) > 1})


def meaningful(factors: Mapping[str, npt.NDArray[Any]]) -> Factors:
    """Return factors with NaN where a level means nothing: the rate of who does not discount, ANCCR's other rates.

    Examples
    --------
    >>> meaningful({"kT": np.array([0.0, 4.8])})["kT"]
    array([nan,  4.8])
    """
    found = dict(factors)
    if "kT" in found:
        found["kT"] = np.where(found["kT"] == 0, np.nan, found["kT"])
    if "theory" in found and "learning_rate" in found:
        found["learning_rate"] = np.where(found["theory"] == "ANCCR", np.nan, found["learning_rate"])
    return found


def wide(facts: Facts, quantities: Sequence[str], /, **where: object) -> tuple[dict[str, Floats], Factors]:
    """Return quantities of a family side by side, and in what its settings differ.

    Parameters
    ----------
    facts : Facts
        Of a table with one quantity a row.
    quantities : sequence of str
    **where
        What factors must be.

    Returns
    -------
    columns : dict of str to float array (n_settings,)
        By quantity; NaN where a setting does not have it.
    factors : dict of str to array (n_settings,)

    Examples
    --------
    >>> from rpe.experiments.tidy import tidy
    >>> rows = ((1, "x", 0.7), (1, "y", 0.2), (2, "x", 1.0))
    >>> wide(Facts(tidy({"k": k, "quantity": q, "value": v} for k, q, v in rows)), ["x", "y"])[0]["y"]
    array([0.2, nan])
    """
    rows = facts.rows(quantity=tuple(quantities), **where)
    same = [name for name in rows if name not in (*_NO_FACTORS,)]
    keys = _keys(rows, same)
    first = {key: i for i, key in reversed(list(enumerate(keys)))}
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    columns = {name: np.full(len(places), np.nan) for name in quantities}
    for key, name, value in zip(keys, rows["quantity"].tolist(), rows["value"].tolist(), strict=True):
        columns[name][places[key]] = value
    chosen = [first[key] for key in places]
    return columns, unlike({name: rows[name][chosen] for name in same})


def _keys(rows: Rows, names: Sequence[str]) -> list[tuple[str, ...]]:
    """What tells the rows apart, by these columns, as text: a missing number is equal to another."""
    columns = [list(map(str, rows[name].tolist())) for name in names]
    return [tuple(column[i] for column in columns) for i in range(len(rows["value"]))]


def change(
    facts: Facts, quantity: str, factor: str, to: object, of: object, /, **where: object
) -> tuple[Floats, Factors]:
    """Return a quantity at one level of a factor less that at another, in settings that agree in everything else.

    Parameters
    ----------
    facts : Facts
        Of a table with one quantity a row.
    quantity, factor : str
    to, of
        The two levels.
    **where
        What other factors must be.

    Returns
    -------
    difference : float array (n_settings,)
    factors : dict of str to array (n_settings,)
        In which the settings differ.

    Raises
    ------
    KeyError
        If no two settings differ in this factor alone.

    Examples
    --------
    >>> from rpe.experiments.tidy import tidy
    >>> rows = ((1, "a", 0.7), (1, "b", 0.2), (2, "a", 1.0))
    >>> facts = Facts(tidy({"k": k, "arm": arm, "quantity": "x", "value": x} for k, arm, x in rows))
    >>> change(facts, "x", "arm", "a", "b")[0]
    array([0.5])
    """
    rows = facts.rows(quantity=quantity, **where)
    same = [name for name in rows if name not in (*_NO_FACTORS, factor)]
    levels = rows[factor].tolist()
    keys = _keys(rows, same)
    values = np.asarray(rows["value"], dtype=np.float64)
    base = {key: values[i] for i, key in enumerate(keys) if levels[i] == of}
    chosen = [i for i, key in enumerate(keys) if levels[i] == to and key in base]
    if not chosen:
        raise KeyError(f"no {quantity!r} at both {of!r} and {to!r} of {factor!r} where {where}")
    difference = np.array([values[i] - base[keys[i]] for i in chosen])
    return difference, unlike({name: rows[name][chosen] for name in same})


def each_level(facts: Facts, quantity: str, factor: str, of: object, /, **where: object) -> tuple[Floats, Factors]:
    """Return a quantity at every level of a factor less that at the level `of`, as `change` does.

    Raises
    ------
    KeyError
        As `change`.
    """
    levels = dict.fromkeys(facts.rows(quantity=quantity, **where)[factor].tolist())
    own = [level for level in levels if level not in (of, "") and level == level]
    parts = [change(facts, quantity, factor, level, of, **where) for level in own]
    names = [name for name in facts.table if any(name in factors for _, factors in parts)]
    sizes = [len(effect) for effect, _ in parts]
    factors = {
        name: np.concatenate(
            [found.get(name, np.full(size, "")) for (_, found), size in zip(parts, sizes, strict=True)]
        )
        for name in names
    }
    return np.concatenate([effect for effect, _ in parts]), {**factors, factor: np.repeat(own, sizes)}


def joined(*parts: Mapping[str, Sequence[object] | npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Return the columns that families have in common, one family after the other."""
    common = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in common}


def __dir__() -> list[str]:
    return __all__
