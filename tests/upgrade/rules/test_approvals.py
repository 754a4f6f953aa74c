"""An approval counts as its name's only with that name's key; whatever else a file holds is told, and nothing crashes."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # exported in fact

from tests.builders import ACCOUNT, NOW, approval
from upgrade.errors import UsageError
from upgrade.facts.review import Approval
from upgrade.rules.approvals import PAYLOAD_TYPE, PREDICATE, STATEMENT, is_runner, person, read, require_keys, untimely

PLAN = "0a" * 32
KEYS: Mapping[str, Any] = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("Ada", "Bob")}
"""Private keys by printed name."""


def statement(**changes: Any) -> dict[str, Any]:
    """What an approver states; `changes` are of its predicate."""
    said = {"name": "Ada", "meaning": "approve", "at": "2026-11-23T11:00:00Z", "identity": "ada@example.com"}
    return {
        "_type": STATEMENT,
        "subject": [{"name": "plan.json", "digest": {"sha256": PLAN}}],
        "predicateType": PREDICATE,
        "predicate": {**said, **changes},
    }


def signed(document: object, *keys: Any, payload_type: str = PAYLOAD_TYPE) -> dict[str, Any]:
    """An envelope as an approver's tool makes it."""
    envelope = Envelope(json.dumps(document).encode(), payload_type, {})
    for key in keys or (KEYS["Ada"],):
        envelope.sign(CryptoSigner(key))
    made: dict[str, Any] = envelope.to_dict()
    return made


def pem(key: Any) -> bytes:
    made: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Public keys by printed name, in files."""
    folder = tmp_path_factory.mktemp("keys")
    for name, key in KEYS.items():
        (folder / f"{name}.pem").write_bytes(pem(key))
    return {name: folder / f"{name}.pem" for name in KEYS}


Reader = Callable[[object], Approval]


@pytest.fixture
def reading(tmp_path: Path, keys: Mapping[str, Path]) -> Reader:
    """Write a document to a file and read it."""

    def write_and_read(document: object) -> Approval:
        path = tmp_path / "approval.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return read(path, keys)

    return write_and_read


def altered(envelope: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The envelope with another statement in it and the signatures of the old one."""
    return {**envelope, "payload": base64.b64encode(json.dumps(statement(**changes)).encode()).decode()}


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


# ---- no approval -----------------------------------------------------------------------------------------------------


def is_none(found: Approval) -> bool:
    """Whether it is no approval at all, and says nothing."""
    said = (found.name, found.meaning, found.at, found.identity, found.plan_sha256)
    return found.problem.startswith("is no approval: ") and said == ("", "", None, "", "") and not found.authenticated


def without(*path: str) -> dict[str, Any]:
    """The statement without one of its parts."""
    found: Any = statement()
    node = found
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    whole: dict[str, Any] = found
    return whole


BROKEN: dict[str, Any] = {
    "no type": without("_type"),
    "no predicate type": without("predicateType"),
    "no predicate": without("predicate"),
    "no subject": without("subject"),
    "no name": without("predicate", "name"),
    "no meaning": without("predicate", "meaning"),
    "no time": without("predicate", "at"),
    "other type": statement() | {"_type": "https://in-toto.io/Statement/v0.1"},
    "other predicate": statement() | {"predicateType": "https://slsa.dev/provenance/v1"},
    "predicate is text": statement() | {"predicate": "approve"},
    "predicate is a list": statement() | {"predicate": ["approve"]},
    "predicate is null": statement() | {"predicate": None},
    "time without zone": statement(at="2026-11-23T11:00:00"),
    "only a date": statement(at="2026-11-23"),
    "no such time": statement(at="yesterday"),
    "time is a number": statement(at=1795431600),
    "name is a number": statement(name=5),
    "name is a list": statement(name=["Ada"]),
    "name is null": statement(name=None),
    "meaning is a number": statement(meaning=5),
    "identity is a list": statement(identity=[]),
    "no subjects": statement() | {"subject": []},
    "other subject": statement() | {"subject": [{"name": "other.json", "digest": {"sha256": PLAN}}]},
    "two plans": statement() | {"subject": [{"name": "plan.json", "digest": {"sha256": each}} for each in (PLAN, "x")]},
    "subject is text": statement() | {"subject": "plan.json"},
    "subject is a mapping": statement() | {"subject": {"name": "plan.json"}},
    "subject without digest": statement() | {"subject": [{"name": "plan.json"}]},
    "digest of another kind": statement() | {"subject": [{"name": "plan.json", "digest": {"sha512": PLAN}}]},
    "digest is a number": statement() | {"subject": [{"name": "plan.json", "digest": {"sha256": 5}}]},
    "digest is text": statement() | {"subject": [{"name": "plan.json", "digest": PLAN}]},
    "text": "approve",
    "number": 5,
    "list": [statement()],
    "null": None,
    "empty": {},
}


@pytest.mark.parametrize("document", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("sign", [True, False], ids=["signed", "unsigned"])
def test_a_statement_that_lacks_something_is_no_approval(reading: Reader, document: object, *, sign: bool) -> None:
    assert is_none(reading(signed(document) if sign else json.dumps(document)))


def test_an_identity_may_be_left_out(reading: Reader) -> None:
    found = reading(signed(without("predicate", "identity")))

    assert (found.problem, found.identity, found.authenticated) == ("", "", True)


def test_more_subjects_than_the_plan_do_no_harm(reading: Reader) -> None:
    more = statement()
    more["subject"].append({"name": "record.json", "digest": {"sha256": "x"}})

    assert reading(signed(more)).plan_sha256 == PLAN


def test_a_time_keeps_its_zone(reading: Reader) -> None:
    found = reading(signed(statement(at="2026-11-23T13:00:00+02:00")))

    assert found.at == datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"payloadType": None},
        {"payload": None},
        {"payload": 5},
        {"payload": "not base64!"},
        {"payload": base64.b64encode(b"no json").decode()},
        {"payload": base64.b64encode(b"\xff\xfe").decode()},
        {"signatures": None},
        {"signatures": 5},
        {"signatures": "AAAA"},
        {"signatures": {"keyid": "x"}},
        {"signatures": [None]},
        {"signatures": [{"keyid": "x"}]},
        {"signatures": [{"keyid": "x", "sig": "not base64!"}]},
        {"signatures": [{"keyid": "x", "sig": 5}]},
        {"signatures": [{"keyid": "x", "sig": None}]},
        {"signatures": [{"keyid": "x", "sig": ["AAAA"]}]},
    ],
    ids=str,
)
def test_a_broken_envelope_is_no_approval(reading: Reader, changes: dict[str, Any]) -> None:
    assert is_none(reading({**signed(statement()), **changes}))


@pytest.mark.parametrize("part", ["payloadType", "signatures"])
def test_an_envelope_that_lacks_something_is_no_approval(reading: Reader, part: str) -> None:
    envelope = signed(statement())
    del envelope[part]

    assert is_none(reading(envelope))


@pytest.mark.parametrize("text", ["", "{", "approve", "[" * 100_000], ids=["empty", "half", "words", "deep"])
def test_garbage_is_no_approval(reading: Reader, text: str) -> None:
    assert is_none(reading(text))


@pytest.mark.parametrize("kind", ["absent", "folder", "bytes"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "approval.json"
    if kind == "folder":
        path.mkdir()
    elif kind == "bytes":
        path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(UsageError, match=r"--approval=.*approval\.json: can't be read .*: name the file"):
        read(path, {})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
PARTS = st.sampled_from(["_type", "subject", "predicateType", "predicate"])
INNER = st.sampled_from(["name", "meaning", "at", "identity"])


@given(st.dictionaries(PARTS, JSON, max_size=2), st.dictionaries(INNER, JSON, max_size=2), st.booleans())
def test_no_statement_is_too_strange(
    keys: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory, outer: Any, inner: Any, sign: bool
) -> None:
    document: Any = statement(**inner) | outer
    path = tmp_path_factory.getbasetemp() / "strange.json"
    path.write_text(json.dumps(signed(document) if sign else document))
    found = read(path, keys)

    assert not found.authenticated or (sign and found.name == "Ada")
    assert bool(found.envelope) == found.authenticated
    assert bool(found.problem) is (found.at is None)


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
