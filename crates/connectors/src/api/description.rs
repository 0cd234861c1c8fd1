//! The OpenAPI 3.1 document: what the handlers say of themselves, and the documents of `platen_job`.

use super::wire::ApiProblem;
use axum::body::Bytes;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Info, License, OpenApi, OpenApiBuilder, Ref, RefOr, Schema,
    SecurityRequirement,
};
use utoipa::{PartialSchema, ToSchema};

const TOKEN: &str = "token";
const DEFINITIONS: &str = "#/$defs/";
const SCHEMAS: &str = "#/components/schemas/";
const DOCUMENT: &str = "Document";

/// A document in JSON; its schema is [`platen_job::document_schema`].
pub(super) struct Document;

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        Ref::from_schema_name(DOCUMENT).into()
    }
}

impl ToSchema for Document {
    fn name() -> Cow<'static, str> {
        DOCUMENT.into()
    }
}

/// A text that is not empty.
pub(super) struct Text;

/// A file that is not empty.
pub(super) struct File;

impl PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).into()
    }
}

impl ToSchema for Text {}

impl PartialSchema for File {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let bytes = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
        bytes.min_length(Some(1)).into()
    }
}

impl ToSchema for File {}

/// What stands above the paths.
pub(super) fn heading() -> OpenApi {
    let mut info = Info::new("Platen", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Prints on the receipt printers of this till: a job is stored before it is answered, printed once for each key, and \
         never said to be on paper without evidence."
            .into(),
    );
    info.license = Some(License::new("MIT OR Apache-2.0"));
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("Shown once by `platenctl connectors api --new-token`."))
        .build();
    let components = ComponentsBuilder::new()
        .security_scheme(TOKEN, SecurityScheme::Http(token))
        .schema(ApiProblem::name(), ApiProblem::schema())
        .build();
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new(TOKEN, Vec::<String>::new())]))
        .build()
}

/// The document as it is served.
pub(super) fn text(openapi: OpenApi) -> Bytes {
    let mut openapi = serde_json::to_value(openapi).unwrap_or_default();
    add_problems(&mut openapi);
    add_documents(&mut openapi);
    serde_json::to_vec(&openapi).unwrap_or_default().into()
}

/// Every operation may say that something is wrong, and says it in one way.
fn add_problems(openapi: &mut Value) {
    let problem = json!({
        "description": "Something is wrong; `detail` says what.",
        "content": {"application/problem+json": {"schema": {"$ref": format!("{SCHEMAS}Problem")}}},
    });
    let paths = openapi["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(responses) = operation["responses"].as_object_mut() {
            responses.insert("default".into(), problem.clone());
        }
    }
}

/// The documents' own schema, its definitions among the others.
fn add_documents(openapi: &mut Value) {
    let mut schema = platen_job::document_schema();
    moved(&mut schema);
    let Some(fields) = schema.as_object_mut() else { return };
    let definitions = fields.remove("$defs");
    fields.remove("$schema");
    let Some(schemas) = openapi["components"]["schemas"].as_object_mut() else { return };
    schemas.insert(DOCUMENT.into(), schema);
    for (name, mut definition) in
        definitions.as_ref().and_then(Value::as_object).cloned().into_iter().flatten()
    {
        // What no document has is left out, and named in the job's notes.
        definition.as_object_mut().map(|fields| fields.remove("additionalProperties"));
        schemas.insert(name, definition);
    }
}

/// Has references point to where the definitions will stand.
fn moved(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(to)) = fields.get_mut("$ref")
                && let Some(name) = to.strip_prefix(DEFINITIONS)
            {
                *to = format!("{SCHEMAS}{name}");
            }
            fields.values_mut().for_each(moved);
        }
        Value::Array(items) => items.iter_mut().for_each(moved),
        _ => {}
    }
}
