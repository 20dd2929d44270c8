"""drf-spectacular, told to look at our lists and endpoints in place of view sets and serializers."""

from typing import Any, cast

from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.views import APIView

from api.openapi import headers, refusals, samples, shapes, words
from api.openapi.lists import Operation, operations

Schema = dict[str, Any]

SECURITY: dict[str, Schema] = {
    "PrivateToken": {
        "type": "apiKey",
        "in": "header",
        "name": "PRIVATE-TOKEN",
        "description": "As in GitLab.",
    },
    "Bearer": {"type": "http", "scheme": "bearer", "description": "As MLFLOW_TRACKING_TOKEN is sent."},
    "DeployToken": {"type": "apiKey", "in": "header", "name": "Deploy-Token", "description": "For deploy tokens."},
    "Basic": {"type": "http", "scheme": "basic", "description": "Any name, and the token as the password."},
}


class OperationSchema(AutoSchema):
    """One operation, in OpenAPI's words. What is not asked for here, drf-spectacular leaves out."""

    @property
    def operation(self) -> Operation:
        return cast(Line, self.view).operation

    @property
    def shapes(self) -> shapes.Shapes:
        return cast(Line, self.view).shapes

    def get_operation_id(self) -> str:
        return self.operation.name

    def get_summary(self) -> str:
        return words.summary(self.operation)

    def get_description(self) -> str:  # type: ignore[override]  # the stubs have DRF's own in mind
        shown = samples.shown(self.operation)
        return words.about(self.operation) + (f"\n\n{shown}" if shown else "")

    def get_tags(self) -> list[str]:
        return [words.area(self.operation)]

    def get_auth(self) -> list[Schema]:
        nobody: list[Schema] = [{}] if getattr(self.operation.endpoint, "anonymous", False) else []
        return nobody + [{name: []} for name in SECURITY]

    def get_extensions(self) -> Schema:
        source = samples.of(self.operation)
        return {"x-codeSamples": [{"lang": "Shell", "label": "curl", "source": source}]} if source else {}

    def _get_parameters(self) -> list[Schema]:
        found = []
        for part in self.operation.parts:
            schema, about = words.PARTS[part]
            found.append({"name": part, "in": "path", "required": True, "description": about, "schema": schema})
        if self.operation.asks_in_its_query:
            fields = self.shapes.fields(self.operation.endpoint.Params)
            found += [self._in_the_query(name, schema, required=required) for name, schema, required in fields]
        return found

    def _in_the_query(self, name: str, schema: Schema, *, required: bool) -> Schema:
        schema = shapes.in_a_query(schema)
        if schema.get("type") == "array" and self.operation.is_rest:
            name = f"{name}[]"
        return {"name": name, "in": "query", **({"required": True} if required else {}), "schema": schema}

    def _get_request_body(self, direction: str = "request") -> Schema | None:
        endpoint = self.operation.endpoint
        if not self.operation.has_a_body:
            return None
        if endpoint.takes:
            return {"required": True, "content": {"application/octet-stream": {}}}
        schema = self.shapes.whole(endpoint.Params)
        if not schema.get("properties"):
            return None
        content = {"application/json": {"schema": schema}}
        if self.operation.is_rest and shapes.is_flat(schema):
            content["application/x-www-form-urlencoded"] = {"schema": shapes.in_a_form(schema)}
        return {"content": content, **({"required": True} if schema.get("required") else {})}

    def _get_response_bodies(self, direction: str = "response") -> Schema:
        found: Schema = {}
        for status, told in shapes.answers(self.operation).items():
            found[str(status)] = self._answer(status, told)
            for refused in refusals.statuses(self.operation, told):
                name = refusals.component(self.operation, refused)
                found.setdefault(str(refused), {"$ref": f"#/components/responses/{name}"})
        if shapes.media_type(told) == "*/*":
            found["206"] = {**found["200"], "description": "The part of it that `Range` asks for."}
        return dict(sorted(found.items()))

    def _answer(self, status: int, told: Any) -> Schema:
        described = headers.of(self.operation, told)
        answer: Schema = {"description": headers.MEANINGS[status], **({"headers": described} if described else {})}
        if told is not None and self.method != "HEAD":
            media = shapes.media_type(told)
            answer["content"] = {media: {} if shapes.is_written(told) else {"schema": self.shapes.of(told)}}
        return answer


class Line(APIView):
    """What drf-spectacular takes for a view: one operation of the lists."""

    operation: Operation
    shapes: shapes.Shapes
    schema = OperationSchema()


class Lists(EndpointEnumerator):
    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[Any]:
        return [(one.address, one.address, one.method, one) for one in operations()]


class Generator(SchemaGenerator):
    endpoint_inspector_cls = Lists

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.shapes = shapes.Shapes(operations(), others=refusals.TYPES)

    def create_view(self, callback: Operation, method: str, request: Any = None) -> Line:
        return Line(operation=callback, shapes=self.shapes)

    def get_schema(self, request: Any = None, public: bool = True) -> Schema:
        written: Schema = super().get_schema(request=request, public=public)  # type: ignore[no-untyped-call]
        written["info"] |= {"title": words.TITLE, "description": words.ABOUT}
        written["tags"] = [{"name": name, "description": about} for name, about in words.TAGS.items()]
        written["components"] = {
            "headers": headers.components(),
            "responses": refusals.components(self.shapes),
            "securitySchemes": SECURITY,
        }
        written["components"]["schemas"] = self.shapes.used_in(written)
        return written
