"""What identifies a template in the record."""

from typing import Any

from pydantic import ValidationInfo, model_validator

from reports.part import Part
from upgrade.config.product import Product
from upgrade.facts.stack import Template


class TemplateFile(Part):
    """Which template it was."""

    source: str
    """Where it came from: an address, `stack <name>` or `change set <name>`."""
    sha256: str
    """Of the bytes as they came."""
    size: int
    """Bytes."""
    version: str | None
    """The product's version mark; null where it carries none."""

    @model_validator(mode="before")
    @classmethod
    def _of_template(cls, value: Any, info: ValidationInfo[Product]) -> Any:
        """Of a template only what identifies it is kept; the product, as context, knows where the version stands."""
        if not isinstance(value, Template):
            return value
        version = info.context.version_of(value)
        return {"source": value.source, "sha256": value.sha256, "size": value.size, "version": version}
