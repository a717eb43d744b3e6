"""Whether a wheel's page on the package index stands alone: all pictures and links with their full address."""

import re
import sys
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

with zipfile.ZipFile(sys.argv[1]) as wheel:
    (name,) = (each for each in wheel.namelist() if each.endswith(".dist-info/METADATA"))
    metadata = message_from_bytes(wheel.read(name))
page = metadata.get_payload(decode=True).decode()
# Fenced code and `code` hold no links.
prose = re.sub(r"```.*?```|`[^`]*`", "", page, flags=re.DOTALL)
targets = re.findall(r"\]\(([^)]+)\)", prose)
bare = [each for each in targets if not each.startswith(("https://", "#"))]
if bare or not targets:
    raise SystemExit(f"addresses without a host on the page of the package index: {bare}")
for target in targets:
    start = f"https://raw.githubusercontent.com/rpe-lab/rpe/v{metadata['Version']}/"
    if target.startswith(start) and not Path(target.removeprefix(start)).exists():
        raise SystemExit(f"{target} names no file of this repository")
urls = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]
assert metadata.get_all("Project-URL") == [f"{label}, {url}" for label, url in urls.items()]
print(f"{len(targets)} addresses on the page, all complete")
