"""The house: floors, what an import costs and loads, and the README's commands."""

import ast
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
    {"_checks", "_files", "_shown"},
    {"_parallel"},
    {"table"},
    {"td", "discounting", "schedules", "dopamine", "choice", "tasks", "records", "plots"},
    {"features"},
    {"envs"},  # below agents, as the optimum of an environment is read off its tables
    {"agents", "theories", "mechanisms"},
    {"simulate"},
    {"measures"},
    {"fit", "sweep", "movies", "design"},
    {"experiments", "scorecard", "demos"},
    {"claims"},
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
DISTRIBUTIONS = {"PIL": "pillow"}
# What an extra of `rpe` itself brings; the rest must come with every installation.
OPTIONAL = {"ipywidgets": "demo", "numba": "fast", "pandas": "tables", "pyarrow": "tables", "xarray": "tables"}


def third_party(source):
    """The distributions that a source imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    ours = {"rpe", *(path.stem for folder in ("tests", "benchmarks") for path in (ROOT / folder).glob("*.py"))}
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


def test_the_page_of_demos_has_a_kernel():
    """Voilà starts without one, and answers every request with an error."""
    assert {"ipykernel", "ipywidgets", "voila"} <= declared("demo") & declared("test") & declared("docs")


def test_each_python_has_its_classifier_and_its_place_in_the_workflow():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [each.rsplit(" ", 1)[1] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)]
    assert project["requires-python"] == f">={versions[0]}"
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert f"python: [{', '.join(repr(each) for each in versions)}]".replace("'", '"') in workflow


def child_cpu(code):
    """CPU seconds of a fresh interpreter that runs `code`."""
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def test_import_is_light():
    code = (
        "import sys, rpe; print(' '.join(m for m in ('scipy', 'matplotlib', 'matplotlib.pyplot') if m in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert out.split() == []


def test_import_costs_at_most_twice_numpy():
    ratios = sorted(child_cpu("import rpe") / child_cpu("import numpy") for _ in range(7))
    assert ratios[3] <= 2.0, ratios


def readme_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```sh\n(.*?)\n```", text, flags=re.DOTALL)


def test_readme_has_two_commands_of_one_line():
    run, test = readme_commands()
    assert "\n" not in run
    assert "rpe run micro_wins" in run
    assert "\n" not in test
    assert "pytest" in test


@pytest.mark.slow
def test_readme_snippets_run(tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    snippets = re.findall(r"```python\n(.*?)\n```", text, flags=re.DOTALL)
    assert snippets
    for i, snippet in enumerate(snippets):
        path = tmp_path / f"snippet_{i}.py"
        path.write_text(snippet, encoding="utf-8")
        environment = os.environ | {"MPLBACKEND": "Agg"}
        subprocess.run(
            [sys.executable, "-W", "error", str(path)], check=True, env=environment, cwd=tmp_path, timeout=300
        )


# What makes a command of the README small enough for a test.
SMALLER = {
    "list": [],
    "run": ["--quick", "--jobs", "1"],
    "scorecard": ["--theory", "TD(0)", "--finding", "A01", "--seeds", "1", "--jobs", "1"],
    "claims": ["--quick", "--claim", "B13", "--jobs", "1"],
}


def inline_commands():
    """What the README's prose tells to type, once each."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"`((?:rpe|python|jupyter) [^`]+)`", text)))


def test_readme_names_commands():
    assert {"rpe list", "rpe demo", "rpe claims --out results"} <= set(inline_commands())


def made_smaller(command):
    words = command.split()[1:]
    return (*words, *(each for each in SMALLER.get(words[0], []) if each not in words))


COMMANDS = sorted({made_smaller(each) for each in inline_commands() if each.startswith("rpe ")})


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_readme_command_runs(words, tmp_path, monkeypatch, capsys):
    if words == ("demo",):
        # It serves until it is stopped; the browser test starts it and uses it.
        assert '"demo"' in (ROOT / "tests" / "test_demo_page.py").read_text(encoding="utf-8")
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


def test_readme_extras_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"\.\[(\w+)\]", text))
    assert {"test", "demo", "notebooks", "docs"} <= named <= set(project["optional-dependencies"])


def readme_counts(words):
    """The numbers that stand before some words anywhere in the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return {int(number) for number in re.findall(rf"\b(\d+)\s+(?:{words})\b", text)}


def test_readme_counts_are_those_of_the_library():
    assert readme_counts("theories") == {len(rpe.scorecard.theories())}
    assert readme_counts("published\\s+findings|findings") == {len(rpe.scorecard.finding_ids())}
    assert readme_counts("claims") == {len(rpe.claims.CLAIMS)}
    n_chapters = len(list((ROOT / "notebooks").glob("*.ipynb")))
    in_words = {9: "nine", 10: "ten", 11: "eleven", 12: "twelve"}[n_chapters]
    assert f"opens {in_words} chapters" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_pictures_are_there_and_described():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
    drawn = (ROOT / "notebooks" / "docs" / "figures").glob("*.png")
    assert sorted(path for _, path in pictures) == sorted(each.relative_to(ROOT).as_posix() for each in drawn)
    for words, path in pictures:
        assert len(words) > 60
        assert (ROOT / path).stat().st_size < 400_000


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
