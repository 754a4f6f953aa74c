"""Which images a template launches: through conditions, mappings and parameters; what is not known is told."""

from typing import Any

import pytest

from tests.builders import template
from tests.upgrade.vendor import VERSIONS, vendor_template
from upgrade.rules.images import Launched, launched

AMI, OTHER = "ami-0123456789abcdef0", "ami-0fedcba9876543210"
SECTIONS: dict[str, Any] = {
    "Parameters": {
        "pAmi": {"Type": "AWS::EC2::Image::Id", "Default": AMI},
        "pCustom": {"Type": "String", "Default": ""},
        "pFromSsm": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/aws/ami"},
        "pNoDefault": {"Type": "String"},
        "pSecret": {"Type": "String", "NoEcho": True, "Default": "****"},
    },
    "Mappings": {"Images": {"us-east-1": {"Ami": AMI}, "eu-west-1": {"Ami": OTHER}}},
    "Conditions": {
        "cCustom": {"Fn::Not": [{"Fn::Equals": [{"Ref": "pCustom"}, ""]}]},
        "cOnlyAwsKnows": {"Fn::Equals": [{"Ref": "pFromSsm"}, "on"]},
    },
}
MAPPED = {"Fn::FindInMap": ["Images", {"Ref": "AWS::Region"}, "Ami"]}


def found(resources: dict[str, Any], region: str = "us-east-1", **parameters: str) -> Launched:
    return launched(template(**SECTIONS, Resources=resources), parameters, {"AWS::Region": region})


def instance(image: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": image}, **more}


def one(image: Any, region: str = "us-east-1", **parameters: str) -> Launched:
    return found({"One": instance(image)}, region, **parameters)


def known(image: str, *logical_ids: str) -> Launched:
    return Launched({image: logical_ids or ("One",)}, {})


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::EC2::Instance", {"ImageId": AMI}),
        ("AWS::AutoScaling::LaunchConfiguration", {"ImageId": AMI}),
        ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"ImageId": AMI}}),
        ("AWS::Batch::ComputeEnvironment", {"ComputeResources": {"ImageId": AMI}}),
        ("AWS::Batch::ComputeEnvironment", {"ComputeResources": {"Ec2Configuration": [{"ImageIdOverride": AMI}]}}),
    ],
    ids=["instance", "launch configuration", "launch template", "batch", "batch override"],
)
def test_every_type_names_its_image_at_a_place_of_its_own(type_: str, properties: dict[str, Any]) -> None:
    assert found({"One": {"Type": type_, "Properties": properties}}) == known(AMI)


def test_an_image_tells_all_that_launch_it() -> None:
    template_ = {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"ImageId": {"Ref": "pAmi"}}}}

    assert found({"A": instance(AMI), "B": template_, "C": instance(OTHER)}) == Launched(
        {AMI: ("A", "B"), OTHER: ("C",)}, {}
    )


def test_a_batch_environment_may_name_several() -> None:
    overrides = [{"ImageType": "ECS_AL2"}, {"ImageIdOverride": AMI}, {"ImageIdOverride": OTHER}]
    environment = {"ComputeResources": {"ImageId": AMI, "Ec2Configuration": overrides}}

    assert found({"One": {"Type": "AWS::Batch::ComputeEnvironment", "Properties": environment}}).images.keys() == {
        AMI,
        OTHER,
    }


@pytest.mark.parametrize(("region", "image"), [("us-east-1", AMI), ("eu-west-1", OTHER)])
def test_a_mapping_by_region(region: str, image: str) -> None:
    assert one(MAPPED, region) == known(image)


def test_a_region_the_mapping_has_not_is_told() -> None:
    assert one(MAPPED, "ap-south-1") == Launched({}, {"One": "no such mapping: Images.ap-south-1.Ami"})


@pytest.mark.parametrize(
    ("image", "parameters", "expected"),
    [
        ({"Ref": "pAmi"}, {}, AMI),
        ({"Ref": "pAmi"}, {"pAmi": OTHER}, OTHER),
        ({"Fn::If": ["cCustom", {"Ref": "pCustom"}, MAPPED]}, {}, AMI),
        ({"Fn::If": ["cCustom", {"Ref": "pCustom"}, MAPPED]}, {"pCustom": OTHER}, OTHER),
        ({"Fn::Sub": "${pAmi}"}, {}, AMI),
        ({"Fn::Select": [1, ["x", {"Ref": "pAmi"}]]}, {}, AMI),
    ],
    ids=["default", "given", "condition false", "condition true", "sub", "select"],
)
def test_parameters_and_conditions_are_followed(image: Any, parameters: dict[str, str], expected: str) -> None:
    assert one(image, **parameters) == known(expected)


@pytest.mark.parametrize(
    ("image", "why"),
    [
        ({"Ref": "pFromSsm"}, "parameter pFromSsm stands for a value in SSM"),
        ({"Ref": "pNoDefault"}, "parameter pNoDefault has no value"),
        ({"Ref": "pSecret"}, "parameter pSecret is secret"),
        ({"Fn::GetAtt": ["Lookup", "Id"]}, "only AWS knows Lookup.Id"),
        ({"Fn::ImportValue": "ami"}, "only AWS can carry out Fn::ImportValue"),
        ({"Fn::If": ["cOnlyAwsKnows", AMI, OTHER]}, "parameter pFromSsm stands for a value in SSM"),
        ("{{resolve:ssm:/aws/ami}}", "only AWS knows what stands behind {{resolve:ssm:/aws/ami}}"),
        ("resolve:ssm:/aws/ami:1", "its image is 'resolve:ssm:/aws/ami:1'"),
        ({"Ref": "pCustom"}, "its image is ''"),
        ([AMI], f"its image is {[AMI]!r}"),
        (None, "its image is None"),
    ],
    ids=str,
)
def test_an_image_that_is_not_known_is_told_with_the_reason(image: Any, why: str) -> None:
    assert one(image) == Launched({}, {"One": why})


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        (
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData": {"Fn::If": ["cOnlyAwsKnows", {"ImageId": AMI}, {"ImageId": OTHER}]}},
        ),
        (
            "AWS::Batch::ComputeEnvironment",
            {"ComputeResources": {"Fn::If": ["cOnlyAwsKnows", {"ImageId": AMI}, {"Type": "FARGATE"}]}},
        ),
        (
            "AWS::Batch::ComputeEnvironment",
            {"ComputeResources": {"Ec2Configuration": {"Fn::If": ["cOnlyAwsKnows", [{"ImageIdOverride": AMI}], []]}}},
        ),
        ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"Fn::Transform": {"Name": "Own"}}}),
    ],
    ids=["launch template", "batch", "batch override", "macro"],
)
def test_what_stands_around_an_image_may_be_unknown_too(type_: str, properties: dict[str, Any]) -> None:
    result = found({"One": {"Type": type_, "Properties": properties}})

    assert result.unknown.keys() == {"One"}


@pytest.mark.parametrize("chosen", ["cCustom", "cOther"])
def test_a_condition_around_an_image_is_followed(chosen: str) -> None:
    sections = {**SECTIONS, "Conditions": {"cCustom": {"Fn::Equals": [1, 1]}, "cOther": {"Fn::Equals": [1, 2]}}}
    data = {"Fn::If": [chosen, {"ImageId": AMI}, {"Ref": "AWS::NoValue"}]}
    resources = {"One": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": data}}}
    result = launched(template(**sections, Resources=resources), {}, {})

    assert result == (known(AMI) if chosen == "cCustom" else Launched({}, {}))


@pytest.mark.parametrize(
    ("condition", "parameters", "exists"),
    [("cCustom", {}, False), ("cCustom", {"pCustom": "x"}, True), ("cOnlyAwsKnows", {}, True)],
    ids=["false", "true", "unknown"],
)
def test_a_resource_counts_that_may_exist(condition: str, parameters: dict[str, str], *, exists: bool) -> None:
    result = found({"One": instance(AMI, Condition=condition)}, **parameters)

    assert result == (known(AMI) if exists else Launched({}, {}))


@pytest.mark.parametrize("type_", ["AWS::EC2::SpotFleet", "AWS::ImageBuilder::Image", "AWS::CloudFormation::Stack"])
def test_a_type_whose_images_are_not_looked_for_is_told(type_: str) -> None:
    result = found({"One": {"Type": type_, "Properties": {"ImageId": AMI}}})

    assert result == Launched({}, {"One": f"Plimsoll does not look into {type_} for its images"})


@pytest.mark.parametrize(
    "resource",
    [
        {"Type": "AWS::SNS::Topic", "Properties": {"ImageId": AMI}},
        {"Type": "AWS::EC2::Instance"},
        {"Type": "AWS::EC2::Instance", "Properties": {"LaunchTemplate": {"LaunchTemplateId": "lt-1"}}},
        {"Type": "AWS::EC2::Instance", "Properties": {"ImageId": {"Ref": "AWS::NoValue"}}},
        {"Type": "AWS::Batch::ComputeEnvironment", "Properties": {"ComputeResources": {"Type": "FARGATE"}}},
    ],
    ids=["other type", "no properties", "by launch template", "no value", "fargate"],
)
def test_what_names_no_image_launches_none_of_its_own(resource: dict[str, Any]) -> None:
    assert found({"One": resource}) == Launched({}, {})


@pytest.mark.vendor
@pytest.mark.parametrize("version", VERSIONS)
def test_every_image_of_the_vendors_templates_is_known(version: str) -> None:
    target = vendor_template(version)
    result = launched(target, {}, {"AWS::Region": "us-east-1"})
    own = launched(target, {"pCustomAmi": OTHER}, {"AWS::Region": "us-east-1"})

    assert len(result.images) == 1
    assert result.unknown == own.unknown == {}
    assert set(own.images) == {OTHER}
    assert {"ServicesLaunchTemplate", "WorkersLaunchTemplate", "BatchJobsComputeEnvironment"} <= set(
        *result.images.values()
    )
