"""Which actions take a drug."""

from collections.abc import Sequence

from rpe._checks import Kept, count

Actions = Kept[int | Sequence[int], tuple[int, ...]]


def drug_actions(value: int | Sequence[int]) -> tuple[int, ...]:
    """Return the actions that take a drug, as a tuple of at least one."""
    actions = tuple(count("actions", each, 0) for each in (value if isinstance(value, tuple | list) else (value,)))
    if not actions:
        raise ValueError("actions must name at least one action; got none")
    return actions
