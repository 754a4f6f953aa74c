"""Whose a change set or an operation is, by its name."""

import pytest

from upgrade.facts.changes import run_of

ARN = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/{}/6f1c"


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("plimsoll-20261126t2300-ab12", "20261126t2300-ab12"),
        (ARN.format("plimsoll-20261126t2300-ab12"), "20261126t2300-ab12"),
        ("plimsoll-", ""),
        ("my-plimsoll-1", ""),
        ("Console-ExecuteChangeSet-1", ""),
        (ARN.format("release-5"), ""),
        (ARN.format("release-5:changeSet/plimsoll-1"), ""),
        ("", ""),
    ],
)
def test_the_run_is_told_of_what_is_ours(text: str, run: str) -> None:
    assert run_of(text) == run
