"""What a run stands on, for its record: versions, the CI run, the code of its checks."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from upgrade.code import checks_sha256, code_sha256

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
