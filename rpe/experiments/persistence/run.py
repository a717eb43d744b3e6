"""Lets agents of each rule play for three suits, and asks what tells the rules apart."""

from typing import Any

import numpy as np

from rpe import tasks
from rpe._checks import Seed, generator
from rpe.agents.goal_pursuit import RULES
from rpe.experiments import titles
from rpe.experiments.persistence.commitment import vary_commitment
from rpe.experiments.persistence.recovery import recover_rules, say_recovery
from rpe.experiments.persistence.resistance import disrupt, say_resistance
from rpe.experiments.persistence.settings import AS_PEOPLE, NULL_GOALS, PEOPLE, PEOPLE_GOALS, STRENGTHS, Settings
from rpe.experiments.persistence.suits import note_findings, say_example, show_rules, vary_rules
from rpe.experiments.shares import wilson
from rpe.experiments.specifications import told
from rpe.experiments.study import Study


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Study[Settings]:
    """Put every model to the task, over a family of parameters; then see whether models can be told apart.

    Shares of settings carry Wilson's intervals, as if the settings had been drawn at random from such families.
    """
    study = Study(settings)
    task = tasks.ThreeSuits.published(STRENGTHS)
    seeds = generator(rng).spawn(4)
    show_rules(study, settings, task, seeds[0])
    rows = vary_rules(study, settings, task, seeds[1])
    note_findings(study, rows)
    vary_commitment(study, settings, task, seeds[2])
    disrupt(study, settings)
    recover_rules(study, settings, task, seeds[3])
    _draw(study, rows)
    _say(study, settings)
    return study


def _draw(study: Study[Settings], rows: list[dict[str, Any]]) -> None:
    shown = ("momentum", "prospective", "persistence")
    series = {rule: study.values("retrospective share", part="example", rule=rule)[::-1] for rule in shown}
    band = {
        rule: np.array(
            [study.values(end, part="example", rule=rule)[: len(STRENGTHS)][::-1] for end in ("low", "high")]
        )
        for rule in shown
    }
    series["people"] = study.values("retrospective share", part="people")[::-1]
    study.draw(
        titles.trend("going on with the suit furthest on (momentum)", "the rival's dominance", name="momentum"),
        STRENGTHS[::-1],
        series,
        xlabel="chance of a token of the dominant suit",
        ylabel="retrospective share (95 % interval)",
        band=band,
    )
    rises, low, high = (
        [study.value(what, finding="retrospective share rises", rule=rule) for rule in RULES]
        for what in ("share", "low", "high")
    )
    study.draw(
        titles.ranked("share of settings in which it weakens with dominance", by="for", name="rises"),
        RULES,
        {"rises": rises},
        ylabel="share of settings (95 % interval)",
        limits=(0.0, 1.02),
        band={"rises": np.array([low, high])},
    )
    goals = [np.mean([row["goals earned"] for row in rows if row["rule"] == rule]) for rule in RULES]
    title = titles.ranked("the number of goals earned", by="with", name="mean")
    study.draw(title, RULES, {"mean": goals}, ylabel="goals (mean over settings; line: people)", reference=PEOPLE_GOALS)
    hits = {f"{rule} found": study.values("share", part="recovery", recovered=rule) for rule in RULES}
    # As many agents of each rule were drawn; shares are of them.
    n = study.settings.n_recovered
    around = {name: np.transpose([wilson(round(x * n), n) for x in y]) for name, y in hits.items()}
    right = np.array([hits[f"{rule} found"][i] for i, rule in enumerate(RULES)])
    title = titles.holding("a comparison of models finds the rule of agents", right > 0.5, "rules")
    ylabel = "share of agents described best\n(95 % interval)"
    study.draw(title, RULES, hits, ylabel=ylabel, limits=(0.0, 1.02), band=around)


def _say(study: Study[Settings], settings: Settings) -> None:
    rises = {rule: study.value("share", finding="retrospective share rises", rule=rule) for rule in RULES}
    both = min(rises["momentum"], rises["prospective"]) > 0.5
    listed = ", ".join(f"{rule} in {told(study, 'retrospective share rises', rule=rule)}" for rule in RULES)
    study.say(
        f"Agents go on with the suit furthest on the more, the weaker another suit dominates: {listed}. "
        + (
            "Looking ahead shows it as well as momentum, so that this pattern does not identify momentum."
            if both
            else "Only one of momentum and looking ahead shows it in most settings, so that the pattern tells them "
            "apart here."
        )
    )
    like = {rule: study.value("share", finding=AS_PEOPLE, rule=rule) for rule in RULES}
    most = max(like, key=lambda rule: like[rule])
    study.say(
        f"The mean share lies between people's {min(PEOPLE.values()):.2f} and {max(PEOPLE.values()):.2f} most often "
        f"with {most}: in {told(study, AS_PEOPLE, rule=most)}."
    )
    say_example(study)
    study.say(
        f"At the same parameters, looking ahead earns more goals than momentum (by more than {NULL_GOALS:g}) in "
        f"{told(study, 'looking ahead earns more than momentum')}."
    )
    study.say(
        f"Commitment to the goal pursued (rivals weigh less, or staying is easier from the start or with progress) "
        f"costs more than {NULL_GOALS:g} goals in {told(study, 'commitment costs goals')}. That the committed see "
        "less of rivals is built in, what it costs is not."
    )
    say_recovery(study)
    say_resistance(study, settings)
