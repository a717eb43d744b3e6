"""Self-control: a resource that runs out against a chosen investment, on what tells the two apart.

Agents work beside a distraction: plain learners, the same with willpower that resisting uses up, and with
control that is invested as far as it is worth its cost. The two-task paradigm of ego depletion spares half of them
temptation in a first task; what they do in the second is compared, in pooled standard deviations, with what 23
laboratories found. Then stakes are raised after a tempting first task, and work is followed over time. That willpower
is used up, and that control follows what is at stake, is built in; which settings of a resource fit the replication,
and whether work falls over time, is computed.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from rpe import mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.specifications import note, told
from rpe.experiments.study import Study, effect_size, figures, sentences, table

__all__ = ["ACCOUNTS", "REPLICATED", "Settings", "figures", "run", "sentences", "table"]

ACCOUNTS = ("none", "resource", "investment")
REPLICATED = (-0.07, 0.04, 0.15)
"""Low end, mean and high end of the effect in Hagger et al. (2016), d over 23 laboratories; from a secondary source."""
_NULL = 0.02
_BLOCK = 10  # choices
_LIKING, _DISLIKING = 1.0, -10.0


@dataclass(frozen=True)
class Settings:
    """The family of accounts and learners.

    Parameters
    ----------
    work : float
        Pay of a step of work, where a look at the distraction brings 1, reward units.
    stakes : float
        Factor by which pay is raised.
    weights : tuple of float
        Family: θ of willpower, logits, and as many costs c of control: 2 / θ.
    uses : tuple of float
        Family: κ of willpower, what temptation takes off it, in [0, 1].
    recoveries : tuple of float
        Family: ρ of willpower, in [0, 1], per step.
    learning_rates : tuple of float
        Family: α of the learner, in [0, 1].
    temperatures : tuple of float
        Family: β of the learner, per reward unit.
    n_agents, n_choices : int
        Learners of each setting in each group, and their choices in each task.
    """

    work: float = 1.5
    stakes: float = 2.0
    weights: tuple[float, ...] = (1.0, 2.0, 4.0)
    uses: tuple[float, ...] = (0.01, 0.05, 0.2)
    recoveries: tuple[float, ...] = (0.02, 0.2)
    learning_rates: tuple[float, ...] = (0.1, 0.4)
    temperatures: tuple[float, ...] = (0.5, 2.0)
    n_agents: int = 400
    n_choices: int = 90

    def __post_init__(self) -> None:
        count("n_agents", self.n_agents, 2)
        count("n_choices", self.n_choices, 30)
        if self.n_choices % _BLOCK:
            raise ValueError(f"n_choices must be a multiple of {_BLOCK}; got {self.n_choices}")
        scalar("work", self.work, 0)
        scalar("stakes", self.stakes, 1)
        tops = {"uses": 1.0, "recoveries": 1.0, "learning_rates": 1.0}
        for name in ("weights", "uses", "recoveries", "learning_rates", "temperatures"):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
            for level in getattr(self, name):
                scalar(name, level, 0, tops.get(name, np.inf), open_low=name == "weights")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(weights=(1.0, 4.0), uses=(0.01, 0.2), n_agents=150, n_choices=60)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(weights=(0.5, 1.0, 2.0, 4.0), uses=(0.01, 0.03, 0.1, 0.3), n_agents=2000, n_choices=200)


Cell = dict[str, float]


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Run both groups of each account through both tasks, at either stake."""
    study = Study(settings)
    for account, stream in zip(ACCOUNTS, generator(rng).spawn(len(ACCOUNTS)), strict=True):
        agent, cells = _agent(settings, account)
        shape = len(cells), settings.n_agents, settings.n_choices
        one, two = (int(seed) for seed in stream.integers(2**63, size=2))
        tempted, spared = (_first(settings, agent, liking, one) for liking in (_LIKING, _DISLIKING))
        # The same random numbers, so that what differs is what the first task left.
        works = {
            "tempted": _second(settings, agent, tempted, 1.0, two).reshape(shape),
            "spared": _second(settings, agent, spared, 1.0, two).reshape(shape),
            "raised": _second(settings, agent, tempted, settings.stakes, two).reshape(shape),
        }
        for i, cell in enumerate(cells):
            study.add(_numbers({name: work[i] for name, work in works.items()}), part="family", account=account, **cell)
        for name in ("tempted", "spared"):
            curve = works[name].mean(axis=(0, 1)).reshape(-1, _BLOCK).mean(axis=1)
            for block, share in enumerate(curve):
                study.add({"share of work": share}, part="course", account=account, first_task=name, block=block + 1.0)
    _shares(study)
    _draw(study, settings)
    _say(study, settings)
    return study


def _agent(settings: Settings, account: str) -> tuple[Any, list[Cell]]:
    """All settings of an account at once, each for as many agents, and what tells them apart."""
    names = ("learning_rate", "inverse_temperature", "weight", "use", "recovery")
    own = {
        "none": ((0.0,), (0.0,), (0.0,)),
        "resource": (settings.weights, settings.uses, settings.recoveries),
        "investment": (settings.weights, (0.0,), (0.0,)),
    }[account]
    levels = list(product(settings.learning_rates, settings.temperatures, *own))
    columns = [np.repeat(column, settings.n_agents) for column in zip(*levels, strict=True)]
    rate, beta, weight, use, recovery = columns
    learner = QLearner(learning_rate=rate, discount=0.0, inverse_temperature=beta)
    cells = [dict(zip(names, level, strict=True)) for level in levels]
    if account == "investment":
        return mechanisms.ControlInvestment(learner, maximum=6.0, cost=2.0 / weight), cells
    return mechanisms.Willpower(learner, weight=weight, use=use, recovery=recovery), cells


def _task(settings: Settings, liking: float, stakes: float = 1.0) -> tasks.TableTask:
    return tasks.feed([liking], "same", work=stakes * settings.work, n_steps=settings.n_choices)


def _first(settings: Settings, agent: Any, liking: float, seed: int) -> Any:
    """The memories after a first task with this liking of what distracts from it."""
    task = _task(settings, liking)
    return simulate.run(agent, task, rng=seed, keep_memory=True, record="summary").memory


def _second(settings: Settings, agent: Any, memory: Any, stakes: float, seed: int) -> Floats:
    """Whether each agent works in each choice of a second, tempting task, (n, n_choices)."""
    task = _task(settings, _LIKING, stakes)
    # Only willpower goes along; the task is new to all.
    fresh = agent.transfer(memory, task) if isinstance(agent, mechanisms.Willpower) and not agent.idle else None
    full = simulate.run(agent, task, rng=seed, memory=fresh, record="all").full
    assert full is not None
    return np.asarray(full.action[:, 0] == 1, dtype=np.float64)


def _numbers(works: dict[str, Floats]) -> dict[str, float]:
    """What tells the accounts apart, in one setting: works are (n_agents, n_choices)."""
    share = {name: work.mean(axis=1) for name, work in works.items()}
    third = works["spared"].shape[1] // 3
    return {
        "effect of depletion": effect_size(share["spared"], share["tempted"]),
        "share of work": float(share["spared"].mean()),
        "rise by stakes": float(share["raised"].mean() - share["tempted"].mean()),
        "fall over time": float(works["spared"][:, :third].mean() - works["spared"][:, -third:].mean()),
    }


def _column(study: Study[Settings], quantity: str, account: str) -> tuple[Floats, dict[str, Any]]:
    names = ("learning_rate", "inverse_temperature", "weight", "use", "recovery")
    asked = {"part": "family", "quantity": quantity, "account": account}
    rows = [row for row in study.rows if all(row.get(name) == level for name, level in asked.items())]
    return np.array([row["value"] for row in rows]), {name: np.array([row[name] for row in rows]) for name in names}


def _shares(study: Study[Settings]) -> None:
    for account in ACCOUNTS:
        d, factors = _column(study, "effect of depletion", account)
        note(study, "more depletion than replicated", d - REPLICATED[2], factors, null=0.0, account=account)
        fall, factors = _column(study, "fall over time", account)
        note(study, "work falls over time", fall, factors, null=_NULL, account=account)
        rise, factors = _column(study, "rise by stakes", account)
        note(study, "stakes raise work", rise, factors, null=_NULL, account=account)
        means = {"mean effect": d.mean(), "mean fall": fall.mean(), "mean rise": rise.mean()}
        study.add(means, part="share", account=account)


def _draw(study: Study[Settings], settings: Settings) -> None:
    blocks = [_BLOCK * block for block in study.levels("block") if isinstance(block, float)]
    for name in ("spared", "tempted"):
        curves = {
            account: study.values("share of work", part="course", account=account, first_task=name)
            for account in ACCOUNTS
        }
        words = ("works more than", "works less than", "works as much as")
        lead = "after temptation " if name == "tempted" else "after no temptation "
        title = titles.compare("resource", "none", *words, lead=lead, said=("a resource", "no control"))
        study.draw(
            title, blocks, curves, xlabel="choice", ylabel="share of work (mean over settings)", limits=(0.0, 1.0)
        )
    effects = {
        f"κ = {use:g}": [
            study.values("effect of depletion", account="resource", use=use, weight=weight).mean()
            for weight in settings.weights
        ]
        for use in settings.uses
    }
    effects["investment"] = [
        study.values("effect of depletion", account="investment", weight=weight).mean() for weight in settings.weights
    ]
    study.draw(
        titles.ranked("depletion", by="with"),
        settings.weights,
        effects,
        xlabel="θ of willpower, or 2 / cost of control",
        ylabel="effect d (mean over settings)",
        reference=REPLICATED[2],
    )
    bars = {
        name: [study.value(f"mean {name}", part="share", account=account) for account in ACCOUNTS]
        for name in ("fall", "rise")
    }
    bars = {"fall over time": bars["fall"], "rise by stakes": bars["rise"]}
    study.draw(
        titles.ranked("fall over time", by="for", name="fall over time"),
        ACCOUNTS,
        bars,
        ylabel="share of choices (mean over settings)",
        reference=0.0,
    )


def _say(study: Study[Settings], settings: Settings) -> None:
    depleted = "more depletion than replicated"
    d = {account: study.value("mean effect", part="share", account=account) for account in ACCOUNTS}
    study.say(
        f"After a tempting first task work is less by d = {d['resource']:.2f} on average where self-control is a "
        f"resource; laboratories found {REPLICATED[1]:g} ({REPLICATED[0]:g} to {REPLICATED[2]:g}). The effect lies "
        f"above that interval in {told(study, depleted, account='resource')}: these the replication speaks against. As "
        f"nothing runs out, an investment gives {d['investment']:.2f}, which is built in.",
    )
    fall = {account: told(study, "work falls over time", account=account) for account in ACCOUNTS[1:]}
    study.say(
        f"Within the second task work falls in {fall['resource']} of a resource, and in {fall['investment']} of an "
        "investment, where learning makes it rise."
    )
    rise = {account: study.value("mean rise", part="share", account=account) for account in ACCOUNTS}
    study.say(
        f"Stakes of {settings.stakes:g} times as much add {rise['resource']:.2f} of choices with a resource, "
        f"{rise['investment']:.2f} with an investment and {rise['none']:.2f} without either. Built in: that resisting "
        "uses willpower up, and that control follows what is at stake."
    )


def __dir__() -> list[str]:
    return __all__
