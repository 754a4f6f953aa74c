"""The vendor's real templates, for tests that hold rules against them."""

import os
from pathlib import Path

import pytest

from upgrade.facts.stack import Template
from upgrade.template.read import parse

FOLDER = Path(os.environ.get("PLIMSOLL_VENDOR_TEMPLATES") or Path(__file__).parents[3] / "shared" / "vendor")

VERSIONS = ("v3.7.0", "v3.8.2")


def vendor_template(version: str) -> Template:
    """A real template; where there is none, the test is skipped."""
    if not FOLDER.is_dir():
        pytest.skip(f"the vendor's templates are not at {FOLDER}; PLIMSOLL_VENDOR_TEMPLATES names their folder")
    path = FOLDER / f"codeocean-{version}.template.yaml"
    return parse(path.read_bytes(), path.name)
