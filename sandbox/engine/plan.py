"""What an update would do, and whether it would do anything."""

from sandbox.engine import exports
from sandbox.engine.changes import Change, Side, compare
from sandbox.engine.errors import ValidationError
from sandbox.engine.lookup import Lookup, live, side
from sandbox.engine.state import Definition, Stack
from sandbox.engine.world import Region
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import Evaluator


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
    """Whether there is anything to do.

    A change of outputs, tags or notification topics is a change, without any of a resource; a new description or an
    unused parameter is none.
    """
    old = stack.state.definition
    if old is None or old.tags != definition.tags or old.notification_arns != definition.notification_arns:
        return True
    return bool(changes(region, stack, definition)) or outputs_change(region, stack, definition)


def outputs_change(region: Region, stack: Stack, definition: Definition) -> bool:
    """Whether the outputs would be others, the resources being as they are."""
    known = side(stack, definition)
    evaluated = Evaluator(known.body, known.parameters, known.pseudo, Lookup(region, stack))
    try:
        return exports.outputs(evaluated.outputs()) != stack.state.outputs
    except TemplateError:
        return True
