"""The demos as a page that is served on this machine."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from rpe._checks import count, flag
from rpe.demos.widgets import REMEDY

_HERE = Path(__file__).parent


def serve(*, port: int = 8866, browser: bool = True) -> int:
    """Serve both demos as a page on this machine, until interrupted; return the server's exit code.

    Parameters
    ----------
    port : int
        Where: the page is http://localhost:PORT.
    browser : bool
        Whether to open it in a browser.

    Raises
    ------
    ModuleNotFoundError
        Without Voilà or its kernel (the extra `demo`).
    TypeError, ValueError
        For another port than 1 to 65535.

    Examples
    --------
    >>> import rpe
    >>> rpe.demos.serve(port=0)
    Traceback (most recent call last):
        ...
    ValueError: port must be at least 1; got 0
    """
    count("port", port, 1, 65_535)
    words = [] if flag("browser", browser) else ["--no-browser"]
    for needed in ("voila", "ipykernel"):
        if find_spec(needed) is None:
            raise ModuleNotFoundError(f"the page of demos needs {needed}; {REMEDY}")
    paths = [str(_HERE / "share" / "jupyter"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    command = [sys.executable, "-m", "voila", str(_HERE / "pages" / "demo.ipynb"), "--template=rpe", f"--port={port}"]
    environment = os.environ | {"JUPYTER_PATH": os.pathsep.join(paths)}
    try:
        return subprocess.run([*command, *words], env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0
