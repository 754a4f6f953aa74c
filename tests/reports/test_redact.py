import base64
import html
import json
import re
import string
from collections import Counter
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reports.html import published
from reports.record import schema
from reports.redact import POLICY, SHORTEST, LeakError, Secrets, account, redact
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made

# Built from parts, so that no scanner of this repository takes them for real ones.
KEY_ID = "AKIA" + "IOSFODNN7EXAMPLE"
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"
SECRET = 'pa"ss<w&ord/é 7'


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (f"key {KEY_ID}.", "key [REDACTED:access-key-id]."),
        (f"x_{KEY_ID}_y", "x_[REDACTED:access-key-id]_y"),
        (f"ASIA{KEY_ID}", f"ASIA{KEY_ID}"),
        (f"a {PEM} b", "a [REDACTED:private-key] b"),
        ("cut -----BEGIN PRIVATE KEY-----\nMII", "cut [REDACTED:private-key]"),
        ("-----BEGIN CERTIFICATE-----\nMII", "-----BEGIN CERTIFICATE-----\nMII"),
        (f"token={JWT};", "token=[REDACTED:jwt];"),
        ("https://me:pw@host/x", "https://[REDACTED:url-password]@host/x"),
        ("https://host:8080/x@y", "https://host:8080/x@y"),
        ("see https://host/a and mail me@x.org: y", "see https://host/a and mail me@x.org: y"),
        ("?X-Amz-Signature=abc123&x=1", "?X-Amz-Signature=[REDACTED:signed-url]&x=1"),
        ("x-amz-security-token%3Dab%2Fc", "x-amz-security-token%3D[REDACTED:signed-url]"),
        ("Authorization: Bearer abcdef", "Authorization: [REDACTED:authorization]"),
        ('"authorization": "Basic dXNlcjpw"', '"authorization": "[REDACTED:authorization]"'),
        ("arn:aws:iam::111122223333:role/authorization-role", "arn:aws:iam::111122223333:role/authorization-role"),
        ("{{resolve:secretsmanager:name}} ****", "{{resolve:secretsmanager:name}} ****"),
        ("DB_PASSWORD=hunter22 x", "DB_PASSWORD=[REDACTED:named] x"),
        ('{"MasterUserPassword": "hunter22"}', '{"MasterUserPassword": "[REDACTED:named]"}'),
        ('{\\"password\\":\\"hunter22\\"}', '{\\"password\\":\\"[REDACTED:named]\\"}'),
        ("aws_session_token = IQoJb3JpZ2lu", "aws_session_token = [REDACTED:named]"),
        (
            "arn:aws:secretsmanager:us-east-1:1:secret:name-AbCdEf",
            "arn:aws:secretsmanager:us-east-1:1:secret:name-AbCdEf",
        ),
        ("(RequestToken: 2b7e1f6c-93d4, HandlerErrorCode: X)", "(RequestToken: 2b7e1f6c-93d4, HandlerErrorCode: X)"),
        ("Password: !Ref pPassword\nSecret: {{resolve:x}}", "Password: !Ref pPassword\nSecret: {{resolve:x}}"),
    ],
    ids=lambda text: text[:24].replace("\n", " "),
)
def test_patterns(text: str, cleaned: str) -> None:
    assert Secrets().clean(text)[0] == cleaned


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        escape(SECRET),
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
    ],
)
def test_a_known_secret_is_found_in_every_form(form: str) -> None:
    cleaned, counts = Secrets([SECRET]).clean(f"before {form} after")

    assert cleaned.startswith("before [REDACTED:secret]")
    assert cleaned.endswith("after")
    assert counts == Counter(secret=1)


@pytest.mark.parametrize("user", ["", "u", "us", "use", "user:"])
def test_a_known_secret_inside_longer_base64_is_found(user: str) -> None:
    encoded = base64.b64encode(f"{user}correct-horse-battery".encode()).decode()

    assert "[REDACTED:secret]" in Secrets(["correct-horse-battery"]).clean(encoded)[0]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.text(string.ascii_letters + string.digits + "+/=<>&\"'% é\\\n-", min_size=SHORTEST, max_size=30)


@given(before=WORDS, secret=VALUES, after=WORDS)
def test_no_form_of_a_secret_survives(before: str, secret: str, after: str) -> None:
    assume(secret not in "[REDACTED:secret]")
    net = Secrets([secret])
    for form in (secret, json.dumps(secret), quote(secret, safe=""), base64.b64encode(secret.encode()).decode()):
        cleaned, counts = net.clean(before + form + after)
        assert counts["secret"] >= 1
        assert secret not in cleaned


@given(WORDS, st.lists(VALUES, max_size=3))
def test_cleaning_twice_changes_nothing_more(text: str, secrets: list[str]) -> None:
    assume(not any(secret in "[REDACTED:secret]" for secret in secrets))
    net = Secrets(secrets)
    once = net.clean(text)[0]

    assert net.clean(once) == (once, Counter())


@given(WORDS)
def test_text_without_a_secret_stays_what_it_is(text: str) -> None:
    assume("://" not in text and "uthorization" not in text.lower())
    assert Secrets().clean(text) == (text, Counter())


def test_half_a_surrogate_pair_becomes_writable() -> None:
    assert Secrets().clean("a\ud800b")[0] == "a\\ud800b"


def test_the_longer_secret_goes_first() -> None:
    assert Secrets(["secret", "secret-and-more"]).clean("secret-and-more")[0] == "[REDACTED:secret]"


def test_the_record_is_cleaned_wherever_the_secret_stands_and_says_how_often() -> None:
    secret = "correct-horse"
    stack = facts.stack(parameters={f"p{secret}": secret, "pOther": "x"}, outputs={"Url": f"https://x/{secret}"})
    evidence = builders.evidence(
        before=facts.snapshot(stack=facts.known(stack)),
        entries=(builders.entry("stack-is-at-rest", findings=(builders.finding(found=f"it is {secret}"),)),),
        command=("pytest", secret),
        configuration={"nested": [{"deep": secret}]},
        environment={"ci": f"token {KEY_ID}"},
    )
    record = made(evidence, secret, "short", "")

    assert secret not in record.text()
    assert re.fullmatch(r"it is \[REDACTED:secret#[0-9a-f]{8}\]", record.checks[0].findings[0].found)
    assert record.redaction.policy == POLICY
    assert (record.redaction.applied, record.redaction.watched, record.redaction.too_short) == (True, 1, 1)
    counts = {row.rule: row.count for row in record.redaction.counts}
    assert counts["access-key-id"] == 1
    assert counts["secret"] == record.text().count("[REDACTED:secret#")
    assert record.redaction.counts[-1].places["checks.findings.found"] == 1


def test_names_that_become_one_are_both_kept() -> None:
    stack = facts.stack(tags={"correct-horse": "a", "battery-staple": "b"})
    evidence = builders.evidence(before=facts.snapshot(stack=facts.known(stack)))
    record = made(evidence, "correct-horse", "battery-staple")

    assert record.before.stack.value is not None
    assert list(record.before.stack.value.tags.values()) == ["a", "b"]


def test_two_secrets_are_told_apart_and_one_is_recognised_within_a_run() -> None:
    net = Secrets(["correct-horse", "battery-staple"])

    def told(text: str) -> str:
        return net.clean(text, apart=True)[0]

    assert told("correct-horse") == told(base64.b64encode(b"correct-horse").decode()[:-3]) != told("battery-staple")
    assert told("https://u:one@h") != told("https://u:two@h")
    assert told(told("correct-horse")) == told("correct-horse")


def test_what_stands_under_a_name_that_says_so_is_not_told_and_that_it_changes_is() -> None:
    stacks = [facts.stack(parameters={"pApiToken": value, "pTokenId": "4711"}) for value in ("hush", "hushhush")]
    before, after = (facts.snapshot(stack=facts.known(stack)) for stack in stacks)
    detail = facts.detail(name="x", path="/Properties/MasterUserPassword", before="hush", after="hush")
    plan = facts.known(facts.plan(facts.change("Db", detail)))
    record = made(builders.evidence(before=before, after=after, plan=plan, own_facts={"token": facts.known("hush")}))

    row = {row.name: row for row in record.parameters.rows}["pApiToken"]
    assert row.changed
    assert row.before != row.after
    assert re.fullmatch(r"\[REDACTED:named#[0-9a-f]{8}\]", str(row.before))
    assert record.before.stack.value is not None
    assert record.before.stack.value.parameters == {"pApiToken": row.before, "pTokenId": "4711"}
    assert record.plan.value is not None
    shown = record.plan.value.changes[0].details[0]
    assert shown.before == shown.after == record.own_facts["token"].value == row.before
    assert '"hush' not in record.text()
    assert {row.rule for row in record.redaction.counts} == {"named"}


def test_the_account_says_what_was_found_where_and_what_was_looked_at_again() -> None:
    net = Secrets(["correct-horse", "short"])
    net.clean("correct-horse, correct-horse", where="data/a.txt")
    net.scan("data/a.txt", "clean")

    told = json.loads(account(net))

    assert told["found"] == [{"rule": "secret", "count": 2, "places": {"data/a.txt": 2}}]
    assert (told["policy"], told["watched"], told["too_short"]) == (POLICY, 1, 1)
    assert told["scanned"] == ["data/a.txt"]


def test_the_words_of_the_format_are_no_free_text() -> None:
    record = made(builders.evidence(), "UPGRADED", "plimsoll-record/1", "modified", "not asked")

    assert record.model_validate_json(record.text()) == record
    assert record.conclusion.verdict == "UPGRADED"


def test_without_secrets_the_record_says_that_it_was_looked_at() -> None:
    record = redact(made(builders.evidence()), Secrets())

    assert record.redaction.applied
    assert record.redaction.counts == ()


@pytest.mark.parametrize("leak", ["correct-horse", html.escape("a<b>&c"), KEY_ID, JWT, "https://me:pw@host"])
def test_a_file_with_a_secret_fails_closed_and_the_secret_is_not_told(leak: str) -> None:
    with pytest.raises(LeakError, match=r"report\.html holds a secret \(rule [a-z-]+\)") as caught:
        Secrets(["correct-horse", "a<b>&c"]).scan("report.html", f"<p>{leak}</p>")

    assert leak not in str(caught.value)


def test_a_value_that_is_a_word_of_our_own_does_not_stop_every_report() -> None:
    net = Secrets(["parameters", "correct-horse"], published=published() + schema())

    net.scan("report.html", "<h2>parameters</h2>")
    with pytest.raises(LeakError):
        net.scan("report.html", "correct-horse")
    assert net.clean("parameters")[0] == "[REDACTED:secret]"


def test_our_own_text_matches_no_pattern() -> None:
    Secrets().scan("published", schema())
