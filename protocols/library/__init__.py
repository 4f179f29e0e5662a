"""The protocols that may be begun: ours, one YAML file each in this folder, and a school's own."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from protocols.definition import Faults, read_file
from protocols.model import Protocol

FOLDER = Path(__file__).parent
OURS = "the library of Colloquy"


@dataclass(frozen=True, slots=True)
class Library:
    """Protocols ordered by id. `files`: where a school's own ones came from, by id.

    `left_out`: what is wrong with files of the school that were left out, a sentence each.
    """

    protocols: tuple[Protocol, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def find(self, words: str) -> Protocol | None:
        """Return the protocol with this id or title, however it is capitalised or hyphenated.

        An id comes before a title, and ours before a school's own: nothing hides behind a name.
        """
        return self._by_name().get(_plain(words))

    def nearest(self, words: str) -> Protocol | None:
        """Return the protocol that was perhaps meant, for "did you mean"; None: none is close."""
        names = self._by_name()
        close = get_close_matches(_plain(words), names, n=1)
        return names[close[0]] if close else None

    def _by_name(self) -> dict[str, Protocol]:
        own_first = sorted(self.protocols, key=lambda p: p.id not in self.files)
        titles = {_plain(p.title): p for p in own_first}
        return titles | {_plain(p.id): p for p in self.protocols}


def library(folder: Path | None = None) -> Library:
    """Return our protocols and those of a school's own folder, without what cannot be used of it.

    Raises Faults of ours, which a test excludes.
    """
    protocols = {protocol.id: protocol for protocol in map(read_file, FOLDER.glob("*.yaml"))}
    files: dict[str, str] = {}
    left_out: list[str] = []
    for own in _own(folder) if folder else ():
        if isinstance(own, str):
            left_out.append(own)
            continue
        path, protocol = own
        if protocol.id in protocols:
            left_out.append(_taken(path, protocol.id, files.get(protocol.id, OURS)))
            continue
        protocols[protocol.id] = protocol
        files[protocol.id] = _printable(path)
    ordered = sorted(protocols.values(), key=lambda protocol: protocol.id)
    return Library(tuple(ordered), files, tuple(left_out))


def _own(folder: Path) -> Iterator[tuple[Path, Protocol] | str]:
    """The protocols of a folder in the order of its files, or what is wrong with them."""
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as fault:
        yield f"I cannot read {folder}: {fault.strerror}. Make it a folder that I may read."
        return
    for path in found:
        if path.suffix == ".yaml" and not path.name.startswith("."):  # else it is some program's
            yield from _read(path)


def _read(path: Path) -> Iterator[tuple[Path, Protocol] | str]:
    try:
        if path.is_file():
            yield path, read_file(path)
        else:
            yield f"{path} is no file. Left out until it is one."
    except Faults as found:
        yield from map(str, found.faults)
        yield f"Left out until it is mended: colloquy check {shlex.quote(str(path))}"
    except OSError as fault:
        yield f"I cannot read {path}: {fault.strerror}. Left out until I may."


def _taken(path: Path, name: str, other: str) -> str:
    return (
        f'{path}: "{name}" is in {other} already. '
        'Left out until it has another name after "protocol:".'
    )


def _printable(path: Path) -> str:
    """A path as text, whatever bytes are in it."""
    return str(path).encode(errors="replace").decode()


def _plain(words: str) -> str:
    return " ".join(words.replace("-", " ").casefold().split())
