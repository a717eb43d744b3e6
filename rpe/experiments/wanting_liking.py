"""Wanting and liking: whether they part, and which rule of wanting fits both salt appetite and amphetamine.

Incentive salience computes wanting anew from a stored value and the state of the body, κ. That liking
does not follow κ is built in; what can come out either way is whether one rule for κ (it multiplies the
reward, or its logarithm is added) does what two experiments found: a cue for disgusting salt attracts at
once in an animal that needs salt, and amphetamine lifts the cue next to reward, not the one before it.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rpe import mechanisms, schedules, simulate, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.intervals import standard_errors
from rpe.experiments.study import Study, figures, sentences, table
from rpe.schedules import Schedule, Trial
from rpe.theories import IncentiveSalience

__all__ = ["RULES", "Settings", "figures", "run", "sentences", "table"]

RULES = ("multiplicative", "additive")


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """What is learned and tested.

    Parameters
    ----------
    n_trials : int
        Trials of learning with κ = 1.
    need : float
        Factor κ on value in the test: appetite, or amphetamine.
    blocker : float
        Factor κ with a dopamine blocker.
    n_agents : int
        Agents that choose.
    """

    n_trials: int = 200
    need: float = 8.0
    blocker: float = 0.2
    n_agents: int = 200

    def __post_init__(self) -> None:
        count("n_trials", self.n_trials, 10)
        count("n_agents", self.n_agents, 2)
        scalar("need", self.need, 1, open_low=True)
        scalar("blocker", self.blocker, 0, 1, open_low=True)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(n_trials=100, n_agents=50)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_trials=500, n_agents=2000)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Learn once with κ = 1, and read out wanting under other κ."""
    study = Study(settings)
    kappas = np.unique([settings.blocker, 0.5, 1.0, 1.7, 2.0, 3.0, 4.0, 6.0, settings.need])
    salt, series = _salt(settings), _series(settings)
    curves = {f"salt cue, {rule}": [_last(salt, rule, k)[0] for k in kappas] for rule in RULES}
    lifted = {rule: _lift(series, rule, settings.need) for rule in RULES}
    for rule in RULES:
        flips = curves[f"salt cue, {rule}"][-1] > 0
        near, far = lifted[rule]
        found = {"salt cue": {"wanting in need": curves[f"salt cue, {rule}"][-1], "reproduced": flips}}
        found["amphetamine"] = {"near cue gain": near, "far cue gain": far, "reproduced": near > 3 * max(far, 0.01)}
        for finding, numbers in found.items():
            study.add(numbers, part="findings", rule=rule, finding=finding)
    sweet = _sweet(settings)
    wanted = [_last(sweet, "multiplicative", k)[0] for k in kappas]
    liked = [_liking(sweet, k) for k in kappas]
    for kappa, w, pleasure in zip(kappas, wanted, liked, strict=True):
        study.add({"wanting": w, "liking": pleasure}, part="kappa", rule="multiplicative", kappa=float(kappa))
    choices = _choices(settings, rng)
    for name, pressed in choices.items():
        study.add({"share of choices": pressed[0]}, part="choices", state=name)
    study.draw(
        titles.compare(
            "wanting", "liking", "rises above", "falls below", "stays at", at=kappas[-1], lead="at the highest κ "
        ),
        kappas,
        {"wanting": wanted, "liking": liked},
        xlabel="dopamine gain κ",
        ylabel="wanting or liking (reward units)",
        exact=True,
        log=True,
    )
    study.draw(
        titles.compare(
            "salt cue, additive",
            "salt cue, multiplicative",
            "is wanted more than",
            "is wanted less than",
            "is wanted as much as",
            at=kappas[-1],
        ),
        kappas,
        curves,
        xlabel="dopamine gain κ",
        ylabel="wanting of the cue (reward units)",
        log=True,
        reference=0.0,
        exact=True,
    )
    gains = {
        name: [lifted[rule][i] for rule in RULES] for i, name in enumerate(("cue next to reward", "cue before it"))
    }
    title = titles.compare(
        "cue next to reward",
        "cue before it",
        "gains more by amphetamine than",
        "gains less by amphetamine than",
        "gains as much by amphetamine as",
    )
    study.draw(title, RULES, gains, ylabel="gain in wanting (reward units)", exact=True)
    names = list(choices)
    study.draw(
        titles.ranked("choice of the larger reward", by="under", name="choices"),
        names,
        {"choices": [choices[n][0] for n in names]},
        ylabel="share of choices (± SE)",
        reference=0.5,
        band={"choices": np.transpose([choices[n][1] for n in names])},
    )
    _say(study, settings, wanted, liked)
    return study


def _say(study: Study[Settings], settings: Settings, wanted: list[float], liked: list[float]) -> None:
    study.say(
        f"From κ = {settings.blocker:g} to {settings.need:g} wanting goes from {min(wanted):.2f} to "
        f"{max(wanted):.2f}, liking by "
        f"{max(liked) - min(liked):.2g}: this part is built in, as the model reads the two from different places."
    )
    passed = {
        rule: [bool(study.value("reproduced", rule=rule, finding=what)) for what in ("salt cue", "amphetamine")]
        for rule in RULES
    }
    for rule, (salt, amphetamine) in passed.items():
        study.say(
            f"With the {rule} rule the salt cue {'turns attractive' if salt else 'stays repulsive'} at κ = "
            f"{settings.need:g} "
            f"(W = {study.value('wanting in need', rule=rule):.2f}), and amphetamine "
            f"{'lifts the near cue alone' if amphetamine else 'lifts both cues'} "
            f"(by {study.value('near cue gain', rule=rule):.2f} and {study.value('far cue gain', rule=rule):.2f})."
        )
    both = [rule for rule, found in passed.items() if all(found)]
    study.say(
        f"One rule, the {both[0]} one, fits both findings."
        if both
        else "No single rule fits both findings: the model needs a choice between them."
    )
    low, normal, high = (study.value("share of choices", state=name) for name in ("blocker", "normal", "amphetamine"))
    study.say(
        f"Choosing between rewards of 1 and 1/2, agents take the larger in {normal:.0%} of choices, in {low:.0%} "
        "under a "
        f"blocker and in {high:.0%} under κ = 2."
    )


def _trained(trial: Trial, n: int, phases: tuple[str, str] = ("train", "test")) -> Schedule:
    probe = Trial(trial.cues, learning=False)
    order = ["train"] * n + ["test"]
    return schedules.sequence(
        {"train": trial, "test": probe}, order, dt=0.5, duration=4.0, phases=[phases[0]] * n + [phases[1]]
    )


def _salt(settings: Settings) -> Schedule:
    return _trained(Trial({"cue": (0.5, 1.5)}, {1.5: -1.0}), settings.n_trials)


def _sweet(settings: Settings) -> Schedule:
    return _trained(Trial({"cue": (0.5, 1.5)}, {1.5: 1.0}), settings.n_trials)


def _series(settings: Settings) -> Schedule:
    return _trained(Trial({"far": (0.5, 1.5), "near": (1.5, 2.5)}, {2.5: 1.0}), settings.n_trials)


def _wanted(schedule: Schedule, rule: str, kappa: float) -> Floats:
    learned = IncentiveSalience(rule=rule, states={"test": float(kappa)}).learn(schedule)
    return np.asarray(learned.more["wanting"][0, -1])


def _last(schedule: Schedule, rule: str, kappa: float) -> tuple[float, float]:
    """Wanting of the first cue and of the second in the test."""
    w = _wanted(schedule, rule, kappa)
    return float(w[1]), float(w[3])


def _lift(schedule: Schedule, rule: str, kappa: float) -> tuple[float, float]:
    """What κ adds to the near and to the far cue."""
    before, after = _last(schedule, rule, 1.0), _last(schedule, rule, kappa)
    return after[1] - before[1], after[0] - before[0]


def _liking(schedule: Schedule, kappa: float) -> float:
    """Mean liking of a reward under κ."""
    liked = IncentiveSalience(kappa=float(kappa)).learn(schedule).more["liking"]
    return float(liked.sum() / (schedule.reward != 0).sum())


def _choices(settings: Settings, rng: Seed) -> dict[str, tuple[float, Floats]]:
    """Share of choices of a reward of 1 over one of 1/2, by state, and its standard errors over agents, (2,)."""
    learner = QLearner(discount=0.0, inverse_temperature=2.0)
    task = tasks.lever(outcome=1.0, other=0.5, n_steps=50)
    found = {}
    states = (("blocker", settings.blocker), ("normal", 1.0), ("amphetamine", 2.0))
    for (name, kappa), seed in zip(states, generator(rng).spawn(3), strict=True):
        agent = mechanisms.Wanting(learner, kappa=kappa, inverse_temperature=2.0)
        history = simulate.run(agent, task, n_agents=settings.n_agents, n_trials=4, rng=seed)
        assert history.trials is not None
        received = history.trials.reward[:, -1]
        share = 2 * (float(received.mean()) / task.n_steps - 0.5)
        found[name] = share, standard_errors(2 * (received / task.n_steps - 0.5))
    return found


def __dir__() -> list[str]:
    return __all__
