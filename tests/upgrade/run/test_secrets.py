"""What must never be written is known from the configuration at once, and from templates and stack once they are read."""

from dataclasses import replace

import pytest

from tests.builders import NOW, entry, known, snapshot, stack, template, unknown
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.facts.inputs import StoredParameter
from upgrade.run.secrets import Secrets

DECLARED = known(
    replace(
        template(), body={"Parameters": {"Password": {"Type": "String", "NoEcho": True}, "Size": {"Type": "Number"}}}
    )
)


def secrets(**parameters: object) -> Secrets:
    return Secrets(entry(parameters=parameters), lambda: {"session-token"})


def test_credentials_and_what_the_environment_gives_are_secret_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CO_SECRET", "hush")
    made = secrets(Password={"env": "CO_SECRET"}, Size="20")
    assert set(made.texts()) == {"hush", "session-token"}
    assert made.shown == frozenset()


def test_what_a_template_declares_as_secret_is_one_wherever_it_stands() -> None:
    made = secrets(Password="in the file", Size="20")
    live = known(stack(parameters={"Password": "still shown", "Size": "20"}))
    made.learn(snapshot(stack=live, template=unknown(), target=DECLARED))
    assert set(made.texts()) == {"in the file", "still shown", "session-token"}
    assert made.shown == {"Size"}


@pytest.mark.parametrize("value", ["", "****"])
def test_what_a_stack_does_not_show_is_none(value: str) -> None:
    made = secrets()
    live = known(stack(parameters={"Password": value}))
    made.learn(snapshot(stack=live, template=unknown(), target=DECLARED))
    assert made.texts() == ("session-token",)


def test_of_a_stack_that_could_not_be_read_nothing_is_shown() -> None:
    made = secrets()
    made.learn(snapshot(stack=unknown(), template=unknown(), target=unknown()))
    assert made.texts() == ("session-token",)


def test_what_its_name_or_its_address_tells_is_secret_wherever_it_was_read() -> None:
    made = Secrets(entry(parameters={"pUpstream": "https://u:hunter-0@h"}), tuple)
    body = {"Parameters": {"A": {"NoEcho": True, "Default": "hunter-1"}}}
    drift = Drift(
        NOW, (ResourceDrift("Db", "db", "T", "MODIFIED", (PropertyDifference("/P", "", "hunter-7", "ADD"),)),)
    )
    resolves = {"Resources": {"Db": {"Properties": {"P": "{{resolve:secretsmanager:x}}"}}}}
    made.learn(
        snapshot(
            stack=known(stack(parameters={"pApiToken": "hunter-2"}, tags={"a": "https://u:hunter-3@h"})),
            nested=known((stack(outputs={"Password": "hunter-4"}),)),
            template=known(replace(template(), body=body)),
            target=known(replace(template(), body=resolves)),
            stored=known({"/db/password": known(StoredParameter("String", "hunter-5", 1, NOW))}),
            drift=known(drift),
        )
    )
    made.see(snapshot(stack=known(stack(outputs={"NewToken": "hunter-6"}))))

    assert set(made.texts()) >= {f"hunter-{number}" for number in range(8)}
