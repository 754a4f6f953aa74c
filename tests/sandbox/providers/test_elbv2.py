"""Load balancer, target group, listener and rules live in ELBv2."""

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws


@pytest.fixture
def balancer(subnets: list[str], group: Resource) -> Resource:
    wanted = {
        "Scheme": "internal",
        "Type": "application",
        "Subnets": subnets,
        "SecurityGroups": [group.id],
        "LoadBalancerAttributes": [
            {"Key": "idle_timeout.timeout_seconds", "Value": "4000"},
            {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": True},
        ],
        "Tags": [{"Key": "app", "Value": "shop"}],
    }
    return Resource("AWS::ElasticLoadBalancingV2::LoadBalancer", wanted, "ExternalLoadBalancer")


@pytest.fixture
def targets(vpc: Resource) -> Resource:
    wanted = {
        "Port": "8001",
        "Protocol": "HTTP",
        "VpcId": vpc.id,
        "HealthCheckPath": "/health",
        "HealthCheckPort": 8001,
        "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": 60}],
        "Tags": [{"Key": "app", "Value": "shop"}],
    }
    return Resource("AWS::ElasticLoadBalancingV2::TargetGroup", wanted, "TargetGroupWeb")


@pytest.fixture
def listener(balancer: Resource, targets: Resource) -> Resource:
    wanted = {
        "LoadBalancerArn": balancer.id,
        "Port": 80,
        "Protocol": "HTTP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": targets.id}],
    }
    return Resource("AWS::ElasticLoadBalancingV2::Listener", wanted)


def test_load_balancer(balancer: Resource, subnets: list[str]) -> None:
    assert balancer.drift() == {}
    assert balancer.id.endswith(balancer.attributes["LoadBalancerFullName"])
    assert balancer.attributes["LoadBalancerFullName"].startswith("app/shop-Externa")
    assert balancer.attributes["DNSName"].endswith("elb.amazonaws.com")
    assert balancer.attributes["CanonicalHostedZoneID"].startswith("Z")
    attribute = {"Key": "idle_timeout.timeout_seconds", "Value": "60"}
    aws("elbv2").modify_load_balancer_attributes(LoadBalancerArn=balancer.id, Attributes=[attribute])
    assert attribute in balancer.drift()["LoadBalancerAttributes"]
    balancer.update(Tags=[{"Key": "app", "Value": "store"}])
    assert balancer.drift() == {}
    balancer.delete()
    with pytest.raises(Gone):
        balancer.read()


def test_load_balancer_moves_its_groups(balancer: Resource, vpc: Resource) -> None:
    other = Resource("AWS::EC2::SecurityGroup", {"GroupDescription": "other", "VpcId": vpc.id})
    balancer.update(SecurityGroups=[other.id])
    [found] = aws("elbv2").describe_load_balancers(LoadBalancerArns=[balancer.id])["LoadBalancers"]
    assert found["SecurityGroups"] == [other.id]


def test_target_group(targets: Resource) -> None:
    assert targets.drift() == {}
    assert targets.id.endswith(targets.attributes["TargetGroupFullName"])
    aws("elbv2").modify_target_group(TargetGroupArn=targets.id, HealthCheckPath="/")
    assert targets.drift() == {"HealthCheckPath": "/"}
    targets.update(HealthCheckPath="/alive", HealthCheckPort="8002")
    assert targets.drift() == {}
    targets.delete()
    with pytest.raises(Gone):
        targets.read()


def test_target_group_with_targets_of_its_own(vpc: Resource) -> None:
    wanted = {"Port": 443, "Protocol": "HTTPS", "VpcId": vpc.id, "TargetType": "ip", "Targets": [{"Id": "10.9.0.9"}]}
    group = Resource("AWS::ElasticLoadBalancingV2::TargetGroup", wanted)
    group.update(Targets=[{"Id": "10.9.0.10"}])
    found = aws("elbv2").describe_target_health(TargetGroupArn=group.id)["TargetHealthDescriptions"]
    assert [item["Target"]["Id"] for item in found] == ["10.9.0.10"]


def test_listener(listener: Resource, targets: Resource) -> None:
    assert listener.drift() == {}
    redirect = {"Type": "redirect", "RedirectConfig": {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
    aws("elbv2").modify_listener(ListenerArn=listener.id, DefaultActions=[redirect])
    assert listener.drift()["DefaultActions"][0]["Type"] == "redirect"
    listener.update(DefaultActions=[redirect], Tags=[{"Key": "app", "Value": "shop"}])
    assert listener.drift() == {}
    listener.delete()
    with pytest.raises(Gone):
        listener.read()


def test_https_listener(balancer: Resource, targets: Resource) -> None:
    certificate = aws("acm").request_certificate(DomainName="shop.example.com")["CertificateArn"]
    wanted = {
        "LoadBalancerArn": balancer.id,
        "Port": 443,
        "Protocol": "HTTPS",
        "SslPolicy": "ELBSecurityPolicy-TLS-1-2-2017-01",
        "Certificates": [{"CertificateArn": certificate}],
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": targets.id}],
    }
    listener = Resource("AWS::ElasticLoadBalancingV2::Listener", wanted)
    assert listener.drift() == {}
    listener.update(SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert listener.drift() == {}


def test_rule(listener: Resource, targets: Resource) -> None:
    wanted = {
        "ListenerArn": listener.id,
        "Priority": "800",
        "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}],
        "Actions": [{"Type": "forward", "TargetGroupArn": targets.id}],
    }
    rule = Resource("AWS::ElasticLoadBalancingV2::ListenerRule", wanted)
    assert rule.drift() == {}
    assert rule.attributes["RuleArn"] == rule.id
    conditions = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/"]}}]
    aws("elbv2").modify_rule(RuleArn=rule.id, Conditions=conditions)
    assert rule.drift()["Conditions"][0]["PathPatternConfig"]["Values"] == ["/"]
    rule.update(Priority=801, Conditions=conditions, Tags=[{"Key": "app", "Value": "shop"}])
    assert rule.drift() == {}
    rule.delete()
    with pytest.raises(Gone):
        rule.read()
