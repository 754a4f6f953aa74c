"""A fact of the user's own is a value or a reason, is kept under its name, and is read once."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.builders import NOW
from upgrade.errors import CannotTell
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.own import OwnFacts


class Still:
    def now(self) -> Any:
        return NOW


@pytest.fixture
def own() -> OwnFacts:
    return OwnFacts(lambda service: f"client of {service}", Still())  # type: ignore[arg-type]  # all of a clock it needs


def test_what_is_read_is_known_with_its_time_and_kept(own: OwnFacts) -> None:
    found = own.read("topics", "sns", "sns:ListTopics", lambda client: (client, 2))

    assert found == Known(["client of sns", 2], NOW)
    assert own.facts == {"topics": found}


def test_what_is_denied_is_unknown_by_the_action_that_is_missing(own: OwnFacts) -> None:
    def denied(_: object) -> object:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListTopics")

    found = own.read("topics", "sns", "sns:ListTopics", denied)

    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, "sns:ListTopics")
    assert own.facts == {"topics": found}


def test_an_answer_that_lacks_what_is_asked_for_is_malformed(own: OwnFacts) -> None:
    found = own.read("topics", "sns", "sns:ListTopics", lambda _: dict[str, int]()["Topics"])

    assert isinstance(found, Unknown)
    assert found.reason is Reason.MALFORMED


@pytest.mark.parametrize("value", [NOW, {1, 2}, object(), {"deep": [NOW]}], ids=["time", "set", "object", "deep"])
def test_what_json_cannot_hold_is_no_fact(own: OwnFacts, value: object) -> None:
    found = own.read("topics", "sns", "sns:ListTopics", lambda _: value)

    assert isinstance(found, Unknown)
    assert (found.reason, "must fit into JSON" in found.detail) == (Reason.MALFORMED, True)


def test_a_name_is_read_once(own: OwnFacts) -> None:
    own.read("topics", "sns", "sns:ListTopics", lambda _: 1)

    with pytest.raises(CannotTell, match='scope="session"'):
        own.read("topics", "sns", "sns:ListTopics", lambda _: 2)
