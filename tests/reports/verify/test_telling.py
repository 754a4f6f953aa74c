import json
from pathlib import Path

from reports.verify import verify
from reports.verify.telling import document, lines
from tests.reports.sealed import edited, sealed


def test_the_answer_comes_first_and_names_what_was_not_checked(tmp_path: Path) -> None:
    bundle, key = sealed(tmp_path)
    first, *steps = lines(verify(bundle, key))

    assert (
        first
        == "WHOLE  run 01937c3e-7a10-7000-8000-00000000abcd of prod says UPGRADED, exit code 0; not checked: timestamp"
    )
    assert sum(line.startswith("  ok  ") for line in steps) == len(steps) - 1
    assert next(lines(verify(bundle))).endswith("; not checked: signature, timestamp")


def test_what_is_broken_is_marked_and_nothing_in_it_acts(tmp_path: Path) -> None:
    bundle, key = sealed(tmp_path)
    edited(bundle, lambda told: told["subject"].update(entry="prod\x1b[31m"))
    told = list(lines(verify(bundle, key)))

    assert told[0].startswith("NOT WHOLE  1 step of ")
    assert any(line.startswith("  !!  signature: ") for line in told)
    assert "\x1b" not in "".join(told)


def test_programs_get_the_same(tmp_path: Path) -> None:
    bundle, key = sealed(tmp_path)
    told = json.loads(document(verify(bundle, key)))

    assert (told["whole"], told["verdict"], told["exit_code"]) == (True, "UPGRADED", 0)
    assert {"what", "state", "said"} == set(told["steps"][0])
    (bundle / "data/record.json").unlink()
    gone = json.loads(document(verify(bundle, key)))
    assert (gone["whole"], gone["verdict"]) == (False, None)
    assert next(lines(verify(bundle))).startswith("NOT WHOLE  there is no record")
