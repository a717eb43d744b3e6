"""Spacing: massed against spaced practice of a task, and what nights, gaps and a break leave of its rewiring.

A corticostriatal actor practises a task of work, whose D1 and D2 weights dopamine changes. What a day
changes is labile; each night fixes a share of it and loses some of the rest. The same number of trials
comes within one day or over several, a night or a week apart, and weights are read after breaks: the
policy that they make is solved exactly and set beside the optimum, with both pathways and with either
alone. That nights fix and lose, and at which rates, is built in; whether spacing pays after a break, at
once, or not at all, and how much is left, is computed. Those who lose nothing are the control: for them
days are all alike.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, Ints, Seed, count, generator, scalar
from rpe._parallel import Cell, Progress, evaluate
from rpe.agents import CorticostriatalActor, Planner
from rpe.discounting import Exponential
from rpe.experiments import titles
from rpe.experiments.specifications import note, told
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

# Of the way to the optimum: who gained less had nothing to lose.
_LEARNED = 0.1
_PATHWAYS = {"both": 0.0, "D1 alone": 1.0, "D2 alone": -1.0}


@dataclass(frozen=True)
class Settings:
    """The family of schedules, tasks and synapses.

    Parameters
    ----------
    n_units, deadline : int
        Size of the task.
    reward : float
        Pay for all units, reward units.
    n_trials : int
        Trials of practice in all, to be divided by all `days`.
    days : tuple of int
        Over how many days practice is spread, rising; the first must be 1, massed practice.
    gaps : tuple of int
        Family: nights between days of practice.
    breaks : tuple of int
        Nights after the last day at which weights are read, rising.
    goal_numbers : tuple of int
        Family: into how many wins the pay is split.
    losses, stable_losses, captures : tuple of float
        Family: λ_f, λ_c and κ of `rpe.mechanisms.Consolidation`; the control, λ_f = λ_c = 0, is always
        run besides.
    rates : tuple of float
        Family: mean α of D1 and D2 weights, above 0 and at most 0.25.
    balances : tuple of float
        Family: share of that in D1 weights, in [0, 1].
    n_agents : int
        Actors of each setting.
    """

    n_units: int = 6
    deadline: int = 14
    reward: float = 30.0
    n_trials: int = 240
    days: tuple[int, ...] = (1, 6, 40)
    gaps: tuple[int, ...] = (1, 7)
    breaks: tuple[int, ...] = (0, 7, 60)
    goal_numbers: tuple[int, ...] = (1, 3)
    losses: tuple[float, ...] = (0.3, 0.9)
    stable_losses: tuple[float, ...] = (0.003, 0.03)
    captures: tuple[float, ...] = (0.1, 0.4)
    rates: tuple[float, ...] = (0.05, 0.1)
    balances: tuple[float, ...] = (0.25, 0.75)
    n_agents: int = 12

    def __post_init__(self) -> None:
        for name in ("n_units", "deadline", "n_trials", "n_agents"):
            count(name, getattr(self, name), 2)
        scalar("reward", self.reward, 0, open_low=True)
        limits = {"losses": (0, 1), "stable_losses": (0, 1), "captures": (0, 1), "rates": (0, 0.25), "balances": (0, 1)}
        for name in (*limits, "days", "gaps", "breaks", "goal_numbers"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
        for name, (low, high) in limits.items():
            for level in getattr(self, name):
                scalar(name, level, low, high, open_low=name in ("rates", "losses"))
        for name, least, most in (("gaps", 1, None), ("breaks", 0, None), ("goal_numbers", 1, self.n_units)):
            for level in getattr(self, name):
                count(name, level, least, most)
        rising = list(self.days) == sorted(set(self.days)) and list(self.breaks) == sorted(set(self.breaks))
        if not rising or self.days[0] != 1 or len(self.days) < 2:
            raise ValueError(f"days must rise from 1 on, and breaks rise; got {self.days} and {self.breaks}")
        if uneven := [n for n in self.days if self.n_trials % n]:
            raise ValueError(f"n_trials must be a multiple of all days; {self.n_trials} is none of {uneven[0]}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            n_trials=120,
            days=(1, 20),
            breaks=(0, 60),
            stable_losses=(0.01,),
            rates=(0.1,),
            balances=(0.5,),
            n_agents=16,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            n_trials=480,
            days=(1, 2, 4, 8, 20, 40, 80),
            gaps=(1, 3, 7, 14),
            breaks=(0, 1, 3, 7, 14, 30, 90, 365),
            losses=(0.1, 0.2, 0.5, 0.9),
            balances=(0.25, 0.5, 0.75),
            n_agents=24,
            goal_numbers=(1, 2, 3, 6),
        )


class _Cells(NamedTuple):
    """All settings of one task, one entry each.

    Attributes
    ----------
    days, gap : int array (n,)
        A gap of 0 for massed practice, which has none.
    labile_loss, stable_loss, capture, plasticity, balance : float array (n,)
    """

    days: Ints
    gap: Ints
    labile_loss: Floats
    stable_loss: Floats
    capture: Floats
    plasticity: Floats
    balance: Floats


def _cells(settings: Settings) -> _Cells:
    schedules = [(1, 0), *product(settings.days[1:], settings.gaps)]
    nights = [*product(settings.losses, settings.stable_losses, settings.captures), (0.0, 0.0, 0.0)]
    rows = [
        (*schedule, *night, *synapse)
        for schedule in schedules
        for night in nights
        for synapse in product(settings.rates, settings.balances)
    ]
    return _Cells._make(np.array(column) for column in zip(*rows, strict=True))


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Practise every setting of a task at once, and read its weights after breaks; it does not depend on `n_jobs`."""
    study = Study(settings)
    streams = generator(rng).spawn(len(settings.goal_numbers))
    todo = [Cell(n, _practised, (settings, n, own)) for n, own in zip(settings.goal_numbers, streams, strict=True)]
    with Progress(len(todo), show=progress, label="spacing") as bar:
        found = evaluate(todo, n_jobs=n_jobs, done=bar.update)
    cells = _cells(settings)
    gained, d1 = (np.stack([found[n][i] for n in settings.goal_numbers]) for i in (0, 1))
    _noted(study, settings, cells, gained.mean(axis=-1), d1)
    _spaced(study, settings, cells, gained[:, :, 0])
    _left(study, settings, cells, gained[:, :, 0])
    _pathways(study, settings, cells, gained.mean(axis=-1))
    _draw(study, settings, cells, gained.mean(axis=-1))
    _say(study)
    return study


def _practised(settings: Settings, n_goals: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """What actors gain, (n_breaks, n_pathways, n_cells, n_agents), and how far D1 weights moved (n_breaks, n_cells)."""
    cells = _Cells._make(np.repeat(column, settings.n_agents) for column in _cells(settings))
    task = tasks.micro_wins(n_goals, n_units=settings.n_units, deadline=settings.deadline, reward=settings.reward)
    actor = CorticostriatalActor(
        direct_rate=2 * cells.plasticity * cells.balance, indirect_rate=2 * cells.plasticity * (1 - cells.balance)
    )
    agent = mechanisms.Consolidation(
        actor,
        labile_loss=cells.labile_loss,
        stable_loss=cells.stable_loss,
        capture=cells.capture,
        trials_per_day=settings.n_trials // cells.days,
        nights=cells.gap,
    )
    history = simulate.run(agent, task, n_trials=settings.n_trials, rng=rng, record="summary", keep_memory=True)
    memory, slept = history.memory, 0
    ends = _ends(task)
    gained, change = [], []
    for nights in settings.breaks:
        agent.sleep(memory, nights - slept)
        slept = nights
        gained.append([_gained(memory, task, rho, ends, settings.n_agents) for rho in _PATHWAYS.values()])
        moved = np.abs(memory.direct[..., tasks.WORK] - 1.0).sum(axis=0)
        change.append(moved.reshape(-1, settings.n_agents).mean(axis=1))
    return np.array(gained), np.array(change)


def _ends(task: tasks.GoalTask) -> tuple[float, float]:
    """What even choices and the optimum bring."""
    best = measures.exact(Planner(Exponential(1.0), inverse_temperature=np.inf), task)
    even = measures.exact(CorticostriatalActor(), task)
    low, high = (float(found.reward[0] - found.effort[0]) for found in (even, best))
    return low, high


def _gained(memory: Any, task: tasks.GoalTask, rho: float, ends: tuple[float, float], n_agents: int) -> Floats:
    """What weights bring, as a share of the way from even choices to the optimum, (n_cells, n_agents).

    With ρ = 1 the choice reads D1 weights alone, with −1 D2 weights alone, both at twice their weight.
    """
    reader = CorticostriatalActor(dopamine_at_choice=rho)
    n = memory.n_agents
    policy = np.stack([reader.policy(memory.inner, np.full(n, state)) for state in range(task.n_states)], axis=-1)
    found = measures.follow(policy, task)
    share = (found.reward - found.effort - ends[0]) / (ends[1] - ends[0])
    return np.asarray(share.reshape(-1, n_agents))


def _factors(cells: _Cells, some: npt.NDArray[Any], n_goals: float) -> dict[str, npt.NDArray[Any]]:
    names = [name for name in cells._fields if len(np.unique(getattr(cells, name)[some])) > 1]
    return {**{name: getattr(cells, name)[some] for name in names}, "n_goals": np.full(len(some), n_goals)}


def _noted(study: Study[Settings], settings: Settings, cells: _Cells, gained: Floats, d1: Floats) -> None:
    """One row for each setting, break and pathway, (n_goal_numbers, n_breaks, n_pathways, n_cells)."""
    for g, n_goals in enumerate(settings.goal_numbers):
        for i in range(len(cells.days)):
            where: dict[str, Any] = {name: float(getattr(cells, name)[i]) for name in cells._fields}
            control = where["labile_loss"] == where["stable_loss"] == 0
            where |= {"n_goals": float(n_goals), "part": "control" if control else "family"}
            if where["days"] == 1:
                del where["gap"]
            for b, nights in enumerate(settings.breaks):
                numbers = {"gained": gained[g, b, 0, i], "change of D1 weights": d1[g, b, i]}
                study.add(numbers, nights=float(nights), pathway="both", **where)
                for p, pathway in enumerate(list(_PATHWAYS)[1:], 1):
                    study.add({"gained": gained[g, b, p, i]}, nights=float(nights), pathway=pathway, **where)


def _lossy(cells: _Cells) -> npt.NDArray[np.bool_]:
    """Which settings lose something at night."""
    return (cells.labile_loss > 0) | (cells.stable_loss > 0)


def _massed(cells: _Cells) -> tuple[Ints, Ints]:
    """The settings of spaced practice, and the massed one that is like each of them."""
    spaced = np.flatnonzero(cells.days > 1)
    return spaced, spaced % int((cells.days == 1).sum())


def _clear(difference: Floats) -> Floats:
    """The mean over agents, the last axis, where it lies outside 1.96 standard errors; else 0."""
    mean, error = difference.mean(axis=-1), difference.std(axis=-1, ddof=1) / np.sqrt(difference.shape[-1])
    return np.asarray(np.where(np.abs(mean) > 1.96 * error, mean, 0.0))


def _all_factors(settings: Settings, cells: _Cells, some: Ints) -> dict[str, npt.NDArray[Any]]:
    parts = [_factors(cells, some, float(n)) for n in settings.goal_numbers]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _spaced(study: Study[Settings], settings: Settings, cells: _Cells, gained: Floats) -> None:
    """Where spaced practice is clearly ahead of massed, by the break; (n_goal_numbers, n_breaks, n_cells, n_agents)."""
    spaced, massed = _massed(cells)
    lossy = _lossy(cells)[spaced]
    for b, nights in enumerate(settings.breaks):
        pairs = gained[:, b, spaced], gained[:, b, massed]
        error = np.sqrt(sum(x.var(axis=-1, ddof=1) for x in pairs) / gained.shape[-1])
        lead = pairs[0].mean(axis=-1) - pairs[1].mean(axis=-1)
        clear = np.where(np.abs(lead) > 1.96 * error, lead, 0.0)
        for kind, some in (("family", lossy), ("control", ~lossy)):
            where: dict[str, Any] = {"nights": float(nights), "kind": kind}
            factors = _all_factors(settings, cells, spaced[some])
            note(study, "spaced practice is ahead", clear[:, some].ravel(), factors, **where)
            study.add({"mean lead": lead[:, some].mean()}, part="share", finding="spaced practice is ahead", **where)
        _leads(study, settings, cells, spaced[lossy], clear[:, lossy], nights)
        means = [float(gained[:, b, spaced[cells.gap[spaced] == gap]].mean()) for gap in settings.gaps]
        study.add({"best gap": settings.gaps[int(np.argmax(means))]}, part="best gap", nights=float(nights))


def _leads(
    study: Study[Settings], settings: Settings, cells: _Cells, spaced: Ints, clear: Floats, nights: float
) -> None:
    """One row for each setting that is spaced."""
    for g, n_goals in enumerate(settings.goal_numbers):
        for i, cell in enumerate(spaced):
            where: dict[str, Any] = {name: float(getattr(cells, name)[cell]) for name in cells._fields}
            study.add({"clear lead": clear[g, i]}, part="leads", nights=float(nights), n_goals=float(n_goals), **where)


def _left(study: Study[Settings], settings: Settings, cells: _Cells, gained: Floats) -> None:
    """Where clearly more than half of what was there at the end of practice, and was worth it, is left."""
    lossy = np.flatnonzero(_lossy(cells))
    factors = _all_factors(settings, cells, lossy)
    begun = gained[:, 0, lossy]
    learned = begun.mean(axis=-1).ravel() > _LEARNED
    some = {name: column[learned] for name, column in factors.items()}
    for b, nights in enumerate(settings.breaks[1:], 1):
        now, where = gained[:, b, lossy], {"nights": float(nights)}
        clear = _clear(now - 0.5 * begun).ravel()[learned]
        note(study, "more than half is left", clear, some, null=0.0, **where)
        share = (now.mean(axis=-1).ravel()[learned] / begun.mean(axis=-1).ravel()[learned]) if learned.any() else [0.0]
        study.add({"median share left": np.median(share)}, part="share", finding="more than half is left", **where)
        for i, each in enumerate(clear):
            known = {name: column[i].item() for name, column in some.items()}
            study.add({"clear surplus over half": each}, part="left", **where, **known)


def _pathways(study: Study[Settings], settings: Settings, cells: _Cells, gained: Floats) -> None:
    """What each pathway alone would bring after the longest break, by where plasticity lies."""
    lossy = _lossy(cells)
    for balance in settings.balances:
        some = lossy & (cells.balance == balance)
        for p, pathway in enumerate(_PATHWAYS):
            numbers = {
                "gained, end of practice": gained[:, 0, p][:, some].mean(),
                "gained, after the break": gained[:, -1, p][:, some].mean(),
            }
            study.add(numbers, part="pathways", balance=balance, pathway=pathway)


def _draw(study: Study[Settings], settings: Settings, cells: _Cells, gained: Floats) -> None:
    lossy = _lossy(cells)
    gap = settings.gaps[0]
    curves = {
        "massed" if days == 1 else f"{days} days": gained[:, :, 0, :][
            :, :, lossy & (cells.days == days) & ((days == 1) | (cells.gap == gap))
        ].mean(axis=(0, 2))
        for days in settings.days
    }
    gain = "share of the optimum gained\n(mean over settings)"
    names, last = list(curves), settings.breaks[-1]
    words = ("leaves more than", "leaves less than", "leaves as much as")
    said = ("massed practice", f"practice over {names[-1]}")
    title = titles.compare(names[0], names[-1], *words, at=last, lead=f"after {last} nights ", said=said)
    study.draw(title, settings.breaks, curves, xlabel="nights without practice", ylabel=gain)
    panels = {}
    for b, title in ((0, "what is learned with nightly losses"), (-1, f"what {last} nights leave of it")):
        known = gained[:, b, 0]
        panels[title] = {
            f"loss of {loss:g}" if loss else "no loss": [
                float(known[:, (lossy == (loss > 0)) & (cells.labile_loss == loss) & (cells.days == days)].mean())
                for days in settings.days
            ]
            for loss in (*settings.losses, 0.0)
        }
    every = [x for lines in panels.values() for line in lines.values() for x in line]
    ends = (min(0.0, *every), max(every) + 0.05)
    for title, lines in panels.items():
        first = next(iter(lines))
        trend = titles.trend(f"{title}, {first},", "days of practice", name=first)
        study.draw(trend, settings.days, lines, xlabel="days of practice", log=True, limits=ends, ylabel=gain)
    bars = {
        pathway: [
            study.value("gained, after the break", part="pathways", balance=b, pathway=pathway)
            for b in settings.balances
        ]
        for pathway in _PATHWAYS
    }
    names = [f"{b:.0%} in D1" for b in settings.balances]
    words = ("keeps more than", "keeps less than", "keeps as much as")
    title = titles.compare("D1 alone", "D2 alone", *words, at=names[0], lead=f"{last} nights later, with {names[0]}, ")
    study.draw(title, names, bars, ylabel=gain)


def _say(study: Study[Settings]) -> None:
    settings = study.settings
    first, last = settings.breaks[0], settings.breaks[-1]
    ahead = "spaced practice is ahead"
    lead = {n: study.value("mean lead", finding=ahead, nights=float(n), kind="family") for n in (first, last)}
    said = {n: told(study, ahead, nights=float(n), kind="family") for n in (first, last)}
    without = study.value("share", finding=ahead, nights=float(last), kind="control")
    study.say(
        f"{settings.n_trials} trials over several days leave clearly more than within one (by .02 of what lies between "
        f"even choices and the exact optimum, and beyond the error over actors) in {said[first]} {first} nights after "
        f"practice, by {lead[first]:+.2f} on average; {last} nights after it in {said[last]}, by {lead[last]:+.2f}. "
        f"Without losses it is {without:.0%}."
    )
    _say_left(study)
    best = [int(study.value("best gap", nights=float(nights))) for nights in settings.breaks]
    gaps = " and ".join(map(str, settings.gaps))
    pairs = "; ".join(f"{gap} after a break of {nights}" for gap, nights in zip(best, settings.breaks, strict=True))
    grows = "grows with the break here" if best[-1] > best[0] else "does not grow with the break here"
    study.say(
        f"Of gaps of {gaps} nights the best on average is {pairs}: it {grows}; for facts that people learned it grew."
    )
    parts = []
    for balance in dict.fromkeys((settings.balances[0], settings.balances[-1])):
        alone = [
            study.value("gained, after the break", part="pathways", balance=balance, pathway=pathway)
            for pathway in ("D1 alone", "D2 alone")
        ]
        parts.append(f"{alone[0]:.2f} and {alone[1]:.2f} where {balance:.0%} of plasticity lies in D1")
    study.say(f"After {last} nights D1 weights alone, and D2 weights alone, bring {'; '.join(parts)}.")


def _say_left(study: Study[Settings]) -> None:
    """Say what is left after the longest break, and after the one before it if that is a break at all."""
    finding = "more than half is left"
    said = []
    for nights in [float(each) for each in study.settings.breaks if each][-2:]:
        median = study.value("median share left", finding=finding, nights=nights)
        said.append(f"{told(study, finding, nights=nights)} after {nights:.0f} nights (in the median {median:.0%} is)")
    study.say(
        "Of those who had gained a tenth of the way, clearly more than half is left without practice in "
        f"{', and in '.join(said)}. Built in: what nights fix and lose."
    )


def __dir__() -> list[str]:
    return __all__
