"""The configured stacks, a line each, in the file's order."""

from pathlib import Path

import pytest

from tests.upgrade.config.test_stacks import FULL, MINIMAL, write
from upgrade.errors import UsageError
from upgrade.gate.listing import listing


def test_one_stack_is_a_line(tmp_path: Path) -> None:
    path = write(tmp_path, MINIMAL)

    assert listing(path) == f"{path}:\nprod  generic  codeocean in 210987654321, us-east-1  to no target"


def test_several_stand_in_the_files_order_and_in_columns(tmp_path: Path) -> None:
    lines = listing(write(tmp_path, FULL)).splitlines()

    assert [line.split()[0] for line in lines[1:]] == ["prod", "prod-backup"]
    assert [line.split()[1] for line in lines[1:]] == ["codeocean", "codeocean-backup"]
    assert lines[1].index("  to v3.8.2") == lines[2].index("  to no target")
    assert not any(line.endswith(" ") for line in lines)


@pytest.mark.parametrize(
    ("target", "told"),
    [('target = "v3.8.2"', "to v3.8.2"), ('template_url = "s3://b/k"', "to s3://b/k"), ("", "to no target")],
)
def test_the_target_is_told_as_it_is_written(tmp_path: Path, target: str, told: str) -> None:
    assert listing(write(tmp_path, MINIMAL + target)).endswith(f"  {told}")


@pytest.mark.parametrize("text", ["", "[stacks]", "x", "[stacks.prod]"], ids=repr)
def test_a_file_that_is_not_understood_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        listing(write(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        listing(tmp_path / "absent.toml")
