"""Checks of the user's own join when they are named; whatever they or their conftest.py do, nothing turns green by it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.checkout import OWN, no_success, refused
from tests.acceptance.gate import Run, gate_in
from tests.acceptance.standing import Standing

PASSES = "def check_ours(before): pass"
RAISES = "def check_ours(before): raise KeyError('no')"
DECORATED = "@declared('ours')\n"


@dataclass(frozen=True)
class Way:
    """A way to go green by accident: a file of checks, and the conftest.py beside it."""

    check: str
    conftest: str = ""
    decorator: str = DECORATED


def hooked(hook: str, body: str, mark: str = "tryfirst=True", check: str = RAISES) -> Way:
    """A conftest.py with this hook beside a check."""
    return Way(check, f"import pytest\n@pytest.hookimpl({mark})\ndef pytest_{hook}:\n    {body}\n")


def using(fixture: str, check: str = PASSES) -> Way:
    """A check that asks for a fixture of its conftest.py."""
    imports = "import pytest\nfrom upgrade.catalogue import Finding, warn\n"
    return Way(check.replace("before", "before, mine"), f"{imports}@pytest.fixture\ndef mine():\n    {fixture}\n")


WAYS = {
    "P1 everything skipped": hooked(
        "collection_modifyitems(items)", "for item in items: item.add_marker('skip')", check=PASSES
    ),
    "P1 skipped by itself": Way("def check_ours(before): pytest.skip('later')"),
    "P2 parametrized over nothing": Way("@pytest.mark.parametrize('x', [])\ndef check_ours(before, x): pass"),
    "P8 a syntax error": Way("def (:", decorator=""),
    "P9 importorskip": Way(f"pytest.importorskip('nosuchmodule')\n{DECORATED}{PASSES}", decorator=""),
    "P9 skipped as a module": Way("pytest.skip('no', allow_module_level=True)", decorator=""),
    "P10 pytest.exit(0)": Way("def check_ours(before): pytest.exit('bye', returncode=0)"),
    "P10 sys.exit(0)": Way("def check_ours(before):\n    import sys; sys.exit(0)"),
    "P11 return False": Way("def check_ours(before): return False"),
    "P11 a coroutine": Way("async def check_ours(before): assert False"),
    "P11 a generator": Way("def check_ours(before): yield"),
    "P13 a class": Way(
        "class TestOurs:\n    def __init__(self): pass\n    def check_ours(self, before): pass", decorator=""
    ),
    "P13 another name": Way("def ours(before): pass"),
    "P13 no decorator": Way(PASSES, decorator=""),
    "P14 xfail": Way(f"@pytest.mark.xfail\n{RAISES}"),
    "P15 a fixture skips": using("pytest.skip('no')"),
    "P15 a fixture warns": using("warn([Finding('f', 'e', 'd')])", check=RAISES),
    "P15 a fixture takes a fact's place": Way(
        "def check_ours(before): assert before", "import pytest\n@pytest.fixture\ndef before(): return object()\n"
    ),
    "P23 flaky": Way(
        "@pytest.mark.flaky(reruns=2)\ndef check_ours(before, _n=[]):\n    _n.append(1); assert len(_n) > 1; raise KeyError"
    ),
    "P32 a teardown that fails": using("yield; raise KeyError"),
    "P33 a sub-test that fails": Way("def check_ours(before, subtests):\n    with subtests.test(): assert False"),
    "P36 outcomes rewritten": hooked(
        "runtest_makereport(item, call)",
        "out = yield; out.get_result().outcome = 'passed'",
        "hookwrapper=True, tryfirst=True",
    ),
    "P36 excinfo taken away": hooked("runtest_makereport(item, call)", "call.excinfo = None"),
    "P36 calls taken over": hooked("pyfunc_call(pyfuncitem)", "return True"),
    "P36 protocol taken over": hooked("runtest_protocol(item)", "return True"),
    "P36 the loop taken over": hooked("runtestloop(session)", "return True", check=PASSES),
    "P36 the exit code set last": hooked("sessionfinish(session)", "session.exitstatus = 0", "trylast=True"),
    "P36 the session taken over": hooked("cmdline_main(config)", "return 0", check=PASSES),
    "P36 items dropped": hooked("collection_modifyitems(items)", "items[:] = items[:1]", "trylast=True", check=PASSES),
    "ignored by a conftest": Way(PASSES, "collect_ignore_glob = ['check_*.py']\n"),
    "the door is asked for": Way("def check_ours(before, execute): execute()"),
}


LOGGERS_ADDED = """
import logging, threading
def add():
    for number in range(200_000): logging.getLogger(f"acme.{number}")
threading.Thread(target=add, daemon=True).start()
"""
"""As imports in threads do, only for as long as a gate takes."""


@dataclass(frozen=True)
class Own:
    """A folder with checks of the user's own, and gates that are given it."""

    folder: Path
    root: Path
    sandbox: Standing

    def write(self, text: str, name: str = "check_ours.py") -> None:
        (self.folder / name).write_text(text)

    def gate(self, *arguments: str) -> Run:
        evidence = self.folder.parent / "e"
        return gate_in(self.root, evidence, *arguments, "--stack", "demo", environment=self.sandbox.environment)


@pytest.fixture
def own(tmp_path: Path, root: Path, healthy: Standing) -> Own:
    folder = tmp_path / "acme_checks"
    folder.mkdir()
    return Own(folder, root, healthy)


@pytest.mark.parametrize("way", WAYS)
def test_a_check_of_the_users_own_proves_something_or_shuts_the_gate(way: str, own: Own) -> None:
    own.write(OWN + WAYS[way].decorator + WAYS[way].check + "\n")
    own.write(WAYS[way].conftest, "conftest.py")
    run = own.gate("checks", str(own.folder), "--upgrade")

    assert run.code in {4, 11}, run.output
    no_success(run)
    assert "ExecuteChangeSet" not in own.sandbox.operations()


@pytest.mark.parametrize(
    ("body", "code", "outcome"),
    [
        ("def check_ours(before): assert before.stack.value.name == 'codeocean'", 0, "pass"),
        ("def check_ours(before): assert before.stack.value.name == 'other', 'wrong stack'", 10, "fail"),
        ("def check_ours(before, plan): fail([Finding('f', 'e', 'd')] if not plan.value.changes else [])", 0, "pass"),
        ("def check_ours(before): warn([Finding('f', 'e', 'd')])", 0, "warn"),
        ("def check_ours(before): not_applicable('none of ours')", 0, "not applicable"),
    ],
)
def test_a_check_of_the_users_own_joins_when_it_is_named(body: str, code: int, outcome: str, own: Own) -> None:
    own.write(f"{OWN}{DECORATED}{body}\n")
    run = own.gate("checks", str(own.folder))

    assert run.code == code, run.output
    assert run.outcome("ours") == outcome


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("ours.py", "holds no check"),
        ("test_ours.py", "holds no check"),
        ("check_stack_is_at_rest.py", "two checks stack-is-at-rest"),
    ],
)
def test_a_path_that_holds_no_check_is_refused(file: str, words: str, own: Own) -> None:
    own.write("", file)

    refused(own.gate("checks", str(own.folder)), words)


def test_what_a_check_would_change_is_refused_by_the_door(own: Own) -> None:
    client = "import boto3\n    boto3.client('rds', region_name='us-east-1')"
    own.write(f"{OWN}{DECORATED}def check_ours(before):\n    {client}.modify_db_instance(DBInstanceIdentifier='x')\n")
    run = own.gate("checks", str(own.folder))

    assert (run.code, run.latest["verdict"]) == (11, "CANNOT_TELL"), run.output
    assert "rds ModifyDBInstance was refused before it was sent" in run.output
    refusals = [call for call in run.record["calls"] if call["outcome"] == "refused"]
    assert [(call["operation"], call["door"]) for call in refusals] == [("ModifyDBInstance", "read")]
    assert "ModifyDBInstance" not in own.sandbox.operations()


def test_loggers_that_a_thread_adds_meanwhile_break_nothing(own: Own) -> None:
    own.write(f"{OWN}{DECORATED}def check_ours(before): pass\n")
    own.write(LOGGERS_ADDED, "conftest.py")
    run = own.gate("checks", str(own.folder))

    assert (run.code, run.latest["verdict"]) == (0, "GO"), run.output


def test_a_plugin_that_falls_over_at_the_end_takes_no_evidence_along(own: Own) -> None:
    own.write(f"{OWN}{DECORATED}def check_ours(before): pass\n")
    own.write("def pytest_sessionfinish(session): raise OSError('no room for a report of mine')", "conftest.py")
    run = own.gate("checks", str(own.folder))

    assert (run.code, run.latest["verdict"]) == (0, "GO"), run.output
    assert "a plugin failed at the end of the session: OSError: no room for a report of mine" in run.output
    assert "Traceback" not in run.output


def test_checks_of_ones_own_alone_are_no_gate(own: Own) -> None:
    own.write("")

    refused(own.gate(str(own.folder)), "name `checks` before")


def test_a_path_that_is_not_there_is_refused(own: Own) -> None:
    refused(own.gate("checks", "nowhere"), "no such file")
