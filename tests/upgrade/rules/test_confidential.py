"""What is secret by its name, and what only sounds like it."""

import pytest

from tests.builders import NOW
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.rules.confidential import distinctive, hidden, is_named, passwords_in, resolved_in, secrets_in

RANDOM = "wJalrXUtnFEMIK7MDENG"
"""As a key looks like."""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pDbPassword", "x"),
        ("MasterUserPassword", "changeme"),
        ("registry-token", "abc"),
        ("/app/db/secret", "abc"),
        ("/Properties/AuthToken", "abc"),
        ("ApiKey", RANDOM),
        ("PASSPHRASE", "a b c"),
    ],
)
def test_secret(name: str, value: str) -> None:
    assert is_named(name, value)
    assert hidden(name, value) == "****"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pDbPassword", ""),
        ("pDbPassword", "****"),
        ("pDbPassword", "{{resolve:ssm-secure:/db/password:1}}"),
        ("pDbPassword", "[REDACTED:named#1a2b3c4d]"),
        ("pRotateSecret", "true"),
        ("pRegistrySecret", "arn:aws:secretsmanager:us-east-1:111122223333:secret:x-AbCdEf"),
        ("PasswordLength", "hunter22"),
        ("SecretName", "codeocean/db"),
        ("pKeyPair", RANDOM),
        ("KmsKey", "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"),
        ("KmsKey", "alias/codeocean"),
        ("SshKey", "my-key"),
        ("/password/Size", "abc"),
        ("Size", RANDOM),
    ],
)
def test_none(name: str, value: str) -> None:
    assert not is_named(name, value)
    assert hidden(name, value) == value


def test_a_word_is_looked_for_nowhere_else() -> None:
    assert not distinctive("changeme")
    assert not distinctive("us-east")
    assert not distinctive("a1")
    assert distinctive("change me!")
    assert distinctive("hunter22")


def test_in_a_template() -> None:
    body = {
        "Parameters": {"A": {"NoEcho": True, "Default": "hunter-1"}, "B": {"NoEcho": "false", "Default": "hunter-2"}},
        "Resources": {
            "Db": {
                "Metadata": {"note": "see https://me:p%40ss@host/"},
                "Properties": {"MasterUserPassword": "hunter-3", "Size": "hunter-4", "Password": {"Ref": "A"}},
            },
            "List": [{"Token": "hunter-5"}, "https://u:pw1@h"],
        },
    }

    assert set(secrets_in(body)) == {"hunter-1", "hunter-3", "hunter-5", "p%40ss", "p@ss", "pw1"}


def test_an_address_without_a_password_holds_none() -> None:
    assert not set(passwords_in("https://host:8080/x@y and mail me@x.org"))
    assert not set(passwords_in("https://[REDACTED:url-password#1a2b3c4d]@host"))


def test_what_drift_detection_shows_of_a_resolved_secret() -> None:
    told = (
        PropertyDifference("/MasterUserPassword", "{{resolve:secretsmanager:x}}", "hunter-1", "NOT_EQUAL"),
        PropertyDifference("/Tags/0/Value", "", "hunter-2", "ADD"),
        PropertyDifference("/MasterUsername", "{{resolve:ssm-secure:x:1}}", "admin", "NOT_EQUAL"),
        PropertyDifference("/Name", "hunter-3", "hunter-4", "NOT_EQUAL"),
        PropertyDifference("/Absent", "hunter-5", "hunter-6", "NOT_EQUAL"),
    )
    drift = Drift(NOW, (ResourceDrift("Db", "db", "AWS::RDS::DBInstance", "MODIFIED", told),))
    properties = {
        "MasterUserPassword": "{{resolve:secretsmanager:x}}",
        "MasterUsername": "{{resolve:ssm-secure:x:1}}",
        "Name": "{{resolve:ssm:x}}",
        "Tags": [{"Key": "a", "Value": {"Fn::Sub": "{{resolve:secretsmanager:${X}}}"}}],
    }

    assert set(resolved_in({"Resources": {"Db": {"Properties": properties}}}, drift)) == {"hunter-1", "hunter-2"}
    assert not set(resolved_in({}, drift))
