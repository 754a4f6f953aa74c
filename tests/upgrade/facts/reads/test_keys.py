"""Keys and secrets by their state; one that may not be read hides no other, and no secret is ever fetched."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.builders import VAULT, database, entry, known, stack, template, unknown, volume
from tests.upgrade.world import World
from upgrade.facts.keys import Key, Secret
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.keys import KeyReads
from upgrade.facts.stack import Identity, Resource

IDENTITY = known(Identity("111122223333", "arn:aws:iam::111122223333:user/me", "us-east-1"))


def reads(world: World) -> KeyReads:
    return KeyReads(world.source(entry(product="generic")))


def keys(
    world: World, volume_key: str = "", database_key: str = "", vault_key: str = "", bucket_key: str = ""
) -> Mapping[str, Fact[Key]]:
    """The keys read where these are used, the account's own left out."""
    fact = reads(world).keys(
        known({"Data": volume(kms_key=volume_key)}),
        known({"DB": database(kms_key=database_key)}),
        known({"v1": VAULT.__class__(VAULT.arn, vault_key)}),
        known({"Bucket": bucket_key}),
        known("alias/aws/ebs"),
    )
    return {name: each for name, each in fact.value.items() if name != "alias/aws/ebs"}


def made(world: World) -> str:
    return str(world.client("kms").create_key()["KeyMetadata"]["Arn"])


def test_a_key_is_told_once_with_all_that_use_it(world: World) -> None:
    key = made(world)
    found = keys(world, key, key, key, key)
    assert {name: fact.value for name, fact in found.items()} == {
        key: Key("Enabled", ("Data", "DB", "backup vault v1", "Bucket"))
    }


def test_states_are_told_as_kms_has_them(world: World) -> None:
    kms, off, going = world.client("kms"), made(world), made(world)
    kms.disable_key(KeyId=off.rpartition("/")[2])
    kms.schedule_key_deletion(KeyId=going.rpartition("/")[2], PendingWindowInDays=7)
    absent = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000"
    found = keys(world, off, going, absent)
    assert {name: fact.value.state for name, fact in found.items()} == {
        off: "Disabled",
        going: "PendingDeletion",
        absent: "absent",
    }


def test_the_accounts_default_key_is_always_looked_at(world: World) -> None:
    name = reads(world).volume_key()
    nothing: Any = known({})
    assert isinstance(name, Known)
    [(key, found)] = reads(world).keys(nothing, nothing, nothing, nothing, name).value.items()
    assert (key, found.value.state) == (name.value, "Enabled")


def test_a_key_that_may_not_be_looked_at_is_unknown_by_itself(world: World) -> None:
    world.fail("DescribeKey", "denied", times=1)
    found = keys(world, made(world), made(world), made(world)).values()
    unread = [fact for fact in found if isinstance(fact, Unknown)]
    assert all((fact.reason, fact.call) == (Reason.DENIED, "kms:DescribeKey") for fact in unread)
    assert len(unread) <= 1


def test_the_key_of_every_bucket_is_read(world: World) -> None:
    s3, key = world.client("s3"), made(world)
    rules = {
        "plain": {"SSEAlgorithm": "AES256"},
        "own": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "managed": {"SSEAlgorithm": "aws:kms"},
    }
    rows = []
    for name, rule in {"none": None, **rules}.items():
        bucket = f"{name}-{uuid4()}"
        s3.create_bucket(Bucket=bucket)
        if rule:
            encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}
            s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=encryption)
        rows.append(Resource(name, bucket, "AWS::S3::Bucket", ""))
    assert reads(world).bucket_keys(known(tuple(rows))).value == {
        "none": "",
        "plain": "",
        "own": key,
        "managed": "alias/aws/s3",
    }


def test_a_denied_bucket_names_the_action_that_is_missing(world: World) -> None:
    world.fail("GetBucketEncryption", "denied")
    fact = reads(world).bucket_keys(known((Resource("B", "bucket", "AWS::S3::Bucket", ""),)))
    assert isinstance(fact, Unknown)
    assert (fact.reason, fact.call) == (Reason.DENIED, "s3:GetEncryptionConfiguration")


def resolving(*names: str) -> Any:
    resources = {
        f"DB{number}": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {"Password": f"{{{{resolve:secretsmanager:{name}}}}}"},
        }
        for number, name in enumerate(names)
    }
    return known(template(Resources=resources))


def test_secrets_are_told_by_whether_they_are_there_to_stay(world: World) -> None:
    manager, kept, going = world.client("secretsmanager"), f"kept-{uuid4()}", f"going-{uuid4()}"
    for name in (kept, going):
        manager.create_secret(Name=name, SecretString="not-a-secret")
    manager.delete_secret(SecretId=going, RecoveryWindowInDays=7)
    found = reads(world).secrets(resolving(kept, going, "absent"), known(stack()), known(()), IDENTITY).value
    there, absent = found[kept].value, found["absent"].value
    assert there == Secret(exists=True, deleted=None, changed=there.changed, used_by=("DB0",))
    assert there.changed is not None
    assert absent == Secret(exists=False, deleted=None, changed=None, used_by=("DB2",))
    assert (found[going].value.exists, found[going].value.used_by) == (True, ("DB1",))
    assert found[going].value.deleted is not None
    assert not [call for call in world.calls() if call["action"] == "GetSecretValue"]


def test_a_secret_that_may_not_be_looked_at_is_unknown_by_itself(world: World) -> None:
    world.fail("DescribeSecret", "denied")
    [fact] = reads(world).secrets(resolving("name"), known(stack()), known(()), IDENTITY).value.values()
    assert isinstance(fact, Unknown)
    assert (fact.reason, fact.call) == (Reason.DENIED, "secretsmanager:DescribeSecret")


def test_one_whose_name_only_aws_knows_is_not_asked_for(world: World) -> None:
    [(name, fact)] = (
        reads(world).secrets(resolving("${Elsewhere.Name}"), known(stack()), known(()), IDENTITY).value.items()
    )
    assert isinstance(fact, Unknown)
    assert (name, fact.reason) == ("a secret of DB0", Reason.NOT_ASKED)


def test_what_depends_on_the_unknown_is_not_read(world: World) -> None:
    nothing: Any = known({})
    for fact in (
        reads(world).keys(unknown(), nothing, nothing, nothing, known("alias/aws/ebs")),
        reads(world).secrets(unknown(), known(stack()), known(()), IDENTITY),
    ):
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.BLOCKED
