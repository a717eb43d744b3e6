"""The roster: which theories are scored, on which findings; both are found in their folders."""

import pkgutil
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from rpe import theories as theory_modules
from rpe._checks import did_you_mean, shown
from rpe.scorecard import findings as finding_modules
from rpe.scorecard.finding import Finding
from rpe.theories import Theory


def roster() -> dict[str, Callable[[], Theory]]:
    """Return what makes each theory of the roster, by its name on the scorecard.

    Every public module of `rpe.theories` says in its `SCORECARD` as which variants it is scored.
    The order is that of the exports of `rpe.theories`; what is not exported comes last.

    Raises
    ------
    TypeError
        For a module without `SCORECARD`.
    ValueError
        For two variants of the same name.

    Examples
    --------
    >>> list(roster())[:2]
    ['Rescorla-Wagner', 'TD(0)']
    """
    exported = list(theory_modules.__all__)
    first = {getattr(theory_modules, name).__module__: place for place, name in reversed(list(enumerate(exported)))}
    found: dict[str, Callable[[], Theory]] = {}
    for module in sorted(_modules(theory_modules), key=lambda each: first.get(each.__name__, len(exported))):
        if module.__name__ == "rpe.theories.protocol":
            continue
        for name, make in _declared(module, "SCORECARD").items():
            if name in found:
                raise ValueError(f"theories must have different names on the scorecard; got {name!r} twice")
            found[name] = make
    return found


def theories() -> tuple[str, ...]:
    """Return the names of the roster.

    Examples
    --------
    >>> "TD(0)" in theories()
    True
    """
    return tuple(roster())


def finding_ids() -> tuple[str, ...]:
    """Return the ids of all findings, in order.

    Examples
    --------
    >>> finding_ids()[0]
    'A01'
    """
    return tuple(finding.id for finding in _findings().values())


def load(finding: str) -> Finding:
    """Return a finding by its id, by the name of its file, or from a file of your own.

    Parameters
    ----------
    finding : str
        Such as "B01", or "blocking"; or the path of a Python file that defines FINDING, such as "mine/dip.py".

    Raises
    ------
    TypeError
        For a file without FINDING.
    ValueError
        If there is none; the message lists the ids.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> load("A01").title
    'Reward response moves to the cue'
    >>> load("blocking") is load("B01")
    True
    """
    if isinstance(finding, str) and finding.endswith(".py"):
        return _own(finding)
    found = _findings()
    if isinstance(finding, str) and finding in found:
        return found[finding]
    by_id = {each.id: each for each in found.values()}
    if not isinstance(finding, str) or finding not in by_id:
        ids = ", ".join(map(repr, by_id))
        raise ValueError(f"finding must be one of {ids}; got {shown(finding)}{did_you_mean(finding, [*found, *by_id])}")
    return by_id[finding]


def expected(theory: str, finding: str) -> str:
    """Return what is expected of a theory of the roster: "PASS", "FAIL", or empty where nothing is said.

    An expectation is no verdict: where the two differ there is something to explain.

    Raises
    ------
    ValueError
        If there is no such finding.

    Examples
    --------
    >>> expected("TD(0)", "A01"), expected("Rescorla-Wagner", "A01"), expected("my theory", "A01")
    ('PASS', 'FAIL', '')
    """
    return load(finding).expected(theory)


@cache
def _own(path: str) -> Finding:
    """The finding of a file, run as a module of its own."""
    spec = spec_from_file_location(f"rpe_finding_{Path(path).stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"finding must be the path of a Python file; got {path!r}")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = _declared(module, "FINDING")
    if not isinstance(found, Finding):
        raise TypeError(f"FINDING of {path} must be a Finding; got {found!r}")
    return found


@cache
def _findings() -> Mapping[str, Finding]:
    """All findings by the names of their files, ordered by id."""
    found: dict[str, Finding] = {
        module.__name__.rpartition(".")[2]: _declared(module, "FINDING") for module in _modules(finding_modules)
    }
    ids = [finding.id for finding in found.values()]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise ValueError(f"findings must have different ids; got {', '.join(twice)} twice")
    return dict(sorted(found.items(), key=lambda pair: pair[1].id))


def _modules(package: ModuleType) -> list[ModuleType]:
    """The public modules of a package, by name."""
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__) if not each.name.startswith("_"))
    return [import_module(f"{package.__name__}.{name}") for name in names]


def _declared(module: ModuleType, name: str) -> Any:
    """What a module declares under a name, or say that it does not."""
    if not hasattr(module, name):
        raise TypeError(f"{module.__name__} must define {name}")
    return getattr(module, name)
