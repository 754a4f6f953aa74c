"""The file that `init` writes: TOML that says what was found, whatever that was called, and that the gate understands."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ACCOUNT, REGION, stack
from tests.upgrade.world import World, topic
from upgrade.__main__ import main
from upgrade.config.product import load as product
from upgrade.config.stacks import load
from upgrade.config.values import Actual, Reference, Role
from upgrade.errors import UsageError
from upgrade.facts.stack import Identity
from upgrade.setup.found import Found, Linked
from upgrade.setup.init import text, write

ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"
VAULT = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:vault"

GENERIC, CODEOCEAN = product("generic"), product("codeocean")
VALUES = st.text() | st.text(alphabet="ab\"'\\\n\r\t\x00\x7f#[]={}")
TAG_KEYS = st.text(st.characters(categories=["L", "N", "Z"], include_characters="_.:/=+-@"), min_size=1)
"""What AWS takes for the key of a tag."""


def found(**changes: Any) -> Found:
    """A deployment with everything."""
    whole = Found(
        identity=Identity(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/me", REGION),
        stack=stack(),
        product=CODEOCEAN,
        version="v4.0.0",
        grown={"pRdsAllocatedStorage": "60"},
        vault=VAULT,
        backup=Linked("their-backup", "v1.2.1"),
        deploy_role=Linked("their-role", "v3.9.0"),
        role_arn="",
    )
    return replace(whole, **changes)


def plain(**changes: Any) -> Found:
    """A stack of no known product, with nothing around it."""
    return found(
        **{"product": GENERIC, "version": "", "grown": {}, "vault": "", "backup": None, "deploy_role": None, **changes}
    )


def understood(tmp_path: Path, seen: Found, name: str = "prod", profile: str | None = None) -> Any:
    """The entries, as the gate reads them."""
    path = tmp_path / "stacks.toml"
    write(path, text(seen, name, profile))
    return load(path).entries


def test_everything_that_was_found_is_configured(tmp_path: Path) -> None:
    entries = understood(tmp_path, found(), profile="reader")
    prod = entries["prod"]
    assert (prod.product, prod.stack_name, prod.target) == ("codeocean", "codeocean", "v4.0.0")
    assert (prod.backup, prod.deploy_role) == (Reference("prod-backup"), Reference("prod-role"))
    assert prod.backup_policy.min_version == "v1.2.1"
    assert prod.parameters == {"pRdsAllocatedStorage": Actual()}
    assert prod.tags == {}
    assert {name: (entry.product, entry.stack_name, entry.target) for name, entry in entries.items()} == {
        "prod": ("codeocean", "codeocean", "v4.0.0"),
        "prod-backup": ("codeocean-backup", "their-backup", "v1.2.1"),
        "prod-role": ("codeocean-deploy-role", "their-role", "v3.9.0"),
    }
    assert {(each.region, each.account_id, each.profile) for each in entries.values()} == {(REGION, ACCOUNT, "reader")}


def test_of_a_stack_with_nothing_around_it_only_the_stack_is_configured(tmp_path: Path) -> None:
    entries = understood(tmp_path, plain())
    assert list(entries) == ["prod"]
    entry = entries["prod"]
    assert (entry.product, entry.target, entry.template_url, entry.profile) == ("generic", None, None, None)
    assert (entry.backup, entry.deploy_role, entry.parameters) == (None, None, {})


def test_a_role_without_a_stack_is_named_by_its_arn(tmp_path: Path) -> None:
    assert understood(tmp_path, found(deploy_role=None, role_arn=ROLE))["prod"].deploy_role == Role(ROLE)


def test_a_stack_without_a_version_is_configured_without_a_target(tmp_path: Path) -> None:
    entries = understood(tmp_path, found(version="", backup=Linked("b", ""), deploy_role=Linked("r", "")))
    assert [entry.target for entry in entries.values()] == [None, None, None]


def test_a_vault_that_no_stack_was_found_for_is_named_with_what_to_write(tmp_path: Path) -> None:
    seen = found(backup=None)
    assert VAULT in text(seen, "prod", None)
    assert '# backup = { none = "why no stack owns it" }' in text(seen, "prod", None)
    assert understood(tmp_path, seen)["prod"].backup is None  # a person answers for that, not we


def test_the_tags_that_stay_are_told_and_awss_own_are_not() -> None:
    tags = {"owner": "platform", "aws:cloudformation:x": "y", "app": "z"}
    assert "tags are kept: app, owner. To add" in text(plain(stack=stack(tags=tags)), "prod", None)
    for tags in ({}, {"aws:cloudformation:x": "y"}):
        assert "tags are kept" not in text(plain(stack=stack(tags=tags)), "prod", None)


def test_a_grown_parameter_tells_both_values() -> None:
    seen = plain(grown={"pSize": "60"}, stack=stack(parameters={"pSize": "20"}))
    assert 'pSize = "actual"  # 60 in fact, the parameter says 20' in text(seen, "prod", None)


@given(VALUES.filter(bool), VALUES.filter(bool), st.dictionaries(VALUES.filter(bool), VALUES, max_size=3))
def test_whatever_entry_profile_and_parameters_are_called_is_written_as_it_is(
    name: str, profile: str, parameters: dict[str, str]
) -> None:
    seen = plain(grown=dict.fromkeys(parameters, "60"), stack=stack(parameters=parameters, tags={}))
    document = tomllib.loads(text(seen, name, profile))
    assert document["stacks"].keys() == {name}
    assert document["stacks"][name]["profile"] == profile
    assert document["stacks"][name]["parameters"] == dict.fromkeys(parameters, "actual")


@given(VALUES.filter(bool), VALUES.filter(bool), VALUES)
def test_whatever_linked_stacks_and_roles_are_called_is_written_as_it_is(name: str, role: str, version: str) -> None:
    seen = found(stack=stack(tags={}), backup=Linked(name, version), deploy_role=None, role_arn=role)
    document = tomllib.loads(text(seen, "prod", None))["stacks"]
    assert document["prod-backup"]["stack_name"] == name
    assert document["prod-backup"].get("target", "") == version
    assert document["prod"]["deploy_role"] == {"role": role}


@given(VALUES.filter(bool))
def test_whatever_stands_in_the_parameter_of_the_vault_configures_nothing(vault: str) -> None:
    expected = tomllib.loads(text(plain(vault="x", stack=stack(tags={})), "prod", None))
    assert tomllib.loads(text(plain(vault=vault, stack=stack(tags={})), "prod", None)) == expected


@given(st.dictionaries(TAG_KEYS, st.just("x"), min_size=1, max_size=3))
def test_whatever_tags_are_called_configures_nothing(tags: dict[str, str]) -> None:
    expected = tomllib.loads(text(plain(stack=stack(tags={})), "prod", None))
    assert tomllib.loads(text(plain(stack=stack(tags=tags)), "prod", None)) == expected


# ---- the file --------------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "stacks.toml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="is there already and is left alone"):
        write(path, "theirs")
    assert path.read_text() == "mine"


def test_a_link_that_leads_nowhere_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "stacks.toml"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is there already"):
        write(path, "theirs")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_absent_or_a_file_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder, why in (("absent", "No such file or directory"), ("file", "Not a directory")):
        with pytest.raises(UsageError, match=rf"can't be written \({why}\): name another with --stacks-file=PATH"):
            write(tmp_path / folder / "stacks.toml", "x")


# ---- the command -----------------------------------------------------------------------------------------------------


def init(world: World, path: Path, *more: str) -> int:
    name = world.create(topic())
    return main(["init", "--stack-name", name, "--region", REGION, f"--stacks-file={path}", *more])


def test_a_name_that_the_sandbox_has_is_none_for_an_entry(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`pytest --stack demo` would judge a sandbox, and say GO."""
    path = tmp_path / "stacks.toml"
    assert init(world, path, "--name", "demo") == 4
    assert "--name" in capsys.readouterr().err
    assert not path.exists()


def test_an_entry_can_have_a_name_of_its_own(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stacks.toml"
    assert init(world, path, "--name", "prod") == 0
    assert list(load(path).entries) == ["prod"]
    assert f"pytest --stack prod --stacks-file={path} --read-only" in capsys.readouterr().out
