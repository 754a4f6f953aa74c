"""What can't be derived from a template or a live stack: one file a product, `products/<name>.toml`.

Every product adds to `generic`. A mistake in such a file is ours, but it is told like any other: UsageError.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

from upgrade.errors import UsageError
from upgrade.facts.stack import Template

PRODUCTS = Path(__file__).parents[2] / "products"
GENERIC = "generic"

Version: TypeAlias = tuple[int, int, int]
"""Ordered as numbers: v3.10.0 comes after v3.9.1."""


@dataclass(frozen=True, slots=True)
class CriticalDrift:
    """Drift that stops an upgrade."""

    type: str
    """Resource type; `*` stands for anything."""
    properties: tuple[str, ...] = ()
    """Property paths, each with what lies below it; none: any property."""


@dataclass(frozen=True, slots=True)
class KnownDrift:
    """Drift that a healthy deployment shows, in the versions from `since` up to but without `before`."""

    property: str
    reason: str
    type: str = "*"
    resource: str = "*"
    since: Version | None = None
    before: Version | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A resource with data that an upgrade gives up on purpose."""

    resource: str
    deployed: str
    """The version that still has it."""
    target: str
    """The version that no longer does."""
    reason: str


@dataclass(frozen=True, slots=True)
class Workers:
    """How machines on which users' work runs are told from others."""

    group_tag: tuple[str, str]
    """Key and value of a tag that their Auto Scaling groups carry."""
    instance_tags: Mapping[str, str]
    """Tags of machines outside any group."""
    deployment_tag: str
    """Key of the tag that says to which stack such a machine belongs: its value is the stack's name."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Maintenance mode, which no API tells."""

    since: Version
    """First version that has it."""
    how: str
    """How it is switched on."""
    before: str
    """What has to be done instead in older versions."""
    afterwards: tuple[str, ...]
    """What is left for people after an upgrade."""


@dataclass(frozen=True, slots=True)
class BackupGroup:
    """Parameters of the link to a backup stack, beside the vault's own."""

    cross_region: str
    """Whether the vault is in another region: `yes`."""
    bucket_key: str
    """The key that buckets are copied with; buckets are copied if it is set."""
    buckets: str
    """Pattern of the parameters that say where each bucket is copied to."""


@dataclass(frozen=True, slots=True)
class EndOfSupport:
    """When the standard support of engines ends."""

    compiled: date
    """When these dates were looked up."""
    ends: Mapping[str, Mapping[str, date]]
    """By engine as its service calls it, in lower case, and version: `13` stands for `13.15`, too."""


@dataclass(frozen=True, slots=True)
class Application:
    """Where a running deployment answers over HTTPS."""

    addresses: tuple[str, ...]
    """Health addresses that answer without a token, with names of stack parameters in braces."""
    internal: tuple[str, str]
    """Parameter and its value where a deployment can be reached from its own network only."""
    version_path: str
    """Path that answers to a token, for asking the version; empty where there is none."""
    version_header: str
    """Header of a request that is refused with 400 by an application older than its value says."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product, what `generic` says included."""

    name: str
    title: str
    addresses: tuple[str, ...]
    """Patterns with `{version}`."""
    version_mark: tuple[str, ...]
    """Path of the version inside a template; empty where there is none."""
    capabilities: tuple[str, ...]
    stateful_types: frozenset[str]
    stateful_resources: frozenset[str]
    """Logical ids that are stateful whatever their type."""
    protected_tag: str
    """A resource whose template gives it this tag is stateful too; empty where there is none."""
    dropped: tuple[Dropped, ...]
    """What upgrades between two versions give up, and why that is right."""
    critical_drift: tuple[CriticalDrift, ...]
    expected_drift: tuple[KnownDrift, ...]
    deploy_role_product: str
    backup_product: str
    backup_link: str
    """Parameter that holds the backup vault's ARN where the stack is linked to a backup stack."""
    role_name: str
    """Name of the role a deploy-role stack makes."""
    custom_images: tuple[str, ...]
    """Parameters by which a deployment runs on images, or takes them from a registry, that its owner provides for each
    version; empty where the vendor's own are used."""
    signs: frozenset[str]
    """Parameters and logical ids that all its templates declare, and no other product's do."""
    alarms_of_an_upgrade: frozenset[str]
    """Logical ids of alarms that fire in every healthy upgrade."""
    blocking_alarms: frozenset[str]
    """Logical ids of alarms that stop an upgrade while they are raised."""
    workers: Workers | None
    """Machines on which users' work runs; None where the product has none."""
    application: Application | None
    """Where it answers; None where the product does not say."""
    maintenance: Maintenance | None
    """What has to be stated before an upgrade; None where nothing has."""
    end_of_support: EndOfSupport
    backup_group: BackupGroup | None
    """None where the product has no such parameters."""
    recovery_point_max_age_hours: float
    """How old the newest recovery point may be."""

    def address(self, version: str) -> str | None:
        """Where the template of a version is published; None where the product does not say."""
        return self.addresses[0].format(version=version) if self.addresses else None

    def version_of(self, template: Template) -> str | None:
        """The version mark of a template; None where it carries none."""
        node: object = template.body
        for key in self.version_mark:
            node = node.get(key) if isinstance(node, Mapping) else None
        return str(node) if self.version_mark and isinstance(node, (str, int, float)) else None

    def describes(self, template: Template) -> bool:
        """Whether a template carries this product's version mark and declares what tells it from others."""
        sections = (template.body.get("Parameters", {}), template.body.get("Resources", {}))
        declared = {name for section in sections if isinstance(section, Mapping) for name in section}
        return self.version_of(template) is not None and bool(self.signs) and self.signs <= declared

    def is_stateful(self, logical_id: str, type_: str, tags: Mapping[str, str] | None = None) -> bool:
        """Whether replacing or removing this resource loses something.

        Args:
            logical_id: as in the template; of a nested stack's resource the part behind the last dot counts.
            type_: its resource type.
            tags: tags its template gives it.
        """
        named = logical_id.rsplit(".", 1)[-1] in self.stateful_resources
        protected = bool(self.protected_tag) and self.protected_tag in (tags or {})
        return type_ in self.stateful_types or named or protected

    def blocks(self, alarm: str) -> bool:
        """Whether an alarm stops an upgrade while it is raised; of a nested stack's the part behind the last dot counts."""
        return alarm.rsplit(".", 1)[-1] in self.blocking_alarms

    def drops(self, logical_id: str, deployed: str, target: str) -> str:
        """Why an upgrade between these versions may give up this resource; empty if it may not."""
        pair = (logical_id, deployed, target)
        return next((each.reason for each in self.dropped if (each.resource, each.deployed, each.target) == pair), "")

    def is_critical(self, type_: str, path: str) -> bool:
        """Whether drift of this property of a resource of this type stops an upgrade."""
        return any(
            fnmatchcase(type_, critical.type)
            and (not critical.properties or any(_below(path, parent) for parent in critical.properties))
            for critical in self.critical_drift
        )

    def is_critical_type(self, type_: str) -> bool:
        """Whether any drift of this type can stop an upgrade."""
        return any(fnmatchcase(type_, critical.type) for critical in self.critical_drift)

    def expects_drift(self, logical_id: str, type_: str, path: str, version: str | None) -> str | None:
        """Why drift of this property is expected in the deployed version; None if it is not.

        Where the version is not known, only what holds for all versions counts.
        """
        deployed = parse_version(version or "")
        for known in self.expected_drift:
            if not (fnmatchcase(type_, known.type) and fnmatchcase(logical_id, known.resource)):
                continue
            if _below(path, known.property) and _within(deployed, known.since, known.before):
                return known.reason
        return None


def parse_version(text: str) -> Version | None:
    """`v3.8.2` or `3.8.2` as numbers; None for anything else."""
    match = re.fullmatch(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})", text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def load(name: str, folder: Path = PRODUCTS) -> Product:
    """Read a product.

    Raises:
        UsageError: there is no such product, or its file is broken.
    """
    known = sorted(path.stem for path in folder.glob("*.toml"))
    if name not in known:
        raise UsageError(f"product {name!r} is not known; there are: {', '.join(known)}")
    generic, own = _read(folder / f"{GENERIC}.toml"), _read(folder / f"{name}.toml")
    try:
        return _product(name, own, {} if name == GENERIC else generic)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{folder / name}.toml: {type(error).__name__}: {error}") from error


def recognised(template: Template, folder: Path = PRODUCTS) -> Product:
    """The product a template is of, by what its file says of it; `generic` where none fits."""
    products = [load(path.stem, folder) for path in sorted(folder.glob("*.toml"))]
    return next(
        (product for product in products if product.name != GENERIC and product.describes(template)),
        load(GENERIC, folder),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: can't be read: {error}") from error


def _product(name: str, own: dict[str, Any], generic: dict[str, Any]) -> Product:
    stateful = [origin.pop("stateful", {}) for origin in (generic, own)]
    critical = [*generic.pop("critical_drift", ()), *own.pop("critical_drift", ())]
    expected = [*generic.pop("expected_drift", ()), *own.pop("expected_drift", ())]
    product = Product(
        name=name,
        title=own.pop("title"),
        addresses=tuple(own.pop("addresses", ())),
        version_mark=tuple(own.pop("version_mark", ())),
        capabilities=tuple(own.pop("capabilities", ())),
        stateful_types=frozenset(type_ for part in stateful for type_ in part.get("types", ())),
        stateful_resources=frozenset(id_ for part in stateful for id_ in part.get("resources", ())),
        protected_tag=own.pop("protected_tag", ""),
        dropped=tuple(_dropped(**row) for row in own.pop("dropped", ())),
        critical_drift=tuple(CriticalDrift(row["type"], tuple(row.get("properties", ()))) for row in critical),
        expected_drift=tuple(_known_drift(**row) for row in expected),
        deploy_role_product=own.pop("deploy_role_product", ""),
        backup_product=own.pop("backup_product", ""),
        backup_link=own.pop("backup_link", ""),
        role_name=own.pop("role_name", ""),
        custom_images=tuple(own.pop("custom_images", ())),
        signs=frozenset(own.pop("signs", ())),
        alarms_of_an_upgrade=frozenset(own.pop("alarms_of_an_upgrade", ())),
        blocking_alarms=frozenset(own.pop("blocking_alarms", ())),
        workers=_workers(**own.pop("workers")) if "workers" in own else None,
        application=_application(**own.pop("application")) if "application" in own else None,
        maintenance=_maintenance(**own.pop("maintenance")) if "maintenance" in own else None,
        end_of_support=_end_of_support(**{**generic.pop("end_of_support", {}), **own.pop("end_of_support", {})}),
        backup_group=BackupGroup(**own.pop("backup_group")) if "backup_group" in own else None,
        recovery_point_max_age_hours=own.pop(
            "recovery_point_max_age_hours", generic.pop("recovery_point_max_age_hours", 30)
        ),
    )
    if own:
        raise ValueError(f"unknown keys: {', '.join(sorted(own))}")
    return product


def _known_drift(*, property: str, reason: str, **row: str) -> KnownDrift:  # noqa: A002  # the file's own word
    since, before = (_version(row.pop(key, None)) for key in ("from", "before"))
    return KnownDrift(property, reason, since=since, before=before, **row)


def _dropped(*, resource: str, reason: str, **versions: str) -> Dropped:
    return Dropped(resource, versions.pop("from"), versions.pop("to"), reason, **versions)


def _workers(*, group_tag: list[str], instance_tags: dict[str, str], deployment_tag: str) -> Workers:
    key, value = group_tag
    return Workers((key, value), instance_tags, deployment_tag)


def _application(
    *, addresses: list[str], internal: list[str], version_path: str = "", version_header: str = ""
) -> Application:
    name, value = internal
    return Application(tuple(addresses), (name, value), version_path, version_header)


def _maintenance(*, since: str, how: str, before: str, afterwards: list[str]) -> Maintenance:
    version = _version(since)
    if version is None:
        raise ValueError("maintenance.since is missing")
    return Maintenance(version, how, before, tuple(afterwards))


def _end_of_support(*, compiled: date = date.min, **ends: dict[str, date]) -> EndOfSupport:
    return EndOfSupport(compiled, ends)


def _version(text: str | None) -> Version | None:
    if text is None:
        return None
    version = parse_version(text)
    if version is None:
        raise ValueError(f"{text!r} is no version such as v3.8.0")
    return version


def _below(path: str, parent: str) -> bool:
    return path == parent or path.startswith(parent + "/")


def _within(version: Version | None, since: Version | None, before: Version | None) -> bool:
    if version is None:
        return since is None and before is None
    return (since is None or version >= since) and (before is None or version < before)
