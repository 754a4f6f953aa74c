"""Approvals of a plan, with Plimsoll and without."""

import base64
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.acceptance.gate import CHECKOUT

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def asked_for_approval(plan: Path, key: Path, *more: str) -> str:
    """What `python -m upgrade approve` says to Ada, whose key lies beside the configuration."""
    who = ("--name=Ada Approver", f"--key={key}", f"--stacks-file={key.with_name('stacks.toml')}")
    command = [sys.executable, "-m", "upgrade", "approve", str(plan), *who, *more]
    finished = subprocess.run(
        command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return str(finished.stdout)


def digest(plan: Path) -> str:
    """sha256 of a plan's canonical form, as `jq -cjS . plan.json | sha256sum` has it."""
    canonical = json.dumps(json.loads(plan.read_text()), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def approve(plan: Path, key: Path, name: str) -> Path:
    """Write an approval of a plan beside it, signed by openssl with a private key (PEM); its path."""
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "plan.json", "digest": {"sha256": digest(plan)}}],
        "predicateType": "urn:plimsoll:approval:v1",
        "predicate": {
            "name": name,
            "meaning": "reviewed and approved",
            "at": datetime.now(UTC).isoformat(),
            "identity": "",
        },
    }
    payload = json.dumps(statement).encode()
    # https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
    signed = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
    made = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=signed, capture_output=True, check=True)
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": "", "sig": base64.b64encode(made.stdout).decode()}],
    }
    path = plan.with_name(f"{name}.approval.json")
    path.write_text(json.dumps(envelope))
    return path
