"""Fatigue and burnout: whether micro wins spare agents for whom fatigue makes work costlier.

Fatigue grows with work, falls with rest, and may or may not make work cost more (ψ; only then is rest
offered). Who does not work is not tired, so that arms are compared *at equal work* as well: fatigue while
doing the n-th unit, weighted over n by the overlap of how often both arms do it.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe.agents import Planner
from rpe.discounting import Hyperbolic
from rpe.experiments import titles
from rpe.experiments.specifications import Levels, check_levels, groups, note, percent, taken
from rpe.experiments.study import Factor, Study, figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]

Columns = dict[str, Any]

LEVELS = 0.3
"""Differences of fatigue up to this size count as none, in levels (a step of work adds one)."""

_FACTORS = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge", "coupling", "paid_at")
_PAID = {"completion": "once", "deadline": "the deadline"}


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
    family_couplings : tuple of float
        Family: ψ, by which a level of fatigue adds to the cost of work, as a share.
    couplings : tuple of float
        Worked example: ψ, as a share; the first is 0, and at least two rise.
    k : float
        Worked example: hyperbolic discounting, per step. β = 1.
    n_goals : int
        Sub-goals of the split task.
    n_agents : int
        Agents that are simulated for the peaks of fatigue.
    """

    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = ("D(N)", "D(T)")
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    family_couplings: tuple[float, ...] = (0.0, 0.05, 0.2)
    couplings: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3)
    k: float = 0.08
    n_goals: int = 5
    n_agents: int = 1000

    def __post_init__(self) -> None:
        check_levels(self.horizons, self.matchings, self.temperatures)
        if len(self.couplings) < 3 or list(self.couplings) != sorted({0.0, *self.couplings}):
            raise ValueError(f"couplings must begin with 0 and rise twice at least; got {self.couplings}")
        for name in ("couplings", "family_couplings"):
            for psi in getattr(self, name):
                scalar(name, psi, 0)
        scalar("k", self.k, 0)
        for name in ("n_goals", "n_agents"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            horizons=(1.2, 4.8),
            matchings=("D(N)",),
            temperatures=(1.0, 10.0),
            family_couplings=(0.0, 0.2),
            couplings=(0.0, 0.1, 0.3),
            n_agents=200,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            family_couplings=(0.0, 0.02, 0.05, 0.1, 0.2),
            couplings=(0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3),
            n_agents=4000,
        )


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Solve the family exactly, and simulate the peaks of the worked example."""
    study = Study(settings)
    streams = generator(rng).spawn(2)
    _example(study, settings, streams)
    _two_parts(study)
    family = solve(settings)
    _keep(study, family)
    _say(study, family)
    _say_example(study, settings)
    _draw_shares(study)
    return study


def _example(study: Study[Settings], settings: Settings, streams: list[np.random.Generator]) -> None:
    """Both arms by ψ and by the date of pay: peaks are sampled, the rest is exact."""
    agent = Planner(Hyperbolic(settings.k))
    seed = int(streams[0].integers(2**63))
    for (pay, when), psi in product(_PAID.items(), settings.couplings):
        both = {arm: worked(agent, *_pair(n, psi, pay)) for arm, n in _arms(settings).items()}
        for arm, n_goals in _arms(settings).items():
            peak = measures.bootstrap(_peaks(settings, agent, n_goals, pay, psi, seed), rng=streams[1])
            found = {
                "peak fatigue": peak.mean,
                "peak fatigue low": peak.low,
                "peak fatigue high": peak.high,
                "fatigue at work": _mean_fatigue(both[arm])[0],
                "share done": _share_done(both[arm])[0],
            }
            study.add(found, part="long task", arm=arm, paid_at=when, coupling=psi)
        spared = at_equal_work(*both.values())[0]
        study.add({"fatigue spared at equal work": spared}, part="long task", paid_at=when, coupling=psi)
    conditions = [(arm, when) for when in _PAID.values() for arm in ("one goal", "micro wins")]
    for lead, what in (
        ("at their peak ", "peak fatigue"),
        ("at work (as much as each does) ", "fatigue at work"),
    ):
        curves = {f"{arm}, paid at {when}": study.values(what, arm=arm, paid_at=when) for arm, when in conditions}
        band = {
            f"{arm}, paid at {when}": np.array(
                [study.values(f"peak fatigue {end}", arm=arm, paid_at=when) for end in ("low", "high")]
            )
            for arm, when in conditions
        }
        first, second = (f"{arm}, paid at once" for arm in ("micro wins", "one goal"))
        study.draw(
            titles.compare(
                first,
                second,
                "tire more than",
                "tire less than",
                "tire as much as",
                lead=lead,
                said=("micro wins", "one goal, paid at once"),
            ),
            settings.couplings,
            curves,
            xlabel="how much costlier fatigue makes work (ψ)",
            ylabel="fatigue (levels, 0–10)" if what != "peak fatigue" else "fatigue (levels, 0–10; 95 % interval)",
            limits=(0.0, 10.5),
            band=band if what == "peak fatigue" else None,
            exact=what != "peak fatigue",
        )


def _arms(settings: Settings) -> dict[str, int]:
    return {"one goal": 1, "micro wins": settings.n_goals}


def _pair(n_goals: int, psi: float, pay: str) -> tuple[tasks.GoalTask, tasks.GoalTask]:
    """The task that is solved, and one whose states hold fatigue (without ψ the first has no need of it)."""
    task = tasks.micro_wins(n_goals, pay=pay, fatigue_cost=psi)
    return task, task if psi > 0 else tasks.micro_wins(n_goals, pay=pay, fatigue_cost=1.0)


def worked(planner: Planner, task: tasks.GoalTask, tired: tasks.GoalTask) -> Floats:
    """Return how often each unit is worked on at each level of fatigue, exactly.

    Parameters
    ----------
    planner : Planner
    task : GoalTask
        What the planner solves.
    tired : GoalTask
        The same task with fatigue in its states, through which the policy is followed.

    Returns
    -------
    float array (n_agents, n_units, n_levels)

    Examples
    --------
    >>> from rpe.discounting import Exponential
    >>> patient = Planner(Exponential(1.0), float("inf"))
    >>> worked(patient, *_pair(1, 0.0, "completion"))[0, :3, :3]     # one unit after the other, without a pause
    array([[1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 1.]])
    """
    known = tired.decode(np.arange(tired.n_states))
    same = known | {"fatigue": known["fatigue"] if task.fatigue_cost > 0 else np.zeros_like(known["fatigue"])}
    place = task.encode(**same)
    found = [_followed(solution.policy[:, place], tired) for _, solution in planner.solutions(task)]
    return np.concatenate(found)


def _followed(policy: Floats, task: tasks.GoalTask) -> Floats:
    """Carry the distribution of states forward under a policy (n_actions, n_states, n_agents); sure steps only."""
    n_actions, _, n_agents = policy.shape
    size, known = task.layer_size, task.decode(np.arange(task.layer_size))
    found = np.zeros((n_agents, task.n_units, task.max_fatigue + 1))
    there = np.zeros((size, n_agents))
    there[0] = 1.0
    open_ = known["units"] < task.n_units
    for time in range(task.n_steps):
        rows = slice(time * size, (time + 1) * size)
        flow = there * policy[:, rows]
        work = flow[tasks.WORK][open_]
        np.add.at(found.transpose(1, 2, 0), (known["units"][open_], known["fatigue"][open_]), work)
        there = np.zeros((size, n_agents))
        for action in range(n_actions):
            np.add.at(there, task.tables.next_state[0, rows, action] % size, flow[action])
    return found


def _mean_fatigue(work: Floats) -> Floats:
    """Mean fatigue over all steps of work, (n_agents,); NaN where there are none."""
    total = work.sum(axis=(1, 2))
    return (work.sum(axis=1) @ np.arange(work.shape[2])) / np.where(total > 0, total, np.nan)


def _share_done(work: Floats) -> Floats:
    """Share of the units that are done, (n_agents,); every step of work does one."""
    return work.sum(axis=(1, 2)) / work.shape[1]


def at_equal_work(one: Floats, micro: Floats) -> Floats:
    """Return how much less fatigue micro wins bring at equal work, in levels, (n_agents,).

    Σ_n w_n (f_n of one goal − f_n of micro wins) / Σ_n w_n, with f_n the mean fatigue while doing the n-th unit and
    w = ab/(a + b) the overlap of how often it is done; NaN where no unit is done in both.

    Parameters
    ----------
    one, micro : float array (n_agents, n_units, n_levels)
        What `worked` returns.

    Examples
    --------
    >>> at_equal_work(np.array([[[0.0, 0.5], [0.0, 0.0]]]), np.array([[[1.0, 0.0], [0.0, 1.0]]]))
    array([1.])
    """
    a, b = one.sum(axis=2), micro.sum(axis=2)
    level = np.arange(one.shape[2])
    with np.errstate(invalid="ignore", divide="ignore"):
        overlap = np.nan_to_num(a * b / (a + b))
        gap = np.where(overlap > 0, one @ level / a - micro @ level / b, 0.0)
        return np.asarray((overlap * gap).sum(axis=1) / overlap.sum(axis=1))


def _peaks(settings: Settings, agent: Planner, n_goals: int, pay: str, psi: float, seed: int) -> Floats:
    """Peak of fatigue of each simulated agent; without coupling it is counted from what was done, by the same rule."""
    task = tasks.micro_wins(n_goals, pay=pay, fatigue_cost=psi)
    history = simulate.run(agent, task, n_agents=settings.n_agents, n_trials=1, rng=seed, record="all")
    assert history.full is not None
    action = history.full.action[:, 0]
    known = task.decode(history.full.state[:, 0])
    works = np.isin(action, task.work_actions) & (known["units"][:, :-1] < task.n_units)
    level = np.zeros((len(action), task.n_steps + 1))
    for now in range(task.n_steps):
        rested = np.where(action[:, now] == tasks.REST, task.rest_recovery, 1)
        level[:, now + 1] = np.clip(level[:, now] + np.where(works[:, now], 1, -rested), 0, task.max_fatigue)
    return np.asarray(level.max(axis=1))


def solve(settings: Settings) -> Columns:
    """Return the family as columns: every agent in both arms, by ψ and by the date of pay."""
    agents = groups(
        Levels(settings.horizons, settings.matchings, settings.temperatures),
        ("hyperbolic", "exponential", "none"),
        ("naive", "sophisticated"),
    )
    parts: dict[str, list[Any]] = {}
    for (pay, when), psi in product(_PAID.items(), settings.family_couplings):
        pairs = [_pair(n, psi, pay) for n in _arms(settings).values()]
        for group in agents:
            one, micro = (worked(group.planner, *pair) for pair in pairs)
            n = group.planner.n_agents
            columns = {
                **group.factors,
                "coupling": np.full(n, psi),
                "paid_at": np.full(n, when),
                "share done with one goal": _share_done(one),
                "share done with micro wins": _share_done(micro),
                "spared as it comes": _mean_fatigue(one) - _mean_fatigue(micro),
                "spared at equal work": at_equal_work(one, micro),
            }
            for name, values in columns.items():
                parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _keep(study: Study[Settings], family: Columns) -> None:
    quantities = [name for name in family if name not in _FACTORS]
    for i in range(len(family["shape"])):
        where = {name: family[name][i].item() for name in _FACTORS if family[name][i] != ""}
        known = {name: family[name][i] for name in quantities if np.isfinite(family[name][i])}
        study.add(known, part="family", **where)


def _two_parts(study: Study[Settings]) -> None:
    """Recoverable and unrecoverable fatigue over a day with and without pauses, by the published rule."""
    tired = mechanisms.Fatigue(Planner(Hyperbolic(0.08)), recoverable_gain=0.2, recovery=0.1, unrecoverable_gain=0.05)
    curves = {}
    for rest, name in ((0, "no pause"), (4, "a pause every fourth step")):
        own, course = np.full((2, 1), 0.5), []
        for step in range(24):
            own = tired.after(own, [0.0 if rest and step % rest == rest - 1 else 1.0])
            course.append(own[:, 0])
        parts = np.array(course).T
        curves[f"recoverable, {name}"], curves[f"unrecoverable, {name}"] = parts
        for kind, part in zip(("recoverable", "unrecoverable"), parts, strict=True):
            study.add({"fatigue at the end": part[-1]}, part="day of work", fatigue=kind, pause_every=rest)
    study.draw(
        titles.compare(
            "unrecoverable, no pause",
            "unrecoverable, a pause every fourth step",
            "stays above",
            "stays below",
            "stays at",
            at=24,
            lead="after a day the unrecoverable part ",
            said=("without pauses", "that with them"),
        ),
        np.arange(24) + 1,
        curves,
        xlabel="step of a day of work",
        ylabel="fatigue (a.u.)",
        exact=True,
    )


def _say(study: Study[Settings], family: Columns) -> None:
    study.say(_equal_work(study, family), _as_it_comes(study, family))


def comparable(family: Columns) -> Columns:
    """Return the settings in which both arms do at least a tenth of the work, so that the same units are compared."""
    least = np.minimum(family["share done with one goal"], family["share done with micro wins"])
    return {
        name: column[(least >= 0.1) & np.isfinite(family["spared at equal work"])] for name, column in family.items()
    }


def _equal_work(study: Study[Settings], family: Columns) -> str:
    rows = comparable(family)
    text = []
    for costly, words in ((False, "where it costs nothing (ψ = 0)"), (True, "where it makes work costlier (ψ > 0)")):
        mine = {name: column[(rows["coupling"] > 0) == costly] for name, column in rows.items()}
        spared = mine["spared at equal work"]
        factors = {name: mine[name] for name in _FACTORS}
        share = note(study, "spared at equal work", spared, factors, null=LEVELS, costly="yes" if costly else "no")
        text.append(f"{words} in {share}")
    return (
        f"At equal work (the same unit, in the {len(rows['shape'])} of {len(family['shape'])} settings in which both "
        f"arms do a tenth of the work or more), micro wins spare more than {LEVELS:g} levels of fatigue "
        f"{' and '.join(text)}."
    )


def _as_it_comes(study: Study[Settings], family: Columns) -> str:
    """The comparison that does not hold the work equal, and how far it misleads."""
    rows = taken(family)
    spared = np.nan_to_num(rows["spared as it comes"])
    share = note(
        study, "spared as it comes", spared, {name: rows[name] for name in _FACTORS}, null=LEVELS, costly="either"
    )
    more = rows["share done with micro wins"] - rows["share done with one goal"]
    tired = spared < -LEVELS
    apart = float(np.mean(more[tired] > 0.1)) if tired.any() else 0.0
    return (
        f"Not at equal work, fatigue at work is lower with micro wins in {share}; where it is higher, more than a "
        f"tenth more of the work gets done in {percent(apart)}, and who hardly works is hardly tired."
    )


def _say_example(study: Study[Settings], settings: Settings) -> None:
    most = settings.couplings[-1]
    for when in _PAID.values():
        parts = []
        for psi in (0.0, most):
            where: dict[str, Factor] = {"paid_at": when, "coupling": psi}
            ends = [
                f"{study.value('peak fatigue', arm=arm, **where):.1f} "
                f"({study.value('peak fatigue low', arm=arm, **where):.1f} to "
                f"{study.value('peak fatigue high', arm=arm, **where):.1f}; "
                f"{percent(study.value('share done', arm=arm, **where))} of the work done)"
                for arm in ("one goal", "micro wins")
            ]
            spared = study.value("fatigue spared at equal work", **where)
            parts.append(
                f"at ψ = {psi:g} {ends[0]} with one goal and {ends[1]} with micro wins; at equal work micro wins "
                f"{'spare' if spared > 0 else 'add'} {abs(spared):.1f} levels"
            )
        study.say(
            f"Worked example (k = {settings.k:g} per step, β = 1, naive), paid at {when}: the peak of fatigue is "
            f"{'; '.join(parts)}."
        )
    without, paused = (study.value("fatigue at the end", fatigue="unrecoverable", pause_every=n) for n in (0, 4))
    study.say(
        f"Built in: pauses lower the recoverable part, but the unrecoverable part ends at {without:.2f} without and "
        f"{paused:.2f} with them, as it follows the work alone. No tank of willpower is modelled: ego depletion did "
        "not replicate."
    )


def _draw_shares(study: Study[Settings]) -> None:
    rows = [("equal work,\nψ\u00a0=\u00a00", "no"), ("equal work,\nψ\u00a0>\u00a00", "yes"), ("as it\ncomes", "either")]
    share, back, low, high = (
        np.array([study.value(what, costly=costly) for _, costly in rows])
        for what in ("share", "reversed", "low", "high")
    )
    study.draw(
        titles.tally("less fatigue", "more fatigue", "less fatigue with micro wins is commoner than more"),
        [name for name, _ in rows],
        {"less fatigue": share, "more fatigue": back},
        ylabel="share of settings (95 % interval)",
        limits=(0.0, 1.02),
        band={"less fatigue": np.array([low, high])},
    )


def __dir__() -> list[str]:
    return __all__
