"""An agent's own settings: what they write, whether tickets are given to them, their shortcuts."""

from collections.abc import Callable

import pytest
from flask import Flask

from helpdesk.accounts import agents
from helpdesk.accounts.agents import Profile
from helpdesk.accounts.person import Person
from helpdesk.site import service as site
from tests.builders import NOON
from tests.conftest import Client, Make
from tests.web.page import read

SignedIn = Callable[[Person], Client]
OFF = "This is switched off for the whole site at present."


@pytest.fixture
def agent(make: Make) -> Person:
    return make.agent("maja", name="Maja")


def test_an_agent_says_what_they_write_and_gets_tickets_in_it(
    as_person: SignedIn, make: Make, agent: Person, app: Flask
) -> None:
    desk = as_person(agent)
    assert make.look(lambda: agents.profile(agent.id)) == Profile((), takes_tickets=False, shortcuts=True)
    page = read(desk.get("/desk/settings"))
    assert OFF in " ".join(page.by_id("main").text.split())
    make.change(lambda: site.set_value("auto_assign", True, by=None, at=NOON))

    answer = desk.post("/desk/settings", data={"languages": ["sv", "en"], "takes_tickets": "y"})

    assert (answer.status_code, answer.location) == (303, "/desk/settings")
    assert make.look(lambda: agents.profile(agent.id)) == Profile(("en", "sv"), takes_tickets=True, shortcuts=False)
    page = read(desk.get("/desk/settings"))
    assert "Your settings have been saved." in page.said and OFF not in page.html
    checked = [one.attributes["value"] for one in page.all("input", type="checkbox") if "checked" in one.attributes]
    assert checked == ["en", "sv", "y"]
    assert make.ticket(make.member(), language="sv").assignee_id == agent.id


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"takes_tickets": "y"}, "Choose the languages in which you can be given tickets."),
        ({"languages": ["en", "xx"]}, "Choose a language."),
    ],
)
def test_what_nobody_can_mean_is_refused_and_changes_nothing(
    as_person: SignedIn, make: Make, agent: Person, data: dict[str, object], problem: str
) -> None:
    make.change(lambda: agents.set_profile(agent.id, languages=["fr"], takes_tickets=False))
    desk = as_person(agent)

    answer = desk.post("/desk/settings", data={**data, "agent_id": "1"})

    assert answer.status_code == 422 and problem in read(answer).html
    assert make.look(lambda: agents.profile(agent.id)) == Profile(("fr",), takes_tickets=False, shortcuts=True)


def test_the_shortcuts_stay_as_they_are_when_somebody_else_sets_the_rest(make: Make, agent: Person) -> None:
    make.change(lambda: agents.set_profile(agent.id, languages=["fr"], takes_tickets=False, shortcuts=False))
    make.change(lambda: agents.set_profile(agent.id, languages=["en", "xx"], takes_tickets=True))
    assert make.look(lambda: agents.profile(agent.id)) == Profile(("en",), takes_tickets=True, shortcuts=False)
