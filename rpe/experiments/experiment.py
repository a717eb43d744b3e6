"""Experiments: what one is, which there are, and their settings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import numpy.typing as npt

from rpe._checks import Seed, choice, mapping, shown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from matplotlib.figure import Figure

__all__ = ["Experiment", "catalogue", "describe", "load", "names", "override"]

S = TypeVar("S", bound="DataclassInstance")
R = TypeVar("R")

_PACKAGE = "rpe.experiments"
_DOCSTRING = re.compile(r'r?"""(.*?)(?:"""|\n)')
_TOP_LEVEL = re.compile(
    r"^(?:(?:def|class) (\w+)|([\w, ]+?)(?:: [^=\n]+)? = |(?:from \S+ )?import (?:\(([^)]*)\)|(.*)$))", re.MULTILINE
)
# A module of this package that has all five is an experiment; helpers have fewer.
_PARTS = {"Settings", "run", "table", "sentences", "figures"}


class Experiment(Protocol[S, R]):
    """Experiment: settings, a run, a tidy table, computed sentences, and figures.

    A module with these five names is one, and so is any object that has them. A file in the package
    `rpe.experiments` is found by being there; one of your own is passed to `rpe.experiments.run`. The
    first line of its docstring says what it asks. Its name is its `__name__`, or that of its class. It may
    also have `preview(result) -> str`, which the command shows in place of the first part of the table.

    Examples
    --------
    >>> import rpe
    >>> inertia = rpe.experiments.load("inertia")
    >>> [part for part in ("Settings", "run", "table", "sentences", "figures") if hasattr(inertia, part)]
    ['Settings', 'run', 'table', 'sentences', 'figures']
    """

    @property
    def Settings(self) -> type[S]:
        """Frozen dataclass of settings, whose defaults are the usual size; may have `quick()` and `full()`."""
        ...

    def run(self, settings: S, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> R:
        """Do the work; the result does not depend on `n_jobs`."""
        ...

    def table(self, result: R) -> Mapping[str, Sequence[Any] | npt.NDArray[Any]]:
        """Return tidy columns: one row an observation, one column a factor."""
        ...

    def sentences(self, result: R) -> Sequence[str]:
        """Return the findings, computed from the result."""
        ...

    def figures(self, result: R) -> Mapping[str, "Figure"]:
        """Return figures by the suffix of their file's name; "" is the main one."""
        ...


def catalogue() -> dict[str, str]:
    """Return what every experiment of this package asks, in one line, by name.

    The files are read, not imported.

    Examples
    --------
    >>> catalogue()["future_self"]
    'Present bias against impatience: naive, sophisticated and split discounting, matched at the same horizon.'
    """
    found = {}
    for module in iter_modules(import_module(_PACKAGE).__path__):
        folder = Path(getattr(module.module_finder, "path", ""))
        source = folder / module.name / "__init__.py" if module.ispkg else folder / f"{module.name}.py"
        if (question := _question(source, source.stat().st_mtime_ns)) is not None:
            found[module.name] = question
    return dict(sorted(found.items()))


@cache
def _question(source: Path, changed: int) -> str | None:
    """The first line of an experiment's docstring; None of a module that is none. Read again once it has changed."""
    text = source.read_text(encoding="utf-8")
    said = _DOCSTRING.match(text)
    return said[1].strip() if said is not None and _bound(text) >= _PARTS else None


def _bound(text: str) -> set[str]:
    """Names that a module has once it is imported, of those that are defined, imported or assigned at its top."""
    # Reading forty files by `ast` would take as long as importing NumPy.
    bound = set()
    for defined, assigned, listed, imported in _TOP_LEVEL.findall(text):
        names = (listed or imported).split("#")[0].split(",")
        bound |= {defined, *assigned.split(", "), *(name.split(" as ")[-1].strip() for name in names)}
    return bound


def names() -> tuple[str, ...]:
    """Return the names of the experiments, in alphabetical order.

    Examples
    --------
    >>> import rpe
    >>> "micro_wins" in rpe.experiments.names()
    True
    """
    return tuple(catalogue())


def load(name: str) -> Experiment[Any, Any]:
    """Return the module of an experiment.

    Raises
    ------
    ValueError
        If there is no experiment of that name; the message lists them, and the one that looks like it.

    Examples
    --------
    >>> import rpe
    >>> rpe.experiments.load("cue_shift").Settings().n_trials
    600
    """
    return cast(Experiment[Any, Any], import_module(f"{_PACKAGE}.{choice('experiment', name, names())}"))


def describe(name: str) -> str:
    """Return what an experiment asks, in one line.

    Examples
    --------
    >>> import rpe
    >>> rpe.experiments.describe("ramps")
    'Dopamine ramps: with progress to see, with forgetting, or because the signal is value.'
    """
    known = catalogue()
    return known[choice("experiment", name, known)]


def override(settings: S, values: Mapping[str, str]) -> S:
    """Return settings with some fields replaced by values read from text.

    Parameters
    ----------
    settings : dataclass
        What is changed.
    values : mapping of str to str
        Numbers, `true` or `false`, or several of them with commas between, as the setting is now.

    Raises
    ------
    ValueError
        If a name is not a setting, or a value does not fit it; the message lists the names.

    Examples
    --------
    >>> import rpe
    >>> settings = rpe.experiments.load("micro_wins").Settings()
    >>> override(settings, {"n_goals": "4"}).n_goals
    4
    >>> override(rpe.experiments.load("inertia").Settings(), {"start_costs": "0,2,9"}).start_costs
    (0.0, 2.0, 9.0)
    """
    if isinstance(settings, type) or not is_dataclass(settings):
        raise TypeError(f"settings must be those of an experiment; got {shown(settings)}")
    now = {field.name: getattr(settings, field.name) for field in fields(settings)}
    changes = {
        name: _read(name, text, now[choice("setting", name, now)]) for name, text in mapping("values", values).items()
    }
    return replace(settings, **changes)


def _read(name: str, text: str, now: Any) -> Any:
    """Read a value of the kind that is there now, or several with commas between them, with or without brackets."""
    if isinstance(now, tuple):
        text = text.strip()
        bare = text[1:-1].removesuffix(",") if text[:1] == "(" and text[-1:] == ")" else text
        parts = bare.split(",")
        return tuple(_read(name, part.strip(), now[0]) for part in parts)
    if isinstance(now, bool):
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{name} must be true or false; got {text!r}")
        return text.lower() == "true"
    try:
        return type(now)(text)
    except ValueError as error:
        rule = "a whole number" if isinstance(now, int) else "a number"
        raise ValueError(f"{name} must be {rule}; got {text!r}") from error


def __dir__() -> list[str]:
    return __all__
