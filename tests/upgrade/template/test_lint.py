"""cfn-lint finds what is wrong, nothing switches it off, and what it did not say is never taken for no error."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from upgrade.errors import NotSettled, ServiceFailed
from upgrade.facts.lint import LintError
from upgrade.template import lint

GOOD = "Resources: {Topic: {Type: AWS::SNS::Topic}}"
BAD = """
Metadata: {Note: größer}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {Nonsense: 1}}
  Other: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Nothing}}
"""
REGION = "us-east-1"
ONE = LintError("E1", "Resources/A", "wrong")
SAID = json.dumps([{"rule": "E1", "path": "Resources/A", "message": "wrong"}])

NONSENSE = [
    "",
    "garbage",
    "null",
    "1",
    "{}",
    '""',
    '{"rule": "E1"}',
    "[1]",
    "[null]",
    '["E1"]',
    '[{"rule": "E1"}]',
    '[{"rule": 1, "path": 2, "message": 3}]',
    SAID[:-1],
]
"""What is no list of errors, though it may be JSON and empty."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return tmp_path


@pytest.fixture
def cache(home: Path) -> Path:
    return home / ".cache" / "plimsoll" / "lint"


Linting = Callable[[str], None]


@pytest.fixture
def linting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Linting:
    """Replaces cfn-lint, for a test: by a shell script."""

    def replace(script: str) -> None:
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\ncat > /dev/null\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr("sys.executable", str(program))

    return replace


def saying(text: str) -> str:
    """A script that says this."""
    return f"cat <<'END'\n{text}\nEND"


def kept(cache: Path) -> Path:
    """The one file of the cache."""
    (file,) = cache.iterdir()
    return file


# ---- cfn-lint itself -------------------------------------------------------------------------------------------------


def test_errors_are_told_with_rule_place_and_words_and_warnings_are_not() -> None:
    found = lint.errors(BAD + "Conditions: {Unused: !Equals [a, b]}", REGION)
    assert [(error.rule, error.path) for error in found] == [
        ("E1020", "Resources/Other/Properties/DisplayName/Ref"),
        ("E3002", "Resources/Topic/Properties/Nonsense"),
    ]
    assert "Nothing" in found[0].message
    assert "Nonsense" in found[1].message


def test_a_good_template_has_none() -> None:
    assert lint.errors(GOOD, REGION) == ()


def test_what_can_not_be_processed_at_all_is_an_error() -> None:
    found = lint.errors("Resources: {T: {Type: AWS::SNS::Topic}}\nTransform: !Ref X", REGION)
    assert found


def test_a_template_is_linted_for_its_region() -> None:
    text = (
        "Resources: {T: {Type: AWS::CodeStar::GitHubRepository, Properties: {RepositoryName: a, RepositoryOwner: b}}}"
    )
    here, there = (lint.errors(text, region) for region in (REGION, "ap-southeast-7"))
    assert "E3006" not in {error.rule for error in here}
    assert "E3006" in {error.rule for error in there}


@pytest.mark.parametrize("file", [".cfnlintrc", ".cfnlintrc.yaml"])
def test_a_configuration_in_the_home_switches_nothing_off(home: Path, file: str) -> None:
    (home / file).write_text("ignore_checks: [E]\nregions: [eu-central-1]\nignore_templates: ['*']\n")
    assert [error.rule for error in lint.errors(BAD, REGION)] == ["E1020", "E3002"]


IGNORING = "Metadata: {cfn-lint: {config: {ignore_checks: [E, E3002], regions: [eu-central-1]}}}"


@pytest.mark.parametrize(
    "text",
    [
        f"{IGNORING}\nResources: {{Topic: {{Type: AWS::SNS::Topic, Properties: {{Nonsense: 1}}}}}}",
        f"Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties: {{Nonsense: 1}}\n    {IGNORING}",
    ],
    ids=["all of it", "a resource"],
)
def test_a_template_does_not_say_what_is_looked_for_in_it(text: str) -> None:
    """https://github.com/aws-cloudformation/cfn-lint#metadata; `mandatory_checks` are those it can't switch off."""
    assert [error.rule for error in lint.errors(text, REGION)] == ["E3002"]


# ---- kept ------------------------------------------------------------------------------------------------------------


def test_what_was_found_is_kept_and_read_the_next_time(linting: Linting, cache: Path) -> None:
    linting(saying(SAID))
    assert lint.errors(GOOD, REGION) == (ONE,)
    kept(cache).write_text(SAID.replace("wrong", "from the file"))
    linting("exit 1")
    assert [error.message for error in lint.errors(GOOD, REGION)] == ["from the file"]


def test_that_nothing_was_found_is_kept_too(linting: Linting) -> None:
    linting(saying("[]"))
    assert lint.errors(GOOD, REGION) == ()
    linting("exit 1")
    assert lint.errors(GOOD, REGION) == ()


@pytest.mark.parametrize(
    ("text", "region"), [(GOOD + " ", REGION), (GOOD, "eu-central-1")], ids=["another text", "another region"]
)
def test_what_was_found_of_another_template_or_region_does_not_count(
    linting: Linting, cache: Path, text: str, region: str
) -> None:
    linting(saying("[]"))
    lint.errors(GOOD, REGION)
    linting(saying(SAID))
    assert lint.errors(text, region) == (ONE,)
    assert len(list(cache.iterdir())) == 2


def test_what_another_version_of_cfn_lint_found_does_not_count(
    linting: Linting, monkeypatch: pytest.MonkeyPatch
) -> None:
    linting(saying("[]"))
    lint.errors(GOOD, REGION)
    linting(saying(SAID))
    monkeypatch.setattr(lint, "version", lambda _: "99.0.0")
    assert lint.errors(GOOD, REGION) == (ONE,)


@pytest.mark.parametrize("content", [text.encode() for text in NONSENSE] + [b"\xff\xfe", b"[]\x00"], ids=repr)
def test_a_kept_file_that_is_no_list_of_errors_is_made_anew(linting: Linting, cache: Path, content: bytes) -> None:
    linting(saying(SAID))
    lint.errors(GOOD, REGION)
    kept(cache).write_bytes(content)
    assert lint.errors(GOOD, REGION) == (ONE,)
    assert json.loads(kept(cache).read_text()) == json.loads(SAID)


def test_a_folder_in_the_place_of_the_kept_file_is_no_answer(linting: Linting, cache: Path) -> None:
    linting(saying(SAID))
    lint.errors(GOOD, REGION)
    file = kept(cache)
    file.unlink()
    file.mkdir()
    assert lint.errors(GOOD, REGION) == (ONE,)


@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/below", "/proc/nowhere"])
def test_where_nothing_can_be_kept_it_is_linted_each_time(
    linting: Linting, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    linting(saying("[]"))
    assert lint.errors(GOOD, REGION) == ()
    linting(saying(SAID))
    assert lint.errors(GOOD, REGION) == (ONE,)


def test_a_user_without_a_home_can_lint(linting: Linting, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container whose user id is in no passwd file."""
    linting(saying(SAID))
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("os.getuid", lambda: 54_321)
    assert lint.errors(GOOD, REGION) == (ONE,)


def test_the_users_cache_is_where_he_says_it_is(
    linting: Linting, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    linting(saying("[]"))
    lint.errors(GOOD, REGION)
    assert not cache.exists()
    assert (tmp_path / "elsewhere/plimsoll/lint").stat().st_mode & 0o77 == 0


# ---- cfn-lint that fails ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "exit code 1"),
        (
            "echo 'Traceback' >&2; echo 'ImportError: no cfnlint' >&2; exit 1",
            "cfn-lint failed: ImportError: no cfnlint",
        ),
        (f"{saying('[]')}\nexit 3", "exit code 3"),
        ("kill -9 $$", "exit code -9"),
    ],
    ids=["exit 1", "its last words", "after an answer", "killed"],
)
def test_cfn_lint_that_fails_is_no_template_without_errors(
    linting: Linting, cache: Path, script: str, said: str
) -> None:
    linting(script)
    with pytest.raises(ServiceFailed, match=said):
        lint.errors(GOOD, REGION)
    assert not cache.exists()


@pytest.mark.parametrize("text", NONSENSE, ids=repr)
def test_an_answer_that_is_no_list_of_errors_is_no_template_without_errors(
    linting: Linting, cache: Path, text: str
) -> None:
    linting(saying(text))
    with pytest.raises(ServiceFailed, match="cfn-lint gave no list of errors but"):
        lint.errors(GOOD, REGION)
    assert not cache.exists()


def test_cfn_lint_that_does_not_end_is_given_up(linting: Linting, monkeypatch: pytest.MonkeyPatch) -> None:
    linting("exec sleep 60")
    monkeypatch.setattr(lint, "SECONDS", 0.1)
    with pytest.raises(NotSettled, match="cfn-lint has not ended within"):
        lint.errors(GOOD, REGION)


def test_without_cfn_lint_nothing_is_linted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cfnlint.py").write_text("raise ModuleNotFoundError('cfnlint')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ServiceFailed, match="cfn-lint failed: ModuleNotFoundError"):
        lint.errors(GOOD, REGION)
