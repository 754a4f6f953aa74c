"""An answer that was cut off is none.

botocore takes for whole what came before the connection broke (it passes enforce_content_length=False to urllib3, see
botocore/httpsession.py): half of a JSON document becomes an answer without members, and a list in it is read as empty.
As an error of the connection it is retried like any other. What is streamed botocore compares by itself.
"""

from typing import Any

from botocore.exceptions import ResponseStreamingError
from botocore.httpsession import URLLib3Session

_send = URLLib3Session.send


def install() -> None:
    """Stand behind every client of this process from now on, whoever made it."""
    URLLib3Session.send = _whole


def remove() -> None:
    """Leave botocore as it was."""
    URLLib3Session.send = _send


def _whole(session: Any, request: Any) -> Any:
    """The answer to a request.

    Raises:
        ResponseStreamingError: fewer bytes came than were announced.
    """
    answer = _send(session, request)
    announced = answer.headers.get("Content-Length", "")
    if request.stream_output or request.method == "HEAD" or not announced.isdecimal():
        return answer
    if len(answer.content) < int(announced):
        raise ResponseStreamingError(error=f"the answer was cut off: {len(answer.content)} of {announced} bytes came")
    return answer
