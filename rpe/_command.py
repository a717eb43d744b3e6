"""Parts of the command: a parser that says what a misspelt word may have meant, settings as text, and completion."""

import argparse
import textwrap
from typing import TYPE_CHECKING, Any

from rpe._objects import did_you_mean

if TYPE_CHECKING:
    from rpe.table import Table

_WIDTH = 100


class Parser(argparse.ArgumentParser):
    """A parser whose messages say which option or choice a misspelt one may have meant."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, and end at a word that is not known, where its command can say which options it has."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            known = [option for option in self._option_string_actions if option.startswith("--")]
            near = did_you_mean(unknown[0].partition("=")[0], known)
            self.error(f"unrecognized arguments: {' '.join(unknown)}{near}")
        return options, unknown

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            near = did_you_mean(value, map(str, action.choices or ()))
            raise argparse.ArgumentError(action, f"{error.message}{near}") from None


def show_settings(name: str, settings: "Table") -> None:
    """Print the settings of an experiment, each with its default, its other sizes, unit and meaning."""
    print(f"\nsettings of {name}, for --set NAME=VALUE:")
    columns = ("setting", "default", "quick", "full", "unit", "meaning")
    for setting, default, quick, full, unit, meaning in zip(*(settings[c].tolist() for c in columns), strict=True):
        sizes = [f"{size} {value}" for size, value in (("quick", quick), ("full", full)) if value != default]
        print(f"  {setting}={default}" + (f"  [{unit}]" if unit else "") + (f"  ({'; '.join(sizes)})" if sizes else ""))
        print(textwrap.fill(meaning, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6))


def print_completion(parser: argparse.ArgumentParser, shell: str) -> None:
    """Print the script by which a shell completes the command; it knows the experiments and the claims.

    Raises
    ------
    ModuleNotFoundError
        Without shtab, which the extra `completion` brings.
    """
    import shtab

    from rpe import claims, experiments

    known = {"NAME": experiments.names(), "ID": tuple(claims.CLAIMS), "DIR": shtab.DIRECTORY, "FILE": shtab.FILE}
    for command, words in _commands(parser).items():
        for action in words._actions:
            what = known.get(str(action.metavar))
            if isinstance(what, dict):
                action.complete = what  # type: ignore[attr-defined]
            elif what is not None and command in ("run", "claims"):
                action.choices = what
    print(shtab.complete(parser, shell))


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of the commands by name."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._subparsers._group_actions if parser._subparsers is not None else ():
        found |= dict(action.choices or {})
    return found
