"""The one door for people: a fresh checkout runs, or is tested, with one command and nothing to read first.

Standard library only, since it is what installs everything else. Every command first sees to `.venv`, the
pinned packages and, on Debian and Ubuntu, the system libraries Qt needs; where all is in place that takes no
time. It can be run twice, and interrupted and run again.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO, Callable, Mapping, Sequence

from debian import add_system_libraries, apt_command, apt_install, capture, runs, say, stage, tail

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "nnstudio.stamp"
LOG = VENV / "setup.log"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
DEMO_DIR = Path("build") / "demo"

# Where Linux finds torch without gigabytes of CUDA. PyPI itself has only the CUDA build for Linux.
CPU_TORCH_INDEX = "https://download.pytorch.org/whl/cpu"

USAGE = """usage: python3 packaging/dev.py COMMAND [ARGUMENTS]

  run [ARGUMENTS]     open the digits example; without a display, run the demo and leave pictures in
                      build/demo. Arguments go to nnstudio: a FILE, or one of its commands
  test [--all] [...]  the tests; --all runs the slow ones too. Further arguments go to pytest
  check               ruff, mypy and the import rules
  bench [...]         the benchmarks; arguments go to them
  pictures [NAME ...] draw the pictures of the examples anew, after a change to them
  package             build the wheel into dist/

The first call makes .venv and installs what is needed there."""


class SetupFailed(Exception):
    """What went wrong and what to do about it, in one sentence for a person."""


def venv_python() -> Path:
    """The interpreter inside `.venv`."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_text(root: Path, venv_config: str) -> str:
    """A fingerprint of all that decides what is installed: declared packages, pins, Python, and the place.

    The place counts since the project is installed as a link to its own folder.
    """
    fingerprint = hashlib.sha256(str(root).encode())
    for name in ("pyproject.toml", "packaging/constraints.txt"):
        fingerprint.update((root / name).read_bytes())
    versions = [line.strip() for line in venv_config.splitlines() if line.startswith("version")]
    fingerprint.update("\n".join(versions).encode())
    return fingerprint.hexdigest()


def current_stamp() -> str:
    """The fingerprint as it is now; empty where there is no environment."""
    config = VENV / "pyvenv.cfg"
    if not (config.is_file() and venv_python().exists()):
        return ""
    return stamp_text(ROOT, config.read_text(encoding="utf-8"))


def is_up_to_date() -> bool:
    """Whether a set-up ended well and nothing that decides it has changed since."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8") == current_stamp()


def set_up() -> None:
    """Bring the environment and the system libraries in place, doing only what is missing."""
    if not is_up_to_date():
        with contextlib.suppress(FileNotFoundError):
            STAMP.unlink()
        make_venv()
        install_packages()
        STAMP.write_text(current_stamp(), encoding="utf-8")
    add_system_libraries(VENV)


def make_venv() -> None:
    """Make `.venv`, or make it anew where its Python is too old or its pip no longer runs."""
    if runs([str(venv_python()), "-c", f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"]):
        return
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        venv_package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not apt_install([venv_package]):
            raise SetupFailed(f"Python cannot make a virtual environment yet. Run: {apt_command([venv_package])}")
    with stage("making .venv"):
        result = capture([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if result.returncode != 0:
        raise SetupFailed(f"Python could not make {VENV}:\n{tail(result.stdout)}")


def install_packages() -> None:
    """Install torch by itself, then the project with everything else."""
    LOG.write_text("", encoding="utf-8")
    forget_half_installed()
    torch = first_requirement(CONSTRAINTS.read_text(encoding="utf-8"))
    with stage(f"installing {torch}") as tell:
        pip_install([torch, *torch_index()], tell)
    with stage("installing NNStudio and its tools") as tell:
        pip_install(["--editable", f"{ROOT}[dev,onnx]"], tell)


def first_requirement(constraints: str) -> str:
    """The pin on the first line: torch, which is installed before everything else."""
    return constraints.split("\n", 1)[0].strip()


def forget_half_installed() -> None:
    """Make pip install again what an interruption left half done; by itself it takes that for done."""
    for folder in ("lib/python3*/site-packages", "Lib/site-packages"):
        for info in VENV.glob(f"{folder}/*.dist-info"):
            if not (info / "INSTALLER").exists():  # pip writes it near the end
                shutil.rmtree(info)


def torch_index() -> list[str]:
    """Where else to look for torch: on Linux without an NVIDIA card, where the small CPU build is."""
    if not sys.platform.startswith("linux") or shutil.which("nvidia-smi"):
        return []
    try:
        with urllib.request.urlopen(CPU_TORCH_INDEX + "/torch/", timeout=5):
            return ["--extra-index-url", CPU_TORCH_INDEX]
    except OSError:  # no way there, or refused: what pip is set up with has to do
        return []


def pip_install(arguments: Sequence[str], tell: Callable[[str], None]) -> None:
    """Run pip with its output in the log, telling what it does; on failure show the end of that."""
    pip = [str(venv_python()), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
    command = [*pip, "--constraint", str(CONSTRAINTS), *arguments]
    with LOG.open("a", encoding="utf-8") as log:
        log.write("\n$ " + " ".join(command) + "\n")
        log.flush()
        status = run_telling(command, log, tell)
    if status != 0:
        say("\n" + tail(LOG.read_text(encoding="utf-8", errors="replace")))
        raise SetupFailed(f"pip failed (see {LOG}): check the network, then run the same command again.")


def run_telling(command: Sequence[str], log: IO[str], tell: Callable[[str], None]) -> int:
    """Run a command with its output in `log`; about every second, tell the last line of that."""
    with subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL) as process:
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(1)
                tell(tail(end_of(Path(log.name)), lines=1).strip())
        except BaseException:
            process.kill()  # as subprocess.run does: nothing goes on behind the person's back
            raise


def end_of(log: Path, size: int = 4096) -> str:
    """The last part of a file that may be long."""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - size))
        return file.read().decode("utf-8", errors="replace")


def execute(command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path = ROOT) -> int:
    """Run a command before the person's eyes and return its exit status."""
    sys.stdout.flush()
    with subprocess.Popen(command, cwd=folder, env={**os.environ, **(environment or {})}) as process:
        while True:
            try:
                status = process.wait()
            except KeyboardInterrupt:  # the command got it too, and ends in its own way
                continue
            return status if status >= 0 else 128 - status


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a window can be shown: always on macOS and Windows, with X11 or Wayland elsewhere."""
    if platform in ("darwin", "win32"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def run_command(arguments: Sequence[str], display: bool) -> list[str]:
    """What `run` starts."""
    nnstudio = [str(venv_python()), "-m", "nnstudio"]
    if arguments:
        return [*nnstudio, *arguments]
    return [*nnstudio, "example:digits-cnn"] if display else [*nnstudio, "demo", "--out", str(DEMO_DIR)]


def run(arguments: Sequence[str]) -> int:
    """Open the program, or show its main job where there is no display."""
    display = has_display(sys.platform, os.environ)
    command = run_command(arguments, display)
    if arguments or display:
        return execute(command, folder=Path.cwd())  # a FILE is meant from where the person stands
    say("There is no display: running the demo, which leaves pictures.")
    status = execute(command, {"QT_QPA_PLATFORM": "offscreen"})
    for picture in sorted((ROOT / DEMO_DIR).rglob("*.png")):
        print(picture.relative_to(ROOT))
    print(f"The pictures and the exports are in {DEMO_DIR}")
    return status


def test_command(arguments: Sequence[str]) -> list[str]:
    """The pytest command line. Which tests are slow, and that they are left out, stands in pyproject.toml.

    Without arguments that choose some, the tests are shared out among the processor's cores.
    """
    rest = [argument for argument in arguments if argument != "--all"]
    slow_too = ["-m", ""] if len(rest) < len(arguments) else []
    shared = [] if rest else ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]
    return [str(venv_python()), "-m", "pytest", *shared, *slow_too, *rest]


def test(arguments: Sequence[str]) -> int:
    """Run the tests; pytest has the last word."""
    return execute(test_command(arguments), offscreen())


def offscreen() -> dict[str, str]:
    """Tests and benchmarks show no windows, unless somebody wants to watch."""
    return {"QT_QPA_PLATFORM": os.environ.get("NNSTUDIO_TEST_PLATFORM", "offscreen")}


def check_commands() -> dict[str, list[str]]:
    """Every check by the name its result is shown under."""
    python = str(venv_python())
    lint_imports = str(venv_python().with_name("lint-imports"))  # it has no `python -m`
    return {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "import rules": [lint_imports, "--no-logo"],
    }


def check(arguments: Sequence[str]) -> int:
    """Run every check, also after one has failed, and sum up in a line each."""
    refuse_arguments("check", arguments)
    results = []
    for name, command in check_commands().items():
        started = time.monotonic()
        status = execute(command)
        results.append((name, status, time.monotonic() - started))
    print()
    for name, status, seconds in results:
        print(f"{'failed' if status else 'ok':<8}{name:<14}{seconds:5.1f} s")
    return 1 if any(status for _, status, _ in results) else 0


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks."""
    return execute([str(venv_python()), "-m", "tests.benchmarks", *arguments], offscreen())


def pictures(arguments: Sequence[str]) -> int:
    """Draw the pictures of the examples."""
    return execute([str(venv_python()), "-m", "nnstudio.picturing", *arguments], offscreen())


def package(arguments: Sequence[str]) -> int:
    """Build the wheel."""
    refuse_arguments("package", arguments)
    return execute([str(venv_python()), "-m", "pip", "wheel", ".", "--no-deps", "--wheel-dir", "dist"])


def refuse_arguments(command: str, arguments: Sequence[str]) -> None:
    """Say so rather than pass over what somebody asked for."""
    if arguments:
        raise SetupFailed(f"{command} takes no arguments, but was given: {' '.join(arguments)}")


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "pictures": pictures,
    "package": package,
}


def main(argv: Sequence[str]) -> int:
    """Set up what is needed and run one command."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        say(f"NNStudio needs Python 3.11 or newer and this is {found}: run python3.11 {argv[0]} instead.")
        return 2
    name = argv[1] if len(argv) > 1 else "help"
    if name in ("help", "-h", "--help"):
        print(USAGE)
        return 0
    if name not in COMMANDS:
        say(f"There is no command {name!r}.\n\n{USAGE}")
        return 2
    try:
        set_up()
        return COMMANDS[name](argv[2:])
    except SetupFailed as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. The same command goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv))
