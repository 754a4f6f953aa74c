"""The deployment role is that of the target version, as it is live and not only as its stack says.

The vendor publishes the role's template beside each release and asks to update it before every upgrade: a missing
permission fails the update half-way.
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product, load, parse_version
from upgrade.config.region import url_suffix
from upgrade.errors import CannotTell
from upgrade.facts.services import DeployRole, LinkedStack
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template
from upgrade.rules.grants import denied, missing
from upgrade.rules.policies import declared_statements
from upgrade.template.resolve import Resolver


@check(
    id="deploy-role-is-current",
    title="The deployment role has the target's version and grants what its template grants",
    severity=Severity.BLOCKER,
    why="A role of an older version lacks a permission, and the update fails half-way and rolls back.",
    remedy="Upgrade the role's stack first: it is an entry of its own, `pytest --stack ROLE --upgrade`.",
    requirements=("URS-03",),
    references=("https://docs.codeocean.com/admin-guide/deployment-guide/deployment-iam-role",),
)
def check_deploy_role_is_current(before: Snapshot, entry: StackEntry, product: Product) -> None:
    role = before.deploy_role.value
    if role is None:
        _without_role(before, entry, product)
        return
    wanted = product.version_of(before.target.value)
    version = product.version_of(role.linked.template) if role.linked else None
    if role.linked and version:
        source, findings = role.linked.template, _version(role.linked, version, wanted)
    elif role.published:  # without a mark it is measured by what the target's role template grants
        source, findings = role.published.value, []
    else:
        raise CannotTell(f"role {role.name} carries no version mark, and the target's role template is not known")
    blocking, told = _grants(role, source, entry)
    fail(findings + blocking, told + _other_role(before, entry, role))


def _without_role(before: Snapshot, entry: StackEntry, product: Product) -> None:
    used = entry.service_role_arn or before.stack.value.role_arn or ""
    named = load(product.deploy_role_product).role_name if product.deploy_role_product else ""
    if not named or used.rpartition("/")[2] != named:
        not_applicable(f"no deployment role is configured, and CloudFormation uses {used or 'the role of the caller'}")
    fail(
        [
            Finding(
                found=f"CloudFormation uses {used}, and no deploy_role is configured",
                expected="the entry of the role's stack, or the role itself",
                remedy=f"write under [stacks.{entry.name}]",
                physical_id=used,
                property="deploy_role",
                paste=f'deploy_role = {{ role = "{used}" }}',
            )
        ]
    )


def _version(linked: LinkedStack, version: str, wanted: str | None) -> list[Finding]:
    have, need = parse_version(version), parse_version(wanted or "")
    if version == wanted or (have is not None and need is not None and have >= need):
        return []
    return [
        Finding(
            found=f"role stack {linked.stack.name} has version {version}",
            expected=f"at least version {wanted}, the target's",
            remedy="upgrade it first",
            physical_id=linked.stack.arn,
            paste=f"pytest --stack {linked.entry} --to={wanted} --upgrade",
        )
    ]


def _grants(role: DeployRole, source: Template, entry: StackEntry) -> tuple[list[Finding], list[Finding]]:
    pseudo = {
        "AWS::AccountId": entry.account_id,
        "AWS::Region": entry.region,
        "AWS::Partition": role.arn.split(":")[1],
        "AWS::URLSuffix": url_suffix(entry.region),
    }
    parameters = role.linked.stack.parameters if role.linked else {}
    if role.linked:
        pseudo |= {"AWS::StackName": role.linked.stack.name, "AWS::StackId": role.linked.stack.arn}
    wanted = declared_statements(source.body, Resolver(source, parameters, pseudo))
    certain, possible = denied(wanted, role.statements)
    lacks = [f"does not grant {line}" for line in missing(wanted, role.statements)] + [
        f"has {line}" for line in certain
    ]
    return [_finding(role, line, source) for line in lacks], [
        _finding(role, f"has {line}", source) for line in possible
    ]


def _finding(role: DeployRole, line: str, source: Template) -> Finding:
    return Finding(
        found=f"role {role.name} {line}",
        expected=f"a role that grants all that its template does ({source.source})",
        remedy="somebody changed the role by hand: take that back, or update the role's stack so that it grants this again",
        physical_id=role.arn,
    )


def _other_role(before: Snapshot, entry: StackEntry, role: DeployRole) -> list[Finding]:
    used = entry.service_role_arn or before.stack.value.role_arn
    if used in {None, role.arn}:
        return []
    return [
        Finding(
            found=f"CloudFormation will use {used}, which is not the deploy_role that was checked",
            expected=f"{role.arn}, as configured in deploy_role",
            remedy="make sure that it grants as much; to use the other one set service_role_arn, which the stack then keeps",
            physical_id=used or "",
        )
    ]
