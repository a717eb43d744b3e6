"""Present bias against impatience: naive, sophisticated and split discounting, matched at the same horizon.

Agents that discount a reward alike at some horizon differ in whether the discount is consistent over time,
whether they foresee their own inconsistency, and whether effort is discounted apart from reward. All of it
over a family of settings: where agents are matched, how steeply they discount, and how noisily they choose.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from rpe import measures, tasks
from rpe._checks import KnowsItsKeywords, Seed, count, held, scalar
from rpe.agents import Planner
from rpe.discounting import Discounting, Exponential, Hyperbolic, QuasiHyperbolic
from rpe.experiments import titles
from rpe.experiments.micro_wins.settings import MATCHINGS
from rpe.experiments.specifications import (
    Group,
    Levels,
    check_levels,
    counted,
    groups,
    note,
    percent,
    taken,
    with_effort,
)
from rpe.experiments.study import Study, figures, sentences, table

Columns = dict[str, Any]

_AGENT = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge", "effort")

__all__ = ["Kind", "Settings", "agents", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The task and the agents.

    Parameters
    ----------
    horizons : tuple of float
        Family: discount rate × deadline, kT, of the hyperbolic discounter.
    matchings : tuple of str
        Family: where exponential and quasi-hyperbolic discounters agree with the hyperbolic one, as in `micro_wins`.
    temperatures : tuple of float
        Family: inverse temperatures β of the choice, per reward unit; infinity is greedy.
    k : float
        Worked example: hyperbolic discounting, per step; the others are matched to it after `n_units` steps. β = 1.
    beta : float
        Present bias of the quasi-hyperbolic agents, in (0, 1].
    effort_factor : float
        By which effort is discounted more, or less, than reward in the split agents.
    n_goals : int
        Sub-goals of the split task.
    n_units : int
        Units of work.
    """

    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = MATCHINGS
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    k: float = 0.08
    beta: float = 0.7
    effort_factor: float = 4.0
    n_goals: int = 5
    n_units: int = 20

    def __post_init__(self) -> None:
        check_levels(self.horizons, self.matchings, self.temperatures)
        scalar("k", self.k, 0, open_low=True)
        scalar("beta", self.beta, 0, 1, open_low=True)
        scalar("effort_factor", self.effort_factor, 1)
        for name in ("n_goals", "n_units"):
            count(name, getattr(self, name))

    @classmethod
    def quick(cls) -> Self:
        """A smaller family, within the default one."""
        return cls(matchings=("D(5)", "D(N)", "D(T)"), temperatures=(0.3, 3.0, float("inf")))

    @classmethod
    def full(cls) -> Self:
        """A family with more discount rates and levels of noise."""
        return cls(horizons=(0.5, 1.2, 2.4, 4.8, 12.0), temperatures=(0.1, 0.3, 1.0, 3.0, 10.0, 30.0, float("inf")))


class Kind(NamedTuple):
    """What tells an agent from the others.

    Attributes
    ----------
    discounting : str
        "none", "exponential", "hyperbolic" or "quasi-hyperbolic".
    foresight : str
        "naive" agents expect to stick to today's plan, "sophisticated" ones expect what they will do.
    effort : str
        How effort is discounted: "as reward", "more" or "less".
    """

    discounting: str
    foresight: str = "naive"
    effort: str = "as reward"

    @property
    def label(self) -> str:
        """Name in figures and sentences."""
        if self.effort != "as reward":
            return f"effort discounted {self.effort}"
        if self.discounting in ("none", "exponential"):
            return {"none": "no discounting"}.get(self.discounting, self.discounting)
        return f"{self.discounting}, {self.foresight}"


def agents(settings: Settings) -> dict[Kind, Planner]:
    """Return the agents of the worked example by kind."""
    worth = Hyperbolic(settings.k)
    at_end = float(worth(float(settings.n_units)))
    steady = (at_end / settings.beta) ** (1 / settings.n_units) if at_end < settings.beta else 1.0
    biased = QuasiHyperbolic(settings.beta, steady)
    factor = settings.effort_factor
    return {
        Kind("none"): Planner(Exponential(1.0)),
        Kind("exponential"): Planner(Exponential(at_end ** (1 / settings.n_units))),
        Kind("hyperbolic"): Planner(worth),
        Kind("hyperbolic", "sophisticated"): Planner(worth, sophisticated=True),
        Kind("quasi-hyperbolic"): Planner(biased),
        Kind("quasi-hyperbolic", "sophisticated"): Planner(biased, sophisticated=True),
        Kind("hyperbolic", effort="more"): Planner(worth, effort_discounting=Hyperbolic(factor * settings.k)),
        Kind("hyperbolic", effort="less"): Planner(worth, effort_discounting=Hyperbolic(settings.k / factor)),
    }


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve both arms exactly for every agent; nothing is random."""
    study = Study(settings)
    arms = {"one goal": 1, "micro wins": settings.n_goals}
    kinds = agents(settings)
    for kind, agent in kinds.items():
        for arm, n_goals in arms.items():
            task = tasks.micro_wins(n_goals, n_units=settings.n_units)
            found = measures.exact(agent, task)
            index, planned = (float(each.procrastination_index[0]) for each in (found, measures.planned(agent, task)))
            study.add(
                {
                    "procrastination index": index,
                    "planned index": planned,
                    "plan gap": index - planned,
                    "completion probability": found.completion_probability[0],
                    "welfare": found.welfare[0],
                },
                part="worked example",
                **kind._asdict(),
                arm=arm,
            )
    names = [kind.label for kind in kinds]
    index_by, gap_by = (
        {arm: study.values(what, arm=arm) for arm in arms} for what in ("procrastination index", "plan gap")
    )
    family = solve(settings)
    _keep(study, family)
    _say(study, family, list(kinds))
    who = "hyperbolic, naive"
    title = titles.compare(
        "one goal", "micro wins", "delays more than", "delays less than", "delays as much as", at=who, lead=f"{who}: "
    )
    study.draw(title, names, index_by, ylabel="procrastination index (0–1)", limits=(0.0, 1.02), exact=True)
    title = titles.ranked("delay beyond the plan with one goal", by="if", name="one goal")
    study.draw(title, names, gap_by, ylabel="index, done − planned", exact=True)
    _draw_shares(study)
    return study


def solve(settings: Settings) -> Columns:
    """Return the family as columns: every agent on one goal and on micro wins of equal pay."""
    levels = Levels(
        settings.horizons,
        settings.matchings,
        settings.temperatures,
        settings.n_units,
        present_bias=settings.beta,
    )
    one, split = (tasks.micro_wins(n, n_units=settings.n_units) for n in (1, settings.n_goals))
    worth = measures.worth_doing(one)
    parts: dict[str, list[Any]] = {}
    for plain in groups(levels):
        for group in _by_effort(plain, settings.effort_factor):
            before, after = (measures.exact(group.planner, task) for task in (one, split))
            columns = {
                **group.factors,
                "class": measures.classify(before, after, worth=worth),
                "index with one goal": before.procrastination_index,
                "delay with one goal": before.delay,
                "undone with one goal": before.undone,
                "index with micro wins": after.procrastination_index,
                "later than planned": before.procrastination_index
                - measures.planned(group.planner, one).procrastination_index,
                "welfare change": (after.welfare - before.welfare) / one.budget,
            }
            for name, values in columns.items():
                parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _by_effort(group: Group, factor: float) -> list[Group]:
    """The group with effort discounted as reward, and at `factor` times and one `factor`th of the rate."""
    worth = group.planner.discounting
    found = [with_effort(group, None, "as reward")]
    if group.factors["shape"][0] != "none":
        found += [with_effort(group, _at_rate(worth, x), name) for x, name in ((factor, "more"), (1 / factor, "less"))]
    return found


def _at_rate(worth: Discounting, factor: float) -> Discounting:
    """The discount function at a multiple of its rate; the weight of the present stays as it is."""
    if isinstance(worth, Hyperbolic):
        return Hyperbolic(held(worth.k) * factor)
    if isinstance(worth, QuasiHyperbolic):
        return QuasiHyperbolic(worth.beta, held(worth.delta) ** factor)
    assert isinstance(worth, Exponential)
    return Exponential(held(worth.gamma) ** factor)


def _keep(study: Study[Settings], family: Columns) -> None:
    """One row of the study for each setting and quantity."""
    numbers = {**family, **counted(family["class"])}
    quantities = [name for name in numbers if name not in (*_AGENT, "class")]
    for i in range(len(family["shape"])):
        who = {name: family[name][i].item() for name in _AGENT if family[name][i] != ""}
        study.add({name: numbers[name][i] for name in quantities}, part="family", **who)


def _against(rows: Columns, other: Columns, value: str, *differ: str) -> Any:
    """A column of some settings less that of the settings that agree in all but some factors."""
    same = [name for name in _AGENT if name not in differ]
    keys = [list(zip(*(each[name].tolist() for name in same), strict=True)) for each in (rows, other)]
    known = dict(zip(keys[1], other[value], strict=True))
    return np.array([x - known[key] for x, key in zip(rows[value], keys[0], strict=True)])


def _factors(rows: Columns, *without: str) -> Columns:
    return {name: rows[name] for name in _AGENT if name not in without}


def _say(study: Study[Settings], family: Columns, kinds: list[Kind]) -> None:
    study.say(
        _bias_or_impatience(study, family),
        _plans(study, family),
        _self_knowledge(study, family),
        _effort(study, family),
        *_helped(study, family),
        _example(study, kinds),
    )


def _bias_or_impatience(study: Study[Settings], family: Columns) -> str:
    """Whether the naive hyperbolic or the exponential discounter delays more, by where they are matched."""
    plain = taken(family, self_knowledge="naive", effort="as reward")
    base = taken(plain, shape="hyperbolic")
    text, sizes = [], []
    for matching in study.settings.matchings:
        steady = taken(plain, shape="exponential", matching=matching)
        later = -_against(steady, base, "index with one goal", "shape", "matching")
        share = note(study, "present bias delays more", later, _factors(steady, "matching"), matching=matching)
        text.append(f"matched at {matching}, in {share}")
        sizes.append((np.mean(later > 0.02) - np.mean(later < -0.02)).item())
    if min(sizes) < 0 < max(sizes):
        verdict = "which of them delays more turns with the horizon of the match, so that neither alone makes the delay"
    else:
        verdict = (
            f"{'present bias' if max(sizes) > 0 else 'impatience'} delays more wherever the two are matched here"
            if any(sizes)
            else "they delay alike"
        )
    return (
        "With one goal, a naive hyperbolic discounter delays more than an exponential one "
        f"{'; '.join(text)}: {verdict}."
    )


def _plans(study: Study[Settings], family: Columns) -> str:
    """Who finishes later than planned; that those who know themselves do not is built in."""
    text = []
    for shape in ("hyperbolic", "quasi-hyperbolic"):
        for known in ("naive", "partially naive"):
            rows = taken(family, shape=shape, self_knowledge=known)
            late = rows["later than planned"]
            share = note(study, "later than planned", late, _factors(rows), shape=shape, self_knowledge=known)
            text.append(f"{known} {shape} agents in {share}")
    steady = family["shape"] == "exponential"
    same = (steady & (family["effort"] == "as reward")) | (family["self_knowledge"] == "sophisticated")
    largest = float(np.abs(family["later than planned"][same]).max())
    return (
        f"With one goal, {'; '.join(text)} finish later than planned. Built in: agents that foresee what they will do, "
        f"and those who discount steadily, differ from their plan by at most {largest:.2f}."
    )


def _self_knowledge(study: Study[Settings], family: Columns) -> str:
    rows = taken(family, shape=("hyperbolic", "quasi-hyperbolic"), self_knowledge="sophisticated")
    naive = taken(family, shape=("hyperbolic", "quasi-hyperbolic"), self_knowledge="naive")
    gained = -_against(rows, naive, "index with one goal", "self_knowledge")
    share = note(study, "self-knowledge lowers delay", gained, _factors(rows, "self_knowledge"))
    return (
        f"To foresee one's own inconsistency lowers the index with one goal in {share}; on average over the "
        f"time-inconsistent agents by {gained.mean():+.3f}."
    )


def _effort(study: Study[Settings], family: Columns) -> str:
    more, less = (taken(family, effort=how) for how in ("more", "less"))
    later = _against(more, less, "index with one goal", "effort")
    share = note(study, "discounting effort more delays", later, _factors(more, "effort"))
    return (
        f"Effort that is discounted more than reward delays work more than effort that is discounted less in {share}; "
        f"the mean difference of the index is {later.mean():+.2f}."
    )


def _helped(study: Study[Settings], family: Columns) -> list[str]:
    """What micro wins of equal pay do, by shape."""
    text = []
    for shape in ("hyperbolic", "exponential", "quasi-hyperbolic"):
        rows = taken(family, shape=shape)
        gain = (rows["class"] == "helps") * 1.0 - np.isin(rows["class"], ("hurts", "works at a loss"))
        share = note(study, "micro wins help", gain, _factors(rows), shape=shape)
        loss, alone = (float(np.mean(rows["class"] == name)) for name in ("works at a loss", "no effect"))
        text.append(
            f"{shape} discounters in {share}, with no effect in {percent(alone)} and work at a loss in {percent(loss)}"
        )
    patient = taken(family, shape="none")
    moved = float(np.abs(patient["index with one goal"] - patient["index with micro wins"]).max())
    return [
        f"Micro wins on equal pay help {'; '.join(text)} (welfare undiscounted); without discounting they change the "
        f"index by at most {moved:.2f}.",
        "`micro_wins` puts the same agents to more tasks (its family varies what work costs, the number of goals and "
        "when pay arrives, and not how effort is discounted), so that its shares differ from these.",
    ]


def _example(study: Study[Settings], kinds: list[Kind]) -> str:
    mono, micro = (
        {kind: study.value("procrastination index", **kind._asdict(), arm=arm) for kind in kinds}
        for arm in ("one goal", "micro wins")
    )
    steady, naive, knowing = Kind("exponential"), Kind("hyperbolic"), Kind("hyperbolic", "sophisticated")
    gap = study.value("plan gap", **naive._asdict(), arm="one goal")
    more, less = (mono[Kind("hyperbolic", effort=how)] for how in ("more", "less"))
    return (
        f"Worked example (k = {study.settings.k:g} per step, β = 1; the exponential discounts as much after "
        f"{study.settings.n_units} steps, as in `micro_wins`): from one "
        f"goal to micro wins the index goes from {mono[naive]:.2f} to {micro[naive]:.2f} if naive hyperbolic, "
        f"{mono[knowing]:.2f} to {micro[knowing]:.2f} if sophisticated, {mono[steady]:.2f} to {micro[steady]:.2f} if "
        f"exponential. The naive agent is {gap:.2f} of the time later than planned; with effort discounted more than "
        f"reward its index is {more:.2f}, less {less:.2f}."
    )


def _draw_shares(study: Study[Settings]) -> None:
    """Two panels of shares of the family, on the same axis."""
    for says, finding, factor in (
        (
            "hyperbolic agents delay more than exponential ones more often than less",
            "present bias delays more",
            "matching",
        ),
        ("micro wins help more often than they hurt", "micro wins help", "shape"),
    ):
        rows = [row for row in study.rows if row.get("finding") == finding and row["quantity"] == "share"]
        levels = [str(row[factor]) for row in rows]
        names = ("later", "sooner") if factor == "matching" else ("helped", "hurt or at a loss")
        series = {
            name: study.values(what, finding=finding) for name, what in zip(names, ("share", "reversed"), strict=True)
        }
        low, high = (study.values(what, finding=finding) for what in ("low", "high"))
        band = {names[0]: np.array([low, high])}
        study.draw(
            titles.tally(*names, says),
            levels,
            series,
            ylabel="share of settings (95 % interval)",
            limits=(0.0, 1.02),
            band=band,
        )


def __dir__() -> list[str]:
    return __all__
