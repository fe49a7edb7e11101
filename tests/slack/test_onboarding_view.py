"""The onboarding form: it shows all that is wrong, also where there is nothing left to choose from."""

from __future__ import annotations

import json
from dataclasses import replace

from registries import rulebook, snapshot

from assistant.blockkit import view_faults
from assistant.core.drafts import Part, Stop, screen_at
from assistant.core.policy import Actor
from assistant.slack.views.onboarding import errors_of, onboarding_view
from assistant.use_cases.onboarding import begin

EMPTY = begin("first", None, Actor("U0ANA", "Ana", "member"), snapshot("{}"), rulebook())
"""The form of whoever registers the first component, where no team is known either."""


def test_a_fault_without_a_field_is_shown_all_the_same() -> None:
    """Whoever chose the last team, which is gone, reads so above the form, which has no list of teams any more."""
    sheet = replace(EMPTY, faults={"owner": "That team is gone.", "name": "Enter a name."})
    view = onboarding_view(sheet, ())
    assert not view_faults(view)
    shown = json.dumps(view["blocks"][:2])
    assert "That team is gone." in shown
    assert "Enter a name." not in shown
    assert "Enter a name." in json.dumps(view)
    assert errors_of(sheet) == sheet.faults


def test_a_new_part_where_no_team_is_known() -> None:
    """Where there is no team to choose, nobody is asked which one will own a new part."""
    draft = replace(EMPTY.draft, name="pug-mill", parts=(Part("database", name="pug-db"),))
    stops = (*draft.trail, Stop("parts"), Stop("questions", 0, ("lifecycle",)))
    asked = replace(EMPTY, draft=replace(draft, trail=stops))
    view = onboarding_view(asked, ("database",))
    assert not view_faults(view)
    assert "Team that owns" not in json.dumps(view)
    with_new_team = replace(asked, draft=replace(asked.draft, has_new_team=True, new_team="mills"))
    view = onboarding_view(with_new_team, ("database",))
    assert not view_faults(view)
    assert "Team that owns pug-db" in json.dumps(view)


def test_a_parts_screen_says_which_part_it_is_about() -> None:
    """What is asked about a new part stands under Parts, names it above all, and explains nothing a second time."""
    draft = replace(EMPTY.draft, name="pug-mill", parts=(Part("database", name="pug-db"),))
    stops = (Stop("questions", None, ("ownership",)), Stop("parts"), Stop("questions", 0, ("ownership", "expertise")))
    views = []
    for at in (1, 3):
        draft = replace(draft, trail=(*EMPTY.draft.trail, *stops[:at]))
        views.append(onboarding_view(replace(EMPTY, draft=draft, screen=screen_at(draft, rulebook())), ("database",)))
    progress = [view["blocks"][0]["elements"][0]["text"] for view in views]
    assert progress == ["What it is › *Questions* › Parts › Review", "What it is › Questions › *Parts* › Review"]
    of_service, of_part = (view["blocks"] for view in views)
    assert of_part[1]["text"]["text"] == "*pug-db*, the new database for *pug-mill*"
    asked = [block for block in of_part if block["type"] == "input"]
    assert asked[0]["label"]["text"] == "Who runs pug-db: the developers of pug-mill, or another team?"
    assert [block.get("hint") is not None for block in (of_service[1], *asked)] == [True, False, True]
