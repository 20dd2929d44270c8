"""What all endpoints of both dialects take and answer, in OpenAPI 3.1, read from the classes that are the endpoints.

drf-spectacular writes the document; this package tells it where to look: `lists` for the addresses, `shapes` for the
types, `refusals` for what is refused, `words` for what no class says by itself, `examples/` for what is shown and, in
the tests, run. `document` keeps what was written. Nothing here is imported before somebody asks for the document.
"""
