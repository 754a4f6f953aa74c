"""Which resources hold something that can't be made again: by type, by name, by tag."""

from collections.abc import Iterable, Iterator, Mapping

from upgrade.config.product import Product
from upgrade.facts.stack import Resource, Template


def is_stateful(logical_id: str, resource_type: str, template: Template, product: Product) -> bool:
    """Whether the product says so of this resource, as this template declares it."""
    return product.is_stateful(logical_id, resource_type, _tags(template, logical_id))


def holds_data(resources: Iterable[Resource], deployed: Template, product: Product) -> Iterator[Resource]:
    """The resources of a stack, those of nested stacks too, that hold something."""
    return (each for each in resources if is_stateful(each.logical_id, each.type, deployed, product))


def _tags(template: Template, logical_id: str) -> dict[str, str]:
    """Tags with a literal key, in either of the two shapes resource types use; other keys can't be the product's."""
    resources = template.body.get("Resources")
    resource = resources.get(logical_id) if isinstance(resources, Mapping) else None
    properties = resource.get("Properties") if isinstance(resource, Mapping) else None
    tags = properties.get("Tags", properties.get("BackupVaultTags")) if isinstance(properties, Mapping) else None
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    if isinstance(tags, list):
        return {str(tag["Key"]): str(tag.get("Value")) for tag in tags if isinstance(tag, Mapping) and "Key" in tag}
    return {}
