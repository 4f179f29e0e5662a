"""The command line. Errors are one sentence on standard error, with a next step."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError

from bot.flows.export import NoSuchRun, export_run, list_runs
from bot.flows.house import House
from bot.flows.person import NoSuchPerson, SeveralPeople, export_person, write_zip
from bot.settings import Settings
from protocols.definition import Faults, read_file
from protocols.library import Library, library
from protocols.model import Protocol
from storage.database import AnotherProcess

T = TypeVar("T")

app = typer.Typer(
    help="Colloquy runs discussion protocols for teams of teachers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
export = typer.Typer(help="What is kept, as JSON.", no_args_is_help=True)
db = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(export, name="export")
app.add_typer(db, name="db")
manifest = typer.Typer(help="What a platform needs to create the app.", no_args_is_help=True)
app.add_typer(manifest, name="manifest")

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
FAILED = 1
WRONG = 2
IN_USE = "Another Colloquy works on this database. Stop it first, or set COLLOQUY_HOME."
OLD = "The database is not at the newest revision. Run: colloquy db upgrade"


@app.command()
def check(files: Annotated[list[Path], typer.Argument(help="Protocol files.")]) -> None:
    """Check protocol files; faults as file:line:col, and exit 1."""
    faults = 0
    for file in files:
        try:
            read_file(file)
        except Faults as found:
            faults += len(found.faults)
            for fault in found.faults:
                typer.echo(str(fault), err=True)
        except OSError as fault:
            _stop(f"I cannot read {file}: {fault.strerror}. Check its name.", FAILED)
    if faults:
        raise typer.Exit(FAILED)
    typer.echo(f"{len(files)} checked, no faults.")


@app.command()
def protocols(*, as_json: Json = False) -> None:
    """The protocols that there are."""
    found = _library(_settings())
    rows = [_protocol(p, found.files.get(p.id, "library")) for p in found.protocols]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        source = "" if row["source"] == "library" else f"  {row['source']}"
        minutes = row["minutes"]["short"]
        typer.echo(f"{row['protocol']:16} {row['title']} ({minutes} minutes){source}")


def _protocol(p: Protocol, source: str) -> dict[str, Any]:
    return {
        "protocol": p.id,
        "title": p.title,
        "about": p.about,
        "group": f"{p.smallest}-{p.largest}",
        "roles": list(p.roles),
        "minutes": {
            "full": sum(s.full for s in p.steps),
            "short": sum(s.short for s in p.steps),
        },
        "school_days": sum(s.quarters for s in p.steps) / 4,
        "steps": len(p.steps),
        "source": source,
    }


@app.command()
def runs(
    *,
    as_json: Json = False,
    organization: Annotated[str | None, typer.Option(help="Only of this organization.")] = None,
) -> None:
    """The runs that there are, the newest first."""
    rows = _with_house(lambda house: list_runs(house, organization))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['id']}  {row['protocol']:16} {row['phase']:10} {row['started_at']}")


@export.command("run")
def export_one(run_id: Annotated[str, typer.Argument(help="The id of a run.")]) -> None:
    """One run as JSON on standard output."""
    try:
        found = _with_house(lambda house: export_run(house, run_id))
    except NoSuchRun:
        _stop(f'There is no run "{run_id}". List them with: colloquy runs', FAILED)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


@export.command("person")
def export_somebody(
    who: Annotated[str, typer.Argument(help="Their id with us, or on their platform.")],
    out: Annotated[
        Path | None, typer.Option(help="A ZIP file of JSON and CSV instead of JSON alone.")
    ] = None,
) -> None:
    """Everything that is kept about one person."""
    try:
        found = _with_house(lambda house: export_person(house, who))
        if out is None:
            typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            write_zip(out, found)
    except NoSuchPerson:
        _stop(
            f'Nobody here has the id "{who}". Give their id with us, or on their platform.', FAILED
        )
    except SeveralPeople as several:
        _stop(f'Several people have the id "{who}". Give one of: {", ".join(several.ids)}', FAILED)
    except OSError as fault:
        _stop(f"I cannot write {out}: {fault.strerror}. Give another file.", FAILED)


@app.command()
def doctor() -> None:
    """Look at settings, database, key, calendar and protocols: one line each, with the fix."""
    from bot.doctor import findings  # noqa: PLC0415 # lazily, like all that imports the database

    broken = False
    for finding in findings(_settings()):
        typer.echo(f"{'ok' if finding.is_well else 'BROKEN':7}{finding.sentence}")
        broken |= not finding.is_well
    if broken:
        raise typer.Exit(FAILED)


@manifest.command("slack")
def manifest_slack(
    url: Annotated[
        str | None, typer.Option(help="Where Slack reaches us, https://…; else Socket Mode.")
    ] = None,
) -> None:
    """The manifest of the Slack app, as YAML."""
    from adapters.slack.manifest import text  # noqa: PLC0415 # lazily, like all adapters

    if url is not None and not url.startswith("https://"):
        _stop("Slack reaches us over https only. Give --url https://your.address", WRONG)
    typer.echo(text(url), nl=False)


@db.command()
def upgrade() -> None:
    """Bring the database to the newest revision."""
    from storage import migrate  # noqa: PLC0415 # lazily, like all that imports the database

    settings = _settings()
    settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(settings.database)
    typer.echo(f"The database is at revision {migrate.HEAD}.")


@db.command("check")
def check_db() -> None:
    """Say which revision the database has."""
    from storage import migrate  # noqa: PLC0415 # lazily, like all that imports the database

    settings = _settings()
    found = migrate.revision(settings.database) if settings.database_file.exists() else None
    if found != migrate.HEAD:
        _stop(OLD, FAILED)
    typer.echo(f"The database is at revision {found}, the newest one.")


@app.command()
def demo(
    *,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="The port to listen on.")
    ] = None,
    play: Annotated[bool, typer.Option(help="Scripted colleagues play everybody.")] = False,
    rate: Annotated[
        float | None, typer.Option(min=0.01, help="The clock runs so many times as fast.")
    ] = None,
    fresh: Annotated[bool, typer.Option(help="Start again from the seed.")] = False,
) -> None:
    """A seeded school in the local channel. Nothing leaves this computer."""
    from bot import wiring  # noqa: PLC0415 # lazily: it imports everything

    settings = _settings()
    if settings.host not in ("127.0.0.1", "localhost"):
        _stop("The demo listens on this computer only. Unset COLLOQUY_HOST.", WRONG)
    wiring.configure_log(settings)
    try:
        held = wiring.hold(settings)
        if fresh:
            wiring.remove_database(settings)
        asyncio.run(_demo(settings, port, rate, play=play))
        held.release()
    except AnotherProcess:
        _stop(IN_USE, FAILED)
    except wiring.CannotStart as fault:
        _stop(str(fault), FAILED)


@app.command()
def serve() -> None:
    """The bot for real, on the platforms that the settings configure."""
    from bot import wiring  # noqa: PLC0415 # lazily: it imports everything

    settings = _settings()
    wiring.configure_log(settings)
    try:
        held = wiring.hold(settings)
        asyncio.run(_serve(settings))
        held.release()
    except AnotherProcess:
        _stop(IN_USE, FAILED)
    except wiring.CannotStart as fault:
        _stop(str(fault), FAILED)


async def _serve(settings: Settings) -> None:
    from bot import wiring  # noqa: PLC0415 # lazily: it imports everything

    stopped = _until_stopped()
    async with wiring.serve(settings, _library(settings)) as address:
        typer.echo(f"Colloquy is at {address}  Ctrl+C stops it.")
        sys.stdout.flush()
        await stopped.wait()


def _until_stopped() -> asyncio.Event:
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    return stopped


async def _demo(settings: Settings, port: int | None, rate: float | None, *, play: bool) -> None:
    from bot import wiring  # noqa: PLC0415 # lazily: it imports everything

    stopped = _until_stopped()
    fast = rate or settings.clock_rate
    listen = settings.port if port is None else port
    offered = _library(settings)
    await wiring.prepare_demo(settings, offered, fast)
    async with wiring.demo(settings, offered, rate=fast, play=play, port=listen) as address:
        typer.echo(f"Colloquy is at {address}  (nothing leaves this computer; Ctrl+C stops it)")
        sys.stdout.flush()
        await stopped.wait()


def _with_house(ask: Callable[[House], Coroutine[Any, Any, T]]) -> T:
    from bot import wiring  # noqa: PLC0415 # lazily: it imports everything
    from storage import migrate  # noqa: PLC0415 # lazily, like all that imports the database

    settings = _settings()
    if not settings.database_file.exists():
        _stop("There is no database here yet. Run: make demo", FAILED)
    if migrate.revision(settings.database) != migrate.HEAD:
        _stop(OLD, FAILED)

    async def asked() -> T:
        offered = library(settings.protocols)
        house = wiring.open_house(settings, offered, wiring.utc_now, settings.clock_rate)
        try:
            return await ask(house)
        finally:
            await house.database.close()

    try:
        return asyncio.run(asked())
    except wiring.CannotStart as fault:
        _stop(str(fault), FAILED)


def _library(settings: Settings) -> Library:
    """All protocols; what of the school's own was left out is said, and stops nothing."""
    found = library(settings.protocols)
    for sentence in found.left_out:
        typer.echo(sentence, err=True)
    return found


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as fault:
        first = fault.errors()[0]
        name = "COLLOQUY_" + str(first["loc"][0]).upper()
        _stop(f"{name} is not right: {first['msg']}.", WRONG)


def _stop(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def main() -> None:
    """The command `colloquy`. Whatever fails ends in one sentence; `--debug` shows where."""
    debug = "--debug" in sys.argv
    sys.argv[:] = [word for word in sys.argv if word != "--debug"]
    try:
        app()
    except Exception as fault:
        if debug:
            raise
        sentence = f"That failed ({type(fault).__name__}: {fault}). See more with --debug."
        typer.echo(sentence.replace("\n", " "), err=True)
        sys.exit(FAILED)
