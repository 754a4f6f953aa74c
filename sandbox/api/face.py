"""What every group of actions needs: the parsed request, the engine, pages.

moto's BaseResponse owns names such as `body`, `path` and `region`, and takes every public method for an action: helpers
begin with an underscore.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from moto.core.responses import ActionResult, BaseResponse

from sandbox.engine.errors import ValidationError
from sandbox.engine.world import Region, World

T = TypeVar("T")


class Face(BaseResponse):  # type: ignore[misc]  # moto ships no types
    """Base of the groups of actions."""

    _world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    @property
    def _asked(self) -> dict[str, Any]:
        """The request, in the service model's names."""
        parsed: dict[str, Any] = self.params
        return parsed

    @property
    def _cloudformation(self) -> Region:
        """The engine, for the caller's account and region."""
        return self._world.region(self.current_account, self.region)

    @property
    def _lag(self) -> float:
        return self._world.knobs.lag

    @property
    def _scatter(self) -> float:
        return self._world.knobs.scatter

    def _answer(self, **members: Any) -> ActionResult:
        """The answer, without what is None."""
        return ActionResult({name: value for name, value in members.items() if value is not None})

    def _page(self, rows: Sequence[T], size: int | None = None) -> tuple[list[T], str | None]:
        """The page that NextToken asks for, and the token of the one after it."""
        token = self._asked.get("NextToken")
        if token is not None and not str(token).isdecimal():
            raise ValidationError(f"Invalid NextToken: {token}")
        begin = int(token or 0)
        end = begin + (size or self._world.knobs.page)
        return list(rows[begin:end]), str(end) if end < len(rows) else None
