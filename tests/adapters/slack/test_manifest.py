"""manifest.yml is what the command prints, asks for what is used, and fits the verbs."""

import json
from pathlib import Path

from ruamel.yaml import YAML
from typer.testing import CliRunner

from adapters.slack.manifest import COMMANDS, EVENTS, METHODS, manifest, scopes, text
from bot.cli import app
from bot.verbs import VERBS

ROOT = Path(__file__).parents[3]
URL = "https://bot.example.org"


def test_the_file_is_what_the_command_prints() -> None:
    done = CliRunner().invoke(app, ["manifest", "slack"])
    assert done.exit_code == 0
    assert done.stdout == (ROOT / "manifest.yml").read_text() == text()


def test_it_reads_as_what_was_meant() -> None:
    assert YAML(typ="safe").load(text()) == manifest()
    assert YAML(typ="safe").load(text(URL)) == manifest(URL)


def test_without_an_address_it_is_for_socket_mode() -> None:
    assert manifest()["settings"]["socket_mode_enabled"]
    assert "https" not in json.dumps(manifest())


def test_with_an_address_slack_posts_there() -> None:
    made = json.dumps(manifest(URL + "/"))
    assert made.count(f'"{URL}/slack/events"') == 4
    assert not manifest(URL)["settings"]["socket_mode_enabled"]


def test_an_address_without_encryption_is_refused() -> None:
    done = CliRunner().invoke(app, ["manifest", "slack", "--url", "http://bot.example.org"])
    assert (done.exit_code, done.stderr) == (
        2,
        "Slack reaches us over https only. Give --url https://your.address\n",
    )


def test_it_asks_for_no_scope_that_nothing_needs() -> None:
    needed = " ".join([*METHODS.values(), *EVENTS.values(), "commands"]).split()
    assert set(scopes()) == set(needed)
    assert manifest()["oauth_config"]["scopes"]["bot"] == scopes()


def test_its_hint_names_every_verb_and_its_texts_fit() -> None:
    features = manifest()["features"]
    plc, protocol = features["slash_commands"]
    assert plc["usage_hint"].split(" | ") == [verb.name for verb in VERBS]
    assert [plc["command"], protocol["command"]] == list(COMMANDS)
    shown = manifest()["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert all(len(one["description"]) <= 2000 for one in features["slash_commands"])
