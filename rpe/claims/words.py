"""Factors in words, as verdicts name them."""

from collections.abc import Sequence

__all__ = ["in_words"]

_WORDS = {
    "account": "the account",
    "agent": "self-knowledge",
    "arm": "what is paid when",
    "balance": "how plasticity is shared by D1 and D2",
    "base_rate_ratio": "ANCCR's base rate",
    "binding": "how cues are bound",
    "capture": "what a night fixes",
    "cost_ratio": "cost",
    "compared_with": "what it is compared with",
    "coupling": "what fatigue costs",
    "cues": "the cues between wins",
    "days": "the days of practice",
    "discount": "the discount factor",
    "discounting": "discounting",
    "effort": "how effort is discounted",
    "eligibility": "what a miss costs",
    "inverse_temperature": "noise in choice (β)",
    "fed": "what was fed",
    "follows": "what attention follows",
    "kT": "the discount rate",
    "liking_weight": "how far learning follows liking",
    "kept": "how much of a value decays",
    "irregularity": "how regular days are",
    "labile_loss": "what a night loses",
    "layout": "where they stand",
    "matching": "the horizon of the match",
    "mechanism": "the mechanism",
    "n_choices": "the length of training",
    "new_utility": "what the ritual is worth",
    "nights": "the break",
    "n_goals": "the number of goals",
    "n_wins": "the number of wins",
    "old_utility": "what the old ritual is worth",
    "paid_at": "when pay comes",
    "pay": "what pay depends on",
    "place_share": "the weight of the place",
    "practice": "practice",
    "progress": "progress to see",
    "probability": "certainty",
    "gain": "the gain of pleasure",
    "promise": "the length of the promise",
    "read_as": "whether errors or nanomolar are read",
    "salience": "incentive salience",
    "scale": "what neurons adapt to",
    "seeks": "what learners seek",
    "self_knowledge": "self-knowledge",
    "shape": "the shape of discounting",
    "stable_loss": "what is forgotten of what was fixed",
    "success_probability": "the chance of success",
    "switching": "what a switch costs",
    "task_pay": "when pay arrives",
    "tick": "their size",
    "use": "how fast willpower is used up",
    "volatility": "how free time comes",
    "when dopamine comes": "when dopamine comes",
    "waived": "an easier start",
}
# More factors than this are not named; the table has them all.
_MOST = 2


def in_words(factors: Sequence[str]) -> str:
    """Return the strongest factors in words, or "the setting" if no factor alone matters.

    Examples
    --------
    >>> in_words(["theory", "n_wins", "discount"])
    'the theory and the number of wins'
    """
    named = list(dict.fromkeys(_WORDS.get(name, f"the {name.replace('_', ' ')}") for name in factors))
    return " and ".join(named[:_MOST]) if named else "the setting"


def __dir__() -> list[str]:
    return __all__
