"""Actions on drift."""

from moto.core.responses import ActionResult

from sandbox.api import views
from sandbox.api.face import Face
from sandbox.engine import drift
from sandbox.engine.errors import ValidationError

DEFAULT_PAGE = 100


class Drifts(Face):
    """Drift detection."""

    def detect_stack_drift(self) -> ActionResult:
        begun = drift.detect(self._cloudformation, self._asked["StackName"], self._asked.get("LogicalResourceIds", ()))
        return self._answer(StackDriftDetectionId=begun.id)

    def detect_stack_resource_drift(self) -> ActionResult:
        stack, row = drift.detect_resource(
            self._cloudformation, self._asked["StackName"], self._asked["LogicalResourceId"]
        )
        return self._answer(StackResourceDrift=views.drift(stack, row))

    def describe_stack_drift_detection_status(self) -> ActionResult:
        identity = self._asked["StackDriftDetectionId"]
        found = self._cloudformation.detections.get(identity)
        if found is None:
            raise ValidationError(f"Drift detection {identity} does not exist")
        return self._answer(
            StackId=found.stack.id,
            StackDriftDetectionId=found.id,
            StackDriftStatus=found.stack_status,
            DetectionStatus=found.status,
            DetectionStatusReason=found.reason,
            DriftedStackResourceCount=found.drifted,
            Timestamp=found.at,
        )

    def describe_stack_resource_drifts(self) -> ActionResult:
        stack = self._cloudformation.stack(self._asked["StackName"], "Stack [{}] does not exist")
        wanted = self._asked.get("StackResourceDriftStatusFilters")
        rows = [
            views.drift(stack, row)
            for _, row in sorted(stack.state.existing.items())
            if row.drift and (not wanted or row.drift.status in wanted)
        ]
        size = min(int(self._asked.get("MaxResults", DEFAULT_PAGE)), self._world.knobs.page)
        page, token = self._page(rows, size)
        return self._answer(StackResourceDrifts=page, NextToken=token)
