"""stacks.toml is understood completely, or refused with file, key and what to write."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from upgrade.config.stacks import load
from upgrade.config.values import Actual, FromEnvironment, Given, NoBackup, Reference, Role
from upgrade.errors import UsageError

MINIMAL = """
[stacks.prod]
product = "generic"
stack_name = "codeocean"
region = "us-east-1"
account_id = "210987654321"
"""

FULL = """
[defaults]
product = "codeocean"
minutes = 60

[stacks.prod]
stack_name = "arn:aws:cloudformation:us-east-1:210987654321:stack/codeocean/0a1b"
region = "us-east-1"
account_id = "210987654321"
profile = "co-read"
assume_role_arn = "arn:aws:iam::210987654321:role/read"
external_id = "x1"
execute_role_arn = "arn:aws:iam::210987654321:role/path/write"
service_role_arn = "arn:aws-cn:iam::210987654321:role/service"
target = "v3.8.2"
template_sha256 = "8d04d233d32d9a583f25db14df3564ea6018f7394a22ae411cf945699f06be41"
capabilities = ["CAPABILITY_IAM"]
allow_downgrade = true
tags = { team = "platform" }
health_minutes = 0.5
backup = "prod-backup"
deploy_role = { role = "arn:aws:iam::210987654321:role/CodeOceanLeastPrivilegedDeployRole" }

[stacks.prod.parameters]
pRdsAllocatedStorage = "actual"
pSecret = { env = "CO_SECRET" }
pText = "text"
pNumber = 5
pBool = true
pList = ["a", "b", 3]
pLiteral = { value = "actual" }

[stacks.prod.backup_policy]
min_version = "v1.2.1"

[[stacks.prod.expected_drift]]
resource = "DataVolume"
property = "/Size"
reason = "enlarged in May"
expires = 2027-01-31T00:00:00Z

[stacks.prod.polling]
watch = 0.2
settle = 1

[stacks.prod-backup]
product = "codeocean-backup"
stack_name = "codeocean-backup"
region = "us-east-1"
account_id = "210987654321"
backup = { none = "it is the backup" }
minutes = 20
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "stacks.toml"
    path.write_text(text)
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as refused:
        load(write(folder, text))
    return str(refused.value)


def test_a_minimal_entry_has_the_documented_defaults(tmp_path: Path) -> None:
    entry = load(write(tmp_path, MINIMAL)).entry("prod")
    assert (entry.minutes, entry.health_minutes, entry.allow_downgrade) == (120, 45, False)
    assert (entry.polling.watch, entry.polling.watch_max, entry.polling.health) == (2, 10, 15)
    assert (entry.polling.settle, entry.polling.drift, entry.polling.change_set) == (180, 5, 2)
    assert (entry.backup, entry.deploy_role, entry.target, dict(entry.parameters)) == (None, None, None, {})


def test_every_key_of_this_issue_is_understood(tmp_path: Path) -> None:
    stacks = load(write(tmp_path, FULL))
    entry = stacks.entry("prod")
    assert entry.product == "codeocean"
    assert (entry.minutes, stacks.entry("prod-backup").minutes) == (60, 20)
    assert entry.backup == Reference("prod-backup")
    assert entry.deploy_role == Role("arn:aws:iam::210987654321:role/CodeOceanLeastPrivilegedDeployRole")
    assert stacks.entry("prod-backup").backup == NoBackup("it is the backup")
    assert dict(entry.parameters) == {
        "pRdsAllocatedStorage": Actual(),
        "pSecret": FromEnvironment("CO_SECRET"),
        "pText": Given("text"),
        "pNumber": Given("5"),
        "pBool": Given("true"),
        "pList": Given("a,b,3"),
        "pLiteral": Given("actual"),
    }
    assert entry.expected_drift[0].expires.utcoffset() is not None


def test_the_public_form_is_plain_and_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CO_SECRET", "hush")
    entry = load(write(tmp_path, FULL)).entry("prod")
    public = entry.public({*entry.parameters} - {"pText"})
    assert public["parameters"] == {
        "pRdsAllocatedStorage": "actual",
        "pSecret": "from environment variable CO_SECRET",
        "pText": "(not told)",
        "pNumber": "5",
        "pBool": "true",
        "pList": "a,b,3",
        "pLiteral": "actual",
    }
    assert public["external_id"] == "(set)"
    assert public["backup"] == "prod-backup"
    assert public["deploy_role"] == {"role": "arn:aws:iam::210987654321:role/CodeOceanLeastPrivilegedDeployRole"}
    assert json.loads(json.dumps(public)) == public
    assert "hush" not in str(public)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(MINIMAL + "targt = 'v1'", ["stacks.prod.targt: unknown key", "did you mean 'target'"], id="typo"),
        pytest.param(MINIMAL + "minutes = inf", ["stacks.prod.minutes", "at most a week"], id="endless"),
        pytest.param(MINIMAL + "minutes = nan", ["stacks.prod.minutes", "at most a week"], id="no-number"),
        pytest.param(
            MINIMAL + "[stacks.prod.change]\nplan_hours = 1e9", ["change.plan_hours", "at most a year"], id="too-long"
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.evidence]\nkms_key_id = 'k'\nsigning_key = 'k.pem'",
            ["stacks.prod.evidence: kms_key_id and signing_key exclude each other: keep one"],
            id="two-keys",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.change]\nrequire_approval = 1",
            ["stacks.prod.change.require_approval: unknown key", "did you mean 'require_approvals'"],
            id="change-typo",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.change]\nrequire_approvals = 2\napprovers = { 'Ada' = 'a.pem' }",
            ["stacks.prod.change: require_approvals is 2, and approvers names 1", "add approvers"],
            id="too-few-approvers",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.change]\nwindow = { from = 2026-02-01T00:00:00Z, to = 2026-01-01T00:00:00Z }",
            ["stacks.prod.change.window: the window ends before it begins"],
            id="window-reversed",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.change]\nwindow = { from = 2026-02-01T00:00:00, to = 2026-03-01T00:00:00Z }",
            ["stacks.prod.change.window.from: found 2026-02-01T00:00:00", "with its zone"],
            id="window-without-zone",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.acknowledge]\nmaintenance_mode = { by = 'Ada', at = 2026-02-01T00:00:00Z }",
            ["stacks.prod.acknowledge.maintenance_mode.from: is missing", 'from = "v3.7.0"'],
            id="acknowledged-for-no-versions",
        ),
        pytest.param(
            MINIMAL + "[[stacks.prod.waivers]]\ncheck = 'stack-is-at-rest'\nfinding = 'all'",
            [
                "stacks.prod.waivers.0.finding: found 'all', expected the finding as the record names it",
                "stacks.prod.waivers.0.expires: is missing; expected a date and time with its zone",
                "stacks.prod.waivers.0.approved_by: is missing",
            ],
            id="waiver-incomplete",
        ),
        pytest.param(
            MINIMAL + "rollback_triggers = ['high-cpu']",
            ["stacks.prod.rollback_triggers.0: found 'high-cpu', expected the ARN of a CloudWatch alarm"],
            id="trigger-is-no-arn",
        ),
        pytest.param(
            MINIMAL + "staging = 'bucket'", ["staging: found 'bucket'", "s3://my-bucket/templates"], id="staging"
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.checks]\nmax_age_minutes = { a = 0 }",
            ["stacks.prod.checks.max_age_minutes.a: found 0, expected a number of minutes"],
            id="no-age",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.health]\naddresses = ['http://co.example.com/health']",
            ["stacks.prod.health.addresses.0: found 'http://co.example.com/health', expected an https address"],
            id="plain-http",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.health]\naddresses = ['https://me:secret@co.example.com/']",
            ["stacks.prod.health.addresses.0", "without user or password"],
            id="password-in-address",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.evidence]\narchive = 'bucket'",
            ["stacks.prod.evidence.archive: found 'bucket'", "s3://"],
            id="archive",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.evidence]\narchive_profile = 'keeper'",
            ["stacks.prod.evidence", "archive_profile is for an archive"],
            id="archive-profile",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.evidence]\nretain_days = 3",
            ["stacks.prod.evidence", "retain_days is for an archive"],
            id="retained nowhere",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.evidence]\narchive = 's3://b'\nretain_days = 0",
            ["stacks.prod.evidence.retain_days: found 0, expected a number of days"],
            id="retained for no time",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.evidence]\narchive = 's3://b'\nobject_lock_mode = 'COMPLIANCE'",
            ["stacks.prod.evidence", "object_lock_mode needs retain_days"],
            id="locked for no time",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.evidence]\narchive = 's3://b'\nretain_days = 3\nobject_lock_mode = 'compliance'",
            ["stacks.prod.evidence.object_lock_mode: found 'compliance'", 'expected "GOVERNANCE" or "COMPLIANCE"'],
            id="compliance in other words",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.backup_policy]\nrecovery_point_max_age_hours = 0",
            ["stacks.prod.backup_policy.recovery_point_max_age_hours: found 0, expected a number of hours"],
            id="no-hours",
        ),
        pytest.param(
            MINIMAL + "[stacks.prod.polling]\nwach = 3",
            ["stacks.prod.polling.wach: unknown key", "did you mean 'watch'"],
            id="nested-typo",
        ),
        pytest.param(
            MINIMAL.replace('"210987654321"', "210987654321"),
            ["stacks.prod.account_id: found 210987654321", "twelve digits in quotes"],
            id="account-as-number",
        ),
        pytest.param(
            MINIMAL.replace('account_id = "210987654321"', ""),
            ["stacks.prod.account_id: is missing", "twelve digits"],
            id="no-account",
        ),
        pytest.param(MINIMAL.replace("us-east-1", "Virginia"), ["stacks.prod.region: found 'Virginia'"], id="region"),
        pytest.param(MINIMAL + "minutes = true", ["stacks.prod.minutes: found True"], id="bool-for-number"),
        pytest.param(MINIMAL + "minutes = 0", ["stacks.prod.minutes: found 0", "more than 0"], id="zero-minutes"),
        pytest.param(MINIMAL + "allow_downgrade = 1", ["allow_downgrade: found 1", "true or false"], id="int-for-bool"),
        pytest.param(
            MINIMAL + "capabilities = 'A'", ["capabilities: found 'A'", "a list of texts"], id="text-for-list"
        ),
        pytest.param(
            MINIMAL + "tags = { a = 1 }", ["stacks.prod.tags.a: found 1", "a table of texts"], id="tag-number"
        ),
        pytest.param(MINIMAL + "backup = 3", ["stacks.prod.backup: found 3", '{ none = "reason" }'], id="backup"),
        pytest.param(MINIMAL + "backup = { none = ' ' }", ["stacks.prod.backup: found"], id="backup-without-reason"),
        pytest.param(MINIMAL + "deploy_role = { role = 'x' }", ["deploy_role: found", "arn:aws:iam::"], id="role"),
        pytest.param(
            MINIMAL + "backup = 'prod-bakup'\n[stacks.prod-backup]" + MINIMAL.split("]")[1],
            ["stacks.prod.backup: names no entry", "there are: prod, prod-backup"],
            id="missing-reference",
        ),
        pytest.param(MINIMAL + "backup = 'prod'", ["refers to itself: prod → prod"], id="self-reference"),
        pytest.param(
            MINIMAL + "backup = 'b'\n[stacks.b]" + MINIMAL.split("]")[1] + "deploy_role = 'prod'",
            ["refers to itself: prod → b → prod"],
            id="cycle",
        ),
        pytest.param(
            MINIMAL + "target = 'v1.0.0'\ntemplate_url = 's3://a/b'", ["exclude each other"], id="two-targets"
        ),
        pytest.param(
            MINIMAL + "external_id = 'xy'", ["external_id is only used with assume_role_arn"], id="external-id"
        ),
        pytest.param(
            MINIMAL.replace('"codeocean"', '"arn:aws:cloudformation:eu-west-1:210987654321:stack/a/b"'),
            ["stack_name is an ARN of eu-west-1:210987654321"],
            id="foreign-arn",
        ),
        pytest.param(MINIMAL + "name = 'x'", ["stacks.prod.name: unknown key"], id="name"),
        pytest.param("[defaults]\nminutes = 'x'\n" + MINIMAL, ["defaults.minutes: found 'x'"], id="wrong-default"),
        pytest.param("[stack.prod]\n", ["stack: unknown key", "did you mean 'stacks'"], id="wrong-table"),
        pytest.param("", ["no stack is configured"], id="empty"),
        pytest.param("stacks = 3", ["no stack is configured"], id="stacks-no-table"),
        pytest.param("[stacks]\nprod = 3", ["stacks.prod: found 3, expected a table"], id="entry-no-table"),
        pytest.param("defaults = 1\n" + MINIMAL, ["defaults: found 1, expected a table"], id="defaults-no-table"),
        pytest.param("[stacks.prod\n", ["no valid TOML", "line 1"], id="syntax"),
        pytest.param(MINIMAL + "product = 'b'", ["no valid TOML", "overwrite"], id="duplicate-key"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(tmp_path: Path, text: str, said: list[str]) -> None:
    message = refusal(tmp_path, text)
    assert message.startswith(str(tmp_path / "stacks.toml"))
    for part in said:
        assert part in message


@pytest.mark.parametrize("expires", ["2027-01-31T00:00:00", "2027-01-31", "'2027-01-31T00:00:00Z'"])
def test_a_date_without_zone_is_refused(tmp_path: Path, expires: str) -> None:
    drift = f"[[stacks.prod.expected_drift]]\nresource='A'\nproperty='/B'\nreason='c'\nexpires={expires}"
    assert "with its zone, unquoted, e.g. 2027-01-31T00:00:00Z" in refusal(tmp_path, MINIMAL + drift)


def test_all_mistakes_of_an_entry_are_told_at_once(tmp_path: Path) -> None:
    lines = refusal(tmp_path, MINIMAL + "minuts = 1\nhealth_minutes = 'x'\n").splitlines()
    assert len(lines) == 2


def test_a_refused_parameter_value_is_not_repeated(tmp_path: Path) -> None:
    message = refusal(tmp_path, MINIMAL + "[stacks.prod.parameters]\npSecret = { text = 'hush' }")
    assert "stacks.prod.parameters.pSecret: found a dict" in message
    assert "hush" not in message


def test_an_unknown_entry_is_answered_with_the_configured_ones(tmp_path: Path) -> None:
    stacks = load(write(tmp_path, FULL))
    with pytest.raises(
        UsageError, match=r"stacks\.prot: no such entry; there are: prod, prod-backup; did you mean 'prod'"
    ):
        stacks.entry("prot")


def test_a_missing_unreadable_or_binary_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file; write one"):
        load(tmp_path / "absent.toml")
    with pytest.raises(UsageError, match="can't be read"):
        load(tmp_path)
    path = tmp_path / "stacks.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no UTF-8 text"):
        load(path)


def test_reading_the_configuration_loads_neither_boto3_nor_cfn_lint() -> None:
    """Exit 4 is decided before half a second of imports."""
    code = "import sys, upgrade.config.stacks, upgrade.config.product; print(sorted(sys.modules.keys() & {'boto3', 'botocore', 'cfnlint'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
