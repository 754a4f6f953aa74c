"""What failed is told once more before the same is tried again."""

from checks.recovery import check_what_is_stuck_is_mended as module
from tests.builders import known, snapshot, stuck, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome

CHECK = module.check_what_is_stuck_is_mended


def test_each_is_told_with_its_reason_but_for_what_is_skipped() -> None:
    before = snapshot(stuck=known((stuck("DataVolume", "it is busy"), stuck("Queue"), stuck("Group", skip=False))))
    outcome, (finding,) = says(CHECK, before=before, skips=("Queue",))
    assert outcome is Outcome.WARN
    assert finding.found == "DataVolume (AWS::SNS::Topic) was not taken back: it is busy"


def test_where_nothing_is_left_it_does_not_apply_and_unread_it_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(stuck=known(())), skips=())[0] is Outcome.NOT_APPLICABLE
    assert says(CHECK, before=snapshot(stuck=unknown()), skips=())[0] is Outcome.ERROR
