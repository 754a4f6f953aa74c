"""What a run stands on, for its record: versions, the CI run, the code of its checks."""

import hashlib
import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from upgrade.catalogue import CHECKS

PACKAGES = (
    "plimsoll", "pytest", "boto3", "botocore", "cfn-lint", "cryptography", "Jinja2", "packaging", "pydantic", "PyYAML",
    "rich", "securesystemslib",
)  # fmt: skip
"""What a run stands on; their versions are in its record."""

CI_VARIABLES = (
    "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_SHA", "GITHUB_ACTOR", "CI_JOB_URL", "CI_COMMIT_SHA", "BUILD_URL",
    "GIT_COMMIT", "CODEBUILD_BUILD_ARN", "CODEBUILD_RESOLVED_SOURCE_VERSION",
)  # fmt: skip
"""How the usual CI systems name a run; where one is set, it is in the record."""


CI_PEOPLE = ("GITHUB_ACTOR", "GITHUB_TRIGGERING_ACTOR", "GITLAB_USER_LOGIN", "GITLAB_USER_NAME", "BUILD_USER_ID")
"""How they name the person whose run it is: nobody approves what he runs."""


def environment(endpoint: str | None) -> Mapping[str, str]:
    """Versions of what the run stands on, and the endpoint its calls went to."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{name: package_version(name) for name in PACKAGES},
        "checks_sha256": checks_sha256(),
        "code_sha256": code_sha256(),
        "endpoint": endpoint or "AWS",
        **{name: os.environ[name] for name in CI_VARIABLES if os.environ.get(name)},
    }


def package_version(package: str) -> str:
    """The version of an installed package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def checks_sha256(folder: Path = CHECKS) -> str:
    """Of the code of all checks and the manifest, names included."""
    return _sha256(folder, [*folder.rglob("*.py"), folder / "manifest.toml"])


def code_sha256(checkout: Path = CHECKS.parent) -> str:
    """Of the code that judges and reports, names included."""
    return _sha256(checkout, [path for folder in ("upgrade", "reports") for path in (checkout / folder).rglob("*.py")])


def _sha256(root: Path, files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        name = path.relative_to(root).as_posix().encode()
        total.update(len(name).to_bytes(4, "big") + name + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
