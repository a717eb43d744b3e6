"""The `rpe` command: lists the experiments, runs them, and writes what they found."""

import argparse
import io
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from rpe import __version__
from rpe._command import Parser, print_completion, show_settings
from rpe._ending import interruptible

__all__ = ["main"]

if TYPE_CHECKING:
    from rpe import experiments
    from rpe.scorecard import Scorecard
    from rpe.table import Table
    from rpe.theories import Theory

_Commands = argparse._SubParsersAction  # argparse has no public name for what adds commands
_SHELLS = ("bash", "zsh", "tcsh")

_PREVIEW = (
    "part",
    "arm",
    "shape",
    "self_knowledge",
    "procrastination_index",
    "effect",
    "completion_probability",
    "welfare",
)
_MOST_COLUMNS, _MOST_LINES = 8, 24
# Options that do not change the numbers that come out.
_NO_MATTER = {"call", "runner", "help", "jobs", "out", "slides"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted (143 by SIGTERM).

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after `rpe`; those of the process if not given.

    Examples
    --------
    >>> main(["list"])
    adaptation ...
    0
    """
    # A terminal that has no Greek letters shows question marks.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    parser = _parser()
    options = parser.parse_args(arguments)
    asked: list[int] = []
    try:
        with interruptible() as asked:
            code = int(options.call(options, parser))
        # What is still to be written is written here, where it can be told that nobody reads it.
        sys.stdout.flush()
        return code
    except KeyboardInterrupt as error:
        # Python takes one that was raised within `exec`, as in the making of a dataclass, for unhandled, and would end
        # by the signal instead of the code below; whatever is executed after it makes it forget that.
        exec("")
        print(f"rpe: interrupted; {str(error) or 'nothing was written'}", file=sys.stderr)
        return 128 + asked[0] if asked else 130
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has seen enough.
        _close_output()
        return 0
    except RuntimeError as error:
        if not isinstance(error, BrokenExecutor) and not isinstance(error.__cause__, BrokenExecutor):
            raise
        print(f"rpe: a process of this run was ended; {error}", file=sys.stderr)
        return 1
    except OSError as error:
        # A full disk, a folder that is gone: what was written before stays.
        _close_output()
        print(f"rpe: {error}", file=sys.stderr)
        return 1


@contextmanager
def _keeping(
    folder: Path | None, name: str, options: argparse.Namespace, parser: argparse.ArgumentParser
) -> Iterator[None]:
    """Keep finished parts beside the results, or with the user's caches, until what is done within is done."""
    from rpe._kept import keeping

    said = {key: value for key, value in vars(options).items() if key not in _NO_MATTER}
    # Findings may be files, which others change.
    said["texts"] = [Path(each).read_text(encoding="utf-8") for each in said.get("finding") or () if each[-3:] == ".py"]
    with ExitStack() as stack:
        try:
            place = folder or _caches()
            place.mkdir(parents=True, exist_ok=True)
            stack.enter_context(keeping(place, name, said))
        except ValueError as error:
            parser.error(str(error))
        except OSError as error:
            print(f"rpe: what is finished is lost if this is interrupted ({error})", file=sys.stderr)
        yield


def _caches() -> Path:
    """Where programs of this system keep what they can make again."""
    known = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(known) if known else Path.home() / ".cache") / "rpe"


def _close_output() -> None:
    """Send what is left to nowhere, as Python would complain once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> Parser:
    parser = Parser(prog="rpe", description="Prediction errors, micro wins and procrastination.")
    parser.add_argument("--version", action="version", version=f"rpe {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="list the experiments")
    listing.add_argument("--json", action="store_true", help="as JSON: the name of each, and what it asks")
    listing.set_defaults(call=_list)
    _add_run(commands)
    _add_scorecard(commands)
    _add_claims(commands)
    page = commands.add_parser("demo", help="write live pages with sliders as one HTML file, and open it")
    page.add_argument("--out", default="rpe-demo.html", metavar="FILE", help="where (default: %(default)s)")
    page.add_argument("--no-browser", action="store_true", help="do not open a browser")
    page.set_defaults(call=_demo)
    shell = commands.add_parser("completion", help="print what completes this command in a shell (extra: completion)")
    shell.add_argument("shell", choices=_SHELLS, help="which shell")
    shell.set_defaults(call=_completion)
    return parser


def _add_run(commands: "_Commands[Parser]") -> None:
    runner = commands.add_parser("run", add_help=False, help="run an experiment, and write its table and figures")
    runner.add_argument("name", help="the experiment, one of those that `rpe list` shows", metavar="NAME", nargs="?")
    runner.add_argument("-h", "--help", action="store_true", help="show this; with NAME, its settings too")
    size = runner.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a coarse version, within half a minute")
    size.add_argument("--full", action="store_true", help="a fine version, within a quarter of an hour")
    runner.add_argument("--out", default="results", metavar="DIR", help="where to write (default: %(default)s)")
    runner.add_argument("--seed", type=_seed, default=0, metavar="S", help="seed (default: %(default)s)")
    runner.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: all cores)"
    )
    runner.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", dest="changes", help="change a setting; repeatable"
    )
    runner.add_argument("--slides", action="store_true", help="write the panels one by one too, at the size of slides")
    runner.set_defaults(call=_run, runner=runner)


def _completion(options: argparse.Namespace, parser: Parser) -> int:
    try:
        print_completion(_parser(), options.shell)
    except ModuleNotFoundError:
        print("rpe: completion needs the extra: pip install 'rpe[completion]'", file=sys.stderr)
        return 1
    return 0


def _demo(options: argparse.Namespace, parser: Parser) -> int:
    import webbrowser

    from rpe import demos

    try:
        path = demos.write(options.out, progress=True).resolve()
    except ModuleNotFoundError as error:
        print(f"rpe: {error}", file=sys.stderr)
        return 1
    print(f"The live pages are in {path}")
    if not options.no_browser:
        webbrowser.open(path.as_uri())
    return 0


def _add_scorecard(commands: "_Commands[Parser]") -> None:
    scorer = commands.add_parser("scorecard", help="score theories of dopamine against published findings")
    scorer.add_argument(
        "--theory", action="append", metavar="NAME", help="one of the roster; repeatable (default: all)"
    )
    scorer.add_argument(
        "--finding",
        action="append",
        metavar="ID",
        help="such as B01 or blocking, or a Python file that defines FINDING; repeatable (default: all)",
    )
    scorer.add_argument("--seeds", type=int, default=10, metavar="N", help="random schedules (default: %(default)s)")
    scorer.add_argument("--seed", type=_seed, default=0, metavar="S", help="seed (default: %(default)s)")
    scorer.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: all cores)"
    )
    scorer.add_argument(
        "--data",
        action="store_true",
        help="compare with published animal data instead; --finding is then an experiment, --seeds orders of trials",
    )
    scorer.add_argument("--published", action="store_true", help="run all published parameters too, for the best")
    scorer.add_argument("--out", metavar="DIR", help="where to write (default: print only)")
    scorer.set_defaults(call=_scorecard)


def _add_claims(commands: "_Commands[Parser]") -> None:
    judge = commands.add_parser("claims", help="judge the claims of the popular story by the experiments")
    judge.add_argument("--claim", action="append", metavar="ID", help="such as B3; repeatable (default: all)")
    size = judge.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="coarse experiments, within a minute")
    size.add_argument("--full", action="store_true", help="fine experiments")
    judge.add_argument("--seed", type=_seed, default=0, metavar="S", help="seed (default: %(default)s)")
    judge.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: all cores)"
    )
    judge.add_argument("--out", metavar="DIR", help="where to write (default: print only)")
    judge.set_defaults(call=_claims)


def _claims(options: argparse.Namespace, parser: Parser) -> int:
    from rpe import claims

    for name in options.claim or ():
        if name not in claims.CLAIMS:
            _unknown(parser, "claim", name, claims.CLAIMS)
    if options.jobs < 1:
        parser.error(f"--jobs must be at least 1; got {options.jobs}")
    folder = None if options.out is None else _prepared(options.out, parser, "claims")
    size = "quick" if options.quick else "full" if options.full else "default"
    with _keeping(folder, "claims", options, parser):
        table = claims.run(
            options.claim, rng=options.seed, size=size, n_jobs=options.jobs, progress=sys.stderr.isatty()
        )
        written = claims.write(table, folder) if folder is not None else []
    print(table)
    _tell(written)
    return 0


def _list(options: argparse.Namespace, parser: Parser) -> int:
    from rpe import experiments

    known = experiments.catalogue()
    if options.json:
        import json

        rows = [{"name": name, "question": question} for name, question in known.items()]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    width = max(map(len, known))
    for name, question in known.items():
        print(f"{name:<{width}}  {question}")
    return 0


def _run(options: argparse.Namespace, parser: Parser) -> int:
    from rpe import experiments
    from rpe.experiments.run import settings_of

    if options.help and options.name is None:
        options.runner.print_help()
        return 0
    if options.name is None:
        options.runner.error("NAME is missing: one of those that `rpe list` shows")
    try:
        known = experiments.load(options.name)
    except ValueError as error:
        parser.error(str(error))
    if options.help:
        options.runner.print_help()
        show_settings(options.name, experiments.settings_table(known))
        return 0
    settings = settings_of(known, "quick" if options.quick else "full" if options.full else "default")
    if options.jobs < 1:
        parser.error(f"--jobs must be at least 1; got {options.jobs}")
    try:
        settings = experiments.override(settings, dict(_pair(text) for text in options.changes))
    except (TypeError, ValueError) as error:
        parser.error(f"--set: {error}")
    folder = _prepared(options.out, parser, options.name)
    with _keeping(folder, options.name, options, parser):
        report = experiments.run(known, settings, options.seed, progress=sys.stderr.isatty(), n_jobs=options.jobs)
        # Written first: whatever happens while it is printed, the work is not lost.
        written = experiments.write(report, folder, slides=options.slides)
    _show(report)
    _tell(written)
    return 0


def _scorecard(options: argparse.Namespace, parser: Parser) -> int:
    from rpe import scorecard

    makers = scorecard.roster()
    chosen = {}
    for name in options.theory or makers:
        if name not in makers:
            _unknown(parser, "theory", name, makers)
        chosen[name] = makers[name]()
    if options.data:
        return _animals(options, chosen if options.theory else None, parser)
    for row in options.finding or ():
        try:
            scorecard.load(row)
        except ValueError as error:
            parser.error(f"--{error}")
        except (OSError, TypeError) as error:
            parser.error(f"--finding {row}: {error}")
    with (
        _cells(options, parser, "scorecard_cells.jsonl") as how,
        # With a folder, the cells themselves are a part of what is written.
        nullcontext() if how["out"] else _keeping(None, "scorecard", options, parser),
    ):
        card = scorecard.run(chosen, options.finding, n_seeds=options.seeds, **how)
    written: list[Path] = []
    if options.out is not None:
        written = scorecard.write(card, options.out)
        if len(card.findings) == 1:
            written += scorecard.write_drawings(card.findings[0], chosen, options.out, options.seed)
    print(card)
    _tell_of(card)
    _tell(written)
    return 0


@contextmanager
def _cells(options: argparse.Namespace, parser: Parser, name: str) -> Iterator[dict[str, Any]]:
    """What every way of scoring is told, the file of its cells among it; cells of another run end the command."""
    for count in ("jobs", "seeds"):
        if getattr(options, count) < 1:
            parser.error(f"--{count} must be at least 1; got {getattr(options, count)}")
    out = None if options.out is None else _prepared(options.out, parser, "scorecard") / name
    how = {"rng": options.seed, "n_jobs": options.jobs, "progress": sys.stderr.isatty()}
    try:
        yield {**how, "published": options.published, "out": out}
    except ValueError as error:
        if out is None or "hold cells of the same run" not in str(error):
            raise
        parser.error(f"--{error}")


def _tell_of(card: "Scorecard") -> None:
    """Say which verdicts surprise, and which findings tell theories apart."""
    different = card.differences()
    n = different.n_rows
    which = "All verdicts are" if not n else "1 verdict is not" if n == 1 else f"{n} verdicts are not"
    print(f"\n{which} what theory leads one to expect{':' if n else ''}")
    for theory, row, verdict, wanted in zip(
        *(different[name] for name in ("theory", "finding", "verdict", "expected")), strict=True
    ):
        print(f"  {row}  {theory}: {verdict}, expected {wanted}")
    if len(card.theories) > 1:
        rows = zip(card.information["finding"], card.information["bits"], strict=True)
        print(
            "\nFindings that tell these theories apart, in bits: "
            + ", ".join(f"{row} {bits:.2f}" for row, bits in rows)
        )
        apart = card.distances
        for which, place in (("alike", 0), ("apart", -1)) if apart.n_rows else ():
            print(
                f"most {which}: {apart['one'][place]} and {apart['other'][place]}, "
                f"on {apart['distance'][place]:.0%} of the findings that apply to both"
            )


def _animals(options: argparse.Namespace, chosen: "Mapping[str, Theory] | None", parser: Parser) -> int:
    from rpe.scorecard import animals

    known = animals.experiment_ids()
    for name in options.finding or ():
        if name not in known:
            _unknown(parser, "finding", name, known)
    with _cells(options, parser, "animal_cells.jsonl") as how:
        found = animals.compare(chosen, options.finding, n_orders=options.seeds, **how)
    written = animals.write(found, options.out) if options.out is not None else []
    print(found)
    print()
    for sentence in animals.sentences(found):
        print(textwrap.fill(sentence, 100, initial_indent="• ", subsequent_indent="  "))
    _tell(written)
    return 0


def _unknown(parser: argparse.ArgumentParser, option: str, name: str, known: Iterable[str]) -> NoReturn:
    """End with a message that lists what there is, and what looks like what was said."""
    from rpe._checks import did_you_mean

    names = tuple(known)
    hint = did_you_mean(name, names)
    # A family for one of its members, as TD for TD(0), is no misspelling.
    if not hint and (within := [each for each in names if name and name.casefold() in each.casefold()]):
        hint = f"; did you mean {' or '.join(map(repr, within[:3]))}?"
    parser.error(f"--{option} must be one of {', '.join(map(repr, names))}; got {name!r}{hint}")


def _tell(written: Sequence[Path]) -> None:
    for path in written:
        print(f"wrote {path}")


def _prepared(out: str, parser: Parser, name: str) -> Path:
    """The directory to write to, before any work is done."""
    from rpe.experiments.files import prepare

    try:
        return prepare(out, name)
    except OSError as error:
        parser.error(f"--out must be a directory that can be written to; got {out!r} ({error})")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"a change must have the form NAME=VALUE; got {text!r}")
    return name.strip(), value.strip()


def _seed(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0; got {text!r}")
    return int(text)


def _show(report: "experiments.Report") -> None:
    """Print the preview, or else the first part of the table, and the sentences."""
    if report.preview:
        print(f"{report.preview}\n")
    else:
        _show_table(report.table)
    for sentence in report.sentences:
        print(textwrap.fill(sentence, 100, initial_indent="• ", subsequent_indent="  "))
    print()


def _show_table(table: "Table") -> None:
    if "part" in table:
        table = table.where(table["part"] == table["part"][0])
    columns = [name for name in table if any(map(_cell, table[name].tolist()))]
    if len(columns) > _MOST_COLUMNS:
        columns = [name for name in _PREVIEW if name in columns] or columns[:_MOST_COLUMNS]
    left_out = max(0, table.n_rows - _MOST_LINES)
    cells = [[_cell(entry) for entry in row] for row in zip(*(table[name].tolist() for name in columns), strict=True)]
    cells = cells[:_MOST_LINES]
    widths = [max(len(row[j]) for row in [columns, *cells]) for j in range(len(columns))]
    for row in [columns, *cells]:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    print(f"... and {left_out} more lines\n" if left_out else "")


def _cell(value: object) -> str:
    """What is shown of an entry: three digits, and nothing where it does not apply."""
    if isinstance(value, float):
        return "" if value != value else f"{value:.3f}"
    return str(value)


def __dir__() -> list[str]:
    return __all__
