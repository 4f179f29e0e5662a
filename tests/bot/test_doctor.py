"""Each thing that can be broken is found, with its fix, and nothing is changed by looking."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.doctor import findings, fonts_finding
from bot.settings import Settings
from storage import migrate
from storage.database import lock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", timezone="America/New_York", _env_file=None)  # type: ignore[call-arg] # a setting of pydantic's


def broken(settings: Settings) -> list[str]:
    return [found.sentence for found in findings(settings) if not found.is_well]


def test_before_the_first_start_nothing_is_broken_and_nothing_is_made(settings: Settings) -> None:
    home = settings.home
    assert broken(settings) == []
    assert [found.sentence for found in findings(settings)][:-1] == [
        f"Database: none yet; {home}/colloquy.db is made at the first start.",
        f"Key: none yet; {home}/secret.key is made at the first start.",
        f"Calendar: weekdays, America/New_York; closures go into {home}/calendar.toml.",
        "Protocols: 23, 0 of your own.",
    ]
    assert not home.exists()


def a_well_home(settings: Settings) -> None:
    settings.home.mkdir()
    migrate.upgrade(settings.database)
    (settings.home / "secret.key").write_text("key")
    (settings.home / "secret.key").chmod(0o600)
    (settings.home / "calendar.toml").write_text("closures = [2026-11-26]")


def test_a_well_home_is_said_to_be_well(settings: Settings) -> None:
    a_well_home(settings)
    with lock(settings.database_file):
        found = [finding.sentence for finding in findings(settings)]
    assert broken(settings) == []
    assert found[1:-1] == [
        "Process: Colloquy is running on this database.",
        f"Key: {settings.home}/secret.key. Keep a copy: without it nothing opens.",
        "Calendar: America/New_York, days without school: 1, half days: 0.",
        "Protocols: 23, 0 of your own.",
    ]
    assert "Process: none uses the database just now." in [f.sentence for f in findings(settings)]


def test_what_is_broken_comes_with_its_fix(settings: Settings) -> None:
    a_well_home(settings)
    (settings.home / "secret.key").chmod(0o644)
    (settings.home / "calendar.toml").write_text("closed = []")
    (settings.home / "protocols").mkdir()
    (settings.home / "protocols/mine.yaml").write_text("")
    found = broken(settings)
    assert found[0] == (
        f"Key: others can read {settings.home}/secret.key. "
        f"Run: chmod 600 {settings.home}/secret.key"
    )
    assert found[1].startswith(f"Calendar: {settings.home}/calendar.toml: closed: ")
    assert found[2].startswith(f"Protocols: {settings.home}/protocols/mine.yaml:1:1: ")
    assert found[3].endswith(f"colloquy check {settings.home}/protocols/mine.yaml")


def test_an_old_database_is_broken(settings: Settings) -> None:
    settings.home.mkdir()
    settings.database_file.touch()
    assert broken(settings) == [
        f"Database: {settings.home}/colloquy.db is at revision None. Run: colloquy db upgrade"
    ]


def test_a_key_and_a_zone_may_be_set_from_outside(settings: Settings) -> None:
    given = settings.model_copy(update={"timezone": "Nowhere"})
    assert broken(given) == [
        'Calendar: "Nowhere" is no time zone. Set COLLOQUY_TIMEZONE to one such as America/New_York.'
    ]
    keyed = Settings(home=settings.home, secret_key="s", _env_file=None)  # type: ignore[arg-type,call-arg] # as pydantic reads it
    assert "Key: set by COLLOQUY_SECRET_KEY." in [f.sentence for f in findings(keyed)]


def test_the_command_fails_where_something_is_broken(settings: Settings) -> None:
    env = {"COLLOQUY_HOME": str(settings.home), "COLLOQUY_TIMEZONE": "America/New_York"}
    done = CliRunner().invoke(app, ["doctor"], env=env)
    assert (done.exit_code, done.stdout.splitlines()[-2]) == (
        0,
        "ok     Protocols: 23, 0 of your own.",
    )
    done = CliRunner().invoke(app, ["doctor"], env=env | {"COLLOQUY_TIMEZONE": "Nowhere"})
    assert done.exit_code == 1
    assert any(line.startswith("BROKEN Calendar: ") for line in done.stdout.splitlines())


def test_a_font_for_chinese_is_named_or_missed() -> None:
    found = fonts_finding(["Libertinus Serif", "WenQuanYi Zen Hei"])
    assert (found.is_well, found.sentence) == (True, "Fonts: WenQuanYi Zen Hei, among others.")
    missed = fonts_finding(["Libertinus Serif"])
    assert missed.is_well
    assert missed.sentence.endswith("Install one, such as fonts-noto-cjk, or set COLLOQUY_FONTS.")


def test_fonts_are_looked_for_where_charts_are_drawn(settings: Settings) -> None:
    assert list(findings(settings))[-1].sentence.startswith("Fonts: ")
