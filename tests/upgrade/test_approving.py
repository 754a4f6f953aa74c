"""What who approves is shown, what is signed, and what is refused before anything is written."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.builders import NOW, bound, change, detail, known, plan, snapshot, stack
from upgrade.__main__ import main
from upgrade.approving import shown, signed, statement
from upgrade.errors import UsageError
from upgrade.rules.approvals import read
from upgrade.rules.bound import BoundPlan
from upgrade.template.telling import KNOWN_AFTER_APPLY

SHA256 = "0a1b2c3d" + "e" * 56


def text(made: BoundPlan) -> list[str]:
    return list(shown(made, SHA256, NOW + timedelta(hours=2, minutes=5)))


def under(title: str, made: BoundPlan) -> list[str]:
    """The lines below a title."""
    lines = text(made)
    begin = lines.index(f"{title}:") + 1
    return lines[begin : lines.index("", begin)]


# ---- what is shown ---------------------------------------------------------------------------------------------------


def test_the_plan_is_named_with_all_that_it_is_for() -> None:
    assert text(bound())[:5] == [
        "Plan for prod: stack codeocean in 111122223333 us-east-1, v4.0.0 → v4.1.0",
        f"  target       {bound().target.address} (sha256 {bound().target.sha256})",
        f"  change set   {plan().arn}",
        "  made         2026-11-23 12:00 UTC, 2 h 5 min ago, by Plimsoll 0.1.0 in run 20261123T120000Z-0a1b2c3d",
        "  valid until  2026-11-26 12:00 UTC",
    ]
    assert text(bound())[-1] == f"sha256  {SHA256}"


def test_changes_stand_grouped_the_worst_first() -> None:
    made = plan(
        change("New", action="Add", replacement=""),
        change("Same", detail(path="/Properties/A", before="1", after=KNOWN_AFTER_APPLY)),
        change("Maybe", replacement="Conditional"),
        change("Other", physical_id="i-1", replacement="True", policy_action="ReplaceAndDelete"),
        change("Old", action="Remove", replacement=""),
        change("Strange", action="SyncWithActual", replacement=""),
    )
    lines = under("Changes", bound(made))

    assert [line.strip() for line in lines if line.startswith("  ") and line[2] != " "] == [
        "Removed (1)", "Replaced (1)", "Perhaps replaced (1)", "Changed in place (1)", "Added (1)", "Otherwise (1)",
    ]  # fmt: skip
    assert "    Other (AWS::SNS::Topic) i-1 ReplaceAndDelete" in lines
    assert '      /Properties/A: "1" → known after the update' in lines
    assert any(line.endswith("SyncWithActual") for line in lines)


def test_parameters_and_tags_that_change_are_shown_old_and_new() -> None:
    was = stack(parameters={"pKept": "a", "pGone": "b", "pOther": "c"}, tags={"owner": "x", "aws:y": "z"})
    made = bound(
        plan(tags={"owner": "y"}), snapshot(stack=known(was)), parameters={"pKept": "a", "pOther": "d", "pNew": ""}
    )

    assert under("Parameters", made) == ['  pGone: "b" → absent', '  pNew: absent → ""', '  pOther: "c" → "d"']
    assert under("Tags", made) == ['  owner: "x" → "y"']


def test_warnings_and_the_way_back_are_shown() -> None:
    made = bound(warnings=("drift-is-understood (warn): enlarged",))

    assert under("Warnings", made) == ["  drift-is-understood (warn): enlarged"]
    assert under("Warnings", bound()) == ["  none"]
    assert under("If it fails", made)[0].startswith("  Rollback plan: if one of the 1 changes fails")


# ---- what is signed --------------------------------------------------------------------------------------------------


def pem(key: Any, password: str = "") -> bytes:
    hidden = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    made: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)
    return made


def public(key: Any) -> bytes:
    made: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return made


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["ecdsa", "ed25519", "rsa"],
)
@pytest.mark.parametrize("password", ["", "hush"], ids=["plain", "encrypted"])
def test_what_is_signed_is_read_as_an_approval(tmp_path: Path, key: Any, password: str) -> None:
    (tmp_path / "private.pem").write_bytes(pem(key, password))
    (tmp_path / "public.pem").write_bytes(public(key))
    document = statement(SHA256, "Ada Approver", "reviewed", NOW)
    (tmp_path / "approval.json").write_text(
        json.dumps(signed(document, tmp_path / "private.pem", lambda: password or pytest.fail("no password is needed")))
    )
    found = read(tmp_path / "approval.json", {"Ada Approver": tmp_path / "public.pem"})

    assert (found.name, found.meaning, found.at, found.plan_sha256) == ("Ada Approver", "reviewed", NOW, SHA256)
    assert found.authenticated


def test_openssl_verifies_it_as_well(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "private.pem").write_bytes(pem(key))
    (tmp_path / "public.pem").write_bytes(public(key))
    envelope = signed(statement(SHA256, "Ada", "reviewed", NOW), tmp_path / "private.pem", str)
    payload = base64.b64decode(envelope["payload"])
    (tmp_path / "signature").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    # https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
    said = b"DSSEv1 %d %s %d %s" % (28, b"application/vnd.in-toto+json", len(payload), payload)
    files = ("-verify", str(tmp_path / "public.pem"), "-signature", str(tmp_path / "signature"))
    command = ["openssl", "dgst", "-sha256", *files]

    assert subprocess.run(command, input=said, capture_output=True, check=False).stdout == b"Verified OK\n"


@pytest.mark.parametrize(
    "content", [b"", b"words", public(ed25519.Ed25519PrivateKey.generate())], ids=["empty", "words", "public"]
)
def test_what_is_no_private_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)

    with pytest.raises(UsageError, match=r"--key=.*key\.pem: .*; expected a private key \(PEM\)"):
        signed({}, tmp_path / "key.pem", str)


def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(pem(ec.generate_private_key(ec.SECP256R1()), "hush"))

    with pytest.raises(UsageError, match="expected a private key"):
        signed({}, tmp_path / "key.pem", lambda: "loud")


# ---- the command -----------------------------------------------------------------------------------------------------

ADA, BEN = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
ENTRY = """[stacks.prod]
product = "generic"
stack_name = "codeocean"
region = "us-east-1"
account_id = "111122223333"
template_url = "https://b.s3.amazonaws.com/t"
[stacks.prod.change]
require_approvals = 1
approvers = { "Ada Approver" = "ada.pub.pem" }
"""

Approve = Callable[..., int]


@pytest.fixture
def approve(tmp_path: Path) -> Approve:
    """Run the command in a folder with a plan, two keys and a configuration."""
    made = bound(valid_until=NOW + timedelta(days=3650))
    (tmp_path / "plan.json").write_text(made.text())
    (tmp_path / "stacks.toml").write_text(ENTRY)
    (tmp_path / "ada.pub.pem").write_bytes(public(ADA))
    for name, key in {"ada": ADA, "ben": BEN}.items():
        (tmp_path / f"{name}.pem").write_bytes(pem(key))

    def run(*more: str, name: str = "Ada Approver", key: str | None = "ada", digest: str | None = made.sha256) -> int:
        arguments = [str(tmp_path / "plan.json"), f"--name={name}", f"--stacks-file={tmp_path / 'stacks.toml'}", *more]
        if key is not None:
            arguments.append(f"--key={tmp_path / key}.pem")
        if digest is not None:
            arguments.append(f"--digest={digest}")
        return main(["approve", *arguments])

    return run


def test_an_approval_is_written_beside_the_plan_and_says_what_to_do_with_it(
    approve: Approve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert approve() == 0
    written = tmp_path / "adaapprover.approval.json"
    assert read(written, {"Ada Approver": tmp_path / "ada.pub.pem"}).authenticated
    assert f"--plan={tmp_path / 'plan.json'} --approval={written}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"name": "Eve"}, "'Eve' is no approver of prod: Ada Approver"),
        ({"name": " "}, "--name: expected the printed name"),
        ({"key": None}, "an approval of prod needs a signature"),
        ({"key": "ben"}, "is not the key of 'Ada Approver'"),
        ({"key": "nosuch"}, "nosuch.pem: No such file or directory"),
        ({"digest": "0" * 64}, "nothing was approved"),
        ({"digest": ""}, "nothing was approved"),
        ({"digest": None}, "--digest=SHA256"),
    ],
    ids=str,
)
def test_what_would_not_count_is_not_written(
    approve: Approve, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: dict[str, Any], told: str
) -> None:
    assert approve(**arguments) == 4
    assert told in capsys.readouterr().err
    assert not list(tmp_path.glob("*.approval.json"))


def test_nothing_is_overwritten(approve: Approve, capsys: pytest.CaptureFixture[str]) -> None:
    assert (approve(), approve()) == (0, 4)
    assert "File exists; name another with --out=PATH" in capsys.readouterr().err


def test_a_plan_past_its_time_is_not_approved(
    approve: Approve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = bound(valid_until=NOW - timedelta(days=365))
    (tmp_path / "plan.json").write_text(old.text())

    assert approve(digest=old.sha256) == 4
    assert "the plan was valid until 2025-11-23" in capsys.readouterr().err


@pytest.mark.parametrize(("typed", "code"), [(bound(valid_until=NOW + timedelta(days=3650)).sha256[:8], 0), ("yes", 4)])
def test_on_a_terminal_the_beginning_of_the_digest_is_asked_for(
    approve: Approve, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: typed)

    assert approve(digest=None) == code


def test_nothing_in_a_plan_moves_the_terminal(
    approve: Approve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sly = bound(plan(change("A\x1b[2J\nB")), valid_until=NOW + timedelta(days=3650))
    (tmp_path / "plan.json").write_text(sly.text())

    assert approve(digest=sly.sha256) == 0
    assert "\x1b" not in capsys.readouterr().out
