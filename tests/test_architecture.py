"""The house rules that a reader cannot be asked to check by eye: who imports whom, sizes, and what is banned.

Each test lists every offender with its place, so that one run says all there is to mend.
"""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import grimp
import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "nnstudio"
LONGEST_FILE = 350
LONGEST_CLASS = 300

# Modules that turn bytes into objects of the sender's choice.
PICKLES = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "shelve", "marshal", "joblib"}
# The one place that executes text.
MAY_EXECUTE = PACKAGE / "engine" / "model" / "build.py"


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def offenders(is_offence: Callable[[ast.AST, Path, list[str]], bool]) -> list[str]:
    """Where the source does what it should not; the rule is asked about every node of every file."""
    return [place(path, node) for path, node, lines in _nodes() if is_offence(node, path, lines)]


def _nodes() -> Iterator[tuple[Path, ast.AST, list[str]]]:
    for path in sources():
        nodes, lines = _parsed(path.read_text(encoding="utf-8"))
        for node in nodes:
            yield path, node, lines


@cache
def _parsed(text: str) -> tuple[list[ast.AST], list[str]]:
    return list(ast.walk(ast.parse(text))), text.splitlines()


def called(node: ast.AST) -> str:
    """What a call calls, as written: "eval", "torch.load"; empty for everything that is not a call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def keyword(node: ast.AST, name: str) -> object:
    """The constant a call is given under this name, if it is one."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    values = [given.value for given in keywords if given.arg == name]
    return values[0].value if values and isinstance(values[0], ast.Constant) else None


# Imports


def test_rooms_import_only_what_they_may() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(linter), "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = grimp.build_graph("nnstudio", cache_dir=None)
    imports = nx.DiGraph(
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    )
    rings = [sorted(ring) for ring in nx.strongly_connected_components(imports) if len(ring) > 1]
    assert rings == []


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("nnstudio.ui.window", ["torch", "sklearn"]),
        ("nnstudio.project.session", ["torch", "sklearn", "PySide6"]),
        ("nnstudio.cli", ["torch", "sklearn", "PySide6"]),
    ],
)
def test_importing_stays_light(module: str, unwanted: list[str]) -> None:
    program = f"import {module}, sys; print(*(name for name in {unwanted} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], f"import {module} loads what it should not"


# Sizes


def test_files_stay_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert [f"{path}: {length}" for path, length in lengths.items() if length > LONGEST_FILE] == []


def test_classes_stay_short() -> None:
    def too_long(node: ast.AST, path: Path, lines: list[str]) -> bool:
        return isinstance(node, ast.ClassDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_CLASS

    assert offenders(too_long) == []


# What is banned


def test_no_signal_carries_a_dict() -> None:
    """PySide6 copies a dict into its own map and loses what does not fit; Signal(object) does not."""

    def carries_dict(node: ast.AST, path: Path, lines: list[str]) -> bool:
        if not isinstance(node, ast.Call) or called(node).split(".")[-1] != "Signal":
            return False
        return any(ast.unparse(argument).startswith("dict") for argument in node.args)

    assert offenders(carries_dict) == []


def test_nothing_is_unpickled() -> None:
    def pickles(node: ast.AST, path: Path, lines: list[str]) -> bool:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        allowed = keyword(node, "allow_pickle")
        return any(name.split(".")[0] in PICKLES for name in names) or allowed not in (None, False)

    assert offenders(pickles) == []


def test_text_is_executed_in_one_place_only() -> None:
    def executes(node: ast.AST, path: Path, lines: list[str]) -> bool:
        name = called(node)
        if name in ("exec", "builtins.exec"):
            return path != MAY_EXECUTE
        return name in ("eval", "builtins.eval")

    assert offenders(executes) == []


def test_torch_loads_weights_only() -> None:
    def loads_more(node: ast.AST, path: Path, lines: list[str]) -> bool:
        return called(node) == "torch.load" and keyword(node, "weights_only") is not True

    assert offenders(loads_more) == []


def test_who_catches_everything_says_why() -> None:
    """A comment on the line of a bare `except:`, `except Exception` or `except BaseException`.

    None is asked of a handler that cleans up and raises again.
    """

    def catches_all_silently(node: ast.AST, path: Path, lines: list[str]) -> bool:
        if not isinstance(node, ast.ExceptHandler):
            return False
        caught = {"BaseException"} if node.type is None else _names(node.type)
        raises_again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
        if raises_again or not caught & {"Exception", "BaseException"}:
            return False
        _, _, comment = lines[node.lineno - 1].partition("#")
        reason = comment.replace("noqa: BLE001", "").strip(" #:-")
        return not reason

    assert offenders(catches_all_silently) == []


def _names(caught: ast.expr) -> set[str]:
    """The exceptions one `except` names, alone or in a tuple."""
    return {ast.unparse(name) for name in (caught.elts if isinstance(caught, ast.Tuple) else [caught])}


# The rules themselves


BAD = """
import pickle
from joblib import load
changed = QtCore.Signal(dict)
state = torch.load(path)
state = torch.load(path, weights_only=flag)
array = numpy.load(path, allow_pickle=True)
eval("1")
exec("1")
try:
    pass
except (ValueError, Exception):  # noqa: BLE001
    pass
"""

GOOD = """
changed = Signal(object)
state = torch.load(path, weights_only=True)
model.eval()
evaluate("1")
try:
    pass
except Exception:  # a plug-in may fail in any way, and the window stays
    pass
except ValueError:
    pass
except BaseException:
    roll_back()
    raise
"""

RULES = {
    test_no_signal_carries_a_dict: 1,
    test_nothing_is_unpickled: 3,
    test_torch_loads_weights_only: 2,
    test_text_is_executed_in_one_place_only: 2,
    test_who_catches_everything_says_why: 1,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rules_notice(rule: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that never fires would look the same as one that is kept."""
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    source = tmp_path / "source.py"
    source.write_text(GOOD)
    rule()
    source.write_text(BAD)
    with pytest.raises(AssertionError) as noticed:
        rule()
    assert str(noticed.value).count("source.py:") >= RULES[rule]
