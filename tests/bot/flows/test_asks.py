"""What is answered at once: menus, forms and private cards. Nothing is written."""

import pytest

from bot.cards.faults import FACILITATOR_ONLY, NOT_OURS
from bot.cards.model import Card, Form
from bot.rules.aims import Aim
from protocols.model import Floor, Reveal
from storage import runs
from tests.bot.own_protocols import begin, buttons, sealed, words
from tests.stage import CHANNEL, Stage

DAYS = "Please write a number of school days, from 0 to 10."
ASKS = ("more", "status", "roles", "skip", "cancel", "write", "add")


def title(shown: Card | Form | None) -> str:
    """The heading of a card, or its first words; the title of a form."""
    if isinstance(shown, Form):
        return shown.title
    assert shown is not None
    return shown.summary


async def test_where_nothing_runs_a_bare_command_offers_to_start(stage: Stage) -> None:
    assert list(buttons(await stage.command("ana", "/plc"))) == ["Start a protocol", "Help"]
    assert list(buttons(await stage.command("ana", "/plc next"))) == ["Start a protocol", "Help"]


async def test_start_asks_for_the_need_and_then_for_everything(stage: Stage) -> None:
    needs = await stage.command("ana", "/plc start")
    assert title(needs) == "What does the team need?"
    assert list(buttons(needs)) == [
        "Plan a lesson",
        "Look at student work",
        "Study data",
        "Read research",
        "A dilemma",
        "More",
    ]
    form = await stage.press("ana", "choose")
    assert isinstance(form, Form)
    here = next(i for i in form.inputs if i.id == "here")
    assert [option.label for option in here.options] == ["Ana", "Ben", "Cy", "Dee"]
    assert title(await stage.press("ana", "start")) == "What does the team need?"


async def test_a_channel_without_a_team_has_nobody_to_tick_yet(stage: Stage) -> None:
    form = await stage.channel.press(
        user="ana", channel="lounge", thread=None, button="choose::0:0", once="1"
    )
    assert isinstance(form, Form)
    assert next(i for i in form.inputs if i.id == "here").options == ()


async def test_a_protocol_that_is_not_known_leads_to_the_nearest_one(stage: Stage) -> None:
    assert "Start Notice and Wonder" in buttons(
        await stage.command("ana", "/plc start notic-wonder")
    )
    assert list(buttons(await stage.command("ana", "/plc start karaoke"))) == ["Choose by need"]


async def test_a_verb_that_is_not_known_leads_to_the_nearest_one(stage: Stage) -> None:
    assert list(buttons(await stage.command("ana", "/plc paus"))) == ["Did you mean pause?"]
    assert list(buttons(await stage.command("ana", "/plc xyzzy"))) == ["Help"]


async def test_help_is_there_by_verb_and_by_button(stage: Stage) -> None:
    assert title(await stage.command("ana", "/plc help")) == "What you can do here"
    assert title(await stage.press("ana", "help")) == "What you can do here"


async def test_a_bare_command_in_a_run_shows_what_stands_behind_more(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    assert await stage.command("ana", "/plc") == await stage.press("ana", "more")
    assert await stage.command("ben", "/plc status") == await stage.press("ben", "status")
    assert title(await stage.command("ana", "/plc roles")) == "Roles"


async def test_what_changes_a_run_is_not_answered_but_taken(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    assert await stage.command("ana", "/plc pause") is None
    assert (await stage.export())["run"]["phase"] == "paused"


async def test_of_two_runs_the_one_that_one_leads_is_meant_or_else_one_chooses(
    stage: Stage,
) -> None:
    await begin(stage, Floor.ROUND)
    first = stage.run
    await stage.start("ben", protocol="notice-wonder")
    assert title(await stage.command("ana", "/plc status")) == "Where we are"
    which = await stage.command("cy", "/plc next")
    assert title(which) == "Which one do you mean?"
    assert set(buttons(which).values()) == {f"next:{first}:0:0", f"next:{stage.run}:0:0"}
    assert "more" in buttons(await stage.command("cy", "/plc"))["Sample"]


@pytest.mark.parametrize("act", ["roles", "cancel"])
async def test_only_the_facilitator_is_asked_for_roles_and_for_an_end(
    stage: Stage, act: str
) -> None:
    await begin(stage, Floor.ROUND)
    assert words(await stage.press("ben", act)) == FACILITATOR_ONLY
    assert isinstance(await stage.press("ana", act), Form)


async def test_leaving_a_step_out_asks_for_a_reason_until_there_is_one(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    form = await stage.press("ana", "skip")
    assert isinstance(form, Form)
    again = await stage.submit("ana", form.id, {"reason": " "}, thread=stage.thread)
    assert again is not None
    assert [i.fault for i in again.inputs] == ["Please fill this in."]
    assert await stage.submit("ana", form.id, {"reason": "no time"}, thread=stage.thread) is None
    step = (await stage.export())["steps"][0]
    assert (step["closed_by"], step["reason"]) == ("skipped", "no time")


@pytest.mark.parametrize(("days", "fault"), [("10", []), ("", []), ("11", [DAYS]), ("two", [DAYS])])
async def test_the_days_of_absentees_are_a_number_up_to_ten(
    stage: Stage, days: str, fault: list[str]
) -> None:
    values = {"protocol": "notice-wonder", "absentee_days": days}
    again = await stage.submit("ana", f"start:{'a' * 16}:0:0", values, thread=None)
    assert [i.fault for i in (again.inputs if again else ()) if i.fault] == fault


async def test_a_form_with_faults_comes_back_with_what_was_written(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE))
    again = await stage.write("ben", 0, {"f0": "", "f1": "nowhere"})
    assert again is not None
    found = {i.id: (i.value, i.fault) for i in again.inputs if i.fault}
    assert found == {
        "f0": ("", "Please fill this in."),
        "f1": ("nowhere", "A link begins with https://. Please paste it whole."),
    }
    assert (await stage.export())["steps"][0]["handed_in"] == 0


async def test_a_step_that_has_not_opened_takes_no_answer_yet(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, sealed(Reveal.AT_CLOSE))
    assert words(await stage.press("ben", "write", 1)) == "That step has not been opened yet."


@pytest.mark.parametrize("act", ASKS)
async def test_a_step_that_never_was_is_answered_with_a_sentence(stage: Stage, act: str) -> None:
    await begin(stage, Floor.ROUND)
    assert await stage.press("ana", act, 999) is not None
    assert await stage.submit("ana", f"{act}:{stage.run}:999:0", {}, thread=stage.thread) is None


async def test_who_is_not_in_the_run_joins_first(stage: Stage) -> None:
    await stage.start("ana", protocol="notice-wonder", here="ana,ben")
    assert words(await stage.press("cy", "write")) == "Press Join on the run's card first."
    await stage.press("cy", "join")
    assert isinstance(await stage.press("cy", "write"), Form)


async def test_who_looks_on_writes_nothing(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE))
    await stage.press("coach", "join")
    assert words(await stage.press("coach", "write")).startswith("You look on in this run.")


async def test_who_listens_in_a_step_is_told_so(stage: Stage) -> None:
    await begin(stage, Floor.PRESENTER, Floor.ROUND)
    said = "You listen in this step. Your turn comes with a later one."
    assert words(await stage.press("cy", "write")) == said


async def test_a_run_that_is_not_here_is_answered_with_a_sentence(stage: Stage) -> None:
    stage.run = "aaaaaaaaaaaaaaaa"
    shown = [await stage.press("ana", act) for act in ASKS]
    assert [words(card) for card in shown] == ["That run is not here any more."] * len(ASKS)
    form = Aim("write", stage.run, 0, 0).id
    assert await stage.submit("ana", form, {"f0": "x"}, thread=None) is None


async def test_what_is_no_button_of_ours_is_answered_with_a_sentence(stage: Stage) -> None:
    press = await stage.channel.press(
        user="ana", channel=CHANNEL, thread=None, button="<script>", once="1"
    )
    assert words(press) == NOT_OURS
    assert await stage.submit("ana", "<script>", {}, thread=None) is None
    await stage.settle()
    found = {key for key in await stage.seen_by("ana") if key.startswith("fault:")}
    assert [words(await stage.card("ana", key)) for key in found] == [NOT_OURS]


async def test_who_is_unknown_may_ask_and_is_nobody_s_facilitator(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    shown = await stage.press("stranger", "more")
    assert list(buttons(shown)) == ["Where we are", "Leave"]
    async with stage.house.database.read() as session:
        assert await runs.live(session, stage.organization) == (stage.run,)
