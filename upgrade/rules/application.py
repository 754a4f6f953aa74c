"""Where the running application is asked, and how well it answers. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from upgrade.config.entry import StackEntry
from upgrade.config.product import Product, Version
from upgrade.facts.health import Answers


def where(entry: StackEntry, product: Product, parameters: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """The addresses to ask, and where there are none the reason.

    Args:
        entry: names addresses, or that this machine can't reach any.
        product: knows where its deployments answer, by the values of their parameters.
        parameters: of the stack.
    """
    health, application = entry.health, product.application
    if not health.from_here:
        return (), "health.from_here = false: the application can't be reached from this machine"
    if health.addresses:
        return health.addresses, ""
    if application is None:
        return (), f"neither health.addresses nor product {product.name} names an address of the application"
    name, value = application.internal
    if parameters.get(name) == value:
        return (), f"the deployment is internal ({name} = {value}), and health.addresses names no address"
    try:
        return tuple(address.format_map(parameters) for address in application.addresses), ""
    except KeyError as missing:
        return (), f"the stack has no parameter {missing}, of which the application's address is made"


def unanswered(before: Answers, now: Answers) -> list[str]:
    """Addresses that do not answer well and may yet: not those from which nothing at all came, before as now."""
    return [address for address, answer in now.items() if not answer.good and not unreachable(address, before, now)]


def unreachable(address: str, before: Answers, now: Answers) -> bool:
    """Whether no answer came from an address, neither before nor now: then this machine may be the reason.

    Not so where the configuration names the address.
    """
    return not now[address].named and all(
        each[address].status is None if address in each else False for each in (before, now)
    )


def version_address(address: str, path: str) -> str:
    """Where the version is asked, on the host of a health address."""
    return urlsplit(address)._replace(path=path, query="", fragment="").geturl()


def following(version: Version) -> Version:
    """The smallest version that is newer."""
    return (version[0], version[1], version[2] + 1)


def version_text(version: Version) -> str:
    """As the application's header has it: without `v`."""
    return ".".join(map(str, version))
