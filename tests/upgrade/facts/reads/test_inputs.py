"""What stands outside the template is read item by item: one that can't be read leaves the others known."""

from typing import Any
from uuid import uuid4

import pytest

from tests.builders import RESOURCES, entry, known, stack, template, unknown
from tests.upgrade import things
from tests.upgrade.world import World, topic
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.inputs import Inputs
from upgrade.facts.stack import Template
from upgrade.rules.parameters import PlannedParameters, plan_parameters

IMAGE = "ami-0d94e17b3c5a80f26"
NESTED = "AWS::CloudFormation::Stack"


def planned(target: Known[Template]) -> Known[PlannedParameters]:
    return known(plan_parameters(entry(), stack(parameters={}), target.value, {}))


PLANNED = planned(known(template(Parameters={})))


def inputs(world: World, **keys: Any) -> Inputs:
    return Inputs(world.source(entry(product="generic", **keys)))


def value(fact: Fact[Any]) -> Any:
    assert isinstance(fact, Known), fact
    return fact.value


def nesting(*addresses: Any) -> dict[str, Any]:
    rows = {f"N{n}": {"Type": NESTED, "Properties": {"TemplateURL": each}} for n, each in enumerate(addresses)}
    return {"Resources": rows}


def nested(world: World, target: Template) -> dict[str, Fact[Template]]:
    found: dict[str, Fact[Template]] = value(inputs(world).nested_targets(known(target), known(stack()), PLANNED))
    return found


def test_nested_templates_are_read_level_by_level(world: World) -> None:
    deep = world.publish(topic())
    found = nested(world, template(**nesting(world.publish(nesting(deep)), deep)))

    assert found.keys() == {"N0", "N0.N0", "N1"}
    assert value(found["N0.N0"]).body["Resources"].keys() == {"Topic"}


def test_one_that_cannot_be_read_leaves_the_others_known(world: World) -> None:
    absent = "https://plimsoll-tests.s3.amazonaws.com/absent"
    found = nested(world, template(**nesting(world.publish(topic()), absent, {"Ref": "Later"}, "local.yaml")))

    assert isinstance(found["N0"], Known)
    reasons = [fact.reason if isinstance(fact, Unknown) else None for fact in found.values()]
    assert reasons == [None, Reason.NOT_FOUND, Reason.FAILED, Reason.FAILED]


def test_a_template_that_nests_itself_comes_to_an_end(world: World) -> None:
    address = "https://plimsoll-tests.s3.amazonaws.com/itself.json"
    published = world.publish(nesting(address))
    world.client("s3").copy_object(
        Bucket="plimsoll-tests", Key="itself.json", CopySource=f"plimsoll-tests/{published.rpartition('/')[2]}"
    )
    found = nested(world, template(**nesting(address)))

    assert len(found) == 11
    assert "more than 10 levels deep" in str(list(found.values())[-1])


def test_what_parameters_and_references_name_is_read(world: World) -> None:
    name, other, absent = (f"/app/{uuid4()}" for _ in range(3))
    for each in (name, other):
        world.client("ssm").put_parameter(Name=each, Value="x", Type="String")
    text = f"{{{{resolve:ssm:{other}}}}}{{{{resolve:ssm:{absent}}}}}{{{{resolve:ssm:other:3}}}}"
    target = known(
        template(
            Parameters={"pOne": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": name}},
            Resources={"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": text}}},
        )
    )
    reads = inputs(world)
    values = planned(target)
    references = reads.references(target, known(stack()), known(RESOURCES), values, known({}))
    stored = value(reads.stored(target, values, references))

    assert {each: isinstance(fact, Known) for each, fact in stored.items()} == {name: True, other: True, absent: False}
    assert stored[absent].reason is Reason.NOT_FOUND


def test_ids_behind_parameters_are_looked_for_those_in_ssm_too(world: World) -> None:
    name = f"/app/{uuid4()}"
    world.faults(images={IMAGE: {}})
    world.client("ssm").put_parameter(Name=name, Value=IMAGE, Type="String")
    vpc = world.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    declared = {
        "pImage": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": name},
        "pVpcs": {"Type": "List<AWS::EC2::VPC::Id>", "Default": f"{vpc}, vpc-01234567"},
        "pText": {"Type": "String", "Default": "x"},
    }
    target, reads = known(template(Parameters=declared)), inputs(world)
    values = planned(target)
    stored = reads.stored(target, values, known(()))
    found = value(reads.existing(target, values, stored))

    assert {type_: set(value(fact)) for type_, fact in found.items()} == {
        "AWS::EC2::Image::Id": {IMAGE},
        "AWS::EC2::VPC::Id": {vpc},
    }


def test_a_type_that_may_not_be_looked_for_is_unknown_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    things.at_once(monkeypatch)
    world.fail("DescribeVpcs", "denied")
    declared = {
        "pVpc": {"Type": "AWS::EC2::VPC::Id", "Default": "vpc-01234567"},
        "pZone": {"Type": "AWS::EC2::AvailabilityZone::Name", "Default": "us-east-1a"},
    }
    target, reads = known(template(Parameters=declared)), inputs(world)
    values = planned(target)
    found = value(reads.existing(target, values, known({})))

    assert found["AWS::EC2::VPC::Id"].reason is Reason.DENIED
    assert found["AWS::EC2::VPC::Id"].call == "ec2:DescribeVpcs"
    assert value(found["AWS::EC2::AvailabilityZone::Name"]).keys() == {"us-east-1a"}


def test_a_secret_parameter_is_not_looked_up(world: World) -> None:
    declared = {"pOne": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/app/a", "NoEcho": True}}
    target, reads = known(template(Parameters=declared)), inputs(world)
    values = planned(target)

    assert value(reads.stored(target, values, known(()))) == {}


def test_importers_are_read_for_every_export(world: World) -> None:
    name = f"export-{uuid4()}"
    world.create(topic(Outputs={"Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": name}}}))
    importing = world.create(topic({"Fn::ImportValue": name}))
    exporting = known(stack(outputs={"Topic": "x"}, exports={"Topic": name}))
    nested_one = known((stack(exports={"Other": "absent"}),))
    found = value(inputs(world).importers(exporting, nested_one))

    assert value(found[name]) == (importing,)
    assert isinstance(found["absent"], Unknown)


def test_without_a_target_nothing_is_looked_for(world: World) -> None:
    reads, missing = inputs(world), unknown()
    for found in (
        reads.nested_targets(missing, known(stack()), PLANNED),
        reads.stored(missing, PLANNED, known(())),
        reads.existing(missing, PLANNED, known({})),
    ):
        assert isinstance(found, Unknown)
        assert found.reason is Reason.BLOCKED
