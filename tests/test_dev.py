"""packaging/dev.py is the first thing a person runs: its decisions are held here, without a network."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parent.parent / "packaging"

LDD_OUTPUT = """\
/venv/PySide6/Qt/lib/libQt6Gui.so.6:
\tlinux-vdso.so.1 (0x00007ffd3a5f0000)
\tlibEGL.so.1 => not found
\tlibQt6Core.so.6 => /venv/PySide6/Qt/lib/libQt6Core.so.6 (0x00007f0c3a000000)
/venv/PySide6/Qt/plugins/platforms/libqxcb.so:
\tlibxcb-cursor.so.0 => not found
\tlibEGL.so.1 => not found
\tlibstrange.so.7 => not found
"""


def load(name: str) -> ModuleType:
    """One of the scripts in packaging/, which is a folder and no package."""
    spec = importlib.util.spec_from_file_location(name, PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def debian() -> ModuleType:
    return load("debian")


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(PACKAGING))
    return load("dev")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The two files that decide what is installed."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "packaging" / "constraints.txt").write_text("torch==2.13.0\nnumpy==2.4.6\n")
    return tmp_path


def test_the_stamp_is_the_same_for_the_same_checkout(dev: ModuleType, checkout: Path) -> None:
    assert dev.stamp_text(checkout, "version = 3.11.7") == dev.stamp_text(checkout, "version = 3.11.7")


@pytest.mark.parametrize("name", ["pyproject.toml", "packaging/constraints.txt"])
def test_the_stamp_changes_with_what_is_declared(dev: ModuleType, checkout: Path, name: str) -> None:
    before = dev.stamp_text(checkout, "version = 3.11.7")
    with (checkout / name).open("a") as file:
        file.write("# another line\n")
    assert dev.stamp_text(checkout, "version = 3.11.7") != before


def test_the_stamp_changes_with_python(dev: ModuleType, checkout: Path) -> None:
    assert dev.stamp_text(checkout, "version = 3.11.7") != dev.stamp_text(checkout, "version = 3.12.1")


def test_an_environment_without_a_stamp_is_not_up_to_date(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp")
    assert not dev.is_up_to_date()


def test_a_stamp_without_an_environment_is_not_up_to_date(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp")
    (tmp_path / "stamp").write_text("some fingerprint")
    assert not dev.is_up_to_date()


def test_what_was_half_installed_is_forgotten(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.0.dist-info", "half-1.0.dist-info"):
        (site / name).mkdir(parents=True)
        (site / name / "METADATA").touch()
    (site / "whole-1.0.dist-info" / "INSTALLER").touch()
    monkeypatch.setattr(dev, "VENV", tmp_path)
    dev.forget_half_installed()
    assert [path.name for path in site.iterdir()] == ["whole-1.0.dist-info"]


def test_torch_stands_first_among_the_pins(dev: ModuleType) -> None:
    assert dev.first_requirement(dev.CONSTRAINTS.read_text()).startswith("torch==")


def test_every_pin_is_exact(dev: ModuleType) -> None:
    pins = [line for line in dev.CONSTRAINTS.read_text().splitlines() if line and not line.startswith("#")]
    assert [pin for pin in pins if "==" not in pin or "+" in pin] == []


def test_missing_libraries_are_read_from_ldd(debian: ModuleType) -> None:
    assert debian.parse_missing(LDD_OUTPUT) == ["libEGL.so.1", "libstrange.so.7", "libxcb-cursor.so.0"]
    assert debian.parse_missing("") == []


def test_libraries_are_told_by_their_packages(debian: ModuleType) -> None:
    packages, unknown = debian.packages_for(["libEGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0", "libx.so"])
    assert packages == ["libegl1", "libglib2.0-0"]
    assert unknown == ["libx.so"]


def test_nothing_is_asked_of_apt_when_nothing_is_missing(
    debian: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "apt_install", lambda packages: pytest.fail(f"asked for {packages}"))
    debian.add_system_libraries(tmp_path)


def test_without_rights_the_command_to_type_is_shown(
    debian: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian, "missing_libraries", lambda venv: ["libEGL.so.1"])
    monkeypatch.setattr(debian, "root_prefix", lambda: None)
    monkeypatch.setattr(debian.shutil, "which", lambda name: f"/usr/bin/{name}")
    debian.add_system_libraries(tmp_path)
    assert "sudo apt-get install --yes --no-install-recommends libegl1" in capsys.readouterr().err


@pytest.mark.parametrize("in_place", [False, True])
def test_a_long_stage_is_not_silent(
    debian: ModuleType, in_place: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [0.0]
    monkeypatch.setattr(debian.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: in_place)
    with debian.stage("installing torch") as tell:
        for _ in range(25):
            clock[0] += 1
            tell("Downloading torch (200 MB)")
    shown = capsys.readouterr().err
    told = [f"[set-up] installing torch ... {seconds} s  Downloading torch (200 MB)" for seconds in (10, 20)]
    if in_place:
        assert shown.count("\r") == 26
        assert shown.count("\n") == 1
    else:
        lines = ["[set-up] installing torch ...", *told, "[set-up] installing torch ... 25.0 s"]
        assert shown.splitlines() == lines


def test_a_short_stage_is_one_line(debian: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with debian.stage("making .venv") as tell:
        tell("nearly done")
    assert capsys.readouterr().err == "[set-up] making .venv ... 0.0 s\n"


def test_what_pip_does_is_told_while_it_runs(dev: ModuleType, tmp_path: Path) -> None:
    told: list[str] = []
    program = "import time; print('Collecting', flush=True); print('Downloading', flush=True); time.sleep(1.5)"
    with (tmp_path / "log").open("w") as log:
        assert dev.run_telling([sys.executable, "-c", program], log, told.append) == 0
        assert dev.run_telling([sys.executable, "-c", "raise SystemExit(3)"], log, told.append) == 3
    assert "Downloading" in told


def test_interrupting_ends_pip_too(dev: ModuleType, tmp_path: Path) -> None:
    def interrupt(news: str) -> None:
        raise KeyboardInterrupt

    with (tmp_path / "log").open("w") as log, pytest.raises(KeyboardInterrupt):
        dev.run_telling([sys.executable, "-c", "import time; time.sleep(60)"], log, interrupt)


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_display(dev: ModuleType, platform: str, environment: dict[str, str], expected: bool) -> None:
    assert dev.has_display(platform, environment) is expected


def test_run_shows_the_example_or_the_demo_or_what_was_asked_for(dev: ModuleType) -> None:
    assert dev.run_command([], display=True)[1:] == ["-m", "nnstudio", "example:digits-cnn"]
    assert dev.run_command([], display=False)[1:] == ["-m", "nnstudio", "demo", "--out", str(dev.DEMO_DIR)]
    assert dev.run_command(["mine.nnstudio"], display=False)[1:] == ["-m", "nnstudio", "mine.nnstudio"]


def test_all_means_the_slow_tests_too(dev: ModuleType) -> None:
    assert dev.test_command(["-k", "graph"])[1:] == ["-m", "pytest", "-k", "graph"]
    assert dev.test_command(["--all", "-x"])[1:] == ["-m", "pytest", "-m", "", "-x"]
    assert dev.test_command(["--all"])[-2:] == ["-m", ""]


def test_all_tests_together_are_shared_out_among_the_cores(dev: ModuleType) -> None:
    assert "-n" in dev.test_command([])
    assert "-n" in dev.test_command(["--all"])
    assert "-n" not in dev.test_command(["tests/graph"])


def test_tests_run_offscreen_unless_somebody_wants_to_watch(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NNSTUDIO_TEST_PLATFORM", raising=False)
    assert dev.offscreen() == {"QT_QPA_PLATFORM": "offscreen"}
    monkeypatch.setenv("NNSTUDIO_TEST_PLATFORM", "xcb")
    assert dev.offscreen() == {"QT_QPA_PLATFORM": "xcb"}


def test_every_check_runs_although_one_fails(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = {
        name: [sys.executable, "-c", f"raise SystemExit({status})"]
        for name, status in zip("abc", (0, 1, 0), strict=True)
    }
    monkeypatch.setattr(dev, "check_commands", lambda: commands)
    assert dev.check([]) == 1
    assert [line.split()[:2] for line in capfd.readouterr().out.split("\n") if line] == [
        ["ok", "a"],
        ["failed", "b"],
        ["ok", "c"],
    ]


def test_an_old_python_is_told_so(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 18))
    assert dev.main(["dev.py", "test"]) == 2
    assert "needs Python 3.11" in capsys.readouterr().err


def test_without_a_command_there_is_help(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["dev.py"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {command} " in shown for command in dev.COMMANDS)


def test_an_unknown_command_is_refused(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["dev.py", "tset"]) == 2
    assert "'tset'" in capsys.readouterr().err
