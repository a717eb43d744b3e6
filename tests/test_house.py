"""The house: floors, what an import costs and loads, and the README's commands."""

import ast
import importlib
import inspect
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rpe
from rpe.cli import main

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "rpe"
# From the ground up. Where rooms of one floor lean on each other, the one that carries comes first.
FLOORS = [
    {"_objects", "_locks", "_coding"},
    {"_checks", "_ending", "_files", "_shown", "_store"},
    {"_kept"},
    {"_parallel", "_softmax"},
    {"table"},
    {"td", "discounting", "schedules", "dopamine", "choice", "tasks", "records"},
    {"features"},
    {"envs"},  # below agents, as the optimum of an environment is read off its tables
    {"agents", "theories", "mechanisms"},
    {"simulate"},
    {"measures"},
    {"plots"},  # above measures, so that a plot takes what measures return, and records themselves
    {"fit", "sweep", "movies", "design"},
    {"experiments", "scorecard"},
    {"demos"},  # a page shows what experiments compute
    {"claims"},
    {"_command"},
    {"cli"},
    {"__main__"},
]


def floor(room):
    return next(level for level, rooms in enumerate(FLOORS) if room in rooms)


def imported(source):
    """The rooms of `rpe` that a source imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("rpe.")}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "rpe":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names} - {"__version__"}
        assert not (isinstance(node, ast.ImportFrom) and node.level), "relative imports hide the arrows"
    return found


def bad_arrows(room, source):
    """The imports of a room that do not point down."""
    return {other for other in imported(source) - {room} if floor(other) >= floor(room)}


SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert not bad_arrows(room, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("td", "from rpe.agents import QLearner"),
        ("td", "from rpe import discounting"),
        ("choice", "def f():\n    import rpe.simulate"),
        ("simulate", "from rpe import measures"),
        ("records", "from rpe.simulate import History"),
        ("design", "from rpe.experiments import run"),
        ("measures", "from rpe.design import split"),
        ("scorecard", "from rpe.experiments import run"),
    ],
)
def test_the_floor_check_sees_bad_arrows(room, source):
    assert bad_arrows(room, source)


def test_every_room_has_a_floor_and_a_docstring():
    for path in SOURCES:
        floor(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))
        first = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert first, path


def test_every_name_loads():
    for name in rpe.__all__:
        assert getattr(rpe, name).__doc__
    assert set(rpe.__all__) <= set(dir(rpe))


# What a distribution is called where its module has another name.
DISTRIBUTIONS = {"PIL": "pillow", "vl_convert": "vl_convert_python"}
# What an extra of `rpe` itself brings; the rest must come with every installation.
OPTIONAL = {
    "ipywidgets": "demo",
    "numba": "fast",
    "pandas": "tables",
    "pyarrow": "tables",
    "shtab": "completion",
    "vl_convert_python": "demo",
    "xarray": "tables",
}


def third_party(source):
    """The distributions that a source imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    ours = {
        "rpe",
        *(path.stem for folder in ("tests", "benchmarks", "notebooks/docs") for path in (ROOT / folder).glob("*.py")),
    }
    # `_typeshed` comes with type checkers and is there for no one else.
    return {DISTRIBUTIONS.get(name, name) for name in found - ours - {"_typeshed"} - set(sys.stdlib_module_names)}


def declared(*extras):
    """The distributions that come with `rpe`, and with extras of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found, left = set(), [*project["dependencies"], *(f"rpe[{extra}]" for extra in extras)]
    while left:
        need = left.pop()
        name = re.match(r"[\w-]+", need)[0]
        if name == "rpe":
            wanted = re.search(r"\[(.*)\]", need)[1].split(",")
            left += [each for extra in wanted for each in project["optional-dependencies"][extra.strip()]]
        else:
            found.add(name.replace("-", "_"))
    return found


def test_the_package_declares_what_it_imports():
    imports = set().union(*(third_party(path.read_text(encoding="utf-8")) for path in SOURCES))
    assert imports - set(OPTIONAL) == declared(), "neither more nor less"
    for name, extra in OPTIONAL.items():
        assert name in declared(extra) - declared()


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("tests", ["test", "sb3"]),
        ("examples", ["examples", "sb3"]),
        ("benchmarks", ["bench"]),
        ("notebooks/docs", ["docs"]),
    ],
)
def test_an_extra_declares_what_its_folder_imports(folder, extras):
    paths = [path for path in (ROOT / folder).rglob("*.py") if path.name != "test_demo_page.py"]
    imports = set().union(*(third_party(path.read_text(encoding="utf-8")) for path in paths))
    assert imports <= declared(*extras)


def test_each_python_has_its_classifier_and_its_place_in_the_workflow():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [each.rsplit(" ", 1)[1] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)]
    assert project["requires-python"] == f">={versions[0]}"
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert f"python: [{', '.join(repr(each) for each in versions)}]".replace("'", '"') in workflow


def public_names():
    """Every class and function that a package shows, with the package."""
    for room in rpe.__all__:
        package = importlib.import_module(f"rpe.{room}")
        yield from ((f"{room}.{name}", getattr(package, name)) for name in package.__all__)


def shown(thing):
    """The examples of a name: doctests, or code for those that need an extra."""
    said = [inspect.getdoc(thing) or ""]
    if inspect.isclass(thing):
        said += [inspect.getdoc(each) or "" for name, each in vars(thing).items() if not name.startswith("_")]
    return [text for text in said if ">>> " in text or "With the extra `" in text]


def test_every_public_name_has_an_example():
    lacking = [
        name
        for name, thing in public_names()
        if (inspect.isclass(thing) or inspect.isfunction(thing)) and not shown(thing)
    ]
    assert not lacking


def times_numpy(code, n=7):
    """CPU time of a fresh interpreter that runs `code`, over that of one that imports NumPy, each the least of `n`."""
    told = "\nimport sys, time; print(time.process_time(), file=sys.stderr)"

    def seconds(code):
        done = subprocess.run([sys.executable, "-c", code + told], check=True, capture_output=True, text=True)
        return float(done.stderr)

    # The least, as others on the machine can only make a run longer; in turns, as its speed drifts.
    pairs = [(seconds(code), seconds("import numpy")) for _ in range(n)]
    one, other = map(min, zip(*pairs, strict=True))
    return one / other


def test_import_is_light():
    code = (
        "import sys, rpe; print(' '.join(m for m in ('scipy', 'matplotlib', 'matplotlib.pyplot') if m in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert out.split() == []


def test_import_costs_at_most_twice_numpy():
    assert times_numpy("import rpe") <= 2.0


def test_listing_costs_at_most_three_times_numpy():
    listing = "import contextlib, io, rpe.cli\nwith contextlib.redirect_stdout(io.StringIO()): rpe.cli.main(['list'])"
    assert times_numpy(listing) < 3.0


def readme_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```sh\n(.*?)\n```", text, flags=re.DOTALL)


def test_readme_has_two_commands_of_one_line():
    run, test = readme_commands()
    assert "\n" not in run
    assert "rpe run micro_wins" in run
    assert "\n" not in test
    assert "pytest" in test


# What a newcomer reads: the README, and the guide that it leads to.
READ = [ROOT / "README.md", *sorted((ROOT / "notebooks" / "docs" / "guide").glob("*.md"))]


def told():
    """All that a newcomer reads."""
    return "\n".join(path.read_text(encoding="utf-8") for path in READ)


@pytest.mark.slow
@pytest.mark.parametrize("page", READ, ids=lambda page: page.stem)
def test_snippets_run(page, tmp_path):
    """Those of a page run one after the other, each for itself, in one process."""
    snippets = re.findall(r"```python\n(.*?)\n```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert snippets or page.stem in ("index", "claims", "speed")
    for i, snippet in enumerate(snippets):
        (tmp_path / f"snippet_{i}.py").write_text(snippet, encoding="utf-8")
    code = "import runpy, sys; [runpy.run_path(f'snippet_{i}.py') for i in range(int(sys.argv[1]))]"
    command = [sys.executable, "-W", "error", "-c", code, str(len(snippets))]
    environment = os.environ | {"MPLBACKEND": "Agg"}
    subprocess.run(command, check=True, env=environment, cwd=tmp_path, timeout=300)


def test_readme_is_short_and_its_links_lead_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.encode()) <= 7_000
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert len(links) > 5
    assert all((ROOT / link).exists() for link in links)
    for page in READ[1:]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), (page.name, link)


# What makes a command of the README small enough for a test.
SMALLER = {
    "list": [],
    "run": ["--quick", "--jobs", "1"],
    "scorecard": ["--theory", "TD(0)", "--finding", "A01", "--seeds", "1", "--jobs", "1"],
    "scorecard --data": ["--theory", "Rescorla-Wagner", "--finding", "renewal", "--seeds", "1"],
    "claims": ["--quick", "--claim", "B13", "--jobs", "1"],
    "run semester": ["--set", "n_students=6", "--set", "n_individuals=3", "--set", "n_screen=6"],
    "run model_comparison": [
        "--set",
        "n_subjects=3",
        "--set",
        "n_units=4",
        "--set",
        "deadline=12",
        "--set",
        "n_goals=2",
    ],
    "run recovery": ["--set", "n_subjects=4", "--set", "n_lengths=4", "--set", "longest=40", "--set", "n_starts=1"],
    "run micro_win_dopamine": ["--set", "n_seeds=1", "--set", "learning_rates=0.1", "--set", "n_trials=60"],
}


def inline_commands():
    """What README and guide tell to type, once each."""
    text = told()
    return sorted(set(re.findall(r"`((?:rpe|python|jupyter) [^`]+)`", text)))


def test_readme_names_commands():
    assert {"rpe list", "rpe demo", "rpe claims --out results"} <= set(inline_commands())


def made_smaller(command):
    words = command.split()[1:]
    # Animal data have rows of their own.
    first = "" if words[1:2] == ["--data"] else words[0]
    more = [*SMALLER.get(first, []), *SMALLER.get(" ".join(words[:2]), [])]
    return (*words, *(each for each in more if each == "--set" or each not in words))


COMMANDS = sorted({made_smaller(each) for each in inline_commands() if each.startswith("rpe ")})


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_readme_command_runs(words, tmp_path, monkeypatch, capsys):
    if words == ("demo",):
        # It takes half a minute and opens a browser: the jobs of continuous integration run it, and use what it makes.
        scripts = [(ROOT / ".ci" / "jobs" / job).read_text(encoding="utf-8") for job in ("demo", "dev")]
        assert all("rpe demo --no-browser" in script for script in scripts)
        return
    if words[:2] == ("run", "micro_wins"):
        # As short, and in the environment that the README makes.
        assert ".venv/bin/rpe run micro_wins" in (ROOT / "README.md").read_text(encoding="utf-8")
        assert "--quick" in (ROOT / ".ci" / "jobs" / "run").read_text(encoding="utf-8")
        return
    monkeypatch.chdir(tmp_path)
    assert main(words) == 0
    assert capsys.readouterr().out
    assert list(tmp_path.rglob("*.csv")) or words == ("list",)


@pytest.mark.parametrize("command", [each for each in inline_commands() if not each.startswith("rpe ")])
def test_readme_command_is_run_by_continuous_integration(command):
    """The site, the notebooks and the benchmark are run as the README says."""
    if command == "jupyter lab notebooks":
        assert list((ROOT / "notebooks").glob("*.ipynb"))
    else:
        scripts = [path.read_text(encoding="utf-8") for path in (ROOT / ".ci" / "jobs").iterdir()]
        assert any(f".venv/bin/{command}" in script for script in scripts)


def test_each_extra_has_a_job_of_its_own():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    jobs = {path.name for path in (ROOT / ".ci" / "jobs").iterdir()}
    assert jobs == {*project["optional-dependencies"], "run", "lowest"}


def test_extras_that_are_named_exist():
    text = told()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"\.\[(\w+)\]", text))
    assert {"test", "demo", "notebooks", "docs"} <= named <= set(project["optional-dependencies"])


def readme_counts(words):
    """The numbers that stand before some words anywhere in README and guide."""
    text = told()
    return {int(number) for number in re.findall(rf"\b(\d+)\s+(?:{words})\b", text)}


def test_readme_counts_are_those_of_the_library():
    assert readme_counts("theories") == {len(rpe.scorecard.theories())}
    assert readme_counts("published\\s+findings|findings") == {len(rpe.scorecard.finding_ids())}
    assert readme_counts("claims") == {len(rpe.claims.CLAIMS)}
    n_chapters = len(list((ROOT / "notebooks").glob("*.ipynb")))
    in_words = {9: "nine", 10: "ten", 11: "eleven", 12: "twelve"}[n_chapters]
    assert f"opens {in_words} chapters" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_pictures_are_there_and_described():
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", told())
    drawn = (ROOT / "notebooks" / "docs" / "figures").glob("*.png")
    assert sorted(Path(path).name for _, path in pictures) == sorted(each.name for each in drawn)
    for words, path in pictures:
        assert len(words) > 60
        assert (ROOT / "notebooks" / "docs" / "figures" / Path(path).name).stat().st_size < 400_000


def test_glossary_explains_each_term_once():
    text = (ROOT / "notebooks" / "docs" / "glossary.md").read_text(encoding="utf-8")
    bold = [
        term.strip().lower() for each in re.findall(r"\*\*([^*]+)\*\*", text) for term in each.rstrip(".").split(", ")
    ]
    names = [
        name for row in re.findall(r"^\| [^|]*\| ([^|]*)\|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    ]
    terms = bold + [name for name in names if name not in ("delta", "QuasiHyperbolic")]
    assert len(terms) > 60
    assert sorted(terms) == sorted(set(terms))


def test_changelog_has_a_dated_section_for_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    date = re.search(rf"^## \[{re.escape(rpe.__version__)}\] - (\d{{4}}-\d\d-\d\d)$", text, re.MULTILINE)[1]
    assert f"date-released: {date}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {rpe.__version__}\n" in citation
