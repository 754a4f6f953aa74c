"""Everything that stands in the way of a first gate is found, with what to do; nothing in the way is never said of it."""

import re
from collections.abc import Generator
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from sandbox.scenarios.keys import write_pair
from tests.upgrade import things
from tests.upgrade.world import ACCOUNT, BUCKET, REGION, World, topic
from upgrade.config.stacks import Stacks, load
from upgrade.setup import doctor
from upgrade.setup.doctor import MOST_SKEW, Told, examine

ORIGINAL = BaseClient._make_api_call


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


def stacks(world: World, folder: Path, stack: str | None = None, target: str | None = None, **keys: Any) -> Stacks:
    """The configuration of a stack in this world."""
    world.run(folder, stack or world.create(topic()), target or world.publish(topic("new")), **keys)
    return load(folder / "stacks.toml")


def looked(configured: Stacks | None, evidence: Path) -> dict[str, Told]:
    """What was said, by what it is about."""
    return {told.what: told for told in examine(configured, "t", evidence)}


def said_of(what: str, configured: Stacks, evidence: Path) -> Told:
    """What is said of one thing; what comes after it is not looked at."""
    examining = examine(configured, "t", evidence)
    assert isinstance(examining, Generator)
    with closing(examining):
        told: Told = next(each for each in examining if each.what == what)
    return told


def wrong(told: dict[str, Told]) -> dict[str, str]:
    """What there is to do, by what it is about."""
    return {what: each.do for what, each in told.items() if each.do}


# ---- nothing in the way ----------------------------------------------------------------------------------------------


def test_where_nothing_is_in_the_way_nothing_is_to_be_done(world: World, tmp_path: Path, evidence: Path) -> None:
    told = looked(stacks(world, tmp_path), evidence)
    assert wrong(told) == {}
    said = {what: each.said for what, each in told.items()}
    assert said["boto3"] == version("boto3")
    assert said["evidence folder"] == f"{evidence} can be written"
    assert said["region"] == REGION
    assert said["endpoint"] == f"{world.url}, a sandbox, because PLIMSOLL_SANDBOX is set"
    assert said["identity"].endswith(f"in account {ACCOUNT}")
    assert said["clock"] == "within 60 s of the endpoint's"
    assert said["permissions"] == "every read is allowed"
    for fact in ("stack", "resources", "template", "target", "drift", "databases", "target groups"):
        assert said[fact].startswith("read at ")


def test_it_changes_nothing_and_leaves_the_process_as_it_was(world: World, tmp_path: Path, evidence: Path) -> None:
    configured, sent = stacks(world, tmp_path), len(world.calls())
    assert looked(configured, evidence)
    called = {call["action"] for call in world.calls()[sent:]}
    assert {action for action in called if not action.startswith(("Describe", "Get", "List"))} == {"DetectStackDrift"}
    assert list(evidence.iterdir()) == []
    assert BaseClient._make_api_call is ORIGINAL


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (f'archive = "s3://{BUCKET}/archive"', f"s3://{BUCKET}/archive can be listed"),
        (f'archive = "s3://{BUCKET}/archive"\nretain_days = 3', f"s3://{BUCKET} has no Object Lock"),
        ('archive = "s3://absent-bucket"', "NoSuchBucket"),
        (f'archive = "s3://{BUCKET}"\narchive_profile = "absent"', "AWS profile 'absent' is not configured"),
    ],
    ids=["there", "no lock", "no bucket", "no profile"],
)
def test_an_archive_is_looked_at(world: World, tmp_path: Path, evidence: Path, table: str, said: str) -> None:
    told = said_of("archive", stacks(world, tmp_path, more=f"[stacks.t.evidence]\n{table}"), evidence)
    assert said in told.said
    assert bool(told.do) is ("can be listed" not in said)


@pytest.mark.parametrize(
    ("table", "said", "wrong"),
    [
        ("", "none: evidence is unsigned, and says so", False),
        ('signing_key = "seal.pem"', "seal.pem, fingerprint ", False),
        ('signing_key = "absent.pem"', "absent.pem: No such file or directory", True),
        ('kms_key_id = "alias/absent"', "kms:GetPublicKey: ", True),
    ],
    ids=["none", "file", "no file", "no key"],
)
def test_what_seals_is_looked_at(
    world: World, tmp_path: Path, evidence: Path, table: str, said: str, *, wrong: bool
) -> None:
    configured = stacks(world, tmp_path, more=f"[stacks.t.evidence]\n{table}")
    write_pair(configured.file.parent, "seal")
    told = said_of("seal", configured, evidence)
    assert said in told.said
    assert bool(told.do) is wrong


def test_who_stops_listening_leaves_the_process_as_it_was(world: World, tmp_path: Path, evidence: Path) -> None:
    examining = examine(stacks(world, tmp_path), "t", evidence)
    assert isinstance(examining, Generator)
    assert any(told.what == "identity" for told in examining)
    assert BaseClient._make_api_call is not ORIGINAL
    examining.close()
    assert BaseClient._make_api_call is ORIGINAL


def test_without_a_configuration_it_looks_at_this_machine_alone(world: World, evidence: Path) -> None:
    sent = len(world.calls())
    told = {each.what for each in examine(None, "demo", evidence)}
    assert {"boto3", "evidence folder", "sandbox"} <= told
    assert not {"region", "identity", "clock"} & told
    assert len(world.calls()) == sent


# ---- this machine ----------------------------------------------------------------------------------------------------


def packages(monkeypatch: pytest.MonkeyPatch, *asked: str) -> dict[str, Told]:
    """What is said where this project asks for these."""
    monkeypatch.setattr(doctor, "requires", lambda _: list(asked))
    return {told.what: told for told in doctor._packages()}


def test_a_package_that_is_absent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert packages(monkeypatch, "no-such-package>=1")["no-such-package"] == Told(
        "no-such-package", "is not installed", "pip install -e ."
    )


def test_a_package_that_is_too_old_is_told_with_the_one_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    told = packages(monkeypatch, "boto3>=99")["boto3"]
    assert told.said == f"{version('boto3')}, and >=99 is needed"
    assert told.do == "pip install --upgrade 'boto3>=99'"


def test_what_is_only_needed_for_something_else_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = ('no-such-package; extra == "dev"', 'no-such-package; python_version < "3"')
    assert packages(monkeypatch, *elsewhere) == {}


def test_a_package_with_extras_is_looked_for_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    told = packages(monkeypatch, "securesystemslib[crypto]<2,>=1.6")["securesystemslib"]
    assert (told.said, told.do) == (version("securesystemslib"), "")


def test_that_plimsoll_itself_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from a checkout nobody has installed, with what it needs at hand."""

    def absent(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "requires", absent)
    assert [(told.what, told.do) for told in doctor._packages()] == [("plimsoll", "pip install -e .")]


def test_an_evidence_folder_that_can_not_be_written_is_told(evidence: Path) -> None:
    evidence.write_text("a file")
    told = looked(None, evidence)["evidence folder"]
    assert told.said.startswith(f"{evidence} can't be written (")
    assert "--evidence=DIR" in told.do


def test_what_is_in_the_evidence_folder_stays(evidence: Path) -> None:
    evidence.mkdir()
    (evidence / "latest.json").write_text("{}")
    assert looked(None, evidence)["evidence folder"].do == ""
    assert [(path.name, path.read_text()) for path in evidence.iterdir()] == [("latest.json", "{}")]


def test_a_sandbox_without_moto_is_told(evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    told = {each.what: each for each in examine(None, "demo", evidence)}["sandbox"]
    assert told.do == "pip install -e '.[sandbox]'"


# ---- the configuration -----------------------------------------------------------------------------------------------


def test_what_makes_a_run_impossible_is_told_and_nothing_is_asked(
    world: World, tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured, sent = stacks(world, tmp_path), len(world.calls())
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    told = looked(configured, evidence)
    assert wrong(told) == {"configuration": "correct it: nothing can be asked before"}
    assert "no AWS credentials found" in told["configuration"].said
    assert len(world.calls()) == sent


def test_without_a_word_on_the_endpoint_it_is_awss(
    world: World, tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured = stacks(world, tmp_path)
    for name in ("PLIMSOLL_SANDBOX", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    assert said_of("endpoint", configured, evidence) == Told("endpoint", "AWS")


def test_a_region_that_is_none_is_told_with_those_there_are(world: World, tmp_path: Path, evidence: Path) -> None:
    told = said_of("region", stacks(world, tmp_path, region="us-esat-1"), evidence)
    assert told.said == "us-esat-1 is none that boto3 knows"
    assert "us-east-1" in told.do


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDFORMATION"])
def test_an_environment_that_leads_elsewhere_is_told(
    world: World, tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    configured = stacks(world, tmp_path)
    monkeypatch.delenv("PLIMSOLL_SANDBOX")
    monkeypatch.setenv(variable, world.url)
    told = said_of("endpoint", configured, evidence)
    assert world.url in told.said
    assert told.do.startswith("unset AWS_ENDPOINT_URL")


def test_a_profile_that_leads_elsewhere_is_told(
    world: World, tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html"""
    configured = stacks(world, tmp_path)
    config = tmp_path / "config"
    config.write_text(f"[default]\nendpoint_url = {world.url}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for name in ("PLIMSOLL_SANDBOX", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    told = said_of("endpoint", configured, evidence)
    assert world.url in told.said
    assert told.do


# ---- who asks, and when ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "do"),
    [
        ("expired", "sign in again"),
        ("denied", "use credentials that may sign in there"),
        ("throttle", "try again later: others call AWS too often"),
        ("drop", "look at the network, a proxy and the endpoint"),
    ],
)
def test_a_caller_nobody_knows_is_told_and_nothing_else_is_read(
    world: World, tmp_path: Path, evidence: Path, kind: str, do: str
) -> None:
    configured, sent = stacks(world, tmp_path), len(world.calls())
    world.fail("GetCallerIdentity", kind)
    told = looked(configured, evidence)
    assert told["identity"].do == do
    assert "permissions" not in told
    assert {call["action"] for call in world.calls()[sent:]} == {"GetCallerIdentity"}


def test_a_wrong_account_is_told_and_nothing_else_is_read(world: World, tmp_path: Path, evidence: Path) -> None:
    told = looked(stacks(world, tmp_path, account_id="999999999999"), evidence)
    assert told["identity"].said.endswith(f"in account {ACCOUNT}")
    assert wrong(told) == {"identity": "use credentials of account 999999999999, or correct account_id"}
    assert "permissions" not in told


def test_a_session_that_has_ended_is_told(
    world: World, tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured = stacks(world, tmp_path)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")
    assert said_of("identity", configured, evidence).do == "sign in again"


@pytest.mark.parametrize("ahead", [-600.0, 600.0, -MOST_SKEW - 5, MOST_SKEW + 5])
def test_a_clock_that_is_off_is_told(world: World, tmp_path: Path, evidence: Path, ahead: float) -> None:
    configured = stacks(world, tmp_path)
    world.faults(clock=-ahead)
    told = said_of("clock", configured, evidence)
    world.faults(clock=0.0)
    assert told.said.startswith(f"off by {'+' if ahead > 0 else '-'}")
    assert "NTP" in told.do


def test_without_an_answer_the_clock_is_not_said_to_be_right(world: World, tmp_path: Path, evidence: Path) -> None:
    configured = stacks(world, tmp_path)
    world.fail("*", "drop")
    assert said_of("clock", configured, evidence).do == "see the endpoint"


# ---- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["DescribeStacks", "ListStackResources", "DescribeStackResourceDrifts"])
def test_a_denied_read_is_told_with_the_action_to_allow(
    world: World, tmp_path: Path, evidence: Path, action: str
) -> None:
    configured = stacks(world, tmp_path)
    world.fail(action, "denied")
    told = looked(configured, evidence)["permissions"]
    assert told == Told("permissions", f"denied: cloudformation:{action}", "allow these to the reading role")


def test_reads_of_what_hangs_on_the_stack_are_tried_too(world: World, tmp_path: Path, evidence: Path) -> None:
    configured = stacks(world, tmp_path, service_role_arn=things.role(world))
    world.fail("GetRole", "denied")
    assert looked(configured, evidence)["permissions"].said == "denied: iam:GetRole"


def test_a_stack_that_is_absent_is_told(world: World, tmp_path: Path, evidence: Path) -> None:
    told = wrong(looked(stacks(world, tmp_path, "absent"), evidence))
    assert told["stack"] == "correct the name in stacks.toml"


@pytest.mark.parametrize(
    ("target", "do"),
    [
        (f"s3://{BUCKET}/absent", "correct the name in stacks.toml"),
        (None, "correct the address in stacks.toml"),
    ],
    ids=["absent", "no template"],
)
def test_a_target_that_can_not_be_used_is_told(
    world: World, tmp_path: Path, evidence: Path, target: str | None, do: str
) -> None:
    address = target or world.publish(b"<html><body>Sign in</body></html>")
    assert wrong(looked(stacks(world, tmp_path, target=address), evidence)) == {"target": do}


def test_drift_that_can_not_be_detected_is_told(world: World, tmp_path: Path, evidence: Path) -> None:
    configured = stacks(world, tmp_path)
    world.faults(resources={"Topic": {"on": "drift", "reason": "the topic can't be read"}})
    told = looked(configured, evidence)
    assert "drift detection failed" in told["drift"].said
    assert told["drift"].do


@pytest.mark.parametrize(
    ("stack", "account"), [("absent", ACCOUNT), ("any", "999999999999")], ids=["absent", "another account"]
)
def test_a_backup_stack_that_can_not_be_read_is_told(
    world: World, tmp_path: Path, evidence: Path, stack: str, account: str
) -> None:
    more = f"[stacks.b]\nproduct = 'codeocean-backup'\nstack_name = '{stack}'\nregion = '{REGION}'\naccount_id = '{account}'"
    told = looked(stacks(world, tmp_path, backup="b", more=more), evidence)
    assert list(wrong(told)) == ["backup"]


def test_a_lint_that_fails_is_told(
    world: World, tmp_path: Path, evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    configured = stacks(world, tmp_path)
    monkeypatch.setattr("sys.executable", "/bin/false")
    told = looked(configured, evidence)
    assert any("cfn-lint failed" in each.said and each.do for each in told.values())


def test_facts_are_told_with_the_time_they_were_read(world: World, tmp_path: Path, evidence: Path) -> None:
    said = looked(stacks(world, tmp_path), evidence)["stack"].said
    assert re.fullmatch(r"read at \d\d:\d\d:\d\d UTC", said)
