"""Every notebook: clean in git, run from a clean kernel with its solutions, and readable without seeing."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
GUIDE = (FOLDER / "README.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"-?\d+(?:\.\d*)?|-?\.\d+")
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SOLUTION = re.compile(
    r"<details>\n<summary>Solution</summary>\n\n```python\n(.*?)\n```\n\n(.+?)\n\n</details>", re.DOTALL
)

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_of(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def prose_of(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def with_solutions(notebook):
    """The notebook with the code of every solution as a cell of its own, where the student would write it."""
    for task, turn in pairwise(notebook.cells):
        if match := SOLUTION.search(task.source):
            assert turn.source == "# Your turn."
            turn.source = match[1]
    return notebook


def test_all_eleven_are_there():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{n:02}" for n in range(1, 12)]


@notebooks
def test_outputs_are_stripped(path):
    for cell in read(path).cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None


@notebooks
def test_exercises_have_hidden_solutions(path):
    notebook = read(path)
    tasks = [cell for cell in notebook.cells if cell.source.startswith("### Exercise")]
    assert len(tasks) >= 2
    assert all(SOLUTION.search(task.source) for task in tasks)
    assert code_of(notebook).count("# Your turn.") == len(tasks)


@notebooks
def test_can_be_run_in_a_browser_without_a_path_of_this_machine(path):
    first = read(path).cells[0].source
    assert f"(https://colab.research.google.com/github/rpe-lab/rpe/blob/main/notebooks/{path.name})" in first
    assert "%pip install" in first


@notebooks
def test_says_how_long_it_takes_and_what_remains(path):
    prose = prose_of(read(path))
    assert 10 <= int(re.search(r"\*(\d+) minutes\.", prose)[1]) <= 20
    assert "## What to take away" in prose
    assert 350 <= len(prose.split()) <= 1600


@notebooks
def test_defines_nothing_that_belongs_in_the_library(path):
    """Only in the chapter on one's own environment and agent are there definitions."""
    definitions = (ast.FunctionDef, ast.ClassDef)
    found = [node.name for source in code_of(read(path)) for node in ast.walk(ast.parse(source))
             if isinstance(node, definitions)]  # fmt: skip
    assert not found or path.stem.startswith("09")


def answers_in_guide(path):
    """What the instructor's guide says that the solutions of a chapter print, in the order of its exercises."""
    part = re.search(rf"^## Chapter {int(path.stem[:2])}: .*?(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE)[0]
    return re.findall(r"```text\n(.*?)\n```", part, re.DOTALL)


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")


def same_answer(said, found):
    """Whether two texts have the same words, and numbers that are as near as platforms come to each other."""
    words = [" ".join(NUMBER.sub("#", text).split()) for text in (said, found)]
    numbers = [[float(x) for x in NUMBER.findall(text)] for text in (said, found)]
    return words[0] == words[1] and numbers[1] == pytest.approx(numbers[0], rel=0.02, abs=0.011)


def test_the_guide_for_instructors_has_both_lessons_and_a_part_for_each_chapter():
    assert {"## A lesson of 45 minutes", "## A lesson of 90 minutes"} <= {
        line.split(":")[0] for line in GUIDE.split("\n")
    }
    for path in NOTEBOOKS:
        solutions = sum(bool(SOLUTION.search(cell.source)) for cell in read(path).cells)
        assert len(answers_in_guide(path)) == solutions, path.stem
    assert GUIDE.count("**What students get wrong.**") == len(NOTEBOOKS)


@pytest.mark.slow
@notebooks
def test_runs_with_its_solutions_and_describes_its_pictures(path, tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = with_solutions(read(path))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    turns = [turn for task, turn in pairwise(notebook.cells) if SOLUTION.search(task.source)]
    for said, turn in zip(answers_in_guide(path), turns, strict=True):
        assert same_answer(said, printed(turn)), f"the guide says\n{said}\nand it is\n{printed(turn)}"
    said = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    assert not said, "a reader would see a warning"
    seen = [output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs]
    assert not re.findall(r"\d(?:\.\d+)?e-(?:0[6-9]|[1-9]\d)", "\n".join(seen)), "what rounding leaves is no result"
    bundles = [output.data for output in outputs if output.output_type in ("display_data", "execute_result")]
    assert not any("image/png" in data for data in bundles), "a picture without a text alternative"
    for html in (data["text/html"] for data in bundles if "text/html" in data):
        for image in re.findall(r"<img [^>]*src=\"data:[^>]*>", html):
            assert re.search(r'alt="[^"]{40,}"', image) or 'aria-label="' in html
