"""The OpenAPI document as people read it: operations by topic, fields by name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

DEEPEST = 3


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body or an answer. `path` is dotted from the top."""

    path: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    example: str
    statuses: list[str]


@dataclass(frozen=True)
class Topic:
    name: str
    operations: list[Operation]


@dataclass(frozen=True)
class Document:
    title: str
    description: str
    topics: list[Topic]


def read_document(document: Schema) -> Document:
    reader = _Reader(document.get("components", {}).get("schemas", {}))
    topics: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            topic = next(iter(operation.get("tags", ())), "Other")
            topics.setdefault(topic, []).append(reader.operation(method, path, operation))
    info = document["info"]
    return Document(
        title=info["title"],
        description=info["description"],
        topics=[Topic(name, operations) for name, operations in topics.items()],
    )


class _Reader:
    """Follows references among the named schemas."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.schemas = schemas

    def operation(self, method: str, path: str, operation: Schema) -> Operation:
        body = self._content(operation.get("requestBody", {}))
        answers = operation.get("responses", {})
        done: Schema = next((answers[code] for code in answers if str(code).startswith("2")), {})
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path.removeprefix("/api/v1"),
            summary=operation.get("summary", ""),
            description=_plain(operation),
            parameters=[self._parameter(each) for each in operation.get("parameters", ())],
            body=self.fields(body),
            answer=self.fields(self._content(done)),
            example=_as_text(self.example(body)) if body else "",
            statuses=[str(code) for code in answers],
        )

    def _content(self, part: Schema) -> Schema:
        content: Schema = part.get("content", {}).get("application/json", {}).get("schema", {})
        return content

    def _parameter(self, parameter: Schema) -> Field:
        schema = parameter.get("schema", {})
        return Field(
            path=parameter["name"],
            kind=self.kind(schema),
            required=parameter.get("required", False),
            description=_plain(parameter) or _plain(schema),
        )

    def resolved(self, schema: Schema) -> Schema:
        """The schema behind a reference, or the one that isn't null of a choice."""
        if "$ref" in schema:
            named = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
            return {**self.resolved(named), **{k: v for k, v in schema.items() if k != "$ref"}}
        for key in ("anyOf", "allOf", "oneOf"):
            real = [each for each in schema.get(key, ()) if each.get("type") != "null"]
            if real:
                return {**self.resolved(real[0]), **{k: v for k, v in schema.items() if k != key}}
        return schema

    def fields(self, schema: Schema, prefix: str = "", depth: int = 1) -> list[Field]:
        schema = self.resolved(schema)
        if schema.get("type") == "array":
            return self.fields(schema.get("items", {}), f"{prefix}[]", depth)
        found = []
        for name, each in schema.get("properties", {}).items():
            path = f"{prefix}.{name}" if prefix else name
            required = name in schema.get("required", ())
            inner = self.resolved(each)
            found.append(Field(path, self.kind(each), required, _plain(inner)))
            if depth < DEEPEST:
                found += self._inside(inner, path, depth + 1)
        return found

    def _inside(self, schema: Schema, path: str, depth: int) -> list[Field]:
        if schema.get("type") == "array":
            return self.fields(schema.get("items", {}), f"{path}[]", depth)
        values = schema.get("additionalProperties")
        if isinstance(values, dict):
            return self.fields(values, f"{path}.KEY", depth)
        return self.fields(schema, path, depth)

    def kind(self, schema: Schema) -> str:
        """What the value is, in a word or two."""
        resolved = self.resolved(schema)
        if "enum" in resolved:
            return " | ".join(str(value) for value in resolved["enum"])
        kind = resolved.get("format") or resolved.get("type") or "any"
        if isinstance(kind, list):
            kind = " or ".join(kind)
        if kind == "array":
            return f"list of {self.kind(resolved.get('items', {}))}"
        nullable = any(each.get("type") == "null" for each in schema.get("anyOf", ()))
        return f"{kind} or null" if nullable else str(kind)

    def example(self, schema: Schema, depth: int = 1) -> Any:
        """A body with the required fields, made up from the schema."""
        schema = self.resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        if kind == "object" and depth <= DEEPEST:
            properties = schema.get("properties", {})
            shown = schema.get("required") or list(properties)[:3]
            return {name: self.example(properties[name], depth + 1) for name in shown}
        if kind == "array":
            return [self.example(schema.get("items", {}), depth + 1)] if depth <= DEEPEST else []
        return {"integer": 1, "number": 1, "boolean": True, "object": {}}.get(str(kind), "…")


def _plain(part: Schema) -> str:
    """Its description without the marks of code, which people read past."""
    return str(part.get("description") or "").replace("`", "")


def _as_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
