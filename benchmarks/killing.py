"""Kills that runs survive, and damaged files that are refused.

    python benchmarks/killing.py --times 10        # half an hour

Every command is killed so many times in each way (`tests/kills.py`), begun again, and must end with what a run leaves
that is let alone, to the byte. Damaged files are those of `tests/test_damage.py`.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from kills import WAYS, commands, survived

DAMAGE = Path(__file__).parent.parent / "tests" / "test_damage.py"


def killed(times: int, seed: int = 0, only: Sequence[str] = ()) -> str:
    """Return as a table how often each command was ended in which way; all came to the same bytes in the end."""
    lines = [f"| killed | {' | '.join(WAYS)} | had finished | same bytes in the end |", "|---" * (len(WAYS) + 3) + "|"]
    with tempfile.TemporaryDirectory() as folder:
        for name, command in commands(Path(folder)).items():
            if only and name not in only:
                continue
            scratch = Path(folder, name.replace(" ", "_"))
            scratch.mkdir()
            found = survived(command, scratch, times, seed)
            counts = " | ".join(str(found[way]) for way in WAYS)
            lines.append(f"| {name} | {counts} | {found['finished']} | yes |")
            print(lines[-1], flush=True)
    return "\n".join(lines)


def refused() -> str:
    """Return how many damaged files are refused by name and reason, by the tests of damage."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(DAMAGE)]
    run = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True)
    (n,) = [line.split()[0] for line in run.stdout.splitlines() if " passed" in line]
    return f"| damaged files | |\n|---|---|\n| tried | {n} |\n| refused by name and reason | {n} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=10, help="kills of each command in each way")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--only", nargs="*", default=[], help="some of the commands")
    options = parser.parse_args()
    print(killed(options.times, options.seed, options.only))
    print(refused())


if __name__ == "__main__":
    main()
