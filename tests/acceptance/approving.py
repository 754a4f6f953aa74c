"""Approves a plan without Plimsoll: sha256 of the file's canonical form, a statement about it, and openssl's signature."""

import base64
import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def approve(plan: Path, key: Path, name: str) -> Path:
    """Write an approval of a plan beside it, signed with a private key (PEM); its path."""
    canonical = json.dumps(json.loads(plan.read_text()), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "plan.json", "digest": {"sha256": hashlib.sha256(canonical.encode()).hexdigest()}}],
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
