"""Reward kinds: what a common currency of food, company and completion implies, and what it misses.

Three kinds differ in size, delay and satiation. To some agents they are one currency, at fixed rates of exchange;
to others every reward satiates for all (one pool), or each kind for itself. After practice and a fast half of them
are given a meal of one kind, and choose on with the same random numbers as the others. A currency without satiation
implies that nothing changes; how many choices do change is what it misses. With practice alone it implies that the
best kind takes all choices but those of noise. Which store there is, and all sizes, are assumed; shares are computed.
"""

from copy import deepcopy
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

__all__ = ["KINDS", "STORES", "Settings", "figures", "run", "sentences", "table"]

KINDS = ("food", "company", "completion")
STORES = ("one currency", "one pool", "own stores")
_MISSED = 0.05


@dataclass(frozen=True)
class Settings:
    """The kinds, and the family of agents.

    Parameters
    ----------
    amounts : (float, float, float)
        Of a reward of each kind, reward units; provisional, as are the delays and satiations.
    delays : (int, int, int)
        Steps before it comes.
    satiations : (float, float, float)
        κ of each kind, per reward unit; the last does not satiate.
    strengths : tuple of float
        Family: factors of all satiations.
    retentions : tuple of float
        Family: ρ, the share that is left of what was had a step before.
    discounts : tuple of float
        Family: γ of the learner, per step.
    temperatures : tuple of float
        Family: β of the learner, per reward unit.
    meal : float
        What is given at the test, reward units.
    n_agents, n_practice, n_test : int
        Learners of each setting, and their steps.
    """

    amounts: tuple[float, ...] = (5.0, 3.0, 1.0)
    delays: tuple[int, ...] = (2, 1, 0)
    satiations: tuple[float, ...] = (0.1, 0.05, 0.0)
    strengths: tuple[float, ...] = (0.3, 1.0, 3.0)
    retentions: tuple[float, ...] = (0.8, 0.95)
    discounts: tuple[float, ...] = (0.6, 0.95)
    temperatures: tuple[float, ...] = (0.5, 2.0)
    meal: float = 30.0
    n_agents: int = 60
    n_practice: int = 400
    n_test: int = 20

    def __post_init__(self) -> None:
        for name in ("amounts", "delays", "satiations"):
            given = getattr(self, name)
            if len(given) != len(KINDS):
                raise ValueError(f"{name} must have one entry for each of {', '.join(KINDS)}; got {given}")
            for level in given:
                scalar(name, level, 0, open_low=name == "amounts")
        for name, top in (("strengths", np.inf), ("retentions", 1.0), ("discounts", 1.0), ("temperatures", np.inf)):
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
            for level in getattr(self, name):
                scalar(name, level, 0, top)
        scalar("meal", self.meal, 0)
        for name, least in (("n_agents", 2), ("n_practice", 20), ("n_test", 10)):
            count(name, getattr(self, name), least)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(strengths=(1.0,), retentions=(0.9,), n_agents=30, n_practice=200, n_test=20)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(strengths=(0.3, 1.0, 3.0), retentions=(0.7, 0.8, 0.9, 0.95), n_agents=300, n_practice=2000)


Cell = tuple[float, float]
_NAMES = ("discount", "inverse_temperature")


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Let agents practise, give some of them a meal, and let all choose on."""
    study = Study(settings)
    seeds = generator(rng)
    cells = list(product(settings.discounts, settings.temperatures))
    for strength, retention in product(settings.strengths, settings.retentions):
        practice, test = (int(seed) for seed in seeds.integers(2**63, size=2))
        for store in STORES:
            agent = _agent(settings, cells, store, strength, retention)
            where: dict[str, Any] = {"store": store, "strength": strength, "retention": retention}
            before = simulate.run(
                agent, _task(settings, settings.n_practice), rng=practice, keep_memory=True, record="all"
            )
            late = _shares_of(settings, before)[1]
            hungry = _after(settings, agent, before.memory, None, test)
            for i, cell in enumerate(cells):
                numbers = {f"share of {kind}": late[i, :, k].mean() for k, kind in enumerate(KINDS)}
                study.add({**numbers, "variety": _variety(late[i])}, part="practice", **where, **_named(cell))
            for k, kind in enumerate(KINDS):
                fed = _after(settings, agent, before.memory, k, test)
                for i, cell in enumerate(cells):
                    change = (fed[i] - hungry[i]).mean(axis=0)
                    numbers = {"fall of its share": -change[k], "missed": 0.5 * np.abs(change).sum()}
                    study.add(numbers, part="meal", fed=kind, **where, **_named(cell))
    _exchange(study, settings)
    _note(study)
    _draw(study)
    _say(study, settings)
    return study


def _named(cell: Cell) -> dict[str, float]:
    return dict(zip(_NAMES, cell, strict=True))


def _task(settings: Settings, n_steps: int) -> tasks.TableTask:
    return tasks.reward_kinds(settings.amounts, settings.delays, n_steps=n_steps)


def _agent(
    settings: Settings, cells: list[Cell], store: str, strength: float, retention: float
) -> mechanisms.RewardKinds:
    discount, beta = (np.repeat(column, settings.n_agents) for column in zip(*cells, strict=True))
    learner = QLearner(learning_rate=0.2, discount=discount, inverse_temperature=beta)
    return mechanisms.RewardKinds(
        learner,
        weight=1.0,
        inverse_temperature=beta,
        learning_rate=0.2,
        discount=discount,
        satiation=[0.0 if store == "one currency" else strength * kappa for kappa in settings.satiations],
        retention=[retention] * len(KINDS),
        pooled=store == "one pool",
    )


def _shares_of(settings: Settings, history: simulate.History) -> tuple[Floats, Floats]:
    """Shares of each kind in the choices of each agent, (n_cells, n_agents, n_kinds): all, and in the last half."""
    full = history.full
    assert full is not None
    n_steps = full.action.shape[2]
    free = full.state[:, 0, :n_steps] == 0
    found = []
    for start in (0, n_steps // 2):
        chosen = np.stack([(full.action[:, 0] == k) & free for k in range(len(KINDS))], axis=-1)[:, start:].sum(axis=1)
        found.append((chosen / chosen.sum(axis=1, keepdims=True)).reshape(-1, settings.n_agents, len(KINDS)))
    return found[0], found[1]


def _after(settings: Settings, agent: mechanisms.RewardKinds, memory: Any, fed: int | None, seed: int) -> Floats:
    """Shares of each kind in the test, after a fast and a meal of one kind or none, (n_cells, n_agents, n_kinds)."""
    own_memory = deepcopy(memory)
    _feed(settings, agent, own_memory, fed)
    task = _task(settings, settings.n_test)
    return _shares_of(settings, simulate.run(agent, task, rng=seed, memory=own_memory, record="all"))[0]


def _exchange(study: Study[Settings], settings: Settings) -> None:
    """How many completions a reward of food is worth at choice, once all is learned, hungry and after meals."""
    task = _task(settings, 1)
    strength, retention = settings.strengths[len(settings.strengths) // 2], settings.retentions[0]
    for store, discount in product(STORES, settings.discounts):
        agent = _agent(settings, [(discount, 1.0)], store, strength, retention)
        worth = discount ** np.array(settings.delays) * np.array(settings.amounts)
        for fed in (None, *range(len(KINDS))):
            memory = agent.init(task, agent.n_agents)
            _feed(settings, agent, memory, fed)
            now = worth * agent.appetite(memory)[:, 0]
            study.add(
                {"completions for food": now[0] / now[2]},
                part="exchange",
                store=store,
                discount=discount,
                fed="nothing" if fed is None else KINDS[fed],
            )


def _feed(settings: Settings, agent: mechanisms.RewardKinds, memory: Any, fed: int | None) -> None:
    """Empty all stores by a fast, and fill what a reward of a kind would fill by a meal that is given, not chosen."""
    memory.own.stores[...] = 0.0
    if fed is not None:
        memory.own.stores[slice(None) if agent.pooled else fed] += settings.meal


def _variety(shares: Floats) -> float:
    """Effective number of kinds, exp(entropy) of each agent's shares, mean over agents; shares (n_agents, n_kinds)."""
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1)
    return float(np.exp(entropy).mean())


def _column(study: Study[Settings], quantity: str, **where: Any) -> tuple[Floats, dict[str, npt.NDArray[Any]]]:
    asked = {"quantity": quantity, **where}
    rows = [row for row in study.rows if all(row.get(name) == level for name, level in asked.items())]
    names = [name for name in ("fed", "strength", "retention", *_NAMES) if name in rows[0]]
    return np.array([row["value"] for row in rows]), {name: np.array([row[name] for row in rows]) for name in names}


def _note(study: Study[Settings]) -> None:
    for store in STORES:
        missed, factors = _column(study, "missed", store=store)
        note(study, "a meal moves choices", missed, factors, null=_MISSED, store=store)
        fall, factors = _column(study, "fall of its share", store=store)
        note(study, "what was fed is chosen less", fall, factors, store=store)
        variety, _ = _column(study, "variety", store=store)
        study.add({"mean missed": missed.mean(), "mean variety": variety.mean()}, part="share", store=store)


def _draw(study: Study[Settings]) -> None:
    shares = {
        kind: [study.values(f"share of {kind}", part="practice", store=store).mean() for store in STORES]
        for kind in KINDS
    }
    study.draw(
        titles.ranked("the share of choices after practice"),
        STORES,
        shares,
        ylabel="share of choices (mean over settings)",
        limits=(0.0, 1.0),
    )
    falls = {
        store: [study.values("fall of its share", store=store, fed=kind).mean() for kind in KINDS] for store in STORES
    }
    study.draw(
        titles.ranked("the fall of the kind that was fed"),
        KINDS,
        falls,
        ylabel="share of choices (mean over settings)",
        reference=0.0,
    )
    rates = {
        store: [study.values("completions for food", store=store, fed=fed).mean() for fed in ("nothing", *KINDS)]
        for store in STORES
    }
    study.draw(
        titles.ranked("the price of food in completions"),
        ("nothing", *KINDS),
        rates,
        ylabel="completions a reward of food\n(mean over settings)",
        reference=1.0,
        exact=True,
    )
    missed = {store: [study.values("missed", store=store, fed=kind).mean() for kind in KINDS] for store in STORES}
    study.draw(
        titles.ranked("what fixed rates of exchange miss"),
        KINDS,
        missed,
        ylabel="share of choices moved\n(mean over settings)",
        reference=_MISSED,
    )


def _say(study: Study[Settings], settings: Settings) -> None:
    variety = {store: study.value("mean variety", part="share", store=store) for store in STORES}
    study.say(
        f"After practice agents choose {variety['one currency']:.2f} kinds (effective number) in one currency, "
        f"{variety['one pool']:.2f} where all kinds satiate together, and {variety['own stores']:.2f} where each does "
        "for itself.",
        f"A meal of one kind moves more than {_MISSED:g} of choices in "
        f"{told(study, 'a meal moves choices', store='one pool')} with one pool, and in "
        f"{told(study, 'a meal moves choices', store='own stores')} with own stores; in one currency it moves "
        f"{study.value('mean missed', part='share', store='one currency'):.2f} on average, which is built in.",
        "What was fed is chosen less in "
        f"{told(study, 'what was fed is chosen less', store='one pool')} with one pool, and in "
        f"{told(study, 'what was fed is chosen less', store='own stores')} with own stores.",
    )
    rate = {
        (store, fed): study.values("completions for food", store=store, fed=fed).mean()
        for store in STORES
        for fed in ("nothing", "food", "company")
    }
    study.say(
        f"A reward of food, later and larger, is worth {rate['one currency', 'nothing']:.2f} completions in one "
        f"currency, whatever was had; with one pool {rate['one pool', 'nothing']:.2f} when hungry and "
        f"{rate['one pool', 'company']:.2f} after a meal of anything; with own stores {rate['own stores', 'food']:.2f} "
        f"after food, and {rate['own stores', 'company']:.2f} after company. This is exact, and follows from the sizes."
    )
    ticks = {store: study.values("share of completion", part="practice", store=store).mean() for store in STORES}
    study.say(
        f"Completion, small and at once, is chosen in {ticks['one currency']:.0%} in one currency and in "
        f"{ticks['own stores']:.0%} where the other kinds satiate and it does not, which is assumed."
    )


def __dir__() -> list[str]:
    return __all__
