"""Alarms and certificates: where they can be read, where one can't, and where there is none."""

from tests.builders import entry, known, stack, template, unknown
from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.aws.acm import CERTIFICATE
from upgrade.facts.health import Certificate
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.health import Health
from upgrade.facts.stack import Resource, Template

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


def health(world: World) -> Health:
    return Health(world.source(entry(product="generic")))


def resources(*found: tuple[str, str, str]) -> Known[tuple[Resource, ...]]:
    rows = [("Topic", "arn:topic", "AWS::SNS::Topic"), *found]
    return known(tuple(Resource(*row, "UPDATE_COMPLETE") for row in rows))


def listening(*certificates: object) -> Known[Template]:
    rows = [{"CertificateArn": each} for each in certificates]
    return known(template(Resources={"Https": {"Type": LISTENER, "Properties": {"Certificates": rows}}}))


def certificates(world: World, target: Fact[Template], *found: tuple[str, str, str]) -> dict[str, Fact[Certificate]]:
    read = health(world).certificates(resources(*found), target, known(stack()))
    return dict(read.value)


def test_every_alarm_of_the_stack_is_read(world: World) -> None:
    found = health(world).alarms(resources(("Cpu", things.alarm(world, "ALARM"), ALARM), ("Disk", "gone", COMPOSITE)))

    assert {name: each.state for name, each in found.value.items()} == {"Cpu": "ALARM", "Disk": ""}


def test_where_there_is_no_alarm_nobody_is_asked(world: World) -> None:
    world.fail("DescribeAlarms", "denied")

    assert health(world).alarms(resources()).value == {}


def test_an_alarm_that_may_not_be_read_is_none_that_is_quiet(world: World) -> None:
    name = things.alarm(world)
    world.fail("DescribeAlarms", "denied")
    found = health(world).alarms(resources(("Cpu", name, ALARM)))

    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, "cloudwatch:DescribeAlarms")


def test_the_stacks_own_and_those_its_target_shows_are_read_once_each(world: World) -> None:
    own, named = things.certificate(world), things.certificate(world)
    found = certificates(world, listening(named, {"Ref": "Own"}), ("Own", own, CERTIFICATE))

    assert {arn: each.value.arn for arn, each in found.items()} == {own: own, named: named}


def test_one_that_is_gone_blinds_no_other(world: World) -> None:
    named = things.certificate(world)
    gone = f"{named.rpartition('/')[0]}/00000000-0000-0000-0000-000000000000"
    found = certificates(world, listening(named, gone))

    assert isinstance(found[named], Known)
    absent = found[gone]
    assert isinstance(absent, Unknown)
    assert absent.reason is Reason.NOT_FOUND


def test_one_that_may_not_be_read_is_unknown(world: World) -> None:
    named = things.certificate(world)
    world.fail("DescribeCertificate", "denied")
    (found,) = certificates(world, listening(named)).values()

    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, "acm:DescribeCertificate")


def test_what_acm_does_not_keep_or_the_template_does_not_tell_is_not_asked_for(world: World) -> None:
    server = "arn:aws:iam::111122223333:server-certificate/old"
    found = certificates(world, listening(server, {"Fn::ImportValue": "certificate"}))

    assert found.keys() == {server, "Https"}
    assert all(isinstance(each, Unknown) and each.reason is Reason.NOT_ASKED for each in found.values())


def test_without_a_target_nothing_is_known(world: World) -> None:
    found = health(world).certificates(resources(), unknown(), known(stack()))

    assert isinstance(found, Unknown)
    assert found.reason is Reason.BLOCKED
