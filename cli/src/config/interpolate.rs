//! `${VAR}` in a value of autogen.toml: the environment's variable. `$${` stands for `${` itself; any other dollar sign
//! is a dollar sign. There is no default and no command: what a file means is to be read off it.

use autogen_core::{Diagnostic, visible};
use autogen_introspect::models::grammar::Said;

/// Fills in the variables. The error names the variable, never the text around it, which may hold a password.
pub(super) fn interpolate(said: &Said<String>) -> Result<String, Box<Diagnostic>> {
    fill(&said.value, |name| std::env::var(name))
        .map_err(|(code, message)| Box::new(Diagnostic::error(code, message).at(said.span.clone())))
}

fn fill(
    text: &str,
    variable: impl Fn(&str) -> Result<String, std::env::VarError>,
) -> Result<String, (&'static str, String)> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.push_str(&rest[..at]);
            out.push('{');
            rest = &rest[at + 2..];
            continue;
        }
        out.push_str(&rest[..at]);
        let body = &rest[at + 2..];
        let Some(end) = body.find('}') else {
            return Err(("bad-variable", "a `${` has no closing `}`; write `$${` for the characters".into()));
        };
        let name = &body[..end];
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name {
            return Err((
                "bad-variable",
                "what stands in `${…}` is not the name of an environment variable".into(),
            ));
        }
        let value = variable(name).map_err(|error| match error {
            std::env::VarError::NotPresent => {
                ("unset-variable", format!("the environment variable {name} is not set"))
            }
            std::env::VarError::NotUnicode(_) => {
                ("bad-variable", format!("the environment variable {} is not UTF-8", visible(name)))
            }
        })?;
        out.push_str(&value);
        rest = &body[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let variable = |name: &str| match name {
            "A" => Ok("a ${B}".to_owned()),
            "_x1" => Ok("x".to_owned()),
            "EMPTY" => Ok(String::new()),
            _ => Err(std::env::VarError::NotPresent),
        };
        let shown = fill(text, variable).unwrap_or_else(|(code, message)| format!("{code}: {message}"));
        assert_eq!(shown, expect, "{text}");
    }

    #[test]
    fn variables() {
        check("plain $ $$ $1 {A}", "plain $ $$ $1 {A}");
        check("<${A}${_x1}${EMPTY}>", "<a ${B}x>");
        check("$${A} $$${A} é${_x1}", "${A} $${A} éx");
        check("${NOPE}", "unset-variable: the environment variable NOPE is not set");
        check("${A", "bad-variable: a `${` has no closing `}`; write `$${` for the characters");
        check("${A-b}", "bad-variable: what stands in `${…}` is not the name of an environment variable");
    }
}
