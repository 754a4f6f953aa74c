"""An approval counts as its name's only with that name's key; whatever else a file holds is told, and nothing crashes."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.builders import ACCOUNT, NOW, approval
from tests.upgrade.rules.envelopes import KEYS, PLAN, Reader, altered, pem, signed, statement
from upgrade.errors import UsageError
from upgrade.facts.review import Approval
from upgrade.rules.approvals import PAYLOAD_TYPE, is_runner, person, read, require_keys, untimely

# ---- signed ----------------------------------------------------------------------------------------------------------


def test_a_signed_approval_is_read_whole(reading: Reader, tmp_path: Path) -> None:
    envelope = signed(statement())
    assert reading(envelope) == Approval(
        file=str(tmp_path / "approval.json"),
        name="Ada",
        meaning="approve",
        at=datetime(2026, 11, 23, 11, tzinfo=UTC),
        identity="ada@example.com",
        plan_sha256=PLAN,
        signed=True,
        authenticated=True,
        problem="",
        envelope=json.dumps(envelope),
    )


@pytest.mark.parametrize("key_id", ["", "somebody else's", None], ids=["empty", "wrong", "missing"])
def test_a_key_id_is_a_hint_that_nobody_vouches_for(reading: Reader, key_id: str | None) -> None:
    envelope = signed(statement())
    signature = {"sig": envelope["signatures"][0]["sig"]} | ({} if key_id is None else {"keyid": key_id})

    assert reading({**envelope, "signatures": [signature]}).authenticated


@pytest.mark.parametrize("order", [1, -1], ids=["own first", "own last"])
def test_one_of_several_signatures_is_enough(reading: Reader, order: int) -> None:
    envelope = signed(statement(), KEYS["Bob"], KEYS["Ada"])
    envelope["signatures"] = envelope["signatures"][::order]

    assert len(envelope["signatures"]) == 2
    assert reading(envelope).authenticated


def test_two_signatures_under_one_key_id_are_both_tried(reading: Reader) -> None:
    envelope = signed(statement())
    foreign = signed(statement(), KEYS["Bob"])["signatures"][0]["sig"]
    own = envelope["signatures"][0]
    envelope["signatures"] = [{**own, "sig": foreign}, own]

    assert reading(envelope).authenticated


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ada", ed25519.Ed25519PrivateKey.generate()),
        ("Ada", rsa.generate_private_key(65537, 2048)),
        ("Ada", ec.generate_private_key(ec.SECP384R1())),
    ],
    ids=["ed25519", "rsa", "p-384"],
)
def test_other_kinds_of_keys_do_as_well(tmp_path: Path, name: str, key: Any) -> None:
    (tmp_path / "key.pem").write_bytes(pem(key))
    (tmp_path / "approval.json").write_text(json.dumps(signed(statement(), key)))
    approvers = {name: tmp_path / "key.pem"}
    require_keys(approvers)

    assert read(tmp_path / "approval.json", approvers).authenticated


# ---- not by the name in it -------------------------------------------------------------------------------------------


def unauthenticated(found: Approval) -> bool:
    """Whether it is an approval, signed, and nobody's."""
    return (found.problem, found.signed, found.authenticated) == ("", True, False)


def test_another_approvers_key_is_the_wrong_key(reading: Reader) -> None:
    assert unauthenticated(reading(signed(statement(name="Ada"), KEYS["Bob"])))


def test_a_foreign_name_with_ones_own_key_is_nobodys(reading: Reader) -> None:
    assert unauthenticated(reading(signed(statement(name="Eve"), KEYS["Ada"])))
    assert unauthenticated(reading(signed(statement(name="ada"), KEYS["Ada"])))
    assert unauthenticated(reading(signed(statement(name=""), KEYS["Ada"])))


@pytest.mark.parametrize(
    "changes",
    [{"name": "Bob"}, {"meaning": "reject"}, {"at": "2026-11-24T11:00:00Z"}, {"identity": "x"}, {"more": 1}],
    ids=str,
)
def test_an_altered_statement_is_nobodys(reading: Reader, changes: dict[str, Any]) -> None:
    assert unauthenticated(reading(altered(signed(statement()), **changes)))


def test_an_altered_plan_is_nobodys(reading: Reader) -> None:
    other = statement() | {"subject": [{"name": "plan.json", "digest": {"sha256": "0b" * 32}}]}
    payload = base64.b64encode(json.dumps(other).encode()).decode()
    found = reading({**signed(statement()), "payload": payload})

    assert unauthenticated(found)
    assert found.plan_sha256 == "0b" * 32


def test_the_statement_without_its_meaning_to_be_signed_is_nobodys(reading: Reader) -> None:
    """DSSE signs the payload's type as well: the same bytes signed as something else are no approval."""
    envelope = signed(statement(), payload_type="application/vnd.other+json")

    assert "payloadType is 'application/vnd.other+json'" in reading(envelope).problem
    assert unauthenticated(reading({**envelope, "payloadType": PAYLOAD_TYPE}))


@pytest.mark.parametrize(
    "signatures",
    [[], [{"keyid": "x", "sig": ""}], [{"keyid": "x", "sig": "AAAA"}]],
    ids=["none", "empty", "no signature"],
)
def test_without_a_good_signature_it_is_nobodys(reading: Reader, signatures: list[Any]) -> None:
    assert unauthenticated(reading({**signed(statement()), "signatures": signatures}))


def test_no_key_is_configured_for_anybody(tmp_path: Path) -> None:
    (tmp_path / "approval.json").write_text(json.dumps(signed(statement())))

    assert unauthenticated(read(tmp_path / "approval.json", {}))


def test_an_unsigned_statement_is_read_and_nobodys(reading: Reader) -> None:
    found = reading(statement())

    assert (found.problem, found.signed, found.authenticated) == ("", False, False)
    assert (found.name, found.plan_sha256) == ("Ada", PLAN)


# ---- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (-6, "it was given at 2026-11-23T11:54:00+00:00, before the plan was made (2026-11-23T12:00:00+00:00)"),
        (-5, ""),
        (30, ""),
        (65, ""),
        (66, "it was given at 2026-11-23T13:06:00+00:00, which has not come yet"),
    ],
)
def test_an_approval_lies_between_plan_and_execution_as_far_as_clocks_can_tell(minutes: int, told: str) -> None:
    given = approval(at=NOW + timedelta(minutes=minutes))
    assert untimely(given, NOW, NOW + timedelta(hours=1)) == told


def test_what_names_no_time_is_judged_for_what_it_is() -> None:
    assert untimely(approval(at=None), NOW, NOW) == ""


# ---- keys ------------------------------------------------------------------------------------------------------------


def test_keys_that_are_there_are_accepted(keys: Mapping[str, Path]) -> None:
    require_keys(keys)
    require_keys({})


ADA = KEYS["Ada"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        b"\xff\xfe",
        ADA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        ADA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        pem(ec.generate_private_key(ec.SECP256K1())),
        pem(x25519.X25519PrivateKey.generate()),
    ],
    ids=["empty", "words", "bytes", "private", "der", "other curve", "x25519"],
)
def test_a_file_that_holds_no_usable_public_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ada.pem").write_bytes(content)

    with pytest.raises(UsageError, match=r"the key of 'Ada', .*ada\.pem: .*; expected a public key \(PEM\)") as refused:
        require_keys({"Ada": tmp_path / "ada.pem"})
    assert "PRIVATE" not in str(refused.value)


def test_a_key_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"change\.approvers: the key of 'Ada', .*: No such file or directory"):
        require_keys({"Ada": tmp_path / "absent.pem"})


# ---- who runs it -----------------------------------------------------------------------------------------------------


def session(name: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/{name}"


@pytest.mark.parametrize(
    ("name", "identity", "runner"),
    [
        ("Jane Doe", "", session("jane.doe")),
        ("Jane Doe", "", session("Jane-Doe")),
        ("Jane Doe", "", session("jane.doe@example.com")),
        ("jane.doe@example.com", "", session("jane.doe")),
        ("Jane Doe", "", f"arn:aws:iam::{ACCOUNT}:user/people/janedoe"),
        ("Jane Doe", "", "Jane Doe"),
        ("Jane Doe", "", "jane-doe"),
        ("J. D.", "jane.doe@example.com", session("jane.doe")),
        ("J. D.", session("jane.doe"), session("jane.doe")),
        ("J. D.", f"arn:aws:iam::{ACCOUNT}:user/jane.doe", session("jane.doe")),
        ("J. D.", f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:root"),
        ("José García", "", session("jose.garcia")),
    ],
)
def test_who_runs_the_upgrade_is_known_by_any_name(name: str, identity: str, runner: str) -> None:
    assert is_runner(approval(name, identity=identity), [session("other"), runner])


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("Jane Doe", ""),
        ("Jane Doe", "jane.doe@example.com"),
        ("Jane Doe", session("jane.doe")),
        ("ops", ""),
        ("", ""),
        ("李雷", "!"),
    ],
)
def test_others_do_not(name: str, identity: str) -> None:
    assert not is_runner(approval(name, identity=identity), [session("john.doe"), "John Doe", ""])


def test_nobody_runs_it() -> None:
    assert not is_runner(approval("Jane Doe"), [])


@pytest.mark.parametrize("name", ["Jane Doe", "jane.doe", "jane-doe@example.com", "JANE_DOE", " Jane  Doe "])
def test_a_person_is_one_under_all_these_names(name: str) -> None:
    assert person(name) == "janedoe"


def test_people_whose_names_are_written_otherwise_are_told_apart() -> None:
    names = ["山田太郎", "王 A", "李 A", "Анна", "Ελένη", "José"]
    assert len({person(name) for name in names} - {""}) == len(names)
    assert person("José") == person("jose@example.com")
