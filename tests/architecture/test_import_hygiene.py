"""Import rules, measured in a new process; length and docstring of every file."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.architecture.sample import write_sample_tree
from tui.cli.commands import COMMANDS, HIDDEN, module_of

MAX_LINES = 350
TABLES = {"core/providers/table.py", "core/releases/table.py"}
"""Tables of plain records may be longer: a row is found by its name."""
SCREEN = ("textual", "rich")

IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""

# The modules are written to a file, separate from the output of the command.
RUN_COMMAND = """
import json, pathlib, sys
report = pathlib.Path(sys.argv[1])
sys.argv = ["pipedeck", *sys.argv[2:]]
from tui.cli.main import main
try:
    main()
except SystemExit:
    pass
report.write_text(json.dumps(sorted(sys.modules)))
"""


def package_folder(package: str) -> Path:
    """The folder of an importable package, without importing it."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def sources(*packages: str) -> list[Path]:
    """All Python files of these packages."""
    return sorted(path for package in packages for path in package_folder(package).rglob("*.py"))


def core_modules() -> list[str]:
    """The names of all modules of core on disk, including those that no module imports."""
    folder = package_folder("core")
    parts = (path.relative_to(folder.parent).with_suffix("").parts for path in sources("core"))
    return sorted(".".join(part for part in names if part != "__init__") for names in parts)


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a new interpreter with the minimal environment of the test."""
    checkout = package_folder("core").parent
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(checkout)!r})\n{code}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)


def screen_modules(loaded: list[str]) -> list[str]:
    """The loaded modules of the user interface."""
    return [name for name in loaded if name.partition(".")[0] in SCREEN]


def test_core_modules_import_no_screen_library() -> None:
    names = core_modules()
    done = run_python(IMPORT_ALL, json.dumps(names))
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert set(names) <= set(loaded)
    # httpx imports rich if installed: core imports httpx inside the functions that send requests.
    assert screen_modules(loaded) == []


@pytest.mark.parametrize(
    "arguments", [["--version"], ["validate", "--tree"], ["resolve", "--json", "--tree"]], ids=lambda value: value[0]
)
def test_command_imports_no_screen_library(arguments: list[str], tmp_path: Path) -> None:
    if arguments[-1] == "--tree":
        arguments = [*arguments, str(write_sample_tree(tmp_path / "project"))]
    report = tmp_path / "modules.json"
    done = run_python(RUN_COMMAND, str(report), *arguments)
    assert report.exists(), done.stderr
    assert done.stdout, f"the command said nothing on stdout: {done.stderr}"
    assert screen_modules(json.loads(report.read_text(encoding="utf-8"))) == []


def test_command_imports_no_other_command(tmp_path: Path) -> None:
    report = tmp_path / "modules.json"
    done = run_python(RUN_COMMAND, str(report), "resolve", "--json", "--tree", str(write_sample_tree(tmp_path / "p")))
    assert done.returncode == 0, done.stderr
    loaded = json.loads(report.read_text(encoding="utf-8"))
    assert {module_of(name) for name in COMMANDS} & set(loaded) == {"tui.cli.reference_commands"}
    assert not {"pydantic", "tomlkit", "httpx", "asyncio"} & set(loaded)


def test_every_command_has_a_module() -> None:
    assert all(importlib.util.find_spec(module_of(name)) for name in (*COMMANDS, *HIDDEN))


def begins_with_its_purpose(text: str) -> bool:
    """Whether a module starts with a docstring whose first line has text."""
    purpose = ast.get_docstring(ast.parse(text), clean=False)
    return bool(purpose) and text.startswith(('"""', 'r"""')) and bool(str(purpose).splitlines()[0].strip())


def docstrings(text: str) -> list[str]:
    """Every docstring of a module, also of its constants and attributes."""
    expressions = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr))
    constants = (value.value for value in expressions if isinstance(value, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


def test_docstrings_name_a_thing() -> None:
    clauses = [
        f"{path}: {text.splitlines()[0]}"
        for path in sources("core", "tui")
        for text in docstrings(path.read_text("utf-8"))
        if text.startswith(("What ", "Who ", "Whose "))
    ]
    assert clauses == [], "begin with a noun, or with the verb of what a function does"


def test_every_file_begins_with_a_docstring() -> None:
    silent = [str(path) for path in sources("core", "tui") if not begins_with_its_purpose(path.read_text("utf-8"))]
    assert silent == [], "the first line of a file is a docstring that says what the file is for"


def test_no_file_is_too_long() -> None:
    lengths = {str(path): len(path.read_text("utf-8").splitlines()) for path in sources("core", "tui")}
    tables = {path for path in lengths if path.endswith(tuple(TABLES))}
    assert len(tables) == len(TABLES)
    too_long = {path: lengths[path] for path in lengths.keys() - tables if lengths[path] > MAX_LINES}
    assert too_long == {}, f"a file of more than {MAX_LINES} lines is two files"


def test_dataclasses_come_from_core_records() -> None:
    standard = [str(path) for path in sources("core", "tui") if "from dataclasses import dataclass" in path.read_text()]
    assert [path for path in standard if not path.endswith("records.py")] == [], (
        "write `from core.records import dataclass`: it does the same, and costs a quarter of the import time"
    )


@pytest.mark.parametrize("package", ["core", "tui"])
def test_no_import_cycles(package: str) -> None:
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
