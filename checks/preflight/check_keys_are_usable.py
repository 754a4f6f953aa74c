"""Every key that the deployment's data is encrypted with is usable, and every secret that the update resolves is there.

The update restarts machines and attaches volumes: with a disabled key nothing of that works, and no rollback helps.
https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
"""

from upgrade.catalogue import Finding, Severity, cannot_tell, check, fail, not_applicable, tell
from upgrade.facts.keys import Key, Secret
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot

USABLE = frozenset({"Enabled", "Updating"})


@check(
    id="keys-are-usable",
    title="Keys are enabled, and secrets that are resolved are there",
    severity=Severity.BLOCKER,
    why="With a key or a secret gone, machines and databases do not come back after they were restarted.",
    remedy="Enable the key, cancel its deletion, or restore the secret; then run again.",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_restore-secret.html",
    ),
)
def check_keys_are_usable(before: Snapshot) -> None:
    keys, secrets = before.keys.value, before.secrets.value
    if not keys and not secrets:
        not_applicable("nothing is encrypted with a key of KMS, and the target resolves no secret")
    findings = [_of_key(name, fact.value) for name, fact in keys.items() if isinstance(fact, Known)]
    findings += [_of_secret(name, fact.value) for name, fact in secrets.items() if isinstance(fact, Known)]
    fail([finding for finding in findings if finding])
    unread = {name: fact for name, fact in {**keys, **secrets}.items() if isinstance(fact, Unknown)}
    cannot_tell([_unread(name, fact) for name, fact in unread.items() if fact.reason is not Reason.NOT_ASKED])
    if unread:
        tell("; ".join(f"not looked at is {name}: {fact.detail}" for name, fact in unread.items()))


def _of_key(name: str, key: Key) -> Finding | None:
    if key.state in USABLE:
        return None
    return Finding(
        found=f"key {name} is {key.state}; it encrypts {', '.join(key.used_by)}",
        expected="Enabled",
        remedy="enable it, or cancel its deletion: see the key in KMS",
        physical_id=name,
    )


def _of_secret(name: str, secret: Secret) -> Finding | None:
    if secret.exists and not secret.deleted:
        return None
    state = f"is scheduled for deletion ({secret.deleted:%Y-%m-%d})" if secret.deleted else "does not exist"
    return Finding(
        found=f"secret {name} {state}; {', '.join(secret.used_by)} needs it",
        expected="a secret that exists and is not scheduled for deletion",
        remedy="restore it" if secret.deleted else "make it, or correct the parameter that names it",
        physical_id=name,
        paste=f"aws secretsmanager restore-secret --secret-id {name}" if secret.deleted else "",
    )


def _unread(name: str, fact: Unknown) -> Finding:
    return Finding(
        found=f"{name}: {fact}",
        expected="an answer about its state",
        remedy=f"allow {fact.call}" if fact.call else "run again",
        physical_id=name,
    )
