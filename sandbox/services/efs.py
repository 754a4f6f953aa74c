"""EFS: UpdateFileSystem, which moto doesn't have."""

import json
from typing import Any

from moto.efs import urls
from moto.efs.exceptions import FileSystemNotFound
from moto.efs.responses import EFSResponse

from sandbox.services.backends import use_responses


class EfsResponses(EFSResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, and changes of throughput."""

    def update_file_system(self) -> Any:
        identifier = self._get_param("FileSystemId")
        system = self.efs_backend.file_systems_by_id.get(identifier)
        if system is None:
            raise FileSystemNotFound(identifier)
        system.throughput_mode = self._get_param("ThroughputMode") or system.throughput_mode
        provisioned = self._get_param("ProvisionedThroughputInMibps")
        system.provisioned_throughput_in_mibps = provisioned or system.provisioned_throughput_in_mibps
        return json.dumps(system.info_json()), {"status": 202, "Content-Type": "application/json"}


def install() -> None:
    """Use our responses."""
    use_responses(urls, EfsResponses)
