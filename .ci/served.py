"""Whether `rpe demo` answers with a page that holds both demos: Voilà without a kernel answers 500."""

import socket
import subprocess
import sys
import time
import urllib.request


def free_port():
    """A port that nobody uses."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return free.getsockname()[1]


def page(port, server):
    """The page, once the server answers."""
    for _ in range(240):
        try:
            socket.create_connection(("localhost", port), timeout=5).close()
        except OSError:
            if server.poll() is not None:
                raise SystemExit("the server ended") from None
            time.sleep(0.25)
        else:
            break
    with urllib.request.urlopen(f"http://localhost:{port}/", timeout=120) as answer:
        return answer.read().decode()


port = free_port()
server = subprocess.Popen([sys.executable, "-m", "rpe", "demo", "--no-browser", "--port", str(port)])
try:
    text = page(port, server)
finally:
    server.terminate()
    server.wait(timeout=30)
found = text.count("application/vnd.jupyter.widget-view+json")
if found != 2 or "Micro wins, or one goal" not in text:
    raise SystemExit(f"the page must hold two demos; found {found}")
print(f"the page holds {found} demos")
