# Whose CI jobs a project lets in.
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/job_token_scope"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PATCH --data "enabled=true" "$TENON/projects/$PROJECT/job_token_scope"
OTHER=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=Nightly jobs" "$TENON/projects" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" --data "target_project_id=$OTHER" "$TENON/projects/$PROJECT/job_token_scope/allowlist"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/job_token_scope/allowlist"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/job_token_scope/allowlist/$OTHER"
GROUP=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=CI" --data "path=ci-$OTHER" "$TENON/groups" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" --data "target_group_id=$GROUP" "$TENON/projects/$PROJECT/job_token_scope/groups_allowlist"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/job_token_scope/groups_allowlist"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/job_token_scope/groups_allowlist/$GROUP"
