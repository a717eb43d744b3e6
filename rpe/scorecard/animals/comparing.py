"""Theories beside animals: each experiment run with every group, scored over several orders of trials."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, Seed, choice, count, flag, generator, seed_of
from rpe.measures import suppression_ratio
from rpe.scorecard.animals.data import Experiment, about, experiment_ids, load
from rpe.scorecard.animals.responses import DEFAULT, Responses, respond
from rpe.scorecard.registry import roster
from rpe.scorecard.statistics import correlation
from rpe.table import Table
from rpe.theories import Theory
from rpe.theories.protocol import name_of, published_sets

ASSOCIATIVE = (
    "Rescorla-Wagner",
    "Rescorla-Wagner, configural cues",
    "Mackintosh",
    "Pearce-Hall",
    "Pearce-Kaye-Hall",
    "Pearce, configural",
    "Kalman TD",
    "TD(0)",
    "TD, presence",
)
"""Theories of the roster that have strengths of cues, which `compare` runs unless it is told otherwise."""

# A contrast needs this difference, in units of the reward, and this share of the orders.
_MARGIN, _MOST = 0.01, 0.9
_SCORES = "theory experiment paper score low high n_passed n_contrasts verdict n_orders message"
_PUBLISHED = "best_published best_published_set best_score"
_BEST_FIRST = ("PASS", "MIXED", "FAIL", "N.A.", "ERROR")


@dataclass(frozen=True)
class Comparison:
    """What theories did on the experiments.

    Attributes
    ----------
    scores : Table
        One row a theory and experiment: the mean `score` over orders, `low` and `high` that hold 95 % of the
        orders, contrasts passed, and the `verdict`: PASS if all key contrasts pass, FAIL if all fail, else MIXED; N.A.
        of a theory without values; ERROR of one that broke, with its `message`. With published parameters, the best
        of all sets by verdict, contrasts and score, in `best_published`, `best_published_set` and `best_score`.
    contrasts : Table
        One row a key contrast: PASS if the order of the two points holds on the mean and in 90 % of the orders,
        by at least .01 of the reward; FAIL if it fails in 90 %; MIXED between.
    curves : Table
        One row a point: the published `y`, and the model's response, mean and 95 % of the orders.
    """

    scores: Table
    contrasts: Table
    curves: Table

    def __repr__(self) -> str:
        return repr(self.scores)


def compare(
    theories: Mapping[str, Theory] | Sequence[Theory] | None = None,
    experiments: Sequence[str] | None = None,
    *,
    n_orders: int = 5,
    order: str = "random",
    contexts: str = "written",
    rng: Seed = None,
    n_jobs: int = 1,
    progress: bool = False,
    published: bool = False,
    out: str | os.PathLike[str] | None = None,
) -> Comparison:
    """Compare theories with animals: Pearson's r of model and published values over all points of an experiment.

    The response of a model is its mean value while the cue is on (`rpe.measures.cue_response`), times the
    direction of the measure. With two points, the score is min/max of the two ratios of second to first point,
    of suppression ratios where those were measured, and 0 where signs differ. A model whose values are all equal
    scores 0. A correlation forgives level and scale, and with many points hides contrasts: read both.

    Parameters
    ----------
    theories : sequence of theories, or mapping of names to theories, optional
        `ASSOCIATIVE` by default.
    experiments : sequence of str, optional
        Ids; all by default.
    n_orders : int
        Random orders of trials; an experiment in which nothing is random is run once.
    order : {"random", "cycle"}
        Whether types of a phase are mixed at random, or come in the source's fixed cycle.
    contexts : {"written", "all"}
        Whether only experiments with several contexts have them as stimuli, or all do.
    rng : int, numpy.random.Generator or None
        Seed. All theories see the same orders, which do not depend on what else is run.
    n_jobs : int
        Processes; with more than one, theories must be picklable. Results do not depend on it.
    progress : bool
        Whether to show a progress bar.
    published : bool
        Whether to run all published parameters of a theory too, for the best of any.
    out : path, optional
        File that takes the responses of every order as soon as they are known; if it exists, the run goes on from
        there, to the same bytes.

    Raises
    ------
    TypeError, ValueError
        For options out of range, an unknown experiment, or a file of another run.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import rpe
    >>> found = compare([rpe.theories.RescorlaWagner()], ["overshadowing_and_blocking"], rng=0)
    >>> found.scores["score"].round(2).tolist(), found.scores["verdict"].tolist()
    ([1.0], ['PASS'])
    """
    named = _named(theories)
    chosen = [load(name) for name in (experiment_ids() if experiments is None else experiments)]
    n, root = count("n_orders", n_orders), int(generator(rng).integers(2**63))
    choice("order", order, ("random", "cycle"))
    choice("contexts", contexts, ("written", "all"))
    published = flag("published", published)
    sets = {name: {DEFAULT: theory} | (published_sets(theory) if published else {}) for name, theory in named.items()}
    how = {"order": order, "contexts": contexts}
    show = flag("progress", progress)
    found = respond(sets, chosen, how, n_orders=n, root=root, n_jobs=n_jobs, progress=show, out=out)
    scores, contrasts, curves = [], [], []
    for each in chosen:
        for name in named:
            answers = {label: found[each.id][name, label] for label in sets[name]}
            rows = _contrasts(each, answers[DEFAULT])
            scores.append((name, each.id, each.citation, *_score(each, answers[DEFAULT], rows)))
            scores[-1] += _best(each, answers) if published else ()
            contrasts += [(name, each.id, *row) for row in rows]
            curves += [(name, each.id, *row) for row in _curves(each, answers[DEFAULT])]
    told = about() | {
        "order": order,
        "contexts": contexts,
        "n_orders": n,
        "seed": seed_of(rng),
    }
    return Comparison(
        _table(f"{_SCORES} {_PUBLISHED}" if published else _SCORES, scores, told),
        _table("theory experiment stronger weaker difference n_passed n_orders verdict", contrasts, told),
        _table("theory experiment group series x y response low high", curves, told),
    )


def score(experiment: Experiment, response: Floats) -> float:
    """Return how close the responses of a model, (n_points,), come to the published values.

    Examples
    --------
    >>> score(load("overshadowing_and_blocking"), np.array([1.0, 0.5, 0.0]))
    0.9994...
    """
    y = np.array([point.y for point in experiment.points])
    if len(y) > 2:
        return correlation(experiment.direction * y, response)
    model = suppression_ratio(response) if experiment.direction < 0 else response
    # A ratio of a model that responds to nothing is undefined, and counts as a failure.
    if model[0] == 0 or model[1] / model[0] <= 0:
        return 0.0
    ratios = (y[1] / y[0], model[1] / model[0])
    return float(min(ratios) / max(ratios))


def _score(experiment: Experiment, responses: Floats | str, rows: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
    """Score, interval, contrasts passed and asked, verdict, orders, and what broke."""
    n, nan = len(rows), float("nan")
    if isinstance(responses, str):
        return nan, nan, nan, 0, n, "ERROR", 0, responses
    if not np.isfinite(responses).all():
        return nan, nan, nan, 0, n, "N.A.", len(responses), ""
    found, verdicts = [score(experiment, each) for each in responses], [row[-1] for row in rows]
    passed = verdicts.count("PASS")
    verdict = "PASS" if passed == n else "FAIL" if verdicts.count("FAIL") == n else "MIXED"
    low, high = np.quantile(found, [0.025, 0.975]).tolist()
    return float(np.mean(found)), low, high, passed, n, verdict, len(found), ""


def _best(experiment: Experiment, answers: Responses) -> tuple[object, ...]:
    """Verdict, label and score of the best set of parameters; of equals, the first."""
    scored = {label: _score(experiment, each, _contrasts(experiment, each)) for label, each in answers.items()}

    def worse(label: str) -> tuple[float, ...]:
        mean, _, _, passed, _, verdict, *_ = scored[label]
        return _BEST_FIRST.index(str(verdict)), -float(str(passed)), -np.nan_to_num(float(str(mean)), nan=-np.inf)

    best = min(scored, key=worse)
    return scored[best][5], best, scored[best][0]


def _contrasts(experiment: Experiment, responses: Floats | str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for stronger, weaker in experiment.contrasts:
        names = (_label(experiment, stronger), _label(experiment, weaker))
        if isinstance(responses, str) or not np.isfinite(responses).all():
            verdict = "ERROR" if isinstance(responses, str) else "N.A."
            rows.append((*names, float("nan"), 0, 0 if isinstance(responses, str) else len(responses), verdict))
            continue
        difference = responses[:, stronger] - responses[:, weaker]
        holds = int((difference > _MARGIN).sum())
        n, sure = len(difference), difference.mean() > _MARGIN
        verdict = "PASS" if sure and holds >= _MOST * n else "FAIL" if n - holds >= _MOST * n else "MIXED"
        rows.append((*names, float(difference.mean()), holds, n, verdict))
    return rows


def _label(experiment: Experiment, place: int) -> str:
    point = experiment.points[place]
    return f"{point.group}, {point.series}" + ("" if np.isnan(point.x) else f", {point.x:g}")


def _curves(experiment: Experiment, responses: Floats | str) -> list[tuple[object, ...]]:
    if isinstance(responses, str):
        return [(*point, *[float("nan")] * 3) for point in experiment.points]
    low, high = np.quantile(responses, [0.025, 0.975], axis=0)
    mean = responses.mean(axis=0)
    return [(*point, *each) for point, *each in zip(experiment.points, mean, low, high, strict=True)]


def _table(names: str, rows: Sequence[tuple[object, ...]], told: Mapping[str, object]) -> Table:
    columns = zip(*rows, strict=True)
    return Table({name: list(column) for name, column in zip(names.split(), columns, strict=True)}, told)


def _named(theories: Mapping[str, Theory] | Sequence[Theory] | None) -> dict[str, Theory]:
    if theories is None:
        makers = roster()
        return {name: makers[name]() for name in ASSOCIATIVE}
    named = dict(theories) if isinstance(theories, Mapping) else {name_of(theory): theory for theory in theories}
    if not named:
        raise ValueError("theories must hold at least one theory; got none")
    return named
