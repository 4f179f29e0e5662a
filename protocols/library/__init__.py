"""The protocols that come with Colloquy: one YAML file each, read once."""

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from protocols.definition import read
from protocols.model import Protocol

FOLDER = Path(__file__).parent


@cache
def library() -> tuple[Protocol, ...]:
    """Return all protocols of the library, ordered by id. Raises Faults, which a test excludes."""
    found = [read(path.read_bytes(), path.name) for path in FOLDER.glob("*.yaml")]
    return tuple(sorted(found, key=lambda protocol: protocol.id))


def find(words: str) -> Protocol | None:
    """Return the protocol with this id or title, however it is capitalised or hyphenated."""
    return _by_name().get(_plain(words))


def nearest(words: str) -> Protocol | None:
    """Return the protocol that was perhaps meant, for "did you mean"; None when none is close."""
    names = _by_name()
    close = get_close_matches(_plain(words), names, n=1)
    return names[close[0]] if close else None


def _by_name() -> dict[str, Protocol]:
    return {_plain(name): p for p in library() for name in (p.title, p.id)}


def _plain(words: str) -> str:
    return " ".join(words.replace("-", " ").casefold().split())
