"""Industriousness: whether effort that was paid is easier to make elsewhere, for how long, and at what price.

All agents are made to work, at an effort and a pay that are set for them; then they choose between work and
rest at something new, which they begin as beginners, with nothing kept but what effort is worth to them.
Controls were paid as much for less effort, made as much effort for nothing, got as much for no effort, or were
not trained; each meets the new task with the same random numbers, so that what differs is what training left. The
new task is worth its effort (by a closed form) or not, pays each time or rarely, or never: extinction. That pairing
gives effort a secondary value is built in; transfer, its length, and who loses by it are computed.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe import mechanisms, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.specifications import note, told
from rpe.experiments.study import Study, figures, sentences, table

__all__ = ["NEW_TASKS", "TRAINING", "NewTask", "Settings", "figures", "run", "sentences", "table"]


class NewTask(NamedTuple):
    """What a new task pays.

    Attributes
    ----------
    gain : float
        Mean pay of a step of work, less its effort and what rest would bring, reward units.
    probability : float
        How often it pays.
    """

    gain: float
    probability: float


TRAINING = ("this effort, paid", "less effort, paid", "this effort, unpaid", "pay without effort", "none")
NEW_TASKS = {
    "paid each time": NewTask(0.5, 1.0),
    "paid rarely": NewTask(0.5, 0.2),
    "not worth it": NewTask(-0.5, 1.0),
    "unpaid": NewTask(-2.5, 0.0),
}
"""New tasks, for an effort of 2 and a rest of 1/2; the last pays nothing."""
_FIRST, *_CONTROLS = TRAINING
_EFFORT, _REST = 2.0, 0.5
_NULL, _LOSS = 0.02, 0.02


@dataclass(frozen=True)
class Settings:
    """The family of training and learners.

    Parameters
    ----------
    less : float
        Effort of a step of training with less of it, where it is 2 in the new task, reward units.
    n_training : int
        Steps of training.
    pays : tuple of float
        Family: mean pay of a step of training, reward units; steps are paid by chance, one half.
    weights : tuple of float
        Family: weight w of industriousness; the first must be 0, effort that only costs.
    rates : tuple of float
        Family: α of what effort is worth, in [0, 1].
    learning_rates : tuple of float
        Family: α of the learner, in [0, 1].
    temperatures : tuple of float
        Family: β of the learner, per reward unit.
    n_agents, n_choices : int
        Learners of each setting, and their choices at the new task.
    """

    less: float = 0.5
    n_training: int = 100
    pays: tuple[float, ...] = (0.5, 2.0)
    weights: tuple[float, ...] = (0.0, 0.5, 1.0)
    rates: tuple[float, ...] = (0.01, 0.05, 0.2)
    learning_rates: tuple[float, ...] = (0.1, 0.4)
    temperatures: tuple[float, ...] = (1.0, 4.0)
    n_agents: int = 100
    n_choices: int = 300

    def __post_init__(self) -> None:
        for name, least in (("n_training", 1), ("n_agents", 2), ("n_choices", 50)):
            count(name, getattr(self, name), least)
        scalar("less", self.less, 0, _EFFORT, open_low=True, open_high=True)
        tops = {"pays": np.inf, "weights": np.inf, "rates": 1.0, "learning_rates": 1.0, "temperatures": np.inf}
        for name, top in tops.items():
            if not getattr(self, name):
                raise ValueError(f"{name} must have at least one level; got none")
            for level in getattr(self, name):
                scalar(name, level, 0, top)
        if self.weights[0] != 0 or len(self.weights) < 2:
            raise ValueError(f"weights must begin with 0, for effort that only costs, and go on; got {self.weights}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(weights=(0.0, 1.0), rates=(0.01, 0.2), n_agents=40, n_choices=150)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(weights=(0.0, 0.25, 0.5, 1.0), rates=(0.01, 0.03, 0.1, 0.3), n_agents=400, n_choices=1000)


Cell = tuple[float, float, float, float, float]
_NAMES = ("training_pay", "weight", "pairing_rate", "learning_rate", "inverse_temperature")


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Train all agents of a kind at once, and put each kind to each new task with the same random numbers."""
    study = Study(settings)
    for_training, for_tasks = generator(rng).spawn(2)
    levels = (settings.pays, settings.weights, settings.rates, settings.learning_rates, settings.temperatures)
    cells = list(product(*levels))
    agent = _agent(settings, cells)
    trained = {kind: _trained(settings, agent, cells, kind, for_training) for kind in TRAINING}
    for kind, memory in trained.items():
        worth = agent.worth(memory, _EFFORT).reshape(len(cells), -1).mean(axis=1)
        for cell, u in zip(cells, worth, strict=True):
            study.add({"worth of effort": u}, part="family", training=kind, **_named(cell))
    for new in NEW_TASKS:
        task, seed = _task(settings, new), int(for_tasks.integers(2**63))
        for kind, memory in trained.items():
            fresh = agent.transfer(memory, task)
            history = simulate.run(agent, task, rng=seed, memory=fresh, record="all")
            _noted(study, settings, cells, history, {"task": new, "training": kind})
    _shares(study, cells)
    _draw(study, settings)
    _say(study, settings)
    return study


def _named(cell: Cell) -> dict[str, float]:
    return dict(zip(_NAMES, cell, strict=True))


def _agent(settings: Settings, cells: list[Cell]) -> mechanisms.Industriousness:
    _, weight, felt, rate, beta = (np.repeat(column, settings.n_agents) for column in zip(*cells, strict=True))
    learner = QLearner(learning_rate=rate, discount=0.0, inverse_temperature=beta)
    return mechanisms.Industriousness(learner, weight=weight, learning_rate=felt, levels=(settings.less, _EFFORT))


def _trained(
    settings: Settings,
    agent: mechanisms.Industriousness,
    cells: list[Cell],
    kind: str,
    rng: np.random.Generator,
) -> mechanisms.MechanismMemory:
    """The memories of all agents after training of a kind."""
    effort = {"less effort, paid": settings.less, "pay without effort": 0.0}.get(kind, _EFFORT)
    memory = agent.init(tasks.paid_effort(effort, 0.0), agent.n_agents)
    if kind == "none":
        return memory
    for pay in settings.pays:
        # All are trained with each pay, and only those whose pay it is keep what they learned.
        reward = 0.0 if kind == "this effort, unpaid" else 2.0 * pay
        task = tasks.paid_effort(effort, reward, probability=0.5, n_steps=settings.n_training)
        own = simulate.run(agent, task, rng=rng.integers(2**63), keep_memory=True, record="summary").memory.own
        mine = np.repeat([cell[0] == pay for cell in cells], settings.n_agents)
        memory.own[:, mine] = own[:, mine]
    return memory


def _task(settings: Settings, new: str) -> tasks.TableTask:
    """Work or rest, of which work brings as much more as the new task says."""
    gain, chance = NEW_TASKS[new]
    pay = (gain + _EFFORT + _REST) / chance if chance else 0.0
    return tasks.paid_effort(_EFFORT, pay, chance, rest=_REST, n_steps=settings.n_choices)


def _noted(
    study: Study[Settings], settings: Settings, cells: list[Cell], history: simulate.History, where: dict[str, str]
) -> None:
    """Share of work and what a choice brings, at first and in the end; that effort costs less brings nothing."""
    full = history.full
    assert full is not None
    worked, net = full.action[:, 0] == 1, full.reward[:, 0] - full.effort[:, 0]
    for when, some in (("early", slice(0, 25)), ("late", slice(-settings.n_choices // 3, None))):
        by_cell = [x[:, some].mean(axis=1).reshape(len(cells), -1).mean(axis=1) for x in (worked, net)]
        for i, cell in enumerate(cells):
            numbers = {"share of work": by_cell[0][i], "welfare": by_cell[1][i]}
            study.add(numbers, part="family", when=when, **where, **_named(cell))


def _more(study: Study[Settings], quantity: str, control: str, task: str, when: str) -> Floats:
    """A quantity after training with paid effort, less that after a control, in the order of the cells."""
    place = {"part": "family", "task": task, "when": when}
    return study.values(quantity, training=_FIRST, **place) - study.values(quantity, training=control, **place)


def _shares(study: Study[Settings], cells: list[Cell]) -> None:
    """Paid effort against each control, among those for whom effort can gain worth."""
    mine = np.array([cell[1] > 0 for cell in cells])
    columns: dict[str, npt.NDArray[Any]] = {
        name: np.array([cell[i] for cell in cells])[mine] for i, name in enumerate(_NAMES)
    }
    for new, when, control in product(NEW_TASKS, ("early", "late"), _CONTROLS):
        where = {"task": new, "when": when, "control": control}
        more = _more(study, "share of work", control, new, when)[mine]
        loss = -_more(study, "welfare", control, new, when)[mine]
        note(study, "works more", more, columns, null=_NULL, **where)
        note(study, "loses by it", loss, columns, null=_LOSS, **where)
        study.add({"mean of more work": more.mean(), "mean loss": loss.mean()}, part="share", **where)


def _draw(study: Study[Settings], settings: Settings) -> None:
    new = [name.replace(" ", "\n", 1) for name in NEW_TASKS]
    top = settings.weights[-1]
    for when in ("early", "late"):
        shares = {
            kind: [
                study.values("share of work", part="family", task=task, training=kind, when=when, weight=top).mean()
                for task in NEW_TASKS
            ]
            for kind in (_FIRST, "less effort, paid", "this effort, unpaid")
        }
        title = titles.compare(
            _FIRST,
            "this effort, unpaid",
            "work more than",
            "work less than",
            "work as much as",
            lead="at first " if when == "early" else "in the end ",
            said=("those paid for effort", "those not paid for it"),
        )
        study.draw(title, new, shares, ylabel="share of choices (mean over settings)", limits=(0.0, 1.0))
    gained = {
        when: [study.value("mean of more work", task=task, when=when, control="none") for task in NEW_TASKS]
        for when in ("early", "late")
    }
    words = ("adds more work than", "adds less work than", "adds as much work as")
    title = titles.compare("early", "late", *words, said=("training at first", "in the end"))
    study.draw(title, new, gained, ylabel="added share of choices\n(mean over settings)", reference=0.0)
    losses = {
        when: [study.value("mean loss", task=task, when=when, control="none") for task in NEW_TASKS]
        for when in ("early", "late")
    }
    title = titles.ranked("welfare lost by training", by="where", name="early")
    study.draw(title, new, losses, ylabel="welfare lost\n(reward units a choice, mean over settings)", reference=0.0)


def _say(study: Study[Settings], settings: Settings) -> None:
    more, loses, idle = "works more", "loses by it", "this effort, unpaid"
    study.say(
        "At something new that is worth its effort and pays each time, those who were paid for effort work more than "
        f"those who made it for nothing in {told(study, more, task='paid each time', when='early', control=idle)} at "
        f"first, and in {told(study, more, task='paid each time', when='late', control=idle)} in the end; where it "
        f"pays rarely, in {told(study, more, task='paid rarely', when='early', control=idle)}, and "
        f"in {told(study, more, task='paid rarely', when='late', control=idle)}.",
        "Against as much pay for less effort the first share is "
        f"{told(study, more, task='paid each time', when='early', control='less effort, paid')}: that only like "
        "efforts share their worth is built in, so that this is a check.",
    )
    added = [study.value("mean of more work", task="unpaid", when=when, control="none") for when in ("early", "late")]
    study.say(
        f"Where work is never paid, training adds {added[0]:.2f} of choices at first and {added[1]:.2f} in the end: "
        "unpaid effort extinguishes what effort is worth.",
        f"It costs welfare in {told(study, loses, task='unpaid', when='early', control='none')} there, in "
        f"{told(study, loses, task='not worth it', when='late', control='none')} in the end where work pays too "
        f"little, and in {told(study, loses, task='paid rarely', when='late', control='none')} where it is worth it "
        "and pays rarely.",
    )
    loss = {"part": "family", "task": "not worth it", "when": "late", "training": "none"}
    at_loss = [
        study.values("share of work", weight=weight, **loss).mean()
        for weight in settings.weights[:: len(settings.weights) - 1]
    ]
    study.say(
        "Without any training, work that pays too little makes up "
        f"{at_loss[0]:.0%} of late choices where effort only costs, and {at_loss[1]:.0%} where it gains worth: its own "
        "pay counts twice there."
    )
    worth = [
        study.values("worth of effort", training=kind, weight=settings.weights[-1]).mean() for kind in (_FIRST, idle)
    ]
    study.say(
        f"Training leaves an effort of {_EFFORT:g} worth {worth[0]:.2f} where it was paid and {worth[1]:.2f} where it "
        "was not. Built in: that pairing with reward gives effort a value of its own, which goes along to a new task."
    )


def __dir__() -> list[str]:
    return __all__
