import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.seal import bag
from tests.reports.sealed import sealed

NAMES = st.from_regex(r"\A[a-z0-9-]{1,8}(/[a-z0-9._-]{0,4}[a-z0-9]){0,3}\Z")
SUMS = st.from_regex(r"\A[0-9a-f]{64}\Z")


@given(st.dictionaries(NAMES, SUMS, max_size=8))
def test_a_manifest_reads_back(sums: dict[str, str]) -> None:
    assert bag.parse(bag.lines(sums), "m") == sums


@given(st.text(max_size=200))
def test_whatever_a_manifest_holds_it_is_read_whole_or_refused(text: str) -> None:
    try:
        sums = bag.parse(text, "m")
    except bag.Malformed:
        return
    assert bag.lines(sums) == text


@pytest.mark.parametrize(
    "text",
    [
        f"{'0' * 64}  a\n{'1' * 64}  a\n",
        f"{'0' * 64}  b\n{'1' * 64}  a\n",
        f"{'0' * 64}  a",
        f"{'0' * 64}  a\r\n",
        f"{'0' * 63}  a\n",
        f"{'0' * 64}  a b\n",
        f"{'0' * 64}  ./a\n",
    ],
    ids=["twice", "out of order", "no end", "CRLF", "short", "space", "dot"],
)
def test_what_is_no_manifest_of_ours_is_refused(text: str) -> None:
    with pytest.raises(bag.Malformed):
        bag.parse(text, "m")


def test_labels_hold_one_line_each_and_the_payload_is_counted() -> None:
    text = bag.info({"External-Identifier": "a\nPayload-Oxum: 0.0"}, 12, 3)

    assert bag.labels(text) == {"External-Identifier": "a Payload-Oxum: 0.0", "Payload-Oxum": "12.3"}


def test_sha256sum_reads_both_manifests(tmp_path: Path) -> None:
    bundle, _ = sealed(tmp_path)
    for name in (bag.ROOT, bag.MANIFEST):
        done = subprocess.run(["sha256sum", "--strict", "-c", name], cwd=bundle, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_files_are_listed_with_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/c").write_text("")
    (tmp_path / "a").symlink_to(tmp_path / "b")

    assert list(bag.files(tmp_path)) == ["a", "b/c"]
