# Builds an image of MLflow that keeps its data in PostgreSQL. docker-compose.yml runs it.
# `npm start` installs the same version of MLflow.
FROM python:3.12-slim
RUN pip install --no-cache-dir mlflow==3.17.2 psycopg2-binary==2.9.11
# A named volume gets the owner of the folder that it covers.
RUN useradd --create-home mlflow && mkdir /artifacts && chown mlflow:mlflow /artifacts
USER mlflow
WORKDIR /home/mlflow
EXPOSE 5000
