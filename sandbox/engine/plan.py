"""What an update would do, and whether it would do anything."""

from sandbox.engine import exports
from sandbox.engine.changes import Change, Side, compare
from sandbox.engine.errors import ValidationError
from sandbox.engine.lookup import evaluator, live, side
from sandbox.engine.state import Definition, Stack
from sandbox.engine.world import Region
from sandbox.template.errors import TemplateError


def changes(region: Region, stack: Stack, definition: Definition) -> tuple[Change, ...]:
    """The changes of the stack's resources. Raises ValidationError."""
    state = stack.state
    new = side(stack, definition)
    old = side(stack, state.definition) if state.definition else Side({"Resources": {}}, {}, {}, new.pseudo)
    try:
        return compare(old, new, live(state), {name: value for name, (value, _) in region.exports().items()})
    except TemplateError as error:
        raise ValidationError(error.message) from None


def has_changes(region: Region, stack: Stack, definition: Definition) -> bool:
    """Whether there is anything to do."""
    return changes_more(region, stack, definition) or bool(changes(region, stack, definition))


def changes_more(region: Region, stack: Stack, definition: Definition) -> bool:
    """Whether anything changes that is no resource: tags, notification topics or outputs.

    A new description or an unused parameter is no change.
    """
    old = stack.state.definition
    if old is None or old.tags != definition.tags or old.notification_arns != definition.notification_arns:
        return True
    evaluated, _ = evaluator(region, stack, definition)
    try:
        return exports.outputs(evaluated.outputs()) != stack.state.outputs
    except TemplateError:
        return True
