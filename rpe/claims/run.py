"""Runs the experiments behind the claims, judges each claim by its rule, and writes the verdicts."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from rpe import experiments
from rpe._checks import choice, count, flag, hinting, instance
from rpe._files import figure_writer, write_together
from rpe._parallel import Cell, Progress, evaluate
from rpe._shown import few
from rpe.claims import behaviour, practice, scored, signal, story
from rpe.claims.claim import BUILT_IN, FAILS, HOLDS, UNTESTED, Claim, Facts, Judged, kind
from rpe.claims.page import page as figures_page
from rpe.experiments.files import prepare
from rpe.experiments.run import settings_of
from rpe.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["CLAIMS", "ClaimsTable", "figure", "run", "write"]

_LISTS = (behaviour, signal, story, practice)
CLAIMS: dict[str, Claim] = {claim.id: claim for each in _LISTS for claim in each.CLAIMS}
_WIDE = ("micro_wins",)
_SIZES = ("quick", "default", "full")


@dataclass(frozen=True)
class ClaimsTable:
    """Verdicts of the claims, and what they rest on.

    Attributes
    ----------
    judged : dict of str to Judged
        By the id of the claim.
    seed : int or None
        The seed, if it was a number.
    size : str
        Of the experiments: "quick", "default" or "full".
    reports : dict of str to rpe.experiments.Report
        What the experiments found, by name.
    """

    judged: dict[str, Judged]
    seed: int | None
    size: str
    reports: dict[str, experiments.Report] = field(default_factory=dict)

    def __repr__(self) -> str:
        return str(self)

    @property
    def table(self) -> Table:
        """One row per claim: what is claimed, what the models do, what studies found, and what is built in.

        Columns: claim, verdict, share (of a family of settings in which the claim holds; NaN if it was
        not judged over one) with low and high (95 % interval), depends_on (factors that turn it, the
        strongest first), studies (what they found, and how good that is), built_in (what models
        assume), experiment, source, id, holds, settings (counts), reversed (share in which the opposite
        holds), number, meaning (of the number) and rule.

        `about` has the seed, the size of the experiments, and how many claims have which verdict.
        """
        claims = [CLAIMS[name] for name in self.judged]
        found = list(self.judged.values())
        parts = [each.share for each in found]
        return Table(
            {
                "claim": [claim.text for claim in claims],
                "verdict": [each.verdict for each in found],
                "share": [part.share if part else np.nan for part in parts],
                "low": [part.low if part else np.nan for part in parts],
                "high": [part.high if part else np.nan for part in parts],
                "depends_on": ["; ".join(part.depends_on) if part else "" for part in parts],
                "studies": [claim.studies for claim in claims],
                "built_in": [claim.built_in for claim in claims],
                "experiment": ["; ".join(claim.experiments) for claim in claims],
                "source": [claim.source for claim in claims],
                "id": list(self.judged),
                "holds": [part.holds if part else 0 for part in parts],
                "settings": [part.n if part else 0 for part in parts],
                "reversed": [each.reversed for each in found],
                "number": [each.number for each in found],
                "meaning": [each.meaning for each in found],
                "rule": [claim.rule for claim in claims],
            },
            {"seed": self.seed, "size": self.size, "counts": self.counts()},
        )

    def counts(self) -> dict[str, int]:
        """Return how many claims have each kind of verdict.

        Examples
        --------
        >>> import rpe
        >>> rpe.claims.run(["B13", "D14"], size="quick").counts()["built in"]
        1
        """
        kinds = dict.fromkeys((HOLDS, "depends", FAILS, BUILT_IN, UNTESTED), 0)
        for each in self.judged.values():
            kinds[kind(each.verdict)] += 1
        return kinds

    def __str__(self) -> str:
        lines = []
        for name, each in self.judged.items():
            number = each.meaning if np.isnan(each.number) else f"{each.meaning}: {few(each.number)}"
            part = each.share
            share = f"; holds in {part.share:.0%} ({part.low:.0%} to {part.high:.0%})" if part else ""
            lines.append(f"{name:<4} {CLAIMS[name].text}\n     {each.verdict}{share} ({number})")
        return "\n".join([*lines, self.counted()])

    def counted(self) -> str:
        """Return the counts in words."""
        return ", ".join(f"{n} {word}" for word, n in self.counts().items())


@hinting
def run(
    claims: Sequence[str] | None = None,
    *,
    rng: int | None = 0,
    size: str = "default",
    n_jobs: int = 1,
    progress: bool = False,
) -> ClaimsTable:
    """Run the experiments behind the claims, and judge each by its rule.

    Parameters
    ----------
    claims : sequence of str, optional
        Ids such as "B3"; all by default.
    rng : int or None
        Seed of every experiment.
    size : {"quick", "default", "full"}
        Settings of the experiments.
    n_jobs : int
        Processes, at least 1; with more than one, call this from a script that is guarded by
        `if __name__ == "__main__":`. Verdicts do not depend on it.
    progress : bool
        Whether to show which experiment runs.

    Returns
    -------
    ClaimsTable

    Raises
    ------
    ValueError
        For an unknown id or size.

    Examples
    --------
    >>> import rpe
    >>> rpe.claims.run(["B13"], size="quick").judged["B13"].verdict
    'built in'
    """
    names = [choice("claim", name, CLAIMS) for name in (CLAIMS if claims is None else claims)]
    choice("size", size, _SIZES)
    count("n_jobs", n_jobs)
    needed = list(dict.fromkeys(each for name in names for each in CLAIMS[name].experiments))
    with Progress(len(needed), show=flag("progress", progress), label="claims") as bar:
        # An experiment that fills all processes by itself comes first; the rest share them, one each.
        found = {name: _result(name, size, rng, n_jobs) for name in needed if name in _WIDE}
        bar.update(len(found))
        cells = [Cell(name, _result, (name, size, rng, 1)) for name in needed if name not in found]
        found |= evaluate(cells, n_jobs=min(n_jobs, max(1, len(cells))), done=bar.update)
    reports = {name: _report(name, size, rng, found[name]) for name in needed if name != scored.NAME}
    facts = {name: Facts(reports[name].table if name in reports else found[name]) for name in needed}
    judged = {name: CLAIMS[name].judge(*(facts[each] for each in CLAIMS[name].experiments)) for name in names}
    return ClaimsTable(judged, rng, size, reports)


def _result(name: str, size: str, rng: int | None, n_jobs: int) -> Any:
    """The result of an experiment, or the table of the scorecard; both can be sent between processes."""
    if name == scored.NAME:
        return scored.table(size, rng)
    known = experiments.load(name)
    return known.run(settings_of(known, size), rng, n_jobs=n_jobs)


def _report(name: str, size: str, rng: int | None, result: Any) -> experiments.Report:
    """The report of an experiment whose result is there; its figures could not be sent between processes."""
    known = experiments.load(name)
    parts = {part: getattr(known, part) for part in ("Settings", "table", "sentences", "figures")}
    ready = SimpleNamespace(__name__=name, run=lambda *_, **__: result, **parts)
    return experiments.run(ready, settings_of(known, size), rng)


def write(table: ClaimsTable, directory: str | os.PathLike[str]) -> list[Path]:
    """Write `claims.csv`, the verdicts as `.png` and `.svg`, and a page of figures, `claims.html`.

    `claims.json` stands beside the table, so that `rpe.table.read` reads it. All files are replaced, or
    none. The page shows the claims beside the figures of the
    experiments that judged them, with text alternatives.

    Raises
    ------
    OSError
        If the directory cannot be made or written to.

    Examples
    --------
    >>> import tempfile
    >>> import rpe
    >>> table = rpe.claims.run(["B12"], size="quick")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(path.name for path in rpe.claims.write(table, folder))
    ['claims.csv', 'claims.html', 'claims.json', 'claims.png', 'claims.svg']
    """
    instance("table", table, ClaimsTable)
    csv = prepare(directory) / "claims.csv"
    page = figure(table)
    writers = table.table._writers(csv)
    writers |= {csv.with_suffix(f".{ending}"): figure_writer(page, ending) for ending in ("png", "svg")}
    seed = "no seed" if table.seed is None else f"seed {table.seed}"
    about = f"Verdicts computed from experiments of {table.size} size, {seed}, by the rules that stand with them."
    html = figures_page(CLAIMS, table.judged, table.reports, about, table.counted())
    writers[csv.with_suffix(".html")] = lambda path: _write_text(path, html)
    write_together(writers)
    return [csv, *(path for path in writers if path != csv)]


def figure(table: ClaimsTable) -> "Figure":
    """Return the page: every claim with its verdict, and how many have which.

    Examples
    --------
    >>> import rpe
    >>> table = rpe.claims.run(["B12"], size="quick")
    >>> type(rpe.claims.figure(table)).__name__
    'Figure'
    """
    from matplotlib.figure import Figure

    from rpe import plots

    instance("table", table, ClaimsTable)
    order = sorted(table.judged, key=lambda name: _place(table.judged[name]))
    judged = [table.judged[name] for name in order]
    none = (float("nan"),) * 3
    shares = [none if each.share is None else each.share[:3] for each in judged]
    with plots.style():
        page = Figure(figsize=(180 / 25.4, 0.9 + 0.205 * len(order)), layout="constrained")
        ax = plots.verdict_page(
            [f"{name}  {CLAIMS[name].text}" for name in order],
            [each.verdict for each in judged],
            [each.number for each in judged],
            [each.meaning for each in judged],
            shares=shares if any(each.share is not None for each in judged) else None,
            ax=page.subplots(),
        )
        plots.heading(ax, _headline(judged))
    return page


def _place(found: Judged) -> tuple[int, float]:
    """Where a verdict stands on the page: those that hold first, by their shares."""
    at = (HOLDS, "depends", FAILS, BUILT_IN, UNTESTED).index(kind(found.verdict))
    return at, 0.0 if found.share is None else -found.share.share


def _headline(judged: Sequence[Judged]) -> str:
    """How many of the claims hold, depend and fail."""
    kinds = [kind(each.verdict) for each in judged]
    holds, depend, fail = (kinds.count(word) for word in (HOLDS, "depends", FAILS))
    others = len(kinds) - holds - depend - fail
    return (
        f"Of {len(kinds)} claims {holds} {'holds' if holds == 1 else 'hold'} in these models, {depend} depend on the "
        f"setting, {fail} {'fails' if fail == 1 else 'fail'}; {others} are built in or cannot be tested here"
    )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
