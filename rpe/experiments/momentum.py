"""Behavioural momentum: whether success snowballs, with each mechanism switched on alone.

Momentum is P(work | worked just before) − P(work | did not) at the same time and units done, so that a
trend is not taken for it; the raw difference beyond a shuffle of an agent's own steps, which contains
trends, stands beside it. The goal gradient (work gets likelier as more is done), the slump after a sub-goal
and the growth over trials are told apart, as only the last could be a snowball.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple, Self

import numpy as np

from rpe import measures, mechanisms, simulate, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe.agents import Planner
from rpe.discounting import Hyperbolic
from rpe.experiments import titles
from rpe.experiments.intervals import rate_interval
from rpe.experiments.micro_wins.settings import MATCHINGS
from rpe.experiments.specifications import NULL, Levels, check_levels, groups, note, percent, taken
from rpe.experiments.study import Labels, Study, correlation, figures, sentences, table
from rpe.mechanisms import GoalGradient

Columns = dict[str, Any]

# Mechanisms that act by the state alone: what they do is computed exactly.
EXACT = ("none", "start-up cost", "goal gradient", "small area", "two references")
_AGENT = ("shape", "matching", "kT", "inverse_temperature", "self_knowledge")
_SETTING = ("arm", "kT", "inverse_temperature")

__all__ = ["Settings", "card_time", "figures", "run", "sentences", "table"]


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """The task and the agents.

    Parameters
    ----------
    horizons : tuple of float
        Family of planners without any mechanism but a start-up cost: discount rate × deadline, kT, of the hyperbolic
        ones.
    matchings : tuple of str
        Family of planners: where the others match the hyperbolic discounter, as in `micro_wins`.
    temperatures : tuple of float
        Family of planners: inverse temperatures β, per reward unit; infinity is greedy.
    mechanism_horizons : tuple of float
        Family of mechanisms: discount rate × deadline, kT, of the naive hyperbolic agents that have one.
    mechanism_temperatures : tuple of float
        Family of mechanisms: their inverse temperatures β, per reward unit. (Where choice is greedy, habits, kernels
        and gradients cannot move it.)
    family_agents : int
        Family of mechanisms: agents in each setting.
    family_trials : int
        Family of mechanisms: their trials.
    k : float
        Worked example: hyperbolic discounting, per step. β = 0.5.
    n_goals : int
        Sub-goals of the split task.
    weight : float
        Weight of habit, choice kernel and goal gradient, in logits.
    start_cost : float
        Start-up cost where it is on, reward units.
    n_agents : int
        Worked example: agents.
    n_trials : int
        Worked example: their trials; habits and beliefs go on from trial to trial.
    """

    horizons: tuple[float, ...] = (1.2, 4.8, 12.0)
    matchings: tuple[str, ...] = MATCHINGS
    temperatures: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, float("inf"))
    mechanism_horizons: tuple[float, ...] = (1.2, 2.4, 4.8)
    mechanism_temperatures: tuple[float, ...] = (0.3, 1.0, 3.0)
    family_agents: int = 120
    family_trials: int = 10
    k: float = 0.04
    n_goals: int = 5
    weight: float = 2.0
    start_cost: float = 2.0
    n_agents: int = 300
    n_trials: int = 12

    def __post_init__(self) -> None:
        check_levels(self.horizons, self.matchings, self.temperatures)
        check_levels(self.mechanism_horizons, MATCHINGS, self.mechanism_temperatures)
        for name in ("k", "weight", "start_cost"):
            scalar(name, getattr(self, name), 0)
        for name in ("n_goals", "n_agents", "n_trials", "family_agents", "family_trials"):
            count(name, getattr(self, name), 2)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            horizons=(1.2, 4.8),
            matchings=("D(N)", "D(T)"),
            temperatures=(0.3, 1.0, 10.0),
            mechanism_horizons=(1.2, 4.8),
            mechanism_temperatures=(0.3, 1.0),
            family_agents=60,
            n_agents=80,
            n_trials=8,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(family_agents=500, family_trials=20, n_agents=2000, n_trials=30)


class Judged(NamedTuple):
    """A mean with its 95 % interval, which is the mean where it is exact."""

    mean: float
    low: float
    high: float


def _agents(settings: Settings, k: float, inverse_temperature: float) -> dict[str, tuple[Any, float]]:
    """Each mechanism alone: the agent, and the start-up cost of its task."""
    plain = Planner(Hyperbolic(k), inverse_temperature)
    w = settings.weight
    return {
        "none": (plain, 0.0),
        "start-up cost": (plain, settings.start_cost),
        "habit": (mechanisms.Habit(plain, weight=w, learning_rate=0.0444, miss_rate=0.005), 0.0),
        "choice kernel": (mechanisms.ChoiceKernel(plain, weight=w), 0.0),
        "learned efficacy": (mechanisms.Efficacy(plain, weight=1.0, prior=(1.0, 3.0)), 0.0),
        "goal gradient": (GoalGradient(plain, weight=w), 0.0),
        "small area": (GoalGradient(plain, weight=w, shape="small area"), 0.0),
        "two references": (GoalGradient(plain, weight=w, shape="two references"), 0.0),
    }


def _task(settings: Settings, arm: str, start_cost: float) -> tasks.GoalTask:
    n_goals = settings.n_goals if arm == "micro wins" else 1
    return tasks.micro_wins(n_goals, start_cost=start_cost, success_probability=0.9)


_ARMS = ("one goal", "micro wins")


def momentum(name: str, agent: Any, task: tasks.GoalTask, history: simulate.History) -> Judged:
    """Return momentum at the same time and units done: exact where the mechanism acts by the state alone.

    What is learned differs between agents, so that it is measured within each of them: the mean over agents, with a
    t interval; NaN if nobody met both ways in one stratum.
    """
    if name in EXACT:
        exact = float(measures.exact(agent, task).momentum[0])
        return Judged(exact, exact, exact)
    own = measures.momentum(history, by_agent=True)
    return _mean(own[np.isfinite(own)])


def _mean(values: Floats) -> Judged:
    """The mean with its t interval over agents."""
    from scipy.stats import t

    if values.size < 2:
        return Judged(float("nan"), float("nan"), float("nan"))
    width = float(t.ppf(0.975, values.size - 1) * values.std(ddof=1) / np.sqrt(values.size))
    return Judged(float(values.mean()), float(values.mean()) - width, float(values.mean()) + width)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Put every mechanism to both arms: the worked example, and two families."""
    study = Study(settings)
    seeds = generator(rng).integers(2**63, size=2)
    hazards, bands = _example(study, settings, int(seeds[0]))
    _shapes(study)
    planners, mechanism = solve(settings), simulated(settings, int(seeds[1]))
    for part, family in (("family of planners", planners), ("family of mechanisms", mechanism)):
        _keep(study, part, family)
    _say_planners(study, planners)
    _say_mechanisms(study, mechanism)
    _say_card(study)
    _say_example(study, settings)
    _draw(study, settings, hazards, bands)
    return study


class _Bands(NamedTuple):
    """Intervals of what is drawn, by mechanism and arm.

    Attributes
    ----------
    raw : dict of (str, str) to Judged
        Of the raw difference.
    hazards : dict of (str, str) to float array (2, n_units)
        Of P(work) by units done.
    """

    raw: dict[tuple[str, str], Judged]
    hazards: dict[tuple[str, str], Floats]


def _example(study: Study[Settings], settings: Settings, seed: int) -> tuple[dict[tuple[str, str], Floats], _Bands]:
    """Every mechanism in both arms at one k and β; returns P(work) by units done, and intervals."""
    hazards: dict[tuple[str, str], Floats] = {}
    bands = _Bands({}, {})
    agents = _agents(settings, settings.k, 0.5)
    for (name, (agent, cost)), arm in product(agents.items(), _ARMS):
        task = _task(settings, arm, cost)
        history = simulate.run(
            agent, task, n_agents=settings.n_agents, n_trials=settings.n_trials, rng=seed, record="all"
        )
        found = momentum(name, agent, task, history)
        start = _earlier(history)
        rates = measures.work_by_unit(history)
        hazards[name, arm] = rates.probability
        apart = measures.momentum_with_trend(history).beyond_shuffle
        bands.raw[name, arm] = _mean(apart[np.isfinite(apart)])
        bands.hazards[name, arm] = rate_interval(rates.worked, rates.offered)
        numbers = {
            "momentum": found.mean,
            "momentum low": found.low,
            "momentum high": found.high,
            "raw difference": float(np.nanmean(apart)),
            "goal gradient": _gradient(hazards[name, arm]),
            "slump": _slump(history),
            "earlier start over trials": start.mean,
            "earlier start low": start.low,
            "earlier start high": start.high,
            "procrastination index": float(measures.procrastination_index(history).mean()),
        }
        known = {what: x for what, x in numbers.items() if np.isfinite(x)}
        study.add(known, part="mechanism", mechanism=name, arm=arm)
    split = tasks.micro_wins(settings.n_goals)
    change = after_sub_goals(measures.exact(agents["none"][0], split), split)[0]
    study.add({"change after sub-goals (exact)": change}, part="mechanism", mechanism="none", arm="micro wins")
    return hazards, bands


def _earlier(history: simulate.History) -> Judged:
    """How much earlier agents start in the last two trials than in the first two, as a share of the time."""
    started = 1 - measures.start_latency(history)
    return _mean(started[:, -2:].mean(axis=1) - started[:, :2].mean(axis=1))


def after_sub_goals(exact: measures.Exact, task: tasks.GoalTask) -> Floats:
    """Return P(work) right after a sub-goal less right before it, mean over sub-goals, (n_agents,)."""
    goals = np.array(task.goals[:-1], dtype=int)
    work = exact.work_probability
    return np.asarray((work[:, goals] - work[:, goals - 1]).mean(axis=1))


def solve(settings: Settings) -> Columns:
    """Return the family of planners as columns, one row an agent, start-up cost and arm; exact."""
    agents = groups(Levels(settings.horizons, settings.matchings, settings.temperatures))
    parts: dict[str, list[Any]] = {}
    for cost, arm in product(dict.fromkeys((0.0, settings.start_cost)), _ARMS):
        task = _task(settings, arm, cost)
        for group in agents:
            exact = measures.exact(group.planner, task)
            n = group.planner.n_agents
            columns = {
                **group.factors,
                "start_cost": np.full(n, cost),
                "arm": np.full(n, arm),
                "stratified momentum": exact.momentum,
                "slope of work": np.array([_gradient(rates) for rates in exact.work_probability]),
                "change after sub-goal": after_sub_goals(exact, task) if arm == "micro wins" else np.full(n, np.nan),
            }
            for name, values in columns.items():
                parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def simulated(settings: Settings, seed: int) -> Columns:
    """Return the family of mechanisms as columns, one row a mechanism, arm, kT and β."""
    rows: list[dict[str, Any]] = []
    for kt, beta in product(settings.mechanism_horizons, settings.mechanism_temperatures):
        for (name, (agent, cost)), arm in product(_agents(settings, kt / 60, beta).items(), _ARMS):
            task = _task(settings, arm, cost)
            n_agents, n_trials = settings.family_agents, settings.family_trials
            history = simulate.run(agent, task, n_agents=n_agents, n_trials=n_trials, rng=seed, record="all")
            found, start = momentum(name, agent, task, history), _earlier(history)
            row = {"mechanism": name, "arm": arm, "kT": kt, "inverse_temperature": beta}
            row |= {"momentum of mechanism": found.mean, "its low": found.low, "its high": found.high}
            row |= {"change of start": start.mean, "its start low": start.low, "its start high": start.high}
            rows.append(row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _keep(study: Study[Settings], part: str, family: Columns) -> None:
    factors = [name for name in (*_AGENT, "mechanism", "start_cost", "arm") if name in family]
    for i in range(len(family["arm"])):
        where = {name: family[name][i].item() for name in factors if family[name][i] != ""}
        known = {name: x[i] for name, x in family.items() if name not in factors and np.isfinite(x[i])}
        study.add(known, part=part, **where)


def _gradient(rates: Floats) -> float:
    """Correlation of P(work | n) with n."""
    known = np.isfinite(rates)
    return correlation(np.arange(len(rates))[known], rates[known]) if known.sum() > 2 else 0.0


def _slump(history: Any) -> float:
    """P(work) right at a sub-goal less P(work) two steps on and more; 0 without sub-goals."""
    rates = measures.work_since_sub_goal(history).probability
    later = rates[2:8]
    return float(rates[0] - np.nanmean(later)) if np.isfinite(rates[0]) and np.isfinite(later).any() else 0.0


def _shapes(study: Study[Settings]) -> None:
    """What the three shapes of the goal gradient predict of published findings, without any simulation."""
    inside, long = Planner(Hyperbolic(0.08)), tasks.monolithic(n_units=21, deadline=63)
    fitted = _weight_of_speedup(0.2)
    for name, weight in (("strong", 2.0), ("fitted", fitted)):
        change = card_time(weight, 2) / card_time(weight, 0) - 1
        study.add({"weight": weight, "change of time": change}, part="endowed card", gradient=name)
    two = GoalGradient(inside, weight=1.0, shape="two references").gradient(long)[:21]
    small = GoalGradient(inside, weight=1.0, shape="small area").gradient(long)[:21]
    done, to_go = 1.0 / (np.arange(21) + 1), 1.0 / (21 - np.arange(21))
    crossing = float(np.argmax(to_go > done)) / 20
    study.add({"minimum": float(two.argmin()) / 20}, part="shape", mechanism="two references")
    study.add({"crossing": crossing, "minimum": small.argmin() / 20}, part="shape", mechanism="small area")


def card_time(weight: float, head_start: int, n_stamps: int = 10, base: float = -1.5) -> float:
    """Return the expected time to fill a card, in steps: Σ 1/P over stamps, logit P = base + weight × share.

    The share is of the whole card, stamps given away counted; the stamps that must be earned are the
    same. Whoever looks at what is left instead takes the same time with either card.

    Examples
    --------
    >>> card_time(0.0, 2) == card_time(0.0, 0)
    True
    """
    share = (np.arange(n_stamps) + head_start) / (n_stamps + head_start)
    return float((1 + np.exp(-(base + weight * share))).sum())


def _weight_of_speedup(fall: float, n_stamps: int = 10, base: float = -1.5) -> float:
    """The weight with which the last stamp takes less time than the first by this share."""
    last = (1 - fall) * (1 + np.exp(-base))
    return float((-np.log(last - 1) - base) * n_stamps / (n_stamps - 1))


def _say_planners(study: Study[Settings], family: Columns) -> None:
    study.say(_start_costs(study, family), _by_arm(study, family), _ramp(study, family), _slumps(study, family))


def _start_costs(study: Study[Settings], family: Columns) -> str:
    """Momentum of planners with and without a cost of starting."""
    known = np.isfinite(family["stratified momentum"])
    free = np.abs(family["stratified momentum"][known & (family["start_cost"] == 0)])
    rows = {name: column[known & (family["start_cost"] > 0)] for name, column in family.items()}
    factors = {name: rows[name] for name in (*_AGENT, "arm")}
    share = note(study, "a start-up cost makes momentum", rows["stratified momentum"], factors)
    greedy = np.isinf(family["inverse_temperature"][~known])
    unmet = (
        f" In {percent(1 - float(known.mean()))} of all settings nobody is met both ways, "
        f"{percent(float(greedy.mean()))} of them greedy."
        if greedy.size
        else ""
    )
    return (
        "At the same time and progress, planners whom a start costs nothing are no likelier to work after work (at "
        f"most {free.max():.3f} in {free.size} settings, as it must be); a start-up cost of "
        f"{study.settings.start_cost:g} makes momentum in {share}.{unmet}"
    )


def _by_arm(study: Study[Settings], family: Columns) -> str:
    """Whether micro wins or the single goal have more momentum, by start-up cost."""
    one, micro = (taken(family, arm=arm, start_cost=study.settings.start_cost) for arm in _ARMS)
    more = micro["stratified momentum"] - one["stratified momentum"]
    known = np.isfinite(more)
    factors = {name: one[name][known] for name in _AGENT}
    share = note(study, "micro wins add to momentum", more[known], factors)
    up, down = (float(np.mean(x > NULL)) for x in (more[known], -more[known]))
    verdict = "neither arm owns it" if max(up, down) < 0.7 else f"mostly {'micro wins' if up > down else 'one goal'}"
    return f"With a start-up cost, micro wins have more momentum than one goal in {share}: {verdict}."


def _ramp(study: Study[Settings], family: Columns) -> str:
    one, micro = (taken(family, arm=arm, start_cost=0.0) for arm in _ARMS)
    steeper = one["slope of work"] - micro["slope of work"]
    discounts = one["shape"] != "none"
    share = note(
        study, "the ramp is the single goal's", steeper[discounts], {name: one[name][discounts] for name in _AGENT}
    )
    return (
        f"P(work) rises with units done more with one goal than with micro wins (by the correlation r) in {share}; "
        "this is a trend, not momentum."
    )


def _slumps(study: Study[Settings], family: Columns) -> str:
    rows = taken(family, arm="micro wins", start_cost=0.0)
    known = np.isfinite(rows["change after sub-goal"])
    factors = {name: rows[name][known] for name in _AGENT}
    share = note(study, "slump after sub-goals", -rows["change after sub-goal"][known], factors)
    return f"Work is less likely right after a sub-goal than right before it in {share}, without any mechanism."


def _say_mechanisms(study: Study[Settings], family: Columns) -> None:
    held, grown = [], []
    for name in dict.fromkeys(family["mechanism"].tolist()):
        rows = taken(family, mechanism=name)
        factors = {factor: rows[factor] for factor in _SETTING}
        sure = _sure(rows["momentum of mechanism"], rows["its low"], rows["its high"])
        held.append((name, note(study, "mechanism makes momentum", sure, factors, mechanism=name), sure))
        sooner = _sure(rows["change of start"], rows["its start low"], rows["its start high"])
        grown.append((name, note(study, "earlier start over trials", sooner, factors, mechanism=name), sooner))
    makers, starters = ([(name, text) for name, text, x in each if (x > NULL).any()] for each in (held, grown))
    rest = [name for name, _, x in held if not (x > NULL).any()]
    study.say(
        f"Momentum above {NULL:g}, beyond its interval over agents, is made by "
        f"{'; '.join(f'{name} in {text}' for name, text in makers) or 'no mechanism'}"
        f"{'; by ' + ', '.join(rest) + ' in none' if makers and rest else ''}. Built in: start-up costs and choice "
        "kernels favour what was done just before, and a goal gradient looks at progress alone.",
        "Over trials agents come to start earlier (by more than 2 % of the time, beyond the interval) with "
        f"{'; '.join(f'{name} in {text}' for name, text in starters)}: delta rules and habits saturate, so that "
        "nothing grows exponentially."
        if starters
        else "Over trials no mechanism makes agents start earlier by more than 2 % of the time: no snowball.",
    )


def _sure(mean: Floats, low: Floats, high: Floats) -> Floats:
    """The mean where its interval excludes 0, else 0; also where nothing was seen."""
    return np.where((low > 0) | (high < 0), np.nan_to_num(mean), 0.0)


def _say_card(study: Study[Settings]) -> None:
    strong, fitted = (study.value("change of time", gradient=n) for n in ("strong", "fitted"))
    study.say(
        f"Two stamps given away change the time to fill a card by {100 * strong:+.0f} % if effort follows the share "
        f"done steeply, and by {100 * fitted:+.0f} % with the gradient that speeds up by 20 % from first to last "
        "stamp, as people did (published: about −20 %). Whoever looks at what is left does not change."
    )


def _say_example(study: Study[Settings], settings: Settings) -> None:
    text = []
    for name in study.levels("mechanism")[:4]:
        one, micro = (study.values("momentum", mechanism=name, arm=arm) for arm in _ARMS)
        raw = [study.value("raw difference", mechanism=name, arm=arm) for arm in _ARMS]
        ends = [f"{round(x[0], 3) + 0.0:+.3f}" if x.size else "unknown" for x in (one, micro)]
        text.append(f"{name} {ends[0]} and {ends[1]} (raw {raw[0]:+.3f} and {raw[1]:+.3f})")
    slump, change = (
        study.value(what, mechanism="none", arm="micro wins") for what in ("slump", "change after sub-goals (exact)")
    )
    study.say(
        f"Worked example (k = {settings.k:g} per step, β = 0.5, naive hyperbolic; not the k and β of `micro_wins`): "
        f"momentum with one goal and with micro wins is: {'; '.join(text)}. The raw differences beyond a shuffle "
        f"contain the trend. Right after a sub-goal P(work) changes by {change:+.3f} (exact; against later steps "
        f"{slump:+.3f}, sampled)."
    )


def _draw(study: Study[Settings], settings: Settings, hazards: dict[tuple[str, str], Floats], bands: _Bands) -> None:
    names = list(_agents(settings, settings.k, 0.5))

    def by_arm(what: str) -> dict[str, Floats]:
        found = {}
        for arm in _ARMS:
            known = [study.values(what, mechanism=name, arm=arm) for name in names]
            found[arm] = np.array([x[0] if x.size else np.nan for x in known])
        return found

    def band(what: str) -> dict[str, Floats]:
        low, high = by_arm(f"{what} low"), by_arm(f"{what} high")
        return {arm: np.array([low[arm], high[arm]]) for arm in _ARMS}

    within, raw = by_arm("momentum"), by_arm("raw difference")
    around_raw = {arm: np.transpose([bands.raw[name, arm][1:] for name in names]) for arm in _ARMS}
    everything = np.concatenate([*within.values(), *raw.values()])
    ends = (min(float(np.nanmin(everything)), 0.0) - 0.05, float(np.nanmax(everything)) + 0.05)
    gap = "gap in probability of work"
    title = titles.ranked("momentum at the same time and progress", by="with", name="one goal")
    study.draw(title, names, within, ylabel=f"{gap} (95 % interval)", limits=ends, band=band("momentum"))
    title = titles.ranked("the raw gap, with trend,", by="with", name="one goal")
    study.draw(title, names, raw, ylabel=f"{gap} (95 % interval)", limits=ends, band=around_raw)
    study.draw(
        titles.ranked("earlier start from first to last trials", by="with", name="one goal"),
        names,
        by_arm("earlier start over trials"),
        ylabel="share of the time (95 % interval)",
        band=band("earlier start"),
    )
    shown = (("none", "one goal"), ("none", "micro wins"), ("two references", "one goal"), ("small area", "one goal"))
    curves = {f"{name}, {arm}": hazards[name, arm] for name, arm in shown}
    title = titles.trend("work with one goal, no mechanism,", "units done", name="none, one goal")
    labels: Labels = {"xlabel": "units done", "ylabel": "probability of work (95 % interval)", "limits": (0.0, 1.02)}
    labels["band"] = {f"{name}, {arm}": bands.hazards[name, arm] for name, arm in shown}
    study.draw(title, np.arange(20), curves, **labels)


def __dir__() -> list[str]:
    return __all__
