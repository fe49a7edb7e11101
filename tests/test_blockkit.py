"""The limits checker: takes what Slack takes, and points at what Slack refuses."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assistant
from assistant.blockkit import BLOCKS, ELEMENTS, VIEWS, message_faults, view_faults

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "Hello", **fields: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}, **fields}


def button(number: int = 0, **fields: Any) -> Json:
    return {"type": "button", "action_id": f"pick:{number}", "text": plain("This one"), "value": "{}", **fields}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def options(number: int, text: str = "Yes") -> list[Json]:
    return [{"text": plain(text), "value": f"v{index}"} for index in range(number)]


def menu(number: int) -> Json:
    return {"type": "overflow", "action_id": "more:1", "options": options(number)}


def field(kind: str, block_id: str = "name", **fields: Any) -> Json:
    element = {"type": kind, "action_id": "entered", **fields}
    return {"type": "input", "block_id": block_id, "label": plain("Name"), "element": element}


def modal(*blocks: Json, **fields: Any) -> Json:
    return {"type": "modal", "title": plain("Form"), "submit": plain("Save"), "blocks": list(blocks), **fields}


def pointers(faults: tuple[Any, ...]) -> list[str]:
    return [fault.pointer for fault in faults]


AT_LIMITS: list[tuple[str, Callable[[int], list[Json]], int, str]] = [
    ("blocks", lambda n: [section()] * n, 50, "/blocks"),
    ("section text", lambda n: [section("x" * n)], 3000, "/blocks/0/text/text"),
    ("button text", lambda n: [actions(button(text=plain("x" * n)))], 75, "/blocks/0/elements/0/text/text"),
    ("button value", lambda n: [actions(button(value="x" * n))], 2000, "/blocks/0/elements/0/value"),
    ("accessory", lambda n: [section(accessory=button(action_id="x" * n))], 255, "/blocks/0/accessory/action_id"),
    ("buttons in a row", lambda n: [actions(*map(button, range(n)))], 25, "/blocks/0/elements"),
    ("menu", lambda n: [actions(menu(n))], 5, "/blocks/0/elements/0/options"),
    (
        "option value",
        lambda n: [actions({**menu(0), "options": [{"text": plain("Edit"), "value": "x" * n}]})],
        150,
        "/blocks/0/elements/0/options/0/value",
    ),
    ("context", lambda n: [{"type": "context", "elements": [plain("x")] * n}], 10, "/blocks/0/elements"),
    ("options", lambda n: [field("static_select", options=options(n))], 100, "/blocks/0/element/options"),
    ("radio buttons", lambda n: [field("radio_buttons", options=options(n))], 10, "/blocks/0/element/options"),
    (
        "option text",
        lambda n: [field("radio_buttons", options=options(1, "x" * n))],
        75,
        "/blocks/0/element/options/0/text/text",
    ),
    (
        "placeholder",
        lambda n: [field("external_select", placeholder=plain("x" * n))],
        150,
        "/blocks/0/element/placeholder/text",
    ),
    ("block_id", lambda n: [section(block_id="x" * n)], 255, "/blocks/0/block_id"),
]


@pytest.mark.parametrize(("blocks", "limit", "pointer"), [row[1:] for row in AT_LIMITS], ids=[r[0] for r in AT_LIMITS])
def test_a_limit_is_taken_and_one_more_is_not(blocks: Callable[[int], list[Json]], limit: int, pointer: str) -> None:
    """What is exactly at a limit of Slack's passes; one more is a fault, and the pointer says where."""
    assert message_faults(blocks(limit)) == ()
    assert pointers(message_faults(blocks(limit + 1))) == [pointer]


@pytest.mark.parametrize(
    ("blocks", "pointer"),
    [
        ([section("")], "/blocks/0/text/text"),
        ([{"type": "section"}], "/blocks/0"),
        ([{"type": "carousel"}], "/blocks/0/type"),
        ([actions()], "/blocks/0/elements"),
        ([actions(menu(0))], "/blocks/0/elements/0/options"),
        ([actions(field("plain_text_input")["element"])], "/blocks/0/elements/0/type"),
        ([section(colour="red")], "/blocks/0/colour"),
        ([field("plain_text_input", max_length=3001)], "/blocks/0/element/max_length"),
        ([field("plain_text_input", max_length=3, initial_value="four")], "/blocks/0/element/initial_value"),
        (
            [field("static_select", options=options(2), initial_option=options(1, "No")[0])],
            "/blocks/0/element/initial_option",
        ),
        (["text"], "/blocks/0/type"),
        ({"type": "section"}, "/blocks"),
    ],
)
def test_what_slack_refuses_is_pointed_at(blocks: Any, pointer: str) -> None:
    """Each thing that Slack refuses is one fault, at its place."""
    assert pointers(message_faults(blocks)) == [pointer]


def test_ids_that_stand_twice() -> None:
    """Two blocks of one id, and two buttons of one id in a row, could not be told apart: each is pointed at."""
    assert pointers(message_faults([section(block_id="a"), section(block_id="a")])) == [
        "/blocks/0/block_id",
        "/blocks/1/block_id",
    ]
    assert pointers(message_faults([actions(button(1), button(1))])) == [
        "/blocks/0/elements/0/action_id",
        "/blocks/0/elements/1/action_id",
    ]
    assert message_faults([actions(button(1)), actions(button(1))]) == ()


def test_views() -> None:
    """A form needs a title of at most 24 characters and, once it asks anything, a submit button; App Home neither."""
    assert view_faults(modal(field("plain_text_input"))) == ()
    assert view_faults({"type": "home", "blocks": [field("plain_text_input")]}) == ()
    assert pointers(view_faults(modal(title=plain("x" * 25)))) == ["/view/title/text"]
    assert pointers(view_faults(modal(*[section()] * 101))) == ["/view/blocks"]
    assert pointers(view_faults(modal(private_metadata="x" * 3001))) == ["/view/private_metadata"]
    unsent = modal(field("plain_text_input"))
    del unsent["submit"]
    assert pointers(view_faults(unsent)) == ["/view"]
    assert pointers(view_faults({"type": "toast"})) == ["/view/type"]


def test_a_fault_reads_as_slacks_does() -> None:
    """A fault in the words in which Slack's own answers name it, so that a search finds them."""
    (fault,) = message_faults([section("x" * 3001)])
    assert str(fault) == "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([*BLOCKS, *ELEMENTS, *VIEWS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "blocks", "elements", "element", "options"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(values)
def test_anything_at_all_gets_an_answer(value: Any) -> None:
    """Whatever is handed over, the checker says what is wrong and never fails itself."""
    for fault in (*message_faults(value), *view_faults(value)):
        assert fault.pointer.startswith(("/blocks", "/view"))


def test_it_knows_what_the_product_uses_and_nothing_else() -> None:
    """Every kind of block, element and view that the views make is known; one that they no longer make is removed."""
    used = set()
    for file in (Path(assistant.__file__).parent / "slack" / "views").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Dict):
                used |= {
                    value.value
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and key.value == "type" and isinstance(value, ast.Constant)
                }
    assert {*BLOCKS, *ELEMENTS, *VIEWS} == used - {"plain_text", "mrkdwn"}
