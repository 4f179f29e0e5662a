"""The rules of the house that no tool keeps."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGES = ("protocols", "bot", "adapters", "storage")
TEXTS = (".py", ".toml", ".yaml", ".yml", ".md", ".html", ".css", ".js", ".json", ".ini", ".mako")
OUR_OWN_FOLDERS = (*PACKAGES, "tests", "docs", "deploy", "bench", ".ci")
TOP_FILES = ("Makefile", "requirements.lock", "requirements-dev.lock", ".gitignore")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = PROJECT["dependencies"]
DEVELOPMENT = [*RUNTIME, *PROJECT["optional-dependencies"]["dev"]]


def files_of(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and (path.suffix in TEXTS or path.parent.name == ".ci")
    )


def test_no_module_is_longer_than_400_lines() -> None:
    modules = (path for path in files_of(*PACKAGES) if path.suffix == ".py")
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules}
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


def pinned(lock: str) -> dict[str, str]:
    """Return the pinned version of each package by its normalized name."""
    pins = re.findall(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;]+)", lock, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


LOCKS = [("requirements.lock", RUNTIME), ("requirements-dev.lock", DEVELOPMENT)]


@pytest.mark.parametrize(("name", "wanted"), LOCKS)
def test_the_lock_fits_the_project(name: str, wanted: list[str]) -> None:
    pins = pinned((ROOT / name).read_text())
    unfit = []
    for requirement in map(Requirement, wanted):
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None or not requirement.specifier.contains(pin):
            unfit.append(f"{requirement} but {pin}")
    assert unfit == []


@pytest.mark.parametrize("requirement", DEVELOPMENT)
def test_every_dependency_has_a_lower_bound(requirement: str) -> None:
    assert any(bound.operator == ">=" for bound in Requirement(requirement).specifier)


def test_the_product_is_pinned_alike_in_both_locks() -> None:
    product = pinned((ROOT / "requirements.lock").read_text())
    development = pinned((ROOT / "requirements-dev.lock").read_text())
    assert {name: development.get(name) for name in product} == product


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_holds_hashes_and_no_address(name: str) -> None:
    lock = (ROOT / name).read_text()
    assert "://" not in lock
    assert "index-url" not in lock
    assert all(
        f"{pin} \\\n    --hash=sha256:" in lock
        for pin in re.findall(r"^\S+==.*(?= \\$)", lock, re.MULTILINE)
    )


def test_nothing_names_a_folder_of_one_machine() -> None:
    outside = [f"/{folder}/" for folder in ("work", "root", "home", "tmp")]
    top = [ROOT / name for name in TOP_FILES]
    files = [*files_of(*OUR_OWN_FOLDERS), *ROOT.glob("*.toml"), *ROOT.glob("*.md"), *top]
    assert [
        f"{path.relative_to(ROOT)} names {folder}"
        for path in files
        for folder in outside
        if re.search(rf"(?<![\w.]){folder}", path.read_text())
    ] == []
