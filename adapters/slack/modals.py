"""Forms as modals, and what is wrong with them. Pure."""

import json

from adapters.slack.parse import FORM
from adapters.slack.render import (
    Block,
    Faces,
    block_of,
    inline,
    plain,
    rich,
    section,
)
from bot.cards.model import Form, Input, InputKind, Question, Words
from bot.ports import Place

ATTESTED = "attested"
MOST_TEXT = 3_000
FEW = 10  # as many checkboxes as Slack shows


def modal(form: Form, place: Place, faces: Faces) -> Block:
    """A form as a modal. Its metadata holds ids alone: of the form, and of where it was opened."""
    about = {"form": form.id, "channel": place.channel, "thread": place.thread}
    shown = [block for element in form.intro for block in block_of(element, faces)]
    if form.question is not None:
        shown += _question(form.question)
    first = [one for one in form.inputs if not one.more]
    more = [one for one in form.inputs if one.more]
    shown += [_input(one) for one in first]
    shown += [{"type": "divider"}, *(_input(one) for one in more)] if more else []
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps(about),
        "title": plain(form.title),
        "submit": plain(form.submit),
        "close": plain(form.close),
        "blocks": shown,
    }


def faults(form: Form) -> dict[str, str]:
    """What is wrong with a form, by input."""
    return {one.id: one.fault for one in form.inputs if one.fault}


def _question(question: Question) -> list[Block]:
    found = [section(inline([Words(one)], {})) for one in question.found]
    option = {"text": plain(question.yes), "value": question.token}
    return [
        rich([section([{"type": "text", "text": question.says}])]),
        rich([{"type": "rich_text_list", "style": "bullet", "elements": found}]),
        {
            "type": "input",
            "block_id": ATTESTED,
            "optional": True,
            "label": plain(question.again),
            "element": {"type": "checkboxes", "action_id": ATTESTED, "options": [option]},
        },
    ]


def _input(one: Input) -> Block:
    block: Block = {
        "type": "input",
        "block_id": one.id,
        "optional": not one.required,
        "label": plain(one.label),
        "element": {"action_id": one.id, **_answer(one)},
    }
    return block | ({"hint": plain(one.hint)} if one.hint else {})


def _answer(one: Input) -> Block:
    match one.kind:
        case InputKind.TEXT:
            text = {"type": "plain_text_input", "multiline": one.long, "max_length": MOST_TEXT}
            return text | _initial("initial_value", one.value)
        case InputKind.NUMBER:
            number = {"type": "number_input", "is_decimal_allowed": True}
            return number | _initial("initial_value", one.value)
        case InputKind.DATE:
            return {"type": "datepicker"} | _initial("initial_date", one.value)
        case InputKind.LINK | InputKind.FILE:
            return {"type": "url_text_input"} | _initial("initial_value", one.value)
        case InputKind.TICK:
            option = {"text": plain(one.label), "value": "yes"}
            chosen = {"initial_options": [option]} if one.value == "yes" else {}
            return {"type": "checkboxes", "options": [option], **chosen}
        case InputKind.CHOICE | InputKind.PERSON | InputKind.TICKS:
            return _choice(one)


def _choice(one: Input) -> Block:
    options = [{"text": plain(o.label), "value": o.value} for o in one.options]
    wanted = one.value.split(",") if one.kind is InputKind.TICKS else [one.value]
    chosen = [option for option in options if option["value"] in wanted]
    if one.kind is InputKind.TICKS:
        kind = "checkboxes" if len(options) <= FEW else "multi_static_select"
        return {"type": kind, "options": options} | ({"initial_options": chosen} if chosen else {})
    return {"type": "static_select", "options": options} | (
        {"initial_option": chosen[0]} if chosen else {}
    )


def _initial(name: str, value: str) -> Block:
    return {name: value} if value else {}
