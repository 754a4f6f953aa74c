from collections.abc import Callable

import pytest

from sandbox.template.load import load
from tests.sandbox.scenarios.told import BUCKET, TARGET, Told, upgraded


@pytest.mark.parametrize(("name", "action"), [("with-macros", "Modify"), ("loop-shortened", "Remove")])
def test_a_loop_and_a_function(told: Callable[[str], Told], name: str, action: str) -> None:
    world = told(name)
    cloudformation = world.aws.client("cloudformation")
    cloudformation.create_change_set(
        StackName="codeocean",
        ChangeSetName="planned",
        TemplateURL=f"https://{BUCKET}.s3.amazonaws.com/{TARGET}",
        Parameters=world.planned(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    planned = {"StackName": "codeocean", "ChangeSetName": "planned"}
    cloudformation.get_waiter("change_set_create_complete").wait(**planned, WaiterConfig={"Delay": 0.2})
    changes = [row["ResourceChange"] for row in cloudformation.describe_change_set(**planned)["Changes"]]

    assert all(world.id(made) for made in ("JobsLog", "UsersLog", "Reminder", "ReminderRole", "ReminderNightly"))
    assert [row["Action"] for row in changes if row["LogicalResourceId"] == "AuditLog"] == [action]
    assert not {"AuditLog", "JobsLog"} & set(load(world.target().decode())["Resources"])
    assert upgraded(world) == "UPDATE_COMPLETE"
