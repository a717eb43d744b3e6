"""What corrupted arguments come to: the calls of all docstrings, with one argument at a time that must not be there.

    python benchmarks/front_door.py --calls 10000 --seeds 0 1 2          # some ten minutes; prints the table
    python benchmarks/front_door.py --calls 500 --worst 20               # and what was not clear

Every public function, class and method that a docstring calls is called again with copies of the same arguments, of
which one is replaced (`tests/corruptions.py`). Nothing is asked of the docstrings but that they run. A method that
takes a `memory` or a `step` is a hook: simulations call it, thousands of times, with what they made themselves. A named
tuple is a plain record, and is checked where it is used. All else is an entry point.
"""

import argparse
import ast
import collections
import contextlib
import copy
import doctest
import importlib
import inspect
import io
import os
import pkgutil
import random
import signal
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("MPLBACKEND", "Agg")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from corruptions import NEITHER, corruptions, documented, verdict

import rpe

SECONDS, QUICK = 4.0, 1.0
KINDS = ("clear", "unnamed", "inner", "silent", "memory", "hang")
# They start servers or end the process, or write where they stand.
LEFT_OUT = {"rpe.demos.serve", "rpe.cli.main"}


class Call(NamedTuple):
    """A call that a docstring makes: the callable, its name in the library, and its arguments by name."""

    function: Any
    name: str
    arguments: dict[str, Any]


def public() -> dict[int, str]:
    """Return the name of each public function and class, by identity."""
    found = {}
    for room in rpe.__all__:
        module = importlib.import_module(f"rpe.{room}")
        for name in getattr(module, "__all__", ()):
            if f"rpe.{room}.{name}" not in LEFT_OUT and callable(getattr(module, name)):
                found[id(getattr(module, name))] = f"rpe.{room}.{name}"
    return found


class Recorder(ast.NodeTransformer):
    """Lets each call of a docstring be noted before it is made."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        return ast.copy_location(ast.Call(ast.Name("_noted", ast.Load()), [node.func, *node.args], node.keywords), node)


def noted_calls() -> list[Call]:
    """Return one call of each public callable and set of argument names that docstrings make."""
    names, calls, seen = public(), [], set()

    def name_of(function: Any) -> str | None:
        if (name := names.get(id(function))) is not None:
            return name
        owner = getattr(function, "__self__", None)
        cls = owner if isinstance(owner, type) else type(owner)
        method = getattr(function, "__name__", "_")
        return None if method.startswith("_") or id(cls) not in names else f"{names[id(cls)]}.{method}"

    def noted(function: Any, *args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(TypeError, ValueError, AttributeError, RecursionError):
            name = name_of(function)
            given = inspect.signature(function).bind(*args, **kwargs).arguments if name else {}
            plain = all(
                each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD, each.POSITIONAL_ONLY)
                for key, each in inspect.signature(function).parameters.items()
                if key in given
            )
            if name and plain and (name, tuple(given)) not in seen:
                seen.add((name, tuple(given)))
                calls.append(Call(copy.deepcopy(function), name, copy.deepcopy(dict(given))))
        return function(*args, **kwargs)

    for module in sorted(each.name for each in pkgutil.walk_packages(rpe.__path__, "rpe.")):
        if not module.endswith("__main__"):
            _run_docstrings(importlib.import_module(module), noted)
    return [call for call in calls if _works(call)]


def _run_docstrings(module: Any, noted: Any) -> None:
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        space = {**test.globs, "_noted": noted}
        for example in test.examples:
            tree = ast.fix_missing_locations(Recorder().visit(ast.parse(example.source)))
            with _quiet(), contextlib.suppress(Exception):
                exec(compile(tree, test.name, "exec"), space)


@contextlib.contextmanager
def _quiet() -> Any:
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def _works(call: Call) -> bool:
    with _quiet(), contextlib.suppress(Exception, Hang), limited(QUICK):
        call.function(**copy.deepcopy(call.arguments))
        return True
    return False


@contextlib.contextmanager
def limited(seconds: float) -> Any:
    """End a call after some seconds."""

    def over(*_: Any) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Hang(BaseException):
    """A call took too long."""


def place_of(call: Call) -> str:
    """Return where a call belongs: what users call, what simulations call, or a plain record."""
    if isinstance(call.function, type) and issubclass(call.function, tuple):
        return "plain records"
    hook = call.name.count(".") == 3 and {"memory", "step", "place"} & set(call.arguments)
    return "hooks" if hook else "entry points"


def about(call: Call, name: str) -> str:
    """Return what is known of a parameter: its documentation, and whether it may be left out as None."""
    parameter = inspect.signature(call.function).parameters[name]
    return documented(call.function).get(name, "") + (", optional" if parameter.default is None else "")


def planned(calls: list[Call]) -> list[tuple[Call, str, str]]:
    """Return every corrupted call: the call, the parameter and the kind of corruption."""
    jobs = []
    for call in calls:
        for name in inspect.signature(call.function).parameters:
            jobs += [(call, name, kind) for kind in corrupted(call, name)]
    return jobs


def corrupted(call: Call, name: str) -> dict[str, Any]:
    """Return the corruptions of an argument, also of one that is left out in the call."""
    parameter = inspect.signature(call.function).parameters[name]
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
        return {}
    value = call.arguments.get(name, parameter.default)
    if value is None:
        return {} if "anything" in about(call, name) else dict(NEITHER)
    return corruptions(name, value, about(call, name))


def tried(call: Call, name: str, kind: str) -> tuple[str, str]:
    """Make one corrupted call; return what became of it, and what was said."""
    bad = corrupted(call, name)[kind]()
    arguments = copy.deepcopy(call.arguments) | {name: bad}
    try:
        with _quiet(), limited(SECONDS):
            return verdict(lambda: call.function(**arguments), name)
    except Hang:
        return "hang", f"more than {SECONDS:g} s"


def counted(jobs: list[tuple[Call, str, str]], n: int, seed: int, worst: int) -> dict[str, collections.Counter[str]]:
    """Try `n` of the corrupted calls, drawn at random; return what became of those at entry points and at hooks."""
    found = {where: collections.Counter() for where in ("entry points", "hooks", "plain records")}
    shown = 0
    for call, name, kind in random.Random(seed).sample(jobs, min(n, len(jobs))):
        what, said = tried(call, name, kind)
        where = place_of(call)
        found[where][what] += 1
        if where == "entry points" and what != "clear" and shown < worst:
            shown += 1
            print(f"  {what:8s} {call.name}({name} = {kind}) {said[:110]}", flush=True)
    return found


def table(rows: list[tuple[int, dict[str, collections.Counter[str]]]]) -> str:
    """Return the figures as a table."""
    lines = [f"| seed | where | calls | {' | '.join(KINDS)} |", f"|---|---|---|{'---|' * len(KINDS)}"]
    for seed, found in rows:
        for where, counts in found.items():
            lines.append(f"| {seed} | {where} | {counts.total()} | {' | '.join(str(counts[kind]) for kind in KINDS)} |")
    return "\n".join(lines)


def measured(n_calls: int, seeds: list[int], worst: int = 0) -> str:
    """Return the figures of several seeds as a table."""
    here = os.getcwd()
    # Calls may write files.
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        calls = noted_calls()
        jobs = planned(calls)
        names = {call.name for call in calls}
        print(
            f"{len(calls)} calls of {len(names)} public callables, {len(jobs)} ways to corrupt one argument", flush=True
        )
        figures = table([(seed, counted(jobs, n_calls, seed, worst)) for seed in seeds])
        os.chdir(here)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="which calls; all if there are fewer")
    parser.add_argument("--worst", type=int, default=0, help="how many of those that were not clear to print")
    options = parser.parse_args()
    print(measured(options.calls, options.seeds, options.worst))


if __name__ == "__main__":
    main()
