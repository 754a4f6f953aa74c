"""The database: storage as AWS's handler treats it, and the properties moto's CloudFormation loses."""

from typing import Any

import pytest

from sandbox.knobs import Knobs
from sandbox.providers.base import Gone, HandlerError
from tests.sandbox.providers.resource import Resource, aws


def database(subnets: list[str], group: Resource, **values: Any) -> Resource:
    subnet_group = Resource(
        "AWS::RDS::DBSubnetGroup", {"DBSubnetGroupDescription": "db", "SubnetIds": subnets}, "DBSubnets"
    )
    parameters = {"Description": "d", "Family": "postgres15", "Parameters": {"shared_preload_libraries": "pg_stat"}}
    parameter_group = Resource("AWS::RDS::DBParameterGroup", parameters, "DBParameters")
    properties = {
        "AllocatedStorage": "20",
        "MaxAllocatedStorage": 100,
        "DBInstanceClass": "db.t3.medium",
        "Engine": "postgres",
        "EngineVersion": "15",
        "StorageType": "gp3",
        "StorageEncrypted": "true",
        "MultiAZ": True,
        "DeletionProtection": False,
        "AllowMajorVersionUpgrade": True,
        "AutoMinorVersionUpgrade": True,
        "BackupRetentionPeriod": 7,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "MasterUsername": "analytics",
        "MasterUserPassword": "not-a-secret-123",
        "DBSubnetGroupName": subnet_group.id,
        "DBParameterGroupName": parameter_group.id,
        "VPCSecurityGroups": [group.id],
        "Tags": [{"Key": "app", "Value": "shop"}],
    }
    return Resource("AWS::RDS::DBInstance", {**properties, **values}, "AnalyticsDB")


def modify(resource: Resource, **values: Any) -> None:
    aws("rds").modify_db_instance(DBInstanceIdentifier=resource.id, ApplyImmediately=True, **values)


@pytest.fixture
def db(subnets: list[str], group: Resource) -> Resource:
    return database(subnets, group)


def describe(resource: Resource) -> dict[str, Any]:
    found: dict[str, Any] = aws("rds").describe_db_instances(DBInstanceIdentifier=resource.id)["DBInstances"][0]
    return found


def test_created_as_wanted(db: Resource) -> None:
    live = describe(db)
    assert db.id.startswith("shop-analyticsdb-")
    assert (live["AllocatedStorage"], live["MaxAllocatedStorage"], live["StorageEncrypted"]) == (20, 100, True)
    assert live["DBSubnetGroup"]["DBSubnetGroupName"].startswith("shop-dbsubnets-")
    assert db.drift() == {}
    assert db.attributes["Endpoint.Address"] == live["Endpoint"]["Address"]
    assert db.attributes["Endpoint.Port"] == live["Endpoint"]["Port"]
    assert db.attributes["DBInstanceArn"] == live["DBInstanceArn"]
    assert {"Key": "team", "Value": "research"} in live["TagList"]


def test_storage_grown_outside_drifts_and_is_kept_while_the_parameter_stays(db: Resource) -> None:
    modify(db, AllocatedStorage=60)
    assert db.drift() == {"AllocatedStorage": 60}
    db.update(DBInstanceClass="db.t3.large")
    assert describe(db)["AllocatedStorage"] == 60
    assert describe(db)["DBInstanceClass"] == "db.t3.large"


def test_changed_storage_is_sent_exactly_and_refused_below_the_actual(db: Resource) -> None:
    modify(db, AllocatedStorage=60)
    with pytest.raises(HandlerError) as refused:
        db.update(AllocatedStorage="40")
    assert "Requested storage size (40) cannot be smaller than current storage size (60)" in refused.value.message
    assert "(Service: Rds, Status Code: 400, Request ID: " in refused.value.message
    assert refused.value.code == "InvalidRequest"
    db.update(AllocatedStorage="60")
    assert db.drift() == {}


def told(resource: Resource) -> list[str]:
    found = aws("rds").describe_events(SourceIdentifier=resource.id, SourceType="db-instance", Duration=360)["Events"]
    return [event["Message"] for event in found if "storage" in event["Message"]]


def test_storage_raised_by_cloudformation_is_told_and_optimized(db: Resource, knobs: Knobs) -> None:
    knobs.optimize_delay = 3600
    try:
        db.update(DBInstanceClass="db.t3.large")
        assert told(db) == []
        db.update(AllocatedStorage="40")
        assert describe(db)["DBInstanceStatus"] == "storage-optimization"
        db.update(DBInstanceClass="db.t3.medium")
        with pytest.raises(HandlerError, match="the previous storage change is being optimized") as refused:
            db.update(AllocatedStorage="60")
        assert refused.value.code == "InvalidRequest"
    finally:
        knobs.optimize_delay = 0
    assert told(db) == [
        "Applying modification to allocated storage",
        "Finished applying modification to allocated storage",
    ]


def test_a_raise_below_ten_percent_is_refused(db: Resource) -> None:
    with pytest.raises(HandlerError, match=r"Invalid storage size for engine name postgres and storage type gp3: 21"):
        db.update(AllocatedStorage="21")


def test_rollback_takes_the_largest(db: Resource) -> None:
    db.update(AllocatedStorage="40")
    db.update(rollback=True, AllocatedStorage="20")
    assert describe(db)["AllocatedStorage"] == 40


def test_changes_outside_are_seen(db: Resource) -> None:
    modify(db, DBInstanceClass="db.m5.large", MaxAllocatedStorage=200, EngineVersion="15.8")
    assert db.drift() == {"DBInstanceClass": "db.m5.large", "MaxAllocatedStorage": 200}
    modify(db, EngineVersion="16.1")
    assert db.drift()["EngineVersion"] == "16.1"


def test_identity_is_each_instances_own(db: Resource, subnets: list[str], group: Resource) -> None:
    other = database(subnets, group)
    assert describe(db)["DbiResourceId"] != describe(other)["DbiResourceId"]
    assert db.attributes["DbiResourceId"] == describe(db)["DbiResourceId"]


def test_tags_are_carried(db: Resource) -> None:
    db.update(Tags=[{"Key": "protected", "Value": "true"}])
    live = {tag["Key"]: tag["Value"] for tag in describe(db)["TagList"]}
    assert live["protected"] == "true"
    assert "app" not in live
    assert live["team"] == "research"
    assert db.drift() == {}


def test_deletion_protection_is_kept(subnets: list[str], group: Resource) -> None:
    protected = database(subnets, group, DeletionProtection=True)
    with pytest.raises(HandlerError, match="Cannot delete protected DB Instance"):
        protected.delete()
    protected.update(DeletionProtection=False)
    protected.delete()
    with pytest.raises(Gone):
        protected.read()
    protected.delete()


def test_parameter_group_follows(subnets: list[str], group: Resource) -> None:
    parameters = {"Description": "d", "Family": "postgres15", "Parameters": {"log_statement": "all"}}
    resource = Resource("AWS::RDS::DBParameterGroup", parameters)
    assert resource.drift() == {}
    resource.update(Parameters={"log_statement": "ddl"})
    found = aws("rds").describe_db_parameters(DBParameterGroupName=resource.id)["Parameters"]
    assert [item["ParameterValue"] for item in found if item["ParameterName"] == "log_statement"] == ["ddl"]
    resource.delete()
    with pytest.raises(Gone):
        resource.read()


def test_subnet_group_follows(subnets: list[str]) -> None:
    resource = Resource("AWS::RDS::DBSubnetGroup", {"DBSubnetGroupDescription": "db", "SubnetIds": subnets[:1]})
    assert resource.drift() == {}
    resource.update(SubnetIds=subnets)
    assert resource.drift() == {}
    assert set(resource.read()["SubnetIds"]) == set(subnets)
    resource.delete()
    with pytest.raises(Gone):
        resource.read()
