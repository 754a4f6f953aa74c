"""The tags of a resource: its own, the stack's, and CloudFormation's three.

Services spell tags as a list of Key and Value, as key and value, or as a map; templates do so too.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.providers.base import Request

TAG_PROPERTIES = ("Tags", "FileSystemTags", "HostedZoneTags", "BackupVaultTags", "BackupPlanTags")


def as_map(tags: Any) -> dict[str, str]:
    """Tags written in any way, as a map."""
    if not tags:
        return {}
    if isinstance(tags, Mapping):
        return {key: str(value) for key, value in tags.items()}
    lower = ({key.lower(): value for key, value in tag.items()} for tag in tags)
    return {str(tag.get("key", tag.get("tagkey"))): str(tag.get("value", tag.get("tagvalue"))) for tag in lower}


def own(properties: Mapping[str, Any]) -> dict[str, str]:
    """The tags that stand in the resource's properties."""
    return as_map(next((properties[name] for name in TAG_PROPERTIES if name in properties), None))


def wanted(request: Request) -> dict[str, str]:
    """All tags the resource shall carry; its own win over the stack's."""
    return {**request.tags, **own(request.properties)}


def without_system(tags: Mapping[str, str]) -> dict[str, str]:
    """For services whose public API refuses `aws:` tags, which CloudFormation may set on AWS."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def listed(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """A map as a service's list."""
    return [{key: name, value: content} for name, content in tags.items()]


def specifications(request: Request, *resource_types: str) -> list[dict[str, Any]]:
    """EC2's TagSpecifications."""
    return [{"ResourceType": name, "Tags": listed(wanted(request))} for name in resource_types]


def unwanted(request: Request) -> list[str]:
    """Keys that the previous template or the previous stack tags set and the new ones don't."""
    before = own(request.previous).keys() | request.previous_tags.keys()
    return sorted(before - wanted(request).keys())


def carry(request: Request, put: Callable[[dict[str, str]], Any], remove: Callable[[list[str]], Any]) -> None:
    """Bring the tags of an existing resource to what the request wants."""
    gone = unwanted(request)
    if gone:
        remove(gone)
    tags = wanted(request)
    if tags:
        put(tags)


def shown(request: Request, live: Any) -> Any:
    """Live tags without the stack's and CloudFormation's, written as the template writes them."""
    mine = own(request.properties)
    found = {key: value for key, value in as_map(live).items() if key in mine or not _foreign(key, request.tags)}
    written: Any = next((request.properties[name] for name in TAG_PROPERTIES if name in request.properties), [])
    if isinstance(written, Mapping):
        return found
    order: Iterable[str] = [key for key in mine if key in found] + [key for key in found if key not in mine]
    extra = {tag.get("Key"): tag for tag in written if isinstance(tag, Mapping)}
    return [{**extra.get(key, {}), "Key": key, "Value": found[key]} for key in order]


def _foreign(key: str, stack_tags: Mapping[str, str]) -> bool:
    return key.startswith("aws:") or key in stack_tags
