//! Holds a document to a JSON Schema, as far as ours go: an unknown rule fails, so that none is taken for kept.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use serde_json::Value;

/// As much of JSON Schema as ours uses.
pub(crate) fn conforms(value: &Value, schema: &Value, root: &Value, at: &str) {
    let Value::Object(rules) = schema else { panic!("{at}: no schema") };
    for (rule, wanted) in rules {
        match rule.as_str() {
            "$ref" => {
                let name = wanted.as_str().and_then(|path| path.strip_prefix("#/$defs/")).unwrap();
                conforms(value, &root["$defs"][name], root, at);
            }
            "anyOf" => {
                let fits = |one: &Value| std::panic::catch_unwind(|| conforms(value, one, root, at)).is_ok();
                assert!(wanted.as_array().unwrap().iter().any(fits), "{at}: {value}");
            }
            "type" => {
                let names = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
                assert!(
                    names.iter().any(|name| is_of_type(value, name.as_str().unwrap())),
                    "{at}: {value} is no {wanted}"
                );
            }
            "const" => assert_eq!(value, wanted, "{at}"),
            "enum" => assert!(wanted.as_array().unwrap().contains(value), "{at}: {value}"),
            "minimum" => assert!(value.as_f64() >= wanted.as_f64(), "{at}: {value}"),
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    conforms(item, wanted, root, &format!("{at}[{number}]"));
                }
            }
            "required" => {
                for name in wanted.as_array().unwrap() {
                    assert!(value.get(name.as_str().unwrap()).is_some(), "{at} lacks {name}");
                }
            }
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    let rule =
                        wanted.get(name).unwrap_or_else(|| panic!("{at}: {name} is not in the schema"));
                    conforms(inner, rule, root, &format!("{at}.{name}"));
                }
            }
            "additionalProperties" | "description" | "title" | "$schema" | "$id" | "$defs" => {}
            other => panic!("the test does not know the rule {other}"),
        }
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the test does not know the type {other}"),
    }
}
