"""`python -m upgrade init`: a stacks.toml from the live stack, ready for a first look. Pure but for the file."""

import json
from collections.abc import Iterator
from pathlib import Path

from upgrade.errors import UsageError
from upgrade.setup.found import Found, Linked


def write(path: Path, text: str) -> None:
    """Write a new file.

    Raises:
        UsageError: there is one already, or it can't be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already and is left alone: name another with --stacks-file=PATH") from None
    except OSError as error:
        raise UsageError(f"{path} can't be written ({error.strerror}): name another with --stacks-file=PATH") from None


def text(found: Found, name: str, profile: str | None) -> str:
    """The file's text.

    Args:
        found: what the live stack says.
        name: of the entry.
        profile: the AWS profile it was read with.
    """
    return "\n".join(_lines(found, name, profile)) + "\n"


def _lines(found: Found, name: str, profile: str | None) -> Iterator[str]:
    yield f"# Written by `python -m upgrade init` from stack {found.stack.name}. docs/configuration.md tells every key."
    yield ""
    yield f"[stacks.{_key(name)}]"
    yield from _where(found.product.name, found.stack.name, found, profile)
    yield from _target(found)
    if found.backup:
        yield f"backup = {_text(f'{name}-backup')}"
    elif found.vault:
        yield f"# The stack copies its backups to {_comment(found.vault)}, and no stack here owns that vault. The gate asks"
        yield "# for one of these:"
        yield '# backup = "the entry of the stack that owns it"'
        yield '# backup = { none = "why no stack owns it" }'
    if found.deploy_role:
        yield f"deploy_role = {_text(f'{name}-role')}"
    elif found.role_arn:
        yield f"deploy_role = {{ role = {_text(found.role_arn)} }}"
    kept = ", ".join(sorted(key for key in found.stack.tags if not key.startswith("aws:")))
    if kept:
        yield f'# The stack\'s own tags are kept: {kept}. To add some: tags = {{ team = "platform" }}'
    yield from _parameters(found, name)
    yield from _backup(found, name, profile)
    yield from _role(found, name, profile)


def _where(product: str, stack_name: str, found: Found, profile: str | None) -> Iterator[str]:
    yield f"product = {_text(product)}"
    yield f"stack_name = {_text(stack_name)}"
    yield f"region = {_text(found.identity.region)}"
    yield f"account_id = {_text(found.identity.account)}"
    if profile:
        yield f"profile = {_text(profile)}"


def _target(found: Found) -> Iterator[str]:
    if found.version and found.product.addresses:
        yield f"target = {_text(found.version)}  # the deployed version: write the one to upgrade to, or give it with --to="
    else:
        yield "# The template to upgrade to, in S3 or a file; without it nothing can be judged:"
        yield '# template_url = "https://BUCKET.s3.amazonaws.com/KEY"'


def _parameters(found: Found, name: str) -> Iterator[str]:
    yield ""
    yield f"[stacks.{_key(name)}.parameters]  # only what should change; every other parameter keeps its value"
    for parameter, live in sorted(found.grown.items()):
        says = found.stack.parameters.get(parameter, "")
        yield f'{_key(parameter)} = "actual"  # {live} in fact, the parameter says {_comment(says)}'


def _backup(found: Found, name: str, profile: str | None) -> Iterator[str]:
    if found.backup is None:
        return
    yield ""
    yield f"[stacks.{_key(name)}.backup_policy]"
    minimum = found.backup.version or "…"
    yield f"min_version = {_text(minimum)}  # the deployed one: the release notes of the target state the minimum"
    yield from _linked(f"{name}-backup", found.product.backup_product, found.backup, found, profile)


def _role(found: Found, name: str, profile: str | None) -> Iterator[str]:
    if found.deploy_role is not None:
        yield from _linked(f"{name}-role", found.product.deploy_role_product, found.deploy_role, found, profile)


def _linked(name: str, product: str, linked: Linked, found: Found, profile: str | None) -> Iterator[str]:
    yield ""
    yield f"[stacks.{_key(name)}]"
    yield from _where(product, linked.stack_name, found, profile)
    if linked.version:
        yield f"target = {_text(linked.version)}  # the deployed version"


def _key(name: str) -> str:
    bare = name.replace("-", "").replace("_", "")
    return name if bare.isascii() and bare.isalnum() else _text(name)


def _text(value: str) -> str:
    """A TOML basic string: JSON's, but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(value: str) -> str:
    return value if value.isprintable() else _text(value)
