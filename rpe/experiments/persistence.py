"""Persistence: momentum towards one of three goals, looking ahead, commitment, and resistance to change.

Three suits pay once they have seven tokens each, and which of them brings tokens readily changes from block
to block. Who goes on with the suit that is furthest on, although another is dominant, looks back. Models of
momentum, of looking ahead, of plain learning and of both together are put to the published task; so are
agents that are committed to the goal they pursue. Nevin's resistance to change is held against what this
library calls momentum.
"""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe import fit, measures, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.agents import GoalCommitment, GoalPursuit, Planner
from rpe.agents.goal_pursuit import RULES
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments.shares import share
from rpe.experiments.study import Study, figures, sentences, table
from rpe.mechanisms import ResistanceToChange, extinction
from rpe.records import Choices
from rpe.simulate import History

__all__ = ["PILOT", "Settings", "figures", "retrospective_share", "run", "sentences", "table"]

STRENGTHS = (0.8, 0.7, 0.6)
# Aenugu & O'Doherty (2025), experiment 1, 44 people, by the chance of the dominant suit.
_PEOPLE = {0.8: 0.424, 0.7: 0.481, 0.6: 0.561}
_PEOPLE_GOALS = 37.18
_NULL_SHARE, _NULL_GOALS = 0.02, 0.5

_WARM, _HOT = (
    {"inverse_temperature": beta, "goal_inverse_temperature": beta, "kernel_rate": 0.0, "leaving": 0.0}
    for beta in (5.0, 10.0)
)
PILOT = {
    "momentum": GoalPursuit(rule="momentum", learning_rate=0.8, discount=0.93, **_WARM),
    "persistence": GoalPursuit(rule="persistence", learning_rate=0.3, **_HOT),
    "prospective": GoalPursuit(rule="prospective", learning_rate=0.3, discount=0.95, **_HOT),
    "hybrid": GoalPursuit(rule="hybrid", learning_rate=0.3, discount=0.95, prospective_weight=0.5, **_HOT),
}
"""The worked example: one agent of each rule."""


@dataclass(frozen=True)
class Settings:
    """The family of agents, and how many are simulated.

    Parameters
    ----------
    learning_rates, temperatures, discounts, kernel_rates, leaving : tuple of float
        Family: α, β of cards and goals, γ, α_c and β₀.
    rival_weights, progress_weights : tuple of float
        Commitment: ω, of which the last must be 1, and b₂, of which the first must be 0.
    n_agents : int
        Agents of each setting.
    n_example : int
        Agents of each rule in the worked example.
    n_recovered, n_draws : int
        Model recovery: agents of each rule, and draws from the prior of each model.
    disruption : float
        x, of the test of resistance.
    """

    learning_rates: tuple[float, ...] = (0.3, 0.8)
    temperatures: tuple[float, ...] = (2.0, 5.0, 10.0)
    discounts: tuple[float, ...] = (0.9, 0.95)
    kernel_rates: tuple[float, ...] = (0.0, 0.8)
    leaving: tuple[float, ...] = (-0.5, 0.5)
    rival_weights: tuple[float, ...] = (0.0, 0.5, 1.0)
    progress_weights: tuple[float, ...] = (0.0, 2.0)
    n_agents: int = 30
    n_example: int = 200
    n_recovered: int = 12
    n_draws: int = 150
    disruption: float = 0.2

    def __post_init__(self) -> None:
        for name, top in (("learning_rates", 1), ("discounts", 1), ("kernel_rates", 1), ("temperatures", np.inf)):
            _levels(name, getattr(self, name), 0, top)
        _levels("leaving", self.leaving, -np.inf, np.inf)
        _levels("rival_weights", self.rival_weights, 0, 1)
        _levels("progress_weights", self.progress_weights, 0, np.inf)
        if self.rival_weights[-1] != 1 or self.progress_weights[0] != 0:
            raise ValueError(
                "rival_weights must end with 1 and progress_weights begin with 0, for who is not committed; "
                f"got {self.rival_weights} and {self.progress_weights}"
            )
        for name in ("n_agents", "n_example", "n_recovered", "n_draws"):
            count(name, getattr(self, name), 2)
        scalar("disruption", self.disruption, 0)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(
            temperatures=(5.0, 10.0),
            kernel_rates=(0.0,),
            leaving=(0.0,),
            rival_weights=(0.0, 1.0),
            n_agents=16,
            n_example=48,
            n_recovered=3,
            n_draws=40,
        )

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(
            learning_rates=(0.1, 0.3, 0.5, 0.8), leaving=(-0.5, 0.0, 0.5), n_agents=60, n_recovered=30, n_draws=600
        )


def _levels(name: str, levels: tuple[float, ...], low: float, high: float) -> None:
    if not levels:
        raise ValueError(f"{name} must have at least one level; got none")
    for level in levels:
        scalar(name, level, low, high)


def retrospective_share(history: History) -> Floats:
    """Return how often the suit furthest on is chosen where it is not the dominant one, by strength of dominance.

    Of suits that are equally far on the first counts; steps without any token do not count.

    Parameters
    ----------
    history : History
        Of `ThreeSuits`, with agents recorded in full.

    Returns
    -------
    float array (n_agents, n_strengths)
        The strongest dominance first; NaN where an agent never met such a step.
    """
    task: Any = history.task
    full = history.full
    if full is None or not isinstance(task, tasks.ThreeSuits):
        raise ValueError("history must be of ThreeSuits with agents recorded in full")
    known = task.decode(full.state[..., :-1])
    furthest = known["tokens"].argmax(axis=-1)
    asked = (furthest != known["dominant"]) & (known["tokens"].max(axis=-1) > 0)
    strength = task.chance.max(axis=1)[known["block"]]
    found = []
    for level in sorted(set(task.chance.max(axis=1).tolist()), reverse=True):
        here = asked & (strength == level)
        n = here.sum(axis=(1, 2))
        found.append((here & (full.action == furthest)).sum(axis=(1, 2)) / np.where(n > 0, n, np.nan))
    return np.stack(found, axis=1)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Put every model to the task, over a family of parameters; then see whether models can be told apart.

    Shares of settings carry Wilson's intervals, as if the settings had been drawn at random from such families.
    """
    study = Study(settings)
    task = tasks.ThreeSuits.published(STRENGTHS)
    seeds = generator(rng).spawn(4)
    _example(study, settings, task, seeds[0])
    rows = _family(study, settings, task, seeds[1])
    _findings(study, rows)
    _commitment(study, settings, task, seeds[2])
    _resistance(study, settings)
    _recovery(study, settings, task, seeds[3])
    _draw(study, rows)
    _say(study, settings)
    return study


def _example(study: Study[Settings], settings: Settings, task: tasks.ThreeSuits, rng: np.random.Generator) -> None:
    for name, agent in PILOT.items():
        seed = rng.integers(2**63)
        history = simulate.run(agent, task, n_agents=settings.n_example, rng=seed, record="all")
        assert history.trials is not None
        band = measures.bootstrap(np.nan_to_num(retrospective_share(history)), rng=0)
        for i, strength in enumerate(STRENGTHS):
            numbers = {"retrospective share": band.mean[i], "low": band.low[i], "high": band.high[i]}
            study.add(numbers, part="example", rule=name, strength=strength)
        goals = measures.bootstrap(history.trials.reward[:, 0] / task.reward, rng=0)
        numbers = {"goals earned": goals.mean, "low": goals.low, "high": goals.high}
        study.add(numbers, part="example", rule=name)
    for strength, number in _PEOPLE.items():
        study.add({"retrospective share": number}, part="people", strength=strength)
    study.add({"goals earned": _PEOPLE_GOALS}, part="people")
    best = Planner(Exponential(1.0), inverse_temperature=np.inf)
    reward = measures.exact(best, task).reward[0]
    study.add({"goals earned": reward / task.reward}, part="optimum")


def _family(
    study: Study[Settings], settings: Settings, task: tasks.ThreeSuits, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Every rule with every combination of parameters, all agents of a rule at once."""
    names = ("learning_rate", "inverse_temperature", "discount", "kernel_rate", "leaving")
    levels = (
        settings.learning_rates,
        settings.temperatures,
        settings.discounts,
        settings.kernel_rates,
        settings.leaving,
    )
    rows = []
    for rule in RULES:
        cells = [dict(zip(names, each, strict=True)) for each in product(*levels)]
        if rule == "persistence":
            # What is learned of chances alone has no use for a discount factor.
            cells = [cell for cell in cells if cell["discount"] == settings.discounts[0]]
        columns: Any = {name: np.repeat([cell[name] for cell in cells], settings.n_agents) for name in names}
        agent = GoalPursuit(rule=rule, goal_inverse_temperature=columns["inverse_temperature"], **columns)
        history = simulate.run(agent, task, rng=rng.integers(2**63), record="all")
        assert history.trials is not None
        retro = retrospective_share(history).reshape(len(cells), settings.n_agents, -1)
        goals = (history.trials.reward[:, 0] / task.reward).reshape(len(cells), -1)
        for i, cell in enumerate(cells):
            by_strength = np.nanmean(retro[i], axis=0)
            found = {
                "retrospective share": by_strength.mean(),
                "rise": by_strength[-1] - by_strength[0],
                "goals earned": goals[i].mean(),
            }
            study.add(found, part="family", rule=rule, **cell)
            rows.append({"rule": rule, **cell, **found})
    return rows


def _findings(study: Study[Settings], rows: list[dict[str, Any]]) -> None:
    """In what share of the family each rule shows what people show."""
    factors = ("learning_rate", "inverse_temperature", "discount", "kernel_rate", "leaving")
    for rule in RULES:
        mine = [row for row in rows if row["rule"] == rule]
        columns = {name: np.array([row[name] for row in mine]) for name in factors}
        known = {name: np.array([row[name] for row in mine]) for name in ("retrospective share", "rise")}
        _note(study, "retrospective share rises", known["rise"] > _NULL_SHARE, columns, rule=rule)
        low, high = min(_PEOPLE.values()), max(_PEOPLE.values())
        within = (known["retrospective share"] >= low) & (known["retrospective share"] <= high)
        _note(study, "retrospective share as people's", within, columns, rule=rule)
    back, ahead = ([row for row in rows if row["rule"] == rule] for rule in ("momentum", "prospective"))
    more = [two["goals earned"] - one["goals earned"] > _NULL_GOALS for one, two in zip(back, ahead, strict=True)]
    columns = {name: np.array([row[name] for row in back]) for name in factors}
    _note(study, "looking ahead earns more than momentum", np.array(more), columns)


def _note(
    study: Study[Settings], finding: str, holds: npt.NDArray[np.bool_], columns: dict[str, Any], **where: str
) -> None:
    found = share(holds, columns)
    turned = found.depends_on[0] if found.depends_on else "none"
    numbers = {"share": found.share, "low": found.low, "high": found.high, "settings": found.n}
    study.add(numbers, part="share", finding=finding, turned_by=turned, **where)


def _commitment(study: Study[Settings], settings: Settings, task: tasks.ThreeSuits, rng: np.random.Generator) -> None:
    """What commitment to a goal costs: the weight of rivals, and of progress, at every β and β₀ of the family."""
    names = ("rival_weight", "progress_weight", "leaving", "inverse_temperature")
    stay = sorted({0.0, *(-abs(level) for level in settings.leaving)}, reverse=True)
    cells = list(product(settings.rival_weights, settings.progress_weights, stay, settings.temperatures))
    columns: Any = {
        name: np.repeat(values, settings.n_agents) for name, values in zip(names, zip(*cells, strict=True), strict=True)
    }
    agent = GoalCommitment(goal_inverse_temperature=columns["inverse_temperature"], discount=0.95, **columns)
    history = simulate.run(agent, task, rng=rng.integers(2**63))
    assert history.trials is not None
    goals = (history.trials.reward[:, 0] / task.reward).reshape(len(cells), -1).mean(axis=1)
    earned = dict(zip(cells, goals.tolist(), strict=True))
    kept, rest = [], []
    for cell, number in earned.items():
        without = earned[(1.0, 0.0, 0.0, cell[-1])]
        found = {"goals earned": number, "lost by commitment": without - number}
        study.add(found, part="commitment", rule="prospective", **dict(zip(names, cell, strict=True)))
        if cell[:3] != (1.0, 0.0, 0.0):
            kept.append(cell)
            rest.append(without - number > _NULL_GOALS)
    columns = {name: np.array([cell[i] for cell in kept]) for i, name in enumerate(names)}
    _note(study, "commitment costs goals", np.array(rest), columns)


def _resistance(study: Study[Settings], settings: Settings) -> None:
    """What the rate of reward does to work under a disruption, and to momentum at the same time and progress."""
    planner = Planner(Hyperbolic(0.08))
    for cost in (0.0, 2.0):
        task = tasks.micro_wins(start_cost=cost)
        for rate in (0.25, 0.5, 1.0, 2.0, 4.0):
            agent = ResistanceToChange(planner, disruption=settings.disruption, reward_rate=rate)
            found = measures.exact(agent, task)
            numbers = {"procrastination index": found.procrastination_index[0], "momentum": found.momentum[0]}
            study.add(numbers, part="resistance", reward_rate=rate, start_cost=cost)
        plain = measures.exact(planner, task)
        numbers = {"procrastination index": plain.procrastination_index[0], "momentum": plain.momentum[0]}
        study.add(numbers, part="undisturbed", start_cost=cost)
    for per_hour in (30.0, 120.0):
        left = {"left after 5 sessions": extinction(5.0, per_hour), "slope": np.log10(extinction(1.0, per_hour))}
        study.add(left, part="extinction", rewards_per_hour=per_hour)


def _recovery(study: Study[Settings], settings: Settings, task: tasks.ThreeSuits, rng: np.random.Generator) -> None:
    """Which rule has the largest marginal likelihood for agents of each rule, their parameters drawn from the prior."""
    n, draws = settings.n_recovered, settings.n_draws
    for_truth, for_draws, for_choices = rng.spawn(3)
    evidence = np.empty((len(RULES), len(RULES), n))
    truth = [simulate.run(_drawn(rule, n, for_truth), task, rng=for_choices, record="all") for rule in RULES]
    states, actions = (
        np.concatenate([getattr(history.full, name)[:, 0] for history in truth]) for name in ("state", "action")
    )
    for i, rule in enumerate(RULES):
        agent = _drawn(rule, draws, for_draws)
        likelihood = _log_likelihoods(agent, task, states, actions)
        top = likelihood.max(axis=1, keepdims=True)
        evidence[:, i] = (np.log(np.exp(likelihood - top).mean(axis=1)) + top[:, 0]).reshape(len(RULES), n)
    best = evidence.argmax(axis=1)
    for i, true in enumerate(RULES):
        for j, found in enumerate(RULES):
            study.add({"share": np.mean(best[i] == j)}, part="recovery", rule=true, recovered=found)
    right = np.concatenate([best[i] == i for i in range(len(RULES))])
    known = share(right, {"rule": np.repeat(RULES, n)})
    study.add({"share right": known.share, "low": known.low, "high": known.high}, part="recovery")


def _drawn(rule: Any, n: int, rng: np.random.Generator) -> GoalPursuit:
    """Agents with parameters from the prior, uniform within wide ranges."""
    beta = rng.uniform(1.0, 10.0, n)
    return GoalPursuit(
        rule=rule,
        learning_rate=rng.uniform(0.1, 0.9, n),
        discount=rng.uniform(0.85, 0.99, n),
        inverse_temperature=beta,
        goal_inverse_temperature=beta,
        leaving=rng.uniform(-1.0, 1.0, n),
        kernel_rate=rng.uniform(0.0, 1.0, n),
        prospective_weight=rng.uniform(0.0, 1.0, n),
    )


def _log_likelihoods(agent: GoalPursuit, task: tasks.ThreeSuits, states: Any, actions: Any) -> Floats:
    """Log likelihood of everybody's choices under every draw, (n_people, n_draws)."""
    n = agent.n_agents
    many: Any = {name: np.tile(getattr(agent, name), len(states)) for name in agent.bounds()}
    each = np.repeat(np.arange(len(states)), n)
    # Rewards play no part: what was drawn is read off the states.
    repeated = Choices.of(actions[each, None], np.zeros((len(each), 1, actions.shape[1])), state=states[each, None])
    return fit.log_likelihood(replace(agent, **many), task, repeated).reshape(len(states), n)


def _draw(study: Study[Settings], rows: list[dict[str, Any]]) -> None:
    shown = ("momentum", "prospective", "persistence")
    series = {rule: study.values("retrospective share", part="example", rule=rule)[::-1] for rule in shown}
    series["people"] = study.values("retrospective share", part="people")[::-1]
    study.draw(
        "Worked example: going on with the suit furthest on",
        STRENGTHS[::-1],
        series,
        xlabel="chance of a token, dominant suit",
        ylabel="retrospective share",
    )
    rises = {"share of settings": [study.value("share", finding="retrospective share rises", rule=r) for r in RULES]}
    study.draw("Family: the share rises as dominance weakens", RULES, rises, ylabel="share of settings")
    goals = [np.mean([row["goals earned"] for row in rows if row["rule"] == rule]) for rule in RULES]
    study.draw("Family: goals earned", RULES, {"mean": goals}, ylabel="goals (line: people)", reference=_PEOPLE_GOALS)
    hits = {f"{rule} found": study.values("share", part="recovery", recovered=rule) for rule in RULES}
    study.draw("Which model describes agents of each rule best", RULES, hits, ylabel="share of agents")


def _say(study: Study[Settings], settings: Settings) -> None:
    def part(finding: str, **where: str) -> str:
        found = {
            name: study.value(name, part="share", finding=finding, **where)
            for name in ("share", "low", "high", "settings")
        }
        return f"{found['share']:.0%} ({found['low']:.0%} to {found['high']:.0%}) of {found['settings']:.0f} settings"

    rises = {rule: study.value("share", finding="retrospective share rises", rule=rule) for rule in RULES}
    both = min(rises["momentum"], rises["prospective"]) > 0.5
    listed = ", ".join(f"{rule} in {part('retrospective share rises', rule=rule)}" for rule in RULES)
    study.say(
        f"Agents go on with the suit furthest on the more, the weaker another suit dominates: {listed}. "
        + (
            "Looking ahead shows it as well as momentum, so that this pattern does not identify momentum."
            if both
            else "Only one of momentum and looking ahead shows it in most settings, so that the pattern tells them "
            "apart here."
        )
    )
    like = {rule: study.value("share", finding="retrospective share as people's", rule=rule) for rule in RULES}
    most = max(like, key=lambda rule: like[rule])
    study.say(
        f"The mean share lies between people's {min(_PEOPLE.values()):.2f} and {max(_PEOPLE.values()):.2f} most often "
        f"with {most} ({part('retrospective share as people' + chr(39) + 's', rule=most)})."
    )
    _say_example(study)
    study.say(
        f"At the same parameters, looking ahead earns more goals than momentum (by more than {_NULL_GOALS:g}) in "
        f"{part('looking ahead earns more than momentum')}; "
        f"{_turned(study, 'looking ahead earns more than momentum')}."
    )
    study.say(
        f"Commitment to the goal pursued (rivals weigh less, or staying is easier from the start or with progress) "
        f"costs more than {_NULL_GOALS:g} goals in {part('commitment costs goals')}; "
        f"{_turned(study, 'commitment costs goals')}. That the committed see less of rivals is built in, what it "
        "costs is not."
    )
    _say_recovery(study)
    _say_resistance(study, settings)


def _say_example(study: Study[Settings]) -> None:
    goals = {rule: study.value("goals earned", part="example", rule=rule) for rule in PILOT}
    best = study.value("goals earned", part="optimum")
    text = []
    for rule in ("momentum", "prospective"):
        by = study.values("retrospective share", part="example", rule=rule)
        text.append(f"{by[0]:.2f}, {by[1]:.2f} and {by[2]:.2f} ({rule})")
    study.say(
        f"Worked example (one setting of each rule): at chances of {', '.join(map(str, STRENGTHS))} the share is "
        f"{' and '.join(text)}; people's is {', '.join(map(str, _PEOPLE.values()))}. Goals earned: "
        + ", ".join(f"{number:.1f} ({rule})" for rule, number in goals.items())
        + f"; people {_PEOPLE_GOALS:g}, and {best:.1f} for whoever knows the chances and plans."
    )


def _turned(study: Study[Settings], finding: str) -> str:
    row = next(row for row in study.rows if row.get("finding") == finding and row["quantity"] == "share")
    words = {
        "inverse_temperature": "β",
        "learning_rate": "α",
        "discount": "γ",
        "kernel_rate": "the choice kernel",
        "leaving": "the readiness to leave",
        "rival_weight": "the weight of rivals",
        "progress_weight": "the weight of progress",
    }
    turned = str(row["turned_by"])
    return "no factor changes that" if turned == "none" else f"it depends most on {words[turned]}"


def _say_recovery(study: Study[Settings]) -> None:
    right, low, high = (study.value(name, part="recovery", rule=None) for name in ("share right", "low", "high"))
    own = {rule: study.value("share", part="recovery", rule=rule, recovered=rule) for rule in RULES}
    worst = min(own, key=lambda rule: own[rule])
    weakest = f"least often {worst}, {own[worst]:.0%}" if own[worst] < max(own.values()) else "each rule as often"
    told = min(own["momentum"], own["prospective"]) >= 0.6
    study.say(
        f"From one session of 540 choices a comparison of models finds an agent's rule in {right:.0%} ({low:.0%} to "
        f"{high:.0%}; by chance {1 / len(RULES):.0%}; {weakest}): "
        + (
            "it tells momentum from looking ahead."
            if told
            else "it does not tell momentum from looking ahead reliably."
        )
    )


def _say_resistance(study: Study[Settings], settings: Settings) -> None:
    index = study.values("procrastination index", part="resistance", start_cost=0.0)
    still = study.values("momentum", part="resistance", start_cost=0.0)
    moved = study.values("momentum", part="resistance", start_cost=2.0)
    slopes = [study.value("slope", rewards_per_hour=rate) for rate in (120.0, 30.0)]
    follows = np.abs(still).max() > _NULL_SHARE
    study.say(
        f"Resistance to change (Nevin), which grows with the rate of reward by construction: under a disruption of "
        f"{settings.disruption:g} the index falls from {index[0]:.2f} at a rate of 0.25 to {index[-1]:.2f} at 4, while "
        f"momentum at the same time and progress is at most {np.abs(still).max():.3f} without a cost of starting and "
        f"{moved.min():.2f} to {moved.max():.2f} with one: "
        + ("here it makes work follow on work." if follows else "resistance is not work that follows on work.")
        + f" In extinction the slope after 120 rewards an hour is {slopes[0] / slopes[1]:.2f} of that after 30."
    )


def __dir__() -> list[str]:
    return __all__
