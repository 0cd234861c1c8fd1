"""schema.py SCHEMA: reads a JSON list of documents from stdin, prints for each whether the schema takes it."""

import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
print(json.dumps([validator.is_valid(document) for document in json.load(sys.stdin)]))
