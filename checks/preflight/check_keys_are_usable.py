"""Every key that the deployment's data is encrypted with is usable, and every secret that the update resolves is there.

The update restarts machines and attaches volumes: with a disabled key nothing of that works, and no rollback helps.
https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
"""

from upgrade.catalogue import Finding, Severity, cannot_tell, check, fail, not_applicable, tell
from upgrade.facts.keys import Key, Secret
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot

USABLE = frozenset({"Enabled", "Updating"})
REMEDIES = {
    "Disabled": "find out who disabled it, then enable it",
    "PendingDeletion": "cancel its deletion before its day comes, then enable it",
    "absent": "KMS knows no such key: what it encrypted can't be read any more; restore the data from a backup with another key",
}
COMMANDS = {"Disabled": "enable-key", "PendingDeletion": "cancel-key-deletion"}
"""What makes a key usable again; a cancelled deletion leaves it disabled."""


@check(
    id="keys-are-usable",
    title="The keys of the deployment's data are enabled, and the secrets that the target refers to exist",
    severity=Severity.BLOCKER,
    why="With a key or a secret gone, machines and databases do not come back after they were restarted.",
    remedy="Enable the key, cancel its deletion, or restore the secret; then run again.",
    requirements=("URS-29",),
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_restore-secret.html",
    ),
)
def check_keys_are_usable(before: Snapshot) -> None:
    keys, secrets = before.keys.value, before.secrets.value
    if not keys and not secrets:
        not_applicable("nothing is encrypted with a key of KMS, and the target resolves no secret")
    findings = [
        _of_key(name, fact.value, _logical_id(before, name)) for name, fact in keys.items() if isinstance(fact, Known)
    ]
    findings += [_of_secret(name, fact.value) for name, fact in secrets.items() if isinstance(fact, Known)]
    fail([finding for finding in findings if finding])
    unread = {name: fact for name, fact in {**keys, **secrets}.items() if isinstance(fact, Unknown)}
    cannot_tell([_unread(name, fact) for name, fact in unread.items() if fact.reason is not Reason.NOT_ASKED])
    if unread:
        tell("; ".join(f"{name} was not looked at: {fact.detail}" for name, fact in unread.items()))


def _logical_id(before: Snapshot, key: str) -> str:
    """Of a key of the stack itself; empty of any other."""
    resources = before.resources.value if isinstance(before.resources, Known) else ()
    return next(
        (each.logical_id for each in resources if each.physical_id in {key, key.rsplit("/", maxsplit=1)[-1]}), ""
    )


def _of_key(name: str, key: Key, logical_id: str) -> Finding | None:
    if key.state in USABLE:
        return None
    return Finding(
        found=f"key {f'{logical_id} ({name})' if logical_id else name} is {key.state}; it encrypts {', '.join(key.used_by)}",
        expected="a key that is Enabled",
        remedy=REMEDIES.get(key.state, "see the key in KMS, and ask its owner to make it usable"),
        logical_id=logical_id,
        physical_id=name,
        paste=f"aws kms {COMMANDS[key.state]} --key-id {name}" if key.state in COMMANDS else "",
    )


def _of_secret(name: str, secret: Secret) -> Finding | None:
    if secret.exists and not secret.deleted:
        return None
    state = f"is scheduled for deletion ({secret.deleted:%Y-%m-%d})" if secret.deleted else "does not exist"
    return Finding(
        found=f"secret {name} {state}; the target's {', '.join(secret.used_by)} refers to it",
        expected="a secret that exists and is not scheduled for deletion",
        remedy="restore it" if secret.deleted else "create it, or correct the parameter that names it",
        logical_id=secret.used_by[0] if len(secret.used_by) == 1 else "",
        physical_id=name,
        paste=f"aws secretsmanager restore-secret --secret-id {name}" if secret.deleted else "",
    )


def _unread(name: str, fact: Unknown) -> Finding:
    return Finding(
        found=f"{name}: {fact}",
        expected="that its state can be read",
        remedy=f"allow {fact.call} on it, in the reading role and in the policy of the key or secret"
        if fact.call
        else "run again",
        physical_id=name,
    )
