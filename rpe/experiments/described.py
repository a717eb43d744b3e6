"""Settings of an experiment as a table: defaults, units and meanings, read from the docstring of its `Settings`."""

import re
from dataclasses import fields
from inspect import getdoc
from typing import Any

from rpe._checks import shown
from rpe.experiments.experiment import Experiment, load
from rpe.experiments.run import settings_of
from rpe.table import Table

__all__ = ["settings_table"]

_UNIT = re.compile(
    r"(?:, |\bin |: |\b)(reward units per step|per squared reward unit|per reward unit|reward units"
    r"|per step|per choice|per day|per week|per moment|per repetition|logits|(?<=, )s)(?=[\s.,;:)]|$)"
)
_LENGTHS = re.compile(r"\b(steps|days|trials)\b", re.IGNORECASE)


def settings_table(experiment: str | Experiment[Any, Any]) -> Table:
    """Return the settings of an experiment: defaults, units and meanings, one row a setting.

    Parameters
    ----------
    experiment : str or Experiment
        One of `names()`, or a module or object of your own. Its `Settings` has a numpydoc docstring.

    Returns
    -------
    Table
        Columns `setting`, `default`, `quick`, `full` (as `--set` takes them), `unit` (empty where it has none) and
        `meaning`.

    Examples
    --------
    >>> import rpe
    >>> known = rpe.experiments.settings_table("inertia")
    >>> row = known.where(known["setting"] == "start_costs")
    >>> print(*(row[column][0] for column in ("default", "unit", "meaning")), sep=" | ")
    0,1,2,4,6,8 | reward units | Start-up costs s, reward units; the first should be 0.
    """
    if not isinstance(experiment, str) and not hasattr(experiment, "Settings"):
        raise TypeError(f"experiment must be a name, or have Settings; got {shown(experiment)}")
    known: Experiment[Any, Any] = load(experiment) if isinstance(experiment, str) else experiment
    names = [field.name for field in fields(known.Settings)]
    said = _meanings(getdoc(known.Settings) or "")
    columns: dict[str, list[str]] = {"setting": names}
    for size in ("default", "quick", "full"):
        settings = settings_of(known, size)
        columns[size] = [_as_given(getattr(settings, name)) for name in names]
    columns["unit"] = [_unit(said.get(name, "")) for name in names]
    columns["meaning"] = [said.get(name, "") for name in names]
    return Table(columns)


def _meanings(docstring: str) -> dict[str, str]:
    """What the section `Parameters` of a numpydoc docstring says of each name, on one line."""
    _, _, section = docstring.partition("Parameters\n----------\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.split("\n"):
        if line.startswith("---"):
            # The line before was the title of the next section, and not a name.
            return {name: text for name, text in found.items() if name not in names}
        if line[:1].strip():
            names = [name.strip() for name in line.partition(" : ")[0].split(",")]
            found |= dict.fromkeys(names, "")
        else:
            found |= {name: f"{found[name]} {line.strip()}".strip() for name in names}
    return found


def _unit(meaning: str) -> str:
    """The first unit that a meaning names; of a number of steps, days or trials, those."""
    named = _UNIT.search(meaning)
    if named is not None:
        return named[1]
    length = _LENGTHS.match(meaning)
    return length[1].lower() if length is not None else ""


def _as_given(value: object) -> str:
    """A setting as `--set` takes it."""
    if isinstance(value, tuple):
        return ",".join(map(_as_given, value))
    if isinstance(value, float):
        return short if float(short := f"{value:g}") == value else repr(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def __dir__() -> list[str]:
    return __all__
