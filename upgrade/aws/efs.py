"""File systems as EFS sees them."""

from typing import Any

from upgrade.facts.data import StatefulService

FILE_SYSTEM = "AWS::EFS::FileSystem"


def read_file_system(client: Any, identifier: str) -> StatefulService:
    """DescribeFileSystems of one file system."""
    row = client.describe_file_systems(FileSystemId=identifier)["FileSystems"][0]
    return StatefulService(row["FileSystemId"], row["LifeCycleState"])
