"""Finds the browser that the page tests drive, and fonts; run as a command, installs what is missing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import typst
from playwright.sync_api import sync_playwright

from bot.doctor import CHINESE

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = ("--no-install-recommends", "chromium", "fonts-liberation")
FONTS = ("--no-install-recommends", "fonts-wqy-zenhei")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(Exception):
    """There is neither a Chromium nor a Chrome on this machine."""


def executable() -> str:
    """Return the path of a Chromium or Chrome; raise NoBrowser where there is none."""
    found = _of_the_system() or _of_playwright()
    if found is None:
        raise NoBrowser("The page tests need Chromium or Chrome; `make test` tries to install it.")
    return found


def launch_arguments() -> list[str]:
    """Return Chromium's arguments for a quiet, headless run; as root it has no sandbox."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--headless=new", *QUIET, *(["--no-sandbox"] if is_root else [])]


def install() -> None:
    """Install Chromium: from Debian's packages where we may, else the one Playwright brings."""
    if may_install():
        _install(PACKAGES)
    else:
        _run([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def may_install() -> bool:
    """Whether Debian's packages can be installed here."""
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def has_chinese() -> bool:
    """Whether a font of the system has Chinese characters."""
    return any(CHINESE.search(family) for family in typst.Fonts().families())


def _install(packages: Sequence[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", *packages]):
        _run(["apt-get", "-qq", *command], environment)


def _of_the_system() -> str | None:
    on_path = (shutil.which(name) for name in NAMES)
    in_place = (place for place in ELSEWHERE if Path(place).exists())
    return next((found for found in (*on_path, *in_place) if found), None)


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True, stdout=sys.stderr)


def main() -> None:
    """Say nothing where a browser and fonts are there; else install them."""
    if not has_chinese() and may_install():
        sys.stderr.write("Installing a font with Chinese characters ...\n")
        _install(FONTS)
    try:
        executable()
    except NoBrowser:
        sys.stderr.write("Installing Chromium for the page tests ...\n")
        install()
        executable()


if __name__ == "__main__":
    main()
