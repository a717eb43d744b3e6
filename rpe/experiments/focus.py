"""Focus: whether attention shifts from distractions to work, by what it follows, and when the distraction adapts.

Beside work that is worth more than any distraction (so that an exact planner never looks), a feed is steady,
varies, or shows again what was looked at. The control for one that adapts is a feed with the same kinds, as often
as it showed them to others: as popular, but not adapted to this person. Attention follows what predicts, what
surprises or what rewarded; learners without it are the null. Work pays each time or rarely, on the same mean. That
attention captures choice is built in; whether it shifts with practice, and what adapting adds, is computed.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe import mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.specifications import note, told
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["FEEDS", "FOLLOWS", "Settings", "figures", "run", "sentences", "table"]

FEEDS = ("steady", "variable", "adaptive", "as popular")
FOLLOWS = ("nothing", "predictiveness", "surprise", "reward")
_SHOWS = {"steady": "same", "variable": "random", "adaptive": "liked", "as popular": "random"}
_WORK = {"each time": 1.0, "rarely": 0.2}
_NULL = 0.02
_MEAN = "(mean over settings)"


@dataclass(frozen=True)
class Settings:
    """The family of feeds and learners.

    Parameters
    ----------
    likings : tuple of float
        What a look at each kind brings on average, reward units; all below `work`.
    work : float
        Mean pay of a step of work, less its effort, reward units.
    chances : tuple of float
        Family: chances with which looks pay.
    rates : tuple of float
        Family: η of attention, in [0, 1].
    suppressions : tuple of float
        Family: ι of attention, the share that a step of work takes off it.
    weights : tuple of float
        Family: θ of attention, logits per reward unit, above 0.
    temperatures : tuple of float
        Family: β of the learner, per reward unit.
    n_agents, n_choices : int
        Learners of each setting, and their choices.
    """

    likings: tuple[float, ...] = (0.0, 0.5, 1.0, 1.5)
    work: float = 2.0
    chances: tuple[float, ...] = (1.0, 0.25)
    rates: tuple[float, ...] = (0.05, 0.2)
    suppressions: tuple[float, ...] = (0.0, 0.02)
    weights: tuple[float, ...] = (0.5, 1.5)
    temperatures: tuple[float, ...] = (1.0, 3.0)
    n_agents: int = 60
    n_choices: int = 400

    def __post_init__(self) -> None:
        count("n_agents", self.n_agents, 2)
        count("n_choices", self.n_choices, 60)
        scalar("work", self.work)
        tops = {"likings": np.inf, "chances": 1.0, "rates": 1.0, "suppressions": 1.0}
        for name in (*tops, "weights", "temperatures"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
            for level in getattr(self, name):
                scalar(name, level, 0, tops.get(name, np.inf), open_low=name in ("chances", "weights"))
        if len(self.likings) < 2 or max(self.likings) >= self.work:
            raise ValueError(f"likings must be two or more, and all below work, {self.work:g}; got {self.likings}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(weights=(1.0,), temperatures=(1.0,), n_agents=30, n_choices=150)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(rates=(0.02, 0.05, 0.1, 0.2, 0.4), weights=(0.25, 0.5, 1.0, 2.0), n_agents=200, n_choices=1500)


Cell = tuple[float, float, float, float]
_NAMES = ("weight", "attention_rate", "suppression", "inverse_temperature")


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Put all learners of a kind at once to each feed and each pay of work."""
    study = Study(settings)
    seeds = generator(rng)
    attentive = list(product(settings.weights, settings.rates, settings.suppressions, settings.temperatures))
    # Who has no attention to learn differs in noise alone.
    plain = [(0.0, 0.0, 0.0, beta) for beta in settings.temperatures]
    for follows, pay, chance in product(FOLLOWS, _WORK, settings.chances):
        cells = plain if follows == "nothing" else attentive
        agent, seed = _agent(settings, cells, follows), int(seeds.integers(2**63))
        popular: Floats | None = None
        for feed in FEEDS:
            shares = popular if feed == "as popular" else None
            full = simulate.run(agent, _task(settings, feed, pay, chance, shares), rng=seed, record="all").full
            assert full is not None
            if feed == "adaptive":
                kinds = full.state[:, 0, : settings.n_choices]
                popular = np.bincount(kinds.ravel(), minlength=len(settings.likings)) / kinds.size
            looked = (full.action[:, 0] == 0).reshape(len(cells), settings.n_agents, -1).mean(axis=1)
            where: dict[str, Any] = {"follows": follows, "feed": feed, "work": pay, "chance": chance}
            for cell, curve in zip(cells, looked, strict=True):
                numbers = {"early": curve[:25].mean(), "late": curve[-settings.n_choices // 3 :].mean()}
                study.add(numbers, part="family", **where, **dict(zip(_NAMES, cell, strict=True)))
    _shares(study)
    _draw(study)
    _say(study)
    return study


def _task(settings: Settings, feed: str, pay: str, chance: float, shares: Floats | None) -> tasks.TableTask:
    return tasks.feed(
        settings.likings,
        _SHOWS[feed],
        work=settings.work,
        work_probability=_WORK[pay],
        look_probability=chance,
        shares=shares,
        n_steps=settings.n_choices,
    )


def _agent(settings: Settings, cells: list[Cell], follows: str) -> mechanisms.Attention:
    weight, rate, off, beta = (np.repeat(column, settings.n_agents) for column in zip(*cells, strict=True))
    learner = QLearner(learning_rate=0.1, discount=0.0, inverse_temperature=beta)
    rule = "predictiveness" if follows == "nothing" else follows
    return mechanisms.Attention(learner, weight=weight, learning_rate=rate, suppression=off, follows=rule)


def _column(study: Study[Settings], quantity: str, **where: Any) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    """A quantity of the family in its order, and what tells its settings apart."""
    asked = {"part": "family", "quantity": quantity, **where}
    rows = [row for row in study.rows if all(row.get(name) == level for name, level in asked.items())]
    names = [name for name in ("follows", "feed", "work", "chance", *_NAMES) if name not in where]
    return np.array([row["value"] for row in rows]), {name: np.array([row[name] for row in rows]) for name in names}


def _shares(study: Study[Settings]) -> None:
    """Where looking falls with practice, what adapting adds to it, and what work that pays each time takes off."""
    for follows in FOLLOWS:
        early, factors = _column(study, "early", follows=follows)
        late = _column(study, "late", follows=follows)[0]
        note(study, "focus shifts to work", early - late, factors, null=_NULL, follows=follows)
        adaptive, factors = _column(study, "late", follows=follows, feed="adaptive")
        for other in ("steady", "variable", "as popular"):
            more = adaptive - _column(study, "late", follows=follows, feed=other)[0]
            note(study, "holds attention longer", more, factors, null=_NULL, follows=follows, against=other)
            study.add({"mean of more looks": more.mean()}, part="share", follows=follows, against=other)
        often, factors = _column(study, "late", follows=follows, work="each time")
        fewer = _column(study, "late", follows=follows, work="rarely")[0] - often
        note(study, "fewer looks by pay each time", fewer, factors, null=_NULL, follows=follows)


def _mean(study: Study[Settings], quantity: str, **where: Any) -> float:
    return float(study.values(quantity, part="family", **where).mean())


def _draw(study: Study[Settings]) -> None:
    words = ("draws more looks than", "draws fewer looks than", "draws as many looks as")
    for quantity, lead in (("early", "at first "), ("late", "in the end ")):
        bars = {feed: [_mean(study, quantity, follows=follows, feed=feed) for follows in FOLLOWS] for feed in FEEDS}
        title = titles.compare("adaptive", "steady", *words, lead=lead, said=("an adaptive feed", "a steady one"))
        study.draw(title, FOLLOWS, bars, ylabel=f"share of choices {_MEAN}", limits=(0.0, 1.0))
    added = {
        f"over {other}": [
            study.value("mean of more looks", part="share", follows=follows, against=other) for follows in FOLLOWS
        ]
        for other in ("steady", "variable", "as popular")
    }
    title = titles.ranked("what an adaptive feed adds to a steady one", by="if attention follows", name="over steady")
    study.draw(title, FOLLOWS, added, ylabel=f"added share of choices\n{_MEAN}", reference=0.0)
    pays = {
        f"work paid {pay}": [_mean(study, "late", follows=follows, work=pay) for follows in FOLLOWS] for pay in _WORK
    }
    words = ("leaves more looks than", "leaves fewer looks than", "leaves as many looks as")
    title = titles.compare("work paid rarely", "work paid each time", *words, lead="in the end ")
    study.draw(title, FOLLOWS, pays, ylabel=f"share of choices {_MEAN}")


def _say(study: Study[Settings]) -> None:
    shifts = {follows: told(study, "focus shifts to work", follows=follows) for follows in FOLLOWS}
    study.say(
        f"Looks become fewer with practice in {shifts['nothing']} without attention, by learning alone; with attention "
        f"that follows what predicts in {shifts['predictiveness']}, what surprises in {shifts['surprise']}, and what "
        f"rewarded in {shifts['reward']}. An exact planner never looks.",
    )
    parts = [
        f"{told(study, 'holds attention longer', follows=follows, against='steady')} ({follows})" for follows in FOLLOWS
    ]
    study.say(f"A feed that adapts is looked at more in the end than a steady one in {'; '.join(parts)}.")
    parts = [
        f"{told(study, 'holds attention longer', follows=follows, against='as popular')} ({follows})"
        for follows in FOLLOWS
    ]
    study.say(
        "Against a feed that shows the same kinds as often, whatever this person does, that is so in "
        f"{'; '.join(parts)}: what is left of the effect once the kinds are matched.",
        "Work that pays each time rather than rarely leaves fewer looks in "
        + "; ".join(
            f"{told(study, 'fewer looks by pay each time', follows=follows)} ({follows})" for follows in FOLLOWS
        )
        + ". Built in: that attention captures choice.",
    )


def __dir__() -> list[str]:
    return __all__
