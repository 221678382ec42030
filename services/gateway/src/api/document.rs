//! The OpenAPI document, made from the handlers themselves.

use utoipa::OpenApi as _;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, ServerBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::Operations;
use super::command::KEY;
use crate::failure::Problem;
use crate::positions;

/// The document: every operation, how to sign in, how a call can fail.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = Operations::openapi();
    document.info = InfoBuilder::new()
        .title("Kindred")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Communities of people who face the same thing. Everything that the pages do."))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").build()))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/api/v1").build()]);
    document.security = Some(vec![requirement("session"), requirement("cookie")]);
    let components = document.components.take().unwrap_or_default();
    document.components = Some(
        ComponentsBuilder::from(components)
            .schema(Problem::name(), Problem::schema())
            .security_scheme("session", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()))
            .security_scheme(
                "cookie",
                SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-kindred-session"))),
            )
            .build(),
    );
    for item in document.paths.paths.values_mut() {
        for operation in operations_of(item) {
            complete(operation);
        }
    }
    document
}

fn requirement(name: &str) -> SecurityRequirement {
    SecurityRequirement::new::<&str, [&str; 0], &str>(name, [])
}

/// Every operation at one path.
fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// What holds for all of them: how they fail, and the headers they take.
fn complete(operation: &mut Operation) {
    operation.responses.responses.insert("default".to_owned(), RefOr::T(failed()));
    let parameters = operation.parameters.get_or_insert_default();
    let mut header = |name: &str, what: &str| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).description(Some(what));
        parameters.push(RefOr::T(parameter.schema(Some(Object::with_type(Type::String))).build()));
    };
    header(positions::NAME, "Positions of accepted commands, comma-separated, that the answer shall show");
    if operation.request_body.is_some() {
        header(KEY, "The command's id, instead of `command_id`");
    }
}

fn failed() -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let wait = HeaderBuilder::new().description(Some("Seconds after which it is worth trying again"));
    ResponseBuilder::new()
        .description("Why it did not work")
        .content("application/json", problem)
        .header("retry-after", wait.schema(Some(Object::with_type(Type::Integer))).build())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::TABLE;

    #[test]
    fn the_document_lists_every_route_and_no_other() {
        let json = serde_json::to_value(document()).expect("the document is JSON");
        let mut listed: Vec<String> = Vec::new();
        for (path, item) in json["paths"].as_object().expect("paths") {
            let methods = item.as_object().expect("an item").keys();
            listed.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
        }
        let mut served: Vec<String> = TABLE.iter().map(|(method, path)| format!("{method} {path}")).collect();
        listed.sort();
        served.sort();
        assert_eq!(listed, served);
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_can_fail() {
        let text = serde_json::to_string(&document()).expect("the document is JSON");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(json.pointer(reference).is_some(), "{reference}");
        }
        for item in json["paths"].as_object().expect("paths").values() {
            for operation in item.as_object().expect("an item").values() {
                assert!(operation["responses"]["default"].is_object());
                assert!(!operation["summary"].as_str().unwrap_or_default().is_empty());
            }
        }
    }
}
