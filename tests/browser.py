"""Finds the browser that the page tests drive; run as a command, installs one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = ("--no-install-recommends", "chromium", "fonts-liberation")
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
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", *PACKAGES]):
            _run(["apt-get", "-qq", *command], environment)
    else:
        _run([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


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
    """Say nothing where a browser is there; else install one."""
    try:
        executable()
    except NoBrowser:
        sys.stderr.write("Installing Chromium for the page tests ...\n")
        install()
        executable()


if __name__ == "__main__":
    main()
