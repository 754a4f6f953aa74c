"""Exports between stacks: unique in account and region, and not to be changed or deleted while another stack uses them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Sequence

from sandbox.engine.state import Output, Stack
from sandbox.engine.world import Region
from sandbox.template.errors import TemplateError


def outputs(evaluated: dict[str, dict[str, object]]) -> tuple[Output, ...]:
    """A template's outputs as the stack keeps them. Raises TemplateError for a value that is no text."""
    return tuple(_output(name, node) for name, node in evaluated.items())


def _output(name: str, node: dict[str, object]) -> Output:
    export = node.get("Export")
    exported = export.get("Name") if isinstance(export, dict) else None
    value = node.get("Value")
    if isinstance(value, bool):
        value = str(value).lower()
    if not isinstance(value, str | int | float):
        raise TemplateError(
            f"Template format error: Output {name} is malformed. The Value field of every Outputs member must evaluate to a String."
        )
    description = node.get("Description")
    return Output(name, str(value), None if description is None else str(description), exported and str(exported))


def refuse(region: Region, stack: Stack, new: Sequence[Output]) -> None:
    """Refuse outputs that take away or change an export in use, or export a name another stack has.

    Raises:
        TemplateError: as CloudFormation words it.
    """
    names = {output.export: output.value for output in new if output.export}
    for output in stack.state.outputs:
        if output.export and names.get(output.export) != output.value:
            users = [user.name for user in region.importers(output.export) if user is not stack]
            if users:
                verb = "updated" if output.export in names else "deleted"
                raise TemplateError(f"Export {output.export} cannot be {verb} as it is in use by {' and '.join(users)}")
    exports = region.exports()
    for name in names:
        if name in exports and exports[name][1] is not stack:
            raise TemplateError(f"Export with name {name} is already exported by stack {exports[name][1].name}")
