"""The process that draws: `python -m adapters.drawing [FONTS]`, started by `pictures.py`.

One request a line on standard input, `[kind, text]` as JSON; the answer is a line with the length
and then the bytes, -1 where it cannot be drawn. It ends with its input, so it outlives nobody.
"""

import json
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import typst
import vl_convert

DOCUMENTS = Path(__file__).parent / "documents"
MOST = 500  # pictures of one process, whose memory grows
NOWHERE: list[str] = []  # a chart fetches nothing


def svg(spec: str, _fonts: list[str]) -> bytes:
    """A chart for a page."""
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=NOWHERE).encode()


def png(spec: str, _fonts: list[str]) -> bytes:
    """A chart for a chat, on white, two pixels a point."""
    return vl_convert.vegalite_to_png(spec, scale=2, allowed_base_urls=NOWHERE)


def pdf(data: str, fonts: list[str]) -> bytes:
    """The report of a run as a tagged PDF that a screen reader can read."""
    drawn = typst.compile(
        DOCUMENTS / "report.typ",
        root=DOCUMENTS,
        font_paths=[Path(font) for font in fonts],
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=["ua-1"],
    )
    assert isinstance(drawn, bytes)  # noqa: S101 # one document, not a page each
    return drawn


def families(_text: str, fonts: list[str]) -> bytes:
    """The fonts that there are, a name a line."""
    found = typst.Fonts(font_paths=[Path(font) for font in fonts]).families()
    return "\n".join(found).encode()


KINDS: dict[str, Callable[[str, list[str]], bytes]] = {
    "svg": svg,
    "png": png,
    "pdf": pdf,
    "families": families,
}


def draw(kind: str, text: str, fonts: list[str]) -> bytes | None:
    """The picture, None where the library refuses it."""
    try:
        return KINDS[kind](text, fonts)
    except (RuntimeError, ValueError):
        return None


def main(fonts: list[str]) -> None:
    """Answer until there is nothing more to read, or the process has grown old."""
    for font in fonts:
        vl_convert.register_font_directory(font)
    for line in islice(sys.stdin.buffer, MOST):
        kind, text = json.loads(line)
        drawn = draw(kind, text, fonts)
        sys.stdout.buffer.write(b"%d\n" % (-1 if drawn is None else len(drawn)) + (drawn or b""))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
