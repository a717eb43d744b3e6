"""The figures of the page "Reliability": corrupted calls, kills and damaged files.

python benchmarks/reliability.py        # an hour; writes them into notebooks/docs/reliability.md
"""

import argparse
from pathlib import Path

import front_door
import killing

PAGE = Path(__file__).parent.parent / "notebooks" / "docs" / "reliability.md"


def replaced(page: str, name: str, figures: str) -> str:
    """Return a page with other figures between its marks of that name."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{figures}\n{end}{rest.partition(end)[2]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--calls", type=int, default=10_000, help="corrupted calls of each seed; 0 leaves them as they are"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument(
        "--times", type=int, default=10, help="kills of each command in each way; 0 leaves them as they are"
    )
    options = parser.parse_args()
    if options.times:
        for name, figures in (("kills", killing.killed(options.times)), ("damage", killing.refused())):
            PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), name, figures), encoding="utf-8")
    if options.calls:
        figures = front_door.measured(options.calls, options.seeds)
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), "front door", figures), encoding="utf-8")


if __name__ == "__main__":
    main()
