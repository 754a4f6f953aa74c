"""Which versions a run goes between: the product's version marks, or what tells templates apart where there are none."""

from upgrade.config.product import Product
from upgrade.facts.known import Fact, Known
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template

UNKNOWN = "unknown"


def version_pair(snapshot: Snapshot | None, product: Product) -> tuple[str, str]:
    """Deployed version and target version."""
    if snapshot is None:
        return UNKNOWN, UNKNOWN
    return version_name(snapshot.template, product), version_name(snapshot.target, product)


def version_name(template: Fact[Template] | None, product: Product) -> str:
    """A template's version mark; without one the beginning of its hash; `unknown` if it was not read."""
    if not isinstance(template, Known):
        return UNKNOWN
    return product.version_of(template.value) or template.value.sha256[:12]
