"""`python -m rpe` is the command `rpe`."""

import sys

from rpe.cli import main

if __name__ == "__main__":
    sys.exit(main())
