# Files of generic packages, and of runs.
echo "1,2" > data.csv
curl --header "PRIVATE-TOKEN: $TOKEN" --upload-file data.csv "$TENON/projects/$PROJECT/packages/generic/churn/1.0.0/data.csv"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/packages/generic/churn/1.0.0/data.csv"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/packages?package_type=generic&package_name=churn"
PACKAGE=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/packages?package_name=churn" | jq -r '.[0].id')
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/packages/$PACKAGE"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/packages/$PACKAGE/pipelines"
curl --header "PRIVATE-TOKEN: $TOKEN" --output churn.zip "$TENON/projects/$PROJECT/packages/$PACKAGE/archive.zip"
FILE=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/packages/$PACKAGE/package_files" | jq -r '.[0].id')
curl --header "PRIVATE-TOKEN: $TOKEN" --upload-file data.csv "$TENON/projects/$PROJECT/packages/generic/churn/1.0.0/more.csv"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/packages/$PACKAGE/package_files/$FILE"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/packages/$PACKAGE"
RUN=$(curl --header "PRIVATE-TOKEN: $TOKEN" --json '{}' "$TENON/projects/$PROJECT/ml/mlflow/api/2.0/mlflow/runs/create" | jq -r .run.info.run_id)
curl --header "PRIVATE-TOKEN: $TOKEN" --upload-file data.csv "$TENON/projects/$PROJECT/packages/ml_models/candidate:$RUN/files/data.csv"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/packages/ml_models/candidate:$RUN/files/data.csv"
