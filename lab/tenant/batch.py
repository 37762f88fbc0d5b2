"""`$batch`: up to 20 requests in one, each with its own status, headers and throttling [graph §1.6]."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lab.tenant import errors
from lab.tenant.reply import JSON, Reply, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.tenant.graph import Graph
    from lab.tenant.request import GraphRequest

MAXIMUM = 20

_FAILED = 400


class _Headers(dict[str, str]):
    """Headers of an inner request, looked up without regard to case."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__({name.lower(): str(value) for name, value in values.items()})

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 (dict's own signature)
        return super().get(key.lower(), default)


def answer(graph: Graph, asked: GraphRequest) -> Reply:
    """Answer every item in order of dependence; a failed dependence gives 424 to those that wait for it."""
    items = _items(asked.body)
    done: dict[str, dict[str, object]] = {}
    for item in items:
        waits_for = item.get("dependsOn", [])
        if any(name not in done for name in waits_for):
            raise _wrong("The dependsOn attribute must refer to a request before it.")
        if any(int(str(done[name]["status"])) >= _FAILED for name in waits_for):
            done[item["id"]] = _failed_dependence(item["id"])
        else:
            done[item["id"]] = _answered(graph, asked, item)
    return Reply(200, to_json({"responses": list(done.values())}), {"Content-Type": JSON})


def _items(body: bytes) -> list[dict[str, Any]]:
    try:
        items = json.loads(body)["requests"]
        names = [item["id"] for item in items]
        complete = all(isinstance(item["method"], str) and isinstance(item["url"], str) for item in items)
    except (ValueError, TypeError, KeyError) as error:
        raise _wrong("Invalid batch payload format.") from error
    if not complete or not all(isinstance(name, str) and name for name in names):
        raise _wrong("Invalid batch payload format.")
    if len(items) > MAXIMUM:
        raise _wrong(f"Number of batch request steps exceeds the maximum value of '{MAXIMUM}'.")
    if len(set(names)) < len(names):
        raise _wrong("Request id must be unique within a batch.")
    return list(items)


def _answered(graph: Graph, asked: GraphRequest, item: dict[str, Any]) -> dict[str, object]:
    headers = _Headers(item.get("headers", {}))
    if "$batch" in item["url"]:
        raise _wrong("A batch must not contain a batch.")
    target = f"/{asked.version}/{item['url'].lstrip('/')}"
    reply = graph.answer_as(asked.bearer, item["method"].upper(), target, headers)
    shown = {name: value for name, value in reply.headers.items() if name in ("Content-Type", "Retry-After")}
    return {
        "id": item["id"],
        "status": reply.status,
        "headers": {**shown, "OData-Version": "4.0"},
        "body": _inner_body(reply),
    }


def _inner_body(reply: Reply) -> object:
    """Return the body as JSON; a raw count is a number there (no document shows one inside a batch)."""
    return json.loads(reply.plain())


def _failed_dependence(name: str) -> dict[str, object]:
    return {
        "id": name,
        "status": 424,
        "headers": {"Content-Type": JSON},
        "body": {"error": {"code": "FailedDependency", "message": "A request this one depends on has failed."}},
    }


def _wrong(message: str) -> errors.GraphError:
    return errors.malformed(message)
