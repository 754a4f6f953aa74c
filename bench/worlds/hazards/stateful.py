"""The database and what else holds data."""

from bench.worlds import blocks, warns
from bench.worlds.hands import grow, install, modify_database, resource, target
from sandbox.scenarios.stage import Stage


@blocks("The database has grown, the parameter has not.", 'pRdsAllocatedStorage = "actual"', scenario="rds-autoscaled")
def database_grown(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The configured storage is a little above the actual one, which RDS refuses.", "AnalyticsDBInstance", "10 %")
def database_raised_too_little(stage: Stage) -> None:
    grow(stage, 60)
    stage.configure("stacks.demo.parameters", pRdsAllocatedStorage=63)


@blocks("The database can grow no further.", "AnalyticsDBInstance", scenario="rds-at-maximum")
def database_at_maximum(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The database's storage is still being optimized.", "optimiz", scenario="rds-optimizing")
def database_optimizing(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The database is stopped, and the plan changes it.", "AnalyticsDBInstance", "stopped")
def database_stopped(stage: Stage) -> None:
    _stop_database(stage)
    stage.configure("stacks.demo.parameters", pRdsInstanceType="db.t4g.medium")


@warns("The database is stopped; the plan leaves it alone.", "AnalyticsDBInstance", "stopped")
def database_stopped_untouched(stage: Stage) -> None:
    _stop_database(stage)


def _stop_database(stage: Stage) -> None:
    stage.client("rds").stop_db_instance(DBInstanceIdentifier=stage.physical_id("AnalyticsDBInstance"))


@warns("The database is nearly full.", "AnalyticsDBInstance", "free")
def database_nearly_full(stage: Stage) -> None:
    free = {
        "MetricName": "FreeStorageSpace",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": stage.physical_id("AnalyticsDBInstance")}],
        "Value": 1024.0**3,
        "Unit": "Bytes",
    }
    stage.client("cloudwatch").put_metric_data(Namespace="AWS/RDS", MetricData=[free])


@blocks("The target makes the data volume smaller.", "DataVolume", "400")
def volume_shrunk(stage: Stage) -> None:
    target(stage, {"      Size: 500\n": "      Size: 400\n"})


@blocks("The data volume was enlarged by hand; nobody has said so.", "DataVolume", "enlarged_volume")
def volume_enlarged(stage: Stage) -> None:
    stage.client("ec2").modify_volume(VolumeId=stage.physical_id("DataVolume"), Size=600)


@blocks("The target pins an older engine than the one that runs.", "AnalyticsDBInstance", "16.9")
def engine_taken_back(stage: Stage) -> None:
    modify_database(stage, EngineVersion="16.9")
    target(stage, {'      EngineVersion: "16"\n': '      EngineVersion: "16.4"\n'})


@warns("The target's search engine is past its end of support.", "Search", "support")
def engine_unsupported(stage: Stage) -> None:
    search = """
  Search:
    Type: AWS::OpenSearchService::Domain
    Properties:
      EngineVersion: Elasticsearch_5.6
      ClusterConfig: { InstanceType: t3.small.search, InstanceCount: 1 }
      EBSOptions: { EBSEnabled: true, VolumeSize: 20 }
"""
    install(stage, resource(search))


@blocks("The key of the backup vault is disabled.", "key", "codeocean-v1", "disabled")
def key_disabled(stage: Stage) -> None:
    stage.client("kms").disable_key(KeyId=stage.physical_id("BackupKMSKey"))


@blocks("The key of the backup vault will be deleted next week.", "key", "codeocean-v1", "delet")
def key_about_to_be_deleted(stage: Stage) -> None:
    stage.client("kms").schedule_key_deletion(KeyId=stage.physical_id("BackupKMSKey"), PendingWindowInDays=7)


@blocks("The database's password is scheduled for deletion.", "analytics/master-password-0", "delet")
def secret_about_to_be_deleted(stage: Stage) -> None:
    stage.client("secretsmanager").delete_secret(SecretId=stage.physical_id("AnalyticsDBMasterPassword"))
