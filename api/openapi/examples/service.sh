# The service itself, and what it makes of Markdown.
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/version"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/metadata"
curl "$TENON/openapi.json"
curl "$TENON/openapi.yaml"
curl --header "PRIVATE-TOKEN: $TOKEN" --data-urlencode "text=# Churn, *again*" "$TENON/markdown"
