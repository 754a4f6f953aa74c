"""Alarms, certificates and answers: where they can be read, where one can't, and where there is none."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox import certificates as authority
from tests.application import Application, serving
from tests.builders import entry, known, stack, template, unknown
from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.aws.acm import CERTIFICATE
from upgrade.facts.health import Answer, Certificate, VersionProbe
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.health import Health
from upgrade.facts.stack import Resource, Template
from upgrade.web import Web

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


# ---- the application -------------------------------------------------------------------------------------------------


def asking(world: World, server: Application, token: str = "", product: str = "codeocean", **health: Any) -> Health:
    """Reads that ask an application on loopback."""
    configured = entry(product=product, health={"addresses": [server.address("/health")], **health})
    return Health(replace(world.source(configured), web=Web(server.bundle, sandbox=True), token=token))


def application(folder: Path) -> Any:
    return serving(folder, authority.issue("127.0.0.1"))


def test_every_address_is_asked(world: World, tmp_path: Path) -> None:
    with application(tmp_path) as server:
        server.elsewhere["/api/health"] = 503
        addresses = [server.address("/health"), server.address("/api/health")]
        found = asking(world, server, addresses=addresses).answers(known(stack()))

    assert found.value == {addresses[0]: Answer(200, "", named=True), addresses[1]: Answer(503, "", named=True)}


def test_where_it_is_not_to_be_asked_from_here_nobody_is(world: World, tmp_path: Path) -> None:
    with application(tmp_path) as server:
        found = asking(world, server, from_here=False).answers(known(stack()))

    assert found.value == {}
    assert server.asked == []


def test_without_the_stack_it_is_not_known_what_to_ask(world: World, tmp_path: Path) -> None:
    with application(tmp_path) as server:
        assert isinstance(asking(world, server).answers(unknown()), Unknown)


def test_the_version_is_asked_by_two_requests_that_carry_the_token(world: World, tmp_path: Path) -> None:
    with application(tmp_path) as server:
        server.newest = "4.1.0"
        probe = asking(world, server, "cop_x").version_probe(known(stack()), known(template("v4.1.0"))).value
        address = server.address("/api/v1/custom_metadata")

    assert probe == VersionProbe(address, "4.1.0", Answer(200, ""), Answer(400, ""))
    assert [headers["Min-Server-Version"] for _, headers in server.asked] == ["4.1.0", "4.1.1"]
    assert {headers["Authorization"] for _, headers in server.asked} == {"Basic Y29wX3g6"}


def test_without_token_address_or_version_nobody_asks_for_it(world: World, tmp_path: Path) -> None:
    with application(tmp_path) as server:
        marked, unmarked = known(template("v4.1.0")), known(template("v4.1.0", Metadata={}))
        found = [
            asking(world, server).version_probe(known(stack()), marked),
            asking(world, server, "cop_x", from_here=False).version_probe(known(stack()), marked),
            asking(world, server, "cop_x").version_probe(known(stack()), unmarked),
            asking(world, server, "cop_x", product="generic").version_probe(known(stack()), marked),
        ]

    assert [each.value for each in found] == [None] * 4
    assert server.asked == []
