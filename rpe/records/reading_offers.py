"""Reader of choices between offers: one row a trial, one column for each attribute of each option."""

from collections.abc import Mapping, Sequence

import numpy as np

from rpe._checks import count, did_you_mean, hinting, mapping, sequence
from rpe.records._columns import found_columns, numbered, subject_codes
from rpe.records._sources import MISSING, Readable, Source, source_of
from rpe.records.offers import Offers


@hinting
def read_offers(
    data: Readable,
    attributes: Mapping[str, Sequence[str | float]],
    *,
    columns: Mapping[str, str] | None = None,
    first_action: int = 0,
    subjects: Sequence[str] | None = None,
    missing_values: Sequence[str] = MISSING,
    delimiter: str | None = None,
    encoding: str = "utf-8-sig",
) -> Offers:
    r"""Read choices between offers from a file or data frame with one row per trial.

    Parameters
    ----------
    data : path, pandas or polars DataFrame, rpe.table.Table, or mapping of str to array
        With columns subject and action (which option was chosen), and those of the offers. The rows
        of a subject are its trials in order. A missing action is a trial without a choice. Other
        columns are kept in `Offers.extra`.
    attributes : mapping of str to sequence
        What is offered: for each attribute the column of each option, or a number where it is the
        same in all trials: `{"amount": ["now", "later"], "delay": [0, "days"]}`.
    columns, first_action, subjects, missing_values, delimiter, encoding
        As in `read_choices`.

    Returns
    -------
    Offers

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        For columns that are missing, cells that are no numbers, or an action that is no option; the
        message names the line, the column and the value.

    Examples
    --------
    >>> answers = {"subjID": ["a", "a"], "now": [80, 34], "later": [85, 50], "days": [157, 30], "choice": [0, 1]}
    >>> read_offers(answers, {"amount": ["now", "later"], "delay": [0, "days"]}).attributes["delay"]
    array([[[  0., 157.],
            [  0.,  30.]]])
    """
    mapping("attributes", attributes)
    source = source_of(data, delimiter, encoding, missing_values)
    at = found_columns(source, ("subject", "action"), (), columns)
    n_options = _n_options(source, attributes)
    names, who = subject_codes(source, at["subject"], subjects)
    trial = numbered(who, len(names))
    shape = (len(names), int(trial.max()) + 1)
    absent = source.absent(at["action"])
    chosen = source.whole("action", at["action"], absent, count("first_action", first_action, 0))
    if (wrong := ~absent & (chosen - first_action >= n_options)).any():
        source.fail(
            int(np.argmax(wrong)), f"action must lie in [{first_action}, {first_action + n_options - 1}]", at["action"]
        )
    action = np.full(shape, -1)
    action[who, trial] = np.where(absent, -1, chosen - first_action)
    offered = {}
    for name, options in attributes.items():
        offered[name] = np.zeros((*shape, n_options))
        for i, option in enumerate(options):
            values = source.real(name, option) if isinstance(option, str) else float(option)
            offered[name][who, trial, i] = values
    used = {*at.values(), *(option for options in attributes.values() for option in options)}
    extra = {}
    for name in source.cells:
        if name not in used:
            values = source.text_or_numbers(name)
            extra[name] = np.full(shape, np.nan if values.dtype.kind == "f" else "", dtype=values.dtype)
            extra[name][who, trial] = values
    return Offers(tuple(names), offered, action, None, extra)


def _n_options(source: Source, attributes: Mapping[str, Sequence[str | float]]) -> int:
    """How many options there are, after checking their columns."""
    sizes = {name: len(sequence(f"attributes[{name!r}]", each)) for name, each in attributes.items()}
    if len(set(sizes.values())) != 1 or min(sizes.values()) < 2:
        raise ValueError(f"attributes must have an entry for each option, at least two; got {sizes}")
    for name, options in attributes.items():
        for option in options:
            if isinstance(option, str) and option not in source.cells:
                raise ValueError(
                    f"{source.name}: {name} must be a column ({', '.join(source.cells)}) or a number; got {option!r}"
                    f"{did_you_mean(option, source.cells)}"
                )
    return next(iter(sizes.values()))
