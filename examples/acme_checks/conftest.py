"""A fact that Plimsoll does not read: by whom the certificates of the stack's databases are issued."""

from typing import Any

import pytest

from upgrade.facts.known import Fact
from upgrade.facts.own import Read
from upgrade.facts.snapshot import Snapshot


@pytest.fixture(scope="session")
def issuers(read: Read, before: Snapshot) -> Fact[dict[str, str]]:
    """Certificate authority of each database, by logical id."""
    databases = before.databases.value  # could they not be read, whoever asks for this fact can't tell

    def fetch(rds: Any) -> dict[str, str]:
        pages = rds.get_paginator("describe_db_instances").paginate()
        rows = [row for page in pages for row in page["DBInstances"]]
        found = {row["DBInstanceIdentifier"]: row["CACertificateIdentifier"] for row in rows}
        return {name: found[database.identifier] for name, database in databases.items()}

    return read("issuers of database certificates", "rds", "rds:DescribeDBInstances", fetch)
